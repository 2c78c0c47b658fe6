"""Small tables to protect, written as they are seen: rows by columns with totals, and what an attacker knows beforehand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from sozialanalyse.disclosure.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INF = float("inf")
NAN = float("nan")


def problem(values: Iterable[float], sums: Sequence[Sequence[int]], k: float = 5, **changed) -> Problem:
    """State a problem from values and sums; a sum lists its total first, then its parts.

    Counts from 1 to below ``k`` are primary, nothing is fixed, and whatever is named in ``changed`` replaces that.
    """
    value = np.array(list(values), dtype=float)
    matrix = np.zeros((len(sums), len(value)))
    for row, (total, *parts) in enumerate(sums):
        matrix[row, total], matrix[row, parts] = -1.0, 1.0
    primary = (value > 0) & (value < k)
    stated = Problem(
        value=value,
        lower=np.zeros_like(value),
        upper=np.full_like(value, INF),
        relations=csr_array(matrix),
        constants=np.zeros(len(sums)),
        primary=primary,
        at_most=value.copy(),
        at_least=np.where(primary, k, value),
        shown=np.ones(len(value), dtype=bool),
        fixed=np.zeros(len(value), dtype=bool),
        weight=np.ones_like(value),
    )
    return replace(stated, **{name: np.array(given) for name, given in changed.items()})


def grid(
    inner: Sequence[Sequence[float]], k: float = 5, *, zeros_published: bool = False, fixed=(), **changed
) -> Problem:
    """State a table of rows by columns, to which totals are added on the right and below; ``fixed`` lists (row, column)."""
    table = np.array(inner, dtype=float)
    table = np.vstack([table, table.sum(axis=0)])
    table = np.column_stack([table, table.sum(axis=1)])
    place = np.arange(table.size).reshape(table.shape)
    sums = [[row[-1], *row[:-1]] for row in place] + [[column[-1], *column[:-1]] for column in place.T]
    stated = problem(table.ravel(), sums, k)
    known = np.zeros(table.shape, dtype=bool)
    for row, column in fixed:
        known[row, column] = True
    known |= (table == 0) & zeros_published
    known = known.ravel()
    lower = np.where(known, 0.0, 1.0) if zeros_published else stated.lower
    stated = replace(stated, fixed=known, lower=lower, primary=stated.primary & ~known)
    return replace(stated, **{name: np.array(given) for name, given in changed.items()})


def cell(row: int, column: int, width: int) -> int:
    """Position of a cell in a grid of so many columns, the total among them."""
    return row * width + column


def shown(pattern_hidden, width: int) -> str:
    """Draw which cells are hidden: ``x`` hidden, a point published."""
    return "\n".join("".join("x" if one else "." for one in row) for row in pattern_hidden.reshape(-1, width))


def limit(stated: Problem, hidden, place: int, sign: int, known: int | None = None) -> float:
    """Bound a cell from above (1) or below (-1) with scipy's own front to its solver, written apart from what is tested."""
    unseen = hidden.copy()
    if known is not None:
        unseen[known] = False
    if not unseen[place]:
        return float(stated.value[place])
    left = stated.relations[:, np.flatnonzero(unseen)]
    right = stated.constants - stated.relations @ np.where(unseen, 0.0, stated.value)
    bounds = np.column_stack([stated.lower, np.minimum(stated.upper, 1e5)])[unseen]
    at = int(unseen[:place].sum())
    cost = np.zeros(unseen.sum())
    cost[at] = -sign
    return float(linprog(cost, A_eq=left, b_eq=right, bounds=bounds).x[at])


def unmet(stated: Problem, hidden, place: int, known: int | None) -> bool:
    """Say whether a primary cell is not protected; if a cell is known, only two values need be possible."""
    close = 1e-6
    greatest = limit(stated, hidden, place, 1, known)
    if known is None and greatest < stated.at_least[place] - close:
        return True
    if greatest >= stated.value[place] + 1 - close and stated.at_most[place] >= stated.value[place]:
        return False
    least = limit(stated, hidden, place, -1, known)
    return greatest - least < 1 - close or (known is None and least > stated.at_most[place] + close)


def demands(stated: Problem, insider: bool) -> list[tuple[int, int | None]]:
    """List what must hold: each primary cell, and each with another cell known that is not the same statement."""
    primary = np.flatnonzero(stated.primary).tolist()
    others = np.flatnonzero(~stated.fixed).tolist()
    alone = [(p, None) for p in primary]
    return alone + [(p, q) for p in primary for q in others if insider and p != q and not _nested(stated, p, q)]


def _nested(stated: Problem, one: int, other: int) -> bool:
    dense = stated.relations.toarray()
    pairs = dense[(dense[:, ~stated.fixed] != 0).sum(axis=1) == 2]
    return bool((pairs[:, one] * pairs[:, other] < 0).any())


def brute_force(stated: Problem, *, insider: bool) -> float:
    """Try all patterns, small ones first; the number hidden in the first safe one, infinity if there is none.

    What lies within a pattern that was found unsafe is unsafe too and not tried again.
    """
    if (stated.primary & stated.fixed).any():
        return INF
    free = np.flatnonzero(~stated.fixed & ~stated.primary).tolist()
    asked = demands(stated, insider)
    unsafe: list[frozenset[int]] = []
    for count in range(len(free) + 1):
        for chosen in map(frozenset, combinations(free, count)):
            if any(chosen <= known for known in unsafe):
                continue
            broken = _broken(stated, chosen, asked)
            if broken is None:
                return int(stated.primary.sum()) + count
            unsafe.append(_widest(stated, chosen, free, broken))
    return INF


def _hidden(stated: Problem, chosen: Iterable[int]):
    hidden = stated.primary.copy()
    hidden[list(chosen)] = True
    return hidden


def _broken(stated: Problem, chosen: frozenset[int], asked: list[tuple[int, int | None]]):
    hidden = _hidden(stated, chosen)
    return next((one for one in asked if unmet(stated, hidden, *one)), None)


def _widest(stated: Problem, chosen: frozenset[int], free: list[int], broken) -> frozenset[int]:
    for one in free:
        if one not in chosen and unmet(stated, _hidden(stated, chosen | {one}), *broken):
            chosen |= {one}
    return chosen
