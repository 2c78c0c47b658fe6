"""Counts carried over between areas: shares, errors, and crosswalks made of polygons."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely import Point, box

from sozialanalyse.areas.interpolation import SLIVER, crosswalk_from_geometry, overlaps, weighed_overlaps
from sozialanalyse.errors import DataError
from sozialanalyse.statistics import (
    estimate_clustering,
    interpolate_counts,
    interpolate_means,
    misplaced_share,
    overlap_shares,
    split_variance,
)

NAN = float("nan")
METRES = "EPSG:25832"


def layer(crs=METRES, **shapes):
    return gpd.GeoDataFrame({"area": list(shapes)}, geometry=list(shapes.values()), crs=crs)


def metres(left, bottom, right, top):
    """A box beside Musterstadt's centre."""
    return box(400_000 + left, 5_600_000 + bottom, 400_000 + right, 5_600_000 + top)


OLD = layer(west=metres(0, 0, 100, 100), east=metres(100, 0, 200, 100))
NEW = layer(a=metres(0, 0, 75, 100), b=metres(75, 0, 200, 100))


def shares(frame):
    return [
        (row.from_area, row.to_area, round(float(row.share), 4), row.basis) for row in frame.itertuples(index=False)
    ]


@given(
    hnp.arrays(float, (4, 3), elements=st.floats(0.01, 1e6)),
    hnp.arrays(float, (2, 4), elements=st.floats(0, 1e6)),
)
def test_the_total_is_kept(overlap, counts):
    carried = interpolate_counts(counts, overlap_shares(overlap))
    assert carried.sum(axis=-1) == pytest.approx(counts.sum(axis=-1))


@given(hnp.arrays(float, 5, elements=st.floats(0, 1e6)))
def test_areas_that_did_not_change_keep_what_they_have(counts):
    assert interpolate_counts(counts, np.eye(5)).tolist() == counts.tolist()
    assert split_variance(counts, np.eye(5), 0.5).tolist() == [0] * 5


def test_what_lies_outside_the_targets_is_lost_only_where_the_whole_is_named():
    assert overlap_shares([[50, 25]]).sum() == 1
    assert overlap_shares([[50, 25]], whole=[100]).sum() == 0.75
    assert overlap_shares([[0, 0]]).tolist() == [[0, 0]]


def test_a_missing_count_makes_missing_all_that_gets_a_part_of_it():
    assert interpolate_counts([NAN, 10], [[0.5, 0.5, 0], [0, 0, 1]]).tolist() == pytest.approx(
        [NAN, NAN, 10], nan_ok=True
    )


