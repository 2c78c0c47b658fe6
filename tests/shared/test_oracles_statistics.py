"""Vectors from peers' test suites and from running peers, as far as our functions and conventions reach.

Every test counts what it compared, so that a vector that silently drops out is noticed.
"""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from sozialanalyse.statistics import (
    byar_interval,
    mann_kendall,
    poisson_interval,
    quintile,
    rate_interval,
    theil_sen,
    wilson_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.shared

Row = dict[str, str]
LIMITS = {
    "lowercl": (0, None),
    "uppercl": (1, None),
    "lower95_0cl": (0, 0.95),
    "upper95_0cl": (1, 0.95),
    "lower99_8cl": (0, 0.998),
    "upper99_8cl": (1, 0.998),
}


class Case(NamedTuple):
    """One expected value with its call."""

    row: Row
    options: dict[str, object]
    inputs: list[Row]

    def number(self, *names: str, where: int) -> float:
        """Return a number of one input row under whichever of the names the data set uses; empty is missing."""
        text = next((self.inputs[where][name] for name in names if self.inputs[where].get(name)), "")
        return float(text) if text else math.nan

    def series(self) -> tuple[list[float], list[float]]:
        places = range(len(self.inputs))
        return [self.number("y", where=i) for i in places], [self.number("t", where=i) for i in places]

    def check(self, actual: float) -> None:
        text = self.row["expected"]
        expected = math.nan if text in {"NA", "NaN"} else float(text)
        assert actual == pytest.approx(
            expected, rel=float(self.row["rtol"]), abs=float(self.row["atol"]), nan_ok=True
        ), self.row


def cases(shared: Path, folder: str) -> Iterator[Case]:
    inputs = defaultdict(list)
    for row in _read(shared / "oracles" / folder / "inputs.csv"):
        inputs[row["dataset_id"]].append(row)
    for row in _read(shared / "oracles" / folder / "expected.csv"):
        yield Case(row, json.loads(row["options"]), inputs[row["dataset_id"]])


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _confidence(case: Case) -> float:
    """Return the confidence as a fraction: peers also write 95 and '95%', which we refuse by convention."""
    stated = LIMITS[case.row["statistic"]][1] or case.options.get("confidence", 0.95)
    number = float(str(stated).rstrip("%"))
    return number / 100 if number > 1 else number


def _input_place(case: Case) -> int:
    """Return which input row an output row belongs to: 'row=3;Area=...' or 'area=A03'."""
    key = case.row["key"]
    number = next((part[4:] for part in key.split(";") if part.startswith("row=")), None)
    wanted, value = ("row", number) if number else key.split("=")
    return next(place for place, row in enumerate(case.inputs) if row[wanted] == value)


def _grouped_inputs(case: Case) -> tuple[float, float]:
    """Return the sums over the rows of a group such as G2, which cycles through the rows."""
    cycle = {"odd rows=G1, even rows=G2": 2, "rows cycle G1,G2,G3": 3}[str(case.options["group"])]
    places = range(int(case.row["key"][-1]) - 1, len(case.inputs), cycle)
    return (
        sum(case.number("x", where=place) for place in places),
        sum(case.number("n", where=place) for place in places),
    )


def _events_and_total(case: Case) -> tuple[float, float]:
    if "group" in case.options:
        return _grouped_inputs(case)
    place = _input_place(case)
    return case.number("x", "Numerator", where=place), case.number("n", "Denominator", where=place)


def _check_limits(case: Case, interval: Callable[..., tuple[np.ndarray, np.ndarray]]) -> None:
    side = LIMITS[case.row["statistic"]][0]
    limits = interval(*_events_and_total(case), confidence=_confidence(case))
    case.check(float(limits[side]) * float(case.options.get("multiplier", 1)))


def test_wilson_limits(shared: Path) -> None:
    compared = [case for case in cases(shared, "proportion_wilson") if case.row["statistic"] in LIMITS]
    for case in compared:
        _check_limits(case, wilson_interval)
    assert len(compared) == 354


def test_wilson_refusals(shared: Path) -> None:
    """We refuse what the peer refuses but for n = 0 (NaN) and 89 % (a fraction like any other); 1 is no fraction."""
    compared = 0
    for case in cases(shared, "proportion_wilson"):
        if case.row["statistic"] == "raises" and case.options["why"] in {"x>n", "x<0", "conf=1"}:
            events, total = (float(part.split("=")[1]) for part in case.row["dataset_id"].split(","))
            with pytest.raises(ValueError, match=r"events|confidence"):
                wilson_interval(events, total, confidence=float(case.options["confidence"]))
            compared += 1
    assert compared == 3


def test_rate_limits(shared: Path) -> None:
    compared = [
        case
        for case in cases(shared, "rate_byar_exact")
        if case.row["function"] == "phe_rate" and case.row["statistic"] in LIMITS
    ]
    for case in compared:
        _check_limits(case, rate_interval)
    assert len(compared) == 336


def test_byar_limits_of_counts(shared: Path) -> None:
    compared = [case for case in cases(shared, "rate_byar_exact") if case.row["function"].startswith("byars")]
    for case in compared:
        events, side = case.number("x", where=_input_place(case)), LIMITS[case.row["statistic"]][0]
        case.check(float(byar_interval(events, confidence=_confidence(case))[side]))
        if events >= 10:
            case.check(float(poisson_interval(events, confidence=_confidence(case))[side]))
    assert len(compared) == 14


def test_mann_kendall_and_slope_of_r(shared: Path) -> None:
    """R's trend is always normal; a constant series has p = 1 with us and NaN there."""
    compared = 0
    for case in cases(shared, "trend_mk_sen"):
        statistic, function = case.row["statistic"], case.row["function"]
        if function not in {"trend::mk.test", "trend::sens.slope"} or statistic == "z":
            continue
        values, times = case.series()
        continuity = bool(case.options.get("continuity", True))
        test = mann_kendall(values, times, method="normal", continuity=continuity)
        line = theil_sen(values, times, method="normal")
        ours = {
            "S": test.score,
            "varS": test.variance,
            "tau": test.tau_b,
            "p": test.p_value,
            "slope": line.slope,
            "lower": line.lower,
            "upper": line.upper,
        }
        if statistic == "p" and case.row["dataset_id"] == "constA":
            assert test.p_value == 1
            continue
        case.check(float(ours[statistic]))
        compared += 1
    assert compared == 57


def test_mann_kendall_and_slope_of_pymannkendall(shared: Path) -> None:
    """Its tau is tau-a, its times are row numbers from 0. Corrections for autocorrelation leave S, tau and slope alone."""
    corrected = {"s", "Tau", "slope", "intercept"}
    wanted = {
        "pymannkendall.original_test": corrected | {"p", "var_s"},
        "pymannkendall.sens_slope": {"slope", "intercept"},
        "pymannkendall.hamed_rao_modification_test": corrected,
        "pymannkendall.yue_wang_modification_test": corrected,
    }
    compared = 0
    for case in cases(shared, "trend_pymannkendall"):
        if case.row["statistic"] not in wanted.get(case.row["function"], set()):
            continue
        values, times = case.series()
        test = mann_kendall(values, times, method="normal")
        line = theil_sen(values, np.array(times) - 1)
        ours = {
            "s": test.score,
            "var_s": test.variance,
            "Tau": test.tau_a,
            "p": test.p_value,
            "slope": line.slope,
            "intercept": line.intercept,
        }
        case.check(float(ours[case.row["statistic"]]))
        compared += 1
    assert compared == 30


def test_quintiles(shared: Path) -> None:
    """With ``invert`` the peer counts from the highest value."""
    compared = 0
    for case in cases(shared, "quantile"):
        if case.options.get("nquantiles") == 5 and case.row["statistic"] == "quantile":
            values = np.array([case.number("v", where=place) for place in range(len(case.inputs))])
            fifths = quintile(-values if case.options["invert"] else values)
            case.check(float(fifths[_input_place(case)]))
            compared += 1
    assert compared == 78
