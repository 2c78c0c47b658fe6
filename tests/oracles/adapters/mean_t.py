"""phe_mean of PHEindicatormethods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import mean_interval
from tests.oracles.adapters import _phe
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation, Floats


def _mean(call: Call) -> Answer:
    groups = {"all": call.rows, "No grouping": call.rows, **{key: rows for (key,), rows in call.groups("area").items()}}
    names = list(groups)
    values = [call.numbers("v", "values", rows=rows) for rows in groups.values()]
    count = np.array([len(part) for part in values])
    mean = np.array([part.mean() for part in values])
    deviation = np.array([part.std(ddof=1) if len(part) > 1 else np.nan for part in values])

    def where(wanted: Expectation) -> int:
        return names.index(next(iter(wanted.key.values())))

    def at(numbers: Floats) -> Callable[[Expectation], object]:
        return lambda wanted: numbers[where(wanted)]

    labels = {
        "value": at(mean),
        "stdev": at(deviation),
        "value_count": at(count),
        "value_sum": at(np.array([part.sum() for part in values])),
        "confidence": lambda _: _phe.percent(call.confidences()),
        "statistic": lambda _: "mean",
        "method": lambda _: "Student's t-distribution",
    }
    return _phe.answers(
        call, labels, lambda confidence: mean_interval(mean, deviation, count, confidence=confidence), where
    )


FUNCTIONS = {"phe_mean": Function(_mean, frozenset({"confidence", "group"}))}
