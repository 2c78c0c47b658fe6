"""Bounds of hidden counts: known tables with literal bounds, and the law that no count with two values is called known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.audit.atoms import atoms_of, cover
from sozialanalyse.audit.bounds import Bounds, Wanted, bounds
from sozialanalyse.audit.system import Draft

SDC_TABLE = {
    "w": {"a": 30, "b": 47, "c": 64, "d": 89},
    "x": {"a": 90, "b": 124, "c": 5, "d": 31},
    "y": {"a": 92, "b": 100, "c": 59, "d": 85},
    "z": {"a": 800, "b": 991, "c": 651, "d": 685},
}
"""The 4 x 4 table of sdcTable's test of attacks (GPL; only its sixteen numbers)."""

NINE = ("w_a", "w_b", "w_c", "x_a", "x_c", "y_b", "y_d", "z_b", "z_d")


def exact(draft: Draft) -> Bounds:
    """Bounds of all counts of a draft, none left out for being wide."""
    everything = np.ones(len(draft.lower), dtype=bool)
    infinite = np.full(len(draft.lower), np.inf)
    return bounds(draft.system(), Wanted(everything, everything, infinite, infinite))


def attacked(table: dict[str, dict[str, int]], hidden: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Bounds of the hidden cells of a table of which all sums of rows and columns are published."""
    draft = Draft()
    for row, cells in table.items():
        for column, value in cells.items():
            is_hidden = f"{row}_{column}" in hidden
            draft.count((row, column), (0, np.inf) if is_hidden else (value, value))
    for row, cells in table.items():
        draft.add([(draft.number[row, column], 1.0) for column in cells], sum(cells.values()))
    for column in next(iter(table.values())):
        draft.add([(draft.number[row, column], 1.0) for row in table], sum(cells[column] for cells in table.values()))
    found = exact(draft)
    places = {cell: draft.number[tuple(cell.split("_"))] for cell in hidden}
    return {cell: (found.least[place], found.greatest[place]) for cell, place in places.items()}


def test_nine_hidden_cells_of_which_one_can_be_computed():
    """The bounds that lpSolve gives through GaussSuppression::ComputeIntervals."""
    assert attacked(SDC_TABLE, NINE) == {
        "w_a": (25, 94),
        "w_b": (47, 47),
        "w_c": (0, 69),
        "x_a": (26, 95),
        "x_c": (0, 69),
        "y_b": (0, 185),
        "y_d": (0, 185),
        "z_b": (906, 1091),
        "z_d": (585, 770),
    }


@pytest.mark.parametrize(("tenth", "open_"), [("x_b", (0, 141)), ("x_d", (0, 78))])
def test_a_tenth_hidden_cell_opens_it(tenth, open_):
    assert attacked(SDC_TABLE, (*NINE, tenth))["w_b"] == open_


def test_two_cells_of_a_sum_are_open_and_bind_each_other():
    assert attacked({"r": {"a": 3, "b": 12, "c": 40}, "s": {"a": 9, "b": 8, "c": 7}}, ("r_a", "r_b", "s_a", "s_b")) == {
        "r_a": (0, 12),
        "r_b": (3, 15),
        "s_a": (0, 12),
        "s_b": (5, 17),
    }


class TestPropagation:
    def test_one_hidden_cell_of_a_sum_is_known_without_a_programme(self):
        draft = Draft()
        first, second = draft.count("a"), draft.count("b", (40, 40))
        draft.add([(first, 1.0), (second, 1.0)], 43)
        found = exact(draft)
        assert (found.least[first], found.greatest[first]) == (3, 3)

    def test_integers_are_used(self):
        """Two times a count lies between 5 and 7: the count is 3."""
        draft = Draft()
        count = draft.count("a")
        draft.between([(count, 2.0)], 5, 7)
        found = exact(draft)
        assert (found.least[count], found.greatest[count]) == (3, 3)

    def test_what_nothing_bounds_has_no_upper_bound(self):
        draft = Draft()
        first, second = draft.count("a"), draft.count("b")
        draft.add([(first, 1.0), (second, -1.0)])
        assert exact(draft).greatest[first] == np.inf

    def test_a_contradiction_is_said_and_spoils_nothing_else(self):
        draft = Draft()
        parts = [draft.count(name) for name in "abcd"]
        for total in (5, 9):
            draft.add([(parts[0], 1.0), (parts[1], 1.0)], total)
        draft.add([(parts[2], 1.0), (parts[3], 1.0)], 7)
        found = exact(draft)
        assert found.contradictory[parts].tolist() == [True, True, False, False]
        assert found.greatest[parts[2]] == 7


@st.composite
def tables(draw):
    """A small table, another one with the same sums, and which cells are hidden."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    cells = st.lists(st.integers(0, 9), min_size=columns, max_size=columns)
    table = np.array(draw(st.lists(cells, min_size=rows, max_size=rows)))
    other = table.copy()
    for _ in range(draw(st.integers(0, 4))):
        top, bottom = draw(st.permutations(range(rows)))[:2]
        left, right = draw(st.permutations(range(columns)))[:2]
        if other[top, right] and other[bottom, left]:
            other[[top, bottom], [left, right]] += 1
            other[[top, bottom], [right, left]] -= 1
    more = np.array(draw(st.lists(st.booleans(), min_size=table.size, max_size=table.size))).reshape(table.shape)
    return table, other, (table != other) | more


@settings(max_examples=40, deadline=None)
@given(tables())
def test_a_count_that_can_have_two_values_is_never_called_known(case):
    """Both tables agree with what is published, so the bounds of each hidden cell hold its values in both."""
    table, other, hidden = case
    named = {
        f"r{row}": {f"c{column}": int(value) for column, value in enumerate(cells)} for row, cells in enumerate(table)
    }
    names = tuple(f"r{row}_c{column}" for row, column in np.argwhere(hidden))
    for (row, column), (least, greatest) in zip(np.argwhere(hidden), attacked(named, names).values(), strict=True):
        values = sorted((table[row, column], other[row, column]))
        assert least <= values[0]
        assert values[1] <= greatest


class TestAtoms:
    def test_of_ages(self):
        assert atoms_of([("all", 15, 64), ("all", 15, 24)])["all", 15, 64] == (("all", 15, 24), ("all", 25, 64))

    def test_of_overlapping_ages(self):
        found = atoms_of([("all", 0, 17), ("all", 15, 64)])
        assert found["all", 0, 17] == (("all", 0, 14), ("all", 15, 17))
        assert found["all", 15, 64] == (("all", 15, 17), ("all", 18, 64))

    def test_of_sexes(self):
        """Those of no named sex can be computed from all and the named ones."""
        found = atoms_of([("all", 0, 9), ("female", 0, 9), ("male", 0, 9)])
        assert found["all", 0, 9] == (("female", 0, 9), ("male", 0, 9), ("other", 0, 9))

    def test_that_cover_a_part(self):
        atoms = (("all", 15, 24), ("all", 25, 64))
        assert cover(("all", 18, 30), atoms) == atoms
        assert cover(("all", 18, 24), atoms) == (("all", 15, 24),)

    def test_do_not_cover_what_reaches_beyond(self):
        assert cover(("all", 60, 70), (("all", 15, 64),)) == ()
