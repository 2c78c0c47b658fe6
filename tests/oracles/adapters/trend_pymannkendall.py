"""original_test and sens_slope of pymannkendall: its tau is tau-a, its times are row numbers from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import mann_kendall, theil_sen
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _trend(call: Call) -> Answer:
    if call.options.get("args"):
        msg = f"unknown arguments {call.options['args']!r}"
        raise LookupError(msg)
    values, times = call.numbers("y"), call.numbers("t") - 1
    test, line = mann_kendall(values, times, method="normal"), theil_sen(values, times)
    significant = bool(test.p_value < float(call.options.get("alpha", 0.05)))
    found = {
        "trend": {1: "increasing", -1: "decreasing"}[int(np.sign(test.score))] if significant else "no trend",
        "h": str(significant),
        "p": test.p_value,
        "z": (test.score - np.sign(test.score)) / np.sqrt(test.variance) if test.variance > 0 else 0.0,
        "Tau": test.tau_a,
        "s": test.score,
        "var_s": test.variance,
        "slope": line.slope,
        "intercept": line.intercept,
    }
    return lambda wanted: found[wanted.statistic]


OPTIONS = frozenset({"args", "alpha"})
FUNCTIONS = {
    "pymannkendall.original_test": Function(_trend, OPTIONS),
    "pymannkendall.sens_slope": Function(_trend, OPTIONS),
}
