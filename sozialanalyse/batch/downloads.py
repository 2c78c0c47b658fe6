"""The files for all: everything that was released, made by a process of its own, which gets the file of the Release alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sozialanalyse.batch.edition import Download, hash_of, hash_text, read_manifest
from sozialanalyse.batch.orders import versions
from sozialanalyse.batch.processes import work
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.batch.store.trees import matches
from sozialanalyse.errors import SozialanalyseError

if TYPE_CHECKING:
    from pathlib import Path

    from sozialanalyse.batch.edition import Hashes, Manifest
    from sozialanalyse.batch.orders import Order

FOLDER = "downloads"

LISTING = "listing.json"


class DownloadsError(SozialanalyseError):
    """The process that writes the files for all ended without them."""


def with_downloads(manifest: Manifest, order: Order, hashes: Hashes) -> tuple[Manifest, dict[str, bytes]]:
    """Add the files for all to a manifest.

    Parameters
    ----------
    manifest
        Of the next edition.
    order
        With the file of the Release and the output folder.
    hashes
        Of what any finding is made of; those of notebook and parameters do not matter.

    Returns
    -------
    tuple
        The manifest, and the files by their address; none where those of the edition before are as good.

    Raises
    ------
    DownloadsError
        They could not be made.
    """
    release = order.release
    if not order.for_all or release is None:
        return manifest, {}
    notices = manifest.notices.get(manifest.language, ())
    made_of = [hashes.data, hashes.catalogue, hashes.library, hashes.ledger]
    key = hash_of([*made_of, order.audience, manifest.language, notices, versions()])
    before = read_manifest(order.output)
    if before is not None and before.downloads_of == key and _are_whole(before, order.output):
        return manifest.model_copy(update={"downloads": before.downloads, "downloads_of": key}), {}
    files, listing = _made({"release": str(release), "language": manifest.language, "notices": list(notices)})
    found = tuple(
        Download(
            address=f"{FOLDER}/{entry['file']}",
            sha256=hash_text(files[entry["file"]]),
            bytes=len(files[entry["file"]]),
            name=entry["name"],
            use=entry["use"],
        )
        for entry in listing
    )
    return manifest.model_copy(update={"downloads": found, "downloads_of": key}), {
        f"{FOLDER}/{name}": content for name, content in files.items()
    }


def _are_whole(manifest: Manifest, folder: Path) -> bool:
    return not matches(folder, {file.address: file.sha256 for file in manifest.downloads})


def _made(job: dict[str, object]) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Start the process, wait for its end, and read what it left."""
    with scratch() as folder:
        failure = work("sozialanalyse.downloads", {**job, "into": str(folder)})
        if failure or not (folder / LISTING).is_file():
            message = "the files for download could not be made: {reason}"
            raise DownloadsError(message, reason=failure or "exit code 0")
        listing = json.loads((folder / LISTING).read_text(encoding="utf-8"))
        return {entry["file"]: (folder / entry["file"]).read_bytes() for entry in listing}, listing
