"""The schematic map: relaxed Voronoi cells in rings and sectors, their shared borders bent a little.

Coordinates are EPSG:25832 in whole metres. The place lies in the open sea, so that no real town is meant.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point, Polygon

from .plan import AREAS, PARENT, SOZIALRAEUME, stream

CENTRE = (400_000.0, 6_000_000.0)
RINGS = ((0.0, 0.20), (0.20, 0.53), (0.53, 1.0))  # share of the way from the centre to the town's border
RELAXATIONS = 6
BEND = 0.12  # a border's middle is moved sideways by up to this share of its length

Vertex = tuple[float, float]
Borders = dict[tuple[Vertex, Vertex], list[Vertex]]


def place(share: float, degrees: float) -> Vertex:
    """Turn polar coordinates (share of the way to the border, degrees clockwise from north) into metres."""
    angle = math.radians(degrees)
    reach = 6300 * (1 + 0.10 * math.cos(2 * angle + 0.6) + 0.06 * math.cos(3 * angle + 2) + 0.03 * math.cos(5 * angle))
    return CENTRE[0] + share * reach * math.sin(angle), CENTRE[1] + share * reach * math.cos(angle)


def outline() -> Polygon:
    """The town's border."""
    return Polygon([place(1, degrees) for degrees in range(0, 360, 4)])


def first_points() -> list[Vertex]:
    """One point an area, spread over the sector of its Sozialraum: the wider the ring, the more rows."""
    points = []
    for sozialraum in SOZIALRAEUME.values():
        inner, outer = RINGS[sozialraum.ring]
        start, end = sozialraum.sector
        number = len(sozialraum.areas)
        rows = (number,) if sozialraum.ring == 0 else (number // 2, number - number // 2)
        for row, columns in enumerate(rows):
            share = 0.12 if sozialraum.ring == 0 else inner + (outer - inner) * (row + 0.5) / len(rows)
            points += [place(share, start + (end - start) * (column + 0.5) / columns) for column in range(columns)]
    return points


def cells(points: list[Vertex], border: Polygon) -> list[Polygon]:
    """The part of the town that is nearest to each point, in the order of the points."""
    pieces = list(shapely.voronoi_polygons(MultiPoint(points), extend_to=border).geoms)
    found = [next(piece for piece in pieces if piece.covers(Point(point))) for point in points]
    return [piece.intersection(border) for piece in found]


def relaxed_cells() -> list[Polygon]:
    """Voronoi cells after some steps towards equal size (Lloyd); corners in whole metres."""
    border, points = outline(), first_points()
    for _ in range(RELAXATIONS):
        points = [cell.centroid.coords[0] for cell in cells(points, border)]
    return [shapely.transform(cell, np.round) for cell in cells(points, border)]


def bent(start: Vertex, end: Vertex, shift: float) -> list[Vertex]:
    """Points between two corners, moved sideways."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    profile = ((0.25, 0.8), (0.5, 1.0), (0.75, 0.5))
    return [(round(x + at * dx - side * shift * dy), round(y + at * dy + side * shift * dx)) for at, side in profile]


def shared_borders(polygons: list[Polygon]) -> Borders:
    """Bend every border once, the same for the areas on both sides; the town's own border stays as it is."""
    users: dict[tuple[Vertex, Vertex], int] = {}
    for polygon in polygons:
        for edge in edges(polygon):
            users[edge] = users.get(edge, 0) + 1
    generator, inside = stream("borders"), sorted(edge for edge, number in users.items() if number == 2)
    shifts = generator.uniform(-BEND, BEND, len(inside))
    return {edge: bent(*edge, float(shift)) for edge, shift in zip(inside, shifts, strict=True)}


def edges(polygon: Polygon) -> Iterable[tuple[Vertex, Vertex]]:
    """The sides of a polygon, each with its smaller corner first."""
    return ((min(side), max(side)) for side in pairwise(polygon.exterior.coords))


def redraw(polygon: Polygon, borders: Borders) -> Polygon:
    """A polygon with its bent borders, anticlockwise and starting at its smallest corner."""
    ring: list[Vertex] = []
    for start, end in pairwise(polygon.exterior.coords):
        between = borders.get((min(start, end), max(start, end)), [])
        ring += [start, *(between if start < end else reversed(between))]
    return shapely.geometry.polygon.orient(Polygon(ring).normalize())


def draw_map() -> dict[str, Polygon]:
    """Polygons of the 60 current areas.

    Raises
    ------
    ValueError
        When a Sozialraum falls apart or areas overlap: the plan then needs other sectors.
    """
    polygons = relaxed_cells()
    borders = shared_borders(polygons)
    drawn = {area: redraw(polygon, borders) for area, polygon in zip(AREAS, polygons, strict=True)}
    for sozialraum in SOZIALRAEUME:
        together = shapely.union_all([drawn[area] for area in AREAS if PARENT[area] == sozialraum])
        if together.geom_type != "Polygon":
            message = f"Sozialraum {sozialraum} is not in one piece"
            raise ValueError(message)
    if not math.isclose(shapely.union_all(list(drawn.values())).area, sum(p.area for p in drawn.values())):
        message = "areas overlap"
        raise ValueError(message)
    return drawn


def statistischer_bezirk(polygon: Polygon) -> str:
    """The grouping beside the tree: a core of its own and six directions, which cut across the Sozialräume."""
    east, north = polygon.centroid.x - CENTRE[0], polygon.centroid.y - CENTRE[1]
    if math.hypot(east, north) < 2100:
        return "Mitte"
    names = ("Nord", "Nordost", "Südost", "Süd", "Südwest", "Nordwest")
    return names[round(math.degrees(math.atan2(east, north)) / 60) % 6]
