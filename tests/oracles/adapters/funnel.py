"""calculate_funnel_limits and assign_funnel_significance of PHEindicatormethods.

The peer's grid of sizes is its own: the limits are computed at the sizes that the keys name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import (
    ALARM,
    DIRECT_FROM,
    WARNING,
    expected_at_limits,
    proportion_funnel,
    proportion_signal,
    ratio_signal,
)
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Expectation, Floats

LABELS = {0: "Not significant", 1: "High (0.025)", 2: "High (0.001)", -1: "Low (0.025)", -2: "Low (0.001)"}
FEW = f"Not applicable for events less than {DIRECT_FROM} for dsrs"
CONFIDENCES = {"2s": WARNING, "3s": ALARM}
NAME = re.compile(r"(?P<side>lower|upper)_(?P<level>[23]s)_(?P<what>\w+)")


def _limits(call: Call) -> Answer:
    kinds = {"proportion": _proportion, "ratio": _ratio, "rate": _rate}
    return kinds[str(call.options["statistic"])](call)


def _size(wanted: Expectation) -> float:
    return float(next(iter(wanted.key.values())))


def _multiplier(call: Call) -> float:
    return float(call.options.get("multiplier", 100))


def _proportion(call: Call) -> Answer:
    events, total = call.numbers("x", "numerator"), call.numbers("n", "denominator")
    reference, scale = events.sum() / total.sum(), _multiplier(call)

    def answer(wanted: Expectation) -> object:
        labels = {"baseline": reference * scale, "statistic": "proportion", "method": "Wilson"}
        if wanted.statistic in labels:
            return labels[wanted.statistic]
        name = _named(wanted)
        limits = proportion_funnel(_size(wanted), reference, confidence=CONFIDENCES[name["level"]])
        return {"limit": limits[name["side"] == "upper"] * scale}[name["what"]]

    return answer


def _ratio(call: Call) -> Answer:
    def answer(wanted: Expectation) -> object:
        labels = {"statistic": f"ratio ({call.options.get('ratio_type')})", "method": "Poisson"}
        if wanted.statistic in labels:
            return labels[wanted.statistic]
        name, events = _named(wanted), _size(wanted)
        expected = _expected(events, name)
        isr, count = 100 * events / expected, events / expected - 1
        own = count if call.options.get("ratio_type") == "count" else isr
        return {"exp_events": expected, "isr": isr, "count": count, "limit": own}[name["what"]]

    return answer


def _rate(call: Call) -> Answer:
    reference, scale = _reference_rate(call), _multiplier(call)
    years = float(call.options.get("years_of_data", 1))

    def answer(wanted: Expectation) -> object:
        kind = f"rate ({call.options['rate_type']} per {scale:,.10g})"
        labels = {"baseline": reference * scale, "statistic": kind, "method": "Poisson"}
        if wanted.statistic in labels:
            return labels[wanted.statistic]
        name, events = _named(wanted), _size(wanted)
        expected = _expected(events, name)
        population = expected / reference
        found = {"population_1_year": population / years, "limit": events / population * scale}
        return found[name["what"]]

    return answer


def _expected(events: float, name: dict[str, str]) -> float:
    """Return our expected events on a limit, in the coarse steps of the peer.

    It halves an interval of v = expected / (1 + events + expected) until a step is below 1e-7, which for one event is
    as much as 5e-5 of the upper limit at 99.8 %.
    """
    exact = float(expected_at_limits(events, confidence=CONFIDENCES[name["level"]])[name["side"] == "upper"])
    wanted, place, step = exact / (1 + events + exact), 0.5, 0.5
    while step > 1e-7:
        step /= 2
        place += step if place < wanted else -step
    return (1 + events) * place / (1 - place)


def _reference_rate(call: Call) -> float:
    """Return all events by all exposure; a standardised rate has the exposure events / rate."""
    events = call.numbers("x", "ev", "count")
    if call.options["rate_type"] == "dsr":
        rate = call.numbers("rate", "rate_dsr") / _multiplier(call)
        held = ~np.isnan(rate) & (rate > 0)
        return float(events[held].sum() / (events[held] / rate[held]).sum())
    return float(events.sum() / call.numbers("n", "pop").sum())


def _named(wanted: Expectation) -> dict[str, str]:
    match = NAME.fullmatch(wanted.statistic)
    if match is None:
        msg = f"unknown statistic {wanted.statistic!r}"
        raise LookupError(msg)
    return match.groupdict()


def _significance(call: Call) -> Answer:
    signal = {"proportion": _proportion_signal, "ratio": _ratio_signal, "rate": _rate_signal}
    found = signal[str(call.options["statistic"])](call)
    # Told that there are no areas without events, the peer has no label for one.
    unknown = LABELS[0] if call.options.get("zero_events") == "without" else FEW

    def answer(wanted: Expectation) -> object:
        number = found[_phe.place(wanted, call.rows)]
        return {"significance": unknown if np.isnan(number) else LABELS[int(number)]}[wanted.statistic]

    return answer


def _proportion_signal(call: Call) -> Floats:
    events, total = call.numbers("x", "numerator"), call.numbers("n", "denominator")
    return proportion_signal(events, total, events.sum() / total.sum())


def _ratio_signal(call: Call) -> Floats:
    return ratio_signal(call.numbers("x", "obs"), call.numbers("n", "expected"))


def _rate_signal(call: Call) -> Floats:
    events, population = call.numbers("x", "count"), call.numbers("n", "pop")
    reference = _reference_rate(call)
    if call.options["rate_type"] != "dsr":
        return ratio_signal(events, reference * population)
    rate = call.numbers("rate_dsr", "rate") / _multiplier(call)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.where(events >= DIRECT_FROM, events * reference / rate, np.nan)
    return ratio_signal(events, expected)


OPTIONS = {"statistic", "multiplier", "ratio_type", "rate_type", "years_of_data", "zero_events", "note"}
FUNCTIONS = {
    "calculate_funnel_limits": Function(_limits, frozenset(OPTIONS)),
    "assign_funnel_significance": Function(_significance, frozenset(OPTIONS)),
}
