"""The one script that pages may run, and the policy that lets a browser run it and nothing else.

The policy names the script by its hash (Content Security Policy Level 3, section 2.3.1, https://www.w3.org/TR/CSP3/), so that
a script that got into a page some other way does not run, whatever stands in it.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

SCRIPT = (files("sozialanalyse.batch") / "templates" / "page.js").read_text(encoding="utf-8")
"""Text of the script: sorts tables, searches the index, copies a citation. Without it a page says the same."""


def source_of(script: str) -> str:
    """Name a script by its hash, as a Content-Security-Policy does.

    Examples
    --------
    >>> source_of("x()")
    "'sha256-D6IGS8VMvCoyaR/l0h9tERrBTATY01CoPS7l6xDv0kI='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {source_of(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of every page: it loads nothing, runs one script, sends nothing."""
