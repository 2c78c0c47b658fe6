"""The table of an index: class and index of each area, and the classes that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, in_two_lines, note_on_dashes
from sozialanalyse.index import INCLUDED, MISSING
from sozialanalyse.index.making import SPANS
from sozialanalyse.language import EN_DASH, NO_NUMBER, key, keyed

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.catalogue.recipes import Part
    from sozialanalyse.index import Index
    from sozialanalyse.view import View

DECIMALS = 2


def index_key(index: Index, statistic: str, part: Part, *more: object) -> str:
    """Key of a statistic of an index."""
    return key(statistic, index.recipe.id, part, index.level, index.inputs.date, *more)


def class_name(view: View, index: Index, part: Part, place: float) -> str:
    """Short name of a class by its place."""
    classed = index.recipe.part(part)
    assert classed is not None
    entry = classed.classes[int(place) - 1]
    return view.words.of(entry.short or entry.label)


def part_table(view: View, index: Index, part: Part) -> Table:
    """Make the table of status or dynamics, an area a row in the order of their numbers."""
    text = view.words.text
    rows = [row for _, row in index.part(part).sort_values("area", kind="stable").iterrows()]
    cells = [_row(view, index, part, row) for row in rows]
    notes = [
        text(
            "Possible ranks and classes by chance: of all areas at once, with 95 % confidence. The greatest need has the first rank."
        ),
        text("Other weights, one indicator less: ranges over these choices, no probabilities."),
        text("Not certain: at least one of the three leaves more than one class."),
    ]
    states = {str(row["state"]) for row in rows} - {INCLUDED}
    if MISSING in states:
        notes.append(text("Left out, since a value was not delivered: {sign}.", sign=signs.MARKS["missing"]))
    return Table(
        caption=text(
            _CAPTIONS_MESSAGES[part],
            label=view.words.of(index.recipe.label),
            level=view.level_name(plural=True),
            date=_keys.date(view.words, index.inputs.date),
            since=_keys.date(view.words, index.inputs.since),
        ),
        headings=[
            view.level_name(),
            text("Class"),
            text("Index"),
            text("Possible ranks"),
            text("Possible classes by chance"),
            text("Classes with other weights"),
            text("Classes with one indicator less"),
        ],
        rows=cells,
        numeric=frozenset({2, 3}),
        notes=[*notes, *note_on_dashes(view.words, cells)],
    )


_CAPTIONS_MESSAGES = {
    "status": "{label}: status of the {level}, {date}",
    "dynamics": "{label}: dynamics of the {level}, {since} to {date}",
}


def _row(view: View, index: Index, part: Part, row: pd.Series) -> list[str]:
    area = str(row["area"])
    name = _keys.area(view, area)
    if row["state"] != INCLUDED:
        sign = signs.MARKS["missing"] if row["state"] == MISSING else view.words.text("left out")
        return [name, sign, *[NO_NUMBER] * (2 + len(SPANS))]
    own = keyed(class_name(view, index, part, row["place"]), index_key(index, "index_class", part, area))
    unsure = in_two_lines(own, view.words.text("not certain"))
    value = keyed(view.words.number(row["index"], DECIMALS), index_key(index, "index", part, area))
    return [
        name,
        own if row["stable"] else unsure,
        value,
        _ranks(view, index, part, row),
        *_spans(view, index, part, row),
    ]


def _ranks(view: View, index: Index, part: Part, row: pd.Series) -> str:
    ends = [
        keyed(view.words.number(row[name]), index_key(index, f"index_{name}", part, row["area"]))
        for name in ("rank_lower", "rank_upper")
    ]
    return ends[0] if row["rank_lower"] == row["rank_upper"] else signs.span(*ends)


def _spans(view: View, index: Index, part: Part, row: pd.Series) -> list[str]:
    """Write the smallest and the largest class of each kind."""
    return [_span(view, index, part, row, name) for name in SPANS]


def _span(view: View, index: Index, part: Part, row: pd.Series, name: str) -> str:
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    if lower != lower:  # noqa: PLR0124 - only NaN differs from itself
        return NO_NUMBER
    ends = [
        keyed(class_name(view, index, part, place), index_key(index, f"index_{name}_{end}", part, row["area"]))
        for place, end in ((lower, "lower"), (upper, "upper"))
    ]
    return ends[0] if lower == upper else f"{ends[0]} {EN_DASH} {ends[1]}"
