"""Pages on paper: the findings of a published edition as tagged PDF, by the Chromium of the machine.

They stand beside the edition and not in it: whatever is printed was audited as a page, and only pages whose bytes are those that were
published are printed. Chromium tags what it prints by the page's own structure (headings, tables, alternative texts, language).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sozialanalyse.batch.edition import read_manifest
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.batch.store.trees import hand_over, matches
from sozialanalyse.errors import SozialanalyseError, UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from sozialanalyse.batch.edition import Manifest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
"""What a Chromium may be called."""

LISTING = "printed.json"
"""In the folder of the PDF files: from which page each was made."""

SECONDS = 120
"""After so long a page is given up."""

_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)

_WRITTEN = re.compile(rb"\(D:\d{14}([+-]\d\d'\d\d'|Z)\)")
_FIRST_DAY = b"(D:19800101000000+00'00')"
"""In place of the time of printing, so that the same page gives the same bytes; just as long, since a PDF counts its bytes."""


class PrintingError(SozialanalyseError):
    """No Chromium, or it did not print."""


def print_pages(output: Path, into: Path, only: Collection[str] = ()) -> tuple[int, int]:
    """Print the findings of an edition; those whose page has not changed since the last time are left as they are.

    Parameters
    ----------
    output
        Folder of the edition.
    into
        Folder for the PDF files, made where there is none. What was printed there before and is no longer a page goes.
    only
        Ids of findings, or patterns of them such as ``trend-*``; default: all.

    Returns
    -------
    tuple of int
        How many were printed, and how many there are now.

    Raises
    ------
    UsageError
        There is no edition, no such finding, a page is other than it was published, or the folder holds other things.
    PrintingError
        There is no Chromium, or it failed; what was printed so far stays.
    """
    manifest = _published(output)
    pages = {entry.address: str(entry.sha256) for entry in manifest.findings if entry.sha256}
    wanted = _chosen(manifest, only)
    listed = _listed(into)
    done = {address: page for address, page in listed.items() if address in pages}
    for address in listed.keys() - done.keys():
        (into / _name(address)).unlink(missing_ok=True)
    todo = [address for address in pages if address in wanted and not _is_done(into, address, pages, done)]
    for address in todo:
        target = into / _name(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        hand_over(target, _printed(output / address))
        done[address] = pages[address]
        hand_over(into / LISTING, json.dumps(dict(sorted(done.items())), indent=1))
    return len(todo), len(done)


def _published(output: Path) -> Manifest:
    manifest = read_manifest(output)
    if manifest is None:
        message = "there is no edition in {folder}; make one first: sozialanalyse run"
        raise UsageError(message, folder=str(output))
    changed = matches(output, {entry.address: entry.sha256 for entry in manifest.findings if entry.sha256})
    if changed:
        message = "{page} is not as it was published, so it is not printed; sozialanalyse run --force makes it anew"
        raise UsageError(message, page=changed[0])
    return manifest


def _chosen(manifest: Manifest, only: Collection[str]) -> set[str]:
    """Choose pages by the ids of their findings, in every language."""
    found = [(entry.id, entry.address) for entry in manifest.findings if entry.sha256]
    for asked in only:
        if not any(fnmatchcase(name, asked) for name, _ in found):
            what = "finding"
            raise unknown(what, asked, list(dict(found)))
    return {address for name, address in found if not only or any(fnmatchcase(name, asked) for asked in only)}


def _name(address: str) -> str:
    return f"{address.removesuffix('.html')}.pdf"


def _listed(into: Path) -> dict[str, str]:
    """Read what was printed into a folder; refuse one that holds other things, for they could be overwritten."""
    if not into.is_dir() or not any(into.iterdir()):
        return {}
    try:
        found = json.loads((into / LISTING).read_text(encoding="utf-8"))
        return {str(address): str(page) for address, page in found.items()}
    except (OSError, ValueError, AttributeError):
        message = "{folder} holds other things than printed findings; name an empty folder or a new one"
        raise UsageError(message, folder=str(into)) from None


def _is_done(into: Path, address: str, pages: Mapping[str, str], done: Mapping[str, str]) -> bool:
    return done.get(address) == pages[address] and (into / _name(address)).is_file()


def _printed(page: Path) -> bytes:
    """Let Chromium print a page in a folder of its own."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        message = "no Chromium was found to print with (looked for: {programs}); on Debian: apt install chromium"
        raise PrintingError(message, programs=", ".join(PROGRAMS))
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # else it does not start
    with scratch() as folder:
        printed = folder / "page.pdf"
        profile = f"--user-data-dir={folder / 'profile'}"
        command = [program, *_OPTIONS, *as_root, profile, f"--print-to-pdf={printed}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)  # noqa: S603 - of the system
            failure = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] if done.returncode else ""
        except subprocess.TimeoutExpired:
            failure = f"no end after {SECONDS} s"
        if not printed.is_file():
            message = "{page} could not be printed: {reason}"
            raise PrintingError(message, page=page.name, reason=failure or "Chromium wrote no file")
        return _WRITTEN.sub(_FIRST_DAY, printed.read_bytes())
