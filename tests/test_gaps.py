"""What a delivered total counts beyond its areas, said in words on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sozialanalyse.findings.gaps import unassigned
from sozialanalyse.language import without_keys
from sozialanalyse.town import Town
from sozialanalyse.view import View
from tests.small_town import open_town, write_town

if TYPE_CHECKING:
    from pathlib import Path

TOWN = """\
schema: 1
name: Klein
levels:
  - {id: ortsteil, label: {de: Ortsteil, en: quarter}, plural: {de: Ortsteile, en: quarters}}
  - {id: bezirk, label: {de: Bezirk, en: borough}, plural: {de: Bezirke, en: boroughs}}
  - {id: stadt, label: {de: Stadt, en: town}, plural: {de: Städte, en: towns}}
confidentiality: synthetic
population_base: {de: erfunden, en: invented}
sources:
  register: {name: {de: Register, en: register}, publisher: Klein, licence: CC0, rounded_to: ROUNDED}
counts: [{file: counts.csv, source: register}]
"""

AREAS = """\
area,name,level,parent
0,Klein,stadt,
1,West,bezirk,0
2,Ost,bezirk,0
11,Nord,ortsteil,1
12,Süd,ortsteil,1
21,Mitte,ortsteil,2
"""

LEAD = "Delivered totals and the sum of the areas shown differ. Values of the whole are computed from its delivered totals."


def said(folder: Path, residents: str, *, area: str = "", level: str = "ortsteil", rounded: str = "null") -> list[str]:
    """Say what is said of residents given as ``area value`` pairs, or ``area@year value`` on another date."""
    rows = []
    for pair in residents.split(", "):
        where, value = pair.split(" ")
        place, _, year = where.partition("@")
        rows.append(f"{place},{year or '2012'}-12-31,population,,,{value if value != '-' else ''},\n")
    write_town(folder, "".join(rows), town__yml=TOWN.replace("ROUNDED", rounded), areas__csv=AREAS)
    town = Town(open_town(folder))
    view = View(town, "residents", area=area, level=level, language="en")
    return [without_keys(text) for text in unassigned(view)]


def test_a_total_that_counts_more_than_its_areas(tmp_path: Path) -> None:
    assert said(tmp_path, "0 200, 11 60, 12 40, 21 90") == [
        LEAD,
        "Not assigned to an area: 10 persons (5.0%); Residents, 31\u00a0December\u00a02012.",
    ]


def test_areas_that_count_more_than_their_total(tmp_path: Path) -> None:
    assert said(tmp_path, "0 200, 11 60, 12 60, 21 90")[1:] == [
        "The areas together count 10 persons (5.0%) more than the whole; Residents, 31\u00a0December\u00a02012."
    ]


def test_nothing_is_said_where_all_adds_up(tmp_path: Path) -> None:
    assert said(tmp_path, "0 200, 11 60, 12 50, 21 90") == []


@pytest.mark.parametrize(
    ("area", "level", "gap"),
    [
        ("", "ortsteil", "15 persons (7.5%)"),  # 5 of them assigned to Bezirk West, 10 to none
        ("", "bezirk", "10 persons (5.0%)"),
        ("1", "ortsteil", "5 persons (4.8%)"),
    ],
)
def test_the_gap_is_that_of_the_page_whatever_levels_lie_between(
    tmp_path: Path, area: str, level: str, gap: str
) -> None:
    (sentence,) = said(tmp_path, "0 200, 1 105, 2 85, 11 60, 12 40, 21 85", area=area, level=level)[1:]
    assert gap in sentence


def test_a_page_of_one_area_that_adds_up_says_nothing_of_the_town(tmp_path: Path) -> None:
    assert said(tmp_path, "0 200, 1 105, 2 85, 11 60, 12 40, 21 85", area="2") == []


def test_nothing_is_said_where_an_area_is_not_delivered(tmp_path: Path) -> None:
    assert said(tmp_path, "0 200, 11 60, 12 -, 21 90") == []


def test_the_last_date_counts(tmp_path: Path) -> None:
    counts = "0@2011 200, 11@2011 60, 12@2011 40, 21@2011 90, 0 200, 11 60, 12 50, 21 90"
    assert said(tmp_path, counts) == []


@pytest.mark.parametrize(("total", "is_said"), [("0 200", False), ("0 210", True)])
def test_rounding_explains_a_difference_up_to_half_a_base_for_each_number(
    tmp_path: Path,
    total: str,
    is_said: bool,
) -> None:
    """Numbers rounded to 5 are right to 2, so three parts and a total differ by up to 8."""
    assert bool(said(tmp_path, f"{total}, 11 60, 12 45, 21 90", rounded="5")) is is_said


@pytest.mark.parametrize(("total", "share"), [(100_051, "0.1%"), (100_050, "less than 0.1%")])
def test_a_small_share_is_not_written_as_none(tmp_path: Path, total: int, share: str) -> None:
    (sentence,) = said(tmp_path, f"0 {total}, 11 50000, 12 40000, 21 10000")[1:]
    assert f"({share})" in sentence
