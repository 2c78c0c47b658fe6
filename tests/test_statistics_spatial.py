"""Neighbourhoods and spatial statistics: small maps by hand, and agreement with esda where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.statistics import (
    gearys_c,
    local_g,
    local_morans_i,
    morans_i,
    neighbour_weights,
    standardised_rates,
)

SIX = [0, 1, 2, 3, 4], [1, 2, 3, 4, 5]
"""Six areas in a row."""


def grid(side):
    """Pairs of neighbours on a square map."""
    place = np.arange(side * side).reshape(side, side)
    first = np.r_[place[:, :-1].ravel(), place[:-1].ravel()]
    return first, np.r_[place[:, 1:].ravel(), place[1:].ravel()]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("binary", [[0, 1, 0, 0], [1, 0, 2, 0], [0, 2, 0, 0], [0, 0, 0, 0]]),
        ("row", [[0, 1, 0, 0], [1 / 3, 0, 2 / 3, 0], [0, 1, 0, 0], [0, 0, 0, 0]]),
        ("unit", [[0, 1 / 6, 0, 0], [1 / 6, 0, 1 / 3, 0], [0, 1 / 3, 0, 0], [0, 0, 0, 0]]),
        ("total", [[0, 0.5, 0, 0], [0.5, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]),
    ],
)
def test_weights_by_style_with_an_island(style, expected):
    weights = neighbour_weights([0, 1], [1, 2], 4, strength=[1, 2], style=style)
    assert weights.toarray() == pytest.approx(np.array(expected))


def test_variance_stabilised_rows_add_up_to_the_areas_with_neighbours():
    weights = neighbour_weights([0, 1], [1, 2], 4, style="variance")
    root = np.sqrt(2)
    assert weights.toarray()[:3, :3] * (2 + root) / 3 == pytest.approx(
        np.array([[0, 1, 0], [1 / root, 0, 1 / root], [0, 1, 0]])
    )


def test_a_pair_named_twice_counts_once():
    once = neighbour_weights([0], [1], 2, style="binary")
    assert neighbour_weights([0, 1, 0], [1, 0, 1], 2, style="binary").toarray() == pytest.approx(once.toarray())


def test_one_way_neighbours():
    assert neighbour_weights([0], [1], 2, mutual=False).toarray().tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize(
    ("first", "second", "options", "message"),
    [
        ([0], [2], {}, "1 of 1 pairs name no area of 0 to 1, the first at index 0"),
        ([0, 1], [1, 1], {}, "1 of 2 pairs name an area as its own neighbour, the first at index 1"),
        ([0], [1], {"strength": -1.0}, "1 of 1 strengths are negative or missing, the first at index 0"),
        ([0], [1], {"style": "W"}, "style is 'W', but must be"),
    ],
)
def test_faulty_neighbours_are_refused(first, second, options, message):
    with pytest.raises(ValueError, match=message):
        neighbour_weights(first, second, 2, **options)


def test_moran_and_geary_by_hand():
    """z = -2.5 ... 2.5, means of the neighbours -1.5 -1.5 -.5 .5 1.5 1.5; differences of neighbours are 1."""
    weights = neighbour_weights(*SIX, 6)
    assert float(morans_i([1, 2, 3, 4, 5, 6], weights).statistic) == pytest.approx(12.5 / 17.5)
    assert float(gearys_c([1, 2, 3, 4, 5, 6], weights).statistic) == pytest.approx(5 / 12 * 6 / 17.5)


def test_alike_neighbours_have_a_positive_z_in_both():
    weights = neighbour_weights(*SIX, 6)
    assert morans_i([1, 2, 3, 4, 5, 6], weights).z > 1.96
    assert gearys_c([1, 2, 3, 4, 5, 6], weights).z > 1.96
    alternating = neighbour_weights(range(11), range(1, 12), 12)
    assert morans_i([1, 6] * 6, alternating).z < -1.96


def test_islands_count_or_not():
    """Two more areas without neighbours, at the mean: the statistics differ by n / (n - islands)."""
    values = [1, 2, 3, 4, 5, 6, 3.5, 3.5]
    weights = neighbour_weights(*SIX, 8)
    dropped, kept = (morans_i(values, weights, islands=islands) for islands in ("drop", "keep"))
    assert float(dropped.statistic) == pytest.approx(12.5 / 17.5)
    assert float(kept.statistic / dropped.statistic) == pytest.approx(8 / 6)
    assert (float(dropped.expected), float(kept.expected)) == pytest.approx((-1 / 5, -1 / 7))


def test_many_indicators_at_once_are_those_one_by_one():
    values = np.random.default_rng(1).normal(size=(3, 25))
    weights = neighbour_weights(*grid(5), 25)
    together = morans_i(values, weights, permutations=19)
    for row in range(3):
        alone = morans_i(values[row], weights, permutations=19)
        assert [float(part[row]) for part in together] == pytest.approx([float(part) for part in alone])


@pytest.mark.parametrize("values", [[1, 2, np.nan, 4, 5, 6], [3, 3, 3, 3, 3, 3]])
def test_a_hidden_area_or_constant_values_are_not_tested(values):
    found = morans_i(values, neighbour_weights(*SIX, 6), permutations=9)
    assert np.isnan([found.statistic, found.z, found.p_value, found.p_permuted]).all()


def test_no_neighbours_at_all():
    assert np.isnan(morans_i([1, 2, 3, 4], neighbour_weights([], [], 4)).statistic)


def test_permutations_are_the_same_each_time_and_near_the_normal_p_value():
    values = np.random.default_rng(3).normal(size=49)
    weights = neighbour_weights(*grid(7), 49)
    first, again = (morans_i(values, weights, permutations=999) for _ in range(2))
    assert first.p_permuted == again.p_permuted
    assert float(first.p_permuted) == pytest.approx(float(first.p_value), abs=0.06)
    assert float(morans_i(np.arange(49.0), weights, permutations=999).p_permuted) == pytest.approx(2 / 1000)


def test_weights_must_fit():
    with pytest.raises(ValueError, match=r"weights are of shape \(6, 6\), but the values are those of 5 areas"):
        morans_i([1, 2, 3, 4, 5], neighbour_weights(*SIX, 6))
    with pytest.raises(ValueError, match="islands is 'skip'"):
        morans_i([1, 2, 3, 4, 5, 6], neighbour_weights(*SIX, 6), islands="skip")


@given(st.lists(st.floats(-100, 100), min_size=9, max_size=9).filter(lambda x: np.std(x) > 1e-3), st.floats(0.1, 50))
def test_moran_knows_no_unit_and_no_zero(values, factor):
    weights = neighbour_weights(*grid(3), 9)
    y = np.array(values)
    assert float(morans_i(factor * y + 7, weights).statistic) == pytest.approx(
        float(morans_i(y, weights).statistic), abs=1e-6
    )


def test_local_morans_add_up_to_the_global_one():
    values = np.random.default_rng(5).normal(size=25)
    weights = neighbour_weights(*grid(5), 25)
    assert float(local_morans_i(values, weights).statistic.mean()) == pytest.approx(
        float(morans_i(values, weights).statistic)
    )


def test_local_moran_of_an_island_is_an_empty_sum_without_judgement():
    found = local_morans_i([1, 2, 3, 4, 5, 6, 99], neighbour_weights(*SIX, 7), permutations=19)
    assert found.statistic[6] == 0
    assert np.isnan([found.z[6], found.p_value[6], found.p_permuted[6], found.quadrant[6]]).all()


def test_conditional_permutations_agree_with_conditional_moments():
    values = np.random.default_rng(11).normal(size=36)
    found = local_morans_i(values, neighbour_weights(*grid(6), 36), permutations=1999)
    assert found.p_permuted == pytest.approx(found.p_value, abs=0.12)
    assert np.corrcoef(found.p_permuted, found.p_value)[0, 1] > 0.98


def test_getis_ord_finds_the_high_corner():
    values = np.ones(25)
    values[[0, 1, 5]] = 10.0
    found = local_g(values, neighbour_weights(*grid(5), 25), permutations=199)
    assert int(np.argmax(found.z)) == 0
    assert found.z[0] > 3
    assert found.p_permuted[0] < 0.05


def test_getis_ord_of_islands():
    weights = neighbour_weights(*SIX, 7)
    values = [1, 2, 3, 4, 5, 6, 99]
    assert np.isnan(local_g(values, weights, itself=False).z[6])
    assert local_g(values, weights).z[6] == pytest.approx((99 - np.mean(values)) / np.std(values))


def test_standardised_rates_have_one_spread_whatever_the_size():
    generator = np.random.default_rng(2)
    exposure = np.repeat([50.0, 5000.0], 300)
    rates = standardised_rates(generator.poisson(0.1 * exposure), exposure)
    assert np.std(rates[:300]) == pytest.approx(np.std(rates[300:]), rel=0.15)
    assert np.std(rates) == pytest.approx(1.0, rel=0.1)


@pytest.fixture(scope="module")
def esda_grid():
    """A map of 7 x 7 areas with two islands more, for esda and for us."""
    graph = pytest.importorskip("libpysal.graph")
    values = np.random.default_rng(8).normal(size=51)
    weights = neighbour_weights(*grid(7), 51, style="binary")
    return values, weights, graph.Graph.from_sparse(weights.tocoo())


@pytest.mark.filterwarnings("ignore")
def test_moran_is_that_of_esda_with_islands(esda_grid):
    moran = pytest.importorskip("esda.moran")
    values, weights, graph = esda_grid
    theirs = moran.Moran(values, graph, transformation="B", permutations=0)
    for assumption, name in (("normality", "norm"), ("randomisation", "rand")):
        ours = morans_i(values, weights, assumption=assumption, islands="keep")
        expected = theirs.I, theirs.EI, getattr(theirs, f"VI_{name}"), getattr(theirs, f"p_{name}")
        assert [float(part) for part in (*ours[:3], ours.p_value)] == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore")
def test_local_moran_and_g_are_those_of_esda(esda_grid):
    moran, getis = pytest.importorskip("esda.moran"), pytest.importorskip("esda.getisord")
    values, weights, graph = esda_grid
    connected = np.diff(weights.indptr) > 0
    row = neighbour_weights(*grid(7), 51)
    theirs = moran.Moran_Local(values, graph, permutations=0)
    ours = local_morans_i(values, row, degrees=1)
    assert ours.statistic[connected] == pytest.approx(theirs.Is[connected])
    assert ours.quadrant[connected].tolist() == theirs.q[connected].tolist()
    high = values - values.min() + 1  # G is made for positive values
    for itself in (False, True):
        zs = getis.G_Local(high, graph, transform="B", permutations=0, star=itself).Zs
        assert local_g(high, weights, itself=itself).z[connected] == pytest.approx(zs[connected])


def test_geary_of_spdep_differs_from_dropped_islands_in_its_variance_alone():
    values, weights = [1, 2, 3, 4, 5, 6, 3, 9], neighbour_weights(*SIX, 8)
    dropped, theirs = (gearys_c(values, weights, islands=islands) for islands in ("drop", "spdep"))
    assert float(theirs.statistic) == pytest.approx(float(dropped.statistic))
    assert float(theirs.variance) != pytest.approx(float(dropped.variance))
    whole = neighbour_weights(*grid(3), 9)
    no_islands = [
        gearys_c(np.arange(9.0) ** 2, whole, islands=islands).variance for islands in ("drop", "keep", "spdep")
    ]
    assert [float(variance) for variance in no_islands] == pytest.approx([float(no_islands[0])] * 3)
