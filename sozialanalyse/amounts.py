"""Amounts: what a measure adds up to over ages and sexes, for each area and period, up the area tree.

Everything is added from counts, never from rates. Adding obeys the five states: a missing part makes the sum missing,
a suppressed part makes it suppressed with stated bounds; it is never silently a smaller sum. Where a delivery states
a total for an area, that total is used and not the sum of its parts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree

    Floats = NDArray[np.float64]

NUMBER, ZERO, MISSING, SUPPRESSED, NOT_APPLICABLE = STATES = (
    "number",
    "zero",
    "missing",
    "suppressed",
    "not_applicable",
)
SEXES = ("all", "female", "male", "diverse")
PERIOD = ["period_kind", "period_start", "period_end"]
VALUES = ["value", "lower", "upper", "status"]

Cell = tuple[str, int, int]
"""Sex, first and last age of one delivered count."""

_CODE = {state: code for code, state in enumerate(STATES)}
_ABSENT = -1
"""Code of a cell that stands in no delivery."""


class _Values(NamedTuple):
    """The columns :data:`VALUES` as arrays of one shape; states by their code."""

    value: Floats
    lower: Floats
    upper: Floats
    status: NDArray[np.int8]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Values:
        value, lower, upper = (rows[name].to_numpy(dtype=np.float64) for name in VALUES[:3])
        codes = pd.Categorical(rows["status"], categories=STATES).codes
        return cls(value, lower, upper, np.asarray(codes, dtype=np.int8))

    @classmethod
    def empty(cls, shape: tuple[int, ...], status: int) -> _Values:
        value, lower, upper = (np.full(shape, np.nan) for _ in VALUES[:3])
        return cls(value, lower, upper, np.full(shape, status, dtype=np.int8))

    def at(self, key: Any) -> _Values:
        """Pick some places, as an index of an array does."""
        return _Values(self.value[key], self.lower[key], self.upper[key], self.status[key])

    def put(self, key: Any, other: _Values) -> None:
        """Set some places to the other's values."""
        self.value[key], self.lower[key], self.upper[key] = other.value, other.lower, other.upper
        self.status[key] = other.status

    def columns(self) -> dict[str, Any]:
        """Write the states out again."""
        names = np.array(STATES, dtype=object)
        return {"value": self.value, "lower": self.lower, "upper": self.upper, "status": names[self.status]}


def _combine(parts: _Values, total: Callable[[NDArray[Any]], Floats]) -> _Values:
    """Add by the rules of the five states; ``total`` says which parts go into which sum.

    Parts that are not applicable add nothing. Bounds: a suppressed part adds its bounds; a missing one, or one that is
    suppressed without a stated upper bound, makes the upper bound unknown (NaN). Zero is only what cannot be more: a
    rounded 0 may stand for some, so it is a number. A sum without parts is absent.
    """
    missing, suppressed, inapplicable = (parts.status == _CODE[name] for name in (MISSING, SUPPRESSED, NOT_APPLICABLE))
    unbounded = (np.isnan(parts.upper) | missing) & ~inapplicable
    value, lower, upper = (total(np.nan_to_num(column)) for column in parts[:3])
    upper = np.where(total(unbounded) > 0, np.nan, upper)
    size = total(np.ones(parts.status.shape))
    conditions = {
        _ABSENT: size == 0,
        _CODE[MISSING]: total(missing) > 0,
        _CODE[SUPPRESSED]: total(suppressed) > 0,
        _CODE[NOT_APPLICABLE]: total(inapplicable) == size,
        _CODE[ZERO]: upper == 0,
    }
    status = np.select(list(conditions.values()), list(conditions), default=_CODE[NUMBER]).astype(np.int8)
    known = (status == _CODE[NUMBER]) | (status == _CODE[ZERO])
    return _Values(np.where(known, value, np.nan), lower, upper, status)


