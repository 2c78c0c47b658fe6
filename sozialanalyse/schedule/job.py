"""What a scheduler is to do: one command with whole paths, when, and where its log goes."""

from __future__ import annotations

import datetime as dt
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from sozialanalyse.batch.publishing import LOGS
from sozialanalyse.errors import UsageError

CONSOLE = "console.txt"
"""The log of what a scheduled run says, in the folder of logs; no ``.log``, for those belong to single runs."""

LEDGER = "releases"
"""Folder of the ledger in a town's folder."""

LOCKED = 3
"""The exit code of a run that found another one at work: not a failure, it was only not needed."""


@dataclass(frozen=True)
class Job:
    """A run that comes again every day.

    Parameters
    ----------
    program
        The words that start the program.
    folder
        Where it starts: the checkout, or the folder with notebooks and data.
    town, output
        Folders of the town and of the pages.
    time
        When, by the clock of the machine.
    options
        Further words for ``run``, each path whole.
    audience
        For whom the pages are; part of the name when it is not the public.
    ledger
        Folder of the ledger; default: in the town folder.
    account
        The account that runs it.
    """

    program: tuple[str, ...]
    folder: Path
    town: Path
    output: Path
    time: dt.time
    options: tuple[str, ...] = ()
    audience: str = "public"
    ledger: Path | None = None
    account: str = ""

    def __post_init__(self) -> None:
        for word in (*self.words, str(self.folder)):
            if any(unicodedata.category(sign) == "Cc" for sign in word):
                message = "{found} holds a line break or another control character, which no scheduler can be told"
                raise UsageError(message, found=repr(word))

    @property
    def name(self) -> str:
        """Name of the unit, in letters that every scheduler takes."""
        plain = unicodedata.normalize("NFKD", self.town.name).encode("ascii", "ignore").decode().lower()
        town = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "town"
        return f"sozialanalyse-{town}" if self.audience == "public" else f"sozialanalyse-{town}-{self.audience}"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.output.with_name(self.output.name + LOGS)

    @property
    def console(self) -> Path:
        """The log of what the run says."""
        return self.logs / CONSOLE

    @property
    def words(self) -> tuple[str, ...]:
        """The command, word by word."""
        places = ("--town", str(self.town), "--output", str(self.output), "--audience", self.audience)
        return (*self.program, "run", *places, *self.options)

    @property
    def logged_words(self) -> tuple[str, ...]:
        """The command for a scheduler that keeps no log of its own."""
        return (*self.words, "--log", str(self.console))

    @property
    def written_to(self) -> tuple[Path, ...]:
        """The folders that the run writes to: what holds the pages and logs, and the ledger."""
        return (self.output.parent, self.ledger or self.town / LEDGER)


def program() -> tuple[str, ...]:
    """Name the program that is running by whole paths: the command beside the interpreter, or the interpreter itself."""
    python = Path(sys.executable)
    command = python.with_name("sozialanalyse.exe" if sys.platform == "win32" else "sozialanalyse")
    return (str(command),) if command.is_file() else (str(python), "-m", "sozialanalyse")


def clock(text: str) -> dt.time:
    """Read a time like 02:30.

    Raises
    ------
    UsageError
        When it is none.

    Examples
    --------
    >>> clock("02:30")
    datetime.time(2, 30)
    """
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if found is None:
        message = "'{found}' is no time; write it as 02:30"
        raise UsageError(message, found=text)
    return dt.time(int(found[1]), int(found[2]))
