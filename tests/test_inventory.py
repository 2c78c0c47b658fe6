"""The page of offers: what it says of a town with offers, and that it says so where a town has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from sozialanalyse.findings.display import NOTHING
from tests.small_town import TIDY, write_town

if TYPE_CHECKING:
    from sozialanalyse.findings.inventory import Inventory
    from sozialanalyse.town import Town

OLD = {"01": 400, "02": 100}
SUPPORTED = {"01": 160, "02": 5}
"""40 % of the old in Nord and 5 % of those in Süd have basic income support; in the town it is 33 %."""

OFFERS = """\
offer,name,kind,area,area_served,places,target_groups,location_visibility,lessons_learned,contact
treff,Treff Süd 1,meeting_place,02,02,30,older,,Der Mittagstisch hilft.,0241 7654321
rat,Beratung,counselling,01,,,older,area_only,,
haus,Haus,shelter,01,,5,,,,
"""


def rows() -> str:
    day = "2024-12-31"
    lines = [
        f"{area},{day},population,all,{ages},{people},number"
        for area, old in OLD.items()
        for ages, people in (("0-64", 900), ("65+", old))
    ]
    lines += [
        f"{area},{day},grundsicherung_im_alter_recipients,all,65+,{count},number" for area, count in SUPPORTED.items()
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return sa.open_town(write_town(tmp_path_factory.mktemp("offers"), rows(), town__yml=TIDY, offers__csv=OFFERS))


@pytest.fixture(scope="module")
def found(town: Town) -> Inventory:
    return sa.inventory.inventory(town, language="en")


def test_a_gap_is_told_with_both_sides_and_their_intervals(found: Inventory) -> None:
    assert str(sa.inventory.niches(found)).splitlines() == [
        "Meeting places for older people",
        (
            "01 Nord: Old-age basic income support 40.0% (interval from 35.3% to 44.9%; in Klein 33.0%); there is nothing within reach (in "
            "Klein 6.0 places per 100 persons)."
        ),
    ]


def test_places_and_persons_stand_side_by_side(found: Inventory) -> None:
    lines = [line.split("\t") for line in str(sa.inventory.supply(found)).splitlines()]
    cells = {line[0]: [cell.strip() for cell in line[1:]] for line in lines if len(line) == 7}
    assert cells["01 Nord"] == ["0", "0", "400", "0.0", "0.0", "0.0"]
    assert cells["02 Süd"][:3] == ["1", "30", "100"]
    assert cells["02 Süd"][3].startswith("30.0 24.7")


def test_the_list_tells_no_contact_and_no_shelter(found: Inventory) -> None:
    text = str(sa.inventory.table(found))
    assert "Treff Süd 1" in text
    assert "Of some offers only the area is told." in text
    assert "Besides there are places of protection and others whose location is not shown: 1." in text
    assert "7654321" not in text
    assert "Haus" not in text


def test_the_administration_is_told_whom_to_call(town: Town) -> None:
    assert "0241 7654321" in str(
        sa.inventory.table(sa.inventory.inventory(town, language="en", audience="administration"))
    )


def test_cards_say_what_was_learned(found: Inventory) -> None:
    assert str(sa.inventory.practice(found)).splitlines()[:2] == ["Treff Süd 1", "Der Mittagstisch hilft."]


def test_offers_are_counted_for_each_target_group(found: Inventory) -> None:
    lines = [line.split("\t") for line in str(sa.inventory.coverage(found)).splitlines()]
    assert [cells for cells in lines if cells[0] == "Older people"] == [["Older people", "2", "2", "30", "1", "0"]]


def test_a_town_without_an_inventory_says_so(tmp_path) -> None:
    found = sa.inventory.inventory(sa.open_town(write_town(tmp_path, rows())), language="en")
    assert found.needs == ()
    opening = sa.inventory.opening(found)
    assert "The town has not delivered an inventory of local offers." in str(opening.metadata)
    shown = [
        sa.inventory.table(found),
        sa.inventory.supply(found),
        sa.inventory.niches(found),
        sa.inventory.practice(found),
    ]
    assert all(NOTHING in part.metadata for part in [*shown, sa.charts.offers_map(found), sa.charts.niche_maps(found)])
