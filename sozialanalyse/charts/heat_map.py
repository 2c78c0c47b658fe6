"""Heat map: areas by indicators, how each lies to the town, and where that points to a greater need for support.

The shape says above or below, the shade what that means; an indicator without a direction is never shaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.amounts import MISSING
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.rows import Rows, mark_states, name_rows
from sozialanalyse.comparison import ABOVE, AROUND, BELOW, BETTER, UNKNOWN, WORSE
from sozialanalyse.comparison.relations import judgement
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, beside, note_on_dashes
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import keyed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

LEAST_COLUMNS, MOST_COLUMNS = 8, 14
"""For so many columns room is kept, so that few are not wider than they need; so many are drawn."""

HEADING, ROOM = 112.0, 6.0
"""Height of the upright headings and the room around them, in points."""

SHAPES = {ABOVE: "^", BELOW: "v", AROUND: "o", UNKNOWN: "D"}
GREATER, LESS = "greater need", "less need"


def heat(view: View, compared: Comparison, *, fewest: int = 1, most: int | None = None) -> Shown:
    """Draw how the areas lie to the town in all indicators, in the order of their ids.

    Parameters
    ----------
    view
        Whose target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    fewest, most
        Of fewer or of more areas nothing is drawn.

    Returns
    -------
    Shown
        The map with its table; nothing where nothing is compared.
    """
    areas = compared.areas.assign(status=signs.states(compared.areas))
    tested = set(areas.loc[areas["relation"] != UNKNOWN, "indicator"])
    names = [entry.id for entry in view.indicators if entry.id in tested][:MOST_COLUMNS]
    count = areas["area"].nunique()
    if not names or count < fewest or (most is not None and count > most):
        return nothing()
    columns = {name: _judged(view, name, areas[areas["indicator"] == name]) for name in names}
    shown = areas[areas["indicator"].isin(names)]
    rows = Rows.of(shown)
    height = rows.height * len(rows.areas)
    widest = max(style.text_width(view.short(name), style.SMALL) for name in names)
    top = min(HEADING, widest + 2 * ROOM)
    panels = style.Panels(
        max(len(names), LEAST_COLUMNS), height=height, left=1, right=1, top=top, bottom=8, names=rows.names
    )
    with style.look():
        drawn, axes = panels.draw(len(names))
        name_rows(view, axes[0], rows)
        for panel, (name, column) in zip(axes, columns.items(), strict=True):
            _draw_column(view, panel, name, column, rows)
    keys = [_keys.of_level(view, "drawn_relations", column.iloc[0]) for column in columns.values()]
    picture = figure(drawn, _alt(view, columns), _caption(view, shown, rows, columns), keys=keys)
    return beside(view.words, picture, _table(view, columns, rows))


def _judged(view: View, indicator: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Say for which areas the relation points to a greater or a smaller need for support."""
    judged = judgement(rows["relation"], view.indicator(indicator))
    return rows.assign(need=np.select([judged == WORSE, judged == BETTER], [GREATER, LESS], default=""))


