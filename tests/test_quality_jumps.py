"""Numbers that do not go with their series: small counts may leap, slips and exchanges are told apart, breaks concern all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.quality.slips import Odd, explain
from tests.quality_tables import findings, town

YEARS = range(2010, 2018)
AREAS = "ABCDEFGHIJ"


def series(changes: dict[tuple[str, int], object] | None = None, measure: str = "population") -> str:
    """Ten areas that grow by 1 per cent a year from 1000, 1100, ... people, with some values changed."""
    lines = []
    for number, area in enumerate(AREAS):
        for year in YEARS:
            usual = round((1000 + 100 * number) * 1.01 ** (year - 2010))
            value = (changes or {}).get((area, year), usual)
            lines.append(f"{area} {year}-12-31 {measure} {value}")
    return "area period measure value\n" + "\n".join(lines)


def test_a_town_that_grows_evenly_is_not_named():
    assert findings(town(series())) == []


@pytest.mark.parametrize(("found", "proposed"), [(104, 1040), (10406, 1041), (1040600, 1041), (10, 1000)])
def test_a_slipped_point_is_an_error_with_its_repair(found, proposed):
    assert findings(town(series({("A", 2014): found})), repairs=True) == [
        (
            f"error slips A population: population is {found} on 2014-12-31; by the other dates and the other areas about 1041 were "
            f"expected -> has a decimal point slipped? should it be {proposed}? ask the deliverer, then write a correction"
        )
    ]


def test_at_the_last_date_nobody_knows_whether_it_stays():
    found = findings(town(series({("A", 2017): 107})), repairs=True)
    assert found[0].startswith("error slips A population: population is 107 on 2017-12-31")


def test_transposed_digits_are_named_where_they_show():
    assert findings(town(series({("E", 2014): 4157})), repairs=True) == [
        (
            "warning slips E population: population is 4157 on 2014-12-31; by the other dates and the other areas about 1457 were "
            "expected -> are two digits transposed? should it be 1457? ask the deliverer, then write a correction"
        )
    ]


def test_two_exchanged_areas_are_named_with_each_other():
    found = findings(town(series({("A", 2014): 1977, ("J", 2014): 1041})), repairs=True)
    assert [line.partition(" -> ")[2] for line in found] == [
        "has it been exchanged with area J, 1977? each would suit the other".replace("1977", "1041"),
        "has it been exchanged with area A, 1977? each would suit the other",
    ]


def test_a_lasting_change_is_a_question_and_no_slip():
    grown = {("C", year): 2 * round(1200 * 1.01 ** (year - 2010)) for year in range(2014, 2018)}
    assert findings(town(series(grown))) == [
        (
            "warning jumps C population: population changes to 2498 on 2014-12-31 and stays; about 1236 were expected, other areas "
            "do not change so"
        )
    ]


def test_a_declared_break_explains_a_common_change():
    grown = {(area, year): 1600 + 100 * number for number, area in enumerate(AREAS) for year in range(2016, 2018)}
    undeclared = findings(town(series(grown)))
    declared = findings(town(series(grown, measure="sgb2_recipients")))  # the catalogue declares April 2016
    assert [" breaks " in line for line in undeclared].count(True) == 1
    assert [" breaks " in line for line in declared].count(True) == 0


@pytest.mark.parametrize(("value", "is_named"), [(7, False), (12, False), (60, True)])
def test_small_counts_may_leap(value, is_named):
    small = {(area, year): 3 for area in AREAS for year in YEARS} | {("B", 2013): value}
    assert bool(findings(town(series(small)))) is is_named


def test_thresholds_are_the_towns_to_tune():
    changed = series({("A", 2014): 1400})
    assert findings(town(changed, checks={"jump_factor": 1.2, "jump_strength": 4})) != []
    assert findings(town(changed)) == []
    assert findings(town(series({("A", 2014): 104}), checks={"off": ["slips"]})) == []


def test_what_a_town_accepts_stays_as_a_note():
    accepted = {"check": "slips", "area": "A", "date": "2014-12-31", "reason": "evacuated", "who": "planner"}
    (line,) = findings(town(series({("A", 2014): 104}), checks={"accept": [accepted]}))
    assert line.startswith("note slips A")
    (line,) = findings(town(series({("A", 2014): 104}), checks={"accept": [{**accepted, "area": "B"}]}))
    assert line.startswith("error slips A")


def test_a_count_of_one_date_is_compared_with_the_other_areas():
    measures = ("population", "households", "dwellings", "unemployed")
    share = dict(zip(measures, (1.0, 0.5, 0.55, 0.06), strict=True))
    lines = [
        f"{area} {measure} {round((1000 + 100 * number) * share[measure])}"
        for number, area in enumerate(AREAS)
        for measure in measures
    ]
    delivered = "area measure value\n" + "\n".join(lines)
    assert findings(town(delivered)) == []
    (line,) = findings(town(delivered.replace("C households 600", "C households 6000")), repairs=True)
    assert line.startswith("warning slips C households: households is 6000")
    assert "should it be 600?" in line


def test_a_jump_that_the_total_bears_out_is_no_slip():
    def with_totals(value: int) -> str:
        text = series({("A", 2014): value})
        total = dict.fromkeys(YEARS, 0)
        for line in text.splitlines()[1:]:
            _, period, _, number = line.split()
            total[int(period[:4])] += int(number)
        return text + "".join(f"\nT {year}-12-31 population {number}" for year, number in total.items())

    (line,) = findings(town(with_totals(104)))
    assert line.startswith("warning jumps A population: population is 104 on 2014-12-31")


@settings(max_examples=60, deadline=None)
@given(value=st.integers(50, 99_999), places=st.sampled_from([1, 2, 3]), up=st.booleans())
def test_any_slip_of_a_point_is_explained(value, places, up):
    """Whatever the number, moving the point back suits the expectation again."""
    factor = 10.0 ** (places if up else -places)
    found = float(np.floor(value * factor))
    odd = Odd(0, "population", "A", 0, 0, found, float(value), 20.0 if up else -20.0, "single")
    reason = explain([odd]).get(0)
    if found >= 5:
        assert reason is not None
        assert reason.proposed == pytest.approx(value, rel=0.25)


def test_all_areas_far_away_at_one_date_and_back_are_named_once():
    lines = [
        f"{area} {year}-12-31 {(200 + 31 * number) * (2 if year == 2012 else 1) + year % 7}"
        for number, area in enumerate("ABCDEFGHIJ")
        for year in (2011, 2012, 2013, 2014)
    ]
    found = [line for line in findings(town("area period value\n" + "\n".join(lines))) if "away" in line]
    assert found == [
        "warning breaks * population: population is +100% away on 2012-12-31 in all areas from the dates before and after"
    ]
