from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import first_passage, mobility, sojourn, steady_state, transitions

OZ = [[0.5, 0.25, 0.25], [0.5, 0, 0.5], [0.25, 0.25, 0.5]]
"""Rain, nice, snow: Kemeny and Snell."""


def test_transitions_count_steps_and_leave_out_missing_ones():
    found = transitions([[0, 0, 1, 2], [2, np.nan, 2, 2]], 3)
    assert found.counts.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 1]]
    assert found.probabilities.tolist() == [[0.5, 0.5, 0], [0, 0, 1], [0, 0, 1]]


def test_a_class_that_nobody_was_in_has_no_probabilities():
    assert np.isnan(transitions([[0, 2]], 3).probabilities[1]).all()


@pytest.mark.parametrize("classes", [[[0, 3]], [[0, -1]], [[0, 1.5]]])
def test_unknown_classes_are_refused(classes):
    with pytest.raises(ValueError, match="1 of 2 classes are none of 0 to 2"):
        transitions(classes, 3)


def test_one_period_has_no_steps():
    with pytest.raises(ValueError, match="at least two periods"):
        transitions([[0], [1]], 2)


def test_the_weather_of_oz():
    assert steady_state(OZ) == pytest.approx([0.4, 0.2, 0.4])
    assert first_passage(OZ) == pytest.approx(np.array([[2.5, 4, 10 / 3], [8 / 3, 5, 8 / 3], [10 / 3, 4, 2.5]]))
    assert sojourn(OZ) == pytest.approx([2, 1, 2])


def test_separate_groups_have_no_one_steady_state():
    apart = [[0.5, 0.5, 0], [0.2, 0.8, 0], [0, 0, 1]]
    assert np.isnan(steady_state(apart)).all()
    assert np.isnan(first_passage(apart)).all()


def test_a_class_left_for_good_is_never_reached_again():
    left = [[0.5, 0.5], [0.0, 1.0]]
    assert steady_state(left) == pytest.approx([0, 1])
    assert first_passage(left)[1, 0] == np.inf
    assert first_passage(left)[0, 1] == pytest.approx(2)


def test_mobility_is_0_where_all_stay():
    assert list(mobility(np.eye(4))) == pytest.approx([0, 0, 0, 0, 0])


def test_mobility_by_hand():
    found = mobility([[0.8, 0.2], [0.4, 0.6]], start=[0.9, 0.1])
    assert found.prais == pytest.approx(0.6)
    assert found.determinant == pytest.approx(0.6)
    assert found.leavers == pytest.approx(2 * (0.9 * 0.2 + 0.1 * 0.4))
    assert found.distance == pytest.approx(0.9 * 0.2 + 0.1 * 0.4)


def test_rows_must_sum_to_1():
    with pytest.raises(ValueError, match="1 of 2 rows of probabilities do not sum to 1"):
        steady_state([[0.5, 0.4], [0.5, 0.5]])
