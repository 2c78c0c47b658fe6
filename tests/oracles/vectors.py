"""Reading of vectors: a folder with ``inputs.csv`` and ``expected.csv`` becomes calls with the values they should give."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Floats = np.ndarray[Any, np.dtype[np.float64]]

Row = dict[str, str]

CHANGED = re.compile(r"(?P<dataset>.+) with (?P<column>\w+)\[(?P<row>\d+)\]=(?P<value>.+)")
"""A data set with one changed cell: ``dsrA with pop[1]=0``; rows are counted from 1."""

SINGLE = re.compile(r"\w+=[^,=]+(,\w+=[^,=]+)*")
"""A data set of one row, written out: ``x=11,n=10``."""

MISSING = {"NA", "NaN"}


@dataclass(frozen=True)
class Expectation:
    """One value that a call should give."""

    key: dict[str, str]
    statistic: str
    number: float | None
    text: str
    relative: float
    absolute: float

    def holds(self, actual: Any) -> bool:
        """Tell whether a value is the expected one, within its tolerance."""
        if self.number is None:
            return isinstance(actual, str) and actual == self.text
        if isinstance(actual, str):
            return False
        given = float(actual)
        if math.isnan(self.number) or math.isinf(self.number):
            return given == self.number or (math.isnan(given) and math.isnan(self.number))
        return abs(given - self.number) <= self.absolute + self.relative * abs(self.number)


@dataclass(frozen=True)
class Call:
    """One call of a peer's function with what it should give."""

    case: str
    function: str
    options: dict[str, Any]
    dataset: str
    rows: list[Row]
    expectations: list[Expectation] = field(default_factory=list)
    siblings: dict[str, list[Row]] = field(default_factory=dict)  # every data set of the folder

    def numbers(self, *names: str, rows: list[Row] | None = None) -> Floats:
        """Return a column of numbers under whichever of the names the data set has; an empty cell is NaN."""
        chosen = self.rows if rows is None else rows
        name = next((name for name in names if any(row.get(name) for row in chosen)), None)
        if name is None:
            msg = f"none of the columns {', '.join(names)} in the data set {self.dataset!r}"
            raise LookupError(msg)
        return np.array([float(row[name]) if row[name] not in {"", *MISSING} else math.nan for row in chosen])

    def groups(self, *columns: str) -> dict[tuple[str, ...], list[Row]]:
        """Return the rows by the values of columns, in the order of their first row."""
        found = defaultdict(list)
        for row in self.rows:
            found[tuple(row.get(column, "") for column in columns)].append(row)
        return dict(found)

    def confidences(self, default: float = 0.95) -> list[float]:
        """Return the confidences as fractions: peers also write 95 and '95%', which our functions refuse."""
        given = self.options.get("confidence", default)
        levels = [float(str(level).rstrip("%")) for level in (given if isinstance(given, list) else [given])]
        return [level / 100 if level > 1 else level for level in levels]


def read(folder: Path) -> list[Call]:
    """Read all calls of a folder, in the order of their first expected value."""
    datasets: dict[str, list[Row]] = defaultdict(list)
    if (folder / "inputs.csv").is_file():
        for row in _rows(folder / "inputs.csv"):
            datasets[row["dataset_id"]].append(row)
    calls: dict[str, Call] = {}
    for row in _rows(folder / "expected.csv"):
        if row["case_id"] not in calls:
            options = json.loads(row["options"] or "{}")
            name = row["dataset_id"]
            inputs = _dataset(name, datasets)
            known = options if isinstance(options, dict) else {}
            calls[row["case_id"]] = Call(row["case_id"], row["function"], known, name, inputs, siblings=datasets)
        calls[row["case_id"]].expectations.append(_expectation(row))
    return list(calls.values())


def _dataset(name: str, datasets: dict[str, list[Row]]) -> list[Row]:
    if name in datasets:
        return datasets[name]
    if changed := CHANGED.fullmatch(name):
        rows = [dict(row) for row in datasets[changed["dataset"]]]
        rows[int(changed["row"]) - 1][changed["column"]] = changed["value"]
        return rows
    if SINGLE.fullmatch(name):
        return [dict(part.split("=") for part in name.split(","))]
    return []


def _expectation(row: Row) -> Expectation:
    text = row["expected"]
    number = None if text == "" else (math.nan if text in MISSING else float(text))
    key = dict(part.split("=", 1) for part in row["key"].split(";") if "=" in part)
    tolerances = (float(row[name]) if row[name] else 0.0 for name in ("rtol", "atol"))
    return Expectation(key, row["statistic"], number, row["expected_text"], *tolerances)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
