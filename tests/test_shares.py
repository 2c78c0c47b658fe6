"""Delivered percentages become the counts that they came from, or are refused."""

from __future__ import annotations

import pytest

from tests.small_town import TIDY, faults_of, open_town, rows_of, write_town

TOWN = TIDY + "mappings: [mapping.yml]\n"

MAPPING = """\
schema: 1
file: raw.csv
source: register
area: {column: area}
period: {value: "2011-12-31"}
values:
  - column: rate
    measure: unemployed
    age: 15-64
    share_of: {measure: population, age: 15-64, decimals: 2}
"""

RESIDENTS = """\
01,2011-12-31,population,,15-17,50,
01,2011-12-31,population,,18-64,250,
02,2011-12-31,population,,15-64,200,
"""


def with_shares(folder, rows, mapping=MAPPING):
    return write_town(folder, RESIDENTS, town__yml=TOWN, mapping__yml=mapping, raw__csv="area,rate\n" + rows)


def unemployed(folder):
    rows = rows_of(open_town(folder), "measure", "area", "value", "lower", "upper", "status", "file", "row")
    return [row[1:] for row in rows if row[0] == "unemployed"]


def test_shares_become_whole_counts_that_keep_their_row(tmp_path):
    # 13 of 300 are 4.3333...: printed 4.33, times 300 that is 12.99.
    assert unemployed(with_shares(tmp_path, "01,4.33\n02,0.00\n0,3.4\n")) == [
        ("0", 17.0, 17.0, 17.0, "number", "raw.csv", 4),
        ("01", 13.0, 13.0, 13.0, "number", "raw.csv", 2),
        ("02", 0.0, 0.0, 0.0, "zero", "raw.csv", 3),
    ]


def test_a_share_that_is_not_delivered_stays_missing(tmp_path):
    assert [row[-3] for row in unemployed(with_shares(tmp_path, "01,\n"))] == ["missing"]


def test_a_hidden_share_stays_hidden(tmp_path):
    mapping = MAPPING + "marks: {'*': suppressed}\n"
    assert [row[-3] for row in unemployed(with_shares(tmp_path, "01,*\n", mapping))] == ["suppressed"]


def test_the_decimals_explain_just_so_much(tmp_path):
    # Of 200 people a half of the second decimal is 0.01 of a person: 4.995 is still whole, 4.98 no longer.
    assert unemployed(with_shares(tmp_path, "02,2.50\n"))[0][1] == 5.0
    assert faults_of(with_shares(tmp_path, "02,2.49\n")) == [
        (
            "raw.csv, line 2, area 02: 2.49 % of population gives 4.980, no whole number within the 0.0100 that 2 decimals "
            "explain; is it the right denominator and date?"
        )
    ]


@pytest.mark.parametrize(
    ("change", "rows", "message"),
    [
        (
            ("2011-12-31", "2012-12-31"),
            "01,5\n",
            "raw.csv, line 2, area 01: 5.0 % cannot be turned into a count: there is no population of this area and date",
        ),
        (
            ("decimals: 2", "decimals: 0"),
            "01,5\n",
            (
                "raw.csv, line 2, area 01: 5.0 % cannot be turned into a count: with 0 decimals more than one number of "
                "population fits"
            ),
        ),
        (
            ("decimals", "decimals"),
            "01,about 5\n",
            (
                "raw.csv, line 2, area 01: 'about 5' is no number; write 1234 or 1234.5, or declare the decimal sign and marks "
                "in a mapping"
            ),
        ),
        (("decimals", "decimals"), "01,-4.00\n", "raw.csv, line 2, area 01: the count -4.00 is negative"),
    ],
)
def test_a_share_that_gives_no_certain_count_is_refused(tmp_path, change, rows, message):
    assert faults_of(with_shares(tmp_path, rows, MAPPING.replace(*change))) == [message]


def test_all_shares_that_are_wrong_are_told_at_once(tmp_path):
    faults = faults_of(with_shares(tmp_path, "01,4.31\n02,2.49\n"))
    assert [fault[:24] for fault in faults] == ["raw.csv, line 2, area 01", "raw.csv, line 3, area 02"]
