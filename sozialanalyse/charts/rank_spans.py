"""Ranked dots: which ranks an area may have, by chance alone; the areas in the order of their ids, never of their ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.leading import lead_first
from sozialanalyse.charts.drawing.rows import Rows, mark_states, name_rows, segments
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import Table, beside, note_on_dashes
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import NO_NUMBER, key, keyed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

COLUMNS = 3
MOST_PANELS = 6
LIMITS = ("rank_lower", "rank_upper")


def ranks(view: View, compared: Comparison) -> Shown:
    """Draw the rank of each area with the ranks that it may have, all areas at once with 95 % confidence.

    A filled dot: all ranks that the area may have lie in the same half. An open dot: they reach over the middle.

    Parameters
    ----------
    view
        Whose target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`, made with a catalogue.

    Returns
    -------
    Shown
        The chart with its table; nothing where no ranks can be told, as where a value is confidential.
    """
    areas = compared.areas.assign(status=signs.states(compared.areas))
    known = set(areas.loc[areas["rank_lower"].notna(), "indicator"]) if "rank_lower" in areas else set()
    names = [entry.id for entry in lead_first(view) if entry.id in known][:MOST_PANELS]
    if not names:
        return nothing()
    shown = areas[areas["indicator"].isin(names)]
    rows = Rows.of(shown)
    columns = min(COLUMNS, len(names))
    height = rows.height * len(rows.areas)
    panels = style.Panels(columns, height=height, left=8, right=12, top=36, bottom=24, names=rows.names)
    with style.look():
        drawn, axes = panels.draw(len(names))
        for number, (panel, name) in enumerate(zip(axes, names, strict=True)):
            _draw_panel(view, panel, shown[shown["indicator"] == name], rows)
            if number % columns == 0:
                name_rows(view, panel, rows)
    firsts = [part.iloc[0] for _, part in shown.groupby("indicator", sort=False)]
    keys = [
        made for row in firsts for made in (_keys.of_level(view, "drawn_ranks", row), key("axis", row["indicator"]))
    ]
    picture = figure(drawn, _alt(view, shown, names), _caption(view, shown, rows), keys=keys)
    return beside(view.words, picture, *(_table(view, shown[shown["indicator"] == name]) for name in names))


def _draw_panel(view: View, axes: Axes, areas: pd.DataFrame, rows: Rows) -> None:
    indicator, most = str(areas["indicator"].iloc[0]), int(areas["level_areas"].iloc[0])
    axes.set_gid(f"panel-{indicator}")
    low, high = 0.0, most + 1.0
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows.areas) - 0.5, -0.5)
    ticks, labels = style.number_ticks(view, 1, most)
    whole = [(tick, label) for tick, label in zip(ticks, labels, strict=True) if tick >= 1 and tick == round(tick)]
    first = [(1.0, view.words.number(1))] * (not whole or whole[0][0] > 1)
    places = [*first, *whole]
    scales(axes, ([place for place, _ in places], [label for _, label in places]))
    axes.spines[["top", "right", "left"]].set_visible(False)
    if rows.named:
        count = len(rows.areas)
        segments(axes, np.full(count, low), np.full(count, high), np.arange(count), "guides")
    known = areas[areas["rank_lower"].notna()]
    thickness = 1.4 if rows.named else 0.7
    lower, upper = (known[name] for name in LIMITS)
    segments(axes, lower, upper, rows.positions(known["area"]), "intervals", style.ACCENT, thickness)
    _draw_dots(axes, known, rows, most)
    mark_states(axes, areas, rows, low)
    style.title(axes, view.short(indicator), view.words.text("rank by value"))


def _draw_dots(axes: Axes, known: pd.DataFrame, rows: Rows, most: int) -> None:
    clear = _is_clear(known, most)
    size = 4.6 if rows.size > 7 else 3.6 if rows.named else 2.0
    for name, part, face in (("open", known[~clear], "white"), ("filled", known[clear], style.ACCENT)):
        look: dict[str, Any] = {"markersize": size, "markerfacecolor": face, "markeredgecolor": style.ACCENT}
        edge = 0.9 if rows.named else 0.5
        axes.plot(part["rank"], rows.positions(part["area"]), "o", gid=name, markeredgewidth=edge, **look)


def _is_clear(known: pd.DataFrame, most: int) -> pd.Series:
    """Whether all ranks that an area may have lie on one side of the middle."""
    middle = (most + 1) / 2
    return (known["rank_upper"] < middle) | (known["rank_lower"] > middle)


def _caption(view: View, areas: pd.DataFrame, rows: Rows) -> str:
    text = view.words.text
    count = _keys.number(view, len(rows.areas), "areas", view.area, view.level)
    message = "{count} {level} in the order of their numbers; dot: rank of the value, line: the ranks that the area may have by chance alone (of all areas at once, 95 % confidence). The highest value has the first rank; that is no judgement."
    texts = [
        text(message, count=count, level=view.level_name(plural=True)),
        text("Filled: all these ranks lie in the same half; open: they reach over the middle."),
        signs.explain(view, set(areas["status"]) & set(signs.MARKS)),
    ]
    return " ".join(part for part in texts if part)


def _alt(view: View, areas: pd.DataFrame, names: list[str]) -> str:
    text = view.words.text
    texts = [text("Dot plots of ranks: {level} in the order of their numbers.", level=view.level_name(plural=True))]
    for name in names:
        known = areas[(areas["indicator"] == name) & areas["rank_lower"].notna()]
        clear = int(_is_clear(known, int(known["level_areas"].iloc[0])).sum())
        message = "{label}: in {clear} of {areas} areas all ranks that they may have lie in the same half."
        counts = {
            "clear": _keys.number(view, clear, "areas", name, "clear"),
            "areas": _keys.number(view, len(known), "areas", name),
        }
        texts.append(text(message, label=view.short(name), **counts))
    return signs.plain(" ".join(texts))


def _table(view: View, areas: pd.DataFrame) -> Table:
    text, first = view.words.text, areas.iloc[0]
    cells = [_cells(view, row) for _, row in areas.iterrows()]
    return Table(
        caption=text(
            "{label} ({unit}), {date}: ranks",
            label=view.label(first["indicator"]),
            unit=view.unit(first["indicator"]),
            date=_keys.date(view.words, first["period_end"]),
        ),
        headings=[view.level_name(), text("Value"), text("Rank"), text("Ranks that it may have")],
        rows=cells,
        numeric=frozenset({1, 2, 3}),
        notes=[signs.explain(view, areas["status"]), *note_on_dashes(view.words, cells)],
    )


def _cells(view: View, row: pd.Series) -> list[str]:
    return [
        _keys.area(view, row["area"]),
        words.value_of(view, row),
        _rank(view, row, "rank"),
        signs.span(*(_rank(view, row, name) for name in LIMITS)),
    ]


def _rank(view: View, row: pd.Series, name: str) -> str:
    """Write a rank; areas with the same value share the middle of theirs."""
    if np.isnan(row[name]):
        return NO_NUMBER
    decimals = 0 if row[name] == round(row[name]) else 1
    return keyed(view.words.number(row[name], decimals), _keys.of_level(view, name, row, row["area"]))
