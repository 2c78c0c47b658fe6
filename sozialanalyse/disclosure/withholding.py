"""Groups that cannot be shown are withheld whole: a town that was published before may divide itself anew all the same.

Where the tree is out already, a group may differ from an area by one small count alone. Whoever knows the number of the group then
knows that count, whatever is hidden now. Rather than release nothing, the groups concerned are hidden with all their parts;
the promise against people who know one hidden number excludes them, and the Release says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.disclosure.protection import intervals
from sozialanalyse.disclosure.solving import patterns, within_marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.problem import Pattern, Problem

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

NO_GROUP = -1


def without_groups(problem: Problem, pattern: Pattern, group: Numbers, marked: Flags, effort: float) -> Pattern:
    """Protect a part without those of its groups that make that impossible.

    Parameters
    ----------
    problem, pattern
        A part, and what was found of it: that it is impossible to protect.
    group
        Shape (cells,): number of the group of a cell, :data:`NO_GROUP` of areas of the tree.
    marked
        Shape (cells,): hidden by the deliverer.
    effort
        As of :func:`.solving.patterns`.

    Returns
    -------
    Pattern
        In which whole groups are hidden, checked against all sums; the one given where that does not help.
    """
    withheld: set[int] = set()
    found, kept = pattern, np.arange(len(group))
    while found.impossible:
        named = _named(found, kept, group) - withheld or set(group[group != NO_GROUP].tolist()) - withheld
        if not named:
            return pattern
        withheld |= named
        kept = np.flatnonzero(~np.isin(group, list(withheld)) | problem.fixed)
        (found,) = patterns([_only(problem, kept)], [marked[kept]], effort)
    whole = _whole(problem, found, kept)
    return whole if _is_safe(within_marks(problem, marked), whole) else pattern


def _named(pattern: Pattern, kept: Numbers, group: Numbers) -> set[int]:
    """Numbers of the groups that the certificates name."""
    cells = {cell for one in pattern.impossible for cell in (one.cell, *one.because)}
    return set(group[kept[list(cells)]].tolist()) - {NO_GROUP}


def _only(problem: Problem, kept: Numbers) -> Problem:
    """Take some cells with the sums that hold no others: what is hidden whole is free, and binds nothing."""
    outside = np.ones(len(problem.value), dtype=bool)
    outside[kept] = False
    rows = np.flatnonzero(abs(problem.relations) @ outside.astype(np.float64) == 0)
    arrays = {
        name: getattr(problem, name)[kept]
        for name in ("value", "lower", "upper", "primary", "at_most", "at_least", "shown", "fixed", "weight")
    }
    return replace(problem, relations=problem.relations[rows][:, kept], constants=problem.constants[rows], **arrays)


def _whole(problem: Problem, found: Pattern, kept: Numbers) -> Pattern:
    """Write the pattern of some cells for all, the others hidden, with what can be known of them."""
    hidden = np.ones(len(problem.value), dtype=bool)
    hidden[kept] = found.hidden
    least, greatest = problem.value.copy(), problem.value.copy()
    least[kept], greatest[kept] = found.least, found.greatest
    others = np.setdiff1d(np.arange(len(hidden)), kept)
    least[others], greatest[others] = intervals(problem, hidden, others)
    weight = found.weight + float(problem.weight[others][problem.shown[others]].sum())
    return replace(
        found,
        hidden=hidden,
        least=least,
        greatest=greatest,
        weight=weight,
        bound=0.0,
        method="heuristic",
        insider=False,
    )


def _is_safe(problem: Problem, pattern: Pattern) -> bool:
    """Check every primary cell against all sums, those over withheld groups included."""
    primary = np.flatnonzero(problem.primary)
    least, greatest = intervals(problem, pattern.hidden, primary)
    wide = (least <= problem.at_most[primary]) & (greatest >= problem.at_least[primary]) & (greatest > least)
    return bool(wide.all())
