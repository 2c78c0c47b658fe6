"""Plans: which notebooks run with which parameters, written by planners in ``notebooks/plans/*.yml``.

A plan is data. It is read, expanded to runs and checked as a whole before anything starts; all faults come at
once, each with file, line and key. Nothing in it is ever a template for Python's formatting: only ``{key}`` of a
matrix key is replaced.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from sozialanalyse.batch.parameters import OPTIONAL, SET_BY_BATCH, Parameter, Value, read_parameters
from sozialanalyse.documents import Document, Model, Versioned, read_document
from sozialanalyse.errors import DataError, Fault, UsageError, nearest
from sozialanalyse.language import LanguageCode

if TYPE_CHECKING:
    from pathlib import Path

MOST_RUNS = 10_000
"""A plan of more runs is a slip of the pen (a matrix of everything), not a night's work."""

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
"""What ids and notebook names look like: they become file names on every system."""

LONGEST_ID = 80
DEFAULT_LANGUAGE: LanguageCode = "de"
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""File names that Windows keeps for devices."""


class Title(Model):
    """A title in both languages."""

    de: str
    en: str


class Entry(Model):
    """One entry of a plan; its matrix makes one or more runs."""

    id: str
    notebook: str
    matrix: dict[str, list[Any]] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    title: Title | None = None


class Plan(Versioned):
    """A whole plan file."""

    title: Title
    languages: Annotated[list[LanguageCode], Field(min_length=1)] | None = None
    """The languages of every page, that of the index first; a language that is ordered takes their place."""
    runs: list[Entry]


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters: what becomes one page.

    Parameters
    ----------
    id
        Stable name, the handle of ``--only``.
    notebook
        Name of the notebook.
    path
        Its file.
    parameters
        What the plan sets; the batch adds :data:`SET_BY_BATCH`.
    address
        Where the page stands below the output folder, always with ``/``.
    language
        Language of the page.
    title
        Title of the plan, for the index while there is no page.
    of_town
        Whether the notebook reads the town itself and not a Release.
    """

    id: str
    notebook: str
    path: Path
    parameters: Mapping[str, Value]
    address: str
    language: LanguageCode
    title: str | None = None
    of_town: bool = False

    @property
    def key(self) -> str:
        """Its name among all runs of a plan, in every language."""
        return f"{self.id}.{self.language}"


Check = Callable[[Run], Iterable[Fault]]
"""What a caller checks of each run, for example that the area exists; ``fault.place.key`` names the parameter."""


def read_plan(
    path: Path, notebooks: Path, language: LanguageCode | None = None, check: Check | None = None
) -> list[Run]:
    """Read a plan and expand it to checked runs.

    Parameters
    ----------
    path
        The plan file.
    notebooks
        Folder of the notebooks.
    language
        The only language of the pages; default: the ``languages`` of the plan, and German where it names none.
    check
        Further checks of each run; it is asked once for all languages, which differ in address and title only.

    Returns
    -------
    list of Run
        All runs in the first language, in the order of the plan, then all in the next.

    Raises
    ------
    DataError
        With all faults of the plan and of the notebooks that it names.
    """
    document = read_document(path, Plan)
    languages = [language] if language else list(dict.fromkeys(document.content.languages or [DEFAULT_LANGUAGE]))
    reader = _Reader(document, notebooks, languages, check)
    runs = reader.read()
    if reader.faults:
        raise DataError(reader.faults)
    return runs


def choose(runs: Sequence[Run], only: Sequence[str]) -> list[Run]:
    """Take the runs named by their ids, all when none is named.

    Raises
    ------
    UsageError
        When the plan has no run of that id.
    """
    known = list(dict.fromkeys(run.id for run in runs))
    message = "the plan has no run '{found}'; nearest: {nearest}"
    faults = [Fault(message, {"found": i, "nearest": nearest(i, known)}) for i in only if i not in known]
    if faults:
        raise UsageError(faults)
    return [run for run in runs if not only or run.id in only]


