"""The engine that papermill finds by its entry point: ``papermill --engine sozialanalyse``.

Importing papermill imports this module, so it imports nothing that is heavy.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import Engine


class ForkEngine(Engine):  # type: ignore[misc]
    """Runs a notebook in a fork of a warm process."""

    is_forked = False
    """Whether this process is such a fork."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **given: Any) -> Any:
        """Execute a notebook here, where this is a fork made for it, else in a fork of a template of its own.

        Parameters
        ----------
        nb_man
            Papermill's manager of the notebook.
        kernel_name
            Not used: a fork is its own kernel.
        given
            What papermill gives its engines; ``most_output`` and ``memory`` as of :class:`.limits.Limits`.
        """
        if cls.is_forked:
            from sozialanalyse.batch.engine.client import InProcessClient  # noqa: PLC0415 - heavy

            given = {name: given[name] for name in ("stdout_file", "stderr_file", "most_output") if name in given}
            return InProcessClient(nb_man, kernel_name=kernel_name, **given).execute()
        from sozialanalyse.batch.engine.single_use import execute  # noqa: PLC0415 - heavy

        return execute(nb_man, given)
