"""How the pages of a town look: its logo is read, its colours are held to what everybody can see; and what is still to be filled in."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import DataError, Fault
from sozialanalyse.loading.contrast import DARK, GRAPHIC, LIGHT, TEXT, least, passing
from sozialanalyse.loading.logos import embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sozialanalyse.documents import Document
    from sozialanalyse.loading.site_file import Colours
    from sozialanalyse.loading.town_file import TownFile

EMBEDDED = "data:"
"""How a logo begins that has been read."""

_CHECKED = (
    ("accent", TEXT, LIGHT),
    ("accent_dark", TEXT, DARK),
    ("band", GRAPHIC, LIGHT),
    ("band_dark", GRAPHIC, DARK),
)

_PLACEHOLDER = re.compile(
    r"\b(?:todo|tbd|xxx+|lorem ipsum|placeholder|platzhalter|mustermann)\b|(?<!\w)\.\.\.(?!\w)|…|<[^<>]*>|\[[^\[\]]*\]"
    r"|[\w.@-]*\bexample(?:\.(?:org|com|net|de))?\b|\b0{5,}\b|_{3,}",
    re.IGNORECASE,
)
_SITE, _CONSULTATION = "site", "consultation"


def with_appearance(document: Document[TownFile], find: Callable[[str], Path]) -> TownFile:
    """Give what a town declares with its logo read and all its colours.

    Parameters
    ----------
    document
        ``town.yml``.
    find
        Finds a file of the town folder.

    Returns
    -------
    TownFile
        In which ``site.logo`` is the logo itself (a ``data:`` address), and each colour that is declared has one for dark pages.

    Raises
    ------
    DataError
        A logo that cannot be embedded; colours with too little contrast, each with the nearest one that has enough.
    """
    town = document.content
    if town.site is None:
        return town
    faults = [*_faults_of_colours(document, town.site.colours)]
    if faults:
        raise DataError(faults)
    changed: dict[str, Any] = {"colours": _for_dark_pages(town.site.colours)}
    if town.site.logo is not None and not town.site.logo.startswith(EMBEDDED):
        place = document.place((_SITE, "logo"))
        path = find(town.site.logo)
        if not path.is_file():
            message = "there is no file {file} in the town folder"
            raise DataError(Fault(message, {"file": town.site.logo}, place))
        changed["logo"] = embedded(path.read_bytes(), place)
    return town.model_copy(update={_SITE: town.site.model_copy(update=changed)})


def _faults_of_colours(document: Document[TownFile], colours: Colours) -> Iterator[Fault]:
    message = (
        "{colour} has a contrast of {found} : 1 with the page behind it ({ground}), {needed} : 1 are needed; the nearest colour that "
        "has enough is {nearest}"
    )
    for name, needed, grounds in _CHECKED:
        colour = getattr(colours, name)
        if colour is None or least(colour, grounds) >= needed:
            continue
        worst = min(grounds, key=lambda ground: least(colour, (ground,)))
        values = {
            "colour": colour,
            "found": f"{math.floor(100 * least(colour, grounds)) / 100:.2f}",
            "ground": worst,
            "needed": f"{needed:g}",
        }
        nearest = passing(colour, needed, grounds)
        yield document.fault((_SITE, "colours", name), message, **values, nearest=nearest)


def _for_dark_pages(colours: Colours) -> Colours:
    """Add the colours of dark pages: the nearest ones of the same hue that have enough contrast there."""
    dark = {}
    for name, needed in (("accent", TEXT), ("band", GRAPHIC)):
        colour, own = getattr(colours, name), getattr(colours, f"{name}_dark")
        dark[f"{name}_dark"] = own or (colour and passing(colour, needed, DARK))
    return colours.model_copy(update=dark)


def placeholders(town: TownFile) -> Iterator[tuple[str, str]]:
    """Find what is still to be filled in of what pages say of their publisher; invented towns may keep it.

    Parameters
    ----------
    town
        What it declares.

    Yields
    ------
    tuple
        Key in ``town.yml`` and what looks like a placeholder.
    """
    if town.confidentiality == "synthetic":
        return
    declared = town.model_dump(mode="json", include={_SITE, _CONSULTATION}, exclude={_SITE: {"logo", "colours"}})
    for key, text in _texts(declared, ()):
        found = _PLACEHOLDER.search(text)
        if found:
            yield ".".join(key), found[0]


def _texts(declared: Any, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(declared, str):
        yield key, declared
    elif isinstance(declared, dict):
        for name, part in declared.items():
            yield from _texts(part, (*key, name))
    elif isinstance(declared, (list, tuple)):
        for number, part in enumerate(declared):
            yield from _texts(part, (*key, str(number)))
