"""Which test a flow gets must not hang on who is hidden; and two dates of a stock count mostly the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sozialanalyse import statistics
from sozialanalyse.trends import development
from sozialanalyse.trends._alike import INDEPENDENT, MOST_ALIKE, SHOWN_FROM, possible_spans
from sozialanalyse.trends._series import Block

AREAS, YEARS, PEOPLE = 40, 8, 1_000


def drawn(seed: int, alike: float, spread: float = 0.3) -> np.ndarray:
    """Draw events of a flow of small and larger areas, whose rates are moved by shocks that resemble their neighbours."""
    random = np.random.default_rng(seed)
    shocks = random.normal(size=(AREAS, YEARS))
    for year in range(1, YEARS):
        shocks[:, year] = alike * shocks[:, year - 1] + np.sqrt(1 - alike**2) * shocks[:, year]
    middle = np.where(np.arange(AREAS) % 4 == 0, 0.008, 0.06)[:, np.newaxis]
    return random.poisson(PEOPLE * middle * np.exp(spread * shocks)).astype(float)


def block(events: np.ndarray, hidden: np.ndarray | None = None, bounds: tuple[float, float] | None = (1, 9)) -> Block:
    hidden = np.zeros(events.shape, dtype=bool) if hidden is None else hidden
    low, high = (np.nan, np.nan) if bounds is None else bounds
    shown = np.where(hidden, np.nan, events)
    return Block(
        values=100 * shown / PEOPLE,
        events=shown,
        trials=np.full(events.shape, float(PEOPLE)),
        least=np.where(hidden, low, events),
        greatest=np.where(hidden, high, events),
        times=np.tile(np.arange(YEARS) + 2011.0, (len(events), 1)),
        kind="proportion",
        design_effect=1.0,
        factor=100.0,
        flow=True,
        persistence=INDEPENDENT,
    )


def test_many_areas_tell_whether_neighbouring_years_resemble_each_other():
    ((lower, upper),) = possible_spans(block(drawn(0, 0.8)))
    assert 0 < lower < 0.8 < upper <= MOST_ALIKE
    assert possible_spans(block(drawn(1, 0.0))) == [INDEPENDENT]


@pytest.mark.parametrize(("seed", "alike"), [(0, 0.8), (1, 0.0), (2, 0.5)])
def test_hidden_small_counts_do_not_choose_the_test(seed, alike):
    """Counts below ten are hidden: the areas that tell of the resemblance are the same as in the full counts."""
    events = drawn(seed, alike)
    hidden = (events > 0) & (events < SHOWN_FROM)
    assert hidden.any()
    assert possible_spans(block(events, hidden)) == possible_spans(block(events))


def test_a_larger_hidden_count_leaves_open_what_its_bounds_leave_open():
    events = drawn(0, 0.3)
    hidden = np.zeros(events.shape, dtype=bool)
    hidden[1, 3] = True  # one of 30 areas with many events
    (full,) = possible_spans(block(events))
    (told,) = possible_spans(block(events, hidden, (events[1, 3] - 5, events[1, 3] + 5)))
    assert told[0] <= full[0] < full[1] <= told[1], "the span holds what the full counts say"
    assert possible_spans(block(events, hidden, None)) == [INDEPENDENT, (0.0, MOST_ALIKE)]


def test_wide_bounds_of_many_counts_leave_both_tests_possible():
    events = drawn(3, 0.3)
    hidden = np.random.default_rng(4).uniform(size=events.shape) < 0.3
    spans = possible_spans(block(events, hidden, (10, 150)))
    assert spans[0] == INDEPENDENT
    assert spans[1][0] == 0 < spans[1][1]


def test_values_without_counts_are_told_only_where_none_is_hidden():
    events = drawn(1, 0.8)
    means = replace(block(events), kind="mean", events=np.full(events.shape, np.nan))
    ((lower, _),) = possible_spans(means)
    assert lower > 0
    one_hidden = replace(means, values=np.where(np.arange(YEARS) == 0, np.nan, means.values))
    assert possible_spans(one_hidden) == [INDEPENDENT, (0.0, MOST_ALIKE)]


def test_areas_of_other_dates_tell_nothing():
    events = drawn(1, 0.8)
    shifted = block(events)
    assert possible_spans(replace(shifted, times=shifted.times + np.arange(AREAS)[:, np.newaxis])) == [INDEPENDENT]


# ------------------------------------------------------------------------------------------------------- the public verb


def frame(events: np.ndarray, hidden: np.ndarray | None = None, bounds: tuple[float, float] = (1, 9)) -> pd.DataFrame:
    """Lay a flow of quarters out as an indicator frame."""
    laid = block(events, hidden, bounds)
    ends = pd.to_datetime([f"{2011 + year}-12-31" for year in range(YEARS)]).astype("datetime64[s]")
    starts = pd.to_datetime([f"{2011 + year}-01-01" for year in range(YEARS)]).astype("datetime64[s]")
    lower, upper = statistics.wilson_interval(laid.events, laid.trials)
    return pd.DataFrame(
        {
            "area": np.repeat([f"{place:02}" for place in range(len(events))], YEARS),
            "level": "quarter",
            "indicator": "share",
            "period_kind": "flow",
            "period_start": np.tile(starts, len(events)),
            "period_end": np.tile(ends, len(events)),
            "numerator": laid.events.ravel(),
            "denominator": laid.trials.ravel(),
            "numerator_least": laid.least.ravel(),
            "numerator_greatest": laid.greatest.ravel(),
            "value": np.ravel(laid.values),
            "lower": 100 * lower.ravel(),
            "upper": 100 * upper.ravel(),
            "status": np.where(np.isnan(laid.events.ravel()), "suppressed", "number"),
            "segment": 0,
            "kind": "proportion",
            "factor": 100.0,
            "design_effect": 1.0,
        }
    )


def rising(seed: int) -> np.ndarray:
    events = drawn(seed, 0.3)
    events[1::4] = np.round(events[1::4] * np.exp(0.12 * np.arange(YEARS)))
    return events


@pytest.mark.parametrize(("seed", "share"), [(0, 0.05), (1, 0.0), (2, 0.05), (3, 0.02)])
def test_nothing_is_told_that_the_full_counts_do_not_tell(seed, share):
    events = rising(seed)
    hidden = (events > 0) & (events < SHOWN_FROM)
    bounds = np.where(hidden, 1, np.floor(events / 2)), np.where(hidden, 9, np.ceil(1.5 * events))
    hidden = hidden | (np.random.default_rng(seed).uniform(size=events.shape) < share)
    full, public = (
        development(table)["finding"].isin(["rising", "falling"])
        for table in (frame(events), frame(events, hidden, bounds))
    )
    assert not (public & ~full).any()
    if not share:
        assert public.any()


def test_where_tests_differ_the_hidden_counts_of_others_are_the_reason():
    events = rising(1)
    hidden = np.zeros(events.shape, dtype=bool)
    hidden[2::4, 3:5] = True
    result = development(frame(events, hidden, (10.0, 300.0))).set_index("area")
    told = result[~hidden.any(axis=1)]
    others = told[told["reason"] == "others_hidden"]
    assert len(others) > 0
    assert set(others["finding"]) == set(others["method"]) == {"hidden"}
    assert others[["change", "slope", "p_value"]].isna().all(axis=None)
    assert set(told.loc[told["reason"] != "others_hidden", "finding"]) <= {"no_clear_trend", "rising", "falling"}


@pytest.mark.parametrize("asked", [["01"], ["05", "02"]])
def test_an_area_is_judged_alone_as_it_is_among_all(asked):
    events = rising(2)
    table = frame(events, (events > 0) & (events < SHOWN_FROM))
    among_all = development(table)
    alone = development(table, asked)
    expected = among_all[among_all["area"].isin(asked)].reset_index(drop=True)
    assert set(alone["area"]) == {*asked}
    pd.testing.assert_frame_equal(alone, expected, rtol=1e-9)
    assert development(table, ["nowhere"]).empty


def test_without_the_others_another_test_would_be_chosen():
    table = frame(drawn(0, 0.8))
    heard, unheard = development(table, ["01"]).iloc[0], development(table[table["area"] == "01"]).iloc[0]
    assert (heard["method"], unheard["method"]) == ("count_trend", "mann_kendall")


# ------------------------------------------------------------------------------------------------- two dates of a stock


def pair(**constant: object) -> pd.Series:
    """Compare 10 per cent of 400 with 13.75 per cent, two years later."""
    rows = frame(np.array([[40.0, 1, 55, 1, 1, 1, 1, 1]])).iloc[[0, 2]]
    return development(rows.assign(period_kind="stock", denominator=400.0, value=[10, 13.75], **constant)).iloc[0]


def test_of_mostly_the_same_people_a_change_shows_more_clearly():
    limits = {"lower": [7.4, 10.7], "upper": [13.3, 17.5]}
    strangers, same = pair(**limits), pair(**limits, persistence_least=0.8, persistence_greatest=0.9)
    assert (strangers["method"], strangers["finding"]) == ("two_dates", "no_clear_difference")
    assert (same["method"], same["finding"]) == ("two_dates", "higher")
    assert same["caveats"].split()[:2] == ["same_people", "persistence_assumed"]
    least = statistics.proportion_change((40, 400), (55, 400), correlation=0.8**2)
    assert same["change_lower"] == pytest.approx(100 * float(least.lower), abs=1e-2)


def test_rounded_and_converted_counts_keep_the_wider_limits():
    given = {"lower": [7.4, 10.7], "upper": [13.3, 17.5], "persistence_least": 0.8, "persistence_greatest": 0.9}
    assert pair(**given, numerator_least=[38, 55])["finding"] == "no_clear_difference"
    assert pair(**given, interpolated=[True, False])["finding"] == "no_clear_difference"


def test_one_date_and_few_events_are_compared_with_nobody():
    rows = frame(np.array([[40.0] + [1.0] * 7])).iloc[[0]]
    stock = rows.assign(period_kind="stock", persistence_least=0.8, persistence_greatest=0.9)
    assert development(stock)["finding"].tolist() == ["one_date"]
