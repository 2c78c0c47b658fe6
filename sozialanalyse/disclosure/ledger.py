"""The ledger of releases: what was shown and what was hidden, so that no later release gives away what an earlier one hid.

It lies in the town folder, is only ever added to, and holds nothing that was not released: of hidden cells it says that they
are hidden. Each line holds the hash of the one before and of its table of cells, so that nothing can be changed unnoticed.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pydantic

from sozialanalyse.amounts import PERIOD
from sozialanalyse.disclosure.cells import CELL, TOLERANCE
from sozialanalyse.disclosure.decision import Standing
from sozialanalyse.disclosure.earlier import groupings_before
from sozialanalyse.disclosure.nodes import TERM
from sozialanalyse.disclosure.places import require_writable
from sozialanalyse.disclosure.release import HIDDEN, PUBLIC, PUBLISHED, UNASSIGNED
from sozialanalyse.disclosure.rules import AUDIENCES
from sozialanalyse.disclosure.terms import Term
from sozialanalyse.disclosure.texts import states_of, states_text
from sozialanalyse.documents import Model
from sozialanalyse.errors import DataError, Fault, Place, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.cells import Cells
    from sozialanalyse.disclosure.earlier import Earlier
    from sozialanalyse.disclosure.release import Release

LEDGER_FILE = "ledger.jsonl"
KEY = ["area", *CELL, *PERIOD]


class Entry(Model):
    """A line: one release that was published."""

    schema_version: Literal[1] = pydantic.Field(default=1, alias="schema")
    number: int
    audience: str
    published: dt.date
    release: str = pydantic.Field(description="hash of all that was released")
    rules: str = pydantic.Field(description="hash of the rules")
    cells: str = pydantic.Field(description="hash of the table of cells")
    file: str = pydantic.Field(pattern=r"^[0-9]{4,}-[a-z_]+\.csv\.gz$", description="the table of cells")
    before: str = pydantic.Field(description="hash of the line before; empty for the first")
    groups: dict[str, tuple[str, ...]] = pydantic.Field(default={}, description="areas of each group beside the tree")

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


@dataclass(frozen=True, eq=False)
class Ledger:
    """A ledger whose chain is whole.

    Parameters
    ----------
    folder
        Where it lies.
    entries
        Its lines, the oldest first.
    head
        Hash of the last line; empty where there is none.
    """

    folder: Path
    entries: tuple[Entry, ...] = ()
    head: str = ""

    @cached_property
    def tables(self) -> tuple[pd.DataFrame, ...]:
        """States of the cells of each release."""
        return tuple(states_of(_unpacked(self.folder / entry.file)) for entry in self.entries)

    def last(self, audience: str) -> Entry | None:
        """Return the last release for an audience."""
        return next((entry for entry in reversed(self.entries) if entry.audience == audience), None)

    def terms(self, root: str) -> dict[Term, bool]:
        """List the terms of all releases; true: of the whole town only."""
        terms: dict[Term, bool] = {}
        for table in self.tables:
            own = table[~table["area"].str.startswith(UNASSIGNED)]
            alone = (own["area"] == root).groupby([own[name] for name in CELL]).all().rename("alone").reset_index()
            for *key, town_only in alone.itertuples(index=False, name=None):
                term = Term(*key)
                terms[term] = terms.get(term, True) and bool(town_only)
        return terms

    def groupings(self, areas: AreaTree) -> Earlier:
        """Say which groups earlier releases had that are otherwise now (see :func:`.earlier.groupings_before`)."""
        return groupings_before(areas, [entry.groups for entry in self.entries], LEDGER_FILE)

    def standing(
        self, cells: Cells, audience: str, unused: frozenset[Term] = frozenset(), earlier: Earlier | None = None
    ) -> tuple[Standing, int]:
        """Say what earlier releases have done with cells, and how many values have been revised since.

        Parameters
        ----------
        cells
            Of the town as it is now.
        audience
            For whom the next release is. It knows what it was shown, and what a wider audience was; and nothing may be shown
            to it that was hidden from it or from a narrower one, whose members see this release as well.
        unused
            Terms that are not shown now.
        earlier
            Groups of earlier releases, as of :meth:`groupings`.
        """
        frame = cells.frame
        now = frame[KEY].astype(dict.fromkeys(("measure", "sex", "period_kind"), object))
        value, is_term = frame["value"].to_numpy(dtype=np.float64), (frame["kind"] == TERM).to_numpy()
        published, hidden, revised = (np.zeros(len(frame), dtype=bool) for _ in range(3))
        place = AUDIENCES.index(audience)
        names = earlier.names if earlier else ({},) * len(self.entries)
        for entry, table, renamed in zip(self.entries, self.tables, names, strict=True):
            before = now.merge(table.assign(area=table["area"].replace(renamed)), on=KEY, how="left")
            other = AUDIENCES.index(entry.audience)
            shown = before["state"].isin([PUBLISHED, PUBLIC]).to_numpy() & is_term
            same = np.abs(before["value"].to_numpy(dtype=np.float64) - value) <= TOLERANCE
            if other >= place:
                published |= shown & same
                revised |= shown & ~same
            if other <= place:
                hidden |= (before["state"] == HIDDEN).to_numpy() & is_term
        terms = list(zip(*(frame[name].astype(object) for name in CELL), strict=True))
        is_unused = np.array([term in unused for term in terms], dtype=bool) & is_term
        is_unused |= frame["area"].isin(earlier.groups if earlier else ()).to_numpy() & is_term
        return Standing(published, hidden & ~published, is_unused), int(revised.sum())


def read_ledger(folder: Path) -> Ledger:
    """Read a ledger and check its chain; there need be none.

    Raises
    ------
    DataError
        A line is damaged, does not follow upon the one before, or its table is not what it was; with the line.
    """
    path = folder / LEDGER_FILE
    if not path.is_file():
        return Ledger(folder)
    entries: list[Entry] = []
    head = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = Place(f"{folder.name}/{LEDGER_FILE}", number)
        entries.append(_entry(line, folder, head, place))
        head = hashlib.sha256(line.encode()).hexdigest()
    return Ledger(folder, tuple(entries), head)


def _entry(line: str, folder: Path, head: str, place: Place) -> Entry:
    """Read a line and check that it follows upon the one before."""
    try:
        entry = Entry.model_validate(json.loads(line))
    except (ValueError, pydantic.ValidationError) as error:
        raise DataError(Fault(MESSAGES["damaged"], {}, place)) from error
    if entry.before != head or entry.number != place.row:
        raise DataError(Fault(MESSAGES["chain"], {}, place))
    try:
        text = _unpacked(folder / entry.file)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(Fault(MESSAGES["table"], {"file": entry.file}, place)) from error
    if hashlib.sha256(text.encode()).hexdigest() != entry.cells:
        raise DataError(Fault(MESSAGES["table"], {"file": entry.file}, place))
    return entry


MESSAGES = {
    "damaged": "the ledger of releases is damaged here: the line cannot be read; take the ledger from a backup, for without it "
    "nothing can be released safely",
    "chain": "the ledger of releases is broken here: the line does not follow upon the one before; somebody has changed, removed "
    "or added lines. Take the ledger from a backup",
    "table": "the table {file} of this release is missing or was changed; take the ledger of releases from a backup",
    "overtaken": "another release was published in the meantime; run again",
}


def cells_hash(states: pd.DataFrame) -> str:
    """Hash states as the ledger keeps them."""
    return hashlib.sha256(states_text(remembered(states)).encode()).hexdigest()


def remembered(states: pd.DataFrame) -> pd.DataFrame:
    """Take of the states what must be remembered: not the bounds, which follow from the rest."""
    return states.assign(least=np.nan, greatest=np.nan)


def record(release: Release, folder: Path, today: dt.date) -> Entry:
    """Enter a release into the ledger, now that it is published; one that hides and shows the same as the last needs no line.

    Raises
    ------
    UsageError
        When the ledger has grown since the release was made, or cannot be written.
    """
    ledger = read_ledger(folder)
    states = remembered(release.states)
    text = states_text(states)
    about, cells = release.about, hashlib.sha256(text.encode()).hexdigest()
    last = ledger.last(about.audience)
    if last is not None and last.cells == cells:
        return last
    if about.before != ledger.head:
        raise UsageError(MESSAGES["overtaken"])
    number = len(ledger.entries) + 1
    entry = Entry(
        number=number,
        audience=about.audience,
        published=today,
        release=about.sha256,
        rules=about.rules_hash,
        cells=cells,
        file=f"{number:04}-{about.audience}.csv.gz",
        before=ledger.head,
        groups=release.areas.members,
    )
    require_writable(folder)
    _write(folder / entry.file, _packed(text))
    line = json.dumps(entry.model_dump(mode="json", by_alias=True), sort_keys=True) + "\n"
    with (folder / LEDGER_FILE).open("ab") as file:
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
    return entry


def _packed(text: str) -> bytes:
    memory = io.BytesIO()
    with gzip.GzipFile("", "wb", 6, memory, mtime=0) as file:
        file.write(text.encode())
    return memory.getvalue()


def _unpacked(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read()


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
