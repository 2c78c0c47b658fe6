"""The same count delivered twice: said once, or revised by a later delivery, or a contradiction that must be settled.

Offices send a year again when they have mended it. Which of two different numbers holds is never guessed: the deliveries
say when they came (``delivered``), the later one is used, and what it replaced is kept to be shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialanalyse.amounts import NUMBER, ZERO
from sozialanalyse.errors import Fault, Place
from sozialanalyse.loading.checks import KEY
from sozialanalyse.loading.csv_files import FILE_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_REVISION = {"value": "float64", "status": "object", "file": "str", "row": "int64", "delivered": "datetime64[s]"}
"""What is told of both sides of a revision, with ``old_`` and ``new_`` before it, and its type."""

TYPES = {
    **dict.fromkeys(KEY, "object"),
    **dict.fromkeys(("period_start", "period_end"), "datetime64[s]"),
    **dict.fromkeys(("age_from", "age_to"), "float64"),
    "source": "str",
    **{f"{side}_{name}": kind for side in ("old", "new") for name, kind in OF_REVISION.items()},
    "difference": "float64",
}
COLUMNS = list(TYPES)
"""Of the frame of revisions, whether there are any or not."""

MESSAGES = {
    "unordered": "{measure} ({period}) is {value} here, but {other} in {place}; if one delivery revises the other, declare "
    "when each came (delivered: 2012-03-01, at its entry in town.yml or in its mapping), and the later one is used",
    "sources": "{measure} ({period}) is {value} here by source '{source}', but {other} in {place} by source '{other_source}'; "
    "take the measure from one of them, or declare one source and when each delivery came (delivered: 2012-03-01)",
}


def without_replaced(text: pd.DataFrame, typed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[Fault]]:
    """Keep of counts that were delivered several times the one that holds.

    Parameters
    ----------
    text
        Tidy text of all deliveries, completed (see :func:`sozialanalyse.loading.counts.completed`).
    typed
        The same rows parsed, with the same index: columns of the key, ``value, status``.

    Returns
    -------
    tuple
        The rows of ``text`` that hold; the revisions (:data:`COLUMNS`; of a percentage the values are per cent), a row
        for each step from one delivery to the next; faults where deliveries contradict each other without saying which
        came later, or are of different sources. What stands twice within one file is left to the checks.
    """
    if text["file"].nunique() < 2:  # one file revises no other
        return text, pd.DataFrame(columns=COLUMNS).astype(TYPES), []
    rows = _repeated(text, typed)
    problem = _problems(rows)
    ordered = rows.assign(problem=problem).sort_values(["key", "delivered", "order"], kind="stable")
    replaced = ordered.index[ordered.duplicated("key", keep="last")]
    return text.drop(index=replaced), _steps(ordered[ordered["problem"] == ""]), list(_faults(ordered))


def _repeated(text: pd.DataFrame, typed: pd.DataFrame) -> pd.DataFrame:
    """Take the rows whose key stands in several files, with what each says; nothing that could not be parsed."""
    keys = typed[KEY].assign(label=text["label"])
    known = keys["period_end"].notna() & (keys["age_from"] >= 0) & (text["area_problem"] == "")
    twice = known & keys.duplicated(keep=False)
    rows = typed[twice].assign(**text.loc[twice, ["period", "source", "file", "delivered"]], row=text[FILE_ROW])
    numbers = keys[twice].groupby([*KEY, "label"], observed=True, sort=False).ngroup()
    rows = rows.assign(key=numbers, order=np.arange(len(rows)), said=_said(text[twice], rows))
    in_one_file = rows.loc[rows.duplicated(["key", "file"]), "key"]
    return rows[~rows["key"].isin(in_one_file)]


def _said(text: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """What each row says, as text by which rows are compared: a number, else its state or what stands there."""
    unit = text["share"].notna().map({True: " %", False: ""}).astype(object)
    number: pd.Series[str] = rows["value"].map("{:.15g}".format).astype(object) + unit
    state = rows["status"].where(~rows["status"].isin([NUMBER, ZERO]), text["value"]).astype(object)
    return number.where(rows["value"].notna(), state)


def _problems(rows: pd.DataFrame) -> pd.Series:
    """Name for each row why its count cannot be told; empty where all say the same, or where the last one holds."""
    by_key = rows.groupby("key", sort=False)
    differs = by_key["said"].transform("nunique") > 1
    of_two_sources = by_key["source"].transform("nunique") > 1
    of_one_day = rows.groupby(["key", "delivered"], sort=False)["said"].transform("nunique") > 1
    is_open = rows["key"].isin(rows.loc[of_one_day | (rows["delivered"] == ""), "key"])
    found = np.select([differs & of_two_sources, differs & is_open], ["sources", "unordered"], default="")
    return pd.Series(found, index=rows.index, dtype=object)


def _faults(rows: pd.DataFrame) -> Iterator[Fault]:
    """For each contradiction, name the first row that says something else than the first one read."""
    bad = rows[rows["problem"] != ""].sort_values("order")
    first = bad.groupby("key", sort=False)[["said", "source", "file", "row"]].transform("first")
    bad = bad.assign(
        other=first["said"], other_source=first["source"], other_file=first["file"], other_row=first["row"]
    )
    for row in bad[bad["said"] != bad["other"]].drop_duplicates("key").to_dict("records"):
        shown = {name: row[name] for name in ("measure", "period", "source", "other", "other_source")}
        values = {**shown, "value": row["said"], "place": f"{row['other_file']}:{row['other_row']}"}
        yield Fault(MESSAGES[row["problem"]], values, Place(row["file"], row["row"], area=row["area"] or None))


def _steps(agreed: pd.DataFrame) -> pd.DataFrame:
    """List each change from one delivery to the next."""
    before = agreed.groupby("key", sort=False)[[*OF_REVISION, "said"]].shift()
    changed = before["said"].notna() & (before["said"] != agreed["said"])
    old, new = before.loc[changed, [*OF_REVISION]], agreed.loc[changed, [*OF_REVISION]]
    sides = [agreed.loc[changed, [*KEY, "source"]], old.add_prefix("old_"), new.add_prefix("new_")]
    frame = pd.concat(sides, axis="columns").assign(difference=new["value"] - old["value"])[COLUMNS]
    return frame.astype(TYPES).sort_values([*KEY, "new_delivered"], kind="stable", ignore_index=True)
