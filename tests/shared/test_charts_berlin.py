"""Berlin's 447 planning areas: every chart has room for its texts, and stays as light as a page may be."""

from __future__ import annotations

import pytest

import sozialanalyse as sa
from sozialanalyse.charts.drawing.rows import areas_that_fit
from tests.chart_text import outside, overlapping, rooms
from tests.drawn_town import svg_of

AREAS = 447
HEAVIEST = 1_000_000
"""Bytes that a page may have; each chart of it must be lighter."""


@pytest.fixture(scope="module")
def view(root, shared):
    return sa.View(sa.open_town(root / "data" / "berlin", raw=shared / "data"), "residents", level="plr")


@pytest.fixture(scope="module")
def compared(view):
    return sa.comparison.compare(view.frame, view.town.areas, level=view.level)


def drawn(view, compared, name):
    if name in ("comparison", "heat"):
        return getattr(sa.charts, name)(view, compared)
    if name == "maps":
        return sa.maps.comparison(view, compared)
    developed = sa.trends.development(view.frame, areas_that_fit(view, 60))
    return sa.charts.slopes(view, developed) if name == "slopes" else sa.charts.multiples(view, view.frame)


@pytest.mark.parametrize("name", ["comparison", "heat", "maps", "slopes", "multiples"])
def test_no_two_texts_overlap_and_none_is_cut_off(view, compared, name):
    assert len(view.members) == AREAS
    shown = drawn(view, compared, name)
    svg = svg_of(shown)
    assert len(rooms(svg)) >= 2
    assert list(overlapping(svg)) == []
    assert outside(svg) == []
    assert len(svg) * 4 / 3 < HEAVIEST
