"""Events and totals by row or by group, for proportions and rates alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.oracles.adapters import _phe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation


class Counts:
    """Events and totals of a call, one entry an output row."""

    def __init__(self, call: Call) -> None:
        self.rows = call.rows
        self.events, self.totals = call.numbers("x", "Numerator"), call.numbers("n", "Denominator")
        self.cycle = _groups(call.options.get("group"))
        if self.cycle:  # grouped input is added up before anything is computed
            parts = [slice(start, None, self.cycle) for start in range(self.cycle)]
            self.events = np.array([self.events[part].sum() for part in parts])
            self.totals = np.array([self.totals[part].sum() for part in parts])

    def where(self, wanted: Expectation) -> int:
        """Return the output row of a key: ``grp=G2`` or one of the input rows."""
        if self.cycle:
            return int(next(iter(wanted.key.values())).removeprefix("G")) - 1
        keys = {name: value for name, value in wanted.key.items() if name != "n" or value != "nan"}
        return _phe.place(type(wanted)(keys, *_rest(wanted)), self.rows)

    def at(self, numbers: Any) -> Callable[[Expectation], object]:
        """Return the function that picks the entry of a key."""
        return lambda wanted: numbers[self.where(wanted)]


def _rest(wanted: Expectation) -> tuple[Any, ...]:
    return wanted.statistic, wanted.number, wanted.text, wanted.relative, wanted.absolute


def _groups(text: object) -> int:
    """Return how many groups the rows cycle through: 'rows cycle G1,G2,G3', 'odd rows=G1, even rows=G2'."""
    names = re.findall(r"G\d+", str(text or ""))
    if text and (not names or names != [f"G{number + 1}" for number in range(len(names))]):
        msg = f"unknown way to form groups: {text!r}"
        raise LookupError(msg)
    return len(names)


def multiplier(call: Call) -> float:
    """Return what values and limits are multiplied with."""
    return float(call.options.get("multiplier", 1))
