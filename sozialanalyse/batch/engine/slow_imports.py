"""What makes the start of every run slow though no run needs it."""

from __future__ import annotations

import importlib
import sys

SLOW = "rfc3987_syntax"
"""Compiles a grammar for most of a second when it is imported, for a check of internationalised addresses that no notebook needs."""


def import_jsonschema() -> None:
    """Import jsonschema, which papermill's libraries want, as if :data:`SLOW` were not installed; later it is again."""
    if SLOW in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[SLOW] = None  # type: ignore[assignment]
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[SLOW]
