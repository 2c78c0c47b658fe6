"""What must be known of a table of values: where it comes from, under which licence, what its columns and states mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.caveats import STANDING_CAVEATS
from sozialanalyse.downloads.frames import STATES
from sozialanalyse.downloads.table import COLUMNS, clean
from sozialanalyse.view import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.language import Language
    from sozialanalyse.loading.town_file import Source
    from sozialanalyse.town import Town


def about(
    town: Town, words: Language, frame: pd.DataFrame, indicators: Sequence[Indicator], *opening: tuple[str, str]
) -> list[tuple[str, str]]:
    """List name and text of all that is to be known of a table.

    Parameters
    ----------
    town
        Whose data it holds.
    words
        Language of the readers.
    frame
        The values, for their last date.
    indicators
        What the values are of.
    opening
        What stands first, such as the title.
    """
    text = words.text
    rows = [
        *opening,
        (text("Town"), town.name),
        (text("Data state"), str(frame["period_end"].max())[:10] if len(frame) else ""),
        (text("Population base"), words.of(town.data.file.population_base)),
        *_sources(words, sources_of(town, indicators)),
        *((text(column.label), f"{column.name}: {text(column.meaning)}") for column in COLUMNS),
        *(pair for indicator in indicators for pair in _indicator(words, indicator)),
    ]
    return [(clean(name), clean(said)) for name, said in rows if said]


def sources_of(town: Town, indicators: Iterable[Indicator]) -> list[Source]:
    """Find the sources of the counts of indicators, in the order of ``town.yml``."""
    measures = {part.measure for indicator in indicators for part in indicator.amounts.values()}
    counts = town.counts
    used = set(counts.loc[counts["measure"].isin(measures), "source"].unique())
    return [source for key, source in town.data.file.sources.items() if key in used]


def notes(town: Town, words: Language, notices: Iterable[str]) -> list[str]:
    """Say what everybody must mind, and what an empty cell means.

    Parameters
    ----------
    town
        Whose data it is.
    words
        Language of the readers.
    notices
        What must be said first, as at the top of a page.
    """
    text = words.text
    meanings = "; ".join(f"{state}: {text(label)}" for state, label in STATES.items())
    said = [
        *notices,
        text(STANDING_CAVEATS["areas"]),
        text("An empty cell does not mean that there are none: the column of states says why there is no number."),
        text("States: {meanings}.", meanings=meanings),
        text(STANDING_CAVEATS["registers"]),
        text("Values and intervals are rounded as on the pages; counts are those of the release."),
        *_notes_of_sources(town, words),
    ]
    return [clean(note) for note in said]


def _notes_of_sources(town: Town, words: Language) -> Iterator[str]:
    for source in town.data.file.sources.values():
        if source.note:
            yield f"{words.of(source.name)}: {words.of(source.note)}"


def _sources(words: Language, sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    for source in sources:
        parts = (words.of(source.name), source.publisher, source.licence, source.url or "")
        yield words.text("Source"), "; ".join(filter(None, parts))


def _indicator(words: Language, indicator: Indicator) -> Iterator[tuple[str, str]]:
    label = words.of(indicator.label)
    yield label, f"{indicator.id}; {indicator.code}; {words.text(UNITS[indicator.unit])}"
    for said in (indicator.definition, indicator.reading, indicator.notes):
        if said:
            yield label, words.of(said)
