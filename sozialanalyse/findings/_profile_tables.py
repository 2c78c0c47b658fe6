"""Tables of a profile: the indicators of a target group, and the values of the area's parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.amounts import MISSING
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._beside_town import row_of
from sozialanalyse.findings._cells import interval, relation, state, value, value_over_interval
from sozialanalyse.findings._development_table import finding_of
from sozialanalyse.findings._table import Table, in_two_lines, note_on_dashes
from sozialanalyse.findings.display import Shown, folded
from sozialanalyse.language import EN_DASH, NO_NUMBER, keyed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View


UNBROKEN_DASH = f"\u2060{EN_DASH}\u2060"
"""No line ends at it: a range stays together."""


def group_table(
    view: View, among: View, rows: Sequence[pd.Series], inside: Comparison, courses: Mapping[str, pd.Series], group: str
) -> Table:
    """Make the table of a target group: an indicator a row.

    Parameters
    ----------
    view
        The area.
    among
        The whole town on the level of the area.
    rows
        The area's rows among its peers.
    inside
        The parts of the area, compared.
    courses
        Developments by indicator.
    group
        Name of the target group.
    """
    text = view.words.text
    is_town = view.area == view.town.areas.root
    ranges = {row["indicator"]: row for _, row in inside.summary.iterrows()}
    interval = text("95 % interval")
    compared = [
        in_two_lines(_keys.town(view), interval),
        text("Compared with {town}", town=_keys.town(view)),
        _rank_heading(among),
    ]
    own = in_two_lines(_keys.area(view), interval)
    headings = [text("Indicator"), own, *([] if is_town else compared), text("Development")]
    cells = [
        [
            in_two_lines(_name(view, row.indicator), words.moment(view, *_period(row))),
            _own(view, row, ranges.get(row.indicator)),
            *([] if is_town else [_town(view, row), relation(view, row), _rank(among, row)]),
            finding_of(view, courses[row.indicator]) if row.indicator in courses else NO_NUMBER,
        ]
        for row in rows
    ]
    return Table(
        caption=text("{area}, {group}: values and their place", area=_keys.area(view), group=group),
        headings=headings,
        rows=cells,
        numeric=frozenset({1} if is_town else {1, 2, 4}),
        notes=[
            _note_on_range(view, rows, ranges),
            _note_on_ranks(view, rows, is_town=is_town),
            signs.explain(view, map(state, rows)),
            signs.explain_marks(view, [row.get("mark") for row in rows]),
            signs.explain_converted(view, pd.DataFrame(rows)),
            signs.explain_reliability(view, [row.get("reliability") for row in rows]),
            *note_on_dashes(view.words, cells),
        ],
    )


def _rank_heading(among: View) -> str:
    return among.words.text("Possible ranks ({level})", level=among.level_name(plural=True))


def _name(view: View, indicator: str) -> str:
    """Name an indicator, with its unit where its values do not bear it."""
    speaks = view.indicator(indicator).unit in {"percent", "persons"}
    return view.label(indicator) if speaks else words.with_unit(view, indicator)


def _period(row: pd.Series) -> tuple[str, pd.Timestamp, pd.Timestamp]:
    return row.period_kind, row.period_start, row.period_end


def _own(view: View, row: pd.Series, inside: pd.Series | None) -> str:
    """Write the value and the range of the parts as the slides do, and the interval below."""
    written = value(view, row)
    if inside is not None and words.has_range(inside) and view.indicator(row.indicator).kind != "count":
        written = f"{written} ({UNBROKEN_DASH.join(words.ends_of_range(view, inside))})"
    remarks = interval(view, row), signs.reservation(view, row.get("reliability"))
    below = [remark for remark in remarks if remark not in {"", NO_NUMBER}]
    return in_two_lines(written, "; ".join(below)) if below else written


def _town(view: View, row: pd.Series) -> str:
    own = row_of(view, row.indicator, row.period_end, view.town.areas.root)
    return NO_NUMBER if own is None else value_over_interval(view, own)


def _rank(among: View, row: pd.Series) -> str:
    """Write the ranks that the area may have, of how many."""
    if pd.isna(row.get("rank_lower")):
        return NO_NUMBER
    parts = [
        keyed(among.words.number(row[name]), _keys.of_level(among, name, row, row.area))
        for name in ("rank_lower", "rank_upper")
    ]
    areas = keyed(among.words.number(row.level_areas), _keys.of_level(among, "level_areas", row))
    span = parts[0] if row.rank_lower == row.rank_upper else signs.span(*parts)
    return among.words.text("{ranks} of {areas}", ranks=span, areas=areas)


def _note_on_range(view: View, rows: Sequence[pd.Series], ranges: Mapping[str, pd.Series]) -> str:
    shown = [ranges[row.indicator] for row in rows if row.indicator in ranges]
    if not any(words.has_range(row) for row in shown):
        return ""
    message = "In brackets: the smallest and the largest value of the {level}."
    return view.words.text(message, level=view.level_name(plural=True))


def _note_on_ranks(view: View, rows: Sequence[pd.Series], *, is_town: bool) -> str:
    if is_town or not any(pd.notna(row.get("rank_lower")) for row in rows):
        return ""
    return view.words.text(
        "Possible ranks: those that the area may have by chance alone, of all areas at once. The highest value has the first rank; that is no "
        "judgement."
    )


def areas_table(view: View, inside: Comparison, group: str) -> Shown | None:
    """Make the table of the parts of the area: a part a row in the order of their numbers, an indicator a column; it opens.

    Parameters
    ----------
    view
        The area and the level of its parts.
    inside
        Its parts, compared, of the indicators that are shown.
    group
        Name of the target group.
    """
    summaries = words.in_reading_order(view, inside.summary)
    if not summaries:
        return None
    names = [row.indicator for row in summaries]
    found = {(row["indicator"], row["area"]): row for _, row in inside.areas.iterrows()}
    cells = [
        [_keys.area(view, area), *(_part(view, found.get((name, area))) for name in names)]
        for area in sorted(view.members)
    ]
    values = {"level": view.level_name(plural=True), "area": _keys.area(view), "group": group}
    caption = view.words.text("Values of the {level} with 95 % intervals: {area}, {group}", **values)
    table = Table(
        caption=caption,
        headings=[view.level_name(), *(_heading(view, row) for row in summaries)],
        rows=cells,
        numeric=frozenset(range(1, len(names) + 1)),
        notes=[
            signs.explain(view, signs.states(inside.areas)),
            signs.explain_marks(view, inside.areas.get("mark", [])),
            signs.explain_converted(view, inside.areas),
            *note_on_dashes(view.words, cells),
        ],
    )
    heading = view.words.text("Values of the {level}", level=view.level_name(plural=True))
    return folded(heading, table.shown())


def _heading(view: View, row: pd.Series) -> str:
    return f"{view.short(row.indicator)}, {view.unit(row.indicator)}"


def _part(view: View, row: pd.Series | None) -> str:
    """Write the value of a part with its interval; the sign of what was not delivered where there is none."""
    return signs.MARKS[MISSING] if row is None else value_over_interval(view, row)
