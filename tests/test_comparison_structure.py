"""Differences split into age structure and rates, inequality among areas, and patterns in space."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison import decompose, inequality, spatial
from sozialanalyse.errors import DataError, UsageError
from tests.tables import COUNT, computed, counts, indicator, indicator_frame, shown, tree
from tests.two_parts import two_parts

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")

BY_AGE = """
    area  age    measure  value
    a     0-64   people   600
    a     65-79  people   300
    a     80+    people   100
    b     0-64   people   900
    b     65-79  people   80
    b     80+    people   20
    a     0-64   poor     6
    a     65-79  poor     15
    a     80+    poor     {}
    b     0-64   poor     9
    b     65-79  poor     8
    b     80+    poor     8
"""
CARE = indicator("care")


def town(text, *entries):
    """Hold what the verb takes of a town."""
    return SimpleNamespace(counts=counts(text), areas=TOWN, catalogue=Catalogue(indicators=entries or (CARE,)))


def test_a_difference_is_split_into_structure_and_rates():
    """At 0-64 both have 1 %, at 65-79 5 and 10 %, at 80+ 20 and 40 %; a is much older, its rates are lower.

    Structure: -0.3 * 1 + 0.22 * 7.5 + 0.08 * 30 = 3.75; rates: 0.75 * 0 - 0.19 * 5 - 0.06 * 20 = -2.15.
    """
    found = decompose(town(BY_AGE.format(20)), "care", "a", "b")
    assert [found.difference, found.structure, found.rate] == pytest.approx([1.6, 3.75, -2.15])
    assert found.ages.to_numpy().round(3).tolist() == [
        [0, 64, 0.6, 1, 0.9, 1],
        [65, 79, 0.3, 5, 0.08, 10],
        [80, 999, 0.1, 20, 0.02, 40],
    ]


def test_the_town_is_a_reference_without_the_area():
    """Of a town of two areas the rest is the other one."""
    whole, other = (decompose(town(BY_AGE.format(20)), "care", "a", reference) for reference in (None, "b"))
    assert (whole.reference, other.reference) == ("0", "b")
    assert (whole.difference, whole.structure, whole.rate) == (other.difference, other.structure, other.rate)


def test_an_age_of_nobody_counts_as_structure():
    text = BY_AGE.format(0).replace("a     80+    people   100", "a     80+    people   0")
    found = decompose(town(text), "care", "a", "b")
    assert found.difference == pytest.approx(found.structure + found.rate)
    assert found.ages["rate"].tolist() == pytest.approx([1, 5, 40])


@pytest.mark.parametrize(("mark", "state"), [("*", "suppressed"), ("-", "missing")])
def test_one_hidden_or_missing_age_group_is_refused_by_name(mark, state):
    with pytest.raises(DataError, match=f"area a: 'care' cannot be split on 2011-12-31: ages 80 to 999 are {state}"):
        decompose(town(BY_AGE.format(mark)), "care", "a", "b")


def test_the_last_complete_date_is_taken():
    later = BY_AGE.format("*").replace("area  age    measure  value", "").strip().splitlines()
    earlier = BY_AGE.format(20).strip().splitlines()[1:]
    rows = [f"{line} 2011-12-31" for line in earlier] + [f"{line} 2012-12-31" for line in later]
    found = decompose(town("area age measure value period\n" + "\n".join(rows)), "care", "a", "b")
    assert f"{found.period_end:%Y-%m-%d}" == "2011-12-31"


@pytest.mark.parametrize(
    ("entry", "area", "message"),
    [
        (CARE, "0", "compared with itself"),
        (CARE, "c", "unknown area 'c'"),
        (indicator("care", kind="ratio"), "a", "is a ratio"),
        (indicator("care", numerator={"measure": "poor", "age": "65+"}), "a", "ages 65\\+ among ages 0\\+"),
        (indicator("care", denominator={"measure": "homes"}), "a", "no|not delivered by common age groups"),
    ],
)
def test_what_cannot_be_split_is_refused(entry, area, message):
    with pytest.raises(UsageError, match=message):
        decompose(town(BY_AGE.format(20), entry), "care", area)


# ------------------------------------------------------------------------------------------------------- inequality

PARTS = two_parts("11", "12", "21", "22")


def unequal(numbers, entry=None):
    rows = "\n".join(f"{a} people 100\n{a} poor {x}" for a, x in zip(("11", "12", "21", "22"), numbers, strict=True))
    entry = entry or indicator()
    frame = computed(counts(f"area measure value\n{rows}"), PARTS, entry).frame
    return inequality(frame, PARTS, "quarter", catalogue=Catalogue(indicators=(entry,)))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        # All between the parts: T = 0.25 ln 0.5 + 0.75 ln 1.5 = 0.1308. Half of 60 % - 20 % is over; D = 0.1 / (2 * 0.2 * 0.8).
        (["10", "10", "30", "30"], "0.25 0.1308 0.1308 0 0.3125"),
        # All within them.
        (["10", "30", "10", "30"], "0.25 0.1308 0 0.1308 0.3125"),
        (["20", "20", "20", "20"], "0 0 0 0 0"),
    ],
)
def test_inequality_lies_between_or_within_the_larger_areas(numbers, expected):
    rows = unequal(numbers)
    assert [line.replace("-0", "0") for line in shown(rows, "gini theil theil_between theil_within dissimilarity")] == [
        expected
    ]


@pytest.mark.parametrize(("mark", "state"), [("*", "suppressed"), ("-", "missing")])
def test_with_a_hidden_or_missing_area_nothing_is_measured(mark, state):
    rows = unequal([mark, "10", "30", "30"])
    assert shown(rows, "areas status gini theil dissimilarity") == [f"3 {state} . . ."]


def test_counts_have_no_segregation():
    rows = unequal(["10", "10", "30", "30"], indicator(**COUNT))
    assert shown(rows, "gini theil_between dissimilarity") == ["0 0 ."]


# ------------------------------------------------------------------------------------------------------------ space

ROW = "abcdefghij"
LINE = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in ROW))
SHAPES = gpd.GeoDataFrame({"area": list(ROW)}, geometry=[box(i, 0, i + 1, 1) for i in range(9)] + [box(20, 0, 21, 1)])


def in_a_row(numbers, hidden=""):
    rows = "\n".join(f"{area} 2011-12-31 {x} {x} 100" for area, x in zip(ROW, numbers, strict=True))
    frame = indicator_frame(f"area end value numerator denominator\n{rows}", LINE)
    frame = frame.assign(status=frame["status"].mask(frame["area"] == hidden, "suppressed"))
    frame["value"] = frame["value"].mask(frame["area"] == hidden)
    return spatial(frame, SHAPES, LINE, "quarter", catalogue=Catalogue(indicators=(indicator(),)))


def test_high_beside_high_is_a_pattern_and_the_island_is_counted_apart():
    found = in_a_row([40, 38, 36, 20, 18, 16, 5, 4, 3, 15])
    row = found.summary.iloc[0]
    assert (row["areas"], row["islands"], row["status"]) == (10, 1, "number")
    assert row["moran"] > 0.7
    assert row["p_value"] < 0.02
    island = found.areas[found.areas["island"]]
    assert island["area"].tolist() == ["j"]
    assert island[["local_moran", "p_value", "adjusted"]].isna().all(axis=None)
    assert set(found.areas["pattern"]) <= {"", "high_among_high", "low_among_low", "low_among_high", "high_among_low"}


def test_high_beside_low_is_the_opposite_pattern():
    assert in_a_row([40, 5] * 5).summary["moran"].iloc[0] < -0.7


def test_the_same_input_gives_the_same_p_value():
    numbers = [40, 38, 6, 20, 18, 16, 5, 4, 33, 15]
    assert in_a_row(numbers).summary["p_value"].iloc[0] == in_a_row(numbers).summary["p_value"].iloc[0]


def test_a_map_with_a_hidden_area_is_not_tested():
    found = in_a_row([40, 38, 36, 20, 18, 16, 5, 4, 3, 15], hidden="c")
    assert found.summary["status"].tolist() == ["suppressed"]
    assert np.isnan(found.summary["moran"].iloc[0])
    assert found.areas.empty


def test_polygons_of_other_areas_are_refused():
    others = SHAPES.assign(area=[f"x{i}" for i in range(10)])
    frame = indicator_frame("area end value\n a 2011-12-31 1\n b 2011-12-31 2", LINE)
    with pytest.raises(UsageError, match="no polygons"):
        spatial(frame, others, LINE, "quarter", catalogue=Catalogue(indicators=(indicator(),)))
