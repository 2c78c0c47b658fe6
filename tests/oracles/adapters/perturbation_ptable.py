"""Perturbation tables of the R package ptable; ours are of the same largest entropy, found another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.disclosure.perturbation import perturbation_table
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _table(call: Call) -> Answer:
    deviation, variance, not_shown = (float(call.numbers(name)[0]) for name in ("D", "V", "js"))
    table = perturbation_table(int(deviation), variance, int(not_shown))
    return lambda wanted: {"p": table.transition(int(wanted.key["i"]), int(wanted.key["j"]))}[wanted.statistic]


FUNCTIONS = {"ptable::pt_create_pTable": Function(_table, frozenset({"D", "V", "js", "table"}))}
