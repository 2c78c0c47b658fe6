"""How a town would look to an audience: its Release with what it costs, or why there is none. For those who keep its data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sozialanalyse.disclosure.costs import costs_of
from sozialanalyse.disclosure.gate import DisclosureRefused, town_folder
from sozialanalyse.disclosure.keeping import kept_at, made_or_kept
from sozialanalyse.disclosure.places import LEDGER_FOLDER
from sozialanalyse.disclosure.release_files import open_release
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.town import Town

if TYPE_CHECKING:
    from sozialanalyse.disclosure.costs import Costs
    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading import TownData

PUBLIC = "public"

MOST_COUNTS = 100_000
"""Of more counts than these no Release is made only to look at it: that takes longer than a report may."""


@dataclass(frozen=True, eq=False)
class Preview:
    """What a Release for the public would hide.

    Parameters
    ----------
    release, costs
        The Release, and what it costs as the house may know it; None where there can be none.
    faults
        Why there is none: what cannot be protected and what would help, or faults of the rules or of the ledger.
    refused
        Whether it is that something cannot be protected.

    With neither Release nor faults the town is too large to make one only for this, and none was kept.
    """

    release: Release | None = None
    costs: Costs | None = None
    faults: tuple[Fault, ...] = ()
    refused: bool = False


def preview(data: TownData, file: str | Path = "") -> Preview:
    """Look at a town as the public would see it; nothing is published and nothing is entered into the ledger.

    Parameters
    ----------
    data
        The town as it was loaded.
    file
        File of its Release for the public; default: the one that was kept since it was made, or one is made, unless there are
        more counts than :data:`MOST_COUNTS`.

    Raises
    ------
    UsageError
        The file is no Release, or that of another town or audience.
    """
    town = Town(data)
    if not file and len(data.counts) > MOST_COUNTS and not kept_at(town, PUBLIC).is_file():
        return Preview()
    try:
        release = _of_file(town, file) if file else _made(town)
    except DisclosureRefused as error:
        return Preview(faults=error.faults, refused=True)
    except DataError as error:
        return Preview(faults=error.faults)
    return Preview(release, costs_of(release, town))


def _of_file(town: Town, file: str | Path) -> Release:
    """Open the file of a Release, if it is one of this town."""
    found = open_release(file)
    if (found.name, found.audience) != (town.name, PUBLIC):
        message = "the file holds a release of {found} for {audience}; needed is one of {town} for the public"
        raise UsageError(message, found=found.name, audience=found.audience, town=town.name)
    return found


def _made(town: Town) -> Release:
    with TemporaryDirectory(prefix="sozialanalyse-", ignore_cleanup_errors=True) as folder:
        return made_or_kept(town, PUBLIC, town_folder(town) / LEDGER_FOLDER, Path(folder) / "town.release")
