"""A Release: what it holds, what it does not hold, its file, and that everything downstream takes it for a town."""

from __future__ import annotations

import re
import time
import zipfile

import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.disclosure.keeping import open_for
from sozialanalyse.disclosure.knowledge import DECIMALS, knowledge_of
from sozialanalyse.disclosure.release import Release
from sozialanalyse.errors import UsageError
from sozialanalyse.view import DECIMALS as DECIMALS_OF_PAGES
from sozialanalyse.view import View
from tests.released import CHILDREN, RULES, rows, write_town

OWN = "sgb2_recipients"
CANARY = 7919
"""A count that stands nowhere by chance; the rule of its measure hides it."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return sa.open_town(write_town(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="module")
def released(town):
    return sa.release(town)


@pytest.fixture(scope="module")
def opened(released, tmp_path_factory):
    """Give the Release as it comes out of its file."""
    file = tmp_path_factory.mktemp("file") / "town.release"
    sa.write_release(released, file)
    return sa.open_release(file)


def states(release, measure=OWN, age_to=14):
    frame = release.states
    own = frame[(frame["measure"] == measure) & (frame["age_to"] == age_to) & (frame["age_from"] == 0)]
    return dict(zip(own["area"], own["state"], strict=True))


def counts_of(release, area, measure=OWN):
    rows = release.counts[(release.counts["area"] == area) & (release.counts["measure"] == measure)]
    return rows.set_index("age_to")


def test_a_small_count_is_hidden_and_so_are_others_that_would_give_it_away(released):
    hidden = {area for area, state in states(released).items() if state == "hidden"}
    assert "11" in hidden
    assert len(hidden & {"12", "13", "1"}) >= 2  # with one alone, whoever knows that one would know the other


def test_totals_are_shown_though_parts_of_them_are_hidden(released):
    assert states(released)["0"] == "published"
    row = counts_of(released, "0").loc[14]
    assert (row["value"], row["status"]) == (177, "number")


def test_a_hidden_count_has_no_value_and_only_the_bounds_that_anybody_can_compute(released):
    row = counts_of(released, "11").loc[14]
    assert (row["status"], row["mark"], row["conf_status"]) == ("suppressed", "", "C")
    assert np.isnan(row["value"])
    assert row["lower"] == 0
    assert row["upper"] >= 5  # not known to be below the threshold


def test_shown_counts_are_the_true_ones(released, town):
    before, after = (one.indicators().set_index(["area", "indicator", "period_end"]) for one in (town, released))
    assert sorted(before.index) == sorted(after.index)
    shown = after["value"].notna()
    pd.testing.assert_series_equal(after.loc[shown, "value"], before["value"].reindex(after.index)[shown])
    assert after.loc[("11", "kinderarmut", "2024-12-31"), "status"] == "suppressed"


def test_public_counts_are_kept_as_they_were_delivered(released):
    assert states(released, "population")["11"] == "public"
    assert counts_of(released, "11", "population")["value"].to_dict() == {14: 200, 64: 800}


def test_nothing_else_of_the_town_is_in_it(released):
    data = released.data
    assert (data.files, data.deliveries, data.corrections) == ((), (), ())
    assert (len(data.revisions), len(data.unassigned), len(data.gaps)) == (0, 0, 0)
    assert (data.file.counts, data.file.mappings) == ((), ())
    own = data.counts[data.counts["measure"] == OWN]
    assert set(zip(own["age_from"], own["age_to"], strict=True)) == {(0, 14), (0, 64)}  # no 15-64: no indicator uses it
    assert set(own["file"]) == {""}
    assert set(own["row"]) == {0}


def test_what_a_total_counts_in_none_of_its_areas_has_a_state_of_its_own(tmp_path):
    counts = rows() + "2,2024-12-31,sgb2_recipients,,0-14,129,\n" + "2,2024-12-31,population,,0-14,607,\n"
    frame = sa.release(sa.open_town(write_town(tmp_path, counts))).states
    apart = frame[frame["area"] == "unassigned:2"].set_index(["measure", "age_to"])
    assert apart.loc[(OWN, 14), ["state", "value"]].tolist() == ["published", 20.0]
    assert apart.loc[("population", 14), ["state", "value"]].tolist() == ["public", 7.0]


def test_where_marks_make_it_impossible_the_promise_against_insiders_is_excluded_and_marks_say_their_bounds(tmp_path):
    """Nord and its three quarters are each marked 1 to 4: who knows that Nord has 3 knows each of them, whatever is hidden."""
    marked = "".join(f"{area},2024-12-31,{OWN},,0-14,,suppressed\n" for area in ("1", "11", "12", "13"))
    known = "".join(
        f"{area},2024-12-31,{OWN},,0-14,{count},\n" for area, count in {"21": 60, "22": 31, "23": 18}.items()
    )
    people = "".join(f"{area},2024-12-31,population,,0-14,200,\n" for area in CHILDREN)
    folder = write_town(tmp_path, marked + known + people)
    text = (folder / "town.yml").read_text(encoding="utf-8")
    declared = text.replace("licence: CC0", "licence: CC0, suppressed_between: [1, 4]")
    (folder / "town.yml").write_text(declared, encoding="utf-8")
    release = sa.release(sa.open_town(folder))
    assert [(part.measures, part.insider) for part in release.about.hiding] == [(OWN, False)]
    excluded = {entry.area: (entry.reason, entry.least, entry.greatest) for entry in release.about.excluded}
    assert excluded["13"] == excluded["1"] == ("marked", 1, 4)
    known = knowledge_of(release)
    assert known["without_insiders"] == [{"measures": [OWN], "period_end": "2024-12-31"}]
    assert {(entry["least"], entry["greatest"]) for entry in known["excluded"]} == {(1, 4), (110, 113)}


def test_for_those_who_keep_the_data_everything_is_as_it_was(town):
    everything = sa.release(town, "statistics_unit")
    pd.testing.assert_frame_equal(everything.counts, town.counts)
    assert everything.number == 0


def test_narrower_audiences_see_more(town):
    inside = sa.release(town, "administration")
    assert states(inside)["11"] == "published"  # their threshold is 3


def test_what_is_released_to_the_public_is_confidential_no_more(released, town):
    assert released.data.file.confidentiality == "published"
    assert sa.release(town, "administration").data.file.confidentiality == "confidential"


def test_the_file_holds_the_same(released, opened):
    assert isinstance(opened, Release)
    assert opened.about.model_copy(update={"sha256": "", "cells": ""}) == released.about
    for one, other in ((opened.counts, released.counts), (opened.states, released.states)):
        pd.testing.assert_frame_equal(one, other, check_categorical=False)
    pd.testing.assert_frame_equal(opened.areas.frame, released.areas.frame)
    assert opened.catalogue == released.catalogue
    assert opened.data.file == released.data.file


def test_the_same_release_gives_the_same_bytes(released, tmp_path):
    for name in "ab":
        sa.write_release(released, tmp_path / name)
        time.sleep(0.01)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("damage", [lambda file: file.write_bytes(b"PK no"), lambda file: file.unlink(), "cells.csv"])
def test_a_damaged_file_is_refused(released, tmp_path, damage):
    file = tmp_path / "town.release"
    sa.write_release(released, file)
    if damage == "cells.csv":
        with zipfile.ZipFile(file) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist()}
        with zipfile.ZipFile(file, "w") as archive:
            for name, text in texts.items():
                archive.writestr(name, text.replace("published", "public") if name == damage else text)
    else:
        damage(file)
    with pytest.raises(UsageError, match=r"town.release is no file of a release, or it is damaged"):
        sa.open_release(file)


def test_no_byte_of_the_file_holds_a_hidden_count_or_a_path(tmp_path):
    counts = rows({**CHILDREN, "11": CANARY, "12": CANARY + 2}).replace("population,,0-14,200", "population,,0-14,9000")
    rules = RULES.replace("public: 5", "public: 8000")
    town = sa.open_town(write_town(tmp_path / "town", counts, rules))
    file = tmp_path / "town.release"
    sa.write_release(sa.release(town), file)
    with zipfile.ZipFile(file) as archive:
        content = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    assert re.search(rf"{CANARY}|{CANARY + 2}|{2 * CANARY + 2}", content) is None
    assert str(tmp_path) not in content
    assert "counts.csv" not in content


def test_everything_downstream_takes_it_for_a_town(opened):
    view = View(opened, "children", language="en")
    assert isinstance(view.town.on_boundaries(), Release)
    compared = sa.comparison.compare(view.frame, opened.areas, level=view.level, within=view.area)
    assert len(compared.areas) > 0
    assert len(sa.trends.development(view.frame)) > 0
    assert "kinderarmut" in {entry.id for entry in view.indicators}


@pytest.mark.parametrize(("audience", "is_refused"), [("public", False), ("administration", False)])
def test_what_was_released_to_the_public_may_be_shown_to_all(opened, audience, is_refused):
    del is_refused
    assert View(opened, "children", audience=audience).audience == audience


def test_counts_that_were_not_released_are_not_shown(town):
    for audience in ("public", "administration"):
        with pytest.raises(UsageError, match=f"have not been released for {audience}"):
            View(town, "children", audience=audience)
        with pytest.raises(UsageError, match=f"have not been released for {audience}"):
            View(sa.release(town, "statistics_unit"), "children", audience=audience)
    with pytest.raises(UsageError, match="have not been released for public"):
        View(sa.release(town, "administration"), "children", audience="public")
    assert View(town, "children", audience="statistics_unit").frame.equals(town.indicators("children"))


def test_a_notebook_opens_the_file_or_makes_a_release(released, tmp_path, monkeypatch):
    monkeypatch.setenv("SOZIALANALYSE_CACHE", str(tmp_path / "cache"))
    file, folder = tmp_path / "town.release", write_town(tmp_path / "town")
    sa.write_release(released, file)
    assert open_for("public", release=file).sha256 == open_for("public", town=folder).sha256
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".release"]
    kept = next((tmp_path / "cache").iterdir()).stat().st_mtime_ns
    pd.testing.assert_frame_equal(open_for("public", town=folder).states, released.states)
    assert next((tmp_path / "cache").iterdir()).stat().st_mtime_ns == kept
    assert open_for("statistics_unit", town=folder).audience == "statistics_unit"
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_release_for_others_is_refused(town, tmp_path):
    file = tmp_path / "town.release"
    sa.write_release(sa.release(town, "administration"), file)
    with pytest.raises(UsageError, match="made for administration, and public may know less"):
        open_for("public", release=file)
    with pytest.raises(UsageError, match="there is nothing to open"):
        open_for("public")
    with pytest.raises(UsageError, match="has been released for administration already"):
        sa.release(sa.open_release(file))


def test_knowledge_says_what_the_cells_rest_on(opened):
    known = knowledge_of(opened)
    assert known["levels"] == ["ortsteil", "bezirk", "stadt"]
    assert {entry["id"]: entry["k"] for entry in known["measures"]} == {"population": None, OWN: 5}
    assert known["areas"][0] == {
        "id": "0",
        "name": "Klein",
        "level": "stadt",
        "parent": None,
        "valid_from": None,
        "valid_to": None,
    }
    assert [rule["en"].partition(":")[0] for rule in known["rules"]] == [
        "Known to everybody and not protected",
        "Counts from 1 to 4 are not shown",
    ]
    share = next(entry for entry in known["indicators"] if entry["id"] == "kinderarmut")
    assert (share["kind"], share["factor"], share["decimals"]) == ("proportion", 100, 1)
    assert DECIMALS == DECIMALS_OF_PAGES
