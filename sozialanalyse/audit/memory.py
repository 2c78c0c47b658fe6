"""Memory: verdicts that need not be found again, since nothing that they rest on has changed.

A verdict rests on the published cells, on the bytes of its page and on this program. All three are in its name, so that a
page of which a single byte is another one is read again, and after a delivery every page is. Only what is in order is
remembered: a page that says anything of a hidden cell is read, and attacked with all others, every time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.audit.attack import Attack, Disclosure
from sozialanalyse.audit.coverage import Coverage
from sozialanalyse.audit.knowledge import CELLS, KNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable

FORGOTTEN = 30 * 24 * 3600
"""After so many seconds without use the verdicts on an edition go."""

INTERVALS = 20
"""So many of the narrowest intervals of an attack are kept: a report shows no more."""

PACKAGES = ("numpy", "scipy", "pandas", "pydantic", "defusedxml")
"""Programs of others on which a verdict rests."""


@dataclass(frozen=True)
class Verdict:
    """A page in which nothing is wrong.

    Parameters
    ----------
    coverage
        How many of its numerals are mapped.
    text
        All that is read on it; other files may quote it.
    links
        Its links with numerals: whether there are such files is another question on another day.
    """

    coverage: Coverage
    text: str
    links: list[str] = field(default_factory=list)


class Memory:
    """Remembers verdicts on one edition.

    Parameters
    ----------
    folder
        Where; only who publishes may write there. None: nothing is remembered.
    edition
        The published folder.
    """

    def __init__(self, folder: Path | None, edition: Path) -> None:
        self._folder, self._edition = folder, edition

    @cached_property
    def _place(self) -> Path | None:
        """Folder of the verdicts that rest on these cells and on this program; those long unused are removed."""
        if self._folder is None:
            return None
        with suppress(OSError):
            for other in self._folder.iterdir():
                if time.time() - other.stat().st_mtime > FORGOTTEN:
                    shutil.rmtree(other, ignore_errors=True)
        place = self._folder / seal_of(self._edition)
        with suppress(OSError):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.utime(place)
        return place

    def _read(self, name: str) -> Any:
        """Return what is remembered under a name; nothing where it cannot be read."""
        if self._place is None:
            return None
        with suppress(OSError, ValueError):
            return json.loads((self._place / name).read_bytes())
        return None

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Remember something; that this fails must not stop anything."""
        if self._place is not None:
            with suppress(OSError):
                partial = self._place / f"{name}.{os.getpid()}"
                partial.write_text(json.dumps(content), encoding="utf-8")
                partial.replace(self._place / name)

    def page(self, file: str, data: bytes) -> Verdict | None:
        """Recall the verdict on a page."""
        found = self._read(_page_name(file, data))
        return found and Verdict(Coverage(**found["coverage"]), found["text"], found["links"])

    def keep_page(self, file: str, data: bytes, verdict: Verdict) -> None:
        """Remember a page in which nothing is wrong."""
        self._write(_page_name(file, data), asdict(verdict))

    def attack(self, find: Callable[[], Attack]) -> Attack:
        """Recall the attack on the cells alone, or make it; one that found anything is made every time."""
        found: dict[str, Any] | None = self._read(ATTACK)
        if found:
            intervals = tuple(Disclosure(**entry) for entry in found["intervals"])
            return Attack(**found | {"inconsistent": tuple(found["inconsistent"]), "intervals": intervals})
        made = find()
        if not (made.disclosures or made.contradictions):
            shown = [asdict(entry) for entry in made.intervals[:INTERVALS]]
            kept = {"disclosures": (), "contradictions": (), "intervals": shown}
            self._write(ATTACK, asdict(replace(made, intervals=())) | kept)
        return made


ATTACK = "attack.json"


def _page_name(file: str, data: bytes) -> str:
    return hashlib.sha256(file.encode() + b"\0" + data).hexdigest() + ".json"


def seal_of(edition: Path) -> str:
    """Name all that every verdict rests on: the published cells and rules, this program, and those that it uses."""
    made_by = Path(__file__).parent
    sources = [*sorted(made_by.glob("*.py")), made_by.parent / "number_words.py", made_by.parent / "periods.py"]
    seal = hashlib.sha256(f"{sys.version} {[version(name) for name in PACKAGES]}".encode())
    for path in (*sources, edition / KNOWLEDGE, edition / CELLS):
        seal.update(path.name.encode() + b"\0" + path.read_bytes())
    return seal.hexdigest()
