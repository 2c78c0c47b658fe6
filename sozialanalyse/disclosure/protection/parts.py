"""From a problem to its independent parts: what is known anyway is taken out, and what is left falls apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.disclosure.protection.solver import OPTIMAL, LinearProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialanalyse.disclosure.problem import Problem
    from sozialanalyse.disclosure.protection.solver import Solution

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]

TOLERANCE: Final = 1e-6
"""So far two numbers may be apart and still count as the same; the solver's own tolerances are 1e-7."""


ELBOW_ROOM: Final = 2.0
"""So far from its bounds is assumed what the deliverer hid: on a bound it would look as if nothing else were possible."""


@dataclass(frozen=True, eq=False)
class Part:
    """Cells that no sum ties to other parts, as deviations from what is true.

    Where the deliverer hid a value, one that fits all sums stands for the truth. The cell is hidden in every pattern, so which one it
    is does not matter to what can be known; what an insider learns is judged as if it were true.

    Parameters
    ----------
    cells
        Shape (cells,): positions in the problem.
    relations
        Shape (sums, cells): ``relations @ deviation == 0``.
    inner
        Shape (fewer sums, cells): those of them that hold no cell outside the part. The others hold only if nothing outside moves.
    below, above
        Shape (cells,): how far a hidden cell may lie below and above, for all that an attacker knows beforehand.
    always
        Shape (cells,): hidden in every pattern: never shown, hidden by the deliverer, or primary.
    weight
        Shape (cells,): what hiding costs, 0 where it is never shown.
    primaries
        Shape (primaries,): positions among the part's cells.
    down, up
        Shape (primaries,): how far below and above the truth each primary cell must remain possible; 0 if at all.
    twin
        Shape (cells,): cells of the same number are one statement: who knows the one knows the other, whatever is hidden.
    """

    cells: Places
    relations: csr_array
    inner: csr_array
    below: Floats
    above: Floats
    always: Flags
    weight: Floats
    primaries: Places
    down: Floats
    up: Floats
    twin: Places


def check(problem: Problem) -> None:
    """Refuse a problem that contradicts itself.

    Raises
    ------
    ValueError
        If values and sums do not agree, or a cell that may be hidden lies outside its bounds.
    """
    value, given = problem.value, ~np.isnan(problem.value)
    outside = given & ~problem.fixed & ((value < problem.lower - TOLERANCE) | (value > problem.upper + TOLERANCE))
    if outside.any():
        cells = np.flatnonzero(outside)[:5].tolist()
        message = f"cells {cells} lie outside their bounds: widen lower and upper, or make them fixed"
        raise ValueError(message)
    complete = (abs(problem.relations) @ ~given) == 0
    gap = np.abs(problem.relations @ np.where(given, value, 0.0) - problem.constants)
    scale = 1.0 + abs(problem.relations) @ np.where(given, np.abs(value), 0.0)
    wrong = complete & (gap > TOLERANCE * scale)
    if wrong.any():
        message = f"the values do not agree with the sums {np.flatnonzero(wrong)[:5].tolist()}"
        raise ValueError(message)


def determined(problem: Problem) -> Flags:
    """Flag the cells that are known whatever is hidden: fixed ones, and step by step what a sum leaves alone.

    Returns
    -------
    Flags
        Shape (cells,).
    """
    given = ~np.isnan(problem.value)
    known = (problem.fixed & given) | (problem.upper - problem.lower < TOLERANCE)
    pattern = abs(problem.relations).sign()
    while True:
        alone = (pattern @ (~known).astype(float)) == 1
        new = (pattern[alone].sum(axis=0) > 0) & ~known if alone.any() else np.zeros_like(known)
        if not new.any():
            return known
        known = known | new


