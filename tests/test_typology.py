"""Types of areas: those that are there are found, and of noise nothing is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse.errors import UsageError
from sozialanalyse.index.typology import HIGH, LOW, MIDDLE, robustly_scaled, typology

FEW = {"resampled": 5, "references": 4}
"""Draws for tests: fewer than for a report."""


def town(centres: list[tuple[float, ...]], size: int, spread: float, seed: int = 1) -> pd.DataFrame:
    """Areas of types around centres, one type after the other."""
    random = np.random.default_rng(seed)
    points = np.vstack([np.array(centre) + spread * random.normal(size=(size, len(centre))) for centre in centres])
    names = [f"{number:02}" for number in range(1, len(points) + 1)]
    return pd.DataFrame(
        points, index=names, columns=["kinderarmut", "share_65plus", "foreign_share"][: points.shape[1]]
    )


@pytest.fixture(scope="module")
def three():
    return typology(town([(10, 30, 5), (40, 15, 30), (20, 15, 5)], 6, 1.0), **FEW)


def test_types_that_are_there_are_found(three):
    assert three.areas["type"].tolist() == [1.0] * 6 + [2.0] * 6 + [3.0] * 6
    assert (three.areas["found_again"].dropna() > 0.9).all()
    assert three.types["areas"].tolist() == [6, 6, 6]


def test_what_speaks_for_their_number_is_told(three):
    best = three.numbers.set_index("types")
    assert best.loc[3, "eligible"]
    assert best["silhouette"].idxmax() == 3
    assert best.loc[3, "agreement"] == 1
    assert best.loc[3, "stability"] > 0.9


def test_types_are_described_by_where_they_lie(three):
    assert three.types["side_kinderarmut"].tolist() == [LOW, HIGH, MIDDLE]
    assert three.types["side_foreign_share"].tolist()[1] == HIGH


def test_similar_areas_are_of_the_same_type(three):
    of = dict(zip(three.areas["area"], three.areas["type"], strict=True))
    assert all(of[row.area] == of[row.other] for row in three.similar.itertuples())
    assert three.similar.groupby("area").size().unique().tolist() == [3]


def test_of_noise_no_types_are_made():
    found = typology(town([(10, 10)], 15, 3.0), **FEW)
    assert found.areas["type"].isna().all()
    assert found.types.empty
    assert not found.numbers["eligible"].any()


def test_units_do_not_matter():
    values = town([(10, 30), (40, 15)], 6, 1.0)
    other = values.assign(kinderarmut=values["kinderarmut"] * 1000 + 7)
    assert np.allclose(robustly_scaled(values.to_numpy()), robustly_scaled(other.to_numpy()))


def test_an_indicator_that_is_the_same_everywhere_tells_nothing():
    assert robustly_scaled(np.array([[3.0], [3.0], [3.0]])).tolist() == [[0], [0], [0]]


@pytest.mark.parametrize("values", [town([(1, 2)], 5, 1.0), town([(1, 2)], 9, 1.0).mask(lambda rows: rows > 2)])
def test_gaps_and_few_areas_are_refused(values):
    with pytest.raises(UsageError, match="types need a value of every indicator for each of at least 6 areas"):
        typology(values)
