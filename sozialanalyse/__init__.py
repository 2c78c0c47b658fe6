"""Municipal social reporting: from a town's counts by small area to findings that can be trusted and shared.

Importing this package is cheap; what is heavy loads when it is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = {
    "open_town": "town",
    "Town": "town",
    "open_for": "disclosure.keeping",
    "open_release": "disclosure.release_files",
    "release": "disclosure.gate",
    "write_release": "disclosure.release_files",
    "View": "view",
    "trends": None,
    "comparison": None,
    "index": None,
    "outlook": None,
    "offers": None,
    "standardised": None,
    "indicators": None,
    "quality": None,
    "statistics": None,
    "charts": None,
    "maps": "charts.maps",
    "tables": "findings.tables",
    "words": "findings.words",
    "pages": "findings.pages",
    "plain": "findings.plain",
    "profiles": "findings.profiles",
    "composites": "findings.composites",
    "inventory": "findings.inventory",
    "outlooks": "findings.outlooks",
    "handouts": "findings.handouts",
    "protection": "findings.protection",
    "reports": "findings.reports",
    "downloads": None,
}
"""Public names and the module that holds each; None: the name is a module itself."""

__all__ = [  # noqa: PLE0604 - made from the table, so that no name can be forgotten
    "__version__",
    *_MODULES,
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        message = f"module 'sozialanalyse' has no attribute {name!r}"
        raise AttributeError(message)
    holder = _MODULES[name] or name
    module = importlib.import_module(f"sozialanalyse.{holder}")
    return module if holder.rpartition(".")[2] == name else getattr(module, name)


def __dir__() -> list[str]:
    return list(__all__)
