"""Plans: which notebooks run with which parameters, written by planners in ``notebooks/plans/*.yml``.

A plan is data. It is put together with those that it extends, its choices are looked up in the town, and it is expanded to
runs and checked as a whole before anything starts; all faults come at once, each with file, line and key. Nothing in it is
ever a template for Python's formatting: only ``{key}`` of a matrix key is replaced.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sozialanalyse.batch.choices import misplaced
from sozialanalyse.batch.inheritance import Combined, Written, combined
from sozialanalyse.batch.matrix import Cell, Combinations
from sozialanalyse.batch.parameters import OPTIONAL, SET_BY_BATCH, Parameter, Value, read_parameters
from sozialanalyse.batch.runs import Run, Selection, filled
from sozialanalyse.errors import DataError, Fault, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sozialanalyse.batch.choices import TownFacts
    from sozialanalyse.batch.plan_file import Choice
    from sozialanalyse.documents import KeyPath
    from sozialanalyse.language import LanguageCode

MOST_RUNS = 10_000
"""An entry of more runs is a slip of the pen (a matrix of everything), not a night's work."""

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
"""What ids and notebook names look like: they become file names on every system."""

LONGEST_ID = 80
DEFAULT_LANGUAGE: LanguageCode = "de"
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""File names that Windows keeps for devices."""

SHARED_PLANS = "plans"
"""Folder of the plans for all towns, beside the notebooks."""


def read_plan(
    path: Path, notebooks: Path, language: LanguageCode | None = None, facts: TownFacts | None = None
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
    facts
        Of the town, in which choices are looked up and by which each run is checked, once for all languages. Without them
        what is chosen stands as ``{key}``, so that form and ids can be checked before the town is opened.

    Returns
    -------
    list of Run
        All runs in the first language, in the order of the plan, then all in the next.

    Raises
    ------
    DataError
        With all faults of the plan, of those that it extends and of the notebooks that it names.
    """
    reader = _Reader(combined(path, notebooks / SHARED_PLANS), notebooks, language, facts)
    runs = reader.read()
    if reader.faults:
        raise DataError(reader.faults)
    return runs


