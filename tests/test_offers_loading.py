"""Local offers come in whole or not at all; every fault is told at once with its row, its column and what may be meant."""

from __future__ import annotations

import json

import openpyxl
import pytest

from sozialanalyse.loading.offers import PRIVATE
from tests.small_town import TIDY, faults_of, open_town, write_town

COUNTS = "01,2024-12-31,population,,,100,\n02,2024-12-31,population,,,300,\n"
HEADER = "offer,name,kind,target_groups,address,area,x,y,area_served,places,valid_from,valid_to,contact,location_visibility\n"
GEOMETRY = TIDY + "geometry: {file: areas.geojson, area: area}\n"


def squares(**areas: tuple[float, float]) -> str:
    """A square of 1,000 metres for each area, by its lower left corner."""
    features = [
        {
            "type": "Feature",
            "properties": {"area": area.removeprefix("a")},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x + 1000, y], [x + 1000, y + 1000], [x, y + 1000], [x, y]]],
            },
        }
        for area, (x, y) in areas.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


MAP = squares(a01=(5000, 1000), a02=(5000, 0))


def town(tmp_path, rows, **files):
    given = {"offers.csv": HEADER + rows, "town.yml": GEOMETRY, "areas.geojson": MAP} | files
    return write_town(tmp_path, COUNTS, **{name.replace(".", "__"): text for name, text in given.items()})


def test_a_town_without_offers_has_an_empty_inventory(tmp_path):
    offers = open_town(write_town(tmp_path, COUNTS)).offers
    assert not offers
    assert offers.offers == ()


def test_offers_beside_the_town_are_found_and_typed(tmp_path):
    data = open_town(
        town(
            tmp_path,
            "kita,Kita Nord,nursery,children|families,Weg 1,,5400,1500,,24,2020-08-01,31.07.2030,0241 12345,\n",
        )
    )
    (kita,) = data.offers.offers
    assert (kita.area, kita.x, kita.y, kita.places) == ("01", 5400, 1500, 24)
    assert (str(kita.valid_from), str(kita.valid_to)) == ("2020-08-01", "2030-07-31")
    assert kita.target_groups == ("children", "families")
    assert (kita.contact, kita.location_visibility) == ("0241 12345", "public")
    assert "offers.csv" in {name for name, _ in data.files}
    assert data.offers.centres == {"01": (5500, 1500), "02": (5500, 500)}


@pytest.mark.parametrize(
    ("kind", "said", "visibility"),
    [
        ("nursery", "", "public"),
        ("nursery", "never", "never"),
        ("shelter", "", "never"),
        ("accommodation", "", "never"),
        ("shelter", "area_only", "area_only"),
    ],
)
def test_places_of_protection_are_hidden_unless_more_is_said(tmp_path, kind, said, visibility):
    (offer,) = open_town(town(tmp_path, f"a,Haus,{kind},,,01,,,,,,,,{said}\n")).offers.offers
    assert offer.location_visibility == visibility


def test_of_an_offer_that_tells_its_area_only_the_declared_area_counts(tmp_path):
    """The point lies in 01; but the town has said no more than that it lies in the town."""
    (offer,) = open_town(town(tmp_path, "a,Haus,inclusion,,,0,5500,1500,,,,,,area_only\n")).offers.offers
    assert offer.area == "0"


FAULTS = {
    ",Kita,nursery,,,01,,,,,,,,": "offers.csv, line 2, offer: the offer has no id; write a short one that stays, such as kita_nord",
    "a,,nursery,,,01,,,,,,,,": "offers.csv, line 2, name: 'name' is empty; every offer needs it",
    "a,Kita,nurserie,,,01,,,,,,,,": (
        "offers.csv, line 2, kind: the kind 'nurserie' is not known; did you mean: nursery, nursing_home? Own kinds are declared "
        "under offers.kinds in town.yml"
    ),
    "a,Kita,nursery,kids,,01,,,,,,,,": (
        "offers.csv, line 2, target_groups: the target group 'kids' is not in the catalogue; did you mean: {near}?"
    ),
    "a,Kita,nursery,,,03,,,,,,,,": "offers.csv, line 2, area: area '03' is not in the table of areas, or has ended; did you mean: {near}?",
    "a,Kita,nursery,,,,,,,,,,,": "offers.csv, line 2, area: it is not known where the offer is; give x and y, an area, or area_served",
    "a,Kita,nursery,,,01,,,,two,,,,": (
        "offers.csv, line 2, places: 'two' is no number of places; write a whole number, or nothing where it is not known"
    ),
    "a,Kita,nursery,,,,5500,,,,,,,": "offers.csv, line 2, y: of the coordinates x and y one is missing; give both or none",
    "a,Kita,nursery,,,,1500,5400,,,,,,": (
        "offers.csv, line 2, x: the point lies far outside of the town; are x and y exchanged, or is it another reference "
        "system than that of the polygons?"
    ),
    "a,Kita,nursery,,,02,5400,1500,,,,,,": (
        "offers.csv, line 2, area: the point lies in the area 01, not in 02; correct the area or the coordinates"
    ),
    "a,Kita,nursery,,,01,,,,,2020,,,": "offers.csv, line 2, valid_from: '2020' is no date; write 2025-12-31",
    "a,Kita,nursery,,,01,,,,,2020-01-02,2020-01-01,,": (
        "offers.csv, line 2, valid_to: the offer ends on 2020-01-01, before it begins"
    ),
    "a,Haus,shelter,,,01,,,,,,,,public": (
        "offers.csv, line 2, location_visibility: a place of protection is never located: write never or area_only; an offer that "
        "everybody is to find has another kind"
    ),
    "a,Kita,nursery,,,01,,,,,,,,secret": (
        "offers.csv, line 2, location_visibility: 'secret' is not known; allowed: public, area_only, never, or nothing for the "
        "default of the kind"
    ),
    "a,Kita (0241 432-0),nursery,,,01,,,,,,,,": (
        "offers.csv, line 2, name: the text holds what looks like a telephone number or an e-mail address and would be published; "
        "move it to the column contact"
    ),
    "a,Haus Am Weg 1,inclusion,,Am Weg 1,01,,,,,,,,area_only": (
        "offers.csv, line 2, address: 'Am Weg 1' stands in another column as well and would be published there, though only the "
        "area is to be known"
    ),
}


