"""Sums that must hold: women and men are all, the ages are all, the areas are the total; and which number breaks them.

A sum is compared by bounds, so that rounded and hidden parts break it only where no numbers within their bounds add up.
Where one number stands in several broken sums and one other value of it would mend them all, that number is named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import SEXES, tile
from sozialanalyse.loading.totals import AREAS, CELL
from sozialanalyse.quality.panels import ABSENT, Panel

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from numpy.typing import NDArray

    from sozialanalyse.amounts import Cell
    from sozialanalyse.areas import AreaTree

SEX_SUM, AGE_SUM, AREA_SUM = "sexes", "ages", "areas"
"""Of what a total is the sum."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A sum that does not hold.

    Parameters
    ----------
    of
        :data:`SEX_SUM`, :data:`AGE_SUM` or :data:`AREA_SUM`.
    total
        Row number of the total in the frame of counts.
    parts
        Row numbers of its parts; empty where they are themselves sums.
    stated, added
        The total as delivered and the sum of the parts; where some are hidden, the sum within their bounds that comes nearest.
    usually_holds
        Share of the other sums of this kind and measure that hold.
    """

    of: str
    total: int
    parts: tuple[int, ...]
    stated: float
    added: float
    usually_holds: float

    @property
    def gap(self) -> float:
        """Total minus parts."""
        return self.stated - self.added


@dataclass(frozen=True, slots=True)
class Suspect:
    """A number that alone explains several broken sums, and the value that would mend them."""

    row: int
    proposed: float
    sums: tuple[Broken, ...]


def broken_sums(counts: pd.DataFrame, gaps: pd.DataFrame, areas: AreaTree, panels: list[Panel]) -> list[Broken]:
    """Find all sums that do not hold: of sexes and ages in the panels, of areas in the gaps found while loading."""
    within = [broken for panel in panels for broken in _within_areas(panel, counts)]
    return [*within, *_between_areas(counts, gaps[gaps["of"] == AREAS], areas)]


def borne_out(counts: pd.DataFrame, areas: AreaTree, broken: list[Broken]) -> NDArray[np.bool_]:
    """Say of each count whether the total of the larger area bears it out: delivered, and equal to the sum of its areas.

    A slip made after that sum was drawn would break it; so a count that jumps but is borne out has most likely changed.
    """
    known = counts[counts["value"].notna()]
    parent = known["area"].map(areas.frame.set_index("area")["parent"])
    cell = known.groupby(CELL, observed=True, sort=False).ngroup()
    totals = pd.MultiIndex.from_arrays([known["area"], cell])
    sums = pd.MultiIndex.from_arrays([parent, cell])
    siblings = pd.Series(1, index=known.index).groupby([parent, known["period_end"], cell]).transform("size")
    all_there = siblings.to_numpy() == _children(parent, known["period_end"], areas)
    wrong = {row for one in broken for row in (one.total, *one.parts) if one.of == AREA_SUM}
    borne = np.zeros(len(counts), dtype=bool)
    borne[known.index] = sums.isin(totals) & all_there & ~known.index.isin(list(wrong))
    return borne


def _children(parent: pd.Series, end: pd.Series, areas: AreaTree) -> NDArray[np.float64]:
    """Count the areas right below each area that existed at a date."""
    grid = areas.frame[["parent", "valid_from", "valid_to"]].merge(end.drop_duplicates().to_frame("end"), how="cross")
    exists = (grid["valid_from"] <= grid["end"]) & (grid["end"] <= grid["valid_to"])
    number = grid[exists].groupby(["parent", "end"]).size()
    return np.asarray(number.reindex(pd.MultiIndex.from_arrays([parent, end])), dtype=np.float64)


def _within_areas(panel: Panel, counts: pd.DataFrame) -> Iterator[Broken]:
    """Compare each cell with the other cells of the same area that make it up."""
    cells = _cells_of(panel, counts)
    if len(cells) < 2:
        return
    grid = np.full((len(set(panel.area)), len(cells), len(panel.periods)), ABSENT, dtype=np.int64)
    _, area = np.unique(panel.area.astype(str), return_inverse=True)
    grid[area, panel.cell] = panel.row
    lower, upper = _bounds(grid, counts)
    for of, total, parts in sums_of_cells(cells):
        rows = grid[:, [total, *parts]]
        there = (rows != ABSENT).all(axis=1)
        low, high = lower[:, parts].sum(axis=1), upper[:, parts].sum(axis=1)
        wrong = there & ((high < lower[:, total]) | (low > upper[:, total]))
        holds = _others_that_hold(int(wrong.sum()), int(there.sum()))
        for where, period in zip(*np.nonzero(wrong), strict=True):
            numbers = rows[where, :, period]
            values = counts["value"].to_numpy()[numbers]
            known = values[1:].sum()
            nearest = np.clip(values[0], low[where, period], high[where, period])
            added = float(nearest if np.isnan(known) else known)
            if not np.isnan(values[0]):
                yield Broken(of, int(numbers[0]), tuple(numbers[1:].tolist()), float(values[0]), added, holds)


def _cells_of(panel: Panel, counts: pd.DataFrame) -> list[Cell]:
    """List sex and ages by the number of the cell."""
    some = panel.row.max(axis=1)
    frame = counts.loc[some, ["sex", "age_from", "age_to"]].assign(cell=panel.cell).drop_duplicates("cell")
    return [
        (str(sex), int(first), int(last))
        for sex, first, last, _ in frame.sort_values("cell").itertuples(index=False, name=None)
    ]


def _bounds(grid: np.ndarray, counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of each count of a grid of row numbers; from nothing to anything where a bound is not known."""
    lower = np.nan_to_num(counts["lower"].to_numpy(dtype=np.float64), nan=0.0)
    upper = np.nan_to_num(counts["upper"].to_numpy(dtype=np.float64), nan=np.inf)
    return lower[grid], upper[grid]


