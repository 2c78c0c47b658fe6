"""Sparklines: what they draw of a series, how little they weigh, and that the audit lets nothing pass that is not published."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pages import PageAudit
from sozialanalyse.batch.safety import problems
from sozialanalyse.findings._sparkline import Sparklines
from sozialanalyse.findings.stretches import stretches
from tests.audit_site import DAY, EARLIER_DAY, write_site
from tests.drawn_town import drawn_view

FRAME = "<svg width='80' height='18' fill='none' stroke='currentColor' aria-hidden='true' data-told='{}'>"
TOLD = f"drawn_series|kinderarmut|01|{EARLIER_DAY}|{DAY}"


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    return drawn_view(tmp_path_factory.mktemp("sparklines"), language="de")


def drawn(view, *values, broken_after=99):
    """The shapes of a series with a value a year, drawn as far as it is known."""
    days = pd.to_datetime([f"{2011 + number}-12-31" for number in range(len(values))])
    segments = [int(number >= broken_after) for number in range(len(values))]
    series = pd.DataFrame({"period_end": days, "value": pd.Series(values, dtype=float), "segment": segments})
    line = Sparklines(view, {"poverty": stretches(series)}, days[0], days[-1]).line("poverty")
    return str(line).partition(">")[2].removesuffix("</svg>")


class TestDrawing:
    def test_the_highest_value_stands_at_the_head_and_zero_at_the_foot(self, view):
        assert drawn(view, 0, 5, 10) == "<path d='M3 15L40 9 77 3'/><circle cx='77' cy='3' r='1.5'/>"

    def test_nothing_bridges_a_value_that_is_missing_or_confidential(self, view):
        assert drawn(view, 10, 10, None, 5, 5) == ("<path d='M3 3L22 3M59 9L77 9'/><circle cx='77' cy='9' r='1.5'/>")

    def test_a_value_that_stands_alone_is_a_point(self, view):
        assert drawn(view, 10, None, 5) == "<path d='M2 3h2M76 9h2'/><circle cx='77' cy='9' r='1.5'/>"

    def test_a_line_ends_where_the_way_of_counting_changed(self, view):
        assert drawn(view, 10, 10, 5, 5, broken_after=2) == (
            "<path d='M3 3L28 3M52 9L77 9'/><path stroke-dasharray='1 2' d='M40 0v18'/><circle cx='77' cy='9' r='1.5'/>"
        )

    def test_zeros_stand_at_the_foot(self, view):
        assert drawn(view, 0, 0) == "<path d='M3 15L77 15'/><circle cx='77' cy='15' r='1.5'/>"


class TestTable:
    def test_it_stands_under_the_last_value_with_its_key(self, view):
        """Of 2017 nothing was delivered."""
        shown = sa.tables.development(view, sa.trends.development(view.frame))
        told = "drawn_series|share_65plus|0|2012-12-31|2018-12-31"
        (found,) = re.findall(
            r"<td class='number'><data value=\"value\|share_65plus.*?(<svg.*?</svg>)</td>", str(shown.html)
        )
        assert found == (
            FRAME.format(told) + "<path d='M3 3L28 3 40 3 52 3M76 3h2'/><circle cx='77' cy='3' r='1.5'/></svg>"
        )
        assert len(found) < 250
        assert problems(str(shown.html)) == []

    def test_its_note_says_what_it_shows(self, view):
        text = sa.tables.development(view, sa.trends.development(view.frame)).text
        assert "Alle Achsen beginnen bei null. Eine Linie ist unterbrochen, wo ein Wert fehlt." in text

    def test_one_value_has_no_course(self, view):
        last = looking_at(view.town, view.frame[view.frame["period_end"] == "2018-12-31"])
        for lines in (Sparklines.of(last, ["share_65plus"]), Sparklines.of(last, [])):
            assert (lines.line("share_65plus"), lines.note()) == ("", "")

    def test_estimates_for_other_areas_are_left_out(self, view):
        """They are no cells of the release, so that nobody could hold them to it."""
        estimated = view.frame.assign(interpolated=lambda rows: rows["period_end"] < "2015-01-01")
        lines = Sparklines.of(looking_at(view.town, estimated), ["share_65plus"])
        assert "|2015-12-31|2018-12-31'" in lines.line("share_65plus")


def looking_at(town, rows):
    class View(sa.View):
        frame = rows

    return View(town, "older", "", "ortsteil", "de")


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Of 01 are known 9.5 and 10 %; of 02 nothing."""
    return Judge(Figures(read_knowledge(write_site(tmp_path_factory.mktemp("audited") / "site"))))


