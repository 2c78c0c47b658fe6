"""Nodes: one quantity over all areas and periods, as delivered or as it can be computed by differencing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.amounts import NOT_APPLICABLE, NUMBER, SUPPRESSED, ZERO, Amounts, Delivery
from sozialanalyse.disclosure.terms import Term, atoms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.terms import Part

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TERM, ATOM, COMPLEMENT, REST = KINDS = ("term", "atom", "complement", "rest")
"""What an indicator uses; what can be had by subtracting terms; those of a whole who are not of its part; those of a total who
are in none of its areas."""

NEVER_DELIVERED = float("inf")


@dataclass(frozen=True, eq=False)
class Node:
    """One quantity: arrays of shape (areas, periods).

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    term
        Measure, sex and ages; of an atom that is no single age group those of its first part.
    periods
        Frame of the periods of the second axis.
    value, lower, upper
        Count (NaN where its deliverer hid it) and the bounds within which the deliverer leaves it.
    present, marked, exact, nobody
        Whether there is such a cell; whether its deliverer hid it; whether it is no rounded number; whether nobody can be counted
        there (not applicable), so that a sum does without it.
    whole
        Of a complement: in which whole it is what its term leaves.
    """

    kind: str
    term: Term
    periods: pd.DataFrame
    value: Floats
    lower: Floats
    upper: Floats
    present: Flags
    marked: Flags
    exact: Flags
    nobody: Flags
    whole: Term | None = None

    @classmethod
    def of(cls, kind: str, term: Term, amounts: Amounts, only: Flags | None = None) -> Node:
        """Make a node of amounts; ``only`` names the areas (shape (areas,)) of which there are cells."""
        marked = amounts.status == SUPPRESSED
        known = (amounts.status == NUMBER) | (amounts.status == ZERO)
        present = amounts.exists & (known | marked)
        if only is not None:
            present &= only[:, np.newaxis]
        exact = ~(known & (amounts.lower < amounts.upper))
        upper = np.where(np.isnan(amounts.upper), NEVER_DELIVERED, amounts.upper)
        nobody = amounts.status == NOT_APPLICABLE
        return cls(
            kind, term, amounts.periods, amounts.value, amounts.lower, upper, present, marked & present, exact, nobody
        )

    @classmethod
    def computed(
        cls, kind: str, term: Term, like: Node, value: Floats, present: Flags, whole: Term | None = None
    ) -> Node:
        """Make a node of what is computed from others: known to be 0 or more."""
        least, most = np.zeros(value.shape), np.full(value.shape, NEVER_DELIVERED)
        never = np.zeros(value.shape, dtype=bool)
        return cls(kind, term, like.periods, value, least, most, present, never, ~never, never, whole)


@dataclass(frozen=True, eq=False)
class MeasureNodes:
    """Terms and atoms of one measure, and which term is the sum of which atoms.

    ``sums``: number of a term in ``nodes`` and the numbers of its atoms there. ``delivered``: shape (areas, periods),
    whether the area itself was delivered, and is not only a sum of areas.
    """

    nodes: tuple[Node, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    delivered: Flags


def nodes_of(rows: pd.DataFrame, terms: dict[Term, bool], areas: AreaTree) -> MeasureNodes | None:
    """Compute the terms of one measure and the atoms into which they cut it.

    Parameters
    ----------
    rows
        Frame of the measure's counts.
    terms
        Terms of the measure; true: cells of the whole town only.
    areas
        The tree.

    Returns
    -------
    MeasureNodes or None
        None where none of the terms can be made of what was delivered.
    """
    delivery = Delivery(rows, areas)
    root = (areas.places["area"] == areas.root).to_numpy()
    made = [
        Node.of(TERM, term, amounts, root if town_only else None)
        for term, town_only, amounts in _found(delivery, terms)
    ]
    if not made:
        return None
    open_ = [node.term for node in made if not terms[node.term]]
    atoms, sums = _atoms(delivery, made, open_)
    return MeasureNodes((*made, *atoms), tuple(sums), _delivered(rows, areas, delivery))


def _found(delivery: Delivery, terms: dict[Term, bool]) -> Iterator[tuple[Term, bool, Amounts]]:
    for term, town_only in terms.items():
        amounts = delivery.amounts(term.part)
        if amounts is not None:
            yield term, town_only, amounts


def _delivered(rows: pd.DataFrame, areas: AreaTree, delivery: Delivery) -> Flags:
    ends = delivery.periods[["period_kind", "period_start", "period_end"]].astype(object)
    place = {key: number for number, key in enumerate(ends.itertuples(index=False, name=None))}
    where = {area: number for number, area in enumerate(areas.places["area"])}
    names = ["area", "period_kind", "period_start", "period_end"]
    found = np.zeros((len(where), len(place)), dtype=bool)
    for area, *period in rows[names].drop_duplicates().astype(object).itertuples(index=False, name=None):
        found[where[area], place[tuple(period)]] = True
    return found


def _atoms(
    delivery: Delivery, made: Sequence[Node], terms: Sequence[Term]
) -> tuple[list[Node], list[tuple[int, tuple[int, ...]]]]:
    """Compute the atoms that are no terms, and say of which atoms each term is the sum."""
    if len(terms) < 2:
        return [], []
    place = {node.term.part: number for number, node in enumerate(made)}
    parts = [term.part for term in terms]
    atoms = atoms_of(parts)
    numbers: list[int | None] = []
    computed: list[Node] = []
    for boxes, column in zip(atoms.boxes, atoms.made_of.T, strict=True):
        if len(boxes) == 1 and boxes[0] in place:
            numbers.append(place[boxes[0]])
            continue
        node = _atom(delivery, boxes, [made[place[part]] for part in parts], atoms.made_of, column)
        numbers.append(None if node is None else len(made) + len(computed))
        computed += [] if node is None else [node]
    return computed, list(_sums(parts, place, numbers, atoms.made_of))


def _sums(
    parts: Sequence[Part], place: dict[Part, int], numbers: Sequence[int | None], made_of: Flags
) -> Iterator[tuple[int, tuple[int, ...]]]:
    for part, members in zip(parts, made_of, strict=True):
        atoms = [numbers[column] for column in np.flatnonzero(members).tolist()]
        known = tuple(number for number in atoms if number is not None)
        if len(known) == len(atoms) and known != (place[part],):
            yield place[part], known


def _atom(
    delivery: Delivery, boxes: Iterable[Part], terms: Sequence[Node], made_of: Flags, column: Flags
) -> Node | None:
    """Compute an atom from what was delivered, or else as the difference of terms; None where it cannot be had."""
    first, *_ = boxes = list(boxes)
    term = Term(terms[0].term.measure, *first)
    found = [delivery.amounts(box) for box in boxes]
    nodes = [Node.of(ATOM, term, amounts) for amounts in found if amounts is not None]
    if len(nodes) == 1 == len(boxes):
        return nodes[0]
    if len(nodes) == len(boxes):
        value = np.sum([node.value for node in nodes], axis=0)
        return Node.computed(ATOM, term, nodes[0], value, np.logical_and.reduce([node.present for node in nodes]))
    weights = _difference(made_of, int(np.flatnonzero((made_of == column[:, np.newaxis]).all(axis=0))[0]))
    if weights is None:
        return None
    used = [(weight, node) for weight, node in zip(weights, terms, strict=True) if weight]
    value = np.sum([weight * node.value for weight, node in used], axis=0)
    return Node.computed(ATOM, term, terms[0], value, np.logical_and.reduce([node.present for _, node in used]))


def _difference(made_of: Flags, atom: int) -> Floats | None:
    """Find the sum and difference of terms that leaves one atom alone."""
    wanted = np.zeros(made_of.shape[1])
    wanted[atom] = 1
    weights = np.linalg.lstsq(made_of.T.astype(float), wanted, rcond=None)[0].round(9)
    return weights if np.allclose(made_of.T @ weights, wanted) else None
