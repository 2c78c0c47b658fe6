"""All that stands around the findings of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.frame import frame_of
from sozialanalyse.batch.publishing import INDEX
from sozialanalyse.batch.site.about import about_pages
from sozialanalyse.batch.site.area_pages import area_pages
from sozialanalyse.batch.site.cards import notices_of_all
from sozialanalyse.batch.site.index import index_page
from sozialanalyse.batch.site.map import map_of
from sozialanalyse.batch.site.places import places_of
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.edition import Manifest


def site_of(manifest: Manifest, known: str | None) -> dict[str, str]:
    """Write the index, the pages of areas and those about the pages, by their addresses.

    Parameters
    ----------
    manifest
        Of the edition.
    known
        Content of ``knowledge.json``, where there is one.
    """
    language = Language(manifest.language)
    places, notices = places_of(manifest, known), notices_of_all(manifest, language)
    frame = frame_of(known, language)
    pages = area_pages(manifest, places, language, notices, frame)
    for code in dict.fromkeys((manifest.language, *(entry.language for entry in manifest.findings))):
        pages |= about_pages(manifest, known, Language(code))
    return {**pages, INDEX: index_page(manifest, places, language, notices, drawn=map_of(places, known), frame=frame)}
