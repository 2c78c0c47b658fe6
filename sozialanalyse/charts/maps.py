"""Maps: areas coloured by classes of an indicator, without any map from outside.

The darker, the higher; one hue, never red. What is not delivered, confidential or not applicable is hatched, each in
its own way. Large areas look more important than they are, so a table with every value belongs beside each map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NOT_APPLICABLE, SUPPRESSED
from sozialanalyse.charts.dots import keys_of_drawn, value_range
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.shapes import Shapes, outlines
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings import words as sentences
from sozialanalyse.findings._crowded import MOST_AREAS
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import EN_DASH, key, keyed, rounded
from sozialanalyse.view import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sozialanalyse.comparison import Comparison
    from sozialanalyse.view import View

MOST_MAPS = 4
MOST_LABELLED = 40
"""Up to so many areas their ids stand in the map, where there is room."""

SHADES = ("#dbe9f0", "#a9cadb", "#6fa3bf", "#377a9d", "#134a66")
"""From low to high: one hue, in steps of lightness that also grey paper shows."""

DARK = SHADES[3:]
"""On these, labels are white."""

HATCHES = {MISSING: "/////", SUPPRESSED: "xxxx", NOT_APPLICABLE: "", signs.UNCERTAIN: "-----"}
"""Of lines alone: the outline of each dot of a dotted ground would weigh more than the map."""

HATCHED, NEIGHBOUR, BORDER = "#ffffff", "#f1f1ee", "#ffffff"

FEW_AREAS = 25
"""Fewer areas are put into four classes, more into five."""


def comparison(view: View, compared: Comparison, indicators: Sequence[str] | None = None) -> Shown:
    """Draw maps of the compared areas, one for each indicator.

    Parameters
    ----------
    view
        Whose town, area, target group and language count.
    compared
        Result of :func:`sozialanalyse.comparison.compare`.
    indicators
        Ids of at most four indicators; default: the target group's lead and those read first.
    """
    names = _chosen(view, compared.areas, indicators)
    areas = compared.areas[compared.areas["indicator"].isin(names)]
    columns = min(2, len(names))
    panels = style.Panels(max(columns, 1), height=0, left=6, right=6)
    if not names:
        return nothing()
    areas = areas.assign(status=signs.states(areas))
    ids, day = list(areas["area"].unique()), areas["period_end"].max()
    shapes = outlines(view, ids, width=panels.width, panels=len(names), day=day)
    if shapes is None:
        return nothing()
    legend = 11.0 * (len(SHADES) + 1 + len(set(areas["status"]) & set(HATCHES)))
    panels = style.Panels(columns, height=round(shapes.height), left=6, right=6, bottom=legend + 16)
    with style.look():
        drawn, axes = panels.draw(len(names))
        for panel, name in zip(axes, names, strict=True):
            _draw_map(view, panel, areas[areas["indicator"] == name], shapes)
    return figure(drawn, _alt(view, areas, names), _caption(view, areas, shapes), keys=keys_of_drawn(view, areas))


def _chosen(view: View, areas: pd.DataFrame, indicators: Sequence[str] | None) -> list[str]:
    """Indicators to draw: those asked for, or the lead and then the reading order."""
    known = set(areas.loc[areas["value"].notna(), "indicator"])
    if indicators is None:
        lead = view.town.catalogue.target_group(view.target_group).lead
        read = [lead, *(entry.id for entry in view.indicators)]
        # A count is not shaded: a large area would look like a high value.
        indicators = [name for name in dict.fromkeys(read) if view.indicator(name).kind != "count"]
        if areas["area"].nunique() > MOST_AREAS:  # each polygon is drawn anew in each map
            indicators = [name for name in indicators if name in known][:1]
    return [view.indicator(name).id for name in indicators if name in known][:MOST_MAPS]


@dataclass(frozen=True)
class Classes:
    """Classes of values: the class of each area, and for each class its lowest and highest value and its size."""

    number: pd.Series
    limits: list[tuple[float, float, int]]

    def shade(self, number: int) -> str:
        """Colour of a class; few classes are spread over all shades."""
        places = np.linspace(0, len(SHADES) - 1, len(self.limits)) if len(self.limits) > 1 else [len(SHADES) // 2]
        return SHADES[round(float(places[number]))]


def classify(values: pd.Series, count: int, decimals: int = DECIMALS) -> Classes:
    """Put values into classes of about equal size, as far as equal values allow.

    Values are classed as they are shown, so that the limits of two classes never look alike.

    Parameters
    ----------
    values
        A value for each area, none missing.
    count
        How many classes; there are fewer where there are fewer different values.
    decimals
        Digits that are shown.
    """
    from mapclassify import Quantiles  # noqa: PLC0415 - heavy

    shown = values.map(lambda value: rounded(value, decimals))
    different = np.unique(shown)
    if len(different) <= count:
        number = np.searchsorted(different, shown)
    else:
        bins = np.unique(Quantiles(shown.to_numpy(), k=count).bins)
        number = np.unique(np.searchsorted(bins, shown), return_inverse=True)[1]
    grouped = shown.groupby(number)
    limits = [(float(part.min()), float(part.max()), len(part)) for _, part in grouped]
    return Classes(pd.Series(number, index=values.index), limits)


def _draw_map(view: View, axes: Axes, areas: pd.DataFrame, shapes: Shapes) -> None:
    """Draw one indicator: neighbours, areas by class, hatched areas, outline of the view's area, labels, legend."""
    indicator = str(areas["indicator"].iloc[0])
    axes.set_gid(f"panel-{indicator}")
    shapes.spread(axes)
    values = areas.set_index("area")["value"].dropna()
    decimals = 0 if view.indicator(indicator).unit == "persons" else DECIMALS
    classes = classify(values, len(SHADES) if len(values) >= FEW_AREAS else len(SHADES) - 1, decimals)
    shapes.draw(axes, shapes.neighbours, facecolor=NEIGHBOUR, edgecolor=BORDER, linewidth=0.5, gid="neighbours")
    line = 0.6 if len(areas) <= MOST_LABELLED else 0.3
    for number in range(len(classes.limits)):
        chosen = shapes.of(classes.number.index[classes.number == number])
        shade = classes.shade(number)
        shapes.draw(axes, chosen, facecolor=shade, edgecolor=BORDER, linewidth=line, gid=f"class {number + 1}")
    for status, hatch in HATCHES.items():
        chosen = shapes.of(areas.loc[areas["status"] == status, "area"])
        look = {"facecolor": HATCHED, "edgecolor": style.QUIET, "hatch": hatch}
        shapes.draw(axes, chosen, **look, linewidth=0.4, gid=status)
    shapes.draw(axes, shapes.highlighted, facecolor="none", edgecolor=style.INK, linewidth=1.4, gid="highlighted")
    if len(areas) <= MOST_LABELLED:
        shapes.label(axes, {str(area) for area, number in classes.number.items() if classes.shade(number) in DARK})
    day = _keys.date(view.words, areas["period_end"].iloc[0])
    style.title(axes, view.short(indicator), f"{view.unit(indicator)}, {day}")
    _draw_legend(view, axes, areas, classes, decimals)


