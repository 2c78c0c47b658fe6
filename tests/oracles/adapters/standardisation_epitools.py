"""ageadjust.direct and ageadjust.indirect of epitools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.statistics import direct_standardisation, indirect_standardisation
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _direct(call: Call) -> Answer:
    if call.options["ci"] != "Fay-Feuer gamma":
        msg = f"unknown interval {call.options['ci']!r}"
        raise LookupError(msg)
    events, population = call.numbers("count"), call.numbers("pop")
    rate = direct_standardisation(
        events, population, call.numbers("stdpop"), confidence=float(call.options["conf.level"]), method="gamma"
    )
    crude = events.sum() / population.sum()
    found = {"crude": crude, "adj": rate.value, "lci": rate.lower, "uci": rate.upper}
    return lambda wanted: found[wanted.statistic]


def _indirect(call: Call) -> Answer:
    if call.options["ci"] != "normal on log SIR":
        msg = f"unknown interval {call.options['ci']!r}"
        raise LookupError(msg)
    columns = [call.numbers(name) for name in ("count", "pop", "refcount", "refpop")]
    ratio = indirect_standardisation(*columns, confidence=float(call.options["conf.level"]), method="lognormal")
    found = {
        "observed": ratio.observed,
        "exp": ratio.expected,
        "sir": ratio.ratio,
        "lci": ratio.lower,
        "uci": ratio.upper,
    }
    return lambda wanted: found[wanted.statistic]


OPTIONS = frozenset({"conf.level", "ci"})
FUNCTIONS = {
    "epitools::ageadjust.direct": Function(_direct, OPTIONS),
    "epitools::ageadjust.indirect": Function(_indirect, OPTIONS),
}
