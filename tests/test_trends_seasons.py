"""Quarters: each is compared with the same quarter of other years, and with nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from sozialanalyse.trends._seasons import evidence, seasonal
from tests.tables import indicator_frame, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")
SEASON = [5, 9, 12, 6]
ENDS = ("03-31", "06-30", "09-30", "12-31")
STARTS = ("01-01", "04-01", "07-01", "10-01")


def quarters(years, change=1.0, first=2015, **constant):
    """Make series of quarters in area a that change by so much from year to year."""
    rows = [
        f"a {first + year}-{start} {first + year}-{end} {value + change * year}"
        for year in range(years)
        for start, end, value in zip(STARTS, ENDS, SEASON, strict=True)
    ]
    return indicator_frame("area start end value\n" + "\n".join(rows), TOWN, period_kind="window", **constant)


def told(frame):
    (row,) = seasonal(frame).to_dict("records")
    return row


def test_each_quarter_rises_though_the_season_goes_up_and_down():
    row = told(quarters(6))
    assert (row["points"], row["years"], row["slope"], row["finding"]) == (24, 6, 1.0, "rising")
    assert (f"{row['first_end']:%Y-%m-%d}", f"{row['last_end']:%Y-%m-%d}") == ("2015-03-31", "2020-12-31")
    assert row["p_value"] < 0.05
    assert (row["method"], row["reason"]) == ("seasonal_mann_kendall", "other_events")


def test_the_season_itself_is_no_trend():
    assert told(quarters(6, change=0.0))["finding"] == "no_clear_trend"


@pytest.mark.parametrize(("years", "finding"), [(4, "untested"), (5, "falling")])
def test_five_years_are_needed(years, finding):
    row = told(quarters(years, change=-1.0))
    assert (row["finding"], row["slope"]) == (finding, -1.0)


def test_a_year_with_an_absent_quarter_does_not_count_among_them():
    frame = quarters(5)
    assert told(frame[frame["period_end"] != "2017-06-30"])["finding"] == "untested"


@pytest.mark.parametrize(
    ("remaining", "reason"), [(float("nan"), "not_declared"), (0.8, "same_people"), (0.0, "other_events")]
)
def test_stocks_of_mostly_the_same_people_are_described_and_not_tested(remaining, reason):
    frame = quarters(6).assign(period_kind="stock", persistence_greatest=remaining)
    row = told(frame.assign(period_start=frame["period_end"]))
    assert (row["reason"], row["slope"]) == (reason, 1.0)
    assert row["finding"] == ("rising" if remaining == 0 else "untested")


def test_a_confidential_quarter_hides_the_series():
    frame = quarters(6)
    frame.loc[3, ["value", "status"]] = [float("nan"), "suppressed"]
    row = told(frame)
    assert (row["finding"], row["method"]) == ("hidden", "hidden")
    assert pd.isna(row["slope"])
    assert pd.isna(row["p_value"])


def test_series_of_one_date_a_year_are_left_out():
    frame = quarters(6)
    assert seasonal(frame[frame["period_end"].dt.month == 12]).empty
    assert "finding" in seasonal(frame.head(0))


def test_its_evidence_names_slope_and_method():
    found = evidence(seasonal(quarters(6)).iloc[0])
    assert (found.claim, found.size, found.method, found.reference) == (
        "rising",
        1.0,
        "seasonal_mann_kendall",
        "earlier",
    )
