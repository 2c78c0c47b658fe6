"""Wilson intervals: known values, exact ends, refusals, and properties that hold for any counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from sozialanalyse.statistics import wilson_interval

CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.99, 0.998])


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    """Events and a total they are part of."""
    total = draw(st.integers(1, 10**7))
    return draw(st.integers(0, total)), total


@pytest.mark.parametrize(
    ("events", "total", "lower", "upper"),
    [
        (0, 1, 0.0, 0.793451),
        (0, 40, 0.0, 0.087622),
        (1, 1, 0.206549, 1.0),
        (1, 40, 0.004427, 0.128814),
        (12, 100, 0.069994, 0.198121),
        (50, 100, 0.403832, 0.596168),
        (39, 40, 0.871186, 0.995573),
        (40, 40, 0.912378, 1.0),
    ],
)
def test_known_limits_at_95_percent(events: int, total: int, lower: float, upper: float) -> None:
    assert wilson_interval(events, total) == (pytest.approx(lower, abs=1e-6), pytest.approx(upper, abs=1e-6))


def test_ends_are_exact_and_not_only_near() -> None:
    totals = np.arange(1, 100_000)
    lower, _ = wilson_interval(np.zeros(totals.size), totals)
    _, upper = wilson_interval(totals, totals)
    assert (lower == 0).all()
    assert (upper == 1).all()


def test_missing_counts_and_empty_areas_have_no_interval() -> None:
    lower, upper = wilson_interval([np.nan, 5, 0, 5], [10, np.nan, 0, 10])
    assert np.isnan(lower).tolist() == [True, True, True, False]
    assert np.isnan(upper).tolist() == [True, True, True, False]


def test_broadcasts_like_numpy() -> None:
    lower, upper = wilson_interval([[1], [2]], [10, 20, 30])
    assert lower.shape == upper.shape == (2, 3)
    assert lower[1, 2] == wilson_interval(2, 30)[0]


@pytest.mark.parametrize(
    ("events", "total", "message"),
    [
        ([1, 11, 12], [10, 10, 10], "2 of 3 events exceed the total they are part of, the first at index 1"),
        ([1, -1], [10, 10], "1 of 2 events are negative, the first at index 1"),
        ([[1, 2], [3, 5]], 4, r"1 of 4 events exceed the total they are part of, the first at index \(1, 1\)"),
        (0, -1, "1 of 1 events exceed the total they are part of$"),
    ],
)
def test_impossible_counts_are_refused(events: list[int], total: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wilson_interval(events, total)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, 95, 100, -0.95, float("nan")])
def test_confidence_is_a_fraction(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"must be a fraction between 0 and 1, such as 0\.95"):
        wilson_interval(1, 10, confidence=confidence)


def test_confidence_in_percent_gets_a_hint() -> None:
    with pytest.raises(ValueError, match=r"did you mean 0\.95\?"):
        wilson_interval(1, 10, confidence=95)


@given(counts(), CONFIDENCES)
@settings(deadline=None)
def test_limits_embrace_the_proportion(count: tuple[int, int], confidence: float) -> None:
    events, total = count
    lower, upper = wilson_interval(events, total, confidence=confidence)
    assert 0 <= lower <= events / total <= upper <= 1
    assert lower < upper


@given(counts(), CONFIDENCES)
@settings(deadline=None)
def test_mirrored_for_the_complement(count: tuple[int, int], confidence: float) -> None:
    events, total = count
    lower, upper = wilson_interval(events, total, confidence=confidence)
    mirrored_lower, mirrored_upper = wilson_interval(total - events, total, confidence=confidence)
    assert lower == pytest.approx(1 - mirrored_upper, abs=1e-12)
    assert upper == pytest.approx(1 - mirrored_lower, abs=1e-12)


@given(st.integers(2, 10**5), st.data())
@settings(deadline=None)
def test_rises_with_the_events(total: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(1, total))
    fewer, more = wilson_interval(events - 1, total), wilson_interval(events, total)
    assert fewer[0] < more[0]
    assert fewer[1] < more[1]


@given(counts(), st.integers(2, 50))
@settings(deadline=None)
def test_wider_for_a_smaller_total(count: tuple[int, int], factor: int) -> None:
    events, total = count
    small, large = wilson_interval(events, total), wilson_interval(factor * events, factor * total)
    assert small[1] - small[0] > large[1] - large[0]


@given(counts())
@settings(deadline=None)
def test_wider_for_more_confidence(count: tuple[int, int]) -> None:
    lower, upper = wilson_interval(*count, confidence=0.95)
    wider_lower, wider_upper = wilson_interval(*count, confidence=0.998)
    assert wider_lower <= lower
    assert wider_upper >= upper
    assert wider_upper - wider_lower > upper - lower


@given(counts(), CONFIDENCES)
@settings(deadline=None)
def test_agrees_with_statsmodels(count: tuple[int, int], confidence: float) -> None:
    peer = proportion_confint(*count, alpha=1 - confidence, method="wilson")
    assert wilson_interval(*count, confidence=confidence) == pytest.approx(peer, rel=1e-7, abs=1e-9)
