"""One page that stands alone: for whoever asked for it, with no index beside it and nothing published."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.execution import Execution
from sozialanalyse.batch.orders import checked_runs
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
    from sozialanalyse.batch.rendering import render  # noqa: PLC0415 - nbconvert is heavy

    run = checked_runs(order, None)[0]
    with tempfile.TemporaryDirectory(prefix="sozialanalyse-", ignore_cleanup_errors=True) as folder:
        (work := Path(folder) / "work").mkdir()
        execution = Execution(work, Path(folder) / "logs", order.given, workers=1, deadline=order.deadline)
        (executed,) = execution.results([run])
        if executed.notebook is None:
            reason = executed.failure.message if executed.failure else ""
            message = "the page could not be made: {reason}"
            raise UsageError(message, reason=reason)
        return render(executed.notebook, run.language, run.notebook, stands_alone=True).html
