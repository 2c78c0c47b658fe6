"""Drawn: whether a picture shows no more than the published values that its keys tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.audit.charted import faults_of_chart, is_charted
from sozialanalyse.audit.judging import Fault
from sozialanalyse.audit.maps import faults_of_map, lines_of_legend
from sozialanalyse.audit.panels import inside_of, number_of
from sozialanalyse.audit.pictures import LEADERS
from sozialanalyse.audit.placed import Row, Scale, area_of, faults_of_lines, faults_of_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.audit.judging import Judge
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.pictures import Drawing, Panel
    from sozialanalyse.language import LanguageCode

PLACE_TOLERANCE = 0.06
"""By so many points of a picture a mark may miss its place: coordinates are written with two decimals."""

Reach = dict[tuple[str, str], tuple[float, float]]
"""Least and greatest value that is drawn, by the name of a panel and the axis."""

BEYOND = 0.25
"""By this share of the drawn span an axis may go on beyond what is drawn on it."""


def faults_of_drawing(
    drawing: Drawing | None, told: tuple[str, ...], judge: Judge, language: LanguageCode
) -> Iterator[Fault]:
    """Find what a picture shows that its keys do not tell.

    Parameters
    ----------
    drawing
        What was read of it; None where nothing could be.
    told
        Keys of the picture.
    judge
        Knows the published cells.
    language
        How numbers are written in it.
    """
    if drawing is None:
        yield Fault("a picture cannot be read, so nobody knows what it shows", {}, kind="opaque")
        return
    claims = [found[0] for key in told if not isinstance(found := judge.claim(key), Fault)]
    yield from _faults_of_texts(drawing, told, judge, language)
    if drawing.outside:
        yield Fault("{count} shapes are drawn outside of all panels", {"count": drawing.outside}, kind="drawing")
    rows, reach = rows_of(drawing, judge), _reach(drawing, language)
    for panel in drawing.panels:
        yield from _faults_of_panel(panel, claims, rows, judge, language, reach)


def _faults_of_texts(drawing: Drawing, told: tuple[str, ...], judge: Judge, language: LanguageCode) -> Iterator[Fault]:
    """Explain each text but the labels of axes; what is only held to a range may stand in the legend of a map."""
    labels = [label for panel in drawing.panels for axis in ("x", "y") for _, label in panel.ticks[axis]]
    legend = {text for panel in drawing.panels if panel.areas for text in lines_of_legend(panel)}
    certain = tuple(key for key in told if judge.is_certain(key))
    for text in drawing.texts:
        if text in labels:
            labels.remove(text)
            continue
        if strange := judge.unexplained(text, told if text in legend else certain, language):
            yield Fault(
                "the picture says '{text}'; nobody tells what {numerals} is", _values(text, strange), kind="unmapped"
            )
    for text in drawing.unseen:
        if strange := judge.unexplained(text, (), language):
            message = "the picture holds '{text}', which nobody sees; nobody tells what {numerals} is"
            yield Fault(message, _values(text, strange), kind="unmapped")


def _values(text: str, strange: list[str]) -> dict[str, str]:
    return {"text": text, "numerals": ", ".join(strange)}


def _faults_of_panel(
    panel: Panel, claims: list[Claim], rows: list[Row], judge: Judge, language: LanguageCode, reach: Reach
) -> Iterator[Fault]:
    indicator = panel.name.removeprefix("panel-")
    own = [claim for claim in claims if claim.parts.get("indicator") == indicator]
    values = {"panel": indicator}
    yield from _faults_of_shapes(panel, values)
    charted = [claim for claim in claims if is_charted(claim, panel)]
    of_texts_alone = any(claim.statistic == "drawn_matrix" for claim in charted)
    if not (panel.points or panel.markers or panel.bands or panel.areas or of_texts_alone):
        return
    if charted:
        yield from faults_of_chart(panel, charted[0], rows, judge, language)
        return
    drawn = [claim for claim in own if claim.statistic in ("drawn", "drawn_series")]
    if (area := area_of(panel, judge)) is not None:
        shown = {area, judge.figures.root}
        drawn = [claim for claim in drawn if claim.statistic == "drawn" or claim.parts["area"] in shown]
    if not drawn:
        yield Fault("the panel {panel} is drawn, but no key tells what", values, kind="drawing")
        return
    known = list(_values_told(drawn, judge))
    if panel.areas:
        yield from faults_of_map(panel, own, judge, language, values)
        return
    axis = "y" if any(claim.statistic == "drawn_series" for claim in drawn) else "x"
    scale = panel.scale(axis, [number_of(label, language) for _, label in panel.ticks[axis]])
    if scale is None:
        yield Fault(
            "the axis of the panel {panel} cannot be read, so its points cannot be checked", values, kind="drawing"
        )
        return
    yield from _faults_of_axis(panel, axis, language, values, reach[panel.name, axis])
    lines = sum(claim.statistic == "drawn_series" for claim in drawn)
    yield from _faults_of_points(panel, axis, scale, known, lines, values)
    if axis == "x":
        yield from faults_of_rows(panel, drawn, rows, Scale(*scale), judge, PLACE_TOLERANCE)
    else:
        yield from faults_of_lines(panel, drawn, Scale(*scale), judge, PLACE_TOLERANCE)
    yield from _faults_of_rules(panel, axis, values)


def _faults_of_shapes(panel: Panel, values: dict[str, str]) -> Iterator[Fault]:
    """Refuse shapes that are no points, and lines to names where data stand."""
    if panel.strange:
        yield Fault(
            "the panel {panel} holds shapes that are no points: {shapes}",
            {**values, "shapes": ", ".join(panel.strange)},
            kind="drawing",
        )
    if any(inside_of(panel)(point) for stroke in panel.groups.get(LEADERS, []) for point in stroke):
        yield Fault("lines that lead to names stand inside of the panel {panel}", values, kind="drawing")


def _values_told(drawn: list[Claim], judge: Judge) -> Iterator[float]:
    """Published values that keys tell of; those of the town stand beside those of its areas."""
    of = judge.lookup
    for claim in drawn:
        indicator = of.indicator(claim)
        if claim.statistic == "drawn":
            figures = [figure for _, figure in of.level(claim)]
            town = of.figures.figure(indicator, of.figures.root, claim.day())
            figures += [town] if town else []
        else:
            series = of.figures.series(indicator, claim.parts["area"], claim.day("first"), claim.day())
            figures = [figure for _, figure in series]
        yield from (float(figure.value) for figure in figures if figure.value is not None)


def _faults_of_points(
    panel: Panel, axis: str, scale: tuple[float, float], known: list[float], lines: int, values: dict[str, str]
) -> Iterator[Fault]:
    """Hold every sign and every corner of a line to a published value."""
    offset, slope = scale
    allowed = abs(slope) * PLACE_TOLERANCE
    inside = inside_of(panel)
    markers = [point for point in panel.markers if inside(point)]
    if len(markers) > len(known):
        yield Fault(
            "the panel {panel} shows {count} points for {told} published values",
            {**values, "count": len(markers), "told": len(known)},
            kind="drawing",
        )
    for point in dict.fromkeys([*markers, *(point for point in panel.points if inside(point))]):
        value = offset + slope * getattr(point, axis)
        if not any(abs(value - told) <= allowed for told in known):
            yield Fault(
                "the panel {panel} shows a point at {value}, which is no published value",
                {**values, "value": f"{value:.4g}"},
                kind="drawing",
            )
    beyond = sum(not inside(point) for point in [*panel.markers, *panel.points])
    if beyond > lines:  # beside each line stands its sign
        yield Fault(
            "{count} points are drawn outside of the panel {panel}", {**values, "count": beyond}, kind="drawing"
        )
    yield from _faults_of_bands(panel, axis, scale, known, values)


def _faults_of_bands(
    panel: Panel, axis: str, scale: tuple[float, float], known: list[float], values: dict[str, str]
) -> Iterator[Fault]:
    """Hold each interval to a published value that lies in it."""
    offset, slope = scale
    corners = sum(map(len, panel.bands))
    if corners > 3 * len(known) + 4 * len(panel.bands):
        yield Fault(
            "the panel {panel} shows intervals with {count} corners for {told} published values",
            {**values, "count": corners, "told": len(known)},
            kind="drawing",
        )
    for band in panel.bands:
        ends = sorted(offset + slope * getattr(point, axis) for point in band)
        slack = abs(slope) * PLACE_TOLERANCE
        if ends and not any(ends[0] - slack <= told <= ends[-1] + slack for told in known):
            yield Fault(
                "the panel {panel} shows an interval from {least} to {greatest} without a published value in it",
                {**values, "least": f"{ends[0]:.4g}", "greatest": f"{ends[-1]:.4g}"},
                kind="drawing",
            )


def _reach(drawing: Drawing, language: LanguageCode) -> Reach:
    """Say between which values panels of one name draw: those of small multiples share their axes."""
    found: Reach = {}
    for panel in drawing.panels:
        inside = inside_of(panel)
        points = [*panel.points, *panel.markers, *(point for band in panel.bands for point in band)]
        for axis, ticks in panel.ticks.items():
            numbers = [number_of(label, language) for _, label in ticks]
            places = [getattr(point, axis) for point in points if inside(point)]
            if places and (scale := panel.scale(axis, numbers)) is not None:
                values = [scale[0] + scale[1] * place for place in (min(places), max(places))]
                zero = [0.0] if 0 in numbers else []
                known = found.get((panel.name, axis), (values[0], values[0]))
                found[panel.name, axis] = min(*known, *values, *zero), max(*known, *values, *zero)
    return found


def _faults_of_axis(
    panel: Panel, axis: str, language: LanguageCode, values: dict[str, str], reach: tuple[float, float]
) -> Iterator[Fault]:
    """Hold the axis to what is drawn on it: where it ends may tell of a value that is not shown."""
    ticks = [(place, number_of(label, language)) for place, label in panel.ticks[axis]]
    (_, slope) = panel.scale(axis, [number for _, number in ticks]) or (0.0, 0.0)
    low, high = reach
    room = BEYOND * (high - low) + abs(slope)
    for _, number in ticks:
        if number is None:
            yield Fault("a tick of the panel {panel} is no number", values, kind="unmapped")
        elif not low - room <= number <= high + room:
            yield Fault(
                "the axis of the panel {panel} goes on to {value}, far beyond what is drawn",
                {**values, "value": f"{number:g}"},
                kind="drawing",
            )


def _faults_of_rules(panel: Panel, axis: str, values: dict[str, str]) -> Iterator[Fault]:
    """Hold frames, grids and guides to the edges of the panel and the ticks; elsewhere they would show a value."""
    places = [place for place, _ in panel.ticks[axis]] + [getattr(corner, axis) for corner in panel.frame or ()]
    for rule in panel.rules:
        place = getattr(rule, axis)
        if not any(abs(place - known) <= 1 for known in places):
            message = "a line of the panel {panel} stands at {place}, neither at its edge nor at a tick"
            yield Fault(message, {**values, "place": f"{place:g}"}, kind="drawing")
            return
