"""phe_proportion, wilson_lower and wilson_upper of PHEindicatormethods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.statistics import wilson_interval
from tests.oracles.adapters import _phe
from tests.oracles.adapters._counts import Counts, multiplier
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _proportion(call: Call) -> Answer:
    counts, scale = Counts(call), multiplier(call)
    stated = float(str(call.options.get("confidence", 0.95)).strip("%[]").split(",")[0])
    if stated == 1:  # read as 1 % or 100 %: no fraction between 0 and 1
        wilson_interval(counts.events, counts.totals, confidence=stated)
    if "why" in call.options:
        wilson_interval(counts.events, counts.totals, confidence=call.confidences()[0])

    def limits(confidence: float) -> tuple[object, object]:
        lower, upper = wilson_interval(counts.events, counts.totals, confidence=confidence)
        return lower * scale, upper * scale

    labels = {
        "value": counts.at(counts.events / counts.totals * scale),
        "x": counts.at(counts.events),
        "n": counts.at(counts.totals),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": lambda _: "percentage" if scale == 100 else f"proportion of {scale:.10g}",
        "method": lambda _: "Wilson",
    }
    return _phe.answers(call, labels, limits, counts.where)


OPTIONS = frozenset({"confidence", "multiplier", "type", "group", "why"})
FUNCTIONS = {
    "phe_proportion": Function(_proportion, OPTIONS),
    "wilson_lower/upper": Function(_proportion, OPTIONS),
}
SKIPS = (
    Skip(
        "empty total",
        "A total of 0 gives NaN, not an error: an area without residents has no proportion.",
        lambda call: call.options.get("why") == "n=0",
    ),
    Skip(
        "confidence below 0.9",
        "Any fraction strictly between 0 and 1 is a confidence; the peer begins at 0.9.",
        lambda call: str(call.options.get("why", "")).startswith("conf=0."),
    ),
)
