"""Areas in an order: moves between fifths from date to date, and the slope from one end of an order to the other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison import gradients, quintile_moves
from sozialanalyse.errors import UsageError
from tests.tables import computed, counts, indicator, indicator_frame, shown, tree

IDS = "abcdefghij"
TOWN = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in IDS))
SHARE = Catalogue(indicators=(indicator(),))
EVEN = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]


def dated(series, people=1000, **changes):
    """Make a frame of ten quarters: how many of 1,000 are poor on each day."""
    rows = [
        f"{area} {day} {measure} {value}"
        for day, poor in series.items()
        for area, number in zip(IDS, poor, strict=True)
        for measure, value in (("people", people), ("poor", number))
    ]
    return computed(counts("area period measure value\n" + "\n".join(rows)), TOWN, indicator(**changes)).frame


def moves(series, **given):
    return quintile_moves(dated(series, **given), TOWN, "quarter", catalogue=SHARE)


# ---------------------------------------------------------------------------------------------------- moves of quintiles


def test_each_step_leads_from_a_quintile_to_a_quintile():
    """Of 20 steps two change places: b (fifth 1) and c (fifth 2), from 2011 to 2012, and stay there."""
    swapped = [10, 35, 20, *EVEN[3:]]
    found = moves({"2011-12-31": EVEN, "2012-12-31": swapped, "2013-12-31": swapped})
    row = found.summary.iloc[0]
    assert (row["dates"], row["areas"], row["steps"], row["stayed"]) == (3, 10, 20, 0.9)
    moved = found.steps[(found.steps["steps"] > 0) & (found.steps["from_quintile"] != found.steps["to_quintile"])]
    assert moved.drop(columns="indicator").to_numpy().tolist() == [[1, 2, 1, 0.25], [2, 1, 1, 0.25]]
    assert found.steps.groupby("from_quintile")["share"].sum().tolist() == pytest.approx([1] * 5)


def test_dates_are_taken_from_the_last_one_back_as_long_as_they_stand_at_one_distance():
    days = ("2005-12-31", "2008-12-31", "2009-12-31", "2011-12-31", "2013-12-31")
    row = moves(dict.fromkeys(days, EVEN)).summary.iloc[0]
    assert [f"{row[name]:%Y}" for name in ("first_end", "last_end")] == ["2009", "2013"]
    assert (row["dates"], row["steps"], row["stayed"], row["mobility"]) == (3, 20, 1, 0)


def test_a_break_between_two_dates_stops_the_steps():
    broken = {"date": "2012-07-01", "note": {"de": "neu", "en": "new"}, "review": "open"}
    days = dict.fromkeys(("2011-12-31", "2012-12-31", "2013-12-31"), EVEN)
    row = moves(days, breaks=[broken]).summary.iloc[0]
    assert (f"{row['first_end']:%Y}", row["steps"]) == ("2012", 10)


def test_one_date_has_no_steps():
    found = moves({"2011-12-31": EVEN})
    assert found.summary[["status", "steps"]].to_numpy().tolist() == [["one_date", 0]]
    assert found.steps.empty


def test_without_the_steps_of_a_hidden_area_nothing_is_told():
    hidden = ["*", 5, 6, *EVEN[3:]]
    found = moves({"2011-12-31": [4, 5, 6, *EVEN[3:]], "2012-12-31": hidden})
    assert found.summary[["status", "steps"]].to_numpy().tolist() == [["suppressed", 0]]
    assert found.summary["stayed"].isna().all()


def test_small_areas_seem_to_move_by_chance_and_large_ones_do_not():
    """The same shares of 1,000 and of 100,000 people a quarter."""
    small, large = (
        moves({"2011-12-31": poor, "2012-12-31": poor}, people=people).summary["stayed_by_chance"].iloc[0]
        for people, poor in ((1000, EVEN), (100_000, [100 * number for number in EVEN]))
    )
    assert 0.5 < small < 0.8
    assert large > 0.9


# ------------------------------------------------------------------------------------------------------ slope of an order


def ordered(poor, order, people=(1000,) * 10, status="number"):
    rows = [f"{a} 2011-12-31 order {x} {x} 100" for a, x in zip(IDS, order, strict=True)]
    rows += [f"{a} 2011-12-31 share {100 * x / n} {x} {n}" for a, x, n in zip(IDS, poor, people, strict=True)]
    frame = indicator_frame("area end indicator value numerator denominator\n" + "\n".join(rows), TOWN)
    chosen = (frame["area"] == "c") & (frame["indicator"] == "order")
    return frame.assign(
        status=frame["status"].mask(chosen, status), value=frame["value"].mask(chosen & (status != "number"))
    )


ENTRIES = Catalogue(indicators=(indicator(), indicator("order")))


def slope(poor, order=range(1, 11), groups=5, **given):
    frame = ordered(poor, order, **given)
    return gradients(frame, TOWN, "quarter", catalogue=ENTRIES, ordered_by="order", groups=groups)


def test_the_slope_is_that_of_a_line_through_groups_with_as_many_people_each():
    """Groups of 2,000 people with 10, 15, 20, 25 and 30 %: close to 25 points from end to end, and three times as much."""
    found = slope([95, 105, 145, 155, 195, 205, 245, 255, 295, 305])
    assert shown(found.groups, "group areas order_least order_greatest numerator value") == [
        "1 2 1 2 200 10",
        "2 2 3 4 300 15",
        "3 2 5 6 400 20",
        "4 2 7 8 500 25",
        "5 2 9 10 600 30",
    ]
    row = found.summary.iloc[0]
    assert row["slope"] == pytest.approx(25, abs=1)
    assert row["ratio"] == pytest.approx(3.7, abs=0.1)
    assert row["slope_lower"] < row["slope"] < row["slope_upper"]
    assert (row["claim"], row["ordered_by"], row["areas"]) == ("higher", "order", 10)


def test_the_other_way_round_it_falls():
    rising, falling = (slope(part).summary.iloc[0] for part in (range(100, 300, 20), range(280, 80, -20)))
    assert falling["slope"] == pytest.approx(-rising["slope"])
    assert falling["ratio"] == pytest.approx(1 / rising["ratio"])
    assert (rising["claim"], falling["claim"]) == ("higher", "lower")


def test_where_the_order_says_nothing_no_difference_is_claimed():
    row = slope([200, 190, 210, 195, 205, 200, 190, 210, 195, 205]).summary.iloc[0]
    assert row["claim"] == "no_clear_difference"
    assert row["slope_lower"] < 0 < row["slope_upper"]


def test_areas_that_differ_within_their_group_widen_the_limits():
    alike, unlike = (
        slope([100 + 40 * (place // 2) + (-1) ** place * apart for place in range(10)]).summary.iloc[0]
        for apart in (0, 80)
    )
    assert unlike["slope"] == pytest.approx(alike["slope"])
    assert unlike["slope_upper"] - unlike["slope_lower"] > 2 * (alike["slope_upper"] - alike["slope_lower"])


def test_a_large_area_is_a_group_of_its_own_and_areas_alike_stay_together():
    people = (1000,) * 9 + (9000,)
    groups = slope([100] * 9 + [900], groups=3, people=people).groups
    assert groups["areas"].tolist() == [6, 3, 1]
    assert slope([100] * 10, order=[1, 1, 1, 1, 2, 2, 3, 3, 3, 3], groups=3).groups["areas"].tolist() == [4, 2, 4]


@pytest.mark.parametrize("poor", [[0] * 2 + [100] * 8, [1000] * 2 + [100] * 8])
def test_a_group_without_an_event_or_with_nothing_else_has_no_line(poor):
    row = slope(poor).summary.iloc[0]
    assert row["status"] == "empty_group"
    assert np.isnan(row["slope"])
    assert row["claim"] == "unknown"


@pytest.mark.parametrize("state", ["suppressed", "missing"])
def test_a_hidden_or_missing_place_in_the_order_is_refused(state):
    found = slope([100] * 10, status=state)
    assert found.summary[["status", "claim"]].to_numpy().tolist() == [[state, "unknown"]]
    assert found.groups.empty
    assert found.evidence() == []


def test_its_evidence_speaks_of_no_area():
    (one,) = slope(range(100, 300, 20)).evidence()
    assert (one.claim, one.area, one.level, one.method, one.reason) == ("higher", "", "quarter", "slope_index", "order")
    assert one.lower < one.size < one.upper
    assert one.caveats == ("areas_not_persons", "no_effect")


@pytest.mark.parametrize(
    ("given", "message"), [({"groups": 2}, "2 groups of 10 areas"), ({"groups": 11}, "11 groups of 10 areas")]
)
def test_too_few_groups_or_areas_are_refused(given, message):
    with pytest.raises(UsageError, match=message):
        slope([100] * 10, **given)


def test_an_unknown_order_is_refused():
    with pytest.raises(UsageError, match="unknown indicator 'poverty'"):
        gradients(ordered(EVEN, EVEN), TOWN, "quarter", catalogue=ENTRIES, ordered_by="poverty")


def test_the_callers_frame_stays_as_it_is():
    given = ordered(range(100, 300, 20), EVEN)
    before = given.copy()
    gradients(given, TOWN, "quarter", catalogue=ENTRIES, ordered_by="order")
    quintile_moves(given, TOWN, "quarter", catalogue=ENTRIES)
    pd.testing.assert_frame_equal(given, before)
