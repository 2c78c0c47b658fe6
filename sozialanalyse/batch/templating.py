"""The environment of our templates; pages of findings need nbconvert as well, which is heavy, the others do not."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sozialanalyse.batch.scripting import POLICY, SCRIPT
from sozialanalyse.batch.sections import lines

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
