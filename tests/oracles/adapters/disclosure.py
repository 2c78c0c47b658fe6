"""Protection of small tables by GaussSuppression and SmallCountRounding.

Primary cells, dominance, p-percent, sums and bounds by linear programming have one answer each, which must be ours. A pattern
of hidden cells or a rounding has many: there the expected value is returned if ours is safe, additive, keeps the base, and hides
no more or changes no more than the peer's; else what is wrong with it, which is no number.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from sozialanalyse.disclosure.amounts import Contributions, dominated, estimated_too_closely
from sozialanalyse.disclosure.primary import primary_flags
from sozialanalyse.disclosure.problem import Problem
from sozialanalyse.disclosure.protection import intervals, protect
from sozialanalyse.disclosure.rounding import small_count_rounding
from sozialanalyse.disclosure.rules import Rules, shipped_default
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.vectors import Call, Expectation

    Floats = np.ndarray
    Key = tuple[str, ...]

TOTAL = "Total"
UNBOUNDED = 3
"""Status of a linear program of scipy whose value has no limit."""


def _contributions(call: Call) -> tuple[list[str], Contributions]:
    """Sum up what each unit brings to each cell; of a row without a unit, what the row brings."""
    brought: dict[Key, float] = defaultdict(float)
    for row in call.rows:
        brought[row["cell"], row.get("unit") or row["row"]] += float(row["contribution"])
    names = list(dict.fromkeys(cell for cell, _ in brought))
    return names, Contributions(np.array([*brought.values()]), np.array([names.index(cell) for cell, _ in brought]))


def _dominance(call: Call) -> Answer:
    names, given = _contributions(call)
    flags = dominated(given, len(names), n=int(call.options["n"]), share=float(call.options["k"]) / 100)
    return lambda wanted: {"primary": float(flags[names.index(wanted.key["cell"])])}[wanted.statistic]


def _p_percent(call: Call) -> Answer:
    names, given = _contributions(call)
    flags = estimated_too_closely(given, len(names), percent=float(call.options["pPercent"]))
    return lambda wanted: {"primary": float(flags[names.index(wanted.key["cell"])])}[wanted.statistic]


def _with_margins(inner: dict[Key, float], wider: dict[str, str] | None = None) -> tuple[list[Key], Floats, csr_array]:
    """Add totals in both directions, and groups of the first one; give cells, their values and the sums that hold."""
    parts: dict[Key, list[Key]] = {}
    firsts, seconds = ({key[axis] for key in inner} for axis in (0, 1))
    for second in seconds:
        for group in set((wider or {}).values()):
            parts[group, second] = [(first, second) for first in firsts if wider and wider[first] == group]
        parts[TOTAL, second] = [(first, second) for first in firsts]
    for first in firsts | set((wider or {}).values()) | {TOTAL}:
        parts[first, TOTAL] = [(first, second) for second in seconds]
    values = dict(inner)
    for whole, of in parts.items():
        values[whole] = sum(values[part] for part in of)
    cells = sorted(values)
    sums = np.zeros((len(parts), len(cells)))
    for number, (whole, of) in enumerate(parts.items()):
        sums[number, cells.index(whole)] += 1
        sums[number, [cells.index(part) for part in of]] -= 1
    return cells, np.array([values[cell] for cell in cells]), csr_array(sums)


def _problem(value: Floats, sums: csr_array, constants: Floats | None = None) -> Problem:
    """State a table of which nothing is primary and nothing known."""
    nothing, none = np.full(value.size, np.nan), np.zeros(value.size, dtype=bool)
    known = np.zeros(sums.shape[0]) if constants is None else constants
    rest = {"at_most": nothing, "at_least": nothing, "shown": ~none, "fixed": none, "weight": np.ones(value.size)}
    return Problem(value, np.zeros(value.size), np.full(value.size, np.inf), sums, known, none, **rest)


def _bounds(problem: Problem, hidden: Floats) -> tuple[Floats, Floats]:
    """Bound the hidden cells by linear programs that share nothing with ours."""
    at = np.flatnonzero(hidden)
    seen = np.where(hidden, 0.0, problem.value)
    equal = {"A_eq": problem.relations.toarray()[:, at], "b_eq": problem.constants - problem.relations @ seen}
    least, greatest = problem.value.copy(), problem.value.copy()
    for position, cell in enumerate(at):
        unit = np.eye(at.size)[position]
        least[cell] = linprog(unit, **equal, bounds=(0, None)).fun
        most = linprog(-unit, **equal, bounds=(0, None))
        greatest[cell] = np.inf if most.status == UNBOUNDED else -most.fun
    return least, greatest


def _suppression(call: Call) -> Answer:
    cells, value, sums = _with_margins(
        {(row["area"], row["grp"]): float(row["freq"]) for row in call.rows},
    )
    zeros = "hidden" if call.options["protectZeros"] else "published"
    rule = replace(Rules(shipped_default()).of("persons", "public"), k=int(call.options["maxN"]) + 1, zeros=zeros)
    primary = primary_flags(value, rule)
    problem = replace(
        _problem(value, sums),
        primary=primary.flags,
        at_most=primary.at_most,
        at_least=primary.at_least,
        fixed=primary.fixed,
    )
    known = {"freq": value, "primary": primary.flags.astype(float)}
    return _answer(cells, ("area", "grp"), known, "suppressed", _fault_of_suppression(call, cells, problem))


def _fault_of_suppression(call: Call, cells: list[Key], problem: Problem) -> str:
    """Compare like with like: where the peer's pattern lets a small count be known as small, by the peer's own promise."""
    peers = np.zeros(problem.value.size, dtype=bool)
    for wanted in call.expectations:
        if wanted.statistic == "suppressed":
            peers[cells.index((wanted.key["area"], wanted.key["grp"]))] = bool(wanted.number)
    ours = _pattern(problem)
    if fault := _unsafe(problem, ours):
        return fault
    if _unsafe(problem, peers):  # the peer only promises that nothing is known exactly
        problem = replace(problem, at_least=np.where(problem.primary, problem.value + 1, np.nan))
        ours = _pattern(problem)
        if fault := _unsafe(problem, ours):
            return fault
    return "" if ours.sum() <= peers.sum() else f"{ours.sum()} cells are hidden, by the peer {peers.sum()}"


def _pattern(problem: Problem) -> Floats:
    return protect(problem, insider=False, exact=True).hidden  # the peer has no insider in mind either


def _unsafe(problem: Problem, hidden: Floats) -> str:
    least, greatest = _bounds(problem, hidden)
    primary = problem.primary
    if not (hidden[primary].all() and (greatest[primary] >= problem.at_least[primary] - 1e-6).all()):
        return "a primary cell is known to be small"
    return "a primary cell is known" if (greatest - least)[primary].min(initial=np.inf) < 1 - 1e-6 else ""


def _intervals(call: Call) -> Answer:
    names = [f"{row['v1']}_{row['v2']}" for row in call.rows]
    value = call.numbers("freq")
    sums = np.array(
        [[row[axis] == name for row in call.rows] for axis in ("v1", "v2") for name in {row[axis] for row in call.rows}]
    )
    problem = _problem(value, csr_array(sums.astype(float)), sums @ value)
    hidden = np.isin(names, call.options["suppressed"])
    least, greatest = intervals(problem, hidden, np.flatnonzero(hidden))
    found = {"true": value[hidden], "lo": least, "up": greatest}
    order = [name for name, is_hidden in zip(names, hidden, strict=True) if is_hidden]
    return lambda wanted: found[wanted.statistic][order.index(wanted.key["cell"])]


def _rounding(call: Call) -> Answer:
    inner = {(row["geo"], row["year"]): float(row["freq"]) for row in call.rows}
    cells, value, sums = _with_margins(inner, {row["geo"]: row["eu"] for row in call.rows})
    base = int(call.options["roundBase"])
    at = np.array([cell in inner for cell in cells])
    shown = small_count_rounding(value, sums, base, at)
    fault = ""
    if not shown.additive:
        fault = "sums do not hold"
    elif ((shown.value > 0) & (shown.value < base)).any():
        fault = "a count below the base is shown"
    elif np.abs(shown.difference[at]).max() >= base:
        fault = "a count is changed by the base or more"
    else:
        fault = _fault_of_distortion(call, shown.difference)
    return _answer(cells, ("geo", "year"), {"original": value}, ("rounded", "difference"), fault)


def _fault_of_distortion(call: Call, difference: Floats) -> str:
    peers = [abs(wanted.number or 0) for wanted in call.expectations if wanted.statistic == "difference"]
    ours = np.abs(difference)
    if ours.sum() > sum(peers) or ours.max() > max(peers):
        return (
            f"changed by {ours.sum():g}, at most {ours.max():g}; the peer's by {sum(peers):g}, at most {max(peers):g}"
        )
    return ""


def _answer(
    cells: list[Key], axes: tuple[str, str], known: dict[str, Floats], checked: str | tuple[str, ...], fault: str
) -> Callable[[Expectation], object]:
    """Answer with ours where there is one answer; elsewhere with the expected value if nothing is at fault."""

    def answer(wanted: Expectation) -> object:
        if wanted.statistic in checked:
            return fault or wanted.number
        return known[wanted.statistic][cells.index(tuple(wanted.key[axis] for axis in axes))]

    return answer


FUNCTIONS = {
    "GaussSuppression::DominanceRule": Function(_dominance, frozenset({"n", "k"})),
    "GaussSuppression::PPercentRule": Function(_p_percent, frozenset({"pPercent"})),
    "GaussSuppression::SuppressSmallCounts": Function(_suppression, frozenset({"maxN", "protectZeros", "warning"})),
    "GaussSuppression::ComputeIntervals(lpSolve)": Function(_intervals, frozenset({"suppressed", "case"})),
    "SmallCountRounding::PLSrounding$publish": Function(_rounding, frozenset({"roundBase"})),
}
