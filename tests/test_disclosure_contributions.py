"""Who brings what to an amount: read from a table of the town folder, summed up the area tree, judged by dominance and p-percent."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.contributions import contributions_to, read_contributions
from sozialanalyse.disclosure.primary import primary_flags, reason_names
from sozialanalyse.disclosure.rules import Rules, shipped_default
from sozialanalyse.errors import DataError
from tests.small_town import write_town

COUNTS = """\
01,2011-12-31,living_space,,,97,
02,2011-12-31,living_space,,,100,
01,2011-12-31,population,,,10,
02,2011-12-31,population,,,12,
"""

HEADER = "area,period,measure,sex,age,contributor,value\n"

WHO = """\
01,2011-12-31,living_space,,,wohnbau,80
01,2011-12-31,living_space,,,erika,10
01,2011-12-31,living_space,,,max,7
02,2011-12-31,living_space,,,wohnbau,20
02,2011-12-31,living_space,,,erika,30
02,2011-12-31,living_space,,,otto,49.5
02,2011-12-31,living_space,,,otto,0.5
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return sa.open_town(write_town(tmp_path_factory.mktemp("town"), COUNTS))


@pytest.fixture(scope="module")
def cells(town):
    frame = cells_of(town).frame
    return frame[frame["measure"] == "living_space"]


def read_who(folder, town, text=WHO):
    (folder / "who.csv").write_text(HEADER + text, encoding="utf-8")
    return read_contributions("who.csv", folder, town.areas, town.catalogue)


def test_what_an_area_gets_goes_to_all_areas_above_it(tmp_path, town, cells):
    given = contributions_to(cells, read_who(tmp_path, town), town.areas, "who.csv")
    found = pd.DataFrame({"area": cells["area"].to_numpy()[given.cell], "amount": given.amount})
    assert found.groupby("area")["amount"].apply(sorted).to_dict() == {
        "0": [7, 40, 50, 100],  # max, erika, otto, wohnbau
        "01": [7, 10, 80],
        "02": [20, 30, 50],
    }


def test_one_area_is_dominated_the_other_is_not(tmp_path, town, cells):
    rule = replace(Rules(shipped_default()).of("living_space", "public"), k=3, p_percent=10)
    given = contributions_to(cells, read_who(tmp_path, town), town.areas, "who.csv")
    found = primary_flags(cells["value"].to_numpy(), rule, contributions=given)
    said = dict(zip(cells["area"], map(reason_names, found.reasons), strict=True))
    assert said == {"0": (), "01": ("p_percent",), "02": ()}


def test_amounts_of_which_somebody_is_missing_are_refused(tmp_path, town, cells):
    given = read_who(tmp_path, town, WHO.replace("erika,10", "erika,9"))
    with pytest.raises(DataError) as error:
        contributions_to(cells, given, town.areas, "who.csv")
    assert [str(fault) for fault in error.value.faults] == [
        (
            "who.csv, area 0: the contributions to living_space, 2011-12-31, add up to 196, but 197 was delivered; who brings the "
            "rest?"
        ),
        (
            "who.csv, area 01: the contributions to living_space, 2011-12-31, add up to 96, but 97 was delivered; who brings the "
            "rest?"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("01,", "09,", "area: area '09' is not in the table of areas"),
        ("living_space", "livingspace", "measure: measure 'livingspace' is not in the catalogue"),
        ("2011-12-31", "2011", "period: '2011' is no period of this measure"),
        (",,wohnbau", ",x,wohnbau", "age: 'x' is no age group"),
        ("wohnbau", " ", "contributor: the contributor is not named"),
        ("80", "-80", "value: '-80' is no amount"),
        ("80", "viel", "value: 'viel' is no amount"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path, town, old, new, said):
    with pytest.raises(DataError) as error:
        read_who(tmp_path, town, WHO.replace(old, new, 1))
    (fault,) = map(str, error.value.faults)
    assert fault.startswith(f"who.csv, line 2, {said}")


def test_a_table_without_its_columns_is_refused(tmp_path, town):
    (tmp_path / "who.csv").write_text("area,value\n01,3\n", encoding="utf-8")
    with pytest.raises(DataError, match="the columns period, measure, sex, age, contributor are missing"):
        read_contributions("who.csv", tmp_path, town.areas, town.catalogue)
