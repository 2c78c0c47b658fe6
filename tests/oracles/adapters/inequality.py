"""Gini, Theil, TheilD and Atkinson of pysal's inequality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.statistics import atkinson, gini, theil, theil_parts
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Floats


def _values(call: Call) -> Floats:
    return call.numbers(str(call.options.get("y", "y")))


def _gini(call: Call) -> Answer:
    return lambda wanted: {"g": gini(_values(call))}[wanted.statistic]


def _theil(call: Call) -> Answer:
    return lambda wanted: {"T": theil(_values(call))}[wanted.statistic]


def _theil_parts(call: Call) -> Answer:
    parts = theil_parts(_values(call), call.numbers(str(call.options["partition"])))
    found = {"T": parts.total, "between": parts.between, "within": parts.within}
    return lambda wanted: found[wanted.statistic]


def _atkinson(call: Call) -> Answer:
    index = atkinson(_values(call), float(call.options["epsilon"]))
    found = {"A": index, "EDE": _values(call).mean() * (1 - index)}
    return lambda wanted: found[wanted.statistic]


FUNCTIONS = {
    "inequality.Gini": Function(_gini, frozenset({"y"})),
    "inequality.Theil": Function(_theil, frozenset({"y"})),
    "inequality.TheilD": Function(_theil_parts, frozenset({"y", "partition"})),
    "inequality.Atkinson": Function(_atkinson, frozenset({"y", "epsilon", "digits"})),
}