def sums_of_cells(cells: list[Cell]) -> list[tuple[str, int, list[int]]]:
    """List which cells are sums of others: all of the sexes, and each age group of the finer ones.

    Examples
    --------
    >>> sums_of_cells([("all", 0, 999), ("female", 0, 999), ("male", 0, 999), ("all", 0, 64), ("all", 65, 999)])
    [('sexes', 0, [1, 2]), ('ages', 0, [3, 4])]
    """
    place = {cell: number for number, cell in enumerate(cells)}
    found: list[tuple[str, int, list[int]]] = []
    for number, (sex, first, last) in enumerate(cells):
        parts = [place[part, first, last] for part in SEXES[1:] if (part, first, last) in place]
        if sex == SEXES[0] and ("female", first, last) in place and ("male", first, last) in place:
            found.append((SEX_SUM, number, parts))
        same = [other for other, cell in enumerate(cells) if cell[0] == sex and other != number]
        picked = tile([("one", *cells[other][1:]) for other in same], ("one", first, last))
        if picked:
            found.append((AGE_SUM, number, [same[position] for position in picked]))
    return found


def _between_areas(counts: pd.DataFrame, gaps: pd.DataFrame, areas: AreaTree) -> Iterator[Broken]:
    """Find the rows of the gaps between totals and areas."""
    if gaps.empty:
        return
    concerned = counts[counts["measure"].isin(gaps["measure"].unique())]
    number = {key: row for row, key in zip(concerned.index, _keys(concerned), strict=True)}
    level = areas.frame.set_index("area")["level"]
    inner = concerned[concerned["area"].map(level) != areas.levels[0]]
    compared = inner.groupby(["measure", inner["area"].map(level)], observed=True).size()
    odd = gaps.groupby(["measure", gaps["area"].map(level)], observed=True).size()
    children = areas.frame.groupby("parent")["area"].agg(list)
    for key, gap in zip(_keys(gaps), gaps.to_dict("records"), strict=True):
        below = (number.get((child, *key[1:])) for child in children.get(gap["area"], []))
        parts = tuple(row for row in below if row is not None)
        same = gap["measure"], level[gap["area"]]
        usual = _others_that_hold(int(odd[same]), int(compared[same]))
        stated, added = _nearest(gap)
        yield Broken(AREA_SUM, number[key], parts, stated, added, usual)


def _nearest(gap: dict[Hashable, Any]) -> tuple[float, float]:
    """Total and sum of the parts; what is hidden of them as near to the other as its bounds allow."""
    least = gap["lower"] if gap["lower"] > 0 else gap["upper"]
    if np.isnan(gap["total"]):
        return gap["parts"] + least, gap["parts"]
    return gap["total"], gap["parts"] if not np.isnan(gap["parts"]) else gap["total"] - least


def _others_that_hold(broken: int, compared: int) -> float:
    """Share of the other sums of the same kind that hold; 0 where there are no others."""
    return 1 - (broken - 1) / (compared - 1) if compared > 1 else 0.0


def _keys(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return frame[["area", *CELL]].astype(object).itertuples(index=False, name=None)


def suspects(broken: Iterable[Broken], values: np.ndarray) -> list[Suspect]:
    """Name the numbers that alone explain two or more broken sums; those that explain most come first.

    Parameters
    ----------
    broken
        Sums that do not hold.
    values
        All counts, by row number.
    """
    votes: dict[tuple[int, float], list[Broken]] = defaultdict(list)
    for one in broken:
        votes[one.total, values[one.total] - one.gap].append(one)
        for part in one.parts:
            votes[part, values[part] + one.gap].append(one)
    found: list[Suspect] = []
    explained: set[int] = set()
    for (row, proposed), sums in sorted(votes.items(), key=lambda item: (-len(item[1]), item[0])):
        left = [one for one in sums if id(one) not in explained]
        if len(left) >= 2 and proposed >= 0:  # that of a hidden number is not known
            found.append(Suspect(row, proposed, tuple(left)))
            explained.update(map(id, left))
    return found


def is_transposed(found: float, proposed: float) -> bool:
    """Say whether two numbers differ by two neighbouring digits that changed places.

    Examples
    --------
    >>> is_transposed(1324, 1234), is_transposed(1432, 1234)
    (True, False)
    """
    digits, others = f"{found:.0f}", f"{proposed:.0f}"
    if len(digits) != len(others):
        digits, others = digits.zfill(len(others)), others.zfill(len(digits))
    differ = [place for place, (one, other) in enumerate(zip(digits, others, strict=True)) if one != other]
    swapped = [(first, second) for first, second in pairwise(differ) if second == first + 1]
    return (
        len(differ) == 2
        and bool(swapped)
        and digits[differ[0]] + digits[differ[1]] == others[differ[1]] + others[differ[0]]
    )
