"""The audit attacks what the gate released: two programs that share no code agree on what is safe."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.attack import attack
from sozialanalyse.audit.knowledge import Exclusion, Knowledge, read_knowledge
from sozialanalyse.audit.marked import bounds_of_marks
from sozialanalyse.audit.relations import relations_of
from sozialanalyse.disclosure.knowledge import knowledge_of
from tests.audit_site import DAY, DOCUMENT, write_site
from tests.released import RULES, rows, write_town

OWN = "sgb2_recipients"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return sa.open_town(write_town(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="module")
def folder(town, tmp_path_factory):
    return published(town, tmp_path_factory)


def published(town, tmp_path_factory):
    """What a Release puts beside its pages."""
    folder = tmp_path_factory.mktemp("output")
    released = sa.release(town)
    file = folder.with_suffix(".release")
    sa.write_release(released, file)
    with zipfile.ZipFile(file) as archive:
        (folder / "cells.csv").write_bytes(archive.read("cells.csv"))
    (folder / "knowledge.json").write_text(json.dumps(knowledge_of(released)), encoding="utf-8")
    return folder


def test_nothing_that_was_released_gives_a_hidden_cell_away(folder):
    report = audit_folder(folder)
    assert report.attack.hidden >= 3
    assert report.attack.disclosures == ()
    assert report.attack.contradictions == ()
    assert report.is_safe


@pytest.mark.parametrize("total", [137, 140, 172])
def test_a_total_above_an_area_that_was_not_delivered_gives_nothing_away(total, tmp_path, tmp_path_factory):
    """Of Berg (12), and so of Nord (1), nothing is known; the town less Süd is Anger (11), Camp (13) and a rest that may be nothing."""
    counts = rows().replace("12,2024-12-31,sgb2_recipients,,0-14,40,", "12,2024-12-31,sgb2_recipients,,0-14,,missing")
    counts += f"0,2024-12-31,sgb2_recipients,,0-14,{total},\n"
    report = audit_folder(published(sa.open_town(write_town(tmp_path, counts)), tmp_path_factory))
    assert report.attack.hidden >= 2
    assert report.attack.disclosures == report.attack.contradictions == ()


def test_no_hidden_count_lies_outside_of_what_the_attack_leaves_open(folder, town):
    """The bounds are proven, so the true counts lie within them."""
    counts = town.counts[(town.counts["measure"] == OWN) & (town.counts["age_to"] == 14)]
    true = dict(zip(counts["area"], counts["value"], strict=True))
    checked = 0
    for entry in audit_folder(folder).attack.intervals:
        if f"{OWN}|all|0-14" in entry.what and entry.area in true:
            assert entry.least <= true[entry.area] <= entry.greatest
            checked += 1
    assert checked


def test_one_hidden_count_told_by_somebody_else_gives_another_away_or_leaves_all_open(folder, town):
    """The audit says how many cells a neighbour could compute; with all but one told, the last one always can be."""
    known = read_knowledge(folder)
    counts = town.counts[(town.counts["measure"] == OWN) & (town.counts["age_to"] == 14)]
    true = dict(zip(counts["area"], counts["value"], strict=True))
    cells = known.cells.copy()
    own = (cells["state"] == "hidden") & (cells["measure"] == OWN) & (cells["age_to"] == 14)
    told = cells.index[own & cells["area"].isin(list(true))][1:]
    cells.loc[told, "state"] = "published"
    cells.loc[told, "value"] = cells.loc[told, "area"].map(true)
    found = attack(relations_of(Knowledge(known.document, cells)))
    assert {entry.kind for entry in found.disclosures} & {"exact", "small"}


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """Of the same day, by rules that allow the public to see 3: what was hidden is shown."""
    rules = RULES.replace("public: 5", "public: 3")
    return published(sa.open_town(write_town(tmp_path_factory.mktemp("second"), rules=rules)), tmp_path_factory)


class TestEditions:
    """Two editions of one town, as the gate releases them; the second one does not know of the first."""

    def test_each_is_safe_by_itself(self, folder, second):
        assert audit_folder(folder).is_safe
        assert audit_folder(second).is_safe

    def test_a_later_one_gives_away_what_the_first_one_hid(self, folder, second):
        report = audit_folder(second, earlier=[folder])
        assert not report.is_safe
        assert report.attack.disclosures == ()
        given = {(entry.kind, entry.area, entry.least) for entry in report.given_away if "|0-14" in entry.what}
        assert ("exact", "11", 3) in given
        said = list(report.lines(str.format))
        assert (
            "  11|sgb2_recipients|all|0-14|2024-12-31: hidden in an earlier edition, and given away by this one: 3 to 3"
            in said
        )

    def test_an_earlier_one_gives_away_what_the_present_one_hides(self, folder, second):
        report = audit_folder(folder, earlier=[second])
        assert {(entry.kind, entry.area) for entry in report.attack.disclosures} >= {("exact", "11")}

    def test_two_of_the_same_content_are_safe_together(self, folder):
        assert audit_folder(folder, earlier=[folder]).is_safe


class TestMarksOfDeliverers:
    """Area 02 and 03 bear the mark of their deliverer for 1 to 9."""

    @pytest.fixture
    def marked(self, tmp_path):
        marks = [{"cell": cell, "reason": "marked", "least": 1, "greatest": 9} for cell in ("c18", "c19")]
        return read_knowledge(write_site(tmp_path / "site", {**DOCUMENT, "excluded": marks}))

    def test_stand_for_themselves_before_anything_is_published(self, marked):
        assert bounds_of_marks(marked) == {"c18": (1, 9), "c19": (1, 9)}

    def test_must_not_become_narrower(self, marked):
        """Both together are 15, so each is 6 at least: no mark says that."""
        relations = relations_of(marked)
        relations.marks = bounds_of_marks(marked)
        of_day = [entry for entry in attack(relations).disclosures if entry.period == DAY and "rest" not in entry.what]
        assert [(entry.area, entry.least, entry.greatest) for entry in of_day] == [("02", 6, 9), ("03", 6, 9)]

    def test_may_bind_each_other(self, marked):
        """A mark of the town that they make up leaves 8 for each, and that is nobody's fault."""
        town = Exclusion(cell="c16", reason="marked", least=1, greatest=9)
        document = marked.document.model_copy(update={"excluded": (*marked.document.excluded, town)})
        cells = marked.cells.copy()
        hidden = cells["cell"] == "c16"
        cells.loc[hidden, ["state", "value"]] = ["hidden", float("nan")]
        cells = cells[~cells["cell"].isin(["c17", "c20"])]
        own = [area for area in document.areas if area.id not in ("01", "04")]
        found = bounds_of_marks(Knowledge(document.model_copy(update={"areas": tuple(own)}), pd.DataFrame(cells)))
        assert found == {"c16": (2, 9), "c18": (1, 8), "c19": (1, 8)}
