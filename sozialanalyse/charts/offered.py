"""Maps of offers: where they are, and where need and what is within reach lie to those of the town."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.shapes import Shapes, outlines
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._offer_tables import label_of
from sozialanalyse.findings.display import Shown, figure, nothing
from sozialanalyse.language import key, keyed
from sozialanalyse.offers import ABOVE, AROUND, BELOW, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sozialanalyse.findings.inventory import Answered, Inventory
    from sozialanalyse.loading.offers import Offer
    from sozialanalyse.view import View

GROUND, BORDER, LINE = "#eef1f1", "#ffffff", "#aab4b9"
SIGNS: Final = tuple(product(style.MARKERS, (style.ACCENT, *style.AREA_COLOURS)))
"""Sign and colour of each kind of offers; as many pairs as kinds can be told apart."""

LEGEND_COLUMNS, LEGEND_LINE = 2, 12.0
SIGN_SIZE = 4.0

RELATIONS = (BELOW, AROUND, ABOVE)
SHADES = {BELOW: "#e6f0f4", AROUND: "#9cc3d6", ABOVE: "#2f7397"}
"""The greater the need, the darker."""

HATCHES = {BELOW: "/////", AROUND: "", ABOVE: "|||"}
"""What is within reach: lines where it is less."""

HATCH_INK = {BELOW: "#56616c", AROUND: "#1b2530", ABOVE: "#ffffff"}
NEED_LABELS = {
    BELOW: "smaller need than in the town",
    AROUND: "not to be told apart",
    ABOVE: "greater need than in the town",
}
REACH_LABELS = {
    BELOW: "less within reach than in the town",
    AROUND: "not to be told apart",
    ABOVE: "more within reach than in the town",
}
MOST_PANELS = 6


def offers_map(found: Inventory) -> Shown:
    """Draw the offers whose point may be known; nothing is drawn of the others.

    Parameters
    ----------
    found
        The inventory.

    Returns
    -------
    Shown
        Nothing where the town has no shapes, or no offer with a point.
    """
    view, day = found.view, found.day.date()
    own = [offer for offer in found.offers.offers if offer.x is not None and offer.runs_on(day)]
    panels = style.Panels(columns=1, height=0, left=60, right=60, top=6, bottom=6)
    shapes = outlines(view, view.members, width=panels.width, panels=1, day=found.day) if own else None
    if shapes is None:
        return nothing()
    kinds = [kind for kind in found.offers.kinds if any(offer.kind == kind.id for offer in own)]
    bottom = 10 + LEGEND_LINE * -(-len(kinds) // LEGEND_COLUMNS)
    panels = style.Panels(columns=1, height=round(shapes.height), left=60, right=60, top=6, bottom=bottom)
    with style.look():
        drawn, (axes,) = panels.draw(1)
        _ground(axes, shapes)
        for number, kind in enumerate(kinds):
            _points(axes, shapes, [offer for offer in own if offer.kind == kind.id], number)
            _legend_entry(axes, number, label_of(view, "kind", kind))
    told = {
        "level": view.level_name(plural=True),
        "town": _keys.town(view),
        "count": keyed(view.words.number(len(own)), key("offers_number", "points", "*", found.day)),
    }
    alt = view.words.text("Map of {town}, divided into {level}, with {count} offers; the tables list them.", **told)
    caption = view.words.text(
        "{level} of {town} with their numbers; each sign is an offer whose place may be shown.", **told
    )
    return figure(drawn, alt, caption, keys=[key("drawn_offers", found.day)])


def _ground(axes: Axes, shapes: Shapes) -> None:
    axes.set_gid("panel-offers")
    shapes.spread(axes)
    shapes.draw(axes, list(shapes.areas.values()), facecolor=GROUND, edgecolor=LINE, linewidth=0.6, gid="neighbours")
    shapes.label(axes, ())


def _points(axes: Axes, shapes: Shapes, offers: Sequence[Offer], number: int) -> None:
    places = shapes.points([(offer.x, offer.y) for offer in offers if offer.x is not None and offer.y is not None])
    sign, colour = SIGNS[number % len(SIGNS)]
    x, y = zip(*places, strict=True)
    look = {"marker": sign, "markersize": SIGN_SIZE, "markerfacecolor": colour, "markeredgecolor": "white"}
    axes.plot(x, y, linestyle="none", markeredgewidth=0.5, clip_on=False, gid=f"offers {number + 1}", **look)  # type: ignore[arg-type]


def _legend_entry(axes: Axes, number: int, label: str) -> None:
    row, column = divmod(number, LEGEND_COLUMNS)
    width = axes.get_window_extent().width / LEGEND_COLUMNS
    x, y = column * width + 4, -8.0 - row * LEGEND_LINE
    sign, colour = SIGNS[number % len(SIGNS)]
    look = {"marker": sign, "markersize": SIGN_SIZE, "markerfacecolor": colour, "markeredgecolor": "white"}
    axes.plot([x], [y], linestyle="none", markeredgewidth=0.5, clip_on=False, gid="legend", **look)  # type: ignore[arg-type]
    style.write(axes, x + 8, y, style.fit(label, width - 12, style.SMALL), va="center")


def niche_maps(found: Inventory) -> Shown:
    """Draw for each need how need and what is within reach lie to the town: the one as a shade, the other as a pattern.

    Parameters
    ----------
    found
        The inventory.
    """
    view = found.view
    needs = [answered for answered in found.needs if (answered.niches["greater"] != UNKNOWN).any()][:MOST_PANELS]
    columns = min(2, max(len(needs), 1))
    panels = style.Panels(columns=columns, height=0, left=6, right=6)
    shapes = (
        outlines(view, view.members, width=panels.width, panels=max(len(needs), 1), day=found.day) if needs else None
    )
    if shapes is None:
        return nothing()
    panels = style.Panels(columns=columns, height=round(shapes.height), left=6, right=6, bottom=11.0 * 7 + 22)
    with style.look():
        drawn, axes = panels.draw(len(needs))
        for panel, answered in zip(axes, needs, strict=True):
            _draw_niches(view, panel, answered, shapes)
    keys = [_key_of(view, answered) for answered in needs]
    return figure(drawn, _alt(view), _caption(view), keys=keys)


def _key_of(view: View, answered: Answered) -> str:
    ends = answered.niches["period_end"].max(), answered.needed["period_end"].max()
    return key("drawn_niches", answered.need.id, *ends, view.level)


def _draw_niches(view: View, axes: Axes, answered: Answered, shapes: Shapes) -> None:
    axes.set_gid(f"panel-niches.{answered.need.id}")
    shapes.spread(axes)
    rows = answered.niches.set_index("area")
    for number, (need, reach) in enumerate(product(RELATIONS, RELATIONS), start=1):
        chosen = shapes.of(rows.index[(rows["greater"] == need) & (rows["within_reach"] == reach)])
        shapes.draw(axes, chosen, **_look(need, reach), linewidth=0.5, gid=f"class {number}")
    without = shapes.of(rows.index[(rows["greater"] == UNKNOWN) | (rows["within_reach"] == UNKNOWN)])
    shapes.draw(axes, without, facecolor="white", edgecolor=style.QUIET, hatch="xxxx", linewidth=0.4, gid="missing")
    shapes.draw(
        axes,
        shapes.of(rows.index[rows["niche"]]),
        facecolor="none",
        edgecolor=style.INK,
        linewidth=1.6,
        gid="highlighted",
    )
    shapes.label(axes, {str(area) for area in rows.index[rows["greater"] == ABOVE]})
    style.title(axes, label_of(view, "need", answered.need), view.short(answered.need.need))
    _draw_legend(view, axes, with_missing=bool(without))


def _look(need: str, reach: str) -> dict[str, Any]:
    return {
        "facecolor": SHADES[need],
        "edgecolor": HATCH_INK[need] if HATCHES[reach] else BORDER,
        "hatch": HATCHES[reach] or None,
    }


def _draw_legend(view: View, axes: Axes, *, with_missing: bool) -> None:
    text = view.words.text
    entries = [(text(NEED_LABELS[need]), _look(need, AROUND)) for need in RELATIONS]
    plain: dict[str, Any] = {"facecolor": "white", "edgecolor": style.QUIET}
    entries += [(text(REACH_LABELS[reach]), {**plain, "hatch": HATCHES[reach]}) for reach in (BELOW, ABOVE)]
    if with_missing:
        entries.append((text("need or reach cannot be given"), {**plain, "hatch": "xxxx"}))
    entries.append((text("both: greater need, less within reach"), {"facecolor": "none", "edgecolor": style.INK}))
    for number, (label, look) in enumerate(entries, start=1):
        place = -11.0 * number
        _swatch(axes, place, look)
        style.write(axes, 20, place, label, va="center", fontsize=style.SMALL)


def _swatch(axes: Axes, place: float, look: dict[str, Any]) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy

    axes.add_patch(Rectangle((0, place - 3.5), 14, 7, linewidth=0.6, clip_on=False, **look))


def _caption(view: View) -> str:
    message = (
        "{level} of {town}. Shade: where the need lies to the town; pattern: where what is within reach does. Dark outline: both "
        "differ discernibly, a greater need and less within reach."
    )
    return view.words.text(message, level=view.level_name(plural=True), town=_keys.town(view))


def _alt(view: View) -> str:
    message = "Maps of the {level} of {town}: need and what is within reach, compared with the town; the lists beside them name the areas."
    return signs.plain(view.words.text(message, level=view.level_name(plural=True), town=_keys.town(view)))
