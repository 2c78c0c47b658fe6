"""A page for each area of which an edition has findings: its findings, in what it lies, and what lies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.site.cards import in_groups
from sozialanalyse.batch.templating import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.batch.edition import Manifest
    from sozialanalyse.batch.frame import Frame
    from sozialanalyse.batch.site.places import Places
    from sozialanalyse.language import Language


def area_pages(
    manifest: Manifest, places: Places, language: Language, notices: Sequence[str], frame: Frame
) -> dict[str, str]:
    """Write the page of each area, by its address.

    Parameters
    ----------
    manifest
        Of the edition.
    places
        Its areas.
    language
        Of the pages; findings in other languages are named as such.
    notices
        What must stand at the top of each.
    frame
        What stands on every page.
    """
    return {
        spot.address: page(
            "area.html.j2",
            f"the page of the area {spot.id}",
            language,
            spot=spot,
            above=above,
            frame=frame,
            groups=in_groups(places.entries[spot.id], manifest, language, lambda _: True),
            town=manifest.town_label,
            notices=notices,
        )
        for above, spot in places.trails()
    }
