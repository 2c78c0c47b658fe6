"""All tests of pymannkendall: its tau is tau-a, its times are row numbers from 0, its neighbours the rows that are present.

Where it drops rows without a value it takes those that remain as neighbours (our ``gaps="closed"``), but its slope keeps
the row numbers. It corrects for continuity with independent series, and not with dependent ones.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import (
    corrected_mann_kendall,
    joint_mann_kendall,
    mann_kendall,
    partial_mann_kendall,
    theil_sen,
)
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Floats

    Found = dict[str, Any]


def _arguments(call: Call, *known: str) -> dict[str, int]:
    """Read the peer's arguments, such as ``lag=3``, and refuse what is not known."""
    given = dict(re.findall(r"(\w+)\s*=\s*(-?\d+)", str(call.options.get("args", ""))))
    if call.options.get("args") and (not given or given.keys() - set(known)):
        msg = f"unknown arguments {call.options['args']!r}"
        raise LookupError(msg)
    named = {name: call.options[name] for name in known if name in call.options}
    return {name: int(number) for name, number in {**given, **named}.items()}


def _line(values: Floats, times: Floats) -> Found:
    line = theil_sen(values, times)
    return {"slope": line.slope, "intercept": line.intercept}


def _seasonal_line(bundles: Floats, slope: Any, seasons: int) -> Found:
    """Give the peer's intercept, whose time runs through all cells and counts full years."""
    cells = bundles.T.ravel()
    middle = np.median(np.flatnonzero(~np.isnan(cells))) / seasons
    return {"slope": slope, "intercept": np.nanmedian(cells) - middle * slope}


def _verdict(call: Call, found: Found) -> Answer:
    significant = bool(found.get("p", 1) < float(call.options.get("alpha", 0.05)))
    direction = "increasing" if found.get("z", 0) > 0 else "decreasing"
    found |= {"h": str(significant), "trend": direction if significant else "no trend"}
    return lambda wanted: found[wanted.statistic]


def _scored(test: Any) -> Found:
    return {"p": test.p_value, "z": test.z, "Tau": test.tau_a, "s": test.score, "var_s": test.variance}


def _original(call: Call) -> Answer:
    _arguments(call)
    values, times = call.numbers("y"), call.numbers("t") - 1
    test = mann_kendall(values, times, method="normal")
    z = (test.score - np.sign(test.score)) / np.sqrt(test.variance) if test.variance > 0 else 0.0
    found = {"p": test.p_value, "z": z, "Tau": test.tau_a, "s": test.score, "var_s": test.variance}
    return _verdict(call, found | _line(values, times))


def _corrected(call: Call, correction: Any) -> Answer:
    lags = _arguments(call, *(["lag"] if correction in {"hamed_rao", "yue_wang"} else [])).get("lag")
    values, times = call.numbers("y"), call.numbers("t") - 1
    confidence = 1 - float(call.options.get("alpha", 0.05))
    test = corrected_mann_kendall(
        values, times, correction=correction, lags=lags, gaps="closed", minimum_points=3, confidence=confidence
    )
    return _verdict(call, _scored(test) | _line(values, times))


def _seasons(call: Call) -> Floats:
    """Return the rows in bundles of shape (seasons, years), the last year filled up."""
    period = _arguments(call, "period").get("period", 12)
    values = call.numbers("y")
    full = np.pad(values, (0, -len(values) % period), constant_values=np.nan)
    return full.reshape(-1, period).T


def _columns(call: Call) -> Floats:
    _arguments(call)
    return np.stack([call.numbers("y"), call.numbers("y2")])


def _joint(call: Call, bundles: Callable[[Call], Floats], *, correlated: bool) -> Answer:
    values = bundles(call)
    test = joint_mann_kendall(values, np.arange(values.shape[1]), correlated=correlated, continuity=not correlated)
    return _verdict(call, _scored(test) | _seasonal_line(values, test.slope, len(values)))


def _partial(call: Call) -> Answer:
    values, covariate = _columns(call)
    times = call.numbers("t") - 1
    test = partial_mann_kendall(values, covariate, times)
    both = ~np.isnan(values + covariate)
    score = mann_kendall(values[both], times[both])  # the peer's tau leaves the covariate out
    return _verdict(call, _scored(test) | {"Tau": score.tau_a} | _line(values, times))


def _slope(call: Call) -> Answer:
    _arguments(call)
    return _verdict(call, _line(call.numbers("y"), call.numbers("t") - 1))


def _seasonal_slope(call: Call) -> Answer:
    values = _seasons(call)
    test = joint_mann_kendall(values, np.arange(values.shape[1]))
    return _verdict(call, _seasonal_line(values, test.slope, len(values)))


def _known(answer: Callable[[Call], Answer]) -> Function:
    return Function(answer, frozenset({"args", "alpha", "lag", "period"}))


FUNCTIONS = {
    "pymannkendall.original_test": _known(_original),
    "pymannkendall.hamed_rao_modification_test": _known(partial(_corrected, correction="hamed_rao")),
    "pymannkendall.yue_wang_modification_test": _known(partial(_corrected, correction="yue_wang")),
    "pymannkendall.pre_whitening_modification_test": _known(partial(_corrected, correction="prewhitening")),
    "pymannkendall.trend_free_pre_whitening_modification_test": _known(
        partial(_corrected, correction="trend_free_prewhitening")
    ),
    "pymannkendall.seasonal_test": _known(partial(_joint, bundles=_seasons, correlated=False)),
    "pymannkendall.correlated_seasonal_test": _known(partial(_joint, bundles=_seasons, correlated=True)),
    "pymannkendall.regional_test": _known(partial(_joint, bundles=_columns, correlated=False)),
    "pymannkendall.multivariate_test": _known(partial(_joint, bundles=_columns, correlated=False)),
    "pymannkendall.correlated_multivariate_test": _known(partial(_joint, bundles=_columns, correlated=True)),
    "pymannkendall.partial_test": _known(_partial),
    "pymannkendall.sens_slope": _known(_slope),
    "pymannkendall.seasonal_sens_slope": _known(_seasonal_slope),
}
