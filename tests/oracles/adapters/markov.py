"""Markov chains of giddy: transitions between classes and mobility indices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import first_passage, mobility, sojourn, steady_state, transitions
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Expectation, Floats

INDICES = {"P": "prais", "D": "determinant", "L2": "second_eigenvalue", "B1": "leavers", "B2": "distance"}


def _chain(call: Call) -> Answer:
    classes = _classes(call)
    counted = transitions(classes, int(np.nanmax(classes)) + 1)
    found = {"p": counted.probabilities, "transitions": counted.counts}
    return lambda wanted: _entry(
        found[wanted.statistic] if wanted.statistic in found else _long_run_of(counted.probabilities, wanted), wanted
    )


def _long_run(call: Call) -> Answer:
    probabilities = _matrix(call)
    return lambda wanted: _entry(_long_run_of(probabilities, wanted), wanted)


def _mobility(call: Call) -> Answer:
    found = mobility(_matrix(call), call.options.get("ini"))
    return lambda _: getattr(found, INDICES[call.options.get("measure", "P")])


def _long_run_of(probabilities: Floats, wanted: Expectation) -> Floats:
    """Return the table of a statistic; the peer has called mean first passage times mfpt and fmpt."""
    functions = {"steady_state": steady_state, "sojourn_time": sojourn, "mfpt": first_passage, "fmpt": first_passage}
    name = "mfpt" if "first_passage" in wanted.statistic else wanted.statistic
    return functions[name](probabilities)


def _entry(table: Any, wanted: Expectation) -> object:
    key = wanted.key
    return table[int(key["from"]), int(key["to"])] if "from" in key else table[int(key["state"])]


def _matrix(call: Call) -> Floats:
    """Return probabilities as given (columns a, b, c ...) or those of the classes found."""
    columns = sorted(name for name, value in call.rows[0].items() if re.fullmatch("[a-z]", name) and value)
    if columns:
        return np.stack([call.numbers(name) for name in columns], axis=1)
    classes = _classes(call)
    return transitions(classes, int(np.nanmax(classes)) + 1).probabilities


def _classes(call: Call) -> Floats:
    years = sorted(name for name in call.rows[0] if name.isdigit() and any(row[name] for row in call.rows))
    return np.stack([call.numbers(year) for year in years], axis=1)


FUNCTIONS = {
    "giddy.Markov": Function(_chain),
    "giddy.mobility.markov_mobility": Function(_mobility, frozenset({"measure", "ini"})),
    **{
        f"giddy.ergodic.{name}": Function(_long_run)
        for name in ("steady_state", "steady_state_general", "fmpt", "mfpt", "fmpt_general")
    },
}
