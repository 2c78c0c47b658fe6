"""One page that stands alone: for whoever asked for it, with no index beside it and nothing published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.execution import Execution
from sozialanalyse.batch.orders import checked_runs
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from sozialanalyse.batch.orders import Order


def single_page(order: Order) -> str:
    """Run the first notebook of a plan and render its page.

    Parameters
    ----------
    order
        What to make; nothing is written to its output folder.

    Raises
    ------
    UsageError
        The page could not be made.
    DataError
        Faults of the plan or its notebooks.
    """
    run = checked_runs(order, None)[0]
    with scratch() as folder:
        (work := folder / "work").mkdir()
        execution = Execution(work, folder / "logs", order.given, deadline=order.deadline, stands_alone=True)
        (executed,) = execution.results([run])
        if executed.page is None:
            reason = executed.failure.message if executed.failure else ""
            message = "the page could not be made: {reason}"
            raise UsageError(message, reason=reason)
        return executed.page.html
