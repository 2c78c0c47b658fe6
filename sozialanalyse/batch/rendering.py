"""Pages: an executed notebook through nbconvert and our own template to one self-contained HTML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import TemplateExporter

from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.sections import Content, Finding, read_content
from sozialanalyse.batch.templating import TEMPLATES, environment, marked
from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.language import Language, LanguageCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment
    from nbformat import NotebookNode
    from traitlets.config import Config

    from sozialanalyse.batch.frame import Frame


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered finding, and the files beside it by their address."""

    html: str
    finding: Finding
    files: Mapping[str, bytes] = field(default_factory=dict)


class FindingExporter(TemplateExporter):
    """nbconvert's exporter with our template: code hidden, everything escaped that is not ours."""

    export_from_notebook = "sozialanalyse finding"
    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Configure nbconvert to use our template and nothing that a user has installed."""
        config = super().default_config
        config.FindingExporter.template_name = "finding"
        config.FindingExporter.optimistic_validation = True  # once, not before and after each of its steps
        config.FindingExporter.extra_template_basedirs = [str(TEMPLATES)]
        return config

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_extension_default(self) -> str:
        return ".html.j2"

    def _create_environment(self) -> Environment:
        return environment()

    def _load_template(self) -> Any:
        return self.environment.get_template("finding/index.html.j2")

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook; ``resources`` holds ``language``, ``name``, ``notices`` and ``frame`` as of :func:`render`."""
        given = {
            "language": "de",
            "name": "notebook",
            "notices": (),
            "stands_alone": False,
            "address": "",
            "frame": EMPTY,
            **(resources or {}),
        }
        content = read_content(nb, given["language"], given["name"], "" if given["stands_alone"] else given["address"])
        given["content"] = content
        given["language"] = Language(given["language"])
        given["frame"] = marked(EMPTY if given["stands_alone"] else given["frame"])
        given["notices"] = list(dict.fromkeys([*given["notices"], *content.finding.notices]))
        return super().from_notebook_node(nb, given, **kw)


def render(
    executed: Path | NotebookNode,
    language: LanguageCode,
    name: str,
    notices: tuple[str, ...] = (),
    *,
    stands_alone: bool = False,
    address: str = "",
    frame: Frame = EMPTY,
) -> Page:
    """Render an executed notebook.

    Parameters
    ----------
    executed
        The executed notebook, or its file.
    language
        ``de`` or ``en``.
    name
        What messages call the notebook.
    notices
        What the page must say at its top, beside its own notices.
    stands_alone
        No index stands beside the page, so it has no way to one; nor do files.
    address
        Of the page below the output folder, for the files beside it; empty: there are none.
    frame
        What stands on every page of the edition; nothing of it on a page that stands alone.

    Raises
    ------
    DataError
        When it holds something that cannot be published.
    """
    notebook = nbformat.read(executed, as_version=4) if isinstance(executed, Path) else executed  # type: ignore[no-untyped-call]
    given = {"language": language, "name": name, "notices": notices, "stands_alone": stands_alone, "address": address}
    given["frame"] = frame
    html, resources = FindingExporter().from_notebook_node(notebook, given)  # type: ignore[no-untyped-call]
    found = problems(html, page=True)
    if found:
        raise DataError(
            Fault("the page holds what it must not have: {problem}", {"problem": problem}, Place(name))
            for problem in found
        )
    content: Content = resources["content"]
    return Page(html, content.listed, content.files)