def _draw_column(view: View, axes: Axes, indicator: str, column: pd.DataFrame, rows: Rows) -> None:
    axes.set_gid(f"panel-{indicator}")
    axes.set_xlim(-0.5, 0.5)
    axes.set_ylim(len(rows.areas) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.patch.set(edgecolor=style.GUIDE, linewidth=0.6)
    size = min(rows.height * 0.62, 6.5)
    width = axes.get_window_extent().width
    for need, colour in ((GREATER, style.ACCENT), (LESS, style.RIBBON)):
        places = rows.positions(column.loc[column["need"] == need, "area"])
        _draw_bars(axes, places, rows, width, need, colour)
    for relation, shape in SHAPES.items():
        for need in (GREATER, LESS, ""):
            chosen = (column["relation"] == relation) & (column["need"] == need) & column["value"].notna()
            look = {**_look(relation, need), "marker": shape, "gid": relation or "untested"}
            _draw_signs(axes, rows.positions(column.loc[chosen, "area"]), size, look)
    mark_states(axes, column, rows, -0.12)
    heading = style.fit(view.short(indicator), HEADING - 1.5 * ROOM, style.SMALL)
    top = 1 + ROOM / axes.get_window_extent().height
    style.write(axes, 0.5, top, heading, transform=axes.transAxes, rotation=90, ha="center", va="bottom")


def _draw_bars(axes: Axes, places: np.ndarray, rows: Rows, width: float, need: str, colour: str) -> None:
    """Shade cells, all of one need as one path: level strokes as thick as a row."""
    if not len(places):
        return
    inset = 0.5 / width  # a white line stays between the columns
    x = np.tile([-0.5 + inset, 0.5 - inset, np.nan], len(places))
    thickness = rows.height - 0.8 if rows.named else rows.height
    axes.plot(
        x, np.repeat(places, 3), color=colour, linewidth=thickness, solid_capstyle="butt", gid=f"shade {need}", zorder=1
    )


def _look(relation: str, need: str) -> dict[str, Any]:
    """Filled where the interval leaves out the town's value, in the colour that stands out on its ground."""
    colour = "white" if need == GREATER else style.ACCENT if need == LESS else style.QUIET
    is_clear = relation in (ABOVE, BELOW)
    return {"markeredgecolor": colour, "markerfacecolor": colour if is_clear else "white", "is_small": not is_clear}


def _draw_signs(axes: Axes, places: np.ndarray, size: float, look: dict[str, Any]) -> None:
    if not len(places):
        return
    measure = size * (0.6 if look.pop("is_small") else 1.0)
    axes.plot(np.zeros(len(places)), places, linestyle="", markersize=measure, markeredgewidth=0.6, zorder=3, **look)


def _caption(view: View, areas: pd.DataFrame, rows: Rows, columns: dict[str, pd.DataFrame]) -> str:
    text = view.words.text
    count = _keys.number(view, len(rows.areas), "areas", view.area, view.level)
    message = "{count} {level} in the order of their numbers. Triangle upwards: above {town}; downwards: below; circle: not to be told apart."
    texts = [text(message, count=count, level=view.level_name(plural=True), town=_keys.town(view))]
    if any((column["need"] != "").any() for column in columns.values()):
        texts.append(
            text(
                "Dark ground: this points to a greater need for support; light ground: to a smaller one; without ground: the indicator is not judged, or the difference is not clear."
            )
        )
    if any((column["value"].notna() & (column["relation"] == UNKNOWN)).any() for column in columns.values()):
        texts.append(text("Diamond: without an interval or a value of the town nothing is compared."))
    texts.append(signs.explain(view, set(areas["status"]) & set(signs.MARKS)))
    texts.append(text("These are statements about areas, not about the people who live there."))
    return " ".join(part for part in texts if part)


def _alt(view: View, columns: dict[str, pd.DataFrame]) -> str:
    text = view.words.text
    texts = [
        text(
            "Heat map: how the {level} compare with {town}, by indicator.",
            level=view.level_name(plural=True),
            town=_keys.town(view),
        )
    ]
    for name, column in columns.items():
        counts = {
            relation: keyed(
                view.words.number((column["relation"] == relation).sum()),
                _keys.of_level(view, f"level_{relation}", column.iloc[0]),
            )
            for relation in (ABOVE, BELOW)
        }
        message = "{label}: areas above: {above}, below: {below}."
        texts.append(text(message, label=view.short(name), above=counts[ABOVE], below=counts[BELOW]))
    return signs.plain(" ".join(texts))


_NEED_LABELS = {GREATER: "greater need", LESS: "smaller need"}
_RELATIONS = {ABOVE: "above", BELOW: "below", AROUND: "not to be told apart", UNKNOWN: "not tested"}
"""Message ids."""


def _table(view: View, columns: dict[str, pd.DataFrame], rows: Rows) -> Table:
    text = view.words.text
    found = {
        name: dict(zip(column["area"], column.to_dict("records"), strict=True)) for name, column in columns.items()
    }
    cells = [
        [_keys.area(view, area), *(_cell(view, of_area.get(area)) for of_area in found.values())] for area in rows.areas
    ]
    headings = [_heading(view, column.iloc[0]) for column in columns.values()]
    return Table(
        caption=text(
            "How the {level} compare with {town}",
            level=view.level_name(plural=True),
            town=_keys.town(view),
        ),
        headings=[view.level_name(), *headings],
        rows=cells,
        numeric=frozenset(),
        notes=[
            signs.explain(view, {state for column in columns.values() for state in column["status"]}),
            *note_on_dashes(view.words, cells),
        ],
    )


def _heading(view: View, row: pd.Series) -> str:
    name = row["indicator"]
    return f"{view.short(name)}, {view.unit(name)}, {_keys.date(view.words, row['period_end'])}"


def _cell(view: View, row: dict[str, Any] | None) -> str:
    """Say how a value lies to the town and which need that points to; the values stand in the table of areas."""
    if row is None or row["status"] in signs.MARKS:
        return signs.MARKS[row["status"] if row else MISSING]
    need = f" ({view.words.text(_NEED_LABELS[row['need']])})" if row["need"] else ""
    return view.words.text(_RELATIONS[row["relation"]]) + need
