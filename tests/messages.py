"""Collects the messages that readers see from the source, so that a test can ask for their translation.

``python -m tests.messages`` prints those that have no German yet, ready for the ``.po`` file.
"""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "sozialanalyse"

CALLS = {
    "text",
    "translate",
    "Fault",
    "DataError",
    "UsageError",
    "LockedError",
    "fault",
    "at",
    "plural",
    "say",
    "Format",
}
"""Functions whose string arguments are messages (of ``fault`` the second, of the others the first one or two)."""

TABLES = (
    "MESSAGES",
    "VERDICTS",
    "REASONS",
    "UNITS",
    "LABELS",
    "SIGNS",
    "FINDINGS",
    "METHODS",
    "RELATIONS",
    "OUTDATED",
    "CAVEATS",
    "REPAIRS",
)
"""Module-level dictionaries and tuples whose names end so hold messages as values."""

NOT_SAID = {"WHOLE_UNITS"}
"""Tables that are named alike but hold keys, no messages."""

CONSTANTS = {"quality"}
"""Folders whose constants are messages: each check keeps its own beside it."""

EXCLUDED = {"statistics", "locale"}
"""Folders whose messages are for programmers."""


def collect() -> dict[str, str]:
    """Map each message to the file and line where it stands first."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if EXCLUDED & set(path.relative_to(PACKAGE).parts):
            continue
        says_by_constants = bool(CONSTANTS & set(path.relative_to(PACKAGE).parts))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            constants = _constants(node) if says_by_constants else []
            for text in [*_messages(node), *constants]:
                found.setdefault(text, f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}")
    return found


def tables_not_collected() -> set[str]:
    """Name the tables from which messages are taken and whose names do not say so: their messages would stay English."""
    calls = (
        (path.relative_to(PACKAGE).as_posix(), node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) in {"text", "plural"}
    )
    asked = (
        (place, _name(each.value)) for place, node in calls for each in node.args[:2] if isinstance(each, ast.Subscript)
    )
    return {f"{place}: {name}" for place, name in asked if name.strip("_").isupper() and not name.endswith(TABLES)}


def _messages(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call) and _name(node.func) in CALLS:
        return [text for argument in node.args[:3] if (text := _text(argument)) is not None]
    if isinstance(node, ast.Assign) and _name(node.targets[0]) == "message":
        return [text] if (text := _text(node.value)) is not None else []
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, (ast.Dict, ast.Tuple)):
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if _name(target).endswith(TABLES) and _name(target) not in NOT_SAID:
            values = node.value.values if isinstance(node.value, ast.Dict) else node.value.elts
            return [text for value in values if (text := _text(value)) is not None]
    return []


def _constants(node: ast.AST) -> list[str]:
    """Take a constant's text, where it is a sentence."""
    if isinstance(node, ast.Assign) and _name(node.targets[0]).isupper() and (text := _text(node.value)) is not None:
        return [text] if " " in text else []
    return []


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _text(node: ast.AST) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text and any(letter.isalpha() for letter in node.value) else None


if __name__ == "__main__":
    import sys

    from sozialanalyse.language import _translations

    known = _translations("de")._catalog
    for text, place in collect().items():
        if text not in known and (text, 0) not in known:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            sys.stdout.write(f'#: {place}\nmsgid "{escaped}"\nmsgstr ""\n\n')
