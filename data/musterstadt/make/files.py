"""From counts of the 60 areas to what is delivered: old areas before the reform, gaps, rounding, marks; and the files."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely import union_all
from shapely.geometry import Polygon, mapping

from .people import FEMALE, MALE, SEXES
from .plan import (
    AREAS,
    BANDS,
    BEFORE_REFORM,
    DISABILITY_YEARS,
    FIRST_YEAR,
    OLDEST,
    PARENT,
    REFORM_YEAR,
    REPORTED_YEARS,
    SOZIALRAEUME,
    TOWN,
    TOWN_NAME,
)
from .polygons import statistischer_bezirk

HEADER = ("area", "period", "measure", "sex", "age", "value", "status")
ROUNDED_TO = 5
SMALLEST_SHOWN = 10  # the Bundesagentur shows no count from 1 to 9
WITH_TOTALS = ("severely_disabled", "mobility_marks", "children_with_disabilities", "unemployed_severely_disabled")
SUPPRESSED = "unemployed_severely_disabled"

# Gaps as they happen: what was not delivered for which areas and year.
NOT_DELIVERED = (
    ("dwellings_bound", 2007, ("140", "540")),
    ("dwellings_accessible", 2007, ("720",)),
    ("dwellings_accessible", 2009, ("720", "910")),
    ("child_welfare_supports", 2009, ("310",)),
    ("living_space", 2013, ("620",)),
    ("care_recipients", 2014, ("780",)),
    ("households_three_children", 2016, ("940",)),
)

Row = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True)
class Delivery:
    """How one file is delivered: what its periods are, in which years, whether counts are rounded."""

    period_kind: str = "stock"
    years: tuple[int, ...] = REPORTED_YEARS
    rounded: bool = False

    def period(self, year: int) -> str:
        """Text of the period that ends in a year."""
        texts = {"stock": f"{year}-12-31", "flow": str(year), "school_year": f"{year - 1}/{year % 100:02d}"}
        return texts[self.period_kind]


DISABILITY = Delivery(years=DISABILITY_YEARS, rounded=True)


def members(year: int) -> dict[str, tuple[str, ...]]:
    """Lebensräume of a year and which of the current ones they consist of."""
    if year >= REFORM_YEAR:
        return {area: (area,) for area in AREAS}
    halves = {half for _, pair in BEFORE_REFORM.values() for half in pair}
    unchanged = {area: (area,) for area in AREAS if area not in halves}
    return unchanged | {area: pair for area, (_, pair) in BEFORE_REFORM.items()}


def groups(year: int, measure: str) -> dict[str, tuple[str, ...]]:
    """Areas that a measure is delivered for: Lebensräume, and of some measures also Sozialräume and the town."""
    found = members(year)
    if measure in WITH_TOTALS:
        found |= {key: tuple(sozialraum.areas) for key, sozialraum in SOZIALRAEUME.items()} | {TOWN: AREAS}
    return found


def mark(measure: str, value: float, delivery: Delivery) -> tuple[str, str]:
    """Text of value and status as the deliverer shows them."""
    if np.isnan(value):
        return "", ""
    if measure == SUPPRESSED and 0 < value < SMALLEST_SHOWN:
        return "", "suppressed"
    shown = ROUNDED_TO * int(value / ROUNDED_TO + 0.5) if delivery.rounded else int(value)
    return str(shown), ""


def delivered(measure: str, sex: str, age: str, values: np.ndarray, delivery: Delivery) -> Iterator[Row]:
    """Rows of one measure from its values of the 60 areas, shape (60, years)."""
    for year in delivery.years:
        column = dict(zip(AREAS, values[:, year - FIRST_YEAR].astype(float), strict=True))
        gaps = {area for name, at, areas in NOT_DELIVERED if (name, at) == (measure, year) for area in areas}
        for area, parts in groups(year, measure).items():
            total = np.nan if area in gaps else sum(column[part] for part in parts)
            yield (area, delivery.period(year), measure, sex, age, *mark(measure, total, delivery))


def population_rows(people: np.ndarray) -> Iterator[Row]:
    """Inhabitants by sex and age band."""
    for sex in (FEMALE, MALE):
        for youngest, oldest in BANDS:
            values = people[:, sex, youngest : oldest + 1].sum(axis=1)
            label = f"{youngest}+" if oldest == OLDEST else f"{youngest}-{oldest}"
            yield from delivered("population", SEXES[sex], label, values, Delivery())


def order(row: Row) -> tuple[str, str, str, str, int]:
    """Files are sorted by measure, period, area, sex and age."""
    area, period, measure, sex, age, *_ = row
    return measure, period, area, sex, int(re.match(r"\d*", age)[0] or 0)


def write_table(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write CSV: UTF-8, comma, line feeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_counts(path: Path, rows: Iterable[Row]) -> None:
    """Write one tidy file of counts."""
    write_table(path, HEADER, sorted(rows, key=order))


def write_areas(path: Path, polygons: dict[str, Polygon]) -> None:
    """Write the area tree, with the statistischer Bezirk as a grouping beside it."""
    rows = [(TOWN, TOWN_NAME, "stadt", "", "", "", "")]
    rows += [(key, sozialraum.name, "sozialraum", TOWN, "", "", "") for key, sozialraum in SOZIALRAEUME.items()]
    names = {area: name for sozialraum in SOZIALRAEUME.values() for area, (name, _) in sozialraum.areas.items()}
    halves = {half for _, pair in BEFORE_REFORM.values() for half in pair}
    leaves = []
    for area in AREAS:
        valid_from = f"{REFORM_YEAR}-01-01" if area in halves else ""
        leaves.append(
            (area, names[area], "lebensraum", PARENT[area], valid_from, "", statistischer_bezirk(polygons[area]))
        )
    for area, (name, pair) in BEFORE_REFORM.items():
        together = union_all([polygons[half] for half in pair])
        leaves.append(
            (area, name, "lebensraum", PARENT[pair[0]], "", f"{REFORM_YEAR - 1}-12-31", statistischer_bezirk(together))
        )
    header = ("area", "name", "level", "parent", "valid_from", "valid_to", "group_statistischer_bezirk")
    write_table(path, header, rows + sorted(leaves))


def write_map(path: Path, polygons: dict[str, Polygon]) -> None:
    """Write the polygons as GeoJSON in whole metres of EPSG:25832, one area a line."""

    def feature(area: str) -> str:
        rings = [[[int(x), int(y)] for x, y in ring] for ring in mapping(polygons[area])["coordinates"]]
        geometry = {"type": "Polygon", "coordinates": rings}
        return json.dumps(
            {"type": "Feature", "properties": {"area": area}, "geometry": geometry}, separators=(",", ":")
        )

    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    head = (
        f'{{"type":"FeatureCollection","name":"areas","crs":{json.dumps(system, separators=(",", ":"))},"features":[\n'
    )
    path.write_text(
        head + ",\n".join(feature(area) for area in sorted(polygons)) + "\n]}\n", encoding="utf-8", newline="\n"
    )
