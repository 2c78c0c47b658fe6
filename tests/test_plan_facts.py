"""What a plan may know of a town: only what was released. The shipped plans are looked up in the shipped town."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sozialanalyse.batch.plan import read_plan
from sozialanalyse.cli.facts import facts_of
from sozialanalyse.disclosure.gate import release
from sozialanalyse.errors import UsageError
from sozialanalyse.town import open_town
from tests.released import ADULTS, rows, write_town

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    """Know what the public may of a small town in which three children of Anger (11) are hidden, and what they drag along."""
    older = "".join(f"{area},2024-12-31,population,,65+,{100 + int(area)},\n" for area in ADULTS)
    town = open_town(write_town(tmp_path_factory.mktemp("town") / "klein", rows() + older))
    return facts_of(release(town))


def test_numbers_are_those_that_were_released(facts):
    assert facts.amounts("population")["11"] == 1111
    assert facts.amounts("population")["0"] == 6702


def test_a_hidden_number_is_not_known(facts):
    counts = facts.town.counts
    hidden = set(counts.loc[(counts["measure"] == "sgb2_recipients") & (counts["status"] == "suppressed"), "area"])
    assert "11" in hidden
    assert "11" not in facts.amounts("sgb2_recipients")


def test_a_measure_that_nobody_counts_has_no_numbers_and_one_that_there_is_not_is_refused(facts):
    assert facts.amounts("households") == {}
    with pytest.raises(UsageError, match="population"):
        facts.amounts("populatoin")


def test_dates_and_groups_are_those_with_values(facts):
    assert facts.dates("children") == [dt.date(2024, 12, 31)]
    assert facts.dates("childrn") == []
    groups = facts.target_groups()
    assert (groups["children"], groups["disability"]) == (True, False)


@pytest.fixture(scope="module")
def musterstadt():
    """Know what everybody knows: the numbers of residents are public."""
    return facts_of(open_town(ROOT / "data" / "musterstadt"))


def test_areas_that_have_ended_are_not_present(musterstadt):
    """The Lebensraum 020 was divided in 2009."""
    assert "020" in musterstadt.areas
    assert {"0", "01", "021", "022"} <= set(musterstadt.present)
    assert "020" not in musterstadt.present


def test_one_plan_makes_the_pages_of_all_areas(musterstadt):
    """Nine of the whole town, five outlooks, its index and its offers; of 74 areas the one with fewer than 1,000 residents has no trends; 14 Sozialräume are divided."""
    runs = read_plan(NOTEBOOKS / "plans" / "nightly.yml", NOTEBOOKS, facts=musterstadt)
    assert len(runs) == 9 + 5 + 1 + 1 + (4 + 1) * 73 + (5 + 4 + 1) * 14
    assert {run.language for run in runs} == {"de"}
    assert {run.id for run in runs} >= {"trend-older", "trend-older-042", "comparison-residents-05"}
    trend, comparison, *_ = dict.fromkeys(found for run in runs for found in run.selections)
    assert (len(trend.values), trend.of, trend.unknown) == (73, 74, ())
    assert comparison.values == tuple(f"{number:02}" for number in range(1, 15))


def test_the_town_makes_them_in_both_languages(musterstadt):
    runs = read_plan(ROOT / "data" / "musterstadt" / "plans" / "nightly.yml", NOTEBOOKS, facts=musterstadt)
    assert len(runs) == 2 * (9 + 5 + 1 + 1 + (4 + 1) * 73 + (5 + 4 + 1) * 14 + 2)
    assert {"comparison-children-05-2011.de", "trend-older-042.en"} <= {run.key for run in runs}


@pytest.mark.parametrize(
    "plan", sorted(ROOT.glob("data/*/plans/*.yml")), ids=lambda plan: plan.relative_to(ROOT).as_posix()
)
def test_shipped_plans_are_sound_before_their_town_is_opened(plan):
    assert read_plan(plan, NOTEBOOKS)


def test_what_the_standard_plan_of_the_shipped_town_makes(musterstadt):
    runs = read_plan(ROOT / "data" / "musterstadt" / "plans" / "standard.yml", NOTEBOOKS, facts=musterstadt)
    groups = ["older", "children", "disability", "families"]
    assert [run.id for run in runs] == [
        *(f"trend-{group}" for group in groups),
        *(f"comparison-{group}" for group in [*groups, "residents"]),
        "trend-children-05",
        "trend-older-03",
        "comparison-children-05-2011",
        "comparison-residents-05-2011",
    ]
