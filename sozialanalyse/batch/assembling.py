"""All files of an edition as texts: pages, notices, index, feed and manifest, which fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sozialanalyse.batch.archive import REPORT
from sozialanalyse.batch.edition import MANIFEST, File, Manifest, hash_text, read_manifest
from sozialanalyse.batch.feed import feed_text
from sozialanalyse.batch.frame import frame_of
from sozialanalyse.batch.publishing import FEED, KNOWLEDGE, NEWS, SHARED
from sozialanalyse.batch.store.trees import matches
from sozialanalyse.language import Language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Assembly:
    """An edition before it is published.

    Parameters
    ----------
    manifest
        What it holds, with the hashes of all files.
    texts
        Text or bytes of each new file by its address: pages and files beside them and notices, what everybody may know, index and manifest.
    """

    manifest: Manifest
    texts: Mapping[str, str | bytes] = field(default_factory=dict)

    @property
    def kept(self) -> list[str]:
        """Addresses of the pages, and of the files beside them and for all, that stay as they are."""
        return [address for address in self.manifest.made if address not in self.texts]

    def is_in(self, folder: Path) -> bool:
        """Whether the folder holds just this edition, but for the times; its pages are only looked for."""
        try:
            is_same = (folder / MANIFEST).read_text(encoding="utf-8") == self.texts[MANIFEST]
        except (OSError, ValueError):
            return False
        written = {name: sha for name, sha in self.manifest.hashes.items() if name in self.texts}
        is_whole = not matches(folder, written) and all((folder / address).is_file() for address in self.kept)
        return is_same and is_whole and all((folder / name).is_file() for name in (FEED, NEWS))

    def with_times(self, report: str, folder: Path, now: dt.datetime) -> dict[str, str | bytes]:
        """Give all texts, with those that hold times or depend on the edition before.

        Parameters
        ----------
        report
            The run report.
        folder
            The output folder, with the feed and the manifest of the edition before.
        now
            When it is published.
        """
        from sozialanalyse.batch.site.news import news_page  # noqa: PLC0415 - Jinja is heavy

        previous = read_manifest(folder)
        if previous is not None and not previous.fits(self.manifest.town, self.manifest.audience):
            previous = None
        try:
            before = (folder / FEED).read_text(encoding="utf-8")
        except (OSError, ValueError):
            before = None
        shared = self.texts.get(KNOWLEDGE)
        known = shared if isinstance(shared, str) else None
        web = frame_of(known, Language(self.manifest.language))["url"]
        feed = feed_text(before, self.manifest, previous, now, web=web)
        news = news_page(self.manifest, previous, known)
        return {REPORT: report, FEED: feed, NEWS: news, **self.texts}


def assemble(manifest: Manifest, pages: Mapping[str, str | bytes], shared: Mapping[str, str]) -> Assembly:
    """Write notices, index and manifest of an edition.

    Parameters
    ----------
    manifest
        What it holds; the hashes of files are added here.
    pages
        The new pages and files beside them or for all, by their address; only what the manifest has is taken.
    shared
        What everybody may know of the Release.
    """
    from sozialanalyse.batch.notices import notices_of  # noqa: PLC0415 - Jinja is heavy
    from sozialanalyse.batch.site.pages import site_of  # noqa: PLC0415 - Jinja is heavy

    made = manifest.made
    taken = {address: text for address, text in pages.items() if address in made}
    public = {name: shared[name] for name in SHARED if name in shared}
    site = site_of(manifest, public.get(KNOWLEDGE))
    texts: dict[str, str | bytes] = {**site, **taken, **notices_of(manifest, public.get(KNOWLEDGE)), **public}
    hashes = made | {address: hash_text(text) for address, text in texts.items()}
    files = tuple(File(address=address, sha256=sha256) for address, sha256 in sorted(hashes.items()))
    complete = manifest.model_copy(update={"files": files})
    return Assembly(complete, {**texts, MANIFEST: complete.text()})
