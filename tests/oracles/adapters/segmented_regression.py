"""R's segmented with one bend; its iterations need a seed, our search is exhaustive and needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import segmented_line
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _segmented(call: Call) -> Answer:
    if call.options.get("npsi", 1) != 1:
        msg = f"unknown number of bends {call.options['npsi']!r}"
        raise LookupError(msg)
    values, times = call.numbers("y"), call.numbers("x")
    line = segmented_line(np.log(values) if call.options.get("log_y") else values, times, piece_at_least=2)
    found = {
        "rss": line.residual_squares,
        "rss_no_break": line.residual_squares_straight,
        "intercept": line.intercept,
        "slope1": line.slope_before,
        "psi1": line.bend,
        "psi1_se": line.bend_error,
        "davies_p": line.p_value,
    }
    for number, side in enumerate(("before", "after"), start=1):
        slope = getattr(line, f"slope_{side}")
        found[f"segslope{number}"] = slope
        found[f"segslope{number}_se"] = getattr(line, f"slope_{side}_error")
        found[f"APC{number}_pct"] = 100 * np.expm1(slope)
    return lambda wanted: found[wanted.statistic]


FUNCTIONS = {"segmented::segmented": Function(_segmented, frozenset({"npsi", "log_y", "seed"}))}
