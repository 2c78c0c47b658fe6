"""Key figures: the few values that stand largest at the top of a page, the leading indicator of the target group first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sozialanalyse.findings import _keys
from sozialanalyse.findings.display import with_keys_apart
from sozialanalyse.findings.words import moment
from sozialanalyse.language import key

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sozialanalyse.view import View

MOST_FIGURES = 4
"""So many key figures a page has at most: more are a table."""


def of_development(view: View, rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the last value of each leading indicator, as the table of developments has it.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    rows
        Rows of :func:`sozialanalyse.trends.development` of the view's area, by indicator, the leading one first.

    Returns
    -------
    list of dict
        ``label``, ``value`` and ``when`` of each, texts without keys, and ``told`` as of :func:`.with_keys_apart`. What
        has no value, as it was not delivered or is confidential, is left out: the sections below say why.
    """
    return _shown(view, {name: (row, row.last_value, row) for name, row in rows.items()}, "last_")


def of_comparison(view: View, rows: Mapping[str, Any], areas: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the value of the enclosing area for each leading indicator; as :func:`of_development`.

    Of a count that is the sum over the areas.

    Parameters
    ----------
    view
        Whose area, target group and language count.
    rows
        Rows of the summary of a comparison, by indicator.
    areas
        Its rows of areas: they know the period of each indicator.
    """
    periods = {row["indicator"]: row for _, row in areas.drop_duplicates("indicator").iterrows()}
    return _shown(view, {name: (row, row["value"], periods[name]) for name, row in rows.items()}, "period_")


def _shown(view: View, rows: Mapping[str, tuple[Any, float, Any]], of_period: str) -> list[dict[str, Any]]:
    known = [(name, *row) for name, row in rows.items() if not math.isnan(row[1])]
    return [
        _figure(
            view, (name, row), value, (period["period_kind"], *(period[of_period + end] for end in ("start", "end")))
        )
        for name, row, value, period in known[:MOST_FIGURES]
    ]


def _figure(view: View, of: tuple[str, Any], value: float, period: tuple[str, Any, Any]) -> dict[str, Any]:
    name, row = of
    cell = key(_keys.value_of(row), name, view.area, period[2])
    texts = {
        "label": view.label(name),
        "value": view.measured(name, value, key=cell),
        "when": moment(view, *period),
    }
    return with_keys_apart(texts)
