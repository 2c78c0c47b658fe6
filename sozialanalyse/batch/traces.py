"""What the findings of the last editions have read of the Release, kept in private beside the logs.

A trace is a hint that spares work and never a proof that is needed: where one is missing or damaged, the finding is made again
as soon as the Release is another one.
"""

from __future__ import annotations

import ast
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.edition import hash_of
from sozialanalyse.batch.store.trees import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sozialanalyse.batch.edition import Entry

TRACES = "read.json"
"""File of the traces, in the folder of the logs."""

FINGERPRINTS = "fingerprints.json"
"""Text in the file of a Release: a hash for each part that can be read."""

SCHEMA = 1

Notes = Sequence[Mapping[str, Any]]
"""What was noted while a finding was made (see :mod:`sozialanalyse.reading`)."""

Parts = Mapping[str, str]
"""Hashes of what was read, by kind and name: ``counts/population``, ``indicators/kinderarmut``, ``whole/areas.csv``."""

ENTRIES = ("indicators", "measures", "target_groups")
"""Kinds of the entries of a catalogue."""

DATA, CATALOGUE = "data", "catalogue"


@dataclass(frozen=True)
class Traces:
    """What findings have read, against what there is now.

    Parameters
    ----------
    fingerprints
        Of the Release at hand; empty where there is none.
    known
        The traces, by the key of a run.
    parts
        What they have read, by the hash of it: findings of one target group share it.
    """

    fingerprints: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    parts: Mapping[str, Parts] = field(default_factory=dict)

    @classmethod
    def of(cls, release: Path | None, logs: Path) -> Traces:
        """Read the fingerprints of a Release, and the traces in a folder of logs."""
        found = _known(logs)
        return cls({} if release is None else _fingerprints(release), found["traces"], found["parts"])

    def changed(self, key: str, entry: Entry) -> dict[str, tuple[str, ...]] | None:
        """Name what a finding has read that is something else now.

        Parameters
        ----------
        key
            Of the run.
        entry
            Its finding in the edition before.

        Returns
        -------
        dict or None
            By ``data`` and ``catalogue``: indicators, the target group, files of the town; empty where all is the same. None
            where it is not known what the page has read, or not whether it is the same.
        """
        trace = self.known.get(key)
        if trace is None or entry.state != "current" or entry.sha256 is None or trace.get("page") != entry.sha256:
            return None
        before, now = self.parts.get(str(trace.get("digest"))), self.read(trace.get("read", ()))
        if before is None or now is None:
            return None
        differ = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return self._named(differ)

    def is_made_of(self, key: str, made_of: str) -> bool:
        """Say whether a finding was made of something beside the Release, as a hash (:func:`.orders.rest_of`)."""
        return bool(self.known.get(key, {}).get("made_of") == made_of)

    def read(self, notes: Notes) -> dict[str, str] | None:
        """Hash all that was noted as read; None where that was everything, or is not known."""
        if not self.fingerprints or not any("target_group" in note for note in notes):
            return None
        found = {f"whole/{name}": sha256 for name, sha256 in self.fingerprints["whole"].items()}
        for note in notes:
            if note == {"misplaced": True}:
                found["whole/misplaced"] = self.fingerprints["misplaced"]
            elif set(note) == {"variant", "target_group"} and note["target_group"] in self.fingerprints["groups"]:
                found |= self._of_group(str(note["target_group"]))
            else:
                return None
        return found

    def _of_group(self, name: str) -> Iterator[tuple[str, str]]:
        """List what belongs to a target group."""
        group, entries = self.fingerprints["groups"][name], self.fingerprints["entries"]
        wanted = {"target_groups": [name], "indicators": [*group["indicators"]], "measures": group["measures"]}
        for kind in ENTRIES:
            yield from ((f"{kind}/{one}", entries[kind][one]) for one in wanted[kind])
        yield from ((f"counts/{one}", self.fingerprints["measures"].get(one, "")) for one in group["measures"])

    def _named(self, differ: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Say what is called so: of a measure the indicators that are made of it."""
        named: dict[str, dict[str, None]] = {DATA: {}, CATALOGUE: {}}
        for part in sorted(differ):
            kind, name = part.split("/", 1)
            of_measure = kind in {"counts", "measures"}
            names = self._made_of(name) if of_measure else [name.replace("misplaced", "crosswalks.csv")]
            named[CATALOGUE if kind in ENTRIES else DATA] |= dict.fromkeys(names or [name])
        return {kind: tuple(names) for kind, names in named.items() if names}

    def _made_of(self, measure: str) -> list[str]:
        groups = self.fingerprints["groups"].values()
        found = (name for group in groups for name, used in group["indicators"].items() if measure in used)
        return list(dict.fromkeys(found))


def _fingerprints(release: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(release) as archive:
            found: dict[str, Any] = json.loads(archive.read(FINGERPRINTS))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return {}
    return found


def _known(logs: Path) -> dict[str, Any]:
    nothing: dict[str, Any] = {"traces": {}, "parts": {}}
    try:
        found = json.loads((logs / TRACES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return nothing
    is_ours = isinstance(found, dict) and found.get("schema") == SCHEMA
    return found if is_ours and all(isinstance(found.get(name), dict) for name in nothing) else nothing


def tells_all(notebook: Path) -> bool:
    """Say whether a notebook reads nothing but what is noted: it imports this program alone, and opens no file itself."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    try:
        trees = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    except SyntaxError:  # commands of IPython
        return False
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    is_other = any(isinstance(node, ast.ImportFrom) for node in nodes) or not imported <= {"sozialanalyse"}
    return not is_other and not any(isinstance(node, ast.Name) and node.id in _OPENING for node in nodes)


_OPENING = frozenset({"open", "exec", "eval", "compile", "getattr", "vars", "globals", "get_ipython", "__import__"})
"""Built-in ways to read what no view gives."""


def trace_of(entry: Entry, made_of: str, notes: Notes, parts: Parts) -> dict[str, Any]:
    """Make the trace of a finding.

    Parameters
    ----------
    entry
        The finding.
    made_of
        Hash of what it is made of beside the Release.
    notes, parts
        What it has read, and the hashes of that.
    """
    return {"page": entry.sha256, "digest": hash_of(parts), "made_of": made_of, "read": list(notes)}


def write_traces(logs: Path, traces: Mapping[str, Mapping[str, Any]], parts: Mapping[str, Parts]) -> None:
    """Keep traces, and of what was read what they name, whole or not at all, for nobody but us.

    Raises
    ------
    OSError
        They cannot be written.
    """
    wanted = {str(trace.get("digest")) for trace in traces.values()}
    kept = {digest: found for digest, found in parts.items() if digest in wanted}
    content = {"schema": SCHEMA, "traces": traces, "parts": kept}
    write_private(logs / TRACES, json.dumps(content, ensure_ascii=False, sort_keys=True))
