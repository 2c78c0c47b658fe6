"""What is new: the findings that an edition has and the one before had not, or otherwise, and those that were taken back.

It is the feed for people, of the last edition alone. It depends on what stood before, so that it belongs with the feed and the run report
and not with the pages that are made of data alone; the index leads to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.batch.feed import changed_since, withdrawn_since
from sozialanalyse.batch.frame import frame_of
from sozialanalyse.batch.site.cards import in_groups, notices_of_all
from sozialanalyse.batch.templating import page
from sozialanalyse.language import Language

if TYPE_CHECKING:
    from sozialanalyse.batch.edition import Manifest


def news_page(manifest: Manifest, previous: Manifest | None, known: str | None = None) -> str:
    """Write the page of what is new.

    Parameters
    ----------
    manifest
        Of the edition.
    previous
        Of the edition before; None where there was none for the same town and audience.
    known
        Content of ``knowledge.json``, where there is one.
    """
    language = Language(manifest.language)
    return page(
        "news.html.j2",
        "the page of what is new",
        language,
        frame_of(known, language),
        groups=in_groups(changed_since(manifest, previous), manifest, language, lambda _: False),
        withdrawn=in_groups(withdrawn_since(manifest, previous), manifest, language, lambda _: True),
        is_first=previous is None,
        town=manifest.town_label,
        notices=notices_of_all(manifest, language),
    )
