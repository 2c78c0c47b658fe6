"""Batch runs: a plan is checked, its notebooks are executed and rendered, and the pages are published whole.

The analysis happens in the notebooks' own processes; this package starts them and never analyses itself. They import it too, so
what is heavy loads when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sozialanalyse.batch.gate import Released, released
    from sozialanalyse.batch.orders import Order, Step, check_use, preview
    from sozialanalyse.batch.outcome import Event, Outcome
    from sozialanalyse.batch.plan import read_plan
    from sozialanalyse.batch.runs import Run, Selection
    from sozialanalyse.batch.session import run_plan
    from sozialanalyse.batch.settled import expected, nothing_to_do
    from sozialanalyse.batch.single import single_page

_MODULES = {
    "Released": "gate",
    "released": "gate",
    "Order": "orders",
    "Step": "orders",
    "check_use": "orders",
    "preview": "orders",
    "read_plan": "plan",
    "Run": "runs",
    "Selection": "runs",
    "Event": "outcome",
    "Outcome": "outcome",
    "run_plan": "session",
    "expected": "settled",
    "nothing_to_do": "settled",
    "single_page": "single",
}
"""Public names and the module that holds each."""

__all__ = [
    "Event",
    "Order",
    "Outcome",
    "Released",
    "Run",
    "Selection",
    "Step",
    "check_use",
    "expected",
    "nothing_to_do",
    "preview",
    "read_plan",
    "released",
    "run_plan",
    "single_page",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module 'sozialanalyse.batch' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"sozialanalyse.batch.{_MODULES[name]}"), name)