LINE = "<path d='M3 3.6L77 3'/>"
LAST = "<circle cx='77' cy='3' r='1.5'/>"
NOT_PUBLISHED = "the sparkline of kinderarmut in {} is not the series of published values"
STRANGE = "the sparkline of kinderarmut in 01 holds what none should have"
UNTOLD = "a sparkline is drawn, but no key tells what"


def said(judge, shapes, told=TOLD, frame=FRAME):
    page = f"<!doctype html><table><tr><td>{frame.format(told)}{shapes}</svg>10</td></tr></table>".replace(">10<", "><")
    return [
        problem.message.format(**problem.values) for problem in PageAudit("a.html", page, judge, frozenset()).problems()
    ]


class TestAudit:
    @pytest.mark.parametrize(
        "shapes",
        [
            LINE + LAST,
            "<path d='M2 3.6h2M76 3h2'/>" + LAST,
            LINE + "<path stroke-dasharray='1 2' d='M40 0v18'/>" + LAST,
            "<path d='M76 3h2'/>" + LAST,
            "<path d='M2 3h2'/><circle cx='3' cy='3' r='1.5'/>",
        ],
    )
    def test_published_values_may_be_drawn(self, judge, shapes):
        """The last one has 9.5 % as the highest value that it shows."""
        assert said(judge, shapes) == []

    @pytest.mark.parametrize(
        ("shapes", "fault"),
        [
            ("<path d='M3 3.7L77 3'/>" + LAST, NOT_PUBLISHED),  # 9.4 %
            ("<path d='M4 3.6L77 3'/>" + LAST, NOT_PUBLISHED),  # five days later
            ("<path d='M3 3.6L40 3.3 77 3'/>" + LAST, NOT_PUBLISHED),
            ("<path d='M3 3.6L77 3M2 3.6h2M76 3h2'/>" + LAST, NOT_PUBLISHED),
            (LINE + "<path stroke-dasharray='1 2' d='M41 0v18'/>" + LAST, NOT_PUBLISHED),
            ("<path d='M77 3L3 3.6'/><circle cx='3' cy='3.6' r='1.5'/>", NOT_PUBLISHED),
            ("<path d='M3.4 3.6L77 3'/>" + LAST, STRANGE),
            (LINE + "<circle cx='77' cy='9' r='1.5'/>", STRANGE),
            (LINE + "<circle cx='77' cy='3' r='4'/>", STRANGE),
            (LINE + "<path stroke-dasharray='1 2' d='M40 4v18'/>" + LAST, STRANGE),
            (LINE + LINE + LAST, STRANGE),
            (LINE + "<path d='M3 9h74' stroke='red'/>" + LAST, STRANGE),
            (LINE + "<text>4</text>" + LAST, STRANGE),
            (LINE.replace("/>", " id='a4'/>") + LAST, STRANGE),
            (LINE, STRANGE),
            ("", STRANGE),
        ],
    )
    def test_nothing_else_may(self, judge, shapes, fault):
        assert fault.format("01") in said(judge, shapes)

    @pytest.mark.parametrize(
        ("told", "fault"),
        [
            (TOLD.replace("|01|", "|02|"), NOT_PUBLISHED.format("02")),  # what is hidden has no line
            (TOLD.replace("|01|", "|04|"), NOT_PUBLISHED.format("04")),
            (f"value|kinderarmut|01|{DAY}", UNTOLD),
            ("drawn_series|kinderarmut|99|2023-12-31|2024-12-31", UNTOLD),
            (f"{TOLD} {TOLD}", UNTOLD),
            ("", UNTOLD),
        ],
    )
    def test_it_must_tell_of_what_it_is(self, judge, told, fault):
        assert said(judge, LINE + LAST, told) == [fault]

    @pytest.mark.parametrize("more", ["viewBox='0 0 80 9.5'", "data-4='5'", "style='width: 4px'"])
    def test_it_has_no_other_attributes(self, judge, more):
        assert said(judge, LINE + LAST, frame=FRAME.replace(">", f" {more}>")) == [STRANGE]

    def test_without_a_key_its_numbers_are_those_of_nobody(self, judge):
        found = said(judge, LINE + LAST, frame=FRAME.replace(" data-told='{}'", ""))
        assert any("nobody tells what" in message for message in found)
