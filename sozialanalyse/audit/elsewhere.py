"""Elsewhere: what is known besides a release, from its earlier editions and from others who know some cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.audit.knowledge import (
    CELL,
    HIDDEN,
    PUBLIC,
    PUBLISHED,
    UNASSIGNED,
    Knowledge,
    read_cells,
    read_knowledge,
)

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.audit.relations import Relations

_TABLE = ["measure", "period_start", "period_end"]


@dataclass(frozen=True, eq=False)
class Pinned:
    """Cells that are hidden now and known from elsewhere.

    Parameters
    ----------
    cells
        Columns of :data:`.CELL` and ``least, greatest``.
    is_disclosed
        Whether the same publisher gave them away, so that knowing them is a disclosure; else it is what somebody knows
        anyway, and only what follows from it counts.
    """

    cells: pd.DataFrame
    is_disclosed: bool


@dataclass(frozen=True, eq=False)
class Merged:
    """A release with what is known from elsewhere.

    Parameters
    ----------
    knowledge
        The release, and as public cells what it does not have.
    pinned
        Its hidden cells that are known from elsewhere.
    revised
        Tables of an earlier edition whose values were revised since; they say nothing certain of today's.
    """

    knowledge: Knowledge
    pinned: tuple[Pinned, ...]
    revised: tuple[str, ...]


def merge(known: Knowledge, tables: list[Path], earlier: list[Path]) -> Merged:
    """Add what is known from elsewhere to a release.

    Parameters
    ----------
    known
        The release.
    tables
        Cells that somebody knows, in the format of ``cells.csv``.
    earlier
        Folders of earlier editions.

    Raises
    ------
    DataError
        When a file is missing or not as agreed.
    """
    pinned: list[Pinned] = []
    revised: list[str] = []
    merged = known
    for folder in earlier:
        merged, also, changed = _with_edition(merged, known, read_knowledge(folder))
        pinned.append(also)
        revised += [f"{folder.name}: {line}" for line in changed]
    for path in tables:
        cells = read_cells(path)
        cells = cells[cells["value"].notna() | cells["least"].notna() | cells["greatest"].notna()]
        merged = _with_cells(merged, cells[cells["value"].notna()])
        pinned.append(Pinned(_hidden_now(known.cells, cells), is_disclosed=False))
    return Merged(merged, tuple(pinned), tuple(revised))


def since(known: Knowledge, before: Knowledge) -> tuple[Knowledge, Pinned]:
    """Turn time round: an earlier edition, with what the present one adds to it.

    Parameters
    ----------
    known
        The release.
    before
        The earlier edition.

    Returns
    -------
    tuple
        The earlier edition with the cells that it does not have, and its hidden ones that are published now.
    """
    merged, pinned, _ = _with_edition(before, before, known)
    return merged, pinned


def _with_edition(merged: Knowledge, known: Knowledge, other: Knowledge) -> tuple[Knowledge, Pinned, list[str]]:
    """Add what another edition shows to a release; tables that were revised between them are left out."""
    shown = other.cells[other.cells["state"].isin([PUBLISHED, PUBLIC])]
    same, changed = _without_revised(known.cells, shown)
    pinned = Pinned(_hidden_now(known.cells, same), is_disclosed=True)
    return _with_areas(_with_cells(merged, same), other), pinned, changed


def pin(relations: Relations, pinned: Pinned) -> None:
    """Learn cells that are known from elsewhere.

    Parameters
    ----------
    relations
        Changed in place.
    pinned
        The cells.
    """
    names = {
        (name.area, name.measure, *name.part, *name.time): number
        for number, name in relations.protected.items()
        if not name.rest_of
    }
    for row in pinned.cells.itertuples(index=False):
        cell: Any = row
        number = names.get(tuple(getattr(cell, column) for column in CELL))
        if number is None:
            continue
        relations.draft.narrow(number, cell.least, cell.greatest)
        if not pinned.is_disclosed and cell.least == cell.greatest:
            del relations.protected[number]


def _without_revised(now: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out the tables of which a published value is another one now."""
    both = before.merge(now[now["value"].notna()], on=list(CELL), suffixes=("", "_now"))
    changed = both[both["value"] != both["value_now"]]
    tables = changed.drop_duplicates(_TABLE)
    keys = set(zip(*(tables[name] for name in _TABLE), strict=True))
    is_revised = [key in keys for key in zip(*(before[name] for name in _TABLE), strict=True)]
    lines = [f"{measure} {end}" for measure, _, end in sorted(keys, key=str)]
    return before[~pd.Series(is_revised, index=before.index, dtype=bool)], lines


def _hidden_now(now: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Choose of what is known the cells that the release hides."""
    hidden = now.loc[now["state"] == HIDDEN, list(CELL)]
    found = known.merge(hidden, on=list(CELL))
    value = found["value"]
    return found.assign(
        least=value.where(value.notna(), found["least"].fillna(0.0)),
        greatest=value.where(value.notna(), found["greatest"].fillna(float("inf"))),
    )


def _with_cells(known: Knowledge, more: pd.DataFrame) -> Knowledge:
    """Add cells that a release does not have, as public ones; a total that was shown binds its parts today as well."""
    keys = set(zip(*(known.cells[name] for name in CELL), strict=True))
    is_new = [key not in keys for key in zip(*(more[name] for name in CELL), strict=True)]
    new = more[pd.Series(is_new, index=more.index, dtype=bool) & more["measure"].isin(known.measures)]
    new = new.assign(state=PUBLIC, cell=[f"elsewhere:{len(keys)}:{number}" for number in range(len(new))])
    if new.empty:
        return known
    return Knowledge(known.document, pd.concat([known.cells, new], ignore_index=True))


def _with_areas(known: Knowledge, before: Knowledge) -> Knowledge:
    """Add areas that only an earlier edition had, such as another grouping."""
    areas = set(known.areas)
    new = tuple(area for area in before.document.areas if area.id not in areas)
    document = known.document.model_copy(update={"areas": (*known.document.areas, *new)})
    named = {area.id for area in document.areas}
    kept = known.cells["area"].str.removeprefix(UNASSIGNED).isin(named)
    return Knowledge(document, known.cells[kept].reset_index(drop=True))
