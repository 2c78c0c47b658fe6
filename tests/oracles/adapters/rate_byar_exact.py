"""phe_rate, byars_lower and byars_upper of PHEindicatormethods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.statistics import BYAR_FROM, byar_interval, rate_interval
from tests.oracles.adapters import _phe
from tests.oracles.adapters._counts import Counts, multiplier
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Expectation


def _rate(call: Call) -> Answer:
    counts, scale = Counts(call), multiplier(call)
    if "why" in call.options:
        rate_interval(counts.events, counts.totals)

    def limits(confidence: float) -> tuple[object, object]:
        lower, upper = rate_interval(counts.events, counts.totals, confidence=confidence)
        return lower * scale, upper * scale

    def method(wanted: Expectation) -> object:
        events = counts.events[counts.where(wanted)]
        if events != events:  # noqa: PLR0124 - no method without a count; the peer leaves it empty or NA
            return float("nan") if wanted.number is not None else ""
        return "Exact" if events < BYAR_FROM else "Byars"

    labels = {
        "value": counts.at(counts.events / counts.totals * scale),
        "x": counts.at(counts.events),
        "n": counts.at(counts.totals),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": lambda _: f"rate per {scale:.10g}",
        "method": method,
    }
    return _phe.answers(call, labels, limits, counts.where)


def _byar(call: Call) -> Answer:
    events = call.numbers("x", "Numerator")
    return _phe.answers(
        call,
        {},
        lambda confidence: byar_interval(events, confidence=confidence),
        lambda wanted: next(i for i, row in enumerate(call.rows) if row["row"] == wanted.key["row"]),
    )


OPTIONS = frozenset({"confidence", "multiplier", "group", "why"})
FUNCTIONS = {
    "phe_rate": Function(_rate, OPTIONS),
    "byars_lower/upper (count scale)": Function(_byar, OPTIONS),
}
SKIPS = (
    Skip(
        "empty exposure",
        "An exposure of 0 gives NaN, not an error: an area without residents has no rate.",
        lambda call: call.options.get("why") == "n=0",
    ),
)
