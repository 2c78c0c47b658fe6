"""A plan and those that it extends, put together: what is added, changed and dropped, and where each part is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.plan_file import Entry, Languages, Plan, Title
from sozialanalyse.documents import Document, KeyPath, read_document
from sozialanalyse.errors import DataError, Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_FILE = re.compile(r"\w[\w.-]*\.ya?ml", re.ASCII)

Source = tuple[Document[Plan], KeyPath]
"""Where something is written."""


@dataclass(frozen=True)
class Written:
    """An entry as all plans together have it, with where each part of it is written."""

    id: str
    notebook: str | None
    matrix: Mapping[str, Any]
    parameters: Mapping[str, Any]
    title: Title | None
    languages: Languages | None
    sources: Mapping[KeyPath, Source]

    @classmethod
    def of(cls, document: Document[Plan], number: int) -> Written:
        """Take an entry out of a plan."""
        entry, path = document.content.runs[number], ("runs", number)
        parts: list[KeyPath] = [(), *((name,) for name in entry.model_fields_set)]
        parts += [(name, key) for name in ("matrix", "parameters") for key in getattr(entry, name)]
        sources = {part: (document, (*path, *part)) for part in parts}
        return cls(**{name: getattr(entry, name) for name in Entry.model_fields}, sources=sources)

    def changed_by(self, other: Written) -> Written:
        """Let another entry have its say; a parameter of it takes the place of ours, be it in matrix or parameters."""
        matrix = {**self.matrix, **other.matrix}
        parameters = {**self.parameters, **other.parameters}
        return replace(
            self,
            notebook=other.notebook or self.notebook,
            matrix={
                key: values for key, values in matrix.items() if key in other.matrix or key not in other.parameters
            },
            parameters={k: value for k, value in parameters.items() if k in other.parameters or k not in other.matrix},
            title=other.title or self.title,
            languages=other.languages or self.languages,
            sources={**self.sources, **other.sources},
        )

    def with_defaults(self, defaults: Mapping[str, tuple[Any, Source]], declared: Container[str]) -> Written:
        """Add the defaults that the notebook declares and that the entry does not set."""
        added = {
            key: default
            for key, default in defaults.items()
            if key in declared and key not in self.matrix and key not in self.parameters
        }
        return replace(
            self,
            parameters={**{key: value for key, (value, _) in added.items()}, **self.parameters},
            sources={**self.sources, **{("parameters", key): source for key, (_, source) in added.items()}},
        )

    def fault(self, path: KeyPath, message: str, **values: Any) -> Fault:
        """Make a fault at a key of the entry, or at the nearest key above it that is written somewhere."""
        known = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in self.sources)
        document, where = self.sources[known]
        return document.fault((*where, *path[len(known) :]), message, **values)


@dataclass
class Combined:
    """A plan with all that it extends.

    Parameters
    ----------
    document
        The plan itself.
    entries
        By their ids, as they are written: those of the plan that is extended stand first, and keep their places.
    defaults
        Parameters with where they are written.
    languages
        Of the pages.
    faults
        What does not fit together.
    """

    document: Document[Plan]
    entries: list[Written] = field(default_factory=list)
    defaults: dict[str, tuple[Any, Source]] = field(default_factory=dict)
    languages: Languages | None = None
    faults: list[Fault] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def take(self, document: Document[Plan]) -> None:
        """Let a plan have its say."""
        plan = document.content
        self.document = document
        self.languages = plan.languages or self.languages
        self.defaults |= {key: (value, (document, ("defaults", key))) for key, value in plan.defaults.items()}
        self.faults += self._vain(document)
        own = [Written.of(document, number) for number in range(len(plan.runs))]
        named = {entry.id: entry for entry in reversed(own)}
        kept = []
        for entry in self.entries:
            by = named.get(entry.id)
            if entry.id not in plan.drop:
                kept.append(entry if by is None else entry.changed_by(by))
            elif by is not None:
                kept.append(by)
        places = {entry.id for entry in kept}
        # The same id twice in one file is no change: it stays, to be named as a fault.
        self.entries = kept + [e for e in own if e.id not in places or e is not named[e.id]]
        self.known |= {entry.id for entry in own}

    def _vain(self, document: Document[Plan]) -> Iterator[Fault]:
        """Name what is dropped though no extended plan has it; what one of them has dropped already may be dropped again."""
        known = sorted(self.known)
        for number, found in enumerate(document.content.drop):
            if found not in self.known:
                message = "no plan that this one extends has an entry '{found}'; nearest: {nearest}"
                near = nearest(found, known) or "-"
                yield document.fault(("drop", number), message, found=found, nearest=near)


def combined(path: Path, plans: Path) -> Combined:
    """Read a plan and those that it extends, and put them together.

    Parameters
    ----------
    path
        The plan file.
    plans
        Folder of the plans that all towns share, beside the notebooks.

    Raises
    ------
    DataError
        With the faults of a file that cannot be read, or when a plan extends one that there is not, or itself.
    """
    documents = _chain(path, plans)
    whole = Combined(documents[-1])
    for document in reversed(documents):
        whole.take(document)
    return whole


def _chain(path: Path, plans: Path) -> list[Document[Plan]]:
    """Read a plan, the one that it extends, and so on."""
    document = read_document(path, Plan)
    chain, files = [document], [path.resolve()]
    while document.content.extends is not None:
        found = _extended(document, document.content.extends, files[-1].parent, files[-1], plans)
        if found in files:
            ring = " -> ".join(file.name for file in [*files[files.index(found) :], found])
            raise DataError(document.fault(("extends",), "the plans extend each other in a circle: {ring}", ring=ring))
        document = read_document(found, Plan, "/".join(found.parts[-3:]))
        chain.append(document)
        files.append(found)
    return chain


def _extended(document: Document[Plan], name: str, folder: Path, own: Path, plans: Path) -> Path:
    """Find the plan that is meant: one beside, and never the plan itself where the shared plans have one of its name."""
    if not _FILE.fullmatch(name):
        message = "'{found}' is not the name of a plan; write it without a folder, such as standard.yml"
        raise DataError(document.fault(("extends",), message, found=name))
    candidates = [file.resolve() for file in (folder / name, plans / name) if file.is_file()]
    others = [file for file in candidates if file != own]
    if not candidates:
        allowed = sorted({file.name for file in _plans_in([folder, plans])} - {own.name})
        message = "there is no plan '{found}', neither beside this one nor in {folder}; nearest: {nearest}"
        near, shared = nearest(name, allowed, 1) or "-", "/".join(plans.parts[-2:])
        raise DataError(document.fault(("extends",), message, found=name, folder=shared, nearest=near))
    return (others or candidates)[0]


def _plans_in(folders: Sequence[Path]) -> Iterable[Path]:
    return (file for folder in folders for file in folder.glob("*.y*ml"))
