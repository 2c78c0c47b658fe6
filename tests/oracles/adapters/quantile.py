"""phe_quantile of PHEindicatormethods: with ``invert`` the peer counts from the highest value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import quantile_class
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Row

CLASSES = {"Decile": 10, "Septile": 7, "Quintile": 5, "Quartile": 4, "Tertile": 3}
GROUPS = {"IndSexReg": ("IndSexRef", "ParentCode"), "IndSex": ("IndSexRef",), "nan": ()}
FROM_THE_TOP = {"RAG - Low is good", "True"}


def _classes(call: Call) -> Answer:
    options = call.options
    classes = int(options["nquantiles"]) if "nquantiles" in options else CLASSES[str(options["quantile"])]
    rows = call.rows if "GroupSet" not in options else _rows_of_set(call)
    columns = GROUPS[str(options.get("GroupSet", "nan"))]
    labels = [tuple(row[column] for column in columns) for row in rows]
    codes = np.array([sorted(set(labels)).index(label) for label in labels])
    values = call.numbers("v", "Value", rows=rows)
    # Without groups there is one direction for all, that of the first row.
    directed = [_from_the_top(call, row if columns else rows[0]) for row in rows]
    found = quantile_class(np.where(directed, -values, values), classes, groups=codes)
    return lambda wanted: {"quantile": found[_phe.place(wanted, rows)]}[wanted.statistic]


def _rows_of_set(call: Call) -> list[Row]:
    return [row for row in call.rows if (row["GroupSet"] or "nan") == call.options["GroupSet"]]


def _from_the_top(call: Call, row: Row) -> bool:
    stated = call.options["invert"]
    return stated if isinstance(stated, bool) else row["Polarity"] in FROM_THE_TOP


FUNCTIONS = {
    "phe_quantile": Function(_classes, frozenset({"nquantiles", "quantile", "invert", "GroupSet"})),
}
