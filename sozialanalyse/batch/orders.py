"""What a batch is asked for, and what there is to do: each run of the plan, and why it is made or is not."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sozialanalyse.batch.archive import REPORT, Retention
from sozialanalyse.batch.cluster.address import require_usable
from sozialanalyse.batch.edition import (
    OUTDATED,
    Entry,
    Hashes,
    hash_folder,
    hash_notebook,
    hash_of,
    read_manifest,
)
from sozialanalyse.batch.execution import DEADLINE
from sozialanalyse.batch.frame import frame_of
from sozialanalyse.batch.gate import PUBLIC, UNPROTECTED
from sozialanalyse.batch.plan import read_plan
from sozialanalyse.batch.publishing import KNOWLEDGE, Output, private_of, refuse
from sozialanalyse.batch.runs import Run, choose
from sozialanalyse.batch.traces import Traces, trace_of, write_traces
from sozialanalyse.errors import Fault, UsageError
from sozialanalyse.language import Language, LanguageCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sozialanalyse.batch.choices import TownFacts
    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.batch.traces import Notes

Why = Literal["new", "changed", "failed before", "forced", "unchanged", "withdrawn", "not chosen"]
"""Why a finding is made, or is not; what has changed stands beside it (:attr:`Step.changed`)."""

DATA, VERSIONS, PAGE = "data", "versions", "page"
"""A hash, and what can have changed beside the hashes: the libraries that draw and write, and the page itself, which somebody touched."""

READ_OF_RELEASE = frozenset({"data", "catalogue", "ledger"})
"""Hashes of the whole of what a page reads a part of; where that part is known and the same, they do not matter."""

_PACKAGE = Path(__file__).parents[1]
_DEFINITIONS = _PACKAGE / "catalogue" / "definitions"
_SOURCES = (".py", ".j2", ".css", ".js", ".po", ".yml", ".json")
_DRAWN_BY = (
    "babel",
    "geopandas",
    "jinja2",
    "mapclassify",
    "markupsafe",
    "matplotlib",
    "mistune",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "scipy",
    "seaborn",
    "shapely",
)
"""The libraries that compute, draw and write: another version of one can change the bytes of a page."""


@dataclass(frozen=True)
class Order:
    """What to make, of what, for whom, and where to.

    Parameters
    ----------
    town, raw
        Folder of the town, and of its raw files.
    data
        Hash of what the pages are made of: of the Release, for the hash of counts that are hidden would give them away to
        who knows all the others.
    release
        The file of the Release; None for notebooks that read the town themselves.
    number, ledger
        Of the Release in the town's ledger (0: it is not entered), and the hash of both.
    ledger_folder
        Where the ledger lies; default: in the town folder.
    plan, notebooks
        The plan file, and the folder of the notebooks.
    output
        Folder of the pages.
    audience
        For whom.
    language
        The only language of the pages; default: those of the plan.
    notices
        What every page of a language must say at its top.
    only
        Ids of the runs to make, or patterns of them such as ``trend-*``; empty for all.
    workers, deadline
        How many at once (default: :func:`.default_workers`), and seconds for each.
    engine
        How notebooks are run (:data:`.engine.local.EngineName`); default: that of the system.
    cluster
        Address of a dask scheduler whose workers make the findings; default: this machine does.
    retention
        How many earlier editions are kept.
    force
        Make also what is unchanged.
    audited
        Whether pages for the public are attacked before they are published.
    for_all
        Whether all that was released is offered for download, beside the findings.
    impossible
        How many numbers of the town cannot be right.
    static
        Texts of each language with numerals in them that are no results, such as definitions; the audit knows them.
    """

    town: Path
    data: str
    plan: Path
    notebooks: Path
    output: Path
    raw: Path | None = None
    audience: str = PUBLIC
    language: LanguageCode | None = None
    notices: Mapping[LanguageCode, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    workers: int | None = None
    deadline: float = DEADLINE
    engine: str | None = None
    cluster: str | None = None
    retention: Retention = field(default_factory=Retention)
    force: bool = False
    release: Path | None = None
    number: int = 0
    ledger: str | None = None
    ledger_folder: Path | None = None
    audited: bool = True
    for_all: bool = False
    impossible: int = 0
    static: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, Value]:
        """The parameters that every notebook gets; the town is only for those who keep its data."""
        release = "" if self.release is None else str(self.release)
        if self.audience != UNPROTECTED:
            return {"release": release, "town": "", "raw": None, "audience": self.audience}
        raw = None if self.raw is None else str(self.raw.resolve())
        return {"release": release, "town": str(self.town.resolve()), "raw": raw, "audience": self.audience}

    @property
    def town_name(self) -> str:
        """The town's name in the manifest: that of its folder, however it was written (``.``)."""
        return self.town.resolve().name

    @cached_property
    def frames(self) -> Mapping[str, Frame]:
        """What stands on every page, by language; of pages for the public only, as it comes from what everybody may know."""
        known = None
        if self.audience == PUBLIC and self.release is not None:
            with zipfile.ZipFile(self.release) as archive:
                known = archive.read(KNOWLEDGE).decode("utf-8") if KNOWLEDGE in archive.namelist() else None
        return {code: frame_of(known, Language(code)) for code in get_args(LanguageCode)}


