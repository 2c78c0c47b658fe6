"""The area tree: levels, names, reforms, and everything that keeps a table from being a tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.areas import AreaTree
from sozialanalyse.errors import DataError, UsageError
from tests.tables import table, tree

LEVELS = ("lebensraum", "sozialraum", "stadt")

TOWN = """
    area  name   level       parent
    0     Stadt  stadt       .
    02    Nord   sozialraum  0
    01    Süd    sozialraum  0
    011   Süd    lebensraum  01
    012   Tal    lebensraum  01
    021   Berg   lebensraum  02
"""


def faults(text: str, levels=LEVELS) -> list[str]:
    with pytest.raises(DataError) as error:
        AreaTree.from_frame(table(text).assign(name="N"), levels)
    return [str(fault).removeprefix("areas.csv, ") for fault in error.value.faults]


def test_the_tree_is_sorted_from_the_town_down_and_by_id():
    assert tree(TOWN, LEVELS).frame["area"].tolist() == ["0", "01", "02", "011", "012", "021"]


def test_ids_keep_their_leading_zeros():
    town = tree(TOWN, LEVELS)
    assert "011" in town
    assert "11" not in town
    assert 11 not in town


def test_the_same_name_on_two_levels():
    town = tree(TOWN, LEVELS)
    assert [area for area in town.frame["area"] if town.name(area) == "Süd"] == ["01", "011"]


def test_family():
    town = tree(TOWN, LEVELS)
    assert (town.root, town.parent("0"), town.parent("012"), town.level("012")) == ("0", None, "01", "lebensraum")
    assert town.children("0") == ["01", "02"]
    assert town.children("012") == []


@pytest.mark.parametrize(
    ("area", "level", "inside"),
    [
        ("0", "lebensraum", ["011", "012", "021"]),
        ("0", "sozialraum", ["01", "02"]),
        ("0", "stadt", ["0"]),
        ("01", "lebensraum", ["011", "012"]),
        ("01", "sozialraum", ["01"]),
        ("01", "stadt", []),
        ("021", "lebensraum", ["021"]),
    ],
)
def test_areas_below(area, level, inside):
    assert tree(TOWN, LEVELS).below(area, level) == inside


def test_a_tree_may_be_ragged():
    """The forest is no part of a Sozialraum, and Sozialraum 02 has no smaller areas."""
    town = tree(
        """
        area  level       parent
        0     stadt       .
        01    sozialraum  0
        02    sozialraum  0
        011   lebensraum  01
        900   lebensraum  0
        """,
        LEVELS,
    )
    assert town.below("0", "lebensraum") == ["011", "900"]
    assert town.below("02", "lebensraum") == []
    assert town.ancestors_at("sozialraum").to_dict() == {"01": "01", "02": "02", "011": "01"}
    assert set(town.ancestors_at("stadt")) == {"0"}


def test_a_town_alone_is_a_tree():
    town = tree("area level parent\n 0 town .")
    assert town.below("0", "quarter") == []


def test_unknown_areas_and_levels_name_the_nearest():
    town = tree(TOWN, LEVELS)
    with pytest.raises(UsageError, match="unknown area '11'; did you mean: 011"):
        town.require("11")
    with pytest.raises(UsageError, match="unknown level 'sozialräume'; did you mean: sozialraum"):
        town.require_level("sozialräume")


def test_reforms():
    town = tree(
        """
        area  level    parent  valid_from  valid_to
        0     town     .       .           .
        1     quarter  0       .           2008-12-31
        2     quarter  0       2009-01-01  .
        """
    )
    dates = town.frame.set_index("area")[["valid_from", "valid_to"]]
    assert [f"{date:%Y-%m-%d}" for date in dates.loc["1"]] == ["1800-01-01", "2008-12-31"]
    assert [f"{date:%Y-%m-%d}" for date in dates.loc["2"]] == ["2009-01-01", "2999-12-31"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("0 stadt .\n . sozialraum 0", ["line 3: the area has no id"]),
        (
            "0 stadt .\n 1 sozialraum 0\n 1 sozialraum 0",
            ["line 4, area 1: the area id stands twice; ids must be unique"],
        ),
        (
            "0 stadt .\n 1 kiez 0",
            ["line 3, area 1: level 'kiez' is not among the levels: lebensraum, sozialraum, stadt"],
        ),
        ("0 stadt .\n 1 sozialraum 7", ["line 3, area 1: the parent '7' is not in the table"]),
        ("0 stadt .\n 9 stadt .", ["areas.csv: 2 areas are without a parent (0, 9); only the whole town may be"]),
        (
            "1 sozialraum .\n 2 lebensraum 1",
            ["line 2, area 1: the area has no parent, but level 'sozialraum' is not the largest one, 'stadt'"],
        ),
        (
            "0 stadt .\n 1 lebensraum 0\n 2 sozialraum 1",
            ["line 4, area 2: the parent '1' is not on a larger level than the area"],
        ),
    ],
)
def test_each_fault(rows, expected):
    assert faults("area level parent\n" + rows) == expected


def test_a_cycle_and_that_nothing_is_the_town():
    assert faults("area level parent\n 1 sozialraum 2\n 2 sozialraum 1\n 3 lebensraum 1") == [
        "areas.csv: no area is without a parent; one must be, the whole town",
        "line 2, area 1: the area is its own ancestor by its parent '2'; a tree has no cycle",
        "line 3, area 2: the area is its own ancestor by its parent '1'; a tree has no cycle",
        "line 2, area 1: the parent '2' is not on a larger level than the area",
        "line 3, area 2: the parent '1' is not on a larger level than the area",
    ]


def test_an_area_may_not_be_its_own_parent():
    assert "line 3, area 1: the area is its own ancestor by its parent '1'; a tree has no cycle" in faults(
        "area level parent\n 0 stadt .\n 1 sozialraum 1"
    )


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ("31.12.2008 .", "valid_from is no date like 2009-01-01"),
        (". 2009", "valid_to is no date like 2009-01-01"),
        (". 2009-02-30", "valid_to is no date like 2009-01-01"),
        ("2010-01-01 2009-12-31", "the area ends on 2009-12-31, before it begins"),
    ],
)
def test_dates_that_are_none(dates, message):
    town = "area level parent valid_from valid_to\n 0 stadt . . .\n 1 sozialraum 0 "
    assert faults(town + dates) == [f"line 3, area 1: {message}"]


@pytest.mark.parametrize(
    ("child", "is_faulty"),
    [(". 2008-12-31", False), (". 2009-01-01", True), (". .", True), ("2000-01-01 2001-12-31", False)],
)
def test_no_area_outlives_its_parent(child, is_faulty):
    """What it counted after that would be in no sum, and the town would silently be smaller."""
    text = "area level parent valid_from valid_to\n 0 stadt . . .\n 1 sozialraum 0 . 2008-12-31\n 2 lebensraum 1 "
    if is_faulty:
        assert faults(text + child) == [
            "line 4, area 2: the area exists at times when its parent '1' does not; it would be in no sum"
        ]
    else:
        assert tree(text + child, LEVELS).children("1") == ["2"]


def test_all_faults_at_once():
    found = faults("area level parent\n 0 stadt .\n 9 stadt .\n 1 kiez 0\n 2 sozialraum 7\n 3 sozialraum 3\n 0 stadt .")
    for part in ("stands twice", "'kiez' is not among", "'7' is not in the table", "3 areas are without", "no cycle"):
        assert any(part in fault for fault in found), part


def test_missing_columns():
    with pytest.raises(
        DataError, match=r"areas\.csv, line 1: columns are missing: level, parent; needed are area, name"
    ):
        AreaTree.from_frame(table("area name\n 0 Stadt"), LEVELS)


def test_an_empty_table_has_no_town():
    assert faults("area level parent") == ["areas.csv: no area is without a parent; one must be, the whole town"]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8), st.randoms())
@settings(deadline=None, max_examples=10)
def test_any_tree_is_read_in_any_order_of_rows(parents, random):
    """Each area hangs below an earlier one, each on a level of its own."""
    levels = [f"l{number}" for number in range(len(parents), -1, -1)]
    rows = ["0 l0 ."] + [f"{n} l{n} {parent % n}" for n, parent in enumerate(parents, start=1)]
    random.shuffle(rows)
    town = tree("area level parent\n" + "\n".join(rows), levels)
    assert [town.parent(str(n)) for n in range(1, len(rows))] == [
        str(parent % n) for n, parent in enumerate(parents, 1)
    ]
    assert all(town.below("0", f"l{n}") == [str(n)] for n in range(len(rows)))
