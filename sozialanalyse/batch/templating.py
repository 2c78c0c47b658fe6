"""Our templates, and the pages made of them alone; those of findings need nbconvert as well, which is heavy."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.scripting import POLICY, SCRIPT
from sozialanalyse.batch.sections import lines

if TYPE_CHECKING:
    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.language import Language

TEMPLATES = Path(str(files("sozialanalyse.batch") / "templates"))
"""Folder of the templates and the style sheet."""


@functools.cache
def environment() -> Environment:
    """Make the templates' environment: autoescape everywhere, an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["style"] = Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - our file
    made.globals["script"] = Markup(SCRIPT)  # noqa: S704 - our file
    made.globals["policy"] = POLICY
    made.filters["lines"] = lines
    return made


def page(template: str, what: str, language: Language, frame: Frame = EMPTY, **values: Any) -> str:
    """Write a page, and look at it before anybody else does.

    Parameters
    ----------
    template
        Name of its file.
    what
        What the page is, for the message.
    language
        Of the page; the template has it as ``language``, and its messages as ``text``.
    frame
        What stands on every page.
    values
        All else that the template asks for.

    Raises
    ------
    AssertionError
        It holds what no page may hold: an error of this program, for all that others wrote is escaped.
    """
    html = (
        environment()
        .get_template(template)
        .render(language=language, text=language.text, frame=marked(frame), **values)
    )
    found = problems(html, page=True)
    if found:
        message = f"{what} holds what it must not have: {', '.join(found)}"
        raise AssertionError(message)
    return html


def marked(frame: Frame) -> dict[str, Any]:
    """Mark the style of a frame as one: it is made of checked colours."""
    return {**frame, "style": Markup(frame["style"])}  # noqa: S704 - names of ours and hexadecimal digits
