"""Types of areas: groups that are alike in several indicators, told only where they come out again.

A grouping can be made of anything, of noise too. So a number of types is only taken where each type is found again when areas are drawn anew, and where the areas
of a type are clearly nearer to each other than to the others. Types have numbers by the order of the areas and no names; they are no ranking. Neutral indicators may
take part, since nothing is judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

MOST_TYPES: Final = 6
FEWEST_AREAS: Final = 3
"""A type of fewer areas is a list of areas."""

STABLE: Final = 0.75
"""Mean Jaccard similarity from which on a group counts as found again (Hennig 2007)."""

REFERENCES: Final = 19
"""So many towns without any types, of as many areas and as correlated indicators, are drawn and grouped. A silhouette larger than the largest of them all, over every
number of types, comes about in a town without types in one of twenty cases."""

RESAMPLED: Final = 50
SEED: Final = 20261123
STARTS: Final = 4
HIGH, LOW, MIDDLE = "high", "low", "middle"


@dataclass(frozen=True)
class Typology:
    """Types of areas.

    Parameters
    ----------
    areas
        ``area, type`` (from 1, in the order of the areas; NaN where there are no types), ``found_again``: share of the draws in which the area was in the group that
        is most like its type; NaN where it was never drawn.
    types
        A row a type: ``type, areas, stability`` (mean Jaccard similarity), and for each indicator its median and where that lies among all areas (``side_<indicator>``:
        above the upper quartile, below the lower one, or in the middle).
    numbers
        What speaks for each number of types: ``types, silhouette, stability`` (of the least stable type), ``agreement`` (adjusted Rand index of Ward and
        k-means), ``smallest`` (areas of the smallest type), ``by_chance`` (silhouette that a town without types reaches), ``eligible``.
    similar
        ``area, rank, other, distance``: the areas nearest to each area, in robustly scaled units.
    """

    areas: pd.DataFrame
    types: pd.DataFrame
    numbers: pd.DataFrame
    similar: pd.DataFrame


def typology(
    values: pd.DataFrame, *, nearest: int = 3, resampled: int = RESAMPLED, references: int = REFERENCES
) -> Typology:
    """Group areas by k-means on robustly scaled indicators, beside Ward's method.

    Parameters
    ----------
    values
        A row an area (its id is the index), a column an indicator; none missing.
    nearest
        How many similar areas are listed for each.
    resampled
        How often areas are drawn anew.
    references
        How many towns without types are drawn.

    Returns
    -------
    Typology
        Without types where no number of them is eligible: that is a finding. Among eligible numbers the one with the largest silhouette is taken.

    Raises
    ------
    UsageError
        A value is missing; fewer than twice :data:`FEWEST_AREAS` areas.

    References
    ----------
    Ward (1963), Journal of the American Statistical Association 58, 236-244. Hennig (2007), Computational Statistics and Data Analysis 52, 258-271 (stability).
    Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53-65 (silhouette). Hubert, Arabie (1985), Journal of Classification 2, 193-218. Tibshirani, Walther, Hastie (2001), Journal of the Royal Statistical Society B 63, 411-423
    (towns without types as a reference).
    """
    if values.isna().any(axis=None) or len(values) < 2 * FEWEST_AREAS:
        message = "types need a value of every indicator for each of at least {fewest} areas; found {areas} areas, {gaps} gaps"
        gaps = int(values.isna().sum().sum())
        raise UsageError(message, fewest=2 * FEWEST_AREAS, areas=len(values), gaps=gaps)
    scaled = robustly_scaled(values.to_numpy(dtype=np.float64))
    most = min(MOST_TYPES, len(values) // FEWEST_AREAS)
    by_chance = _by_chance(scaled, most, references)
    tried = {count: _tried(scaled, count, resampled, by_chance) for count in range(2, most + 1)}
    numbers = pd.DataFrame([one.row for one in tried.values()])
    eligible = numbers[numbers["eligible"]]
    best = eligible.sort_values("silhouette", ascending=False, kind="stable")["types"].head(1)
    chosen = None if best.empty else tried[int(best.iloc[0])]
    return Typology(_areas(values, chosen), _types(values, chosen), numbers, _similar(values, scaled, nearest))


def robustly_scaled(values: Floats) -> Floats:
    """Distances from the median in interquartile ranges, by column; where half of the areas are alike, in standard deviations."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, values.std(axis=0))
    return np.asarray((values - middle) / np.where(spread > 0, spread, 1.0))


@dataclass(frozen=True)
class _Tried:
    labels: Integers
    jaccard: Floats
    again: Floats
    row: dict[str, Any]


