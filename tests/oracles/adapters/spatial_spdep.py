"""Spatial statistics of spdep; its global ones drop islands from n (adjust.n), its local ones do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from sozialanalyse.statistics import (
    empirical_bayes,
    gearys_c,
    indirect_standardisation,
    local_empirical_bayes,
    local_morans_i,
    morans_i,
    poisson_p_value,
    standardised_rates,
)
from tests.oracles.adapters import _neighbours
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call


def _global(call: Call, function: Callable[..., Any], names: tuple[str, ...]) -> Answer:
    found = function(
        call.numbers(str(call.options.get("x", "x"))),
        _weights(call),
        assumption="randomisation" if call.options.get("randomisation", True) else "normality",
        islands="spdep" if call.options.get("adjust.n", True) else "keep",
    )
    p_value = _p_value(found.z, call.options.get("alternative", "greater"))
    values = dict(zip(names, (found.statistic, found.expected, found.variance), strict=True))
    values |= {"z": found.z, "p": p_value, "p.value": p_value}
    return lambda wanted: values[wanted.statistic]


def _local(call: Call) -> Answer:
    found = local_morans_i(
        call.numbers(str(call.options.get("x", "x"))),
        _weights(call),
        moments="conditional" if call.options.get("conditional", True) else "total",
        degrees=0 if call.options.get("mlvar", True) else 1,
    )
    table = {"Ii": found.statistic, "E.Ii": found.expected, "Var.Ii": found.variance, "Z.Ii": found.z}
    p_value = _p_value(found.z, call.options.get("alternative", "two.sided"))
    return lambda wanted: (p_value if wanted.statistic.startswith("Pr(") else table[wanted.statistic])[
        _neighbours.place(wanted, call.rows)
    ]


def _eb(call: Call) -> Answer:
    events, base = _events(call)
    family = call.options.get("family", "poisson")
    found = empirical_bayes(events, base, family=family)
    between = found.mean / found.size
    parameters = {"a": between, "b": found.mean}
    if family == "binomial":
        parameters["a"] = (base * (events / base - found.mean) ** 2).sum() / base.sum()
    table = {"raw": events / base, "estmm": found.value}
    return lambda wanted: (
        parameters[wanted.statistic]
        if wanted.statistic in parameters
        else table[wanted.statistic][_neighbours.place(wanted, call.rows)]
    )


def _eb_local(call: Call) -> Answer:
    events, base = _events(call)
    found = local_empirical_bayes(
        events,
        base,
        _neighbours.weights(call, "binary"),
        deviations="here" if call.options.get("geoda", False) else "there",
    )
    table = {"raw": events / base, "est": found.value, "m": found.mean, "a": found.mean / found.size}
    return lambda wanted: table[wanted.statistic][_neighbours.place(wanted, call.rows)]


def _eb_moran(call: Call) -> Answer:
    events, base = _events(call)
    found = morans_i(standardised_rates(events, base), _weights(call), islands="keep")
    return lambda wanted: {"I_EB": found.statistic, "statistic": found.statistic}[wanted.statistic]


def _probmap(call: Call) -> Answer:
    events, base = _events(call)
    against = indirect_standardisation(events[:, None], base[:, None], [events.sum()], [base.sum()])
    side = call.options.get("alternative", "less")
    table = {
        "raw": events / base,
        "expCount": against.expected,
        "relRisk": 100 * against.ratio,
        "pmap": poisson_p_value(events, against.expected, side=side),
    }
    return lambda wanted: table[wanted.statistic][_neighbours.place(wanted, call.rows)]


def _events(call: Call) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    return call.numbers("events", "n"), call.numbers("base", "x")


def _weights(call: Call) -> Any:
    return _neighbours.weights(call, _neighbours.STYLES[str(call.options.get("style", "W"))])


def _p_value(z: Any, alternative: object) -> Any:
    return {"two.sided": 2 * ndtr(-np.abs(z)), "greater": ndtr(-z), "less": ndtr(z)}[str(alternative)]


TESTED = frozenset({"x", "style", "randomisation", "alternative", "zero.policy", "adjust.n"})
FUNCTIONS = {
    "spdep::moran.test": Function(lambda call: _global(call, morans_i, ("I", "EI", "VarI")), TESTED),
    "spdep::geary.test": Function(lambda call: _global(call, gearys_c, ("C", "EC", "VarC")), TESTED),
    "spdep::localmoran": Function(_local, TESTED | {"conditional", "mlvar"}),
    "spdep::EBest": Function(_eb, frozenset({"family", "what"})),
    "spdep::EBlocal": Function(_eb_local, frozenset({"geoda", "zero.policy"})),
    "spdep::EBImoran (via EBImoran.mc statistic)": Function(
        _eb_moran, frozenset({"style", "subtract_mean_in_numerator", "zero.policy"})
    ),
    "spdep::probmap": Function(_probmap, frozenset({"alternative"})),
}
SKIPS = [
    Skip(
        "mean left in the numerator",
        "Moran's I has deviations from the mean in the numerator as in the denominator; so does spdep since 2016 by default",
        lambda call: call.options.get("subtract_mean_in_numerator") is False,
    ),
]
