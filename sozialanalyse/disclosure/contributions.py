"""What each contributor brings to amounts, from a table beside the rules; dominance and p-percent are judged by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import PERIOD
from sozialanalyse.disclosure.amounts import Contributions
from sozialanalyse.disclosure.nodes import TERM
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.counts import PLAIN_NUMBER, completed, parse_counts
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.deliveries import read_table
from sozialanalyse.loading.raw_folder import RawFolder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.disclosure.rules import Rule, Rules

GIVEN = ["area", "period", "measure", "sex", "age", "contributor", "value"]
CELL = ["measure", "sex", "age_from", "age_to", *PERIOD]

MESSAGES = {
    "columns": "the columns {missing} are missing; a table of contributions has: {columns}",
    "area": "area '{found}' is not in the table of areas",
    "measure": "measure '{found}' is not in the catalogue",
    "period": "'{found}' is no period of this measure; a stock needs a date (2011-12-31), a flow a span (2011, 2011/12)",
    "age": "'{found}' is no age group; write 0-14 or 65+",
    "contributor": "the contributor is not named; write an id, the same for the same contributor",
    "value": "'{found}' is no amount; write a number like 1234.5, not below 0",
    "sum": "the contributions to {measure}, {period_end:%Y-%m-%d}, add up to {found:g}, but {value:g} was delivered; who brings the rest?",
}

TOLERANCE = 1e-6
"""Share of an amount that its contributions may miss, for amounts are rounded when they are written down."""


@dataclass(frozen=True, eq=False)
class Contributed:
    """The tables of contributions that rules name, by their file. They stay within the gate: no Release holds any of it."""

    areas: AreaTree
    tables: Mapping[str, pd.DataFrame]

    def to(self, cells: pd.DataFrame, rule: Rule) -> Contributions | None:
        """Say who brings what to some cells of one measure; None where the rule names no table, or hides nothing.

        Raises
        ------
        DataError
            As of :func:`contributions_to`.
        """
        if rule.contributions is None or rule.is_open:
            return None
        return contributions_to(cells, self.tables[rule.contributions], self.areas, rule.contributions)


def read_contributed(
    rules: Rules, measures: Collection[str], audience: str, folder: Path, areas: AreaTree, catalogue: Catalogue
) -> Contributed:
    """Read every table of contributions that the rules of some measures name.

    Raises
    ------
    DataError
        With all faults of all tables at once, each with its line.
    """
    concerning = [rules.of(measure, audience) for measure in measures]
    named = {rule.contributions for rule in concerning if rule.contributions is not None and not rule.is_open}
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for file in sorted(named):
        try:
            tables[file] = read_contributions(file, folder, areas, catalogue)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError(faults)
    return Contributed(areas, tables)


def read_contributions(file: str, folder: Path, areas: AreaTree, catalogue: Catalogue) -> pd.DataFrame:
    """Read a table of contributions.

    Parameters
    ----------
    file, folder
        Name of the table and the town folder.
    areas, catalogue
        What the town declares.

    Returns
    -------
    pandas.DataFrame
        ``area, measure, sex, age_from, age_to,`` period columns, ``contributor, amount``.

    Raises
    ------
    DataError
        With all faults at once, each with its line.
    """
    text = read_table(file, RawFolder(folder)).fillna("")
    if missing := [name for name in GIVEN if name not in text]:
        values = {"missing": ", ".join(missing), "columns": ", ".join(GIVEN)}
        raise DataError(Fault(MESSAGES["columns"], values, Place(file)))
    text = completed(text.assign(plain=text["value"], status="", source="", file=file))
    typed = parse_counts(text, catalogue).assign(contributor=text["contributor"])
    if faults := list(_faults(text, typed, areas, file)):
        raise DataError(faults)
    return typed[["area", *CELL, "contributor"]].assign(amount=typed["value"])


def contributions_to(cells: pd.DataFrame, given: pd.DataFrame, areas: AreaTree, file: str) -> Contributions:
    """Say who brings what to each of some cells.

    Parameters
    ----------
    cells
        ``area, value, kind`` and the columns that name a cell, in any order; the contributions count from 0 in this one. Only of
        cells that are delivered (terms) it can be known who brings them.
    given
        See :func:`read_contributions`; what an area gets goes to all areas above it and its groups too.
    areas
        The area tree.
    file
        Name of the table, for messages.

    Raises
    ------
    DataError
        Where contributions do not add up to the amount that was delivered: with some unknown none can be judged.
    """
    is_term = (cells["kind"] == TERM).to_numpy()
    place = cells[["area", *CELL]].astype(object).assign(cell=np.arange(len(cells)))[is_term]
    lines = [given.assign(area=given["area"].map(areas.ancestors_at(level))) for level in areas.all_levels]
    every = pd.concat(lines).dropna(subset="area").astype(dict.fromkeys(["area", *CELL], object))
    found = place.merge(every, on=["area", *CELL]).groupby(["cell", "contributor"], as_index=False)["amount"].sum()
    contributions = Contributions(found["amount"].to_numpy(np.float64), found["cell"].to_numpy(np.intp))
    total = np.bincount(contributions.cell, contributions.amount, minlength=len(cells))
    off = is_term & (np.abs(total - cells["value"].to_numpy(np.float64)) > TOLERANCE * np.maximum(total, 1.0))
    if off.any():
        raise DataError(
            Fault(
                MESSAGES["sum"],
                {
                    "measure": row["measure"],
                    "period_end": row["period_end"],
                    "found": total[cell],
                    "value": row["value"],
                },
                Place(file, area=str(row["area"])),
            )
            for cell, row in zip(np.flatnonzero(off), cells[off].to_dict("records"), strict=True)
        )
    return contributions


def _faults(text: pd.DataFrame, typed: pd.DataFrame, areas: AreaTree, file: str) -> Iterator[Fault]:
    """List what cannot be read, line by line."""
    wrong = {
        "area": ~text["area"].isin(areas.frame["area"]),
        "measure": typed["period_kind"].isna(),
        "period": typed["period_end"].isna() & typed["period_kind"].notna(),
        "age": typed["age_from"] < 0,
        "contributor": text["contributor"].str.strip() == "",
        "value": ~text["value"].map(lambda value: bool(PLAIN_NUMBER.fullmatch(value)))
        | text["value"].str.startswith("-"),
    }
    for name, rows in wrong.items():
        for row in text[rows].to_dict("records"):
            yield Fault(MESSAGES[name], {"found": row[name]}, Place(file, int(row[FILE_ROW]), name))
