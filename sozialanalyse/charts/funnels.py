"""Funnel plot: values over the size of the areas, with the limits within which chance alone may move them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialanalyse import statistics
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.leading import lead_first
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.findings import _keys, signs, words
from sozialanalyse.findings._table import Table, beside, note_on_dashes
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import NO_NUMBER, key, keyed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

    Floats = NDArray[np.float64]

COLUMNS = 2
MOST_PANELS = 4
MANY = 150
"""Of more areas the signs are smaller."""

STEPS = 80
"""Corners of a curve."""

ROOM = 1.12
"""By so much the axes go on beyond the largest area and the highest value."""

WITHIN, WARNED, ALARMED = "within", "beyond 95", "beyond 99.8"
LOOKS: dict[str, dict[str, Any]] = {
    WITHIN: {"marker": "o", "markersize": 3.4, "markerfacecolor": "white", "markeredgecolor": style.QUIET},
    WARNED: {
        "marker": "o",
        "markersize": 3.8,
        "markerfacecolor": style.AREA_COLOURS[0],
        "markeredgecolor": style.ACCENT,
    },
    ALARMED: {"marker": "D", "markersize": 3.8, "markerfacecolor": style.ACCENT, "markeredgecolor": style.ACCENT},
}
LINES = {WARNED: (statistics.WARNING, (0, (4, 2))), ALARMED: (statistics.ALARM, "-")}
"""Confidence and line style of each pair of limits."""


def funnel(view: View, compared: Comparison, *, panels: int = MOST_PANELS, fewest: int = 1) -> Shown:
    """Draw the value of each area over its size, around the town's value with limits of 95 % and 99.8 %.

    Parameters
    ----------
    view
        Whose target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    panels
        So many indicators are drawn at most, the leading one of the target group first.
    fewest
        Of fewer areas with a place in the funnel none is drawn.

    Returns
    -------
    Shown
        The chart with its table; nothing where no indicator is a proportion or a rate with a value of the town.

    References
    ----------
    See :func:`.statistics.proportion_funnel` and :func:`.statistics.expected_at_limits`.
    """
    areas = compared.areas.assign(status=signs.states(compared.areas))
    chosen = {entry.id: _with_places(areas[areas["indicator"] == entry.id], entry) for entry in lead_first(view)}
    full = [(name, part) for name, part in chosen.items() if (part["place"] != "").sum() >= max(fewest, 1)]
    chosen = dict(full[:panels])
    if not chosen:
        return nothing()
    layout = style.Panels(columns=min(COLUMNS, len(chosen)), height=190, left=34, right=58, bottom=34)
    with style.look():
        drawn, axes = layout.draw(len(chosen))
        for panel, (name, part) in zip(axes, chosen.items(), strict=True):
            _draw_panel(view, panel, view.indicator(name), part)
    firsts = [part.iloc[0] for part in chosen.values()]
    keys = [
        made for row in firsts for made in (_keys.of_level(view, "drawn_funnel", row), key("axis", row["indicator"]))
    ]
    picture = figure(drawn, _alt(view, chosen), _caption(view, chosen), keys=keys)
    return beside(view.words, picture, *(_table(view, part) for part in chosen.values()))


def _with_places(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Say of each area within or beyond which limits its value lies; empty where that cannot be said."""
    if indicator.kind not in COUNTED or rows.empty or rows["town_value"].isna().all():
        return rows.assign(place="")
    counted = Counted.of(rows, indicator)
    reference = rows["town_value"].to_numpy(dtype=np.float64) / indicator.factor
    if counted.is_part:
        signal = statistics.proportion_signal(counted.events, counted.total, reference)
    else:
        signal = statistics.ratio_signal(counted.events, counted.total * reference)
    places = np.array([WITHIN, WARNED, ALARMED], dtype=object)[np.nan_to_num(np.abs(signal)).astype(int)]
    known = rows["value"].notna() & ~np.isnan(signal) & (rows["denominator"] > 0)
    return rows.assign(place=np.where(known, places, ""))


