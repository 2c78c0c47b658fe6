"""Controlled rounding: counts shown as multiples of a base so that sums still hold, as near to the truth as that allows.

Two kinds. All counts are rounded: every number shown is a multiple of the base, and differs from the truth by less than the
base. Or only the small ones: counts below the base become nothing or the base, the others stay, and sums are added up anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from sozialanalyse.disclosure.loss import InformationLoss, information_loss

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.intp]

HOLDS: Final = 1e-6
"""A sum that is off by more does not hold in the counts, so it need not hold in what is shown."""

NODES: Final = 2_000
"""So many nodes of the search tree are looked at for the nearest rounding. They are counted, not timed, so that every machine shows
the same numbers; a table of 400 cells needs fewer than ten."""

FUSE: Final = 300.0
"""Seconds after which the clock ends a search all the same."""

Kind = Literal["optimal", "feasible", "nearest"]


@dataclass(frozen=True, eq=False)
class Rounded:
    """Rounded counts.

    Parameters
    ----------
    value, difference
        Shape (cells,): what is shown, and by how much more that is than was counted; NaN where nothing was.
    additive
        Whether every sum that holds in the counts holds in what is shown.
    method
        ``optimal``: no other additive rounding is nearer; ``feasible``: the search ended before that was proven; ``nearest``:
        there is none, or none was found, so each count is rounded on its own.
    loss
        What that costs.
    by_clock
        Whether the search was ended by the clock, so that another machine may find another rounding.
    """

    value: Floats
    difference: Floats
    additive: bool
    method: Kind
    loss: InformationLoss
    by_clock: bool = False


def controlled_rounding(value: Floats, relations: csr_array, base: int, *, nodes: int = NODES) -> Rounded:
    """Round all counts to multiples of a base, additively where that is possible.

    Parameters
    ----------
    value
        Shape (cells,): whole numbers, none negative; NaN where none was counted.
    relations
        Shape (sums, cells): ``relations @ value == 0``. A sum with a missing cell, or that does not hold, is left aside.
    base
        For example 3, 5 or 10.
    nodes
        How many nodes of the search tree to look at for the nearest additive rounding.

    Returns
    -------
    Rounded
        Multiples of the base stay as they are, so zeros stay zeros; the others go up or down by less than the base. The sum
        of all absolute differences is as small as that allows.

    Raises
    ------
    ValueError
        If the base is below 2, or a count is negative.

    Notes
    -----
    In a table of two directions, or of one tree, there is always an additive rounding; in more there may be none.

    References
    ----------
    Cox, Ernst (1982), Controlled rounding, INFOR 20, 423-432; Salazar-Gonzalez (2006), Controlled rounding and cell perturbation,
    Mathematical Programming 105, 583-603.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> shown = controlled_rounding(np.array([4.0, 1, 1, 2]), csr_array([[1.0, -1, -1, -1]]), 3)
    >>> shown.value.tolist(), shown.additive
    ([3.0, 0.0, 0.0, 3.0], True)
    """
    value = _checked(value, base)
    down = base * np.floor(value / base)
    loose = np.flatnonzero(value > down)
    kept = _that_hold(relations, value)
    cost = base - 2 * (value[loose] - down[loose])
    left = -(kept @ np.nan_to_num(down))
    chosen = _solve(_Programme(cost, kept[:, loose] * base, left, np.ones(loose.size), loose.size), nodes)
    shown = down.copy()  # adding 0.0 makes of a minus zero a zero, which reads better
    if chosen.values is None:
        shown = base * np.rint(value / base) + 0.0
    else:
        shown[loose] += base * np.rint(chosen.values)
    return _rounded(value, shown, kept, chosen)


def small_count_rounding(
    value: Floats, relations: csr_array, base: int, inner: Flags, *, nodes: int = NODES
) -> Rounded:
    """Round only the counts below a base, to nothing or to the base, and add the sums up anew.

    Parameters
    ----------
    value, relations, base, nodes
        As of :func:`controlled_rounding`.
    inner
        Shape (cells,): the cells from which all others are added up; the relations must say how.

    Returns
    -------
    Rounded
        Inner counts of the base or more, and zeros, stay. The sum of all absolute differences, those of sums included, is as
        small as that allows. Always additive, unless the search ended before there was any.

    Raises
    ------
    ValueError
        If the base is below 2, or a count is negative.

    References
    ----------
    Langsrud, Heldal (2018), An Algorithm for Small Count Rounding of Tabular Data, Privacy in Statistical Databases, Valencia.
    """
    value = _checked(value, base)
    kept = _that_hold(relations, value)
    small = np.flatnonzero(inner & (value > 0) & (value < base))
    added = np.flatnonzero(~inner & ~np.isnan(value))
    stays = np.where(inner & ~np.isin(np.arange(value.size), small), np.nan_to_num(value), 0.0)
    chosen = _solve(_with_sums(value, kept, base, small, added, stays), nodes)
    shown = value.copy()
    if chosen.values is None:
        shown[small] = np.where(2 * value[small] >= base, float(base), 0.0)
        return _rounded(value, shown, kept, chosen)
    shown[small] = base * np.rint(chosen.values[: small.size]) + 0.0
    shown[added] = np.rint(chosen.values[small.size : small.size + added.size]) + 0.0
    return _rounded(value, shown, kept, chosen)


class _Programme(NamedTuple):
    """Least cost of variables from 0 to ``most`` for which ``sums @ variables == left``; the first ``whole`` are whole numbers."""

    cost: Floats
    sums: csr_array
    left: Floats
    most: Floats
    whole: int


class _Solution(NamedTuple):
    """What was found, if anything was, and whether the clock ended the search."""

    values: Floats | None
    method: Kind
    by_clock: bool = False


def _checked(value: Floats, base: int) -> Floats:
    value = np.asarray(value, dtype=np.float64)
    if base < 2:
        msg = f"a base of {base} rounds nothing; take 3, 5 or 10"
        raise ValueError(msg)
    if (value < 0).any():
        msg = "a count is negative"
        raise ValueError(msg)
    return value


def _that_hold(relations: csr_array, value: Floats) -> csr_array:
    """Keep the sums without a missing cell that hold in the counts."""
    has_missing = (abs(relations) @ np.isnan(value).astype(np.float64)) > 0
    holds = np.abs(relations @ np.nan_to_num(value)) < HOLDS
    return relations[np.flatnonzero(holds & ~has_missing)]


def _with_sums(value: Floats, kept: csr_array, base: int, small: Ints, added: Ints, stays: Floats) -> _Programme:
    """State the rounding of small counts: up or down; the sums; and how far these are above and below the truth."""
    from scipy.sparse import block_array, eye_array  # noqa: PLC0415 - slow to import

    same = eye_array(added.size)
    blank = kept[:, added] * 0.0
    sums = block_array(
        [
            [kept[:, small] * base, kept[:, added], blank, blank],
            [None, same, -same, same],
        ],
        format="csr",
    )
    left = np.concatenate([-(kept @ stays), value[added]])
    cost = np.concatenate([base - 2 * value[small], np.zeros(added.size), np.ones(2 * added.size)])
    most = np.concatenate([np.ones(small.size), np.full(3 * added.size, np.inf)])
    return _Programme(cost, sums, left, most, small.size)


def _solve(programme: _Programme, nodes: int) -> _Solution:
    """Find the least cost by integer programming (HiGHS), or at least a solution."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

    size = programme.cost.size
    if size == 0:
        holds = np.abs(programme.left).max(initial=0.0) < HOLDS
        return _Solution(np.zeros(0), "optimal") if holds else _Solution(None, "nearest")
    found = milp(
        programme.cost,
        integrality=np.arange(size) < programme.whole,
        bounds=Bounds(0, programme.most),
        constraints=[LinearConstraint(programme.sums, programme.left, programme.left)] if programme.left.size else [],
        options={"node_limit": nodes, "time_limit": FUSE, "mip_rel_gap": 0.0},
    )
    by_clock = found.status == STOPPED_EARLY and (found.mip_node_count or 0) < nodes
    if found.x is None:
        return _Solution(None, "nearest", by_clock)
    return _Solution(np.asarray(found.x), "optimal" if found.status == 0 else "feasible", by_clock)


STOPPED_EARLY: Final = 1
"""The status that ``milp`` gives where a limit ended the search."""


def _rounded(value: Floats, shown: Floats, kept: csr_array, chosen: _Solution) -> Rounded:
    off = np.abs(kept @ np.nan_to_num(shown)).max(initial=0.0)
    loss = information_loss(value, shown)
    return Rounded(shown, shown - value, bool(off < HOLDS), chosen.method, loss, chosen.by_clock)
