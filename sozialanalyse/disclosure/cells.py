"""Cells: every number that is published or can be computed from what is, and the sums that tie them together.

A cell is a term, or something that can be had by differencing terms, of an area in a period: an atom of its ages, the complement of
a part in its whole, what a total counts in none of its areas. Which of them are too small to be known is said elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import PERIOD
from sozialanalyse.disclosure.nodes import COMPLEMENT, REST, TERM, MeasureNodes, Node, nodes_of
from sozialanalyse.disclosure.terms import Term, terms_of
from sozialanalyse.disclosure.totals import Totals, totals_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.town import Town

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

CELL = ["measure", "sex", "age_from", "age_to"]
NO_CELL = -1


@dataclass(frozen=True, eq=False)
class Cells:
    """All cells of a town.

    Parameters
    ----------
    frame
        A row each cell: ``area, level``, :data:`CELL`, period columns, ``kind`` (see :mod:`.nodes`), ``whole`` (measure of a
        complement's whole), ``value`` (NaN where its deliverer hid it), ``lower, upper``, ``marked`` (hidden by its
        deliverer), ``public`` (known to everybody), ``most`` (a public number that it cannot exceed, else NaN), ``part, of``
        (of a complement the numbers of part and whole, else -1).
    relations, constants
        Shapes (sums, cells) and (sums,): ``relations @ value == constants``; public cells are in the constants.
    missing
        Terms that were not delivered: columns of ``frame`` without values.
    """

    frame: pd.DataFrame
    relations: csr_array
    constants: Floats
    missing: pd.DataFrame


def cells_of(
    town: Town,
    public: Collection[str] = (),
    more: Mapping[Term, bool] | None = None,
    areas: AreaTree | None = None,
) -> Cells:
    """Lay out the cells of a town.

    Parameters
    ----------
    town
        The town, on the boundaries of its deliveries.
    public
        Ids of measures whose numbers everybody knows.
    more
        Terms besides those of the catalogue, for example of earlier releases; true: of the whole town only.
    areas
        The tree with further groupings, for example of earlier releases; default: that of the town.
    """
    areas = areas or town.areas
    terms = (dict(more or {})) | terms_of(town.catalogue.indicators)
    builder = _Builder(areas, frozenset(public))
    for measure, rows in town.counts.groupby("measure", observed=True):
        own = {term: town_only for term, town_only in terms.items() if term.measure == measure}
        found = nodes_of(rows, own, areas) if own else None
        if found is not None:
            builder.add_measure(found, own)
    for part, whole in _pairs(town.catalogue, terms):
        builder.add_complement(part, whole)
    return builder.finish()


def _pairs(catalogue: Catalogue, terms: Iterable[Term]) -> list[tuple[Term, Term]]:
    """List terms of which one is part of the other: of proportions, and of measures that are part of another."""
    pairs = [
        (Term.of(entry.numerator), Term.of(entry.denominator))
        for entry in catalogue.indicators
        if entry.kind == "proportion" and entry.denominator is not None
    ]
    wholes = {measure.id: measure.part_of for measure in catalogue.measures if measure.part_of}
    known = set(terms)
    for term in known:
        whole = wholes.get(term.measure)
        while whole is not None:
            if (same := Term(whole, *term.part)) in known:
                pairs.append((term, same))
            whole = wholes.get(whole)
    return sorted(set(pairs))


@dataclass
class _Builder:
    """Numbers the cells of nodes one after another and collects the sums over them."""

    areas: AreaTree
    public: frozenset[str]
    nodes: list[Node] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)
    place: dict[Term, int] = field(default_factory=dict)
    most: dict[int, Floats] = field(default_factory=dict)
    halves: dict[int, tuple[Numbers, Numbers]] = field(default_factory=dict)
    town_only: set[int] = field(default_factory=set)
    sums: list[tuple[Numbers, Numbers, Floats]] = field(default_factory=list)
    size: int = 0
    rows: int = 0

    def add(self, node: Node) -> int:
        """Number the cells of a node."""
        number = np.full(node.present.shape, NO_CELL, dtype=np.int64)
        number[node.present] = np.arange(self.size, self.size + node.present.sum())
        self.size += int(node.present.sum())
        self.nodes.append(node)
        self.numbers.append(number)
        return len(self.nodes) - 1

    def add_measure(self, found: MeasureNodes, terms: Mapping[Term, bool]) -> None:
        """Add terms and atoms of a measure, with the sums over ages and over areas."""
        first = len(self.nodes)
        is_public = found.nodes[0].term.measure in self.public
        for node in found.nodes:
            if node.kind == TERM:
                self.place[node.term] = self.add(node)
            elif not is_public:
                self.add(node)
        if is_public:
            self.add_public_rests(found, terms)
            return
        for whole, parts in found.sums:
            self.add_sum(first + whole, [first + part for part in parts])
        for offset, node in enumerate(found.nodes):
            if node.kind == TERM and terms[node.term]:
                self.town_only.add(first + offset)
            elif node.kind == TERM:
                for parents, _ in self.areas.hierarchies:
                    self.add_totals(first + offset, totals_of(node, self.areas, found.delivered, parents))

    def add_public_rests(self, found: MeasureNodes, terms: Mapping[Term, bool]) -> None:
        """Add what public totals count in none of their areas, which everybody can compute."""
        for node in found.nodes:
            if node.kind == TERM and not terms[node.term]:
                rest = totals_of(node, self.areas, found.delivered).rest
                if rest is not None:
                    self.add(rest)

    def add_sum(self, whole: int, parts: Sequence[int]) -> None:
        """Put a whole and its parts of the same area and period into one sum, where all are there and agree."""
        used = [self.nodes[position] for position in (whole, *parts)]
        holds = np.logical_and.reduce([node.present & node.exact for node in used])
        gap = used[0].value - np.sum([node.value for node in used[1:]], axis=0)
        holds &= ~(np.abs(gap) > TOLERANCE)
        columns = np.stack([self.numbers[position][holds] for position in (whole, *parts)], axis=1)
        self.add_rows(columns, np.array([1.0, *(-1.0 for _ in parts)]))

    def add_totals(self, position: int, totals: Totals) -> None:
        """Put each area or group and its parts into one sum, with what is in none of these where that can be."""
        rest = self.add(totals.rest) if totals.rest is not None else None
        number = self.numbers[position]
        for total, parts, period in totals.sums():
            cells = [number[total, period], *number[parts, period]]
            weights = [1.0, *(-1.0 for _ in parts)]
            if rest is not None and self.nodes[rest].present[total, period]:
                cells.append(self.numbers[rest][total, period])
                weights.append(-1.0)
            self.add_rows(np.array([cells]), np.array(weights))

    def add_complement(self, part: Term, whole: Term) -> None:
        """Add what a part leaves of its whole; a public whole is no cell but a bound."""
        if part not in self.place or whole not in self.place or part == whole:
            return
        numerator, denominator = (self.place[term] for term in (part, whole))
        one, other = self.nodes[numerator], self.nodes[denominator]
        mine, theirs = _same_periods(one.periods, other.periods)
        if part.measure in self.public or not len(mine):
            return
        over, under = self.numbers[numerator][:, mine], self.numbers[denominator][:, theirs]
        both = (over >= 0) & (under >= 0) & one.exact[:, mine] & other.exact[:, theirs]
        if whole.measure in self.public:
            least = np.full(one.value.shape, np.nan)
            least[:, mine] = np.where(over >= 0, other.upper[:, theirs], np.nan)
            before = self.most.get(numerator, np.full(one.value.shape, np.nan))
            self.most[numerator] = np.fmin(before, least)
            return
        self._add_rest_of(one, other, (over, under, both, mine, theirs))

    def _add_rest_of(
        self, one: Node, other: Node, at: tuple[Numbers, Numbers, NDArray[np.bool_], Numbers, Numbers]
    ) -> None:
        over, under, both, mine, theirs = at
        value, present = np.full(one.value.shape, np.nan), np.zeros(one.value.shape, dtype=bool)
        value[:, mine] = other.value[:, theirs] - one.value[:, mine]
        present[:, mine] = both
        present &= ~(value < 0)
        position = self.add(Node.computed(COMPLEMENT, one.term, one, value, present, other.term))
        kept = present[:, mine]
        rest = self.numbers[position][:, mine]
        self.halves[position] = (over[kept], under[kept])
        self.add_rows(np.stack([under[kept], over[kept], rest[kept]], axis=1), np.array([1.0, -1.0, -1.0]))

    def add_rows(self, columns: Numbers, weights: Floats) -> None:
        """Add sums that are all of the same shape: cell numbers, shape (sums, cells), and a weight for each."""
        row = np.repeat(np.arange(self.rows, self.rows + len(columns)), columns.shape[1])
        self.sums.append((row, columns.ravel(), np.tile(weights, len(columns))))
        self.rows += len(columns)

    def finish(self) -> Cells:
        """Write the cells out as a frame and the sums as a matrix, with public cells among the constants."""
        from scipy.sparse import coo_array  # noqa: PLC0415 - heavy

        frame = self._frame()
        parts = self.sums or [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
        row, column, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
        is_public = frame["public"].to_numpy()[column]
        values = frame["value"].to_numpy()
        constants = np.zeros(self.rows)
        np.add.at(constants, row[is_public], -weight[is_public] * values[column[is_public]])
        kept = ~is_public
        shape = (self.rows, self.size)
        matrix = coo_array((weight[kept], (row[kept], column[kept])), shape=shape).tocsr()
        used = np.diff(matrix.indptr) > 0
        return Cells(frame, matrix[used], constants[used], self._missing())

    def _frame(self) -> pd.DataFrame:
        frames = [self._rows(number, node, node.present) for number, node in enumerate(self.nodes)]
        frame = pd.concat(frames, ignore_index=True)
        return frame.astype(dict.fromkeys(("level", "measure", "sex", "period_kind", "kind", "whole"), "category"))

    def _missing(self) -> pd.DataFrame:
        frames = [
            self._rows(number, node, ~node.present & _exists(self.areas, node))
            for number, node in enumerate(self.nodes)
            if node.kind == TERM and number not in self.town_only
        ]
        return pd.concat(frames, ignore_index=True)[["area", "level", *CELL, *PERIOD, "public"]]

    def _rows(self, number: int, node: Node, chosen: NDArray[np.bool_]) -> pd.DataFrame:
        area, period = np.nonzero(chosen)
        where = self.areas.places[["area", "level"]].take(area), node.periods[PERIOD].take(period)
        rows = pd.concat([part.reset_index(drop=True) for part in where], axis=1)
        whole = "" if node.whole is None else node.whole.measure
        most = self.most.get(number)
        part, of = self.halves.get(number, (NO_CELL, NO_CELL))
        return rows.assign(
            **node.term._asdict(),
            **{name: getattr(node, name)[chosen] for name in ("value", "lower", "upper", "marked", "exact")},
            kind=node.kind,
            whole=whole,
            public=node.term.measure in self.public and node.kind in {TERM, REST},
            most=np.nan if most is None else most[chosen],
            part=part if isinstance(part, int) or len(part) == len(area) else NO_CELL,
            of=of if isinstance(of, int) or len(of) == len(area) else NO_CELL,
        )


TOLERANCE = 1e-6
"""Counts that differ by less are the same."""


def _exists(areas: AreaTree, node: Node) -> NDArray[np.bool_]:
    ends = node.periods["period_end"].to_numpy()
    first, last = (areas.places[name].to_numpy()[:, np.newaxis] for name in ("valid_from", "valid_to"))
    return np.asarray((first <= ends) & (ends <= last))


def _same_periods(one: pd.DataFrame, other: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Find the periods that two nodes share: their numbers in each."""
    place = {key: number for number, key in enumerate(_keys(other))}
    pairs = [(number, place[key]) for number, key in enumerate(_keys(one)) if key in place]
    mine, theirs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return mine, theirs


def _keys(periods: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return periods[PERIOD].astype(object).itertuples(index=False, name=None)
