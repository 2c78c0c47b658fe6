"""Files that planners write (YAML): read safely, checked against a model, faults named by file, line and key.

What it does not: it never builds Python objects from a document, follows no aliases (a bomb of them is refused, and
so is one of brackets), and takes ``NO``, ``042`` and ``2011-12-31`` as the text that stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pydantic
import yaml

try:  # ten times faster, but not everywhere
    from yaml import CSafeLoader as _SafeLoader
except ImportError:
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SCHEMA_VERSION = 1
"""The version of all planner-written files that this release reads."""

MAXIMUM_BYTES = 5_000_000
"""A document larger than this is no document that a planner wrote."""

MAXIMUM_DEPTH = 50
"""So deep nothing is nested that a planner wrote; beyond, parsers run out of stack."""

KeyPath = tuple[str | int, ...]


class Model(pydantic.BaseModel):
    """Base of all document models: frozen, and an unknown key is a fault, not a shrug."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=False)


class Versioned(Model):
    """Base of whole files: ``schema: 1`` must stand in them."""

    schema_version: int = pydantic.Field(alias="schema", description="version of the file format")

    @pydantic.field_validator("schema_version")
    @classmethod
    def _is_known(cls, version: int) -> int:
        if version != SCHEMA_VERSION:
            message = f"schema version {version} is not known; this release reads {SCHEMA_VERSION}"
            raise ValueError(message)
        return version


M = TypeVar("M", bound=pydantic.BaseModel)


@dataclass(frozen=True)
class Document(Generic[M]):
    """A checked document that still knows on which line each key stands."""

    content: M
    file: str
    lines: dict[KeyPath, int]

    def place(self, path: Sequence[str | int] = (), area: str | None = None) -> Place:
        """Say where a key stands; for an absent key, where its nearest ancestor stands."""
        return _place(self.file, self.lines, tuple(path), area)

    def fault(self, path: Sequence[str | int], message: str, **values: Any) -> Fault:
        """Make a fault at a key of this document."""
        return Fault(message, values, self.place(path))


def read(path: Path, model: type[M], name: str | None = None) -> M:
    """Read and check a document; see :func:`read_document`."""
    return read_document(path, model, name).content


def read_document(path: Path, model: type[M], name: str | None = None) -> Document[M]:
    """Read a YAML file and check it against a model.

    Parameters
    ----------
    path
        The file.
    model
        What it must look like.
    name
        How the file is called in messages (default: its last two path parts).

    Raises
    ------
    DataError
        With all faults at once, each with file, line and key.
    """
    name = name or "/".join(path.parts[-2:])
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise DataError(Fault("the file is larger than {limit} bytes", {"limit": MAXIMUM_BYTES}, Place(name)))
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(Fault("the file does not exist", {}, Place(name))) from error
    except OSError as error:
        raise DataError(
            Fault("the file cannot be read: {problem}", {"problem": error.strerror}, Place(name))
        ) from error
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise DataError(Fault("the file is not UTF-8 text; save it as UTF-8", {}, Place(name, row))) from error
    return parse_document(text, model, name)


def parse_document(text: str, model: type[M], name: str) -> Document[M]:
    """Check the text of a document; as :func:`read_document`."""
    data, lines = _load(text, name)
    try:
        content = model.model_validate(data)
    except pydantic.ValidationError as error:
        raise DataError(_faults(error, name, lines)) from error
    return Document(content, name, lines)


class _PlainLoader(_SafeLoader):
    """YAML as a planner reads it: only true, false, null and plain decimal numbers are not text."""


_PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _load(text: str, name: str) -> tuple[Any, dict[KeyPath, int]]:
    """Parse YAML to plain data and the line of every key."""
    lines: dict[KeyPath, int] = {}
    try:
        _refuse_bombs(text, name)
        loader = _PlainLoader(text)
        try:
            node = loader.get_single_node()
            _note_lines(node, (), lines, name)
            return (loader.construct_document(node) if node is not None else None), lines
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(name, None if mark is None else mark.line + 1)
        problem = getattr(error, "problem", None) or str(error)
        raise DataError(Fault("this is not valid YAML: {problem}", {"problem": problem}, place)) from error


def _refuse_bombs(text: str, name: str) -> None:
    """Refuse what makes a small document large or builds objects, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        place = Place(name, event.start_mark.line + 1 if event.start_mark else None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) is not None:
            raise DataError(Fault("aliases (*) and tags (!) are not allowed; write the value out", {}, place))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAXIMUM_DEPTH:
            raise DataError(Fault("this is nested more than {limit} deep", {"limit": MAXIMUM_DEPTH}, place))


def _note_lines(node: yaml.Node | None, path: KeyPath, lines: dict[KeyPath, int], name: str) -> None:
    """Note the line of each key below a node; the same key twice is a fault."""
    if node is None:
        return
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value))
            if below in lines:
                place = Place(name, key.start_mark.line + 1, _dotted(below))
                raise DataError(Fault("the key stands twice; remove one", {}, place))
            lines[below] = key.start_mark.line + 1
            _note_lines(value, below, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, (*path, number), lines, name)


def _place(name: str, lines: dict[KeyPath, int], path: KeyPath, area: str | None = None) -> Place:
    known = path
    while known and known not in lines:
        known = known[:-1]
    return Place(name, lines.get(known), _dotted(path) or None, area)


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in path)


def _keys(location: KeyPath, lines: dict[KeyPath, int], *, is_missing: bool) -> KeyPath:
    """Keep of pydantic's location the keys of the document; it also names validators and members of unions."""
    path: KeyPath = ()
    for part in location:
        if (*path, part) in lines:
            path = (*path, part)
    is_mapping = is_missing or any(key[:-1] == path and isinstance(key[-1], str) for key in lines if key)
    is_absent = location[-1:] != path[-1:]
    return (*path, location[-1]) if is_mapping and is_absent else path


def _faults(error: pydantic.ValidationError, name: str, lines: dict[KeyPath, int]) -> list[Fault]:
    """Turn pydantic's errors into faults with file, line and key."""
    faults = []
    for item in error.errors(include_url=False):
        path = _keys(item["loc"], lines, is_missing=item["type"] == "missing")
        found = item.get("input")
        is_plain = isinstance(found, (str, int, float)) and item["type"] != "missing"
        shown = str(found)[:80] if is_plain else ""
        message = _MESSAGES.get(item["type"], "{problem} (found: '{found}')" if shown else "{problem}")
        problem = item["msg"].removeprefix("Value error, ")
        faults.append(Fault(message, {"problem": problem, "found": shown}, _place(name, lines, path)))
    return faults


_MESSAGES = {
    "missing": "this key is missing",
    "extra_forbidden": "this key is not known here; check its spelling",
    "string_type": "text is expected, found '{found}'; put it in quotes",
    "int_parsing": "a whole number is expected, found '{found}'",
    "tuple_type": "a list is expected, an entry a line that begins with -; is it still empty?",
    "model_type": "keys with values are expected here, such as {{column: name}}",
    "bool_parsing": "true or false is expected, found '{found}'",
    "date_from_datetime_parsing": "a date like 2011-12-31 is expected, found '{found}'",
}
