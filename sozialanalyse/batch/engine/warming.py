"""What a template does once, so that no run has to: import, open the Release, read languages and templates, draw something."""

from __future__ import annotations

import contextlib
import importlib
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.engine.kernel import make_kernel
from sozialanalyse.batch.engine.slow_imports import import_jsonschema
from sozialanalyse.batch.engine.surroundings import ENGINE

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST = ("papermill", "papermill.clientwrap", "nbclient", "nbconvert.exporters", "IPython.core.pylabtools")
"""What runs notebooks and renders them."""

WARMING = "sozialanalyse.warming"
"""Module of what notebooks import. It is named and not imported, for a batch never analyses; its forks do."""


def warm(hold: Mapping[str, Any] | None) -> None:
    """Import what notebooks and pages need, and hold what they open.

    Parameters
    ----------
    hold
        What :func:`sozialanalyse.warming.hold` takes; None: nothing is opened.
    """
    make_kernel()  # first, for libraries ask whether they are in a notebook when they are imported
    import_jsonschema()
    for name in FIRST:
        importlib.import_module(name)
    register()
    importlib.import_module("sozialanalyse.batch.rendering")
    from sozialanalyse.batch.templating import environment  # noqa: PLC0415 - Jinja is heavy

    environment().get_template("finding/index.html.j2")
    ours = importlib.import_module(WARMING)
    ours.load()
    if hold is not None:
        with contextlib.suppress(Exception):  # a run that needs it meets the same error, and says it
            ours.hold(**hold)


def register() -> None:
    """Tell papermill of our engine, whatever the entry points of this installation say."""
    from papermill.engines import papermill_engines  # noqa: PLC0415 - heavy

    from sozialanalyse.batch.engine.registered import ForkEngine  # noqa: PLC0415 - imports papermill

    papermill_engines.register(ENGINE, ForkEngine)
    ForkEngine.is_forked = True
