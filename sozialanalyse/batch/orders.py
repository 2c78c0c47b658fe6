"""What a batch is asked for, and what there is to do: each run of the plan, and why it is made or is not."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sozialanalyse.batch.edition import (
    OUTDATED,
    Entry,
    Hashes,
    hash_folder,
    hash_notebook,
    hash_of,
    hash_text,
    read_manifest,
)
from sozialanalyse.batch.execution import DEADLINE
from sozialanalyse.batch.gate import UNPROTECTED
from sozialanalyse.batch.plan import Check, Run, choose, read_plan
from sozialanalyse.batch.publishing import REPORT, refuse
from sozialanalyse.errors import Fault, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.language import LanguageCode

Why = Literal["new", "changed", "failed before", "forced", "unchanged", "not chosen"]
"""Why a finding is made, or is not."""

_PACKAGE = Path(__file__).parents[1]
_DEFINITIONS = _PACKAGE / "catalogue" / "definitions"
_SOURCES = (".py", ".j2", ".css", ".po", ".yml", ".json")
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
        Ids of the runs to make; empty for all.
    workers, deadline
        How many at once (default: :func:`.default_workers`), and seconds for each.
    force
        Make also what is unchanged.
    audited
        Whether pages for the public are attacked before they are published.
    static
        Texts of each language with numerals in them that are no results, such as definitions; the audit knows them.
    """

    town: Path
    data: str
    plan: Path
    notebooks: Path
    output: Path
    raw: Path | None = None
    audience: str = "public"
    language: LanguageCode | None = None
    notices: Mapping[LanguageCode, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    workers: int | None = None
    deadline: float = DEADLINE
    force: bool = False
    release: Path | None = None
    number: int = 0
    ledger: str | None = None
    ledger_folder: Path | None = None
    audited: bool = True
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


@dataclass(frozen=True, slots=True)
class Step:
    """A run and why it is made, or is not."""

    run: Run
    why: Why
    hashes: Hashes

    @property
    def is_due(self) -> bool:
        """Whether the notebook has to run."""
        return self.why not in {"unchanged", "not chosen"}


def preview(order: Order, check: Check | None = None) -> list[Step]:
    """Say what a batch would do and why, touching nothing.

    Raises
    ------
    SozialanalyseError
        As :func:`sozialanalyse.batch.run_plan` before it starts.
    """
    runs = checked_runs(order, check)
    refuse(order.output, keep_out(order))
    return steps_of(order, runs, order.output)


def check_use(order: Order) -> None:
    """Refuse what can be seen to be wrong before the town is opened: the plan's form, unknown ids, the output folder.

    Raises
    ------
    SozialanalyseError
        As :func:`sozialanalyse.batch.run_plan` before it starts.
    """
    checked_runs(order, None)
    refuse(order.output, keep_out(order))


def checked_runs(order: Order, check: Check | None) -> list[Run]:
    """Read the plan and check it as a whole, and that it has the runs that were chosen."""
    runs = read_plan(order.plan, order.notebooks, order.language, check)
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
    chosen = choose(runs, order.only)
    library = hash_folder(_PACKAGE, _SOURCES, without=_DEFINITIONS)
    catalogue = hash_folder(_DEFINITIONS, (".yml",))
    notebooks = {path: hash_notebook(path) for path in {run.path for run in runs}}
    earlier = earlier_findings(order, output)
    drawn_alike = same_versions(output)
    steps = []
    for run in runs:
        parameters = hash_of({**run.parameters, "language": run.language, "audience": order.audience})
        hashes = Hashes(
            data=order.data,
            catalogue=catalogue,
            notebook=notebooks[run.path],
            parameters=parameters,
            library=library,
            ledger=order.ledger,
        )
        entry = earlier.get((run.id, run.language))
        why = _why(entry, hashes, output) if run in chosen else "not chosen"
        if why == "unchanged" and (order.force or not drawn_alike):
            why = "forced" if order.force else "changed"
        steps.append(Step(run, why, hashes))
    return steps


def _why(entry: Entry | None, hashes: Hashes, output: Path) -> Why:
    if entry is None:
        return "new"
    if entry.state == "failed":
        return "failed before"
    page = output / entry.address
    is_whole = page.is_file() and hash_text(page.read_text(encoding="utf-8")) == entry.sha256
    if not is_whole or entry.hashes != hashes or entry.reason in OUTDATED:
        return "changed"
    return "unchanged" if entry.state == "current" else "failed before"


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
