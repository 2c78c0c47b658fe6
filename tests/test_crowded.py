"""With more areas than can be named a page shows each for two indicators only, and says where the others are."""

from __future__ import annotations

import pytest

import sozialanalyse as sa
from sozialanalyse.findings._crowded import note_on_others, shown_by_area


@pytest.fixture(scope="module")
def view(musterstadt):
    return sa.View(musterstadt, "residents", language="en")


NAMES = ["population", "foreign_share", "unemployed_share", "sgb2_quote"]
"""A count, two shares, and the indicator that leads this target group."""


@pytest.mark.parametrize(("areas", "shown"), [(150, NAMES), (151, ["foreign_share", "sgb2_quote"])])
def test_both_sides_of_the_boundary(view, areas, shown):
    """The leading indicator, and the first that is no plain count."""
    assert shown_by_area(view, NAMES, areas) == shown


def test_the_reading_order_stays(view):
    assert shown_by_area(view, NAMES[::-1], 151) == ["sgb2_quote", "unemployed_share"]


def test_what_is_left_out_is_said(view):
    assert note_on_others(view, NAMES, 150) == ""
    assert note_on_others(view, NAMES[2:], 151) == ""
    assert note_on_others(view, NAMES, 151) == (
        "Of so many areas the page shows each one for the leading indicators only; the files to download hold all."
    )
