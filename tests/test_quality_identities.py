"""Sums that must hold: which are looked at, which number is named, and what is said of totals that are only reported."""

from __future__ import annotations

import pytest

from sozialanalyse.quality.identities import is_transposed, sums_of_cells
from sozialanalyse.quality.sums import is_slipped
from tests.quality_tables import findings, town

SEXES = """
    area sex    value
    A    .      100
    A    female 52
    A    male   48
"""


def test_sums_that_hold_are_not_named():
    assert findings(town(SEXES)) == []


def test_sexes_that_do_not_add_up_are_named_at_the_total():
    assert findings(town(SEXES.replace("48", "47"))) == [
        "warning identities A population: population is 100 on 2011-12-31, but the sexes add up to 99 (difference +1)"
    ]


def test_ages_are_compared_with_all_ages():
    delivered = """
        area age   value
        A    .     100
        A    0-17  20
        A    18-64 60
        A    65+   21
    """
    assert findings(town(delivered)) == [
        "warning identities A population: population is 100 on 2011-12-31, but the ages add up to 101 (difference -1)"
    ]


def test_rounded_parts_are_compared_by_their_bounds():
    holds = "area sex value\nA . ~100\nA female ~55\nA male ~50"
    assert findings(town(holds)) == []
    assert len(findings(town(holds.replace("~55", "~60")))) == 1  # 58 + 48 is more than 102


def test_a_hidden_part_breaks_no_sum_within_its_bounds():
    hidden = "area sex value\nA . 57\nA female 52\nA male *"
    assert findings(town(hidden)) == []
    assert findings(town(hidden.replace("57", "62"))) == [
        "warning identities A population: population is 62 on 2011-12-31, but the sexes add up to 61 (difference +1)"
    ]


def test_a_number_in_two_broken_sums_is_named_with_its_repair():
    delivered = """
        area sex    value
        T    .      300
        T    female 150
        T    male   150
        A    .      100
        A    female 520
        A    male   48
        B    .      200
        B    female 98
        B    male   102
    """
    assert findings(town(delivered), repairs=True) == [
        (
            "error identities A population: population female is 520 on 2011-12-31, and 2 sums do not hold with it; with 52 they all do"
            " -> has a decimal point slipped? should it be 52?"
        )
    ]


def test_few_people_of_no_area_are_a_note_and_many_a_warning():
    delivered = "area value\nT {total}\nA 4000\nB 6000"
    assert findings(town(delivered.format(total=10300)))[0].startswith("note totals T population: population is 10300")
    assert findings(town(delivered.format(total=10400)))[0].startswith("warning identities T population")
    assert findings(town(delivered.format(total=9999)))[0].startswith("warning identities T population")


def test_an_exception_among_sums_that_hold_is_an_error():
    lines = [f"{area} {sex} {value}" for area in "ABCD" for sex, value in ((".", 100), ("female", 52), ("male", 48))]
    delivered = "area sex value\n" + "\n".join(lines)
    assert findings(town(delivered.replace("D male 48", "D male 49")))[0].startswith("error identities D")


def test_sums_that_a_town_declares_are_checked_across_files():
    delivered = """
        area measure                value
        A    households             100
        A    households_one_person  40
        A    households_65plus      61
    """
    checks = {
        "identities": [
            {
                "whole": {"measure": "households"},
                "parts": [{"measure": "households_one_person"}, {"measure": "households_65plus"}],
            }
        ]
    }
    assert findings(town(delivered, checks=checks)) == [
        (
            "error identities A households: households is 100 on 2011-12-31, but its parts (households_one_person, "
            "households_65plus) add up to 101 (difference -1)"
        )
    ]


def test_a_part_is_never_more_than_its_whole():
    delivered = "area measure value\nA population 100\nA population_foreign {foreign}"
    assert findings(town(delivered.format(foreign=100))) == []
    assert findings(town(delivered.format(foreign=101))) == [
        (
            "error parts A population_foreign: population_foreign is 101 on 2011-12-31, more than population, 100, of which it is "
            "a part"
        )
    ]


def test_values_beyond_the_plausible_range_are_named_where_enough_people_live():
    delivered = "area measure value\nA population {people}\nA living_space {space}"
    assert findings(town(delivered.format(people=100, space=15000))) == []
    assert findings(town(delivered.format(people=100, space=15001)))[0].startswith("warning ranges A living_space")
    assert findings(town(delivered.format(people=99, space=15001))) == []


def test_the_sums_among_cells_are_found():
    cells = [("female", 0, 999), ("male", 0, 999), ("all", 0, 999), ("female", 0, 17), ("female", 18, 999)]
    assert sums_of_cells(cells) == [("ages", 0, [3, 4]), ("sexes", 2, [0, 1])]


@pytest.mark.parametrize(
    ("found", "proposed", "said"),
    [(1324, 1234, True), (1432, 1234, False), (21, 12, True), (12, 12, False), (30, 3, True), (112, 121, True)],
)
def test_transposed_digits(found, proposed, said):
    assert is_transposed(found, proposed) is said


@pytest.mark.parametrize(
    ("found", "proposed", "said"),
    [(6250, 625, True), (625, 6250, True), (62, 625, True), (63, 625, True), (64, 625, False)],
)
def test_slipped_points(found, proposed, said):
    assert is_slipped(found, proposed) is said


def test_a_hidden_area_breaks_the_sum_of_areas_beyond_its_bounds():
    hidden = "area value\nT 205\nA 100\nB 100\nC *"
    assert findings(town(hidden)) == []
    assert findings(town(hidden.replace("205", "300"))) == [
        "warning identities T population: population is 300 on 2011-12-31, but the areas add up to 209 (difference +91)"
    ]


def test_a_hidden_total_is_compared_by_its_bounds():
    (line,) = findings(town("area value\nT *\nA 100\nB 100"))
    assert (
        line
        == "warning identities T population: population is 9 on 2011-12-31, but the areas add up to 200 (difference -191)"
    )
