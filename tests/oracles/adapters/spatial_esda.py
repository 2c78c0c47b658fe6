"""Spatial statistics and smoothed rates of esda; its global statistics keep islands in n."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from sozialanalyse.statistics import (
    direct_standardisation,
    empirical_bayes,
    indirect_standardisation,
    local_empirical_bayes,
    local_median_rate,
    local_morans_i,
    local_rate,
    morans_i,
    standardised_rates,
)
from tests.oracles.adapters import _neighbours
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Floats


def _moran(call: Call) -> Answer:
    return _tests(call, call.numbers(str(call.options.get("y", "y"))))


def _moran_rate(call: Call) -> Answer:
    events, base = _events(call)
    return _tests(call, standardised_rates(events, base) if call.options.get("adjusted", True) else events / base)


def _tests(call: Call, values: Floats) -> Answer:
    weights = _weights(call)
    table: dict[str, object] = {}
    for name, assumption in (("norm", "normality"), ("rand", "randomisation")):
        found = morans_i(values, weights, assumption=assumption, islands="keep")
        sides = 2 if call.options.get("two_tailed", True) else 1
        table |= {"I": found.statistic, "EI": found.expected, f"VI_{name}": found.variance, f"z_{name}": found.z}
        table |= {f"seI_{name}": np.sqrt(found.variance), f"p_{name}": sides * ndtr(-np.abs(found.z))}
    return lambda wanted: table[wanted.statistic]


def _moran_local(call: Call) -> Answer:
    found = local_morans_i(call.numbers(str(call.options.get("y", "y"))), _weights(call), degrees=1)
    table = {"Is": found.statistic, "q": found.quadrant}
    return lambda wanted: table[wanted.statistic][_neighbours.place(wanted, call.rows)]


def _rate(call: Call, smooth: Callable[[Floats, Floats, Any], Any]) -> Answer:
    found = smooth(*_events(call), _neighbours.weights(call, "binary"))
    return lambda wanted: {"r": found}[wanted.statistic][_neighbours.place(wanted, call.rows)]


def _excess(events: Floats, base: Floats, _weights: Any) -> Floats:
    return indirect_standardisation(events[:, None], base[:, None], [events.sum()], [base.sum()]).ratio


def _median(call: Call) -> Answer:
    steps, auxiliary = int(call.options.get("iteration", 1)), call.options.get("aw")
    return _rate(
        call,
        lambda events, base, weights: local_median_rate(
            events, base, weights, steps=steps, importance=call.numbers(str(auxiliary)) if auxiliary else None
        ),
    )


def _age_standardised(call: Call, *, kind: str) -> Answer:
    regions = list(dict.fromkeys(row["region"] for row in call.rows))
    columns = {
        name: call.numbers(name).reshape(len(regions), -1) for name in ("e", "b", "s_e", "s_b") if _has(call, name)
    }
    confidence = 1 - float(call.options.get("alpha", 0.05))
    if kind == "direct":
        found: Any = direct_standardisation(
            columns["e"], columns["b"], columns["s_b"], confidence=confidence, method="gamma"
        )
        table = {"rate": found.value, "lower": found.lower, "upper": found.upper}
    elif kind == "indirect":
        found = indirect_standardisation(*columns.values(), confidence=confidence, method="lognormal")
        reference = columns["s_e"].sum() / columns["s_b"].sum()
        table = {name: getattr(found, part) * reference for name, part in (("rate", "ratio"), *_SAME)}
    else:
        table = {"rate": columns["e"].sum(axis=1) / columns["b"].sum(axis=1)}
    return lambda wanted: table[wanted.statistic][[float(r) for r in regions].index(float(wanted.key["region"]))]


_SAME = (("lower", "lower"), ("upper", "upper"))


def _has(call: Call, column: str) -> bool:
    return any(row.get(column) for row in call.rows)


def _events(call: Call) -> tuple[Floats, Floats]:
    names = (str(call.options.get("e", "e")), str(call.options.get("b", "b")))
    return call.numbers(names[0]), call.numbers(names[1])


def _weights(call: Call) -> Any:
    return _neighbours.weights(call, _neighbours.STYLES_OF_ESDA[str(call.options.get("transformation", "r")).upper()])


RATES = frozenset({"e", "b", "digits"})
TESTED = frozenset({"y", "transformation", "two_tailed"})
FUNCTIONS = {
    "esda.Moran": Function(_moran, TESTED),
    "esda.Moran_Rate": Function(_moran_rate, TESTED | RATES | {"adjusted"}),
    "esda.Moran_Local": Function(_moran_local, TESTED),
    "esda.smoothing.Excess_Risk": Function(lambda call: _rate(call, _excess), RATES),
    "esda.smoothing.Empirical_Bayes": Function(
        lambda call: _rate(call, lambda events, base, _: empirical_bayes(events, base).value), RATES
    ),
    "esda.smoothing.Spatial_Empirical_Bayes": Function(
        lambda call: _rate(call, lambda *given: local_empirical_bayes(*given, deviations="here").value), RATES
    ),
    "esda.smoothing.Spatial_Rate": Function(lambda call: _rate(call, local_rate), RATES),
    "esda.smoothing.Spatial_Median_Rate": Function(_median, RATES | {"aw", "iteration"}),
    **{
        f"esda.smoothing.{kind}_age_standardization": Function(
            lambda call, kind=kind: _age_standardised(call, kind=kind), frozenset({"alpha", "ci", "n"})
        )
        for kind in ("crude", "direct", "indirect")
    },
}
