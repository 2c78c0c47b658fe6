"""The cell-key method: tables of noise with the largest entropy, and the same people always get the same noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sozialanalyse.disclosure.cell_key import keys_of_counts, keys_of_people, perturb, summed_keys
from sozialanalyse.disclosure.perturbation import is_possible, perturbation_table

SECRET = b"thirty-two bytes, kept in a safe"


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


# Tables


@pytest.mark.parametrize(
    ("count", "shown", "probability"),
    [
        (0, 0, 1),
        (1, 0, 0.36648551),
        (1, 1, 0.36648550),
        (1, 2, 0.16757247),
        (1, 3, 0.09945652),
        (2, 0, 0.07012498),
        (2, 1, 0.24450007),
        (2, 2, 0.37074990),
        (2, 4, 0.07012498),
        (9, 11, 0.07012498),  # larger counts are changed as the last one
        (9, 12, 0),
        (1, -1, 0),
    ],
)
def test_the_table_of_deviation_2_and_variance_1_05(count, shown, probability):
    """Expected: the R package ptable, version of 2019, run with D = 2, V = 1.05, js = 0."""
    assert perturbation_table(2, 1.05).transition(count, shown) == pytest.approx(probability, abs=1e-6)


def test_counts_that_never_appear():
    table = perturbation_table(3, 4, not_shown=2)
    shown = [[table.transition(count, shown) > 0 for shown in range(5)] for count in range(6)]
    assert shown == [
        [True, False, False, False, False],
        [True, False, False, True, True],  # 1 becomes nothing, or 3 and 4
        [True, False, False, True, True],
        [True, False, False, True, True],
        [False, False, False, True, True],  # 4 becomes 3 to 7
        [False, False, False, True, True],
    ]


@pytest.mark.parametrize(
    ("deviation", "variance", "not_shown", "said"),
    [
        (2, 2, 2, "no noise of at most 2, of variance 2, keeps counts from 1 to 2 from appearing"),
        (2, 9, 3, "keeps counts from 1 to 3 from appearing"),
        (2, 1, 1, "keeps counts from 1 to 1 from appearing"),  # 1 becomes 0 or 2: a variance of 1, and more with others
        (0, 1, 0, "deviation is 1 or more"),
        (2, 0, 0, "variance more than 0"),
    ],
)
def test_noise_that_cannot_be_is_refused(deviation, variance, not_shown, said):
    with pytest.raises(ValueError, match=said):
        perturbation_table(deviation, variance, not_shown)


TABLES = st.tuples(st.integers(1, 8), st.floats(0.1, 12), st.sampled_from([0, 0, 1, 2, 3]))


def possible(parameters) -> bool:
    deviation, variance, not_shown = parameters
    return is_possible(deviation, 0.95 * variance, not_shown)


@settings(max_examples=40, deadline=None)
@given(TABLES.filter(possible))
def test_noise_is_unbiased_bounded_and_keeps_its_variance(parameters):
    table = perturbation_table(*parameters)
    deviation, variance, not_shown = parameters
    changes = np.arange(-deviation, deviation + 1)
    shown = np.arange(len(table.probability))[:, None] + changes
    assert np.abs(table.probability.sum(axis=1) - 1).max() < 1e-8
    assert np.abs(table.probability @ changes).max() < 1e-7
    assert (table.probability @ changes**2 <= variance + 1e-6).all()
    assert not table.probability[(shown < 0) | ((shown >= 1) & (shown <= not_shown))].any()
    most = deviation * (deviation + 1) / 3  # of chances that are all the same
    assert (table.probability @ changes**2)[-1] == pytest.approx(min(variance, most), rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), st.floats(0.3, 4), st.data())
def test_no_other_noise_has_a_larger_entropy(deviation, variance, data):
    """Move a little probability about, so that mean and variance stay: entropy does not grow."""
    row = perturbation_table(deviation, variance).probability[-1]
    assume(row.min() > 1e-8)
    changes = np.arange(-deviation, deviation + 1)
    limits = np.vstack([np.ones(row.size), changes, changes**2])
    direction = np.array(data.draw(st.lists(st.floats(-1, 1), min_size=row.size, max_size=row.size)))
    direction -= np.linalg.pinv(limits) @ (limits @ direction)
    moved = row + 1e-4 * direction * row.min()
    assert -(moved * np.log(moved)).sum() <= -(row * np.log(row)).sum() + 1e-9


# Keys


def test_the_same_people_get_the_same_noise_however_they_are_arranged():
    people = [f"person {number}" for number in range(12)]
    keys = keys_of_people(people, SECRET)
    table = perturbation_table(2, 1.05)
    rows = summed_keys(keys, np.arange(12), np.arange(12) // 4, 3)
    again = summed_keys(keys[::-1], np.arange(12), np.arange(12) // 4, 3)
    assert rows.tolist() == again[::-1].tolist()
    assert (
        perturb(array(4, 4, 4), rows, table).value.tolist()
        == perturb(array(4, 4, 4), again, table).value[::-1].tolist()
    )


def test_a_sum_with_the_same_people_as_its_only_part_shows_the_same_number():
    atoms = keys_of_counts(["girls", "boys"], array(3, 0), SECRET)
    both = summed_keys(atoms, np.array([0, 1, 0]), np.array([0, 0, 1]), 2)
    assert both[0] == both[1] == atoms[0]


def test_one_more_person_is_another_key_and_another_secret_is_another_noise():
    three, four = keys_of_counts(["a", "a"], array(3, 4), SECRET)
    (other,) = keys_of_counts(["a"], array(3), SECRET[::-1])
    assert len({int(three), int(four), int(other)}) == 3


def test_keys_are_the_same_on_every_machine():
    assert [hex(int(key)) for key in keys_of_people(["a"], SECRET)] == ["0x372741acbd68722f"]
    assert [hex(int(key)) for key in keys_of_counts(["a"], array(2), SECRET)] == ["0x40be08558c604a0f"]


@pytest.mark.parametrize(
    "call", [lambda: keys_of_people(["a"], b"short"), lambda: keys_of_counts(["a"], array(1), b"short")]
)
def test_a_short_secret_is_refused(call):
    with pytest.raises(ValueError, match="the secret has 5 bytes; at least 16 are needed"):
        call()


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative or missing"):
        keys_of_counts(["a"], array(-1), SECRET)


def test_a_zero_stays_a_zero_and_what_is_missing_stays_missing():
    keys = keys_of_counts(["a", "b"], array(0, 5), SECRET)
    found = perturb(array(0, np.nan), keys, perturbation_table(2, 1.05))
    assert found.value[0] == 0
    assert np.isnan(found.value[1])
    assert found.loss.cells == 1


def test_over_many_cells_the_noise_is_that_of_the_table():
    count = np.tile(array(1, 2, 30), 4000)
    keys = keys_of_counts([f"cell {number}" for number in range(count.size)], count, SECRET)
    table = perturbation_table(2, 1.05)
    found = perturb(count, keys, table)
    assert found.value.min() >= 0
    assert found.loss.largest == 2
    for value in (1, 2, 30):
        shares = [(found.difference[count == value] == change).mean() for change in range(-2, 3)]
        expected = [table.transition(value, value + change) for change in range(-2, 3)]
        assert np.abs(np.array(shares) - expected).max() < 0.03  # four standard errors of 4,000 cells
