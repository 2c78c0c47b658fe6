"""What a template does once, so that no run has to: import, open the Release, read languages and templates, draw something."""

from __future__ import annotations

import contextlib
import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.engine.kernel import make_kernel
from sozialanalyse.batch.engine.slow_imports import import_jsonschema
from sozialanalyse.batch.engine.surroundings import ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FIRST = (
    "papermill",
    "papermill.clientwrap",
    "nbclient",
    "nbconvert.exporters",
    "IPython.core.pylabtools",
    "sozialanalyse.batch.engine.client",
)
"""What runs notebooks and renders them."""

WARMING = "sozialanalyse.warming"
"""Module of what notebooks import. It is named and not imported, for a batch never analyses; its forks do."""


def warm(hold: Mapping[str, Any] | None) -> Shared:
    """Import what notebooks and pages need, and open what they open.

    Parameters
    ----------
    hold
        ``release`` and ``groups``, as :func:`sozialanalyse.warming.hold` takes them; None: nothing is opened.

    Returns
    -------
    Shared
        What the findings of the groups share; it is computed when it is asked for.
    """
    make_kernel()  # first, for libraries ask whether they are in a notebook when they are imported
    import_jsonschema()
    compile_schemas()
    for name in FIRST:
        importlib.import_module(name)
    register()
    importlib.import_module("sozialanalyse.batch.rendering")
    from sozialanalyse.batch.templating import environment  # noqa: PLC0415 - Jinja is heavy

    for name in ("page.html.j2", "finding/index.html.j2"):  # the one extends the other only when it is rendered
        environment().get_template(name)
    ours = importlib.import_module(WARMING)
    ours.load()
    shared = Shared(soon=[ours.load_maps])
    if hold is not None:
        with contextlib.suppress(Exception):  # a run that needs it meets the same error, and says it
            held = ours.hold(hold["release"])
            shared.left = {group: ours.shared_by(held, group) for group in hold.get("groups", ())}
    return shared


@dataclass
class Shared:
    """What the findings of a target group share, computed before a fork that needs it or while there is nothing to do.

    Parameters
    ----------
    left
        By target group, in the order of the runs: what has not been computed yet; under "" for findings of no single one.
    soon
        What is done first while there is nothing else to do; a run that comes before it does it for itself.
    """

    left: dict[str, list[Callable[[], object]]] = field(default_factory=dict)
    soon: list[Callable[[], object]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.left and not self.soon

    def compute_for(self, group: object) -> None:
        """Compute all that the findings of a target group, or those of no single one, share and that is not computed yet."""
        for piece in self.left.pop(str(group or ""), ()):
            _try(piece)

    def go_on(self) -> None:
        """Do one more piece for those to come, if there is one left."""
        if self.soon:
            _try(self.soon.pop(0))
            return
        for group, pieces in self.left.items():
            _try(pieces.pop(0))
            if not pieces:
                del self.left[group]
            return


def _try(piece: Callable[[], object]) -> None:
    """Compute something; a run that needs it meets the same error, and says it."""
    with contextlib.suppress(Exception):
        piece()


def compile_schemas() -> None:
    """Let nbformat compile the schemas by which notebooks are read, and written pages: it takes longer than to use them."""
    import nbformat  # noqa: PLC0415 - heavy

    nothing = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    for relaxed in (False, True):
        nbformat.validate(nothing, relax_add_props=relaxed)


def register() -> None:
    """Tell papermill of our engine, whatever the entry points of this installation say."""
    from papermill.engines import papermill_engines  # noqa: PLC0415 - heavy

    from sozialanalyse.batch.engine.registered import ForkEngine  # noqa: PLC0415 - imports papermill

    papermill_engines.register(ENGINE, ForkEngine)
    ForkEngine.is_forked = True
