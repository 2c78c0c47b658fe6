"""The manifest: what an output folder holds and from what it was made. The same input gives the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Literal

import pydantic

from sozialanalyse.batch.sections import Finding
from sozialanalyse.documents import Model
from sozialanalyse.errors import UsageError
from sozialanalyse.language import LanguageCode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
SCHEMA_VERSION = 2
"""Of the manifest: the first had no hashes of files but pages, no versions and no withdrawals; it is read as well."""

ADDRESS = r"^[a-z0-9_-]+/[a-z0-9_-]+\.(?:de|en)\.html$"
"""What the address of a page looks like: a folder and a file below the output folder, and never out of it."""

FILE = (
    r"[a-z0-9_-]+/[a-z0-9_-]+\.(?:de|en)\.(?:html|csv|xlsx|tidy\.csv|tidy\.csv-metadata\.json)"
    r"|downloads/[a-z0-9_-]+\.(?:csv|xlsx|json|jsonld|geojson|tidy\.csv|tidy\.csv-metadata\.json)"
)
"""What the address of a file of an edition looks like that is a page or stands beside one, or among those for all."""

State = Literal["current", "earlier", "failed", "withdrawn"]
"""``current``: made from the hashes beside it; ``earlier``: kept from an earlier run, as the last try failed or as
this run made only others, from something else (:data:`OUTDATED`); ``failed``: it could not be made; ``withdrawn``: it was
taken back. Of the last two a notice stands at the address, and their ``sha256`` is None."""

Status = Literal["whole", "incomplete"]
"""Of an edition: whether every finding of it is current or was withdrawn."""

OUTDATED = ("This page was made from earlier data.", "This page was made by an earlier version of the program.")
"""Why a page that a run did not make is not current; in the manifest in English, on the index in its language."""


class Hashes(Model):
    """Content hashes (sha256, hexadecimal) of the six things that a page is made of.

    ``data`` is that of the Release, ``ledger`` that of the release's place in the ledger of releases; None where everything is
    released to those who keep the data.
    """

    data: str
    catalogue: str
    notebook: str
    parameters: str
    library: str
    ledger: str | None = None


def outdated(kept: Hashes, now: Hashes, *, same_versions: bool) -> str | None:
    """Say which of :data:`OUTDATED` holds for a page; nothing when it is made of the same as the pages of this run.

    The parameters are left out: they hold the language.

    Parameters
    ----------
    kept, now
        What the page, and what the same finding would be made of by this run.
    same_versions
        Whether the libraries that draw and write are those of the run before.
    """
    by_data, by_program = OUTDATED
    if (kept.data, kept.catalogue, kept.ledger) != (now.data, now.catalogue, now.ledger):
        return by_data
    is_same = same_versions and (kept.notebook, kept.library) == (now.notebook, now.library)
    return None if is_same else by_program


class File(Model):
    """A file of an edition and the hash of its bytes."""

    address: str
    sha256: str


class Download(File):
    """A file for all: also how large it is, what it is called and for."""

    bytes: int
    name: str
    use: str


class Entry(Model):
    """One finding: where it stands, what it was made of, and what the index says of it."""

    id: str
    language: LanguageCode
    address: str = pydantic.Field(pattern=ADDRESS)
    state: State
    group: str
    title: str | None = None
    sha256: str | None
    hashes: Hashes
    finding: Finding | None = None
    reason: str | None = None
    downloads: tuple[File, ...] = ()

    @property
    def label(self) -> str:
        """What it is called: as its page is, as the plan says, or by its id."""
        return self.finding.title if self.finding else self.title or self.id

    def without_page(self, state: State, reason: str | None) -> Entry:
        """Take away its page, the files beside it, and what the index quotes of it: what it says of results."""
        about = {"summary": "", "data_state": "", "notices": ()}
        told = {name: marks for name, marks in self.finding.told.items() if name not in about} if self.finding else {}
        finding = self.finding and self.finding.model_copy(update={**about, "told": told})
        gone = {"state": state, "sha256": None, "downloads": ()}
        return self.model_copy(update={**gone, "reason": reason, "finding": finding})


class Withdrawal(Model):
    """A finding that was taken back, when and why; it is not made again until somebody restores it."""

    id: str
    withdrawn: dt.date
    reason: str


class ReleaseNumber(Model):
    """From which Release the pages of the last run were made: its number in the town's ledger, and the hash of its content."""

    number: int
    sha256: str