def completed(problem: Problem) -> Floats:
    """Fill in what the deliverer hid, so that all sums and bounds hold, away from the bounds where that is possible.

    Returns
    -------
    Floats
        Shape (cells,): the values, without gaps.

    Raises
    ------
    ValueError
        If nothing fits: then the deliverer's marks contradict the other numbers.
    """
    value = problem.value.copy()
    gaps = np.flatnonzero(np.isnan(value))
    if len(gaps):
        right = problem.constants - problem.relations @ np.nan_to_num(value)
        part = problem.relations[:, gaps]
        rows = np.flatnonzero(np.diff(part.indptr))
        solution = _central(part[rows], right[rows], problem.lower[gaps], problem.upper[gaps])
        if solution.status != OPTIMAL:
            message = f"no values fit the sums and the bounds of the cells {gaps[:5].tolist()} that the deliverer hid"
            raise ValueError(message)
        value[gaps] = solution.values[: len(gaps)]
    return value


def _central(relations: csr_array, right: Floats, lower: Floats, upper: Floats) -> Solution:
    """Find values that keep their distance from their bounds, up to :data:`ELBOW_ROOM`, as many as can at once."""
    from scipy.sparse import block_array, csr_array, diags_array, eye_array  # noqa: PLC0415 - heavy

    size = len(lower)
    distance = diags_array(np.minimum((upper - lower) / 2.0, ELBOW_ROOM))
    one = eye_array(size)
    matrix = csr_array(block_array([[relations, None], [one, -distance], [one, distance]]))
    endless = np.full(size, np.inf)
    low, high = np.concatenate([right, lower, -endless]), np.concatenate([right, endless, upper])
    bounds = np.concatenate([lower, np.zeros(size)]), np.concatenate([upper, np.ones(size)])
    cost = np.concatenate([np.zeros(size), -np.ones(size)])
    return LinearProgram(cost, bounds, matrix, (low, high)).solve()


def split(problem: Problem, known: Flags) -> list[Part]:
    """Split the cells that are not known into parts that no sum ties together; parts without a primary cell are left out."""
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

    truth = completed(problem)
    cells = np.flatnonzero(~known)
    left = problem.relations[:, cells]
    left.eliminate_zeros()
    _, label = connected_components(abs(left).T @ abs(left), directed=False)
    wanted = np.unique(label[problem.primary[cells]])
    return [_part(problem, truth, cells[label == number]) for number in wanted]


def _part(problem: Problem, truth: Floats, cells: Places) -> Part:
    relations = problem.relations[:, cells]
    relations.eliminate_zeros()
    relations = relations[np.flatnonzero(np.diff(relations.indptr))]
    value, shown = truth[cells], problem.shown[cells] & ~np.isnan(problem.value[cells])
    primaries = np.flatnonzero(problem.primary[cells])
    return Part(
        cells=cells,
        relations=relations,
        inner=relations,
        below=np.maximum(value - problem.lower[cells], 0.0),
        above=np.maximum(problem.upper[cells] - value, 0.0),
        always=~shown | problem.primary[cells],
        weight=np.where(shown, problem.weight[cells], 0.0),
        primaries=primaries,
        down=np.maximum(value - problem.at_most[cells], 0.0)[primaries],
        up=np.maximum(problem.at_least[cells] - value, 0.0)[primaries],
        twin=_twins(relations, ~problem.shown[cells]),
    )


def _twins(relations: csr_array, unseen: Flags) -> Places:
    """Number the cells so that those have the same number that are one statement about the same people.

    They are the two of a sum that holds only them, if one contains the other (an area that is alone in its district; a part,
    where the rest is public) or is never shown (the complement of a count to a public number): whoever knows the one has known the
    other before anything was published. Two areas that are shown and add up to a public total are not: there an
    insider of the one learns of the other.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - heavy
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

    starts = relations.indptr[:-1][np.diff(relations.indptr) == 2]
    one, other = relations.indices[starts], relations.indices[starts + 1]
    nested = relations.data[starts] * relations.data[starts + 1] < 0
    tied = nested | unseen[one] | unseen[other]
    size = relations.shape[1]
    graph = coo_array((np.ones(tied.sum()), (one[tied], other[tied])), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)