def _draw_legend(view: View, axes: Axes, areas: pd.DataFrame, classes: Classes, decimals: int) -> None:
    """List the classes under the map with their limits and how many areas they hold."""
    entries = _classes_of_legend(view, areas.iloc[0], classes, decimals)
    for status, hatch in HATCHES.items():
        if without := int((areas["status"] == status).sum()):
            look = {"facecolor": HATCHED, "edgecolor": style.QUIET, "hatch": hatch}
            number = keyed(view.words.number(without), _keys.of_level(view, "level_status", areas.iloc[0], status))
            entries.append((signs.meaning(view, status), number, look))
    place = -10.0
    style.write(axes, 108, place, view.words.text("areas"), ha="right", va="center", color=style.QUIET, fontsize=6.5)
    for text, members, look in entries:
        place -= 11.0
        axes.add_patch(_swatch(place, look))
        style.write(axes, 20, place, text, va="center", fontsize=style.SMALL)
        style.write(axes, 108, place, members, ha="right", va="center", fontsize=style.SMALL)


def _classes_of_legend(
    view: View, row: pd.Series, classes: Classes, decimals: int
) -> list[tuple[str, str, dict[str, Any]]]:
    """Write the limits and the size of each class, beside how it looks."""
    entries = []
    for number, (low, high, size) in enumerate(classes.limits):
        least, greatest, areas = (
            keyed(view.words.number(value, digits), _keys.of_level(view, f"class_{statistic}", row, number + 1))
            for statistic, value, digits in (("least", low, decimals), ("greatest", high, decimals), ("areas", size, 0))
        )
        text = least if low == high else f"{least} {EN_DASH} {greatest}"
        entries.append((text, areas, {"facecolor": classes.shade(number), "edgecolor": style.QUIET}))
    return entries


def _swatch(place: float, look: dict[str, Any]) -> Any:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy

    return Rectangle((0, place - 3.5), 14, 7, linewidth=0.4, clip_on=False, **look)


def _caption(view: View, areas: pd.DataFrame, shapes: Shapes) -> str:
    words = view.words
    texts = [
        words.text(
            "{level} of {town}: the darker, the higher the value; classes of about equally many areas.",
            level=view.level_name(plural=True),
            town=_keys.town(view),
        )
    ]
    if set(areas["status"]) & set(HATCHES):
        texts.append(words.text("Hatched areas have no value; see the legend."))
    if (areas["status"] == SUPPRESSED).any():
        texts.append(words.text("The classes are formed from the areas shown; confidential values are not among them."))
    if signs.explain_converted(view, areas):
        texts.append(words.text("Some values are converted to today's areas: estimates."))
    if shapes.highlighted:
        texts.append(words.text("Dark outline: {area}.", area=_keys.area(view)))
    if shapes.missing:
        message = "Without a shape in the map file: {areas}."
        texts.append(
            words.text(
                message, areas=words.listing([keyed(signs.plain(area), key("area", area)) for area in shapes.missing])
            )
        )
    return " ".join(texts)


def _alt(view: View, areas: pd.DataFrame, names: list[str]) -> str:
    words = view.words
    level = view.level_name(plural=True)
    texts = [
        words.text(
            "Maps of the {level} of {town}; indicators shown: {count}.",
            count=_keys.number(view, len(names), "indicators"),
            level=level,
            town=_keys.town(view),
        )
    ]
    rows = areas[(areas["indicator"] == names[0]) & areas["value"].notna()]
    first = rows.iloc[0]
    town = "" if np.isnan(first["town_value"]) else f"{_keys.town(view)} {sentences.value_of_town(view, first)}"
    date = _keys.date(words, first["period_end"])
    text = "; ".join(part for part in (town, value_range(view, rows)) if part)
    texts.append(words.text("{label}, {date}: {values}.", label=view.short(names[0]), date=date, values=text))
    return signs.plain(" ".join(texts))
