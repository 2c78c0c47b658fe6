"""Charts: what they tell in words, what their SVG is made of, and that names stay text. Structure, not pixels."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

import sozialanalyse as sa
from sozialanalyse.charts.drawing import style, time_axis
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.findings import signs, stretches
from sozialanalyse.findings.display import as_svg, nothing
from tests.chart_text import looked_at, outside, overlapping, structure
from tests.colours import DEFICIENCIES, contrast_on_white, lab
from tests.drawn_town import (
    DOLLARS,
    SCRIPT,
    TURNED,
    compared,
    drawn_view,
    elements,
    group,
    marks,
    svg_of,
    texts,
    with_status,
)

DATES = [pd.Timestamp(f"{year}-12-31") for year in (2012, 2014, 2015, 2016, 2018)]


@pytest.fixture
def view(tmp_path):
    return drawn_view(tmp_path)


def test_development_is_told_in_words(view):
    assert sa.charts.development(view, view.frame).text == (
        "Klein: value (line) and 95 % interval (band). A line is interrupted where a value is missing. "
        "All axes begin at zero.\n"
        "Line charts: development in Klein, 2012 to 2018. Last values: Aged 65 and over 20.0% (2018)."
    )


def test_development_of_an_area_stands_beside_the_town(tmp_path):
    view = drawn_view(tmp_path, area="02")
    shown = sa.charts.development(view, view.frame)
    assert "Aged 65 and over 30.0%, town 20.0% (2018)" in shown.text
    assert f"02 {DOLLARS}: value (line)" in shown.text
    assert {"Klein", "20.0%", "30.0%"} <= set(texts(svg_of(shown)))


def test_development_in_german(tmp_path):
    view = drawn_view(tmp_path, language="de")
    assert "Letzte Werte: 65 Jahre und älter 20,0\u00a0% (2018)." in sa.charts.development(view, view.frame).text


def series(values, segments=None):
    frame = pd.DataFrame({"period_end": DATES[: len(values)], "value": values})
    return frame.assign(segment=segments or 0)


def points(parts):
    return [part["value"].tolist() for part in parts]


def test_line_goes_through_irregular_dates():
    assert points(stretches.stretches(series([1.0, 2.0, 3.0]))) == [[1.0, 2.0, 3.0]]


def test_line_breaks_at_a_missing_value():
    assert points(stretches.stretches(series([1.0, np.nan, 3.0, 4.0]))) == [[1.0], [3.0, 4.0]]


def test_line_breaks_at_a_declared_break():
    assert points(stretches.stretches(series([1.0, 2.0, 3.0], [0, 0, 1]))) == [[1.0, 2.0], [3.0]]


def test_line_breaks_where_an_expected_date_was_not_delivered():
    parts = stretches.stretches(series([1.0, 2.0, 3.0, 4.0, 5.0]), [pd.Timestamp("2017-12-31")])
    assert points(parts) == [[1.0, 2.0, 3.0, 4.0], [5.0]]


def years(*numbers):
    return [pd.Timestamp(f"{number}-12-31") for number in numbers]


@pytest.mark.parametrize(
    ("delivered", "absent"),
    [
        ((2012, 2014, 2015, 2016, 2018), (2017,)),
        ((2012, 2014, 2015, 2016, 2017, 2018), ()),
        ((2012, 2014, 2016, 2018), ()),  # counted every two years
        ((2014, 2018), ()),  # two dates show no rhythm
        ((2013, 2014, 2015, 2018), ()),  # does not keep to the town's dates
    ],
)
def test_absent_dates(delivered, absent):
    expected = years(2012, 2014, 2015, 2016, 2017, 2018)
    assert stretches.absent_dates(years(*delivered), expected) == years(*absent)


def test_break_is_marked_and_explained(view):
    frame = view.frame.assign(segment=(view.frame["period_end"] >= "2015-01-01").astype(int))
    shown = sa.charts.development(view, frame)
    assert len(group(svg_of(shown), "break")) == 1
    assert "Dotted vertical line: here the way of counting changed" in shown.text


def test_deviating_areas_stand_in_the_order_of_their_numbers(view):
    shown = sa.charts.deviating(view, sa.trends.deviating(view.frame, view.members))
    assert shown.text.splitlines()[1] == (
        "Line charts: the areas that differ most clearly from Klein, in the order of their numbers. "
        f"Aged 65 and over, 2018: 01 {SCRIPT} 10.0%, 02 {DOLLARS} 30.0%, 03 {TURNED} 20.0%; town 20.0%."
    )


def test_where_an_area_is_not_divided_further_there_is_nothing_to_choose_among(view):
    """Its section is left out of the page."""
    quarter = replace(view, area="01", level="")
    assert quarter.members == ["01"]
    shown = sa.charts.deviating(quarter, sa.trends.deviating(quarter.frame, quarter.members))
    assert shown == nothing()


def test_deviating_areas_differ_in_more_than_colour():
    count = len(style.MARKERS)
    looks = list(zip(style.AREA_COLOURS * 2, style.LINE_STYLES, strict=True))
    assert count == len(set(style.MARKERS)) == len(set(map(str, looks))) == sa.trends.DEVIATING_AREAS


def test_comparison_is_told_in_words(view):
    caption, alt = sa.charts.comparison(view, compared(view)).text.splitlines()
    assert caption == (
        "3 quarters in the order of their numbers; dot: value, line: 95 % interval. Vertical line: Klein. "
        "Filled: the interval excludes the town's value; open: it does not."
    )
    assert alt == (
        "Dot plots: 3 quarters in the order of their numbers, with 95 % intervals; indicators shown: 1. "
        "Aged 65 and over, 31\u00a0December\u00a02018: Klein 20.0%; values from 10.0% to 30.0% in 3 areas. "
        "In 2 of 3 areas the interval excludes the town's value."
    )


@pytest.mark.parametrize("status", ["suppressed", "missing"])
def test_comparison_states_a_range_only_where_no_value_is_confidential(view, status):
    """The hidden value might be the lowest. One that is merely missing is not among the areas counted."""
    shown = sa.charts.comparison(view, with_status(compared(view), "01", status))
    expected = {
        "suppressed": "Klein 20.0%; without range, since values are kept confidential.",
        "missing": "Klein 20.0%; values from 20.0% to 30.0% in 2 areas.",
    }
    assert expected[status] in shown.text


@pytest.mark.parametrize("draw", [sa.charts.comparison, sa.maps.comparison])
def test_no_area_is_named_as_the_highest_or_lowest(view, draw):
    alt = draw(view, compared(view)).text.splitlines()[1]
    assert not any(name in alt for name in (SCRIPT, DOLLARS, TURNED))


def test_comparison_fills_dots_only_where_the_interval_excludes_the_town(view):
    svg = svg_of(sa.charts.comparison(view, compared(view)))
    assert (marks(svg, "filled"), marks(svg, "open"), marks(svg, "unknown")) == (2, 1, 0)
    assert len(group(svg, "town")) == 1


def test_comparison_of_counts_draws_no_town_and_diamonds(tmp_path):
    view = drawn_view(tmp_path, "residents")
    comparison = compared(view)
    svg = svg_of(sa.charts.comparison(view, comparison))
    assert [entry.id for entry in view.indicators] == ["population", "foreign_share"]
    assert (marks(svg, "unknown"), len(group(svg, "town"))) == (3, 1)


def test_comparison_names_areas_from_top_in_the_order_of_their_numbers(view):
    svg = svg_of(sa.charts.comparison(view, compared(view)))
    names = [element for element in elements(svg, "text") if re.match(r"0\d ", element.text or "")]
    heights = [float(element.get("y")) for element in names]
    assert [element.text[:2] for element in names] == ["01", "02", "03"]
    assert heights == sorted(heights)


@pytest.mark.parametrize(("status", "sign"), [("missing", "·"), ("suppressed", "•"), ("not_applicable", "x")])
def test_comparison_marks_what_is_no_number(view, status, sign):
    shown = sa.charts.comparison(view, with_status(compared(view), "02", status))
    svg = svg_of(shown)
    assert marks(svg, "filled") == 1
    assert [text.strip() for text in texts(svg)].count(sign) == 1
    assert f"{sign}\u00a0{signs.meaning(view, status)}." in shown.text


def pictures(view):
    comparison = compared(view)
    yield sa.charts.development(view, view.frame)
    yield sa.charts.deviating(view, sa.trends.deviating(view.frame, view.members))
    yield sa.charts.comparison(view, comparison)
    yield sa.maps.comparison(view, comparison)


def test_hostile_names_stay_text(tmp_path):
    views = [drawn_view(tmp_path, area=area) for area in ("", "02")]
    drawn = [shown for view in views for shown in pictures(view) if shown.html]
    for shown in drawn:
        svg = svg_of(shown)
        assert {element.tag.rpartition("}")[2] for element in elements(svg, "script")} == set()
        assert "<script" not in str(shown.html)
        assert "<script" not in svg
    everything = " ".join(text for shown in drawn for text in texts(svg_of(shown)))
    assert "01 <script>alert(1)</script>" in everything
    assert f"02 {DOLLARS}" in everything
    assert "03 Süd" in everything


def test_same_data_give_the_same_bytes_under_any_settings(view):
    first = [str(shown.html) for shown in pictures(view)]
    with mpl.rc_context({"font.size": 30, "font.sans-serif": ["Arial"], "axes.grid": True, "path.simplify": True}):
        second = [str(shown.html) for shown in pictures(view)]
    assert first == second


def test_nothing_is_drawn_of_nothing(tmp_path):
    view = drawn_view(tmp_path, "disability")
    comparison = compared(view)
    empty = [
        sa.charts.development(view, view.frame),
        sa.charts.deviating(view, view.frame),
        sa.charts.comparison(view, comparison),
        sa.maps.comparison(view, comparison),
    ]
    assert [str(shown.html) for shown in empty] == [""] * 4


def test_nothing_is_drawn_of_values_that_are_all_missing(view):
    frame = view.frame.assign(value=np.nan, lower=np.nan, upper=np.nan, status="missing")
    comparison = sa.comparison.compare(frame, view.town.areas, level=view.level)
    assert str(sa.charts.development(view, frame).html) == ""
    assert str(sa.charts.comparison(view, comparison).html) == ""


def test_charts_are_built_as_they_were_when_they_were_last_looked_at(view, root):
    """Where a change is meant, change tests/chart_structures.txt with it, so that it is seen in review."""
    names = ("development", "deviating", "comparison", "maps")
    svgs = {name: svg_of(shown) for name, shown in zip(names, pictures(view), strict=True)}
    assert {name: structure(svg) for name, svg in svgs.items()} == {name: looked_at(root, name) for name in names}
    assert {name: (list(overlapping(svg)), outside(svg)) for name, svg in svgs.items()} == dict.fromkeys(
        names, ([], [])
    )


def test_no_picture_uses_red(view):
    for shown in pictures(view):
        for colour in set(re.findall(r"#[0-9a-f]{6}", svg_of(shown))):
            hue, saturation, _ = rgb_to_hsv(to_rgb(colour))
            assert saturation < 0.2 or 20 / 360 < hue < 330 / 360, colour


def test_colours_can_be_told_apart_with_every_colour_vision():
    colours = (style.INK, *style.AREA_COLOURS)
    for matrix in DEFICIENCIES.values():
        seen = [lab(colour, matrix) for colour in colours]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 25


def test_colours_have_contrast_on_white():
    for colour in (style.INK, style.QUIET, style.ACCENT, *style.AREA_COLOURS):
        assert contrast_on_white(colour) >= 3


@pytest.mark.parametrize(
    ("places", "spread"),
    [
        ([], []),
        ([3.0], [3.0]),
        ([10.0, 0.0], [10.0, 0.0]),
        ([5.0, 5.0], [4.0, 6.0]),
        ([0.0, 0.0, 0.0], [0.0, 2.0, 4.0]),
        ([20.0, 20.0], [18.0, 20.0]),
    ],
)
def test_labels_are_moved_apart(places, spread):
    assert style.spread(places, 2.0, 0.0, 20.0) == spread


@pytest.mark.parametrize(
    ("kind", "start", "end", "label"),
    [
        ("stock", "2013-12-31", "2013-12-31", "2013"),
        ("stock", "2015-06-30", "2015-06-30", "06/2015"),
        ("flow", "2011-01-01", "2011-12-31", "2011"),
        ("school_year", "2011-08-01", "2012-07-31", "2011/12"),
        ("window", "2012-01-01", "2014-12-31", "2012–14"),
    ],
)
def test_periods_are_written_briefly(kind, start, end, label):
    row = pd.Series({"period_kind": kind, "period_start": pd.Timestamp(start), "period_end": pd.Timestamp(end)})
    assert time_axis.period_label(row) == label


def test_axes_are_numbered_as_readers_write(tmp_path):
    view = drawn_view(tmp_path, language="de")
    assert style.number_ticks(view, 0, 4500)[1] == ["0", "2.000", "4.000"]
    assert style.number_ticks(view, 0, 0.8)[1] == ["0,0", "0,2", "0,4", "0,6", "0,8"]


def test_scales_are_drawn_to_the_same_bytes_as_those_of_matplotlib():
    dates, amounts = ([2011.0, 2012.5, 2014.0], ["2011", "", "06/2014"]), ([0.0, 5.0, 10.0], ["0", "5", "10"])
    pictures = []
    for is_ours in (True, False):
        with style.look():
            figure, (axes,) = style.Panels(columns=1, height=60).draw(1)
            axes.set_xlim(2010.5, 2014.5)
            axes.set_ylim(0, 11)
            if is_ours:
                scales(axes, dates, amounts, grid=True)
            else:
                axes.set_xticks(*dates)
                axes.set_yticks(*amounts)
                axes.tick_params(length=2.5, width=0.6, pad=2)
                axes.grid(visible=True, axis="y", color=style.GUIDE, linewidth=0.6)
                axes.set_axisbelow(True)
            pictures.append(as_svg(figure))
    assert pictures[0] == pictures[1]
