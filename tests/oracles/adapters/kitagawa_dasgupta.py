"""dgnpop and dg_table of DasGuptR, for two populations and more, with rates of any form."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sozialanalyse.statistics import decompose, standardise_populations, structure_factors
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation, Floats, Row

OPERATIONS: Final[dict[type, Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS_OF_R: Final[dict[str, Any]] = {
    "sum": lambda x: np.sum(x, axis=-1, keepdims=True),
    "exp": np.exp,
    "log": np.log,
}


class _Populations:
    """The populations of a call in the order of their labels, and their decomposition."""

    def __init__(self, call: Call) -> None:
        self.call = call
        parts = call.groups(str(call.options.get("pop", "pop")))
        self.names = sorted(name for (name,) in parts)
        self.factors = _listed(call.options["factors"])
        self.variables = _listed(call.options.get("id_vars", []))
        self.crossed = call.options.get("crossclassified")
        values = {name: self._values(parts[name,]) for name in self.names}
        self.cells = [tuple(row[name] for name in self.variables) for row in self._ordered(parts[self.names[0],])]
        self.columns = [f"{name}_struct" for name in self.variables if self.crossed] + self.factors
        self.crude, self.standardised = self._decomposed(values)

    def _decomposed(self, values: dict[str, list[Floats]]) -> tuple[Any, Any]:
        """Return crude rates (population, cell) and standardised ones (factor, population, cell)."""
        options = {"structure": len(self.variables) if self.crossed else 0, "rate": self._rate()}
        baseline = self.call.options.get("baseline")
        if baseline is None:
            found = standardise_populations(list(values.values()), **options)
            return found.crude, found.standardised
        pairs = [decompose(values[name], values[str(baseline)], **options) for name in self.names]
        crude = np.stack([pair.crude[0] for pair in pairs])
        return crude, np.stack([pair.standardised[:, 0] for pair in pairs], axis=1)

    def _rate(self) -> Callable[[list[Floats]], Floats]:
        text = self.call.options.get("ratefunction") or "*".join(self.factors)
        tree = ast.parse(str(text).replace("^", "**").replace("\n", " "), mode="eval").body
        structure = len(self.variables) if self.crossed else 0
        whole = bool(self.crossed) and self.call.options.get("agg", True)

        def rate(parts: list[Floats]) -> Floats:
            value = _evaluated(tree, dict(zip(self.factors, parts[structure:], strict=True)))
            for share in parts[:structure]:
                value = value * share
            return np.sum(value, axis=-1, keepdims=True) if whole else np.asarray(value)

        return rate

    def _ordered(self, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: [row[name] for name in self.variables])

    def _values(self, rows: list[Row]) -> list[Floats]:
        ordered = self._ordered(rows)
        rates = [self.call.numbers(name, rows=ordered) for name in self.factors]
        if not self.crossed:
            return rates
        shape = [len({row[name] for row in ordered}) for name in self.variables]
        return [*structure_factors(self.call.numbers(str(self.crossed), rows=ordered).reshape(shape)), *rates]

    def pick(self, rates: Any, wanted: Expectation) -> Any:
        """Return the rate of the cell that a key names, or the only one."""
        if rates.shape[-1] == 1:
            return rates[..., 0]
        return rates[..., self.cells.index(tuple(wanted.key[name] for name in self.variables))]


def _evaluated(node: ast.expr, names: dict[str, Floats]) -> Any:
    """Compute a formula that R and Python write alike: numbers, factors, + - * / ^ and sums."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](_evaluated(left, names), _evaluated(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATIONS[type(op)](_evaluated(operand, names))
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return FUNCTIONS_OF_R[function](_evaluated(argument, names))
        case ast.Name(id=name):
            return names[name]
        case ast.Constant(value=float() | int() as value):
            return value
    msg = f"a formula of R that is not understood here: {ast.unparse(node)}"
    raise LookupError(msg)


def _rates(call: Call) -> Answer:
    populations = _Populations(call)

    def answer(wanted: Expectation) -> object:
        return {"rate": _rate_of(populations, wanted, wanted.key["pop"])}[wanted.statistic]

    return answer


def _rate_of(populations: _Populations, wanted: Expectation, name: str) -> Any:
    which, factor = populations.names.index(name.removeprefix("pop.")), wanted.key["factor"]
    if factor == "crude":
        return populations.pick(populations.crude[which], wanted)
    return populations.pick(populations.standardised[populations.columns.index(factor), which], wanted)


def _table(call: Call) -> Answer:
    populations = _Populations(call)
    compared = sorted(str(call.options[name]) for name in ("pop1", "pop2") if name in call.options)
    first, last = compared or (populations.names[0], populations.names[-1])

    def answer(wanted: Expectation) -> object:
        if wanted.statistic in {*populations.names, "rate"}:
            name = wanted.key["pop"] if wanted.statistic == "rate" else wanted.statistic
            return _rate_of(populations, wanted, name)
        effect = _rate_of(populations, wanted, last) - _rate_of(populations, wanted, first)
        crude = type(wanted)({**wanted.key, "factor": "crude"}, "diff", None, "", 0.0, 0.0)
        whole = _rate_of(populations, crude, last) - _rate_of(populations, crude, first)
        return {"diff": effect, "decomp": 100 * effect / whole}[wanted.statistic]

    return answer


def _listed(names: Any) -> list[str]:
    if names is None:
        return []
    return [str(name) for name in names] if isinstance(names, list) else [str(names)]


OPTIONS = frozenset(
    {"pop", "factors", "id_vars", "crossclassified", "ratefunction", "agg", "baseline", "pop1", "pop2", "source"}
)
FUNCTIONS = {"DasGuptR::dgnpop": Function(_rates, OPTIONS), "DasGuptR::dg_table": Function(_table, OPTIONS)}
