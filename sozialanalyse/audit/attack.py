"""The attack: what everybody can calculate of the cells that were to be protected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sozialanalyse.audit.bounds import Wanted, bounds
from sozialanalyse.audit.knowledge import HIDDEN, PUBLIC
from sozialanalyse.audit.relations import Name

if TYPE_CHECKING:
    from sozialanalyse.audit.bounds import Bounds
    from sozialanalyse.audit.relations import Relations, Target

Kind = Literal["exact", "small", "narrow", "saturated"]

WIDE = 2
"""An interval that is this many thresholds wide is of no interest to anybody; its exact ends are not computed."""


@dataclass(frozen=True, order=True)
class Disclosure:
    """A protected count of which too much can be calculated.

    Parameters
    ----------
    kind
        ``exact``: a hidden cell can be computed; ``small``: it is certainly below the threshold; ``narrow``: fewer values
        remain than were promised; ``saturated``: the group is known to be counted whole.
    area, what, period
        Of the count.
    least, greatest
        Between what it is known to lie.
    """

    kind: Kind
    area: str
    what: str
    period: str
    least: float
    greatest: float


@dataclass(frozen=True)
class Attack:
    """What an attack gave.

    Parameters
    ----------
    disclosures
        What must not be.
    contradictions
        Cells of sums that cannot hold, where cells of the same table are hidden; of them nothing is proven.
    inconsistent
        Cells of sums that cannot hold where nothing is hidden: wrong numbers give nobody away.
    hidden, derived
        Number of hidden cells, and of those never shown that could be computed.
    excluded
        Hidden cells of which public numbers say so much, whatever is published, that nothing was promised.
    insider
        Cells that somebody who knows one other hidden cell could compute.
    intervals
        Of each hidden cell that is not excluded and not seen to be wide open: its name and bounds, the narrowest first.
    """

    disclosures: tuple[Disclosure, ...]
    contradictions: tuple[str, ...]
    inconsistent: tuple[str, ...]
    hidden: int
    derived: int
    excluded: int
    insider: int
    intervals: tuple[Disclosure, ...]


def attack(relations: Relations) -> Attack:
    """Bound every protected count and say which are disclosed.

    Parameters
    ----------
    relations
        All that is known; see :func:`.relations_of`.
    """
    system = relations.draft.system()
    wanted = relations.targets()
    found = bounds(system, _needed(relations, wanted, len(system.lower)))
    judged = [(target, _judged(target, relations, found)) for target in wanted]
    shown = [target for target in wanted if target.cell]
    free = [target for target in shown if not _is_excluded(target, relations)]
    wrong = {name for name, number in relations.draft.number.items() if found.contradictory[number]}
    wrong_names = {name for name in wrong if isinstance(name, Name)}
    unproven = {name for name in wrong_names if _stands_beside_hidden(name, relations)}
    return Attack(
        disclosures=tuple(disclosure for _, disclosure in judged if disclosure),
        contradictions=tuple(sorted(map(described, unproven))),
        inconsistent=tuple(sorted(map(described, wrong_names - unproven))),
        hidden=len(shown),
        derived=len(wanted) - len(shown),
        excluded=len(shown) - len(free),
        insider=found.determined,
        intervals=_narrowest(free, found),
    )


def _stands_beside_hidden(name: Name, relations: Relations) -> bool:
    """Whether a cell of the same measure and time is hidden, so that a sum that does not hold might hide an attack."""
    table = relations.tables.get((name.measure, name.time))
    return table is None or any(seen.state == HIDDEN for seen in table.seen.values())


def _needed(relations: Relations, targets: list[Target], size: int) -> Wanted:
    """Say of which counts exact bounds are needed: of all that are not seen to be far from what must not be."""
    flags = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    wanted = Wanted(*flags, np.full(size, np.inf), np.full(size, np.inf))
    for target in targets:
        rule = relations.knowledge.measures[target.name.measure]
        wanted.targets[target.count] = True
        wanted.cells[target.count] = bool(target.cell)
        if target.cell and np.isfinite(target.prior[1]):  # of marks it matters whether they became narrower
            wanted.high[target.count] = target.prior[1]
            wanted.width[target.count] = target.prior[1] - target.prior[0]
        else:
            wanted.high[target.count] = rule.threshold
            wanted.width[target.count] = max(WIDE * rule.threshold, rule.width or 0, 1) if target.cell else 0
    return wanted


def _judged(target: Target, relations: Relations, found: Bounds) -> Disclosure | None:
    """Say what is wrong with what is known of a protected count, if anything is."""
    least, greatest = float(found.least[target.count]), float(found.greatest[target.count])
    if found.contradictory[target.count]:
        return None
    rule = relations.knowledge.measures[target.name.measure]
    kind = _kind(target, (least, greatest), rule.threshold, rule.width or 0)
    if kind is None and target.name.rest_of and greatest == 0:
        kind = "saturated"
    if target.cell in relations.marks and _is_narrower(target, least, greatest):
        return _disclosure(kind or "narrow", target.name, least, greatest)
    if kind is None or (_is_excluded(target, relations) and not _is_narrower(target, least, greatest)):
        return None
    return _disclosure(kind, target.name, least, greatest)


def _kind(target: Target, limits: tuple[float, float], k: int, width: int) -> Kind | None:
    least, greatest = limits
    if target.cell and least >= greatest:
        return "exact"
    if 0 < greatest < k:
        return "small"
    if target.cell and greatest - least < width:
        return "narrow"
    return None


def _is_excluded(target: Target, relations: Relations) -> bool:
    """Whether public numbers alone say that the count is small, so that no release could protect it."""
    k = relations.knowledge.measures[target.name.measure].threshold
    return target.prior[1] < k or _is_public_rest(target, relations)


def _is_public_rest(target: Target, relations: Relations) -> bool:
    """Whether a derived count is of cells that are all public already."""
    if target.cell:
        return False
    table = relations.tables[target.name.measure, target.name.time]
    own = [seen for (area, _), seen in table.seen.items() if area == target.name.area]
    return all(seen.state == PUBLIC for seen in own)


def _is_narrower(target: Target, least: float, greatest: float) -> bool:
    """Whether more is known than public numbers say by themselves."""
    return bool(target.cell) and (least > target.prior[0] or greatest < target.prior[1])


def _narrowest(free: list[Target], found: Bounds) -> tuple[Disclosure, ...]:
    intervals = [
        _disclosure("narrow", target.name, float(found.least[target.count]), float(found.greatest[target.count]))
        for target in free
        if found.is_proven[target.count] and not found.contradictory[target.count]
    ]
    return tuple(sorted(intervals, key=lambda entry: (entry.greatest - entry.least, entry)))


def _disclosure(kind: Kind, name: Name, least: float, greatest: float) -> Disclosure:
    return Disclosure(kind, name.area, what(name), str(name.time.end), least, greatest)


def what(name: Name) -> str:
    """Measure, sex and ages of a count, as a cell's columns write them."""
    sex, first, last = name.part
    rest = f" (rest of {name.rest_of})" if name.rest_of else ""
    return f"{name.measure}|{sex}|{first}-{last}{rest}"


def described(name: Name) -> str:
    """Everything that makes a count, in one line."""
    return f"{name.area}|{what(name)}|{name.time.end}"
