"""What a mapping declares that finds nothing: it tells of a slip, or of a delivery that has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import nearest
from sozialanalyse.loading.mapping import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.documents import Document
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading.mapping import Mapping


def unknown_areas(document: Document[Mapping], areas: AreaTree) -> Iterator[Fault]:
    """Name areas and levels of a mapping that the town does not have."""
    mapping, ids = document.content, areas.frame["area"].tolist()
    for area in mapping.totals:
        if area not in areas:
            message = "area '{area}' is not in the table of areas; did you mean: {hint}?"
            yield document.fault(("totals", area), message, area=area, hint=nearest(area, ids))
    levels = [(("area", "order", number), level) for number, level in enumerate(mapping.area.order)]
    for key, level in [*levels, *([(("area", "level"), mapping.area.level)] if mapping.area.level else [])]:
        if level not in areas.levels:
            message = "level '{level}' is not among the levels: {levels}"
            yield document.fault(key, message, level=level, levels=", ".join(areas.levels))


def declared_in_vain(
    document: Document[Mapping], written: dict[str, set[str]], counts: pd.DataFrame
) -> Iterator[Fault]:
    """Name chosen rows, totals and names of areas that stand nowhere in a delivery.

    Of several spellings of one area one is enough. Labels of rows that belong to no area, marks and footnotes may be
    absent: one year has them, another not.

    Parameters
    ----------
    document
        The mapping.
    written
        By column, the texts that stand in it.
    counts
        What was read: column ``area``.
    """
    yield from _choices_in_vain(document, written)
    mapping, file = document.content, document.content.called
    found = written.get(mapping.area.column or "", {mapping.area.value or ""})
    spelled, areas = {spelling(text) for text in found}, set(counts["area"])
    message = "'{text}' stands in no row of {file}; has the delivery changed?"
    for area, texts in mapping.totals.items():
        if not any(spelling(text) in spelled for text in texts):
            yield document.fault(("totals", area), message, text="', '".join(texts), file=file)
    for text, area in mapping.area_names.items():
        if text not in found and area not in areas:
            yield document.fault(("area_names", text), message, text=text, file=file)


def _choices_in_vain(document: Document[Mapping], written: dict[str, set[str]]) -> Iterator[Fault]:
    """Name values of ``rows`` and codes that stand nowhere."""
    message = "no row of {file} that is meant has '{value}' in '{column}'; has the delivery changed?"
    for path, column, wanted in _choices(document.content):
        for value in wanted:
            if value not in written[column]:
                yield document.fault(path, message, file=document.content.called, value=value, column=column)


def _choices(mapping: Mapping) -> Iterator[tuple[tuple[str | int, ...], str, Iterable[str]]]:
    """List what is chosen: key in the mapping, column, values."""
    for column, wanted in mapping.rows.items():
        yield ("rows", column), column, wanted
    for number, entry in enumerate(mapping.values):
        for key, codes in (("age_codes", entry.age_codes), ("sex_codes", entry.sex_codes)):
            if codes:
                yield ("values", number, key), codes.column, codes.codes
