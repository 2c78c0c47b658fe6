"""A page for each area of which an edition has findings: its findings, in what it lies, and what lies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.site.cards import in_groups, notices_of_all
from sozialanalyse.batch.templating import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.batch.edition import Manifest
    from sozialanalyse.batch.site.places import Places, Spot
    from sozialanalyse.language import Language


def area_pages(
    manifest: Manifest, places: Places, language: Language, about: Sequence[Mapping[str, str]] = ()
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
    about
        Links to the pages about the pages.
    """
    return {
        spot.address: area_page(manifest, places, (*above, spot), language, about) for above, spot in places.trails()
    }


def area_page(
    manifest: Manifest, places: Places, trail: tuple[Spot, ...], language: Language, about: Sequence[Mapping[str, str]]
) -> str:
    """Write the page of the last area of a trail; before it stand those in which it lies, the largest first."""
    *above, spot = trail
    html = (
        environment()
        .get_template("area.html.j2")
        .render(
            spot=spot,
            above=above,
            about=about,
            groups=in_groups(places.entries[spot.id], manifest, language, lambda _: True),
            town=manifest.town_label,
            notices=notices_of_all(manifest, language),
            language=language,
            text=language.text,
        )
    )
    found = problems(html, page=True)
    if found:
        message = f"the page of the area {spot.id} holds what it must not have: {', '.join(found)}"
        raise AssertionError(message)
    return html
