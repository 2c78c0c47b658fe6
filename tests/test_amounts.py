"""Amounts: age bands, sexes, states and the tree. Nothing is ever silently a smaller sum."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.amounts import SEXES, add_up, amount_by_area, tile
from sozialanalyse.periods import parse_ages
from tests.tables import counts, shown, tree

TOWN = tree(
    """
    area  level  parent
    0     town   .
    A     part   0
    B     part   0
    a1    quarter A
    a2    quarter A
    b1    quarter B
    """,
    ("quarter", "part", "town"),
)

ALL = ("all", 0, 999)


def amounts(text: str, age: str = "", sex: str = "all", town=TOWN) -> list[str]:
    frame = amount_by_area(counts(text), (sex, *parse_ages(age)), "people", town)
    return shown(frame, "area value lower upper")


def amount(text: str, age: str = "", sex: str = "all") -> str:
    """Amount of the only area a1."""
    frame = amount_by_area(counts(text), (sex, *parse_ages(age)), "people", TOWN)
    return " ".join(shown(frame[frame["area"] == "a1"], "value"))


# ----------------------------------------------------------------------------------------------------- ages and sexes


@pytest.mark.parametrize(
    ("bands", "wanted", "taken"),
    [
        ("0-64 65+", "65+", "65+"),
        ("0-64 65-74 75+", "65+", "65-74 75+"),
        ("75+ 65-74 0-64", "65+", "65-74 75+"),  # in any order
        ("0-64 65-74 75+ 65+", "65+", "65+"),  # a band as wanted, rather than its parts
        ("0-64 65-74 75+", "", "0-64 65-74 75+"),
        ("0+ 0-64 65+", "", "0+"),
        ("0-17 0-5 6-17 18+", "0-17", "0-17"),  # nested
        ("0-5 3-17 6-17", "0-17", "0-5 6-17"),  # overlapping: only what fits without a gap
        ("0-5 3-17", "0-17", ""),
        ("0-5 7-17", "0-17", ""),  # age 6 is missing
        ("0-64 60+", "65+", ""),
        ("0-69 70+", "65+", ""),
        ("60+", "65+", ""),
        ("65-74", "65+", ""),  # no open end
        ("65-998 999", "65+", "65-998 999"),
        ("7", "7", "7"),
        ("0-6 8+", "7", ""),
        ("0-2 3-5 0-5 6-9", "0-9", "0-5 6-9"),  # the fewest
        ("", "", ""),
    ],
)
def test_age_bands_make_up_the_wanted_ages_exactly_or_not_at_all(bands, wanted, taken):
    cells = [("all", *parse_ages(band)) for band in bands.split()]
    assert [bands.split()[number] for number in tile(cells, ("all", *parse_ages(wanted)))] == taken.split()


@pytest.mark.parametrize(
    ("sexes", "wanted", "taken"),
    [
        ("all", "all", "all"),
        ("female male", "all", "female male"),
        ("all female male", "all", "all"),
        ("female male diverse", "all", "female male diverse"),
        ("female", "all", ""),
        ("female diverse", "all", ""),
        ("all", "female", ""),
        ("female male", "female", "female"),
    ],
)
def test_sexes_make_up_all_or_not_at_all(sexes, wanted, taken):
    cells = [(sex, 0, 999) for sex in sexes.split()]
    assert [sexes.split()[number] for number in tile(cells, (wanted, 0, 999))] == taken.split()


def test_no_band_of_one_sex_stands_in_for_the_other():
    cells = [("female", 0, 64), ("female", 65, 999), ("male", 0, 999)]
    assert tile(cells, ("all", 65, 999)) == []
    assert tile(cells, ALL) == [0, 1, 2]
    assert tile([*cells, ("diverse", 0, 64)], ALL) == []  # of the diverse only a part is known


@given(st.lists(st.integers(1, 98), unique=True, max_size=8), st.randoms())
def test_bands_between_any_limits_tile_every_range_between_two_of_them(limits, random):
    edges = [0, *sorted(limits), 1000]
    cells = [("all", first, following - 1) for first, following in pairwise(edges)]
    random.shuffle(cells)
    first, following = sorted(random.sample(edges, 2))
    picked = [cells[number] for number in tile(cells, ("all", first, following - 1))]
    ages = [age for _, low, high in picked for age in range(low, high + 1)]
    assert sorted(ages) == list(range(first, following))
    assert tile(cells, ("all", first, following)) == [] or following + 1 in edges


def test_women_and_men_are_added_where_no_total_is_delivered():
    """Which is delivered may change from date to date and from area to area."""
    frame = amount_by_area(
        counts(
            """
            area  period      sex     value
            a1    2011-12-31  female  40
            a1    2011-12-31  male    60
            a1    2013-12-31  all     90
            a2    2011-12-31  all     10
            a2    2013-12-31  female  5
            a2    2013-12-31  male    6
            b1    2011-12-31  all     1
            b1    2013-12-31  all     2
            """
        ),
        ALL,
        "people",
        TOWN,
    )
    rows = frame[frame["area"].isin(["a1", "a2", "0"])]
    assert shown(rows, "area period_end value") == [
        "0 2011-12-31 111",
        "0 2013-12-31 103",
        "a1 2011-12-31 100",
        "a1 2013-12-31 90",
        "a2 2011-12-31 10",
        "a2 2013-12-31 11",
    ]


def test_a_delivered_total_is_preferred_to_the_sum_of_its_parts():
    """Parts may be rounded, or leave out who has not said."""
    assert amount("area sex value\n a1 all 101\n a1 female 40\n a1 male 60") == "101"
    assert amount("area age value\n a1 65+ 101\n a1 65-74 40\n a1 75+ 60", "65+") == "101"


def test_a_total_that_is_missing_does_not_hide_its_parts():
    assert amount("area sex value\n a1 all -\n a1 female 40\n a1 male 60") == "100"
    assert amount("area sex value\n a1 all -\n a1 female 40\n a1 male -") == "-"


def test_a_total_that_is_hidden_stays_hidden_though_its_parts_are_known():
    assert amount("area sex value\n a1 all *\n a1 female 4\n a1 male 3") == "*"


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ("female 50, male 40", "90"),  # diverse is never named: counted among the others
        ("female 50, male 40, diverse 1", "91"),
        ("female 50, male 40, diverse -", "-"),  # and not 90
        ("female 50, male 40, diverse *", "*"),
        ("female 50, male 40, diverse x", "90"),
        ("female 50, male 40, diverse -, all 92", "92"),
        ("female 50, male 40, diverse -, all -", "-"),
        ("female 50, male -", "-"),
        ("female 50, male -, diverse 1", "-"),
    ],
)
def test_a_sex_that_is_named_belongs_to_the_sum_of_all(parts, value):
    rows = "".join(f" a1 {part}\n" for part in parts.split(", "))
    assert amount(f"area sex value\n{rows}") == value


def test_a_sex_that_is_missing_at_other_ages_is_not_left_out_either():
    delivered = "area sex age value\n a1 female 65+ 50\n a1 male 65+ 40\n a1 diverse 0-64 -\n a2 all 65+ 7"
    assert amount(delivered, "65+") == "-"
    assert amount(delivered, "65+", "female") == "50"


def test_what_other_areas_and_dates_name_makes_no_difference():
    rows = """
        area  period      sex      value
        a1    2011-12-31  female   50
        a1    2011-12-31  male     40
        a1    2013-12-31  diverse  -
        a2    2011-12-31  diverse  -
        b1    2011-12-31  all      1
    """
    frame = amount_by_area(counts(rows), ALL, "people", TOWN)
    assert shown(frame[frame["area"] == "a1"], "period_end value") == ["2011-12-31 90", "2013-12-31 -"]


def test_one_sex_and_some_ages():
    delivered = "area sex age value\n a1 female 0-64 1\n a1 female 65+ 2\n a1 male 0-64 4\n a1 male 65+ 8"
    cases = {("all", ""): "15", ("female", ""): "3", ("all", "65+"): "10", ("male", "0-64"): "4", ("male", "0-5"): "-"}
    assert {case: amount(delivered, case[1], case[0]) for case in cases if case != ("male", "0-5")} == {
        case: text for case, text in cases.items() if case != ("male", "0-5")
    }
    assert amount_by_area(counts(delivered), ("male", 0, 5), "people", TOWN).empty


# ------------------------------------------------------------------------------------------------------------- states


@pytest.mark.parametrize(
    ("parts", "value", "lower", "upper"),
    [
        ("3 4", "", "7", "7"),
        ("3 0", "", "3", "3"),
        ("0 0", "0", "0", "0"),
        ("3 -", "-", "3", "."),  # missing: at least what is known
        ("3 *", "*", "4", "12"),
        ("0 *", "*", "1", "9"),
        ("* *", "*", "2", "18"),
        ("3 *?", "*", "4", "."),  # a mark without a stated bound
        ("* -", "-", "1", "."),
        ("3 x", "3", "3", "3"),
        ("0 x", "0", "0", "0"),
        ("x x", "x", "0", "0"),
        ("x *", "*", "1", "9"),
        ("x -", "-", "0", "."),
        ("~20 ~15", "35", "31", "39"),
        ("~20 *", "*", "19", "31"),
        ("~0 3", "3", "3", "5"),
        ("- -", "-", "0", "."),
    ],
)
def test_adding_two_counts(parts, value, lower, upper):
    rows = counts("area value\n" + "\n".join(f"a1 {part}" for part in parts.split()))
    value = value or str(sum(int(part) for part in parts.split()))
    assert shown(add_up(rows, ["area"]), "value lower upper") == [f"{value} {lower} {upper}"]


@pytest.mark.parametrize(
    ("parts", "status"),
    [("0", "zero"), ("0 0", "zero"), ("0 x", "zero"), ("~0", "number"), ("~0 0", "number"), ("~0 x", "number")],
)
def test_only_what_cannot_be_more_is_zero(parts, status):
    """A rounded 0 may stand for one or two."""
    rows = counts("area value\n" + "\n".join(f"a1 {part}" for part in parts.split()))
    total = add_up(rows, ["area"])
    assert shown(total, "value status") == [f"0 {status}"]


VALUE = st.one_of(st.integers(0, 30).map(str), st.sampled_from(["-", "*", "*?", "x", "~0", "~15"]))


@given(st.lists(st.tuples(st.sampled_from("abc"), VALUE), min_size=1, max_size=12), st.randoms())
@settings(deadline=None, max_examples=30)
def test_the_order_of_rows_does_not_matter(rows, random):
    text = "area value\n" + "\n".join(" ".join(row) for row in rows)
    frame = counts(text)
    order = list(frame.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(add_up(frame, ["area"]), add_up(frame.loc[order], ["area"]), check_categorical=False)


@given(st.lists(VALUE, min_size=2, max_size=8), st.data())
@settings(deadline=None, max_examples=30)
def test_adding_in_two_steps_is_adding_at_once(values, data):
    """So any depth of the tree gives the same sum."""
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(values), max_size=len(values)))
    frame = counts("area value\n" + "\n".join(f"{g} {v}" for g, v in zip(groups, values, strict=True))).assign(town="0")
    stepwise = add_up(add_up(frame, ["town", "area"]), ["town"])
    pd.testing.assert_frame_equal(stepwise, add_up(frame, ["town"]), check_dtype=False)


@given(st.lists(VALUE, min_size=1, max_size=8))
@settings(deadline=None, max_examples=30)
def test_bounds_hold_whatever_the_hidden_counts_are(values):
    """Every true count within the bounds of its part gives a sum within the stated bounds."""
    rows = counts("area value\n" + "\n".join(f"a {value}" for value in values))
    total = add_up(rows, ["area"]).iloc[0]
    lowest = rows["lower"].fillna(0).sum()
    assert total["lower"] == lowest
    if rows["upper"].isna().eq(rows["status"] == "not_applicable").all():
        assert total["upper"] == rows["upper"].sum()
    else:
        assert np.isnan(total["upper"])
    assert total["status"] in ("number", "zero") or np.isnan(total["value"])


# --------------------------------------------------------------------------------------------------------------- tree


def test_areas_are_added_up_the_tree():
    assert amounts("area value\n a1 10\n a2 20\n b1 5") == [
        "0 35 35 35",
        "A 30 30 30",
        "B 5 5 5",
        "a1 10 10 10",
        "a2 20 20 20",
        "b1 5 5 5",
    ]


def test_a_delivered_total_counts_for_its_level_and_upwards():
    """Two persons of part A live in no known quarter."""
    assert amounts("area value\n a1 10\n a2 20\n A 32\n b1 5")[:3] == ["0 37 37 37", "A 32 32 32", "B 5 5 5"]
    assert amounts("area value\n a1 10\n a2 20\n A 32\n b1 5\n 0 40")[0] == "0 40 40 40"


def test_a_delivered_total_stands_though_its_areas_are_missing():
    assert amounts("area value\n A 32\n b1 5") == [
        "0 37 37 37",
        "A 32 32 32",
        "B 5 5 5",
        "a1 - . .",
        "a2 - . .",
        "b1 5 5 5",
    ]


def test_a_missing_area_makes_every_sum_above_it_missing():
    assert amounts("area value\n a1 10\n b1 5")[:3] == ["0 - 15 .", "A - 10 .", "B 5 5 5"]
    assert amounts("area value\n a1 10\n a2 -\n b1 5")[:3] == ["0 - 15 .", "A - 10 .", "B 5 5 5"]


def test_a_total_delivered_as_missing_is_made_from_its_areas():
    assert amounts("area value\n a1 10\n a2 20\n b1 5\n 0 -")[0] == "0 35 35 35"


def test_a_hidden_area_gives_bounds_up_the_tree():
    assert amounts("area value\n a1 10\n a2 *\n b1 5")[:3] == ["0 * 16 24", "A * 11 19", "B 5 5 5"]


def test_a_total_may_be_of_other_ages_than_its_areas():
    delivered = "area age value\n a1 0-64 8\n a1 65+ 2\n a2 0-64 15\n a2 65+ 5\n b1 0+ 5\n 0 0+ 36"
    assert amounts(delivered)[:3] == ["0 36 36 36", "A 30 30 30", "B 5 5 5"]
    assert amounts(delivered, "65+")[:3] == ["0 - 7 .", "A 7 7 7", "B - 0 ."]


REFORMED = tree(
    """
    area  level    parent  valid_from  valid_to
    0     town     .       .           .
    1     quarter  0       .           2008-12-31
    2     quarter  0       2009-01-01  .
    3     quarter  0       2009-01-01  .
    4     quarter  0       .           .
    """
)


def test_only_the_areas_of_the_time_are_added_up():
    """Quarter 1 was divided on 1 January 2009."""
    delivered = """
        area  period      value
        1     2008-12-31  50
        4     2008-12-31  7
        2     2009-01-01  20
        3     2009-01-01  31
        4     2009-01-01  8
    """
    frame = amount_by_area(counts(delivered), ALL, "people", REFORMED)
    assert shown(frame, "area period_end value") == [
        "0 2008-12-31 57",
        "0 2009-01-01 59",
        "1 2008-12-31 50",
        "2 2009-01-01 20",
        "3 2009-01-01 31",
        "4 2008-12-31 7",
        "4 2009-01-01 8",
    ]


def test_an_area_that_is_due_after_a_reform_is_missed():
    frame = amount_by_area(counts("area period value\n 2 2011-12-31 20\n 4 2011-12-31 8"), ALL, "people", REFORMED)
    assert shown(frame, "area value lower") == ["0 - 28", "2 20 20", "3 - .", "4 8 8"]


def test_a_year_belongs_to_the_areas_that_existed_at_its_end():
    frame = amount_by_area(
        counts("area period measure value\n 1 2008 births 5\n 4 2008 births 1"), ALL, "births", REFORMED
    )
    assert shown(frame, "area value") == ["0 6", "1 5", "4 1"]


def test_ragged_trees():
    """The forest f belongs to the town directly; part B has no quarters."""
    ragged = tree(
        "area level parent\n 0 town .\n A part 0\n B part 0\n a1 quarter A\n f quarter 0", ("quarter", "part", "town")
    )
    assert amounts("area value\n a1 10\n B 5\n f 1", town=ragged) == [
        "0 16 16 16",
        "A 10 10 10",
        "B 5 5 5",
        "a1 10 10 10",
        "f 1 1 1",
    ]
    assert amounts("area value\n a1 10\n B 5", town=ragged)[0] == "0 - 15 ."


def test_dates_of_different_areas_are_not_mixed():
    frame = amount_by_area(
        counts("area period value\n a1 2011-12-31 1\n a2 2013-12-31 2\n b1 2011-12-31 4"), ALL, "people", TOWN
    )
    assert shown(frame[frame["area"] == "0"], "period_end value lower") == ["2011-12-31 - 5", "2013-12-31 - 2"]


def test_of_a_measure_that_was_not_delivered_there_is_nothing():
    frame = amount_by_area(counts("area value\n a1 1"), ALL, "dogs", TOWN)
    assert frame.empty
    assert {"area", "level", "period_end", "value", "status"} <= set(frame)


@given(
    st.lists(st.integers(0, 50), min_size=3, max_size=3),
    st.lists(st.integers(0, 50), min_size=3, max_size=3),
    st.sampled_from(SEXES[1:3]),
)
@settings(deadline=None, max_examples=30)
def test_sums_of_areas_are_the_sums_of_their_cells(first, second, sex):
    """Whether one adds areas or sexes first makes no difference; and more people never make a smaller sum."""
    rows = [
        f"{area} {s} {n}"
        for s, ns in (("female", first), ("male", second))
        for area, n in zip(("a1", "a2", "b1"), ns, strict=True)
    ]
    frame = counts("area sex value\n" + "\n".join(rows))
    value = amount_by_area(frame, ALL, "people", TOWN).set_index("area")["value"]
    assert value["0"] == sum(first) + sum(second)
    assert value["A"] == first[0] + first[1] + second[0] + second[1]
    one = amount_by_area(frame, (sex, 0, 999), "people", TOWN).set_index("area")["value"]
    assert (one <= value).all()


def test_the_callers_frame_stays_as_it_is():
    frame = counts("area value\n a1 1\n a2 *\n b1 -")
    before = frame.copy()
    amount_by_area(frame, ALL, "people", TOWN)
    pd.testing.assert_frame_equal(frame, before)
