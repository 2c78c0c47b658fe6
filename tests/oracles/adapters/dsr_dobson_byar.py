"""calculate_dsr of PHEindicatormethods.

The peer counts a missing count as zero (its population stays); ours makes the rate missing. The adapter puts in the zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.statistics import DIRECT_FROM, ESP_2013, direct_standardisation
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation, Floats, Row

METHODS = {True: "Dobson", False: "Dobson, with confidence adjusted for non-independent events"}


class _Areas:
    """Arrays of shape (areas, bands) of a call."""

    def __init__(self, call: Call) -> None:
        self.call, self.independent = call, bool(call.options.get("independent_events", True))
        parts = call.groups("area")
        self.names = [name for (name,) in parts]
        tables = [self._bands(rows) for rows in parts.values()]
        self.population, self.events, self.squares = (np.stack(column) for column in zip(*tables, strict=True))
        self.standard = self._standard(next(iter(parts.values())))

    def _bands(self, rows: list[Row]) -> tuple[Floats, Floats, Floats]:
        if self.independent:
            events = np.nan_to_num(self.call.numbers("count", rows=rows))
            return self.call.numbers("pop", rows=rows), events, events
        sizes = self.call.numbers(str(self.call.options["eventfreq"]), rows=rows)
        persons = np.nan_to_num(self.call.numbers("persons", rows=rows))
        by_size = [sizes == size for size in np.unique(sizes)]
        population = self.call.numbers("pop", rows=rows)[by_size[0]]
        return (
            population,
            sum(persons[here] * sizes[here] for here in by_size),
            sum(persons[here] * sizes[here] ** 2 for here in by_size),
        )

    def _standard(self, rows: list[Row]) -> Floats:
        name = str(self.call.options.get("stdpop", "esp2013"))
        bands = self.population.shape[-1]
        if name == "uniform 1 per band":
            return np.ones(bands)
        if name == "esp2013" and bands == len(ESP_2013):
            return np.array(ESP_2013, dtype=np.float64)
        return self.call.numbers(name, rows=rows)[:bands]

    def where(self, wanted: Expectation) -> int:
        """Return the area of a key; a data set of one area need not name it."""
        return 0 if len(self.names) == 1 else self.names.index(wanted.key["area"])

    def at(self, numbers: Any) -> Callable[[Expectation], Any]:
        """Return the function that picks the entry of a key."""
        return lambda wanted: numbers[self.where(wanted)]


def _rate(call: Call) -> Answer:
    areas = _Areas(call)
    scale = float(call.options.get("multiplier", 100_000))

    def standardised(confidence: float) -> Any:
        squares = None if areas.independent else areas.squares
        return direct_standardisation(
            areas.events, areas.population, areas.standard, confidence=confidence, squared_bundles=squares
        )

    def limits(confidence: float) -> tuple[Any, Any]:
        result = standardised(confidence)
        return result.lower * scale, result.upper * scale

    def statistic(wanted: Expectation) -> str:
        few = areas.at(result.events)(wanted) < DIRECT_FROM
        return f"dsr NA for total count < {DIRECT_FROM}" if few else f"dsr per {scale:.10g}"

    result = standardised(0.95)
    labels = {
        "value": areas.at(result.value * scale),
        "total_count": areas.at(result.events),
        "total_pop": areas.at(areas.population.sum(axis=-1)),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": statistic,
        "method": lambda _: METHODS[areas.independent],
    }
    return _phe.answers(call, labels, limits, areas.where)


def _slip(call: Call) -> bool:
    """Tell whether a lower limit stands above the value it belongs to."""
    numbers = {wanted.statistic: wanted.number or 0.0 for wanted in call.expectations}
    return len(call.groups("area")) == 1 and numbers.get("lower99_8cl", 0.0) > numbers.get("value", np.inf)


OPTIONS = {"confidence", "multiplier", "stdpop", "independent_events", "eventfreq", "why"}
FUNCTIONS = {"calculate_dsr": Function(_rate, frozenset(OPTIONS))}
SKIPS = (
    Skip(
        "limit beyond its value",
        "A lower limit lies below its value; the peer's table gives limits ten times too high here.",
        _slip,
    ),
)
