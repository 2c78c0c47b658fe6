"""Finding the area that a row speaks of: by its id, by its name, as a total, or as one that belongs to no area.

A name that stands on two levels (Harburg is a Bezirk and a Stadtteil of it) is told apart only by what the mapping says:
a level, the order of the rows, or a column with the area above. Otherwise it is a fault that names the candidates.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sozialanalyse.errors import nearest
from sozialanalyse.loading.columns import padded, taken_from
from sozialanalyse.loading.mapping import spelling
from sozialanalyse.periods import PERIOD_KINDS, parse_period

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.loading.mapping import Mapping, TakenArea

UNKNOWN, AMBIGUOUS = "name", "ambiguous"
"""What is wrong with a name: there is none like it, or several areas bear it."""


class Found(NamedTuple):
    """What a row speaks of.

    ``area`` is the id (the text as it stands where there is a problem), empty where the row is of no area; then
    ``label`` is what stands there. ``area_problem``: :data:`UNKNOWN`, :data:`AMBIGUOUS` or nothing; ``candidates``: the
    areas that may be meant.
    """

    area: str
    label: str = ""
    area_problem: str = ""
    candidates: str = ""


class Candidate(NamedTuple):
    """An area that bears a name."""

    area: str
    level: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Gazetteer:
    """The areas of a tree by their names."""

    areas: AreaTree

    @cached_property
    def _by_name(self) -> dict[str, list[Candidate]]:
        names: dict[str, list[Candidate]] = defaultdict(list)
        columns = self.areas.frame[["area", "name", "level", "valid_from", "valid_to"]]
        for area, name, level, first, last in columns.itertuples(index=False, name=None):
            names[spelling(name)].append(Candidate(area, level, first.date(), last.date()))
        return dict(names)

    def named(self, text: str, level: str | None) -> list[Candidate]:
        """Areas of a name; capitals and blanks make no difference."""
        return [found for found in self._by_name.get(spelling(text), []) if level in (None, found.level)]

    def near(self, text: str) -> str:
        """Names most like a text."""
        return nearest(text, self.areas.frame["name"].unique().tolist())

    def lies_within(self, area: str, text: str) -> bool:
        """Tell whether an area lies in one of this name or id, at whatever level."""
        above = self.areas.parent(area)
        while above and text not in (above, self.areas.name(above)):
            above = self.areas.parent(above)
        return bool(above)


def find_areas(rows: pd.DataFrame, periods: pd.Series, mapping: Mapping, gazetteer: Gazetteer) -> pd.DataFrame:
    """Find the area of each row.

    Parameters
    ----------
    rows
        Rows of one raw table that one entry of the mapping takes, in the order of the file.
    periods
        Period of each row, as text.
    mapping
        What the planner declared.
    gazetteer
        The table of areas.

    Returns
    -------
    pandas.DataFrame
        Text columns ``area, label, area_problem, candidates`` (see :class:`Found`) with the index of the rows.
    """
    text = taken_from(rows, mapping.area)
    labels = _labels_of(mapping)
    said = {one: _said_of(one, mapping.area_names, labels) for one in text.unique()}
    result = [said[one] for one in text]
    if mapping.area.by == "id":
        ids = padded(text, mapping.area.width)
        result = [one or Found(area) for one, area in zip(result, ids, strict=True)]
    else:
        is_open = pd.Series([one is None for one in result], index=rows.index, dtype=bool)
        named = _find_named(rows[is_open], text[is_open], periods[is_open], mapping.area, gazetteer)
        result = [one or named[row] for one, row in zip(result, rows.index, strict=True)]
    return pd.DataFrame(result, columns=list(Found._fields), index=rows.index, dtype=object)


def are_areas(text: pd.Series, mapping: Mapping) -> pd.Series:
    """Tell which texts are ids of the declared form, or named by the mapping itself."""
    labels = _labels_of(mapping)
    said = {one: _said_of(one, mapping.area_names, labels) is not None for one in text.unique()}
    return text.str.fullmatch(mapping.area.matching or ".*") | text.map(said).astype(bool)


def _labels_of(mapping: Mapping) -> dict[str, Found]:
    """What the mapping says of rows of totals and of no area, by their spelling."""
    unassigned = {spelling(text): Found("", text) for text in mapping.unassigned}
    return {**unassigned, **{spelling(text): Found(area) for area, texts in mapping.totals.items() for text in texts}}


def _said_of(text: str, names: dict[str, str], labels: dict[str, Found]) -> Found | None:
    """What the mapping itself says of a text; None where the area has to be found."""
    if text in names:
        return Found(names[text])
    return labels.get(spelling(text))


def _find_named(
    rows: pd.DataFrame, text: pd.Series, periods: pd.Series, taken: TakenArea, gazetteer: Gazetteer
) -> dict[int, Found]:
    """Find the areas of names; rows of one name, period and area above belong together."""
    within = rows[taken.within] if taken.within else pd.Series("", index=rows.index, dtype=object)
    found: dict[int, Found] = {}
    for key, group in text.groupby([text, periods, within], sort=False):
        name, period, above = map(str, key)
        candidates = gazetteer.named(name, taken.level)
        fitting = [one for one in candidates if not taken.within or gazetteer.lies_within(one.area, above)]
        fitting = fitting if len(fitting) <= 1 else _existing(fitting, period)
        areas = _in_order(fitting, taken.order, len(group))
        problem = AMBIGUOUS if candidates else UNKNOWN
        hint = ", ".join(f"{one.area} ({one.level})" for one in candidates) or gazetteer.near(name)
        each_row = [Found(area) for area in areas] or [Found(name, "", problem, hint)] * len(group)
        found.update(zip(group.index, each_row, strict=True))
    return found


def _existing(candidates: list[Candidate], period: str) -> list[Candidate]:
    """Keep those that existed at the end of the period, where that can be read."""
    date = _end_of(period)
    return [one for one in candidates if date is None or one.first <= date <= one.last]


def _in_order(candidates: list[Candidate], order: tuple[str, ...], count: int) -> list[str]:
    """Ids for so many rows of one name: all of the only candidate, or one of each level in the declared order."""
    if len(candidates) == 1:
        return [candidates[0].area] * count
    ordered = [one.area for level in order for one in candidates if one.level == level]
    is_one_each = len({one.level for one in candidates}) == len(candidates) == len(ordered) == count
    return ordered if is_one_each else []


def _end_of(period: str) -> dt.date | None:
    for kind in PERIOD_KINDS:
        try:
            return parse_period(period, kind).end  # type: ignore[arg-type]  # all kinds are tried
        except ValueError:
            continue
    return None
