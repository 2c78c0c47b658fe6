"""Indices for the audit: computed again from the published cells, with no code of the program that writes them; and planted faults."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse import index
from sozialanalyse.audit.claims import expected_of
from sozialanalyse.audit.composites import put_together
from sozialanalyse.audit.drawn import faults_of_drawing
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.keys import read_key
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pictures import read_drawing
from sozialanalyse.audit.recipes import Recipe
from sozialanalyse.catalogue import shipped
from sozialanalyse.disclosure.knowledge import _recipe
from tests.audit_site import DAY, DOCUMENT, cells, write_site

NAMES = ("small", "medium", "great")
STATUS = {
    "classes": [
        {"id": "1", "below": -1.0, "name": {"de": "klein", "en": "small"}},
        {"id": "2", "up_to": 0.5, "name": {"de": "mittel", "en": "medium"}},
        {"id": "3", "name": {"de": "groß", "en": "great"}},
    ]
}
RECIPE = {
    "id": "one",
    "ingredients": [{"indicator": "kinderarmut", "sign": 1, "weight": 1.0}],
    "transformation": "z",
    "restandardise": True,
    "status": STATUS,
    "dynamics": {**STATUS, "years": 1},
}
"""Of 10, 1.58, 8 and 9.62 % the mean is 7.30 and the standard deviation 3.39: 0.80, -1.69, 0.21 and 0.68."""

LEVEL = f"one|status|sozialraum|{DAY}"

MAP = """<svg xmlns="http://www.w3.org/2000/svg"><g id="figure_1"><g id="panel-index">
<g id="class 1"><path d="M 0 0 L 10 0 L 10 10 L 0 10 z"/></g>
<g id="class 2"><path d="M 20 0 L 30 0 L 30 10 L 20 10 z"/></g>
<g id="class 3"><path d="M 40 0 L 50 0 L 50 10 L 40 10 z"/><path d="M 60 0 L 70 0 L 70 10 L 60 10 z"/></g>
<g id="label"><text x="5" y="7">02</text></g><g id="label"><text x="25" y="7">03</text></g><g id="label"><text x="45" y="7">01</text></g>
<g id="text_1"><text x="0" y="30">klein</text></g><g id="text_2"><text x="40" y="30">1</text></g>
<g id="text_3"><text x="0" y="40">mittel</text></g><g id="text_4"><text x="40" y="40">1</text></g>
<g id="text_5"><text x="0" y="50">groß</text></g><g id="text_6"><text x="40" y="50">2</text></g>
</g></g></svg>"""

TOLD = (
    f"drawn_index|{LEVEL}",
    *(f"area|{area}" for area in ("01", "02", "03")),
    *(f"index_class_areas|{LEVEL}|{number}" for number in (1, 2, 3)),
)


def opened(folder, rows=None, **changes):
    """A judge who knows the recipe."""
    document = {**DOCUMENT, "recipes": [{**RECIPE, **changes}]}
    return Judge(Figures(read_knowledge(write_site(folder / "site", document, rows))))


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """All cells of the site are published."""
    values = iter(("4", "13", "3", "12"))
    rows = [line.replace("hidden,,", f"published,{next(values)},") if "hidden" in line else line for line in cells()]
    return opened(tmp_path_factory.mktemp("index"), rows)


@pytest.fixture(scope="module")
def hiding(tmp_path_factory):
    """The counts of 02 and 03 are hidden."""
    return opened(tmp_path_factory.mktemp("hidden"))


def fault(judge, key, text, language="de"):
    found = judge.mark(key, text, language)
    return found and found.kind


class TestNumbers:
    @pytest.mark.parametrize(("area", "text"), [("01", "0,80"), ("02", "−1,69"), ("03", "0,21"), ("04", "0,68")])
    def test_the_index_is_computed_from_the_cells(self, judge, area, text):
        assert fault(judge, f"index|{LEVEL}|{area}", text) is None

    @pytest.mark.parametrize("text", ["0,81", "0,798", "−0,80"])
    def test_another_number_is_a_fault(self, judge, text):
        assert fault(judge, f"index|{LEVEL}|01", text) == "wrong"

    def test_changes_go_over_the_years_of_the_recipe(self, judge):
        """0.5, -0.53, -0.67 and 0.77 points: the mean is 0.02, the standard deviation 0.62."""
        assert fault(judge, f"index|one|dynamics|sozialraum|{DAY}|04", "1,20") is None
        assert fault(judge, f"index|one|dynamics|sozialraum|{DAY}|04", "0,68") == "wrong"

    def test_ranks_reach_from_one_side_to_the_other(self, judge):
        assert [fault(judge, f"index_rank_lower|{LEVEL}|04", text) for text in "123"] == [None, None, "wrong"]
        assert [fault(judge, f"index_rank_upper|{LEVEL}|04", text) for text in "1245"] == ["wrong", None, None, "wrong"]

    def test_counts(self, judge):
        assert fault(judge, f"index_areas|{LEVEL}", "4") is None
        assert fault(judge, f"index_areas|{LEVEL}", "3") == "wrong"
        assert fault(judge, f"index_class_areas|{LEVEL}|3", "2") is None
        assert fault(judge, f"index_class_areas|{LEVEL}|3", "1") == "wrong"
        assert fault(judge, f"index_sure|{LEVEL}|weights", "4") is None  # of a single indicator no weight matters
        assert fault(judge, f"index_sure|{LEVEL}|weights", "3") == "wrong"

    def test_numbers_of_the_recipe(self, judge):
        assert fault(judge, "recipe_limit|one|status|1", "−1") is None
        assert fault(judge, "recipe_limit|one|status|2", "0,6") == "wrong"
        assert fault(judge, "recipe_limit|one|status|3", "1") == "wrong"
        assert fault(judge, "recipe_weight|one|kinderarmut", "1") is None

    @pytest.mark.parametrize(
        "key", [f"index|two|status|sozialraum|{DAY}|01", f"index|one|level|sozialraum|{DAY}|01", f"index|{LEVEL}"]
    )
    def test_keys_that_mean_nothing(self, judge, key):
        assert fault(judge, key, "0,80") == "unmapped"

    def test_of_an_indicator_that_was_not_delivered_there_is_no_index(self, tmp_path):
        without = opened(tmp_path, ingredients=[{"indicator": "armut", "sign": 1, "weight": 1}])
        assert fault(without, f"index|{LEVEL}|01", "0,80") == "wrong"
        assert fault(without, "recipe_limit|one|status|1", "−1") is None


class TestNamesOfClasses:
    @pytest.mark.parametrize(("area", "text"), [("01", "groß"), ("02", "klein"), ("03", "mittel"), ("03", "medium")])
    def test_the_right_one(self, judge, area, text):
        assert fault(judge, f"index_class|{LEVEL}|{area}", text) is None

    @pytest.mark.parametrize("text", ["mittel", "klein", "riesig", ""])
    def test_another_one(self, judge, text):
        assert fault(judge, f"index_class|{LEVEL}|01", text) == "wrong"

    def test_what_chance_leaves_open_holds_the_class(self, judge):
        assert fault(judge, f"index_chance_lower|{LEVEL}|03", "klein") is None
        assert fault(judge, f"index_chance_lower|{LEVEL}|03", "groß") == "wrong"
        assert fault(judge, f"index_chance_upper|{LEVEL}|03", "klein") == "wrong"

    def test_ranges_are_computed_again(self, judge):
        assert fault(judge, f"index_weights_upper|{LEVEL}|03", "mittel") is None
        assert fault(judge, f"index_without_lower|{LEVEL}|03", "klein") == "wrong"


class TestHidden:
    """Every number of an index needs all cells of all areas."""

    @pytest.mark.parametrize("what", ["index", "index_class", "index_rank_lower", "index_chance_upper"])
    def test_nothing_is_said_of_any_area(self, hiding, what):
        assert fault(hiding, f"{what}|{LEVEL}|01", "1") == "hidden"

    def test_nor_of_all(self, hiding):
        assert fault(hiding, f"index_class_areas|{LEVEL}|3", "1") == "hidden"
        assert [found.kind for found in hiding.faults_of_told([f"drawn_index|{LEVEL}"])] == ["hidden"]

    def test_areas_that_the_recipe_leaves_out_need_not_be_known(self, tmp_path):
        """There are three areas at least, so of four one may be hidden."""
        rows = [
            line.replace("hidden,,", "published,13,") if ",03," not in line and "c" in line else line
            for line in cells()
        ]
        only_three = opened(tmp_path, rows, excluded=["03"])
        assert fault(only_three, f"index_areas|{LEVEL}", "3") is None


class TestMap:
    def said(self, judge, svg):
        faults = faults_of_drawing(read_drawing(svg.encode()), TOLD, judge, "de")
        return [fault.message.format(**fault.values) for fault in faults]

    def test_each_colour_is_the_class_of_its_area(self, judge):
        assert self.said(judge, MAP) == []

    def test_two_areas_that_changed_places(self, judge):
        changed = MAP.replace(">02<", ">x<").replace(">03<", ">02<").replace(">x<", ">03<")
        assert "colours the area 03 as a class" in self.said(judge, changed)[0]

    def test_more_areas_than_the_class_has(self, judge):
        changed = MAP.replace(
            '10 z"/></g>\n<g id="class 3">', '10 z"/><path d="M 80 0 L 90 0 z"/></g>\n<g id="class 3">'
        )
        assert "colours more areas as class 2" in self.said(judge, changed)[0]

    @pytest.mark.parametrize(("before", "after"), [(">groß<", ">klein<"), ('y="50">2<', 'y="50">1<')])
    def test_a_legend_that_says_something_else(self, judge, before, after):
        assert any("legend" in text for text in self.said(judge, MAP.replace(before, after)))

    def test_a_sign_that_stands_for_a_number(self, judge):
        changed = MAP.replace('<g id="text_1">', '<g id="filled"><path d="M 3 3 L 4 4"/></g><g id="text_1">')
        assert "holds shapes that are no areas" in self.said(judge, changed)[0]


MATRIX = """<svg xmlns="http://www.w3.org/2000/svg"><g id="figure_1"><g id="panel-matrix">
<g id="patch_2"><path d="M 0 0 L 90 0 L 90 60 L 0 60 z"/></g>
<g id="patch_3"><path d="M 0 0 L 30 0 L 30 20 L 0 20 z"/></g><g id="patch_4"><path d="M 30 20 L 60 20 L 60 40 L 30 40 z"/></g>
<g id="text_1"><text x="-6" y="10">klein</text></g><g id="text_2"><text x="35" y="10">02</text></g>
<g id="text_3"><text x="5" y="30">03</text></g><g id="text_4"><text x="65" y="50">01 04</text></g>
</g></g></svg>"""
"""02: smallest status, changes in the middle; 03: in the middle, smallest change; 01 and 04: greatest in both."""


class TestMatrix:
    told = (f"drawn_matrix|{LEVEL}", *(f"area|{area}" for area in ("01", "02", "03", "04")))

    def said(self, judge, svg):
        faults = faults_of_drawing(read_drawing(svg.encode()), self.told, judge, "de")
        return [fault.message.format(**fault.values) for fault in faults]

    def test_each_area_in_its_cell(self, judge):
        assert self.said(judge, MATRIX) == []

    @pytest.mark.parametrize(("before", "after"), [('x="35" y="10"', 'x="5" y="10"'), ('x="5" y="30"', 'x="5" y="50"')])
    def test_an_area_in_another_cell(self, judge, before, after):
        assert "in a cell that the published values do not give" in self.said(judge, MATRIX.replace(before, after))[0]

    def test_an_area_that_is_left_out_or_twice(self, judge):
        assert self.said(judge, MATRIX.replace("01 04", "01")) == ["the matrix matrix does not show each area once"]
        assert "each area once" in self.said(judge, MATRIX.replace("01 04", "01 04 01"))[-1]

    def test_cells_that_cannot_be_read(self, judge):
        assert (
            "cannot be read"
            in self.said(judge, MATRIX.replace("patch_4", "line2d_4").replace("30 20 L 60", "31 20 L 60"))[0]
        )


class TestBothAgree:
    """What the pages show and what the audit computes, from the same values."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(*[st.integers(0, 400)] * 3), min_size=4, max_size=12),
        st.sampled_from(["z", "min_max", "rank", "exponential"]),
        st.booleans(),
        st.sampled_from(["status", "dynamics"]),
    )
    def test_for_any_values(self, rows, transformation, again, part):
        changes = {"transformation": transformation, "restandardise": again}
        ours = shipped().recipe("plain").model_copy(update=changes)
        theirs = Recipe.model_validate(_recipe(ours))
        names = tuple(f"a{number:02}" for number in range(len(rows)))
        values = pd.DataFrame(rows, index=names, columns=list(ours.indicators), dtype=float) / 10
        made = index.compose(values, ours, part)
        found = put_together(theirs, theirs.part(part), names, values.to_numpy())
        # At a limit the last digit decides, and two ways of adding up may differ in it.
        distance = np.abs(found.index[:, np.newaxis] - [-1.0, 1.0]).min(axis=1)
        clear = distance > 1e-9
        assert np.allclose(made["index"], found.index, atol=1e-9)
        assert (made["place"].to_numpy() == found.place)[clear].all()
        for name, ranges in (("weights", index.random_weights), ("without", index.left_out)):
            wide = ranges(values, ours, part)
            both = np.array([wide["place_lower"], wide["place_upper"]]), np.array(found.spans[name])
            assert (both[0] == both[1]).mean() > 0.8


def test_each_key_of_a_page_is_known_to_the_audit(judge):
    from sozialanalyse.audit.keys import PARTS
    from sozialanalyse.findings._keys import STATISTICS

    ours = {name: parts for name, parts in STATISTICS.items() if name.startswith(("index", "recipe", "drawn_index"))}
    assert {name: len(parts) for name, parts in ours.items()} == {name: len(PARTS[name]) for name in ours}
    assert expected_of(judge.lookup, read_key(f"index_areas|{LEVEL}")).value == 4