@dataclass
class _Reader:
    """Expands one plan and collects what is wrong with it."""

    document: Document[Plan]
    notebooks: Path
    languages: Sequence[LanguageCode]
    check: Check | None
    faults: list[Fault] = field(default_factory=list)
    declared: dict[str, dict[str, Parameter] | None] = field(default_factory=dict)

    def read(self) -> list[Run]:
        if not self.document.content.runs:
            self.fault(("runs",), "the plan has no runs")
        made = [(number, runs) for number in range(len(self.document.content.runs)) for runs in self.expand(number)]
        seen: set[str] = set()
        for number, (run, *_) in made:
            if seen & {run.id, run.address}:
                message = "two runs have the same id or address '{found}'; put the matrix keys into the id: {{key}}"
                self.fault(("runs", number, "id"), message, found=run.id if run.id in seen else run.address)
            seen |= {run.id, run.address}
        return [runs[place] for place in range(len(self.languages)) for _, runs in made]

    def fault(self, path: Sequence[str | int], message: str, **values: Any) -> None:
        """Note a fault at a key, once."""
        fault = self.document.fault(path, message, **values)
        if fault not in self.faults:
            self.faults.append(fault)

    def expand(self, number: int) -> list[list[Run]]:
        """Make the runs of one entry, each in all languages; none when something is wrong with it."""
        entry = self.document.content.runs[number]
        declared = self.declared_by(number, entry.notebook)
        if declared is None or not self.entry_is_sound(number, entry, declared):
            return []
        runs = []
        for values in itertools.product(*entry.matrix.values()):
            cell = dict(zip(entry.matrix, values, strict=True))
            in_languages = [self.run(entry, cell, language) for language in self.languages]
            if self.id_is_sound(number, in_languages[0].id) and self.passes_check(number, entry, in_languages[0]):
                runs.append(in_languages)
        return runs

    def declared_by(self, number: int, notebook: str) -> dict[str, Parameter] | None:
        """Give the parameters of a notebook, read once; ``None`` when it cannot be read."""
        if notebook not in self.declared:
            self.declared[notebook] = None
            known = sorted(path.stem for path in self.notebooks.glob("*.ipynb"))
            if notebook not in known or not SLUG.fullmatch(notebook):
                message = "there is no notebook '{found}'; there are: {allowed}"
                self.fault(("runs", number, "notebook"), message, found=notebook, allowed=", ".join(known) or "-")
                return None
            try:
                self.declared[notebook] = read_parameters(self.notebooks / f"{notebook}.ipynb")
            except DataError as error:
                self.faults += error.faults
        return self.declared[notebook]

    def entry_is_sound(self, number: int, entry: Entry, declared: Mapping[str, Parameter]) -> bool:
        """Check names and types of all parameters of an entry."""
        before = len(self.faults)
        for key, values in entry.matrix.items():
            path = ("runs", number, "matrix", key)
            if not values:
                self.fault(path, "the list is empty, so there is nothing to run")
            if key in entry.parameters:
                self.fault(path, "'{key}' stands in matrix and in parameters; remove one", key=key)
            for place, value in enumerate(values):
                self.check_parameter((*path, place), key, value, declared)
        for key, value in entry.parameters.items():
            self.check_parameter(("runs", number, "parameters", key), key, value, declared)
        if math.prod(map(len, entry.matrix.values())) > MOST_RUNS:
            self.fault(("runs", number, "matrix"), "the matrix makes more than {limit} runs", limit=MOST_RUNS)
        return len(self.faults) == before

    def check_parameter(
        self, path: tuple[str | int, ...], key: str, value: object, declared: Mapping[str, Parameter]
    ) -> None:
        allowed = [name for name in declared if name not in SET_BY_BATCH]
        if key in SET_BY_BATCH:
            self.fault(path, "'{key}' is set by the program's options, not by a plan", key=key)
        elif key not in declared:
            message = "the notebook has no parameter '{found}'; nearest: {nearest}; it has: {allowed}"
            near, names = nearest(key, allowed, 1), ", ".join(allowed)
            self.fault(path[:4], message, found=key, nearest=near, allowed=names)
        elif not declared[key].accepts(value):
            message = "'{key}' is of the type {expected}, found {found}"
            if str in declared[key].types:
                message = "'{key}' is of the type {expected}, found {found}; put it in quotes"
            self.fault(path, message, key=key, expected=declared[key].expected, found=repr(value)[:80])

    def run(self, entry: Entry, cell: Mapping[str, Value], language: LanguageCode) -> Run:
        identity = filled(entry.id, {key: str(value).lower() for key, value in cell.items()})
        title = None if entry.title is None else filled(getattr(entry.title, language), cell)
        name = identity.removeprefix(f"{entry.notebook}-")
        return Run(
            id=identity,
            notebook=entry.notebook,
            path=self.notebooks / f"{entry.notebook}.ipynb",
            parameters={**entry.parameters, **cell},
            address=f"{entry.notebook}/{name}.{language}.html",
            language=language,
            title=title,
            of_town=OPTIONAL not in (self.declared[entry.notebook] or {}),
        )

    def id_is_sound(self, number: int, found: str) -> bool:
        name = found.rpartition("-")[2]
        sound = bool(SLUG.fullmatch(found)) and len(found) <= LONGEST_ID and not RESERVED & {found, name}
        if not sound:
            message = "'{found}' cannot be an id: small letters a-z, digits, - and _ only, at most {limit} characters"
            self.fault(("runs", number, "id"), message, found=found[: 2 * LONGEST_ID], limit=LONGEST_ID)
        return sound

    def passes_check(self, number: int, entry: Entry, run: Run) -> bool:
        """Ask the caller's check; its faults get the line of the parameter that they name."""
        found = [] if self.check is None else list(self.check(run))
        for fault in found:
            key = fault.place.key
            part = "matrix" if key in entry.matrix else "parameters"
            path: tuple[str | int, ...] = ("runs", number) if key is None else ("runs", number, part, key)
            placed = replace(fault, place=self.document.place(path))
            if placed not in self.faults:
                self.faults.append(placed)
        return not found


def filled(text: str, values: Mapping[str, object]) -> str:
    """Replace ``{key}`` by the value of each known key and leave every other brace as it stands.

    Examples
    --------
    >>> filled("trend-{target_group} {0.__class__}", {"target_group": "older"})
    'trend-older {0.__class__}'
    """
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