def add_up(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Add counts within groups, by the rules of the five states.

    Parts that are not applicable add nothing. Bounds: a suppressed part adds its bounds; a missing one, or one that is
    suppressed without a stated upper bound, makes the upper bound unknown (NaN).

    Parameters
    ----------
    rows
        Columns :data:`VALUES` and those of the groups.
    by
        Columns that say what belongs together.

    Returns
    -------
    pandas.DataFrame
        The columns of the groups and :data:`VALUES`, a row a group, sorted.
    """
    number, groups = _numbered(rows, by)
    sums = _combine(_Values.of(rows), partial(_sums, number=number, shape=(len(groups),)))
    return groups.assign(**sums.columns())


def _sums(column: NDArray[Any], number: Any, shape: tuple[int, ...]) -> Floats:
    """Add the entries of a column that bear the same number."""
    sums = np.zeros(shape)
    np.add.at(sums, number, column)
    return sums


def _numbered(rows: pd.DataFrame, by: list[str]) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """Number the groups of rows in sorted order, so that no result depends on the order of the rows."""
    grouped = rows.groupby(by, observed=True, sort=True)
    return np.asarray(grouped.ngroup(), dtype=np.intp), grouped.size().index.to_frame(index=False)


@dataclass(frozen=True, eq=False)
class Amounts:
    """An amount for each area and period.

    Parameters
    ----------
    areas
        The tree; its places (areas and groups) are the first axis of the arrays.
    periods
        Frame of the periods, sorted by their end; they are the second axis.
    value, lower, upper
        The count and its hard bounds; the value is NaN unless the state is number or zero.
    status
        One of :data:`STATES`; missing also where an area did not exist at the end of the period.
    """

    areas: AreaTree
    periods: pd.DataFrame
    value: Floats
    lower: Floats
    upper: Floats
    status: NDArray[np.object_]

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Whether the area existed at the end of the period."""
        return _exists(self.areas, self.periods)

    def is_delivered(self) -> NDArray[np.bool_]:
        """Whether any area has more than a gap, for each period."""
        return np.asarray((self.status != MISSING).any(axis=0))


class Delivery:
    """All counts of one measure, laid out by area, period and cell.

    Parameters
    ----------
    rows
        Frame of the measure's counts (see :mod:`sozialanalyse.loading`).
    areas
        The tree to roll up.
    """

    def __init__(self, rows: pd.DataFrame, areas: AreaTree) -> None:
        self.areas = areas
        period, periods = _numbered(rows, PERIOD[::-1])
        cell, cells = _numbered(rows, ["sex", "age_from", "age_to"])
        self.periods = periods[PERIOD]
        self.cells: list[Cell] = [
            (str(sex), int(first), int(last)) for sex, first, last in cells.itertuples(index=False)
        ]
        area = pd.Index(areas.places["area"]).get_indexer(rows["area"])
        assert (area >= 0).all(), "counts of areas that are not in the tree"
        self._values = _Values.empty((len(areas.places), len(periods), len(cells)), _ABSENT)
        self._values.put((area, period, cell), _Values.of(rows))

    @cached_property
    def _patterns(self) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        """Which cells are named and which delivered: the distinct patterns, and the one of each area and period."""
        status = self._values.status
        state = np.where(status == _ABSENT, 0, np.where(status == _CODE[MISSING], _NAMED, _DELIVERED)).astype(np.int8)
        patterns, number = np.unique(state.reshape(-1, len(self.cells)), axis=0, return_inverse=True)
        return patterns, number.reshape(status.shape[:2])

    def amounts(self, wanted: Cell) -> Amounts | None:
        """Add what makes up the wanted sex and ages, and roll it up the tree; None where nothing makes them up.

        Which counts are delivered may differ between areas and periods (only a total here, age groups there), so each
        pattern of delivered cells is looked at once.
        """
        patterns, number = self._patterns
        chosen = np.zeros(patterns.shape, dtype=bool)
        for pattern, row in zip(patterns, chosen, strict=True):
            row[_choose(pattern, self.cells, wanted)] = True
        if not chosen.any():
            return None
        taken = chosen[number]
        own = _combine(self._values, lambda column: np.where(taken, column, 0).sum(axis=-1, dtype=np.float64))
        _roll_up(own, self.areas, _exists(self.areas, self.periods))
        return Amounts(self.areas, self.periods, **own.columns())

    def totals_and_parts(self, whole: Cell) -> pd.DataFrame:
        """Set each delivered total beside the sum of the other delivered cells that make it up, where they do.

        ``area``, period columns, and :data:`VALUES` twice: with the suffixes ``_total`` and ``_parts``.
        """
        if whole not in self.cells:
            return pd.DataFrame()
        total = self.cells.index(whole)
        patterns, number = self._patterns
        chosen = np.zeros(patterns.shape, dtype=bool)
        for pattern, row in zip(patterns, chosen, strict=True):
            others = np.where(np.arange(len(pattern)) == total, 0, pattern)
            picked = _choose(others, self.cells, whole) if pattern[total] == _DELIVERED else []
            row[picked] = bool((pattern[picked] == _DELIVERED).all())
        taken = chosen[number]
        area, period = np.nonzero(taken.any(axis=-1))
        parts = _combine(self._values, lambda column: np.where(taken, column, 0).sum(axis=-1, dtype=np.float64))
        where = self.areas.places[["area"]].take(area), self.periods.take(period)
        both = {"total": self._values.at((area, period, total)), "parts": parts.at((area, period))}
        columns = {f"{name}_{part}": values for part, of in both.items() for name, values in of.columns().items()}
        return pd.concat([part.reset_index(drop=True) for part in where], axis=1).assign(**columns)


_NAMED, _DELIVERED = 1, 2
"""State of a cell that stands in a delivery without a count (missing), and with one (hidden ones included)."""


def _choose(pattern: NDArray[np.int8], cells: Sequence[Cell], wanted: Cell) -> list[int]:
    """Choose the cells to add: delivered ones if they suffice, else those that at least say what is missing.

    A sex that the area names at this date, be it as missing, belongs to every sum of all sexes. One that it never names
    is taken to be counted among the others.
    """
    named = {cells[column][0] for column in np.flatnonzero(pattern).tolist()}
    for least in (_DELIVERED, _NAMED):
        columns = np.flatnonzero(pattern >= least).tolist()
        if picked := tile([cells[column] for column in columns], wanted, named):
            return [columns[position] for position in picked]
    return []


def tile(cells: Sequence[Cell], wanted: Cell, named: Container[str] = ()) -> list[int]:
    """Find the fewest delivered cells that make up the wanted one exactly.

    Parameters
    ----------
    cells
        What is delivered: sex, first and last age.
    wanted
        What is asked for. For ``all`` sexes the single sexes are taken where no total is delivered.
    named
        Sexes that belong to ``all`` though none of the cells may be theirs; those of the cells always do. Female and
        male are always needed; ``diverse`` only where it is named: else they are taken to be counted among the two.

    Returns
    -------
    list of int
        Positions in ``cells``; empty where the cells do not make up the wanted one.

    Examples
    --------
    >>> tile([("all", 0, 64), ("all", 65, 74), ("all", 75, 999)], ("all", 65, 999))
    [1, 2]
    """
    sex, first, last = wanted
    whole = _path([(*cell, number) for number, cell in enumerate(cells) if cell[0] == sex], first, last)
    if whole or sex != "all":
        return whole
    present = {"female", "male", *(cell[0] for cell in cells)}
    parts = [tile(cells, (part, first, last)) for part in SEXES[1:] if part in present or part in named]
    return sorted(position for part in parts for position in part) if all(parts) else []


def _path(groups: Sequence[tuple[str, int, int, int]], first: int, last: int) -> list[int]:
    """Shortest chain of age groups from the first age to the last, by breadth-first search."""
    queue: deque[tuple[int, list[int]]] = deque([(first, [])])
    seen = {first}
    while queue:
        age, path = queue.popleft()
        for _, start, end, number in groups:
            if start != age or end > last or end + 1 in seen:
                continue
            if end == last:
                return [*path, number]
            seen.add(end + 1)
            queue.append((end + 1, [*path, number]))
    return []


def _exists(areas: AreaTree, periods: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell for each area and period whether the area existed at the period's end."""
    ends = periods["period_end"].to_numpy()
    first, last = (areas.places[name].to_numpy()[:, np.newaxis] for name in ("valid_from", "valid_to"))
    return np.asarray((first <= ends) & (ends <= last))


def _roll_up(amounts: _Values, areas: AreaTree, exists: NDArray[np.bool_]) -> None:
    """Fill the area tree: delivered where an area's own count is delivered, otherwise the sum of the areas below.

    A group beside the tree is the sum of the areas that make it up.
    """
    nothing = ~exists | (amounts.status == _ABSENT)
    amounts.put(nothing, _Values.empty((), _CODE[MISSING]))
    level = areas.places["level"].to_numpy()
    for parents, larger in areas.hierarchies:
        for name in larger:
            below = (parents >= 0) & (level[parents] == name)
            part, period = np.nonzero(exists & below[:, np.newaxis])
            into = partial(_sums, number=(parents[part], period), shape=exists.shape)
            sums = _combine(amounts.at((part, period)), into)
            is_open = exists & (amounts.status == _CODE[MISSING]) & (sums.status != _ABSENT)
            amounts.put(is_open, sums.at(is_open))


class Deliveries:
    """The counts of all measures, each laid out when it is first asked for and only once.

    Parameters
    ----------
    counts
        Frame of counts (see :mod:`sozialanalyse.loading`).
    areas
        The tree to roll up.
    """

    def __init__(self, counts: pd.DataFrame, areas: AreaTree) -> None:
        self.areas = areas
        self.rows = {str(name): rows for name, rows in counts.groupby("measure", observed=True)}
        self._nothing = counts.head(0)
        self._laid_out: dict[str, Delivery] = {}

    def __getitem__(self, measure: str) -> Delivery:
        if measure not in self._laid_out:
            self._laid_out[measure] = Delivery(self.rows[measure], self.areas)
        return self._laid_out[measure]

    def amount_by_area(self, measure: str, cell: Cell) -> pd.DataFrame:
        """Compute an amount for every area and period of a measure, as :func:`amount_by_area` does."""
        amounts = self[measure].amounts(cell) if measure in self.rows else None
        if amounts is None:
            rows = self.rows.get(measure, self._nothing)
            return rows.assign(level="")[["area", "level", *PERIOD, *VALUES]].head(0)
        area, period = np.nonzero(amounts.exists)
        where = amounts.areas.places[["area", "level"]].take(area), amounts.periods.take(period)
        frame = pd.concat([part.reset_index(drop=True) for part in where], axis=1)
        return frame.assign(**{name: getattr(amounts, name)[area, period] for name in VALUES})


def amount_by_area(counts: pd.DataFrame, cell: Cell, measure: str, areas: AreaTree) -> pd.DataFrame:
    """Compute an amount for every area and period of a measure.

    Parameters
    ----------
    counts
        Frame of counts (see :mod:`sozialanalyse.loading`).
    cell
        Sex, first and last age wanted.
    measure
        Id of the measure.
    areas
        The tree to roll up.

    Returns
    -------
    pandas.DataFrame
        ``area, level, period_kind, period_start, period_end, value, lower, upper, status``, a row for each area that
        existed at the end of the period; empty where no delivered age groups make up the wanted ages.
    """
    return Deliveries(counts[counts["measure"] == measure], areas).amount_by_area(measure, cell)