class Manifest(Model):
    """All that an edition holds: findings, files, and what both were made with; no time, for those differ from run to run.

    ``files`` are all but the manifest itself and those three that hold times or depend on the edition before, ``run.json``,
    ``feed.xml`` and ``news.html``. ``notices`` are
    those that every page and the index of a language say, ``versions`` those of the libraries that draw and write.
    ``downloads`` are the files for all, ``downloads_of`` is the hash of what they were made of.
    """

    schema_version: int = pydantic.Field(default=SCHEMA_VERSION, alias="schema")
    town: str
    audience: str
    release: ReleaseNumber | None = None
    status: Status = "whole"
    versions: dict[str, str] = pydantic.Field(default_factory=dict)
    notices: dict[LanguageCode, tuple[str, ...]] = pydantic.Field(default_factory=dict)
    withdrawals: tuple[Withdrawal, ...] = ()
    files: tuple[File, ...] = ()
    downloads: tuple[Download, ...] = ()
    downloads_of: str | None = None
    findings: tuple[Entry, ...] = ()

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of each file by its address; of the pages only, where nothing is known of others."""
        return {file.address: file.sha256 for file in self.files} or self.made

    @property
    def made(self) -> dict[str, str]:
        """The hash of each page, of each file beside one, and of each for all, by its address."""
        pages = {entry.address: entry.sha256 for entry in self.findings if entry.sha256}
        beside: list[File] = [*self.downloads, *(file for entry in self.findings for file in entry.downloads)]
        return pages | {file.address: file.sha256 for file in beside}

    @property
    def language(self) -> LanguageCode:
        """The language of the index: that of the first finding."""
        return self.findings[0].language if self.findings else "de"

    @property
    def town_label(self) -> str:
        """What the findings call the town; without any, the name of its folder."""
        return next((entry.finding.town for entry in self.findings if entry.finding), self.town)

    @property
    def withdrawn(self) -> dict[str, Withdrawal]:
        """What was taken back, by the id of the finding."""
        return {entry.id: entry for entry in self.withdrawals}

    def text(self) -> str:
        """Write the manifest; the same content gives the same bytes."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1) + "\n"

    def fits(self, town: str, audience: str) -> bool:
        """Say whether its pages may stand beside those of a town and an audience."""
        return (self.town, self.audience) == (town, audience)


def read_manifest(output: Path) -> Manifest | None:
    """Read the manifest of an output folder; nothing when there is none or it is damaged.

    Raises
    ------
    UsageError
        When a later release wrote it: its pages are not ours to replace.
    """
    try:
        found = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    version = found.get("schema") if isinstance(found, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        message = "the output folder was written by a later release (manifest of schema {found}); use another folder"
        raise UsageError(message, found=version)
    try:
        return Manifest.model_validate(found)
    except pydantic.ValidationError:
        return None


def hash_of(value: object) -> str:
    """Hash a plain value by its canonical JSON text."""
    return hash_text(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def hash_text(text: str | bytes) -> str:
    """Hash a text, or the bytes of a file."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def hash_files(files: Iterable[tuple[str, Path]]) -> str:
    """Hash files by their names, as given, and their content."""
    total = hashlib.sha256()
    for name, path in sorted(files):
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def hash_folder(folder: Path, suffixes: Collection[str], without: Path | None = None) -> str:
    """Hash the files of a folder that have one of the suffixes, but for one folder in it."""
    files = (path for path in folder.rglob("*") if path.suffix in suffixes and without not in path.parents)
    return hash_files((path.relative_to(folder).as_posix(), path) for path in files)


def hash_notebook(path: Path) -> str:
    """Hash what a notebook says and does: kinds, tags and sources of its cells, not its outputs."""
    cells: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    said = [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]
    return hash_of(said)


def is_address(text: str) -> bool:
    """Say whether a text can be the address of a page, of a file beside one, or of one for all."""
    return re.fullmatch(FILE, text, re.ASCII) is not None
