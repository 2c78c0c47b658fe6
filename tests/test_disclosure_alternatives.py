"""Rounding and noise in place of hiding: what is shown of a town, what it may stand for, and that nothing of it is hidden besides."""

from __future__ import annotations

import numpy as np
import pytest

import sozialanalyse as sa
from sozialanalyse.disclosure.alternatives import SECRET_FILE, alter
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.primary import primary_flags
from sozialanalyse.disclosure.rules import CellKey, Rounding, Rules, Suppression, shipped_default
from sozialanalyse.errors import UsageError
from tests.small_town import write_town

COUNTS = """\
01,2011-12-31,unemployed,,15-24,4,
01,2011-12-31,unemployed,,25-54,11,
01,2011-12-31,unemployed,,55-64,2,
02,2011-12-31,unemployed,,15-24,0,
02,2011-12-31,unemployed,,25-54,13,
02,2011-12-31,unemployed,,55-64,6,
01,2011-12-31,long_term_unemployed,,15-64,16,
02,2011-12-31,long_term_unemployed,,15-64,19,
01,2011-12-31,population,,15-64,90,
02,2011-12-31,population,,15-64,70,
"""

ALL, YOUNG = (15, 64), (15, 24)


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    town = sa.open_town(write_town(tmp_path_factory.mktemp("town"), COUNTS))
    return cells_of(town, public=["population"])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / SECRET_FILE).write_text("0123456789abcdef" * 4, encoding="utf-8")
    return tmp_path


def rules(method):
    return Rules(shipped_default().model_copy(update={"method": method}))


def shown(altered, ages, measure="unemployed"):
    """Values of the unemployed of some ages in the whole town, in 01 and in 02."""
    frame = altered.cells.frame
    own = frame[(frame["measure"] == measure) & (frame["age_from"] == ages[0]) & (frame["age_to"] == ages[1])]
    return own[own["kind"] == "term"].set_index("area")["value"].loc[["0", "01", "02"]].tolist()


def test_without_a_rule_that_asks_for_it_nothing_is_altered(cells, folder):
    altered = alter(cells, rules(Suppression()), "public", folder)
    assert altered.cells is cells
    assert not altered.rules.of("unemployed", "public").is_open


def test_rounded_counts_are_multiples_of_the_base_that_add_up(cells, folder):
    altered = alter(cells, rules(Rounding(name="rounding", base=5)), "public", folder)
    town, north, south = shown(altered, ALL)
    assert (town, north + south) == (35, 35)  # 36 people: 17 and 19
    assert shown(altered, YOUNG) == [5, 5, 0]
    assert altered.additive["unemployed"]
    assert altered.loss["unemployed"].largest < 5


def test_small_counts_alone_are_rounded_and_sums_added_up_anew(cells, folder):
    altered = alter(cells, rules(Rounding(name="rounding", base=5, small_only=True)), "public", folder)
    assert shown(altered, YOUNG) == [5, 5, 0]
    assert altered.additive["unemployed"]
    values = altered.cells.frame.query("measure == 'unemployed' and kind == 'term'")["value"]
    assert not ((values > 0) & (values < 5)).any()


def test_noise_is_the_same_every_time_and_another_with_another_secret(cells, folder):
    noisy = rules(CellKey(name="cell_key", deviation=8, variance=25))
    once, again = (alter(cells, noisy, "public", folder) for _ in range(2))
    assert shown(once, ALL) == shown(again, ALL)
    assert np.abs(np.array(shown(once, ALL)) - [36, 17, 19]).max() <= 8
    assert shown(once, YOUNG)[2] == 0
    (folder / SECRET_FILE).write_text("fedcba9876543210" * 4, encoding="utf-8")
    assert [shown(alter(cells, noisy, "public", folder), ages) for ages in (ALL, YOUNG)] != [
        shown(once, ages) for ages in (ALL, YOUNG)
    ]


def test_who_is_counted_alone_and_as_a_town_gets_one_noise(cells, folder):
    """All young unemployed live in 01: the town counts the same people, so it shows the same number."""
    altered = alter(cells, rules(CellKey(name="cell_key", deviation=3, variance=4)), "public", folder)
    town, north, south = shown(altered, YOUNG)
    assert (town, south) == (north, 0)


@pytest.mark.parametrize("secret", range(12))
def test_no_more_are_shown_of_a_part_than_of_its_whole_or_than_live_there(cells, folder, secret):
    """Nearly all unemployed are so for long: with a noise of up to 8 the part would be the larger one every other time."""
    (folder / SECRET_FILE).write_text(f"{secret:064d}", encoding="utf-8")
    altered = alter(cells, rules(CellKey(name="cell_key", deviation=8, variance=25)), "public", folder)
    whole, part = (shown(altered, ALL, measure) for measure in ("unemployed", "long_term_unemployed"))
    assert (np.array(part) <= np.array(whole)).all()
    frame = altered.cells.frame
    assert not (frame["value"] > frame["most"]).any()
    own = (frame["measure"] == "long_term_unemployed") & (frame["kind"] == "term")
    truth = cells.frame["value"][own]
    assert ((frame["lower"][own] <= truth) & (truth <= frame["upper"][own])).all()


@pytest.mark.parametrize(
    "method", [Rounding(name="rounding", base=3), CellKey(name="cell_key", deviation=2, variance=1)]
)
def test_of_what_is_altered_nothing_is_hidden_and_the_truth_lies_within_its_bounds(cells, folder, method):
    altered = alter(cells, rules(method), "public", folder)
    frame = altered.cells.frame
    own = (frame["measure"] == "unemployed") & (frame["kind"] == "term")
    truth = cells.frame["value"][own]
    assert ((frame["lower"][own] <= truth) & (truth <= frame["upper"][own])).all()
    assert not frame["exact"][own].any()
    touching = abs(altered.cells.relations) @ own.to_numpy().astype(float)
    assert not touching.any()
    rule = altered.rules.of("unemployed", "public")
    assert not primary_flags(frame["value"].to_numpy(), rule).flags.any()
    assert frame.loc[(frame["measure"] == "unemployed") & ~frame["kind"].isin(["term", "rest"]), "value"].isna().all()


def test_what_is_public_or_open_to_an_audience_is_not_altered(cells, folder):
    method = rules(Rounding(name="rounding", base=10))
    assert alter(cells, method, "statistics_unit", folder).cells is cells
    altered = alter(cells, method, "public", folder)
    population = cells.frame["measure"] == "population"
    assert (altered.cells.frame["value"][population] == cells.frame["value"][population]).all()


def test_without_a_secret_there_is_no_noise(cells, folder):
    (folder / SECRET_FILE).unlink()
    with pytest.raises(UsageError, match=r"the cell-key method needs a secret in cell_key.secret of the town folder"):
        alter(cells, rules(CellKey(name="cell_key", deviation=2, variance=1)), "public", folder)
