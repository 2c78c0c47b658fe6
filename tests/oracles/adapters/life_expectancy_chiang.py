"""phe_life_expectancy of PHEindicatormethods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import AGES, life_expectancy
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation, Floats, Row


def _expectancy(call: Call) -> Answer:
    parts = call.groups("area")
    names = [name for (name,) in parts]
    deaths, population = (
        np.stack([_by_age(call, rows, *columns) for rows in parts.values()])
        for columns in (("deaths",), ("pop", "pops"))
    )

    def where(wanted: Expectation) -> tuple[int, int]:
        area = names.index(wanted.key["area"]) if "area" in wanted.key else 0
        return area, AGES.index(int(wanted.key["startage"]))

    def at(numbers: Any) -> Callable[[Expectation], object]:
        return lambda wanted: numbers[where(wanted)]

    def used(numbers: Floats) -> Callable[[Expectation], object]:
        """Return the sum from an age on; the peer names it also where it gives no expectancy."""
        return at(np.flip(np.cumsum(np.flip(numbers, axis=-1), axis=-1), axis=-1))

    def limits(confidence: float) -> tuple[Any, Any]:
        own = life_expectancy(deaths, population, confidence=confidence)
        return own.lower, own.upper

    result = life_expectancy(deaths, population)
    labels = {
        "value": at(result.value),
        "pops_used": used(population),
        "dths_used": used(deaths),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": lambda wanted: f"life expectancy at {wanted.key['startage']}",
        "method": lambda _: "Chiang, using Silcocks et al for confidence limits",
    }
    return _phe.answers(call, labels, limits, where)


def _by_age(call: Call, rows: list[Row], *columns: str) -> Floats:
    ages = call.numbers("startage", rows=rows)
    if sorted(ages) != list(AGES):
        msg = f"a life table needs the bands from {AGES}; found {ages.tolist()}"
        raise LookupError(msg)
    return call.numbers(*columns, rows=rows)[np.argsort(ages)]


FUNCTIONS = {
    "phe_life_expectancy": Function(_expectancy, frozenset({"confidence", "le_age", "why", "tolerance"})),
}
SKIPS = (
    Skip(
        "no warnings",
        "A population of 5,000 or less gives NaN as with the peer, but without a warning: the words are made elsewhere.",
        lambda call: call.options.get("why") == "warnings raised",
    ),
)
