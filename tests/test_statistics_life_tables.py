"""Life expectancy and its limits of use."""

from __future__ import annotations

import numpy as np
import pytest

from sozialanalyse.statistics import AGES, POPULATION_ABOVE, life_expectancy

DEATHS = np.array([2.0] * 17 + [30.0] * 3)
PEOPLE = np.full(20, 300.0)


def test_a_known_table() -> None:
    table = life_expectancy(DEATHS, PEOPLE)
    assert [part[0] for part in table] == pytest.approx([67.872008, 60.867426, 74.876590])
    assert [part[1] for part in table] == pytest.approx([67.324123, 60.300893, 74.347352])


def test_the_last_band_has_the_inverse_of_its_death_rate() -> None:
    table = life_expectancy(DEATHS, PEOPLE)
    assert table.value[-1] == pytest.approx(10.0)
    assert table.upper[-1] == pytest.approx(10 + 1.959964 * 10 / np.sqrt(30), abs=1e-5)


@pytest.mark.parametrize(("population", "given"), [(POPULATION_ABOVE, False), (POPULATION_ABOVE + 1, True)])
def test_not_given_for_five_thousand_or_fewer(population: int, given: bool) -> None:
    people = np.full(20, 250.0)
    people[5] += population - people.sum()
    table = life_expectancy(DEATHS, people)
    assert (~np.isnan(table.upper)).tolist() == [given] * 20


def test_a_wide_interval_keeps_its_limits_and_loses_its_value() -> None:
    """Two deaths in all: 95 % of nothing certain."""
    deaths = np.zeros(20)
    deaths[[10, 19]] = 1
    table = life_expectancy(deaths, PEOPLE)
    assert np.isnan(table.value[0])
    assert table.upper[0] - table.lower[0] > 20


def test_the_width_that_counts_is_that_at_95_percent() -> None:
    assert life_expectancy(DEATHS, PEOPLE, confidence=0.998).value[0] == life_expectancy(DEATHS, PEOPLE).value[0]


def test_not_given_where_a_band_is_empty_or_missing_or_nobody_dies_at_the_end() -> None:
    people, deaths = np.tile(PEOPLE, (4, 1)), np.tile(DEATHS, (4, 1))
    people[0, 3], deaths[0, 3] = 0, 0
    deaths[1, 3] = np.nan
    deaths[2, 19] = 0
    deaths[3, 3] = 0  # a band in which nobody dies is allowed
    assert np.isnan(life_expectancy(deaths, people).value[:, 0]).tolist() == [True, True, True, False]


def test_impossible_tables_are_refused() -> None:
    with pytest.raises(ValueError, match=r"20 bands along the last axis; found the shape \(19,\)"):
        life_expectancy(DEATHS[1:], PEOPLE[1:])
    with pytest.raises(ValueError, match="deaths are negative"):
        life_expectancy(-DEATHS, PEOPLE)
    with pytest.raises(ValueError, match="deaths exceed the population"):
        life_expectancy(DEATHS, np.full(20, 29.0))


def test_the_bands() -> None:
    assert (len(AGES), AGES[:4], AGES[-1]) == (20, (0, 1, 5, 10), 90)
