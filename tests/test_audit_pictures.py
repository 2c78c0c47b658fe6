"""Pictures for the audit: each sign stands for the area in whose row it is, each line for one area, each colour for its class."""

from __future__ import annotations

import pytest

from sozialanalyse.audit.drawn import faults_of_drawing
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pictures import read_drawing
from tests.audit_site import DAY, EARLIER_DAY, SVG, TOLD, write_site

LEVEL = f"drawn|kinderarmut|0|{DAY}|sozialraum"
SERIES = [f"drawn_series|kinderarmut|{area}|{EARLIER_DAY}|{DAY}" for area in ("0", "01")]

MAP = """<svg xmlns="http://www.w3.org/2000/svg"><g id="figure_1"><g id="panel-kinderarmut">
<g id="class 1"><path d="M 0 0 L 10 0 L 10 10 L 0 10 z"/></g>
<g id="class 2"><path d="M 20 0 L 30 0 L 30 10 L 20 10 z"/></g>
<g id="suppressed"><path d="M 40 0 L 50 0 L 50 10 L 40 10 z"/></g>
<g id="label"><text x="5" y="7">04</text></g><g id="label"><text x="25" y="7">01</text></g><g id="label"><text x="45" y="7">02</text></g>
<g id="text_1"><text x="0" y="30">9,6</text></g><g id="text_2"><text x="40" y="30">1</text></g>
<g id="text_3"><text x="0" y="40">10,0</text></g><g id="text_4"><text x="40" y="40">1</text></g>
</g></g></svg>"""
"""04 with 9.6 % and 01 with 10 % are coloured, of the hidden ones 02 is hatched."""

TOLD_BY_MAP = [
    LEVEL,
    "area|01",
    "area|02",
    "area|04",
    *(f"class_{what}|kinderarmut|0|{DAY}|sozialraum|{number}" for number in (1, 2) for what in ("least", "areas")),
]

LINES = """<svg xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg"><g id="figure_1"><g id="panel-kinderarmut">
<g id="patch_2"><path d="M 0 0 L 100 0 L 100 100 L 0 100 z"/></g>
<g id="xtick_1"><g><use x="0" y="100"/></g></g><g id="xtick_2"><g><use x="100" y="100"/></g></g>
<g id="ytick_1"><g><use x="0" y="100"/></g><g><text>0</text></g></g><g id="ytick_2"><g><use x="0" y="0"/></g><g><text>10</text></g></g>
<g id="line2d_1"><path d="M 0 22 L 100 20"/></g><g id="line2d_2"><path d="M 0 5 L 100 0"/></g>
</g></g></svg>"""
"""The town went from 7.8 to 8 %, 01 from 9.5 to 10 %."""


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return Judge(Figures(read_knowledge(write_site(tmp_path_factory.mktemp("pictures") / "site"))))


def said(judge, svg, told):
    faults = faults_of_drawing(read_drawing(svg.encode()), tuple(told), judge, "de")
    return [fault.message.format(**fault.values) for fault in faults]


class TestRows:
    def test_each_sign_in_the_row_of_its_area(self, judge):
        assert said(judge, SVG, TOLD.split(" ")) == []

    def test_two_values_that_changed_places(self, judge):
        swapped = SVG.replace('x="133.33" y="30"', 'x="130.13" y="30"').replace(
            'x="130.13" y="70"', 'x="133.33" y="70"'
        )
        assert said(judge, swapped, TOLD.split(" ")) == [
            "the panel kinderarmut shows 9.616 in the row of the area 01, which has no such published value",
            "the panel kinderarmut shows 10 in the row of the area 04, which has no such published value",
        ]

    def test_two_names_that_changed_places(self, judge):
        swapped = SVG.replace("01 Altstadt", "§").replace("04 Seewiesen", "01 Altstadt").replace("§", "04 Seewiesen")
        assert len(said(judge, swapped, TOLD.split(" "))) == 2

    def test_a_sign_between_the_rows(self, judge):
        assert any("area ?" in text for text in said(judge, SVG.replace('y="70"/>', 'y="50"/>'), TOLD.split(" ")))

    def test_an_interval_in_the_row_of_a_hidden_area(self, judge):
        """It holds the published value of another area, and yet tells of this one."""
        label = '<g id="text_7"><text x="45" y="52">02 Lindenau</text></g><g id="text_6">'
        drawn = SVG.replace("M 105 70", "M 52 50 L 140 50 M 105 70").replace('<g id="text_6">', label)
        assert any("row of the area 02" in text for text in said(judge, drawn, TOLD.split(" ")))

    def test_a_bracket_of_a_larger_area_names_no_row(self, judge):
        bracket = SVG.replace("01 Altstadt", "0 Musterstadt").replace(
            '<g id="text_6"><text x="45" y="72">04 Seewiesen</text></g>', ""
        )
        assert said(judge, bracket, [*TOLD.split(" "), "area|0"]) == []


class TestLines:
    def test_each_line_is_the_series_of_one_area(self, judge):
        assert said(judge, LINES, SERIES) == []

    def test_two_lines_that_changed_places_at_one_day(self, judge):
        crossed = LINES.replace("L 100 20", "L 100 §").replace("L 100 0", "L 100 20").replace("§", "0")
        crossed = crossed.replace("M 0 0 L 100 20 L 100 100", "M 0 0 L 100 0 L 100 100")
        assert said(judge, crossed, SERIES) == [
            "a line of the panel kinderarmut is not the series of one area at the days of its axis"
        ]

    def test_a_line_that_runs_backwards(self, judge):
        assert said(judge, LINES.replace("M 0 22 L 100 20", "M 0 20 L 100 22"), SERIES) != []


class TestMaps:
    def test_each_colour_is_the_class_of_its_value(self, judge):
        assert said(judge, MAP, TOLD_BY_MAP) == []

    def test_a_published_area_in_the_wrong_class(self, judge):
        swapped = MAP.replace('y="7">04', 'y="7">§').replace('y="7">01', 'y="7">04').replace("§", "01")
        assert said(judge, swapped, TOLD_BY_MAP) == [
            f"the map kinderarmut colours the area {area} as a class in which it has no published value"
            for area in ("01", "04")
        ]

    def test_a_hidden_area_in_a_colour(self, judge):
        """In place of a published one, so that as many are coloured as before."""
        swapped = MAP.replace('y="7">01', 'y="7">§').replace('y="7">02', 'y="7">01').replace("§", "02")
        assert any("colours the area 02" in text for text in said(judge, swapped, TOLD_BY_MAP))

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('y="30">9,6<', 'y="30">1,6 – 9,6<'),  # the least of all, not of those shown
            ('y="30">1<', 'y="30">2<'),
            ('y="40">10,0<', 'y="40">9,6 – 10,0<'),
        ],
    )
    def test_a_legend_that_says_something_else(self, judge, before, after):
        told = [*TOLD_BY_MAP, f"class_greatest|kinderarmut|0|{DAY}|sozialraum|1"]
        assert "the legend of the map kinderarmut is not what the published values give" in said(
            judge, MAP.replace(before, after), told
        )

    def test_more_colours_than_published_values(self, judge):
        more = MAP.replace(
            '<g id="suppressed">', '<g id="class 1"><path d="M 60 0 L 61 0 L 61 1 z"/></g><g id="suppressed">'
        )
        assert "the map kinderarmut colours 3 areas, but 2 have a published value" in said(judge, more, TOLD_BY_MAP)