def _tried(scaled: Floats, count: int, resampled: int, by_chance: float) -> _Tried:
    """Group areas into so many types, and ask whether these come out again."""
    from sklearn.cluster import AgglomerativeClustering  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy
    from sklearn.metrics import adjusted_rand_score  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy

    labels = _in_order(_grouped(scaled, count))
    ward = AgglomerativeClustering(n_clusters=count, linkage="ward").fit_predict(scaled)
    jaccard, again = _stability(scaled, labels, resampled)
    sizes = np.bincount(labels, minlength=count)
    silhouette = _silhouette(scaled, labels)
    row = {
        "types": count,
        "silhouette": silhouette,
        "stability": float(jaccard.min()),
        "agreement": float(adjusted_rand_score(ward, labels)),
        "smallest": int(sizes.min()),
        "by_chance": by_chance,
    }
    eligible = row["stability"] >= STABLE and silhouette > by_chance and row["smallest"] >= FEWEST_AREAS
    return _Tried(labels, jaccard, again, {**row, "eligible": bool(eligible)})


def _grouped(scaled: Floats, count: int) -> Integers:
    from sklearn.cluster import KMeans  # noqa: PLC0415 - heavy

    found = KMeans(n_clusters=count, n_init=STARTS, random_state=SEED).fit_predict(scaled)
    return np.asarray(found, dtype=np.int64)


def _silhouette(scaled: Floats, labels: Integers) -> float:
    from sklearn.metrics import silhouette_score  # noqa: PLC0415 - heavy

    return float(silhouette_score(scaled, labels)) if 1 < len(np.unique(labels)) < len(scaled) else 0.0


def _by_chance(scaled: Floats, most: int, references: int) -> float:
    """Largest silhouette of towns without types: normally distributed, with the covariances that are seen."""
    random = np.random.default_rng(SEED)
    covariance = np.atleast_2d(np.cov(scaled, rowvar=False))
    drawn = (random.multivariate_normal(np.zeros(scaled.shape[1]), covariance, len(scaled)) for _ in range(references))
    return max(_silhouette(one, _grouped(one, count)) for one in drawn for count in range(2, most + 1))


def _in_order(labels: Integers) -> Integers:
    """Number groups by their first area."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse], dtype=np.int64)


def _stability(scaled: Floats, labels: Integers, resampled: int) -> tuple[Floats, Floats]:
    """Draw areas anew and group them: how like each type its most like group is, and how often each area is in it."""
    random = np.random.default_rng(SEED)
    count = int(labels.max()) + 1
    likeness, within, drawn = np.zeros(count), np.zeros(len(labels)), np.zeros(len(labels))
    seen = np.zeros(count)
    for _ in range(resampled):
        chosen = np.unique(random.integers(0, len(labels), len(labels)))
        if len(chosen) <= count:
            continue
        groups = _grouped(scaled[chosen], count)
        for label in np.unique(labels[chosen]):
            own = labels[chosen] == label
            shares = [np.sum(own & (groups == group)) / np.sum(own | (groups == group)) for group in np.unique(groups)]
            likeness[label] += max(shares)
            seen[label] += 1
            inside = groups == np.unique(groups)[int(np.argmax(shares))]
            within[chosen[own]] += inside[own]
            drawn[chosen[own]] += 1
    return likeness / np.maximum(seen, 1), np.where(drawn > 0, within / np.maximum(drawn, 1), np.nan)


def _areas(values: pd.DataFrame, chosen: _Tried | None) -> pd.DataFrame:
    labels = np.full(len(values), np.nan) if chosen is None else chosen.labels + 1.0
    again = np.full(len(values), np.nan) if chosen is None else chosen.again
    return pd.DataFrame({"area": values.index.astype(str), "type": labels, "found_again": again})


def _types(values: pd.DataFrame, chosen: _Tried | None) -> pd.DataFrame:
    """Describe each type by the medians of its areas beside the quartiles of all."""
    if chosen is None:
        return pd.DataFrame(columns=["type", "areas", "stability"])
    medians = values.groupby(chosen.labels).median()
    low, high = values.quantile(0.25), values.quantile(0.75)
    sides = pd.DataFrame(MIDDLE, index=medians.index, columns=medians.columns)
    sides = sides.mask(medians > high, HIGH).mask(medians < low, LOW).reset_index(drop=True)
    sizes = np.bincount(chosen.labels)
    head = pd.DataFrame({"type": np.arange(len(sizes)) + 1, "areas": sizes, "stability": chosen.jaccard})
    return pd.concat([head, medians.reset_index(drop=True), sides.add_prefix("side_")], axis=1)


def _similar(values: pd.DataFrame, scaled: Floats, nearest: int) -> pd.DataFrame:
    """List the nearest areas of each; of several as near, those that stand first."""
    distance = np.sqrt(((scaled[:, np.newaxis] - scaled) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(nearest, len(values) - 1)]
    names = values.index.astype(str).to_numpy()
    rows = [
        (names[area], rank, names[other], float(distance[area, other]))
        for area, others in enumerate(order)
        for rank, other in enumerate(others, start=1)
    ]
    return pd.DataFrame(rows, columns=["area", "rank", "other", "distance"])
