"""Batch runs: a plan is checked, its notebooks are executed and rendered, and the pages are published whole.

The analysis happens in the notebooks' own processes; this package starts them and never analyses itself.
"""

from sozialanalyse.batch.orders import Order, Step, preview
from sozialanalyse.batch.plan import Run, read_plan
from sozialanalyse.batch.session import Event, Outcome, run_plan
from sozialanalyse.batch.single import single_page

__all__ = ["Event", "Order", "Outcome", "Run", "Step", "preview", "read_plan", "run_plan", "single_page"]
