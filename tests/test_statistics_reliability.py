"""Grades of single values, design effects of bundled events, and pooling over years."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    Grade,
    bundled_design_effect,
    effective_counts,
    estimated_design_effect,
    grade_of_proportion,
    grade_of_rate,
    pool,
    rate_interval,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("events", "total", "width", "expected"),
    [
        (20, 300, 0.15, Grade.RELIABLE),
        (20, 300, 0.1501, Grade.LIMITED),
        (19, 300, 0.15, Grade.LIMITED),
        (10, 300, 0.2999, Grade.LIMITED),
        (10, 300, 0.30, Grade.INDICATIVE),
        (9, 300, 0.0501, Grade.INDICATIVE),
        (9, 300, 0.05, Grade.LIMITED),
        (0, 5000, 0.001, Grade.LIMITED),
        (280, 300, 0.15, Grade.RELIABLE),
        (281, 300, 0.15, Grade.LIMITED),
    ],
)
def test_grades_of_proportions_on_both_sides_of_each_boundary(events, total, width, expected):
    assert grade_of_proportion(events, total, 0.0, width) == expected


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_proportion_and_its_complement_have_the_same_grade(counts):
    events, total = counts
    one, other = (grade_of_proportion(x, total, *wilson_interval(x, total)) for x in (events, total - events))
    assert one == other


@given(st.integers(1, 400), st.integers(1, 2000))
def test_more_events_at_the_same_share_never_lower_the_grade(events, others):
    small, large = (
        grade_of_proportion(k * events, k * (events + others), *wilson_interval(k * events, k * (events + others)))
        for k in (1, 2)
    )
    assert large >= small


@pytest.mark.parametrize(
    ("events", "expected"), [(20, Grade.RELIABLE), (19, Grade.LIMITED), (10, Grade.LIMITED), (9, Grade.INDICATIVE)]
)
def test_rates_with_their_own_interval_change_grade_with_the_number_of_events(events, expected):
    assert grade_of_rate(events, events / 350, *rate_interval(events, 350)) == expected


def test_a_rate_on_many_events_with_a_wide_interval_is_not_reliable():
    assert grade_of_rate(50, 1.0, 0.5, 1.5) == Grade.LIMITED
    assert grade_of_rate(50, 1.0, 0.2, 1.7) == Grade.INDICATIVE


def test_no_event_is_an_indication_and_a_missing_value_nothing():
    assert grade_of_rate(0, 0.0, 0.0, 0.01) == Grade.INDICATIVE
    assert np.isnan(grade_of_rate(np.nan, 0.1, 0.0, 0.2))
    assert np.isnan(grade_of_proportion(10, 100, np.nan, np.nan))


def test_bundles_lower_the_grade():
    assert grade_of_proportion(30, 300, 0.07, 0.14) == Grade.RELIABLE
    assert grade_of_proportion(30, 300, 0.07, 0.14, design_effect=2.0) == Grade.LIMITED


def test_a_design_effect_below_1_is_refused():
    with pytest.raises(ValueError, match="1 of 1 design effects are below 1"):
        grade_of_rate(5, 1.0, 0.5, 2.0, design_effect=0.5)


def test_design_effect_of_households_by_hand():
    """(1 + 1 + 4 + 4 + 9) / 9; single children have none."""
    assert float(bundled_design_effect([1, 1, 2, 2, 3])) == pytest.approx(19 / 9)
    assert float(bundled_design_effect([1, 1, 1])) == 1
    assert float(bundled_design_effect([1, 1, 2, 2, 3], correlation=0.5)) == pytest.approx(1 + 5 / 9)
    assert np.isnan(bundled_design_effect([0, 0]))


def test_estimated_design_effect_of_alike_and_of_independent_children():
    generator = np.random.default_rng(1)
    sizes = generator.integers(1, 5, 4000)
    poor = generator.random(4000) < 0.2
    assert float(estimated_design_effect(sizes * poor, sizes)) == pytest.approx(
        float(bundled_design_effect(sizes)), rel=0.08
    )
    assert float(estimated_design_effect(generator.binomial(sizes, 0.2), sizes)) == pytest.approx(1, abs=0.06)


def test_with_the_design_effect_the_interval_of_clustered_children_covers():
    """Households of 1 to 4 children, poor or not as a whole: 95 % limits cover at least 93 %, without less than 90 %."""
    generator, held, plain = np.random.default_rng(3), [], []
    for _ in range(1500):
        sizes = generator.choice([1, 2, 3, 4], 150, p=[0.4, 0.35, 0.15, 0.1])
        events, total = (sizes * (generator.random(150) < 0.2)).sum(), sizes.sum()
        lower, upper = wilson_interval(*effective_counts(events, total, bundled_design_effect(sizes)))
        held.append(lower <= 0.2 <= upper)
        lower, upper = wilson_interval(events, total)
        plain.append(lower <= 0.2 <= upper)
    assert np.mean(held) >= 0.93
    assert np.mean(plain) < 0.90


def test_pooling_by_hand():
    found = pool([3, 5, 2, 4], [100, 101, 103, 104], [2007, 2009, 2011, 2013], [(2007, 2009), (2011, 2013)])
    assert found.events.tolist() == [8, 6]
    assert found.exposure.tolist() == [201, 207]
    assert found.periods.tolist() == [2, 2]


def test_a_missing_year_makes_its_window_missing():
    found = pool(
        [[3, np.nan, 2], [1, 1, 1]], [10, 10, 10], [2007, 2008, 2009], [(2007, 2008), (2009, 2009), (2015, 2016)]
    )
    assert found.events[:, :2] == pytest.approx(np.array([[np.nan, 2], [2, 1]]), nan_ok=True)
    assert np.isnan(found.events[:, 2]).all()
    assert found.periods.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ([(2007, 2009), (2009, 2011)], r"\(2007, 2009\) and \(2009, 2011\) overlap"),
        ([(2009, 2011), (2007, 2010)], "overlap"),
        ([(2009, 2007)], "from 2009 to 2007 ends before it begins"),
    ],
)
def test_windows_that_share_a_period_are_refused(windows, message):
    with pytest.raises(ValueError, match=message):
        pool([1, 2, 3], [10, 10, 10], [2007, 2009, 2011], windows)
