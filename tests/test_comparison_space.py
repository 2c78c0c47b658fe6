"""Neighbourhoods: who is whose neighbour, where high lies beside high, and values drawn towards those next door."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison import hot_spots, local_values, neighbours_of, spatial
from sozialanalyse.errors import UsageError
from tests.tables import COUNT, computed, counts, indicator, shown, table, tree

IDS = "abcdefghij"
TOWN = tree(
    "area level parent\n 0 town .\n A part 0\n B part 0\n"
    + "\n".join(f"{area} quarter {'A' if area < 'f' else 'B'}" for area in IDS),
    ("quarter", "part", "town"),
)
SHAPES = gpd.GeoDataFrame({"area": list(IDS)}, geometry=[box(i, 0, i + 1, 1) for i in range(9)] + [box(20, 0, 21, 1)])
"""Nine quarters in a row; j lies apart."""
RISING = [40, 38, 36, 20, 18, 16, 5, 4, 3, 15]


def frame(poor, entry=None, people=100):
    text = "\n".join(f"{a} people {people}\n{a} poor {x}" for a, x in zip(IDS, poor, strict=True))
    return computed(counts(f"area measure value\n{text}"), TOWN, entry or indicator()).frame


def pairs(text):
    return table(f"area neighbour\n{text}")


# -------------------------------------------------------------------------------------------------- who is a neighbour


def test_polygons_that_touch_are_neighbours_and_one_apart_is_an_island():
    found = neighbours_of(SHAPES, TOWN, "quarter")
    assert found.pairs.to_numpy().tolist() == [[a, b] for a, b in pairwise(IDS[:9])]
    assert found.areas == frozenset(IDS)


def test_quarters_that_share_a_corner_are_neighbours():
    corners = gpd.GeoDataFrame({"area": ["a", "b"]}, geometry=[box(0, 0, 1, 1), box(1, 1, 2, 2)])
    assert neighbours_of(corners, TOWN, "quarter").pairs.to_numpy().tolist() == [["a", "b"]]


def test_polygons_of_quarters_make_up_the_parts_of_the_town():
    assert neighbours_of(SHAPES, TOWN, "part").pairs.to_numpy().tolist() == [["A", "B"]]


def test_a_declared_table_counts_both_ways_and_once():
    found = neighbours_of(pairs("b a\n a b\n c a"), TOWN, "quarter")
    assert found.pairs.to_numpy().tolist() == [["a", "b"], ["a", "c"]]
    assert found.weights(["c", "b", "a", "j"]).toarray().tolist() == [
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0.5, 0.5, 0, 0],
        [0, 0, 0, 0],
    ]


def test_among_some_areas_only_their_own_pairs_count():
    found = neighbours_of(pairs("a b\n b c"), TOWN, "quarter")
    assert found.weights(["a", "c"]).toarray().tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pairs("a A"), "unknown area of level 'quarter' 'A'"),
        (pairs("a a"), "area 'a' stands as its own neighbour"),
        (table("area other\n a b"), "found: area, other"),
    ],
)
def test_a_table_that_names_no_neighbours_is_refused(given, message):
    with pytest.raises(UsageError, match=message):
        neighbours_of(given, TOWN, "quarter")


def test_polygons_and_the_table_of_their_borders_give_the_same_pattern():
    declared = neighbours_of(SHAPES, TOWN, "quarter").pairs
    catalogue = Catalogue(indicators=(indicator(),))
    one, other = (spatial(frame(RISING), given, TOWN, "quarter", catalogue=catalogue) for given in (SHAPES, declared))
    pd.testing.assert_frame_equal(one.summary, other.summary)
    pd.testing.assert_frame_equal(one.areas, other.areas)


# ------------------------------------------------------------------------------------------------------------ hot spots


def found_in(poor, entry=None, neighbours=SHAPES, **given):
    entry = entry or indicator()
    return hot_spots(frame(poor, entry), neighbours, TOWN, "quarter", catalogue=Catalogue(indicators=(entry,)), **given)


def test_high_beside_high_and_low_beside_low_stand_out():
    rows = found_in(RISING, false_share=0.1)
    assert shown(rows.areas, "area neighbours z claim", 1) == [
        "a 1 2.2 above",
        "b 2 2.7 above",
        "c 2 1.7 around",
        "d 2 0.8 around",
        "e 2 -0.2 around",
        "f 2 -1 around",
        "g 2 -1.6 around",
        "h 2 -2.3 below",
        "i 1 -1.8 around",
        "j 0 . unknown",
    ]
    assert rows.summary.drop(columns="period_end").to_dict("records") == [
        {"indicator": "share", "level": "quarter", "areas": 10, "islands": 1, "status": "number"}
        | {"high": 2, "low": 1, "false_share": 0.1}
    ]


def test_each_neighbourhood_found_has_its_evidence():
    above, *_, below = found_in(RISING, false_share=0.1).evidence()
    assert (above.claim, above.area, above.method, above.reference) == ("above", "a", "getis_ord", "mean")
    assert (below.claim, below.area) == ("below", "h")
    assert above.caveats == ("areas_not_persons", "no_effect")
    assert above.p_value <= 0.1


def test_where_all_are_alike_none_stands_out():
    assert set(found_in([20] * 10).areas["claim"]) == {"unknown"}, "nothing differs, so nothing can be judged"
    assert found_in([20, 21, 19, 20, 22, 18, 20, 21, 19, 20]).evidence() == []


@pytest.mark.parametrize(("mark", "state"), [("*", "suppressed"), ("-", "missing")])
def test_without_one_area_no_neighbourhood_is_judged(mark, state):
    rows = found_in([*RISING[:2], mark, *RISING[3:]])
    assert (rows.summary["status"].tolist(), len(rows.areas)) == ([state], 0)


def test_a_declared_neighbour_joins_what_a_river_parts():
    beside = pairs("\n".join(f"{a} {b}" for a, b in pairwise(IDS[:9])) + "\n a j")
    rows = found_in(RISING, neighbours=beside).areas.set_index("area")
    assert rows.loc[["a", "j"], "neighbours"].tolist() == [2, 1]
    assert np.isfinite(rows.loc["j", "z"])


# --------------------------------------------------------------------------------------------------------- local values


def local(poor, entry=None, people=100):
    entry = entry or indicator()
    catalogue = Catalogue(indicators=(entry,))
    return local_values(frame(poor, entry, people), SHAPES, TOWN, "quarter", catalogue=catalogue)


def test_a_value_is_drawn_towards_its_neighbourhood_and_stands_beside_the_raw_one():
    """a and b: 78 of 200 are 39 %; a, b and c: 114 of 300 are 38 %. The island keeps its own."""
    rows = local(RISING).set_index("area")
    assert rows.loc[["a", "b", "j"], "around"].tolist() == pytest.approx([39, 38, 15])
    assert rows["value"].tolist() == RISING
    between = (rows["local"] - rows["value"]) * (rows["local"] - rows["around"])
    assert (between <= 1e-9).all()
    assert rows.loc["j", "local"] == 15
    known = rows.drop(index="j")
    assert (known["local_lower"] < known["local"]).all()
    assert (known["local"] < known["local_upper"]).all()


def test_what_is_hidden_next_door_does_not_show():
    rows = local([*RISING[:4], "*", *RISING[5:]]).set_index("area")
    assert rows["local"].isna().tolist() == [False] * 3 + [True] * 3 + [False] * 4
    assert rows.loc["e", ["value", "around"]].isna().all()
    same = local(RISING).set_index("area")
    assert rows.loc["b", "local"] == same.loc["b", "local"], "other neighbourhoods stay as they are"


def test_rates_and_proportions_only():
    assert local(RISING, indicator(**COUNT)).empty
    assert len(local(RISING, indicator(kind="rate", unit="per_100"))) == 10


def test_the_callers_frame_stays_as_it_is():
    given = frame(RISING)
    before = given.copy()
    local_values(given, SHAPES, TOWN, "quarter", catalogue=Catalogue(indicators=(indicator(),)))
    hot_spots(given, SHAPES, TOWN, "quarter", catalogue=Catalogue(indicators=(indicator(),)))
    pd.testing.assert_frame_equal(given, before)