@dataclass
class _Reader:
    """Expands one plan and collects what is wrong with it."""

    plan: Combined
    notebooks: Path
    language: LanguageCode | None
    facts: TownFacts | None
    faults: list[Fault] = field(default_factory=list)
    declared: dict[str, dict[str, Parameter] | None] = field(default_factory=dict)

    def read(self) -> list[Run]:
        self.note(*self.plan.faults)
        if not self.plan.entries:
            self.note(self.plan.document.fault(("runs",), "the plan has no runs"))
        made = [(entry, runs) for entry in self.plan.entries for runs in self.expand(entry)]
        self.require_unique(made)
        self.require_wanted_defaults()
        runs = [run for _, in_languages in made for run in in_languages]
        order = list(dict.fromkeys([*self.languages_of(None), *(run.language for run in runs)]))
        return sorted(runs, key=lambda run: order.index(run.language))

    def note(self, *faults: Fault) -> None:
        """Note faults, each once."""
        self.faults += [fault for fault in faults if fault not in self.faults]

    def languages_of(self, entry: Written | None) -> Sequence[LanguageCode]:
        """Give the languages of the pages of an entry, or of the plan: the one ordered, else those written."""
        written = (entry and entry.languages) or self.plan.languages or [DEFAULT_LANGUAGE]
        return [self.language] if self.language else list(dict.fromkeys(written))

    def require_unique(self, made: Sequence[tuple[Written, Sequence[Run]]]) -> None:
        """Require that each run has an id and addresses of its own; of an entry the first that has not is named."""
        seen: set[str] = set()
        told: set[int] = set()
        for entry, runs in made:
            names = list(dict.fromkeys([runs[0].id, *(run.address for run in runs)]))
            twice = [name for name in names if name in seen]
            if twice and id(entry) not in told:
                message = "two runs have the same id or address '{found}'; put the matrix keys into the id: {{key}}"
                self.note(entry.fault(("id",), message, found=twice[0]))
                told.add(id(entry))
            seen.update(names)

    def require_wanted_defaults(self) -> None:
        """Require that some notebook of the plan has each parameter that has a default."""
        notebooks = [declared for declared in self.declared.values() if declared is not None]
        names = sorted({name for declared in notebooks for name in declared} - set(SET_BY_BATCH))
        for key, (_, (document, path)) in self.plan.defaults.items():
            if notebooks and key not in {*names, *SET_BY_BATCH}:
                message = "no notebook of this plan has the parameter '{found}'; nearest: {nearest}"
                self.note(document.fault(path, message, found=key, nearest=nearest(key, names, 1)))

    def expand(self, written: Written) -> Iterator[list[Run]]:
        """Make the runs of one entry, each in all languages; none when something is wrong with it."""
        declared = self.declared_by(written)
        if declared is None:
            return
        entry = written.with_defaults(self.plan.defaults, declared)
        if not self.is_sound(entry, declared):
            return
        combinations = Combinations(entry, self.facts)
        cells = list(itertools.islice(combinations, MOST_RUNS + 1))
        self.note(*combinations.faults)
        if len(cells) > MOST_RUNS:
            self.note(entry.fault(("matrix",), "the matrix makes more than {limit} runs", limit=MOST_RUNS))
            return
        for cell in cells:
            languages = self.languages_of(entry)
            runs = [self.run(entry, cell, language, combinations.behind(cell)) for language in languages]
            if self.has_sound_id(entry, runs[0].id) and self.passes_check(entry, runs[0]):
                yield runs

    def declared_by(self, entry: Written) -> dict[str, Parameter] | None:
        """Give the parameters of a notebook, read once; ``None`` when it cannot be read."""
        notebook = entry.notebook
        if notebook is None:
            message = "this key is missing; an entry without it changes one of an extended plan with the same id; nearest: {nearest}"
            others = sorted(self.plan.known - {entry.id})
            self.note(entry.fault(("notebook",), message, nearest=nearest(entry.id, others, 1) or "-"))
            return None
        if notebook not in self.declared:
            self.declared[notebook] = None
            known = sorted(path.stem for path in self.notebooks.glob("*.ipynb"))
            if notebook not in known or not SLUG.fullmatch(notebook):
                message = "there is no notebook '{found}'; there are: {allowed}"
                self.note(entry.fault(("notebook",), message, found=notebook, allowed=", ".join(known) or "-"))
                return None
            try:
                self.declared[notebook] = read_parameters(self.notebooks / f"{notebook}.ipynb")
            except DataError as error:
                self.note(*error.faults)
        return self.declared[notebook]

    def is_sound(self, entry: Written, declared: Mapping[str, Parameter]) -> bool:
        """Check names and types of all parameters of an entry."""
        before = len(self.faults)
        for key, values in entry.matrix.items():
            path = ("matrix", key)
            if key in entry.parameters:
                self.note(entry.fault(path, "'{key}' stands in matrix and in parameters; remove one", key=key))
            self.check_values(entry, key, values, declared)
        for key, value in entry.parameters.items():
            self.check_parameter(entry, ("parameters", key), value, declared)
        return len(self.faults) == before

    def check_values(
        self, entry: Written, key: str, values: list[Value] | Choice, declared: Mapping[str, Parameter]
    ) -> None:
        """Check the list or the choice of a key of the matrix."""
        path = ("matrix", key)
        if values == []:
            self.note(entry.fault(path, "the list is empty, so there is nothing to run"))
        elif isinstance(values, list):
            for place, value in enumerate(values):
                self.check_parameter(entry, (*path, place), value, declared)
        else:
            self.check_parameter(entry, path, f"{{{key}}}", declared)
            fault = misplaced(key, values)
            if fault is not None and key in declared:
                self.note(entry.fault(path, fault.message, **fault.values))

    def check_parameter(self, entry: Written, path: KeyPath, value: object, declared: Mapping[str, Parameter]) -> None:
        """Check the name and the type of one value."""
        key = str(path[1])
        allowed = [name for name in declared if name not in SET_BY_BATCH]
        if key in SET_BY_BATCH:
            self.note(entry.fault(path, "'{key}' is set by the program's options, not by a plan", key=key))
        elif key not in declared:
            message = "the notebook has no parameter '{found}'; nearest: {nearest}; it has: {allowed}"
            near, names = nearest(key, allowed, 1), ", ".join(allowed)
            self.note(entry.fault(path[:2], message, found=key, nearest=near, allowed=names))
        elif not declared[key].accepts(value):
            message = "'{key}' is of the type {expected}, found {found}"
            if str in declared[key].types:
                message = "'{key}' is of the type {expected}, found {found}; put it in quotes"
            expected = declared[key].expected
            self.note(entry.fault(path, message, key=key, expected=expected, found=repr(value)[:80]))

    def run(self, entry: Written, cell: Cell, language: LanguageCode, selections: tuple[Selection, ...]) -> Run:
        notebook = str(entry.notebook)
        parameters = {**entry.parameters, **cell}
        identity = filled(entry.id, {key: str(value).lower() for key, value in cell.items()})
        title = None if entry.title is None else getattr(entry.title, language)
        return Run(
            id=identity,
            notebook=notebook,
            path=self.notebooks / f"{notebook}.ipynb",
            parameters=parameters,
            address=f"{notebook}/{identity.removeprefix(f'{notebook}-')}.{language}.html",
            language=language,
            title=title and filled(title, self.names(parameters) | cell),
            of_town=OPTIONAL not in (self.declared[notebook] or {}),
            selections=selections,
        )

    def names(self, parameters: Mapping[str, object]) -> dict[str, object]:
        """Give the names that a title may hold beside the keys of the matrix."""
        if self.facts is None:
            return {}
        area = str(parameters.get("area") or self.facts.areas.root)
        return {"area_name": self.facts.areas.name(area)} if area in self.facts.areas else {}

    def has_sound_id(self, entry: Written, found: str) -> bool:
        """Check an id; what is still to be chosen in the town stands in it as ``{key}``."""
        still_open = [
            key for key, values in entry.matrix.items() if self.facts is None and not isinstance(values, list)
        ]
        plain = filled(found, dict.fromkeys(still_open, "x"))
        name = plain.rpartition("-")[2]
        sound = bool(SLUG.fullmatch(plain)) and len(plain) <= LONGEST_ID and not RESERVED & {plain, name}
        if not sound:
            message = "'{found}' cannot be an id: small letters a-z, digits, - and _ only, at most {limit} characters"
            self.note(entry.fault(("id",), message, found=found[: 2 * LONGEST_ID], limit=LONGEST_ID))
        return sound

    def passes_check(self, entry: Written, run: Run) -> bool:
        """Check a run against the town; faults get the line of the parameter that they name."""
        found = [] if self.facts is None else list(self.facts.faults(run))
        for fault in found:
            key = fault.place.key
            part = "matrix" if key in entry.matrix else "parameters"
            self.note(entry.fault(() if key is None else (part, key), fault.message, **fault.values))
        return not found
