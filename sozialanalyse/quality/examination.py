"""Examining a town folder: whatever is wrong with it is a result, not the end of the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse import indicators
from sozialanalyse.errors import DataError
from sozialanalyse.loading import load_town
from sozialanalyse.quality.inspection import inspect

if TYPE_CHECKING:
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading import TownData
    from sozialanalyse.quality.irregularity import Irregularity, Severity


@dataclass(frozen=True)
class Examined:
    """What came of examining a town folder.

    Parameters
    ----------
    folder
        Name of the folder.
    faults
        Why the town cannot be used as it is; empty where it can.
    data
        What was loaded; None where nothing could be.
    irregularities
        What is odd in the counts that were loaded, the gravest first.
    """

    folder: str
    faults: tuple[Fault, ...]
    data: TownData | None
    irregularities: tuple[Irregularity, ...]

    def of(self, severity: Severity) -> list[Irregularity]:
        """Return the irregularities of one severity."""
        return [one for one in self.irregularities if one.severity == severity]

    @property
    def has_errors(self) -> bool:
        """Whether something cannot be right."""
        return bool(self.faults or self.of("error"))


def examine(folder: str | Path, raw: str | Path | None = None) -> Examined:
    """Load a town and look for everything odd in it; faults of its files are part of the result.

    Parameters
    ----------
    folder
        The town folder.
    raw
        Folder of raw files, where the town's mappings need them.

    Raises
    ------
    UsageError
        There is no town in the folder, or raw files are needed and no folder of them was named.
    """
    folder = Path(folder)
    try:
        data = load_town(folder, None if raw is None else Path(raw))
    except DataError as error:
        return Examined(folder.name, error.faults, None, ())
    return Examined(folder.name, _contradictions(data), data, inspect(data))


def _contradictions(data: TownData) -> tuple[Fault, ...]:
    """Compute all indicators, by which numerators larger than their denominators are found."""
    try:
        indicators.compute(data.counts, data.areas, data.catalogue)
    except DataError as error:
        return error.faults
    return ()
