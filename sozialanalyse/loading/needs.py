"""The places that a town declares to be needed are read and held to its catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.documents import read_document
from sozialanalyse.errors import DataError, nearest
from sozialanalyse.loading.needs_file import NeedsFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.documents import Document
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading.town_file import TownFile


def with_needs(town: TownFile, catalogue: Catalogue, find: Callable[[str], Path]) -> TownFile:
    """Give what a town declares with its needs read.

    Parameters
    ----------
    town
        ``town.yml``; its key ``needs`` names a file, or is absent.
    catalogue
        Of the town.
    find
        Finds a file of the town folder.

    Returns
    -------
    TownFile
        In which ``needs`` is what stands in that file.

    Raises
    ------
    DataError
        The file is missing or faulty; a need of an unknown target group.
    """
    if not isinstance(town.needs, str):
        return town
    document = read_document(find(town.needs), NeedsFile, town.needs)
    if faults := list(_faults(document, catalogue)):
        raise DataError(faults)
    return town.model_copy(update={"needs": document.content})


def _faults(document: Document[NeedsFile], catalogue: Catalogue) -> Iterator[Fault]:
    groups = [group.id for group in catalogue.target_groups]
    for number, need in enumerate(document.content.needs):
        if need.target_group not in groups:
            message = "target group '{found}' is not in the catalogue; did you mean: {near}?"
            near = nearest(need.target_group, groups)
            yield document.fault(("needs", number, "target_group"), message, found=need.target_group, near=near)
