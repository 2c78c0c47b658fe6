"""The index page: every finding by target group and by area, and what could not be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.batch.offering import link
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.site.cards import in_groups, is_of_a_part, notices_of_all
from sozialanalyse.batch.site.places import Places, places_of
from sozialanalyse.batch.templating import environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.batch.edition import Entry, Manifest
    from sozialanalyse.batch.site.map import AreaMap
    from sozialanalyse.language import Language

MOST_CARDS = 40
"""With more findings than these, those of parts of the town are only named on the index; their cards stand on the pages of areas."""


def index_page(
    manifest: Manifest,
    language: Language,
    notices: Sequence[str] = (),
    places: Places | None = None,
    drawn: AreaMap | None = None,
    about: Sequence[Mapping[str, str]] = (),
) -> str:
    """Write the index of an output folder.

    Parameters
    ----------
    manifest
        What the folder holds; the findings stand in its order.
    language
        Language of the index; findings in other languages are named as such.
    notices
        What must stand at its top, beside the notices that all findings share.
    places
        Areas with pages of their own; default: those of the manifest, side by side.
    drawn
        The map of the areas.
    about
        Links to the pages about the pages.
    """
    is_large = len(manifest.findings) > MOST_CARDS

    def has_card(entry: Entry) -> bool:
        return not (is_large and entry.state == "current" and is_of_a_part(entry))

    html = (
        environment()
        .get_template("index.html.j2")
        .render(
            groups=in_groups(manifest.findings, manifest, language, has_card),
            spots=(places_of(manifest) if places is None else places).spots,
            map=drawn,
            about=about,
            town=manifest.town_label,
            downloads=[
                Markup("{}: {}").format(link(file.address, file.name, file.bytes, language), file.use)
                for file in manifest.downloads
            ],
            notices=list(dict.fromkeys([*notices, *notices_of_all(manifest, language)])),
            language=language,
            text=language.text,
        )
    )
    found = problems(html, page=True)
    if found:
        message = f"the index holds what it must not have: {', '.join(found)}"
        raise AssertionError(message)
    return html