def test_a_fault_names_row_column_and_likely_fix(tmp_path):
    rows = [f"o{number}{row.removeprefix('a')}" if row[0] != "," else row for number, row in enumerate(FAULTS)]
    found = faults_of(town(tmp_path, "".join(f"{row}\n" for row in rows)))
    said = [
        text.replace("line 2", f"line {number}").partition("{near}")[0]
        for number, text in enumerate(FAULTS.values(), start=2)
    ]
    assert [fault[: len(text)] for fault, text in zip(found, said, strict=True)] == said


def test_all_faults_are_told_at_once_beside_those_of_the_counts(tmp_path):
    folder = town(tmp_path, "a,Kita,nursery,,,03,,,,x,,,,\na,Kita,nursery,,,01,,,,,,,,\n")
    (folder / "counts.csv").write_text((folder / "counts.csv").read_text() + "01,2024-12-31,population,,,101,\n")
    assert [fault.partition(":")[0] for fault in faults_of(folder)] == [
        *("counts.csv, line 2, area 01", "counts.csv, line 4, area 01"),
        *("offers.csv, line 2, area", "offers.csv, line 2, places", "offers.csv, line 3, offer"),
    ]


def test_two_tables_of_offers_are_refused(tmp_path):
    folder = town(tmp_path, "a,Kita,nursery,,,01,,,,,,,,\n")
    (folder / "offers.xlsx").write_bytes(b"")
    assert faults_of(folder) == [
        "offers.csv: there are 'offers.csv', 'offers.xlsx'; remove one, or declare under offers.file which is meant"
    ]


def test_a_workbook_is_read_as_well(tmp_path):
    folder = write_town(tmp_path, COUNTS, town__yml=TIDY + "offers: {file: bestand.xlsx}\n")
    book = openpyxl.Workbook()
    for row in (("offer", "name", "kind", "area", "places"), ("treff", "Treff Süd", "meeting_place", "02", 40)):
        book.active.append(row)
    book.save(folder / "bestand.xlsx")
    (treff,) = open_town(folder).offers.offers
    assert (treff.name, treff.area, treff.places) == ("Treff Süd", "02", 40)


NEED = "offers:\n  needs:\n    - {id: a, label: {de: a, en: a}, kinds: [nursery], persons: {indicator: share_65plus, part: numerator}, need: NAME}\n"


def test_an_indicator_without_direction_points_to_no_need_unless_somebody_decided_so(tmp_path):
    text = GEOMETRY + NEED.replace("NAME", "foreign_share")
    (fault,) = faults_of(town(tmp_path, "a,Kita,nursery,,,01,,,,,,,,\n", **{"town.yml": text}))
    assert "the indicator 'foreign_share' has no direction, so it points to no need" in fault
    decided = text.replace("foreign_share}", "foreign_share, decided_by: {de: Rat, en: Council}}")
    (tmp_path / "town.yml").write_text(decided, encoding="utf-8")
    assert open_town(tmp_path).offers.needs[0].need == "foreign_share"


def test_people_by_points_move_the_centre_of_an_area_but_no_finer_than_a_hundred_metres(tmp_path):
    text = GEOMETRY + "offers: {population_points: points.csv}\n"
    points = "x,y,persons\n5100,1100,30\n5300,1100,10\n"  # the mean is 5150, 1100
    data = open_town(town(tmp_path, "a,Kita,nursery,,,01,,,,,,,,\n", **{"town.yml": text, "points.csv": points}))
    assert data.offers.centres == {"01": (5200, 1100), "02": (5500, 500)}


@pytest.mark.parametrize("text", ["0241 432-0", "+49 241 4320", "00 49 241 4320", "a.b@c.de"])
def test_what_reaches_somebody_is_private(text):
    assert PRIVATE.search(f"Rat und Hilfe, {text}")


@pytest.mark.parametrize("text", ["Mo 9-17 Uhr", "Weg 12, 52062 Aachen", "2011, 2013", "seit 1998-08-01", "0-3 Jahre"])
def test_hours_addresses_and_years_are_not(text):
    assert not PRIVATE.search(text)