def _draw_panel(view: View, axes: Axes, indicator: Indicator, rows: pd.DataFrame) -> None:
    known = rows[rows["place"] != ""]
    axes.set_gid(f"panel-{indicator.id}")
    right, town = float(known["denominator"].max()) * ROOM, float(known["town_value"].iloc[0])
    top = max(float(known["value"].max()), town) * ROOM
    axes.set_xlim(0, right)
    axes.set_ylim(0, top)
    scales(axes, style.number_ticks(view, 0, right), style.number_ticks(view, 0, top), grid=True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    ends = [(town, _keys.town(view))]
    axes.plot([0, right], [town, town], color=style.INK, linewidth=1.2, gid="town")
    for place, (confidence, line) in LINES.items():
        for sizes, values in _limits(indicator, town, right, confidence):
            axes.plot(sizes, values, color=style.QUIET, linewidth=0.8, linestyle=line, gid=f"limits {place}")
            ends.append((float(values[np.nanargmax(sizes)]), view.words.text(_LABELS[place])))
    for place, look in LOOKS.items():
        part = known[known["place"] == place]
        size = look["markersize"] * (0.6 if len(known) > MANY else 1.0)
        signs_of_it = {**look, "markersize": size, "markeredgewidth": 0.7, "linestyle": "", "gid": place}
        axes.plot(part["denominator"], part["value"], **signs_of_it)
    _name_limits(axes, ends, top)
    _name_areas(axes, known, (right, top))
    style.title(axes, view.short(indicator.id), view.unit(indicator.id))
    note = view.words.text("across: size of the area (denominator)")
    style.write(axes, 0, -27 / axes.get_window_extent().height, note, transform=axes.transAxes, color=style.QUIET)


_LABELS = {WARNED: "95 % limit", ALARMED: "99.8 % limit"}
"""Message ids."""


def _limits(indicator: Indicator, town: float, right: float, confidence: float) -> list[tuple[Floats, Floats]]:
    """Curves of the lower and the upper limit over the size, in the indicator's unit; those of rates go by whole events."""
    reference, effect = town / indicator.factor, indicator.design_effect
    if indicator.kind == "proportion":
        sizes = right * (np.arange(1, STEPS + 1) / STEPS) ** 2  # denser where the curve bends
        limits = statistics.proportion_funnel(sizes / effect, reference, confidence=confidence)
        return [(sizes, limit * indicator.factor) for limit in limits]
    most = max(right * reference / effect, 1.0)
    events = np.linspace(0.0, np.sqrt(most) + 4, STEPS) ** 2
    expected = statistics.expected_at_limits(events, confidence=confidence)
    curves = []
    for on_limit in expected:
        sizes = on_limit / reference * effect if reference else np.zeros_like(on_limit)
        chosen = (sizes > 0) & (sizes <= right)
        curves.append((sizes[chosen], events[chosen] / on_limit[chosen] * reference * indicator.factor))
    return [curve for curve in curves if len(curve[0])]


def _name_limits(axes: Axes, ends: list[tuple[float, str]], top: float) -> None:
    """Write what a line is beside its end."""
    extent = axes.get_window_extent()
    inside = [(value, name) for value, name in ends if value <= top]
    places = style.spread([value / top * extent.height for value, _ in inside], 7.5, 0, extent.height)
    for place, (_, name) in zip(places, inside, strict=True):
        look: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "fontsize": 6.0}
        style.write(axes, 1 + 3 / extent.width, place / extent.height, style.fit(name, 54, 6.0), **look)


def _name_areas(axes: Axes, known: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Write the numbers of areas beyond the limits, in the order of their ids, wherever no other point or number stands."""
    extent, size = axes.get_window_extent(), 5.5
    x, y = known["denominator"] / limits[0] * extent.width, known["value"] / limits[1] * extent.height
    taken = [(left - 2.2, low - 2.2, left + 2.2, low + 2.2) for left, low in zip(x, y, strict=True)]
    for area, left, low, place in zip(known["area"], x, y, known["place"], strict=True):
        if place == WITHIN:
            continue
        width = style.text_width(area, size)
        for start in (left + 3.2, left - 3.2 - width):
            box = (start, low - 2.4, start + width, low + 2.4)
            if box[0] >= 0 and box[2] <= extent.width and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                name = keyed(area, key("area", area))
                style.write(
                    axes,
                    start / extent.width,
                    low / extent.height,
                    name,
                    transform=axes.transAxes,
                    va="center",
                    fontsize=size,
                )
                break


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _caption(view: View, chosen: dict[str, pd.DataFrame]) -> str:
    text = view.words.text
    texts = [
        text(
            "Each sign is one of the {level}; the horizontal line is {town}.",
            level=view.level_name(plural=True),
            town=_keys.town(view),
        ),
        text(
            "Between the curves a value may lie by chance alone if the area is like the town: dashed 95 %, full 99.8 %."
        ),
        text(
            "Open circle: within; filled circle: beyond the inner curves; diamond: beyond the outer ones. Values of small areas vary more, so the limits are wider for them."
        ),
    ]
    if any((part["place"] == "").any() for part in chosen.values()):
        texts.append(text("Areas without a value are only in the table."))
    texts.append(text("All axes begin at zero."))
    return " ".join(texts)


def _alt(view: View, chosen: dict[str, pd.DataFrame]) -> str:
    text = view.words.text
    texts = [
        text(
            "Funnel plots: values of the {level} over their size, with the limits of chance around the value of {town}.",
            level=view.level_name(plural=True),
            town=_keys.town(view),
        )
    ]
    for name, rows in chosen.items():
        counts = {
            "beyond": _keys.number(view, int(rows["place"].isin([WARNED, ALARMED]).sum()), "areas", name, "beyond"),
            "far": _keys.number(view, int((rows["place"] == ALARMED).sum()), "areas", name, "far"),
            "areas": _keys.number(view, int((rows["place"] != "").sum()), "areas", name),
        }
        message = "{label}: {beyond} of {areas} areas lie beyond the inner limits, {far} of them beyond the outer ones."
        texts.append(text(message, label=view.short(name), **counts))
    return signs.plain(" ".join(texts))


_PLACE_LABELS = {WITHIN: "within the limits", WARNED: "beyond the inner limits", ALARMED: "beyond the outer limits"}
"""Message ids."""


def _table(view: View, rows: pd.DataFrame) -> Table:
    text, first = view.words.text, rows.iloc[0]
    cells = [_cells(view, row) for _, row in rows.iterrows()]
    return Table(
        caption=text(
            "{label} ({unit}), {date}: value and size",
            label=view.label(first["indicator"]),
            unit=view.unit(first["indicator"]),
            date=_keys.date(view.words, first["period_end"]),
        ),
        headings=[view.level_name(), text("Denominator"), text("Value"), text("Place in the funnel")],
        rows=cells,
        numeric=frozenset({1, 2}),
        notes=[signs.explain(view, rows["status"]), *note_on_dashes(view.words, cells)],
    )


def _cells(view: View, row: pd.Series) -> list[str]:
    size = keyed(view.words.number(row["denominator"]), _keys.of_area("denominator", row))
    place = view.words.text(_PLACE_LABELS[row["place"]]) if row["place"] else NO_NUMBER
    return [_keys.area(view, row["area"]), size, words.value_of(view, row), place]
