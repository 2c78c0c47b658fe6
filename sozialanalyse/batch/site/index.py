"""The index page: every finding by target group and by area, and what could not be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.offering import link
from sozialanalyse.batch.site.cards import in_groups, is_of_a_part
from sozialanalyse.batch.templating import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.batch.edition import Entry, Manifest
    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.batch.site.map import AreaMap
    from sozialanalyse.batch.site.places import Places
    from sozialanalyse.language import Language

MOST_CARDS = 40
"""With more findings than these, those of parts of the town are only named on the index; their cards stand on the pages of areas."""


def index_page(
    manifest: Manifest,
    places: Places,
    language: Language,
    notices: Sequence[str],
    *,
    drawn: AreaMap | None = None,
    frame: Frame = EMPTY,
) -> str:
    """Write the index of an output folder.

    Parameters
    ----------
    manifest
        What the folder holds; the findings stand in its order.
    places
        Areas with pages of their own.
    language
        Language of the index; findings in other languages are named as such.
    notices
        What must stand at its top.
    drawn
        The map of the areas.
    frame
        What stands on every page.
    """
    is_large = len(manifest.findings) > MOST_CARDS

    def has_card(entry: Entry) -> bool:
        return not (is_large and entry.state == "current" and is_of_a_part(entry))

    downloads = [
        Markup("{}: {}").format(link(file.address, file.name, file.bytes, language), file.use)
        for file in manifest.downloads
    ]
    return page(
        "index.html.j2",
        "the index",
        language,
        groups=in_groups(manifest.findings, manifest, language, has_card),
        spots=places.spots,
        map=drawn,
        frame=frame,
        town=manifest.town_label,
        downloads=downloads,
        notices=notices,
    )