def test_means_are_weighted_by_what_is_in_common_and_never_added():
    assert interpolate_means([5, 15], [[30], [10]]).tolist() == [7.5]
    assert np.isnan(interpolate_means([5, 15], [[0], [0]])[0])


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (overlap_shares, ([[-1.0]],), "overlaps are negative"),
        (overlap_shares, ([[60, 60]], [100]), "overlap with the targets by more than they have"),
        (interpolate_counts, ([1], [[1.2]]), "shares are not between 0 and 1"),
        (split_variance, ([1], [[0.5]], 1.5), "clustering are not between 0 and 1"),
    ],
)
def test_impossible_arguments_are_refused(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_the_variance_is_binomial_without_clustering_and_all_or_nothing_with_1():
    assert split_variance([100], [[0.2]])[0] == pytest.approx(16)
    assert split_variance([100], [[0.2]], 1)[0] == pytest.approx(100**2 * 0.2 * 0.8)


def test_the_error_of_drawn_splits_is_the_one_stated():
    """20,000 beta-binomial draws of 300 people with share 0.3 and clustering 0.02."""
    generator = np.random.default_rng(20091)
    size = 1 / 0.02 - 1
    drawn = generator.binomial(300, generator.beta(0.3 * size, 0.7 * size, 20_000))
    stated = float(split_variance([300], [[0.3]], 0.02)[0])
    assert drawn.var() == pytest.approx(stated, rel=0.03)
    assert estimate_clustering(300, 0.3, drawn) == pytest.approx(0.02, abs=0.001)


def test_clustering_is_known_only_from_split_areas():
    assert np.isnan(estimate_clustering([100], [1.0], [100]))
    assert estimate_clustering([100], [0.5], [50]) == 0


def test_share_of_people_in_the_wrong_area():
    assert misplaced_share([50, 50], [50, 50]) == 0
    assert misplaced_share([100, 0], [0, 100]) == 1
    assert misplaced_share([60, 40, NAN], [50, 50, 7]) == 0.1
    assert np.isnan(misplaced_share([0], [0]))


def test_shares_by_area():
    assert shares(crosswalk_from_geometry(OLD, NEW, "2009-01-01")) == [
        ("west", "a", 0.75, "area"),
        ("west", "b", 0.25, "area"),
        ("east", "b", 1.0, "area"),
    ]


def test_shares_by_residents_at_points():
    """90 people live near the right border of the western area, nobody in the eastern one: that is shared by area."""
    points = gpd.GeoDataFrame(
        {"weight": [10, 90]}, geometry=[Point(400_010, 5_600_050), Point(400_090, 5_600_050)], crs=METRES
    )
    assert shares(crosswalk_from_geometry(OLD, NEW, "2009-01-01", points)) == [
        ("west", "a", 0.1, "population"),
        ("west", "b", 0.9, "population"),
        ("east", "b", 1.0, "area"),
    ]


def test_a_point_on_a_border_counts_half_on_either_side():
    point = gpd.GeoDataFrame({"weight": [8]}, geometry=[Point(400_075, 5_600_050)], crs=METRES)
    assert weighed_overlaps(OLD, NEW, point).tolist() == [[4, 4], [0, 0]]


def test_smaller_areas_spread_their_residents_evenly():
    cells = layer(left=metres(0, 0, 50, 100), right=metres(50, 0, 150, 100)).assign(weight=[10.0, 80.0])
    assert weighed_overlaps(OLD, NEW, cells) == pytest.approx(np.array([[30, 20], [0, 40]]))


def test_slivers_of_borders_that_were_drawn_twice_are_no_reform():
    drawn_again = layer(west=metres(0, 0, 100.3, 100), east=metres(100.3, 0, 200, 100))
    assert 0 < overlaps(OLD, drawn_again)[1, 0] < SLIVER * 10_000
    assert shares(crosswalk_from_geometry(OLD, drawn_again, "2009-01-01")) == [
        ("west", "west", 1.0, "area"),
        ("east", "east", 1.0, "area"),
    ]


def test_a_small_new_area_is_no_sliver():
    new = layer(small=metres(0, 0, 1, 10), rest=metres(1, 0, 200, 100).union(metres(0, 10, 1, 100)))
    found = crosswalk_from_geometry(OLD, new, "2009-01-01")
    assert shares(found)[0] == ("west", "small", 0.001, "area")


def test_degrees_are_turned_into_metres_before_areas_are_measured():
    """At 50.5 degrees north a degree of longitude has 64 % of its length at the equator; shares stay as they are."""
    in_degrees = crosswalk_from_geometry(OLD.to_crs("EPSG:4326"), NEW, "2009-01-01")
    assert shares(in_degrees) == shares(crosswalk_from_geometry(OLD, NEW, "2009-01-01"))


def test_polygons_without_a_coordinate_system_are_refused():
    with pytest.raises(DataError, match="no coordinate system"):
        crosswalk_from_geometry(OLD.set_crs(None, allow_override=True), NEW, "2009-01-01")


def test_old_areas_that_the_new_ones_do_not_cover_are_named():
    elsewhere = layer(a=metres(0, 0, 75, 100))
    with pytest.raises(DataError) as error:
        crosswalk_from_geometry(OLD, elsewhere, "2009-01-01")
    assert [str(fault) for fault in error.value.faults] == [
        "area west: only 75% of the old area lies in new ones; are both files of the same town?",
        "area east: only 0% of the old area lies in new ones; are both files of the same town?",
    ]


def test_layers_are_not_changed():
    before = OLD.copy()
    crosswalk_from_geometry(OLD, NEW, "2009-01-01")
    pd.testing.assert_frame_equal(pd.DataFrame(OLD), pd.DataFrame(before))
