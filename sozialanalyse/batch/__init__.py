"""Batch runs: a plan is checked, its notebooks are executed and rendered, and the pages are published whole.

The analysis happens in the notebooks' own processes; this package starts them and never analyses itself.
"""

from sozialanalyse.batch.gate import Released, released
from sozialanalyse.batch.orders import Order, Step, check_use, preview
from sozialanalyse.batch.plan import Run, read_plan
from sozialanalyse.batch.session import Event, Outcome, run_plan
from sozialanalyse.batch.single import single_page

__all__ = [
    "Event",
    "Order",
    "Outcome",
    "Released",
    "Run",
    "Step",
    "check_use",
    "preview",
    "read_plan",
    "released",
    "run_plan",
    "single_page",
]