@dataclass(frozen=True, slots=True)
class Step:
    """A run and why it is made, or is not.

    Parameters
    ----------
    run
        What would be made.
    why
        Why it is made, or is not.
    hashes
        Of what it is made.
    changed
        What differs from what the page was made of: names of :class:`.Hashes`, :data:`VERSIONS` and :data:`PAGE`.
    what
        Of ``data`` and ``catalogue`` what that is, by name, as far as it is known: indicators, the target group, files of the town.
    """

    run: Run
    why: Why
    hashes: Hashes
    changed: tuple[str, ...] = ()
    what: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether the notebook has to run."""
        return self.why not in {"unchanged", "withdrawn", "not chosen"}


def preview(order: Order, facts: TownFacts | None = None) -> list[Step]:
    """Say what a batch would do and why, touching nothing.

    Parameters
    ----------
    order
        What to make.
    facts
        Of the town, in which the plan is looked up and checked.

    Raises
    ------
    SozialanalyseError
        As :func:`sozialanalyse.batch.run_plan` before it starts.
    """
    runs = checked_runs(order, facts)
    refuse(order.output, keep_out(order))
    return steps_of(order, runs, order.output)


def check_use(order: Order) -> None:
    """Refuse what can be seen to be wrong before the town is opened: the plan's form, unknown ids, the output folder.

    Raises
    ------
    SozialanalyseError
        As :func:`sozialanalyse.batch.run_plan` before it starts.
    """
    if order.cluster is not None:
        require_usable(order.cluster, order.audience)
    checked_runs(order, None)
    refuse(order.output, keep_out(order))


def checked_runs(order: Order, facts: TownFacts | None) -> list[Run]:
    """Read the plan and check it as a whole, and that it has the runs that were chosen."""
    runs = read_plan(order.plan, order.notebooks, order.language, facts)
    refused = sorted({run.notebook for run in choose(runs, order.only) if run.of_town})
    if refused and order.audience != UNPROTECTED:
        message = (
            "the notebook '{notebook}' reads the town's own files, which is for those who keep the data only; use --audience "
            "{audience}, or give it a parameter release"
        )
        raise UsageError([Fault(message, {"notebook": name, "audience": UNPROTECTED}) for name in refused])
    return runs


def keep_out(order: Order) -> list[Path]:
    """Name the folders that no page may be written to."""
    return [order.town, order.notebooks, _PACKAGE, *([] if order.raw is None else [order.raw])]


def steps_of(order: Order, runs: Sequence[Run], output: Path) -> list[Step]:
    """Compare what the runs are made of with what the output folder holds."""
    chosen = {run.key for run in choose(runs, order.only)}
    hashes_of = _hashing(order, runs)
    earlier = earlier_findings(order, output)
    drawn_alike, drawn_by = same_versions(output), versions()
    traces = Traces.of(order.release, logs_of(output))
    steps = []
    for run in runs:
        hashes = hashes_of(run)
        entry = earlier.get((run.id, run.language)) if run.key in chosen else None
        changed = () if entry is None else tuple(_changes(entry, hashes, output, drawn_alike=drawn_alike))
        what: dict[str, tuple[str, ...]] | None = None
        if entry is not None and not READ_OF_RELEASE.isdisjoint(changed):
            what = traces.changed(run.key, entry)
        if what is not None and traces.is_made_of(run.key, rest_of(order, run, hashes, drawn_by)):
            changed = (*what, *(name for name in changed if name not in READ_OF_RELEASE))
        why = _why(entry, changed, force=order.force) if run.key in chosen else "not chosen"
        steps.append(Step(run, why, hashes, changed, what or {}))
    return steps


def rest_of(order: Order, run: Run, hashes: Hashes, drawn_by: Mapping[str, str]) -> str:
    """Hash what a page is made of beside the Release: notebook, parameters, program, libraries, and what it must say."""
    own = (hashes.notebook, hashes.parameters, hashes.library)
    return hash_of([own, drawn_by, list(order.notices.get(run.language, ())), order.frames[run.language]])


def logs_of(output: Path) -> Path:
    """Name the folder of the logs of an output folder."""
    folder = output.resolve()
    return Output(folder, private_of(folder)).logs


def remember(
    order: Order, output: Path, steps: Sequence[Step], entries: Mapping[str, Entry], read: Mapping[str, Notes]
) -> None:
    """Keep what the findings have read that were made, beside what is known of the others of the plan."""
    traces, drawn_by = Traces.of(order.release, logs_of(output)), versions()
    known = {step.run.key: traces.known[step.run.key] for step in steps if step.run.key in traces.known}
    parts = dict(traces.parts)
    for step in steps:
        run, entry, notes = step.run, entries.get(step.run.key), read.get(step.run.key, ())
        found = traces.read(notes)
        if entry is not None and entry.sha256 is not None and found is not None:
            known[run.key] = trace_of(entry, rest_of(order, run, step.hashes, drawn_by), notes, found)
            parts[str(known[run.key]["digest"])] = found
    if known == traces.known:
        return
    with contextlib.suppress(OSError):  # what is published stands; without traces more is made again
        write_traces(logs_of(output), known, parts)


def hash_program() -> tuple[str, str]:
    """Hash this program, and the catalogue that comes with it."""
    return hash_folder(_PACKAGE, _SOURCES, without=_DEFINITIONS), hash_folder(_DEFINITIONS, (".yml",))


def _hashing(order: Order, runs: Sequence[Run]) -> Callable[[Run], Hashes]:
    """Hash once what runs share."""
    library, catalogue = hash_program()
    notebooks = {path: hash_notebook(path) for path in {run.path for run in runs}}

    def hashes_of(run: Run) -> Hashes:
        return Hashes(
            data=order.data,
            catalogue=catalogue,
            notebook=notebooks[run.path],
            parameters=hash_of({**run.parameters, "language": run.language, "audience": order.audience}),
            library=library,
            ledger=order.ledger,
        )

    return hashes_of


def _changes(entry: Entry, hashes: Hashes, output: Path, *, drawn_alike: bool) -> list[str]:
    """Name what differs from what a page was made of."""
    changed = [name for name in Hashes.model_fields if getattr(entry.hashes, name) != getattr(hashes, name)]
    if not drawn_alike:
        changed.append(VERSIONS)
    if (
        not changed and entry.reason in OUTDATED
    ):  # made of the same again, after a run that was not; it still says otherwise
        changed.append(DATA if entry.reason == OUTDATED[0] else VERSIONS)
    beside = [file for file in entry.downloads if not _is_whole(output / file.address, file.sha256)]
    if entry.sha256 is not None and (beside or not _is_whole(output / entry.address, entry.sha256)):
        changed.append(PAGE)
    return changed


def _is_whole(page: Path, sha256: str) -> bool:
    """Say whether a page is what was published."""
    return page.is_file() and hashlib.sha256(page.read_bytes()).hexdigest() == sha256


def _why(entry: Entry | None, changed: Sequence[str], *, force: bool) -> Why:
    if entry is None:
        return "new"
    if entry.state == "withdrawn":
        return "withdrawn"
    if entry.state == "failed":
        return "failed before"
    if changed and not (force and set(changed) == {VERSIONS}):
        return "changed"
    if entry.state != "current":
        return "failed before"
    return "forced" if force else "unchanged"


def earlier_findings(order: Order, output: Path) -> dict[tuple[str, str], Entry]:
    """Give the findings of the edition before; those of another town or audience must not stand beside ours."""
    manifest = read_manifest(output)
    if manifest is None or not manifest.fits(order.town_name, order.audience):
        return {}
    return {(entry.id, entry.language): entry for entry in manifest.findings}


def versions() -> dict[str, str]:
    """Give the versions of what draws and writes our pages."""
    found = {"python": platform.python_version()}
    for name in ("sozialanalyse", *_DRAWN_BY):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def same_versions(output: Path) -> bool:
    """Say whether what draws and writes is what made the pages of the run before."""
    try:
        before = json.loads((output / REPORT).read_text(encoding="utf-8")).get("versions")
    except (OSError, ValueError, AttributeError):
        return False
    return bool(before == versions())
