"""What stands: the public edition and the earlier ones, as a command finds them, and how a changed one is put in its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.archive import Edition, earlier_editions, read_edition, read_report
from sozialanalyse.batch.assembling import Assembly, assemble
from sozialanalyse.batch.edition import SCHEMA_VERSION
from sozialanalyse.batch.publishing import KNOWLEDGE, SHARED, private_of
from sozialanalyse.batch.withdrawals import dates_of
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from sozialanalyse.batch.edition import Manifest
    from sozialanalyse.batch.publishing import Output


def editions(folder: Path) -> list[Edition]:
    """List the editions of an output folder, the public one first; nothing is locked or changed.

    Parameters
    ----------
    folder
        The output folder.
    """
    folder = folder.resolve()
    public = read_edition(folder)
    return [*([public] if public else []), *earlier_editions(private_of(folder))]


def public_edition(output: Output) -> Edition:
    """Read the edition that is public.

    Raises
    ------
    UsageError
        There is none, or an earlier release made it, which did not yet say all that is needed.
    """
    edition = read_edition(output.folder, output.number)
    if edition is None:
        message = "there is no edition in {folder}; name the folder of the pages with --output"
        raise UsageError(message, folder=output.folder.name)
    if edition.manifest.schema_version < SCHEMA_VERSION:
        message = "the pages in {folder} were made by an earlier release of this program; make them again first: sozialanalyse run"
        raise UsageError(message, folder=output.folder.name)
    return edition


def assembled_again(manifest: Manifest, folder: Path) -> Assembly:
    """Write notices, index and manifest of an edition anew, after its manifest was changed.

    Parameters
    ----------
    manifest
        What it is to hold.
    folder
        What everybody may know is taken from there; the dates of withdrawals are added to it.
    """
    shared = {name: (folder / name).read_text(encoding="utf-8") for name in SHARED if (folder / name).is_file()}
    if KNOWLEDGE in shared:
        shared[KNOWLEDGE] = _with_static(shared[KNOWLEDGE], dates_of(manifest))
    return assemble(manifest, {}, shared)


def _with_static(knowledge: str, texts: list[str]) -> str:
    """Add texts whose numerals are no results, in the form in which the file is always written."""
    content = json.loads(knowledge)
    content["static"] = sorted({*content.get("static", ()), *texts})
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def report_of(folder: Path, edition: int, now: dt.datetime, **changes: Any) -> str:
    """Write the run report of an edition that no run made: that of the run behind it, with another number and time."""
    before = {name: value for name, value in read_report(folder).items() if name != "restored"}
    time = now.isoformat(timespec="seconds")
    report = {**before, "schema": 1, "edition": edition, "began": time, "ended": time, **changes}
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"
