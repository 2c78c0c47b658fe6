"""The folder of raw files: finding what a mapping names, and nothing outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RAW_VARIABLE = "SOZIALANALYSE_RAW"
"""Environment variable that names the folder of raw files."""

ANY = "{}"
"""Stands for any text in the name of a file or sheet."""

PASSED_OVER = (".", "~$")
"""Files of these beginnings are the system's and the office program's own; they lie about while somebody works."""


@dataclass(frozen=True)
class Match:
    """A file whose name matches a pattern, and the text in the place of {}."""

    name: str
    path: Path
    part: str


def _pass(name: str, path: Path) -> None:
    """Note nothing."""


@dataclass(frozen=True)
class RawFolder:
    """The folder of raw files, or None where none was named.

    ``note`` is called with the name and path of each file that is found.
    """

    folder: Path | None
    note: Callable[[str, Path], None] = _pass

    def one(self, name: str) -> Path:
        """Find a file by its path below the folder; whether it exists is seen when it is read.

        Raises
        ------
        UsageError
            No folder was named.
        DataError
            The path leads out of the folder, be it by a symbolic link.
        """
        folder = self._existing(name)
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            what = "the folder of raw files"
            raise DataError(Fault("the path leads out of {what}; it must stay inside", {"what": what}, Place(name)))
        self.note(name, path)
        return path

    def matching(self, pattern: str) -> list[Match]:
        """Find all files whose path matches a pattern with one {}, in the order of their names.

        The text in the place of {} is never empty and crosses no folder. A pattern without {} is the name of one file.

        Raises
        ------
        UsageError
            No folder was named.
        DataError
            No file matches; a path leads out of the folder.
        """
        if ANY not in pattern:
            return [Match(pattern, self.one(pattern), "")]
        expression = re.compile(re.escape(pattern).replace(re.escape(ANY), "([^/]+)"))
        folder = self._existing(pattern)
        found = [(match, match.group(1)) for name in _names(folder, pattern) if (match := expression.fullmatch(name))]
        matches = [Match(match.string, self.one(match.string), part) for match, part in sorted(found, key=_by_name)]
        if not matches:
            raise DataError(Fault("no file in the folder of raw files is named like this", {}, Place(pattern)))
        return matches

    def _existing(self, name: str) -> Path:
        if self.folder is None:
            message = "the raw file {file} is needed; name its folder with --raw DIR or in {variable}"
            raise UsageError(message, file=name, variable=RAW_VARIABLE)
        return self.folder.resolve()


def _by_name(found: tuple[re.Match[str], str]) -> str:
    return found[0].string


def _names(folder: Path, pattern: str) -> Iterator[str]:
    """List the paths of files that have as many parts as the pattern and do not look like passing ones."""
    levels = "/".join("*" if ANY in part else re.sub(r"([*?[])", r"[\1]", part) for part in pattern.split("/"))
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        what = "the folder of raw files"
        raise DataError(Fault("the path leads out of {what}; it must stay inside", {"what": what}, Place(pattern)))
    for path in folder.glob(levels):
        if path.is_file() and not path.name.startswith(PASSED_OVER):
            yield path.relative_to(folder).as_posix()
