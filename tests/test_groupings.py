"""Groupings beside the area tree: their groups are areas of their own, and no difference to the tree gives a count away."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sozialanalyse as sa
from sozialanalyse.areas import Crosswalks, Grouping, boundaries_of, territory_breaks
from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.attack import attack
from sozialanalyse.audit.knowledge import Document, Knowledge
from sozialanalyse.audit.relations import relations_of
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.gate import DisclosureRefused
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.ledger import Ledger, record
from sozialanalyse.disclosure.texts import states_of, states_text
from sozialanalyse.errors import DataError, UsageError
from tests.released import ADULTS, AREAS, KREISE, RULES, rows, write_grouped
from tests.small_town import faults_of
from tests.tables import table, tree

OWN = "sgb2_recipients"
LEVELS = ("quarter", "part", "town")
DAY = "2024-12-31"
KREIS = Grouping("kreis")

TOWN = """
    area level   parent group_kreis
    0    town    .      .
    1    part    0      .
    2    part    0      .
    11   quarter 1      West
    12   quarter 1      West
    13   quarter 1      Ost
    21   quarter 2      Ost
    22   quarter 2      .
"""

CHILDREN = {"11": 30, "12": 40, "13": 3, "21": 60, "22": 31, "23": 18}
"""Only Camp (13) has too few; it is Nord without the circle West."""


class TestGroups:
    def test_are_places_of_the_level_of_their_grouping(self):
        town = tree(TOWN, LEVELS).with_groupings([Grouping("kreis", {"Ost": "Osten"})])
        assert town.at("kreis")["area"].tolist() == ["kreis:Ost", "kreis:West"]
        assert (town.level("kreis:Ost"), town.name("kreis:Ost"), town.name("kreis:West")) == ("kreis", "Osten", "West")
        assert (town.parent("kreis:Ost"), town.children("kreis:Ost")) == (None, ["13", "21"])
        assert "kreis:Ost" in town
        assert town.all_levels == (*LEVELS, "kreis")

    def test_of_an_undeclared_column_are_nothing(self):
        town = tree(TOWN, LEVELS)
        assert "kreis:Ost" not in town
        with pytest.raises(UsageError, match="unknown level 'kreis'"):
            town.at("kreis")

    @pytest.mark.parametrize(
        ("area", "level", "inside"),
        [
            ("0", "kreis", ["kreis:Ost", "kreis:West"]),
            ("1", "kreis", ["kreis:West"]),  # the other circle lies only partly in it
            ("2", "kreis", []),
            ("kreis:Ost", "quarter", ["13", "21"]),
            ("kreis:Ost", "kreis", ["kreis:Ost"]),
            ("kreis:Ost", "part", []),
        ],
    )
    def test_lie_in_an_area_with_all_that_makes_them_up(self, area, level, inside):
        assert tree(TOWN, LEVELS).with_groupings([KREIS]).below(area, level) == inside

    def test_of_larger_areas_hold_what_lies_in_these(self):
        text = TOWN.replace("1    part    0      .", "1    part    0      Nord")
        empty = text.replace("West", ".").replace("Ost", ".")
        town = tree(empty, LEVELS).with_groupings([KREIS])
        assert town.ancestors_at("kreis").to_dict() == dict.fromkeys(["1", "11", "12", "13"], "kreis:Nord")
        assert town.ancestors_at("town")["kreis:Nord"] == "0"

    @pytest.mark.parametrize(
        ("old", "new", "grouping", "said"),
        [
            ("group_kreis", "group_circle", KREIS, "line 1: the grouping kreis is declared, but there is no column group_kreis"),
            ("2    part    0      .", "2    part    0      Ost", KREIS, "area 21: the area and the area '2' above it both belong"),
            ("", "", Grouping("part"), "the grouping part is called like a level of the tree"),
            ("", "", Grouping("unassigned"), "a grouping cannot be called unassigned"),
            ("", "", Grouping("kreis", {"Süd": "Süden"}), "the grouping kreis names the group 'Süd', which is not in"),
            ("22   ", "kreis:Ost ", KREIS, "area kreis:Ost: the area is called like a group of kreis"),
        ],
    )  # fmt: skip
    def test_that_cannot_stand_beside_the_tree_are_refused(self, old, new, grouping, said):
        with pytest.raises(DataError) as error:
            tree(TOWN.replace(old, new) if old else TOWN, LEVELS).with_groupings([grouping])
        assert str(error.value.faults[0]).removeprefix("areas.csv").lstrip(", :").startswith(said)

    def test_have_a_break_where_a_part_of_them_went_to_another_one(self):
        """Quarter 12 was divided in 2020: one half went to the other circle."""
        text = """
            area level   parent valid_from valid_to   group_kreis
            0    town    .      .          .          .
            1    part    0      .          .          .
            11   quarter 1      .          .          West
            12   quarter 1      .          2019-12-31 West
            121  quarter 1      2020-01-01 .          West
            122  quarter 1      2020-01-01 .          Ost
            13   quarter 1      .          .          Ost
        """
        town = tree(text, LEVELS).with_groupings([KREIS])
        shares = "from_area to_area date share\n 12 121 2020-01-01 0.5\n 12 122 2020-01-01 0.5"
        crossed = Crosswalks.from_frame(table(shares), town)
        assert territory_breaks(town, crossed)["area"].tolist() == ["kreis:Ost", "kreis:West"]
        today = boundaries_of(town, crossed, pd.Timestamp("2021-01-01"))
        assert today.members == {"kreis:Ost": ("122", "13"), "kreis:West": ("11", "121")}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return sa.open_town(write_grouped(tmp_path_factory.mktemp("town"), rows(CHILDREN)))


@pytest.fixture(scope="module")
def released(town):
    return sa.release(town)


def states(release, measure=OWN, age_to=14):
    frame = release.states
    return frame[(frame["measure"] == measure) & (frame["age_to"] == age_to)].set_index("area")


class TestIndicators:
    def test_come_from_sums_of_areas(self, town):
        frame = town.indicators(level="kreis").set_index(["indicator", "area"])
        poor = frame.loc["kinderarmut", ["numerator", "denominator", "value"]]
        assert poor.loc["kreis:West"].tolist() == [70, 400, 17.5]
        assert poor.loc["kreis:Ost"].tolist() == [112, 800, 14.0]
        assert frame.loc["kinderarmut", "rank"].to_dict() == {"kreis:Ost": 2, "kreis:West": 1}

    def test_of_a_released_town_are_hidden_where_they_must(self, town, released, tmp_path):
        sa.write_release(released, tmp_path / "town.release")
        opened = sa.open_release(tmp_path / "town.release")
        frame = opened.indicators(level="kreis").set_index(["indicator", "area"])
        assert frame.loc[("kinderarmut", "kreis:West"), "status"] == "suppressed"
        assert frame.loc[("kinderarmut", "kreis:West"), "denominator"] == 400  # public, added up from its areas
        assert opened.areas.places.equals(town.areas.places)

    def test_can_be_compared(self, town, released):
        for one in (town, released):
            compared = sa.comparison.compare(
                one.indicators(), one.areas, level="kreis", date=DAY, catalogue=one.catalogue
            )
            assert set(compared.areas["area"]) == {"kreis:Ost", "kreis:West"}
            assert compared.areas["judgement"].notna().all()


def published(folder, document, table):
    """Write what an output folder tells an attacker."""
    folder.mkdir(exist_ok=True)
    (folder / "knowledge.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "cells.csv").write_text(states_text(table), encoding="utf-8", newline="\n")
    return folder


class TestRelease:
    def test_of_the_tree_alone_and_of_the_groups_as_they_are_gives_the_small_count_away(self, town, released, tmp_path):
        """Each is safe by itself; Nord without West is Camp: 73 - 70 = 3."""
        alone = sa.release(sa.open_town(write_grouped(tmp_path / "tree", rows(CHILDREN), {})))
        naive = released.states.copy()
        key = ["area", "measure", "age_from", "age_to"]
        is_group = naive["area"].str.startswith("kreis:")
        naive = naive[is_group].reset_index(drop=True)
        true = cells_of(town).frame.query("kind == 'term'").set_index(key)["value"]
        naive["value"] = [true[tuple(row)] for row in naive[key].itertuples(index=False, name=None)]
        naive = naive.assign(state=naive["state"].replace("hidden", "published"), least=np.nan, greatest=np.nan)
        table = alone.states.merge(naive, how="outer")
        assert audit_folder(published(tmp_path / "alone", knowledge_of(alone), alone.states)).is_safe
        report = audit_folder(published(tmp_path / "naive", knowledge_of(released), table))
        found = {(one.area, one.kind, one.least) for one in report.attack.disclosures if "0-14" in one.what}
        assert ("13", "exact", 3) in found

    def test_of_both_together_is_safe(self, released, tmp_path):
        report = audit_folder(published(tmp_path / "ours", knowledge_of(released), released.states))
        assert report.is_safe
        assert report.attack.hidden >= 4
        assert states(released).loc["13", "state"] == "hidden"
        assert "hidden" in set(states(released).loc[["1", "kreis:West"], "state"])

    def test_names_the_areas_of_each_group(self, released):
        groups = [area for area in knowledge_of(released)["areas"] if "parts" in area]
        assert [(one["id"], one["level"], one["parent"], one["parts"]) for one in groups] == [
            ("kreis:Ost", "kreis", None, ["13", "21", "22", "23"]),
            ("kreis:West", "kreis", None, ["11", "12"]),
        ]

    def test_without_a_declared_grouping_says_nothing_of_it(self, tmp_path):
        alone = sa.release(sa.open_town(write_grouped(tmp_path, rows(CHILDREN), {})))
        assert not alone.states["area"].str.contains("kreis").any()
        assert [area for area in knowledge_of(alone)["areas"] if "parts" in area] == []


class TestLedger:
    """What was published of the tree binds what may be published of a grouping, and the other way round."""

    TODAY = dt.date(2025, 3, 1)

    def edition(self, folder, groups=None):
        made = sa.release(sa.open_town(write_grouped(folder, rows(CHILDREN), groups)))
        return made, record(made, folder / "releases", self.TODAY)

    def test_a_grouping_that_comes_later_gives_nothing_of_the_tree_away(self, tmp_path):
        first, _ = self.edition(tmp_path, {})
        assert states(first).loc["1", "state"] == "published"
        second, entry = self.edition(tmp_path)
        assert states(second).loc["1", "state"] == "published"  # it is known
        assert states(second).loc["kreis:West", "state"] == "hidden"
        assert [part.insider for part in first.about.hiding] == [True]
        assert [part.insider for part in second.about.hiding] == [
            False
        ]  # who knows West knows Camp, whatever is hidden
        assert entry.groups == {"kreis:Ost": ("13", "21", "22", "23"), "kreis:West": ("11", "12")}

    def test_a_grouping_that_was_dropped_is_still_known(self, tmp_path):
        """First only West is out, in a town whose rules showed all; the tree must now be hidden around Camp."""
        open_ = RULES.replace("public: 5", "public: 1").replace("administration: 3", "administration: 1")
        folder = write_grouped(tmp_path, rows({"11": 30, "12": 40}), {"11": "West", "12": "West"}, open_)
        record(sa.release(sa.open_town(folder)), folder / "releases", self.TODAY)
        later = sa.release(sa.open_town(write_grouped(tmp_path, rows(CHILDREN), {})))
        assert not later.states["area"].str.contains("kreis").any()
        assert states(later).loc[["11", "12"], "state"].tolist() == ["published"] * 2
        assert states(later).loc["1", "state"] == "hidden"  # else Camp were Nord without the two

    def test_a_group_of_other_areas_is_another_group(self, tmp_path):
        self.edition(tmp_path)
        moved = {**KREISE, "12": "Ost"}
        second, entry = self.edition(tmp_path, moved)
        assert entry.groups["kreis:West"] == ("11",)
        assert set(second.states["area"]) >= {"kreis:West", "kreis:Ost"}
        assert not second.states["area"].str.contains("@").any()

    def test_an_area_that_made_up_a_group_must_not_vanish(self, tmp_path):
        folder = tmp_path / "releases"
        _, entry = self.edition(tmp_path)
        gone = entry.model_copy(update={"groups": {"kreis:West": ("11", "19")}})
        town = sa.open_town(write_grouped(tmp_path, rows(CHILDREN), {}))
        with pytest.raises(DataError, match="release 1 has published kreis:West, of which the area '19'"):
            Ledger(folder, (gone,)).groupings(town.areas)


GROUPS = st.fixed_dictionaries({area: st.sampled_from(["West", "Ost", ""]) for area in ADULTS})
COUNTS = st.fixed_dictionaries({area: st.one_of(st.integers(0, 6), st.integers(5, 60)) for area in ADULTS})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=COUNTS, groups=GROUPS)
def test_no_attack_finds_a_small_count_in_any_town_with_groups(tmp_path, counts, groups):
    """The audit shares no code with the gate; it takes the tree and the groups together."""
    if not any(groups.values()):
        groups = {**groups, "11": "West"}
    try:
        made = sa.release(sa.open_town(write_grouped(tmp_path, rows(counts), groups)))
    except DisclosureRefused:
        return
    known = Knowledge(Document.model_validate(knowledge_of(made)), states_of(states_text(made.states)).assign(cell="c"))
    assert attack(relations_of(known)).disclosures == ()


def test_a_grouping_in_the_file_of_the_town_is_checked(tmp_path):
    write_grouped(tmp_path, rows(CHILDREN))
    file = tmp_path / "town.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("id: kreis", "id: circle"), encoding="utf-8")
    (said,) = faults_of(tmp_path)
    assert said.startswith("areas.csv, line 1: the grouping circle is declared, but there is no column group_circle")


def test_the_example_of_the_documentation_is_one(tmp_path):
    docs = (Path(__file__).parents[1] / "docs" / "disclosure.md").read_text(encoding="utf-8")
    (text,) = (
        block
        for block in re.findall(r"^```yaml\n(.*?)^```$", docs, re.MULTILINE | re.DOTALL)
        if block.startswith("groupings")
    )
    folder = write_grouped(tmp_path, rows(CHILDREN), {})
    header, *lines = AREAS.splitlines()
    column = [f"{line},{'07' if line.partition(',')[0] in ADULTS else ''}" for line in lines]
    text_of_areas = "\n".join([f"{header},group_statistischer_bezirk", *column, ""])
    (folder / "areas.csv").write_text(text_of_areas, encoding="utf-8")
    with (folder / "town.yml").open("a", encoding="utf-8") as file:
        file.write(text)
    assert sa.open_town(folder).areas.name("statistischer_bezirk:07") == "Nordstadt"
