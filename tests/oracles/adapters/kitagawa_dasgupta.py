"""dgnpop and dg_table of DasGuptR, for two populations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics import decompose, structure_factors
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call, Expectation, Floats, Row


class _Populations:
    """Both populations of a call in the order of their labels, and their decomposition."""

    def __init__(self, call: Call) -> None:
        self.call = call
        parts = call.groups("pop")
        self.names = sorted(name for (name,) in parts)
        if len(self.names) != 2:
            msg = f"only two populations can be compared here; found {self.names}"
            raise LookupError(msg)
        factors = call.options["factors"]
        self.factors = factors if isinstance(factors, list) else [factors]
        variables = call.options.get("id_vars", [])
        self.variables = variables if isinstance(variables, list) else [variables]
        first, second = (self._values(parts[name,]) for name in self.names)
        crossed = "crossclassified" in call.options
        self.result = decompose(first, second, structure=len(self.variables) if crossed else 0)
        self.columns = [f"{name}_struct" for name in self.variables if crossed] + self.factors

    def _values(self, rows: list[Row]) -> list[Floats]:
        ordered = sorted(rows, key=lambda row: [row[name] for name in self.variables])
        rates = [self.call.numbers(name, rows=ordered) for name in self.factors]
        if "crossclassified" not in self.call.options:
            return rates
        shape = [len({row[name] for row in ordered}) for name in self.variables]
        sizes = self.call.numbers(self.call.options["crossclassified"], rows=ordered)
        return [*structure_factors(sizes.reshape(shape)), *rates]


def _rates(call: Call) -> Answer:
    populations = _Populations(call)

    def answer(wanted: Expectation) -> object:
        key, which = wanted.key, populations.names.index(wanted.key["pop"])
        table = {"crude": populations.result.crude[which]}
        table |= dict(zip(populations.columns, populations.result.standardised[:, which], strict=True))
        return {"rate": table[key["factor"]]}[wanted.statistic]

    return answer


def _table(call: Call) -> Answer:
    populations = _Populations(call)
    effects = dict(zip(populations.columns, populations.result.effects, strict=True))
    effects["crude"] = np.diff(populations.result.crude)[0]
    found = {
        (name, statistic): value
        for name, effect in effects.items()
        for statistic, value in (("diff", effect), ("decomp", 100 * effect / effects["crude"]))
    }
    return lambda wanted: found[wanted.key["factor"], wanted.statistic]


OPTIONS = frozenset({"factors", "id_vars", "crossclassified", "source"})
FUNCTIONS = {"DasGuptR::dgnpop": Function(_rates, OPTIONS), "DasGuptR::dg_table": Function(_table, OPTIONS)}
