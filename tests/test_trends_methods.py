"""Trends: which method a series gets and why, what hidden values allow to say, and how often a trend is a false alarm."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse import statistics
from sozialanalyse.trends import development, evidence
from tests.tables import indicator_frame, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")

STOCK = {"period_kind": "stock", "kind": "proportion", "design_effect": 1.0}
KNOWN = {"persistence_least": 0.6, "persistence_greatest": 0.8}


def shares(events: str, trials: int = 400, **constant: object) -> pd.DataFrame:
    """Make the frame of area a: events among so many, at the end of each year; ``.`` is hidden, from 1 to 9."""
    cells = events.split()
    rows = [
        f"a {2011 + year}-12-31 {cell} {trials} "
        + (". suppressed" if cell == "." else f"{100 * int(cell) / trials} number")
        for year, cell in enumerate(cells)
    ]
    text = "\n".join(["area end numerator denominator value status", *rows])
    frame = indicator_frame(text, TOWN, **constant)
    limits = statistics.wilson_interval(frame["numerator"].to_numpy(), frame["denominator"].to_numpy())
    bounds = {"numerator_least": frame["numerator"].fillna(1), "numerator_greatest": frame["numerator"].fillna(9)}
    return frame.assign(lower=100 * limits[0], upper=100 * limits[1], **bounds)


def developed(events: str, **constant: object) -> pd.Series:
    return development(shares(events, **constant)).iloc[0]


# --------------------------------------------------------------------------------------------------------- choice of method


def test_a_stock_is_tested_with_its_declared_persistence():
    row = developed("52 55 60 64 71 75", **STOCK, **KNOWN)
    assert (row["method"], row["reason"], row["finding"]) == ("count_trend", "same_people", "rising")
    assert row["caveats"].split()[:2] == ["same_people", "persistence_assumed"]
    line = statistics.proportion_trend([52, 55, 60, 64, 71, 75], [400] * 6, np.arange(6), persistence=(0.6, 0.8))
    assert row["p_value"] == pytest.approx(float(line.p_value), abs=2e-4)
    assert row["yearly_lower"] < row["yearly"] < row["yearly_upper"]
    assert round(row["yearly"], 1) == round(row["slope"], 1) == 1.2


def test_a_stock_of_which_nothing_is_declared_is_described():
    row = developed("52 55 60 64 71 75", **STOCK)
    assert (row["method"], row["reason"], row["finding"]) == ("descriptive", "not_declared", "untested")
    assert np.isnan(row["p_value"])
    assert row["change"] > 0


@pytest.mark.parametrize(("events", "method"), [("4 4 4 4 4", "count_trend"), ("4 4 4 4 3", "descriptive")])
def test_a_stock_of_fewer_than_twenty_events_is_described(events, method):
    assert developed(events, **STOCK, **KNOWN)["method"] == method


def test_a_flow_is_tested_by_ranks_and_its_size_is_that_of_its_counts():
    row = developed("52 55 60 64 71 75", **{**STOCK, "period_kind": "flow"})
    assert (row["method"], row["reason"], row["finding"]) == ("mann_kendall", "other_events", "rising")
    assert row["yearly_lower"] > 0


def test_counting_in_households_widens_the_test():
    one_by_one, bundled = (
        developed("52 55 60 64 71 75", **{**STOCK, **KNOWN, "design_effect": effect}) for effect in (1.0, 4.0)
    )
    assert bundled["p_value"] > one_by_one["p_value"]


def test_a_verdict_that_hangs_on_one_point_is_fragile():
    assert not developed("52 60 68 76 84 92 100", **STOCK, **KNOWN)["fragile"]
    row = developed("1 2 3 4 5", period_kind="flow")
    assert row["fragile"]  # four points are not tested
    assert evidence(row).caveats == ("fragile",)


def test_a_bend_is_looked_for_from_ten_points_on():
    up_and_down = "100 104 111 116 119 125 120 114 112 105 101 94"
    assert developed(up_and_down, period_kind="flow")["turning_point"].year in {2015, 2016, 2017}
    assert pd.isna(developed(up_and_down.rsplit(" ", 3)[0], period_kind="flow")["turning_point"])


def test_windows_that_overlap_are_refused():
    rows = "\n".join(f"a {year}-01-01 {year + 2}-12-31 {year - 2000}" for year in range(2007, 2013))
    frame = indicator_frame(f"area start end value\n{rows}", TOWN, period_kind="window")
    row = development(frame).iloc[0]
    assert (row["method"], row["finding"]) == ("refused", "overlapping")
    assert row[["p_value", "slope", "change"]].isna().all()


# ------------------------------------------------------------------------------------------------------------ hidden values


@pytest.mark.parametrize(
    ("events", "finding"),
    [
        (". 40", "higher"),  # at most 9 of 400, then 40
        (". 15", "hidden"),  # 9 and 15 could be chance
        ("40 .", "lower"),
        (". .", "hidden"),
        (". 12 16 20 24 28", "rising"),
        (". 9 16 20 24 28", "rising"),  # even 9 and 9
        ("12 . 16 20 24 28", "rising"),  # one step back among six
        ("12 16 20 24 28 .", "hidden"),
        (". . . . . 28", "hidden"),  # 9^5 combinations are too many to try
    ],
)
def test_only_what_every_possible_value_confirms_is_told(events, finding):
    row = developed(events, **{**STOCK, "period_kind": "flow"})
    assert row["finding"] == finding
    assert row["method"] == ("hidden" if finding == "hidden" else "bounds")
    assert np.isnan(row["change"])


def test_without_bounds_nothing_is_told():
    frame = shares(". 40", **STOCK).assign(numerator_greatest=np.nan)
    assert development(frame)["finding"].tolist() == ["hidden"]


# ----------------------------------------------------------------------------------------------------------- false alarms


@pytest.mark.parametrize(("years", "persistence"), [(5, 0.8), (8, 0.5), (12, 0.8), (8, 0.0)])
def test_at_most_six_of_a_hundred_trendless_series_are_called_rising_or_falling(years, persistence):
    """2,000 areas of 1,000 people, of whom a tenth has the characteristic; nothing changes but the people."""
    drawn = statistics.trendless_stocks(2_000, years, residents=1_000, share=0.1, persistence=persistence, seed=11)
    least, greatest = max(persistence - 0.1, 0.0), persistence + 0.1
    kind = {"period_kind": "stock", "persistence_least": least, "persistence_greatest": greatest}
    if persistence == 0:
        kind = {"period_kind": "flow", "persistence_least": 0.0, "persistence_greatest": 0.0}
    ends = pd.to_datetime([f"{2001 + year}-12-31" for year in range(years)])
    frame = pd.DataFrame(
        {
            "indicator": "share",
            "level": "quarter",
            "area": np.repeat(np.arange(len(drawn)).astype(str), years),
            "period_start": np.tile(ends, len(drawn)),
            "period_end": np.tile(ends, len(drawn)),
            "numerator": drawn.ravel().astype(float),
            "denominator": 1_000.0,
            "value": drawn.ravel() / 10,
            "lower": np.nan,
            "upper": np.nan,
            "status": "number",
            "segment": 0,
            "kind": "proportion",
            **kind,
        }
    )
    found = development(frame)["finding"].isin(["rising", "falling"]).mean()
    assert found <= 0.06
