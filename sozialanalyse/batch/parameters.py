"""The parameters that a notebook declares: its whitelist of names and types.

They are read from the cell tagged ``parameters`` without running it: typed assignments such as
``area: str = "0"``, with the types ``str``, ``int``, ``float``, ``bool``, ``None`` and their unions.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Value = str | int | float | bool | None
"""What a parameter can be; nothing else can be injected into a notebook."""

TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool, "None": type(None)}
"""The annotations that a parameters cell may use."""

SET_BY_BATCH = ("release", "town", "raw", "language", "audience")
"""What the batch sets and a plan cannot. Every notebook declares them, but for one that reads the town itself: that has no
``release``."""

OPTIONAL = "release"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter and the types it takes."""

    name: str
    types: tuple[type, ...]

    def accepts(self, value: object) -> bool:
        """Say whether a value has one of the types; true is no number, and a whole number is a number."""
        return type(value) in self.types or (type(value) is int and float in self.types)

    @property
    def expected(self) -> str:
        """The types as the notebook writes them."""
        return " | ".join("None" if kind is type(None) else kind.__name__ for kind in self.types)


def read_parameters(path: Path) -> dict[str, Parameter]:
    """Read what a notebook declares.

    Raises
    ------
    DataError
        When the file is no notebook, has no ``parameters`` cell, declares something without a type, or lacks
        one of :data:`SET_BY_BATCH`.
    """
    name = f"{path.parent.name}/{path.name}"
    declared: dict[str, Parameter] = {}
    faults: list[Fault] = []
    for statement in _statements(path, name):
        parameter = _parameter(statement)
        if parameter is None:
            message = "a line of the parameters cell is not of the form name: type = value: {found}"
            faults.append(Fault(message, {"found": ast.unparse(statement)[:80]}, Place(name, key="parameters")))
        else:
            declared[parameter.name] = parameter
    faults += [
        Fault("the notebook does not declare the parameter '{found}'", {"found": found}, Place(name, key="parameters"))
        for found in SET_BY_BATCH
        if found not in declared and found != OPTIONAL and not faults
    ]
    if faults:
        raise DataError(faults)
    return declared


def _statements(path: Path, name: str) -> Iterator[ast.stmt]:
    """Give the statements of the parameters cell, but for a docstring."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
    except FileNotFoundError as error:
        raise DataError(Fault("the notebook does not exist", {}, Place(name))) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(Fault("this is not a notebook of format 4", {}, Place(name))) from error
    if len(sources) != 1:
        message = "a notebook needs one cell tagged 'parameters', found {count}"
        raise DataError(Fault(message, {"count": len(sources)}, Place(name)))
    try:
        body = ast.parse(sources[0]).body
    except SyntaxError as error:
        raise DataError(Fault("the parameters cell is not valid Python", {}, Place(name, key="parameters"))) from error
    return (statement for statement in body if not _is_text(statement))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameter(statement: ast.stmt) -> Parameter | None:
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
        return None
    types = _types(statement.annotation)
    return Parameter(statement.target.id, types) if types else None


def _types(annotation: ast.expr) -> tuple[type, ...]:
    """Read an annotation; empty when it holds anything but :data:`TYPES` and ``|``."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        left, right = _types(annotation.left), _types(annotation.right)
        return left + right if left and right else ()
    found = TYPES.get(ast.unparse(annotation))
    return (found,) if found else ()
