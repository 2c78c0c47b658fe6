"""Local offers of Musterstadt: day care, meeting places, counselling, housing projects, shelters. All of it is invented.

Places are divided so that some areas with a greater need have little of it, as it happens; the shelters lie where nobody is told.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import Polygon

from .files import write_table
from .plan import AREAS, KIND, KINDS, SOZIALRAEUME, stream

HEADER = (
    *("offer", "name", "kind", "target_groups", "aim", "address", "area", "x", "y", "area_served", "places", "opening"),
    *(
        "carrier",
        "languages",
        "barrier_free",
        "valid_from",
        "valid_to",
        "contact",
        "location_visibility",
        "lessons_learned",
    ),
)
STREETS = (
    "Lindenweg",
    "Mühlgasse",
    "Am Anger",
    "Schulstraße",
    "Kirchplatz",
    "Gartenweg",
    "Bahnhofstraße",
    "Ringstraße",
)
CARRIERS = (
    "Stadt Musterstadt",
    "Wohlfahrtsverband Musterstadt",
    "Nachbarschaft Musterstadt e. V.",
    "Freie Träger Musterstadt gGmbH",
)
OFFICE_HOURS, AFTERNOONS = "montags bis freitags 8 bis 16 Uhr", "montags bis freitags 14 bis 18 Uhr"

LESSONS = {
    "youth": "Jugendliche haben die Öffnungszeiten selbst festgelegt; seit es abends offen ist, kommen auch Ältere.",
    "meeting_place": "Ein Mittagstisch an zwei Tagen hat mehr alleinlebende Menschen erreicht als Vorträge; der Fahrdienst war entscheidend.",
    "family_centre": "Sprechstunden in der Kita senken die Schwelle: Eltern kommen ohne Termin und in vertrauter Umgebung.",
    "housing": "Hausgemeinschaften wurden vor dem Einzug begleitet; die Bewohnerschaft organisiert den Treffpunkt heute selbst.",
}
"""What was learned with the first offer of a kind."""


@dataclass(frozen=True)
class Sort:
    """Offers of one kind: what they are called, for whom, how many, how large, and how they follow the need."""

    name: str
    groups: str
    number: int
    places: int
    aim: str
    opening: str = OFFICE_HOURS
    follows: float = 0.0
    visibility: str = ""


SORTS = {
    "nursery": Sort("Krippe", "children families", 58, 36, "Bildung und Betreuung", follows=-0.5),
    "youth": Sort("Jugendtreff", "children", 15, 70, "Freizeit und Beteiligung", AFTERNOONS, 0.8),
    "family_centre": Sort("Familienzentrum", "families children", 9, 40, "Entlastung und Beratung", follows=0.5),
    "counselling": Sort("Beratungsstelle", "families residents", 8, 0, "Beratung in schwierigen Lagen"),
    "meeting_place": Sort("Begegnungsstätte", "older", 24, 60, "Begegnung und Teilhabe", AFTERNOONS, -0.4),
    "day_care": Sort("Tagespflege", "older", 13, 16, "Pflege am Tag, Entlastung der Angehörigen"),
    "inclusion": Sort("Treffpunkt Inklusion", "disability", 5, 25, "Teilhabe von Menschen mit Behinderungen"),
    "language_course": Sort("Sprachkurs", "residents", 7, 20, "Integration: Deutsch lernen", follows=0.6),
    "integration": Sort(
        "Ankommen im Stadtteil", "residents families", 4, 30, "Integration: Begleitung von Geflüchteten"
    ),
    "housing": Sort("Wohnprojekt", "older families disability", 7, 32, "Bezahlbar und gemeinschaftlich wohnen", ""),
    "accommodation": Sort("Unterkunft", "residents", 4, 80, "Unterbringung", ""),
    "shelter": Sort("Schutzwohnung", "families", 2, 12, "Schutz vor Gewalt", ""),
}
LOCATED_BY_AREA = ("inclusion",)
"""Of some of these only the area is to be known."""


def chosen(sort: Sort, generator: np.random.Generator) -> list[str]:
    """Areas in which the offers lie; more where the need is greater if they follow it."""
    weights = np.exp([sort.follows * KINDS[KIND[area]].need for area in AREAS]) * [
        KINDS[KIND[area]].size for area in AREAS
    ]
    return sorted(generator.choice(AREAS, sort.number, p=weights / weights.sum()))


def point_in(polygon: Polygon, generator: np.random.Generator) -> tuple[int, int]:
    """A point in whole metres inside a polygon."""
    west, south, east, north = polygon.buffer(-60).bounds
    while True:
        x, y = round(generator.uniform(west, east)), round(generator.uniform(south, north))
        if polygon.buffer(-30).covers(shapely.Point(x, y)):
            return x, y


def offers(polygons: dict[str, Polygon]) -> list[tuple[str, ...]]:
    """Rows of the table of offers, in the order of their ids."""
    generator = stream("offers")
    names = {area: name for sozialraum in SOZIALRAEUME.values() for area, (name, _) in sozialraum.areas.items()}
    rows = []
    for kind, sort in SORTS.items():
        areas = chosen(sort, generator)
        for number, area in enumerate(areas, start=1):
            before = areas[: number - 1].count(area)
            x, y = point_in(polygons[area], generator)
            size = "" if not sort.places else str(max(4, round(sort.places * generator.uniform(0.6, 1.4))))
            begun = int(generator.integers(1985, 2023))
            later = "2026-06-01" if kind == "housing" and number == sort.number else f"{begun}-08-01"
            rows.append(
                (
                    f"{kind}_{number:02d}",
                    f"{sort.name} {names[area]}" + (f" {before + 1}" if before else ""),
                    kind,
                    sort.groups.replace(" ", "|"),
                    sort.aim,
                    f"{STREETS[int(generator.integers(len(STREETS)))]} {int(generator.integers(1, 90))}",
                    area,
                    str(x),
                    str(y),
                    "",
                    size,
                    sort.opening,
                    CARRIERS[int(generator.integers(len(CARRIERS)))],
                    "Deutsch, Türkisch" if kind in ("counselling", "integration") else "",
                    ("yes", "partly", "no", "")[int(generator.choice(4, p=(0.5, 0.2, 0.1, 0.2)))],
                    later,
                    "",
                    f"Telefon 0000 55{int(generator.integers(10_000, 99_999))} (erfunden)",
                    "area_only" if kind in LOCATED_BY_AREA else sort.visibility,
                    LESSONS.get(kind, "") if number == 1 else "",
                )
            )
    return sorted(rows)


def write_offers(path: Path, polygons: dict[str, Polygon]) -> None:
    """Write the table of offers."""
    write_table(path, HEADER, offers(polygons))
