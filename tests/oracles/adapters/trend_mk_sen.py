"""R's trend: mk.test, sens.slope, their seasonal forms and pettitt.test, always the normal approximation.

Its correlated seasonal test corrects for continuity up to 10 years only, the plain seasonal one wherever it is asked to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc

from sozialanalyse.statistics import joint_mann_kendall, mann_kendall, pettitt, theil_sen
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


def _pettitt(call: Call) -> Answer:
    shift = pettitt(call.numbers("y"), call.numbers("t"))
    found = {"U": shift.statistic, "changepoint_index_1based": shift.points_before, "p_approx": shift.p_value}
    return lambda wanted: found[wanted.statistic]


def _seasonal(call: Call) -> Answer:
    period = int(call.options["period"])
    values = call.numbers("y").reshape(-1, period).T  # the peer demands whole years
    years = values.shape[1]
    correlated = call.function == "trend::csmk.test"
    continuity = years <= 10 if correlated else bool(call.options.get("continuity", True))
    test = joint_mann_kendall(values, np.arange(years), correlated=correlated, continuity=continuity)
    found = {"S": test.score, "varS": test.variance, "z": test.z, "p": test.p_value, "slope": test.slope}
    return lambda wanted: found[wanted.statistic]


def _is_constant(call: Call) -> bool:
    return call.function == "trend::mk.test" and len(set(call.numbers("y"))) == 1


FUNCTIONS = {
    "trend::mk.test": Function(_trend, frozenset({"continuity", "alternative"})),
    "trend::sens.slope": Function(_trend, frozenset({"conf.level"})),
    "trend::smk.test": Function(_seasonal, frozenset({"period", "continuity"})),
    "trend::csmk.test": Function(_seasonal, frozenset({"period"})),
    "trend::sea.sens.slope": Function(_seasonal, frozenset({"period"})),
    "trend::pettitt.test": Function(_pettitt),
}
SKIPS = (
    Skip("constant series", "A constant series has no trend, p = 1, as in pymannkendall; R gives NaN.", _is_constant),
)
