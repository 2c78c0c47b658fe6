"""mk.test and sens.slope of R's trend, which is always the normal approximation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc

from sozialanalyse.statistics import mann_kendall, theil_sen
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _trend(call: Call) -> Answer:
    if call.options.get("alternative", "two.sided") != "two.sided":
        msg = f"unknown alternative {call.options['alternative']!r}"
        raise LookupError(msg)
    values, times = call.numbers("y"), call.numbers("t")
    continuity = bool(call.options.get("continuity", True))
    test = mann_kendall(values, times, method="normal", continuity=continuity)
    level = float(call.options.get("conf.level", 0.95))
    line = theil_sen(values, times, method="normal", confidence=level)
    with np.errstate(invalid="ignore"):  # a constant series: 0 / 0
        z = (test.score - continuity * np.sign(test.score)) / np.sqrt(test.variance)
    # The p of sens.slope belongs to its z, which for a constant series is NaN.
    p_value = erfc(np.abs(z) / np.sqrt(2)) if call.function == "trend::sens.slope" else test.p_value
    found = {
        "S": test.score,
        "varS": test.variance,
        "tau": test.tau_b,
        "z": z,
        "p": p_value,
        "slope": line.slope,
        "lower": line.lower,
        "upper": line.upper,
    }
    return lambda wanted: found[wanted.statistic]


def _is_constant(call: Call) -> bool:
    return call.function == "trend::mk.test" and len(set(call.numbers("y"))) == 1


FUNCTIONS = {
    "trend::mk.test": Function(_trend, frozenset({"continuity", "alternative"})),
    "trend::sens.slope": Function(_trend, frozenset({"conf.level"})),
}
SKIPS = (
    Skip("constant series", "A constant series has no trend, p = 1, as in pymannkendall; R gives NaN.", _is_constant),
)
