"""calculate_ISRate and calculate_ISRatio of PHEindicatormethods.

The peer counts a missing count as zero; ours makes the result missing. The adapter puts in the zeros.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import BYAR_FROM, indirect_standardisation
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation


def _indirect(call: Call, *, as_rate: bool) -> Answer:
    parts = call.groups("area")
    names = [name for (name,) in parts]
    columns = {
        column: np.stack([np.nan_to_num(call.numbers(column, rows=rows)) for rows in parts.values()])
        for column in ("count", "pop", "refcount", "refpop")
    }
    result = indirect_standardisation(*columns.values())
    unit = _unit(call, as_rate=as_rate)
    scale = result.reference_rate * unit if as_rate else unit

    def where(wanted: Expectation) -> int:
        return names.index(wanted.key["area"]) if len(names) > 1 else 0

    def at(numbers: Any) -> Callable[[Expectation], Any]:
        return lambda wanted: numbers[where(wanted)]

    def limits(confidence: float) -> tuple[Any, Any]:
        own = indirect_standardisation(*columns.values(), confidence=confidence)
        return own.lower * scale, own.upper * scale

    kind = f"rate per {unit:.10g}" if as_rate else f"ratio x {unit:.10g}"
    labels = {
        "value": at(result.ratio * scale),
        "observed": at(result.observed),
        "expected": at(result.expected),
        "ref_rate": at(result.reference_rate * unit),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": lambda _: f"indirectly standardised {kind}",
        "method": lambda wanted: "Exact" if at(result.observed)(wanted) < BYAR_FROM else "Byars",
    }
    return _phe.answers(call, labels, limits, where)


def _unit(call: Call, *, as_rate: bool) -> float:
    """Return what a rate or ratio is given per; the fixtures say it only in the label."""
    if "statistic" in call.options:
        return float(str(call.options["statistic"]).rsplit(" ", 1)[1])
    return float(call.options.get("multiplier", 100_000) if as_rate else call.options.get("refvalue", 1))


FUNCTIONS = {
    "calculate_ISRate": Function(
        partial(_indirect, as_rate=True), frozenset({"confidence", "multiplier", "statistic"})
    ),
    "calculate_ISRatio": Function(
        partial(_indirect, as_rate=False), frozenset({"confidence", "refvalue", "statistic"})
    ),
}
