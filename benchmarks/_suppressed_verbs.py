"""The verbs that `suppression` asks, of a town in full, with hidden counts known as hidden, and with them dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse import comparison, statistics, trends
from sozialanalyse.positions import add_level_positions

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue

    Floats = NDArray[np.float64]
    Signs = NDArray[np.int64]

LEVEL: Final = "quarter"

HIDDEN, MISSING = "suppressed", "missing"

NAIVE: Final = 2
"""Place of the naive view among the three."""


@dataclass(frozen=True)
class Views:
    """One town as three readers see it."""

    frames: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
    tree: AreaTree
    catalogue: Catalogue

    @classmethod
    def of(cls, full: pd.DataFrame, public: pd.DataFrame, tree: AreaTree, catalogue: Catalogue) -> Views:
        """Make the naive view of the public one: hidden values are taken for missing, and left out."""
        hidden = public["status"] == HIDDEN
        dropped = public.assign(
            status=public["status"].astype(object).mask(hidden, MISSING),
            numerator_least=public["numerator_least"].mask(hidden),
            numerator_greatest=public["numerator_greatest"].mask(hidden),
        )
        positions = ["level_mean", "level_min", "level_max", "level_areas", "rank", "quintile"]
        return cls((full, public, add_level_positions(dropped.drop(columns=positions))), tree, catalogue)

    @property
    def hidden_share(self) -> float:
        """Share of the values of quarters that are hidden."""
        quarters = self.frames[1][self.frames[1]["level"] == LEVEL]
        return float((quarters["status"] == HIDDEN).mean())

    def compared(self) -> list[pd.DataFrame]:
        """Compare the areas at the last date, in all views, in the order of areas."""
        date = self.frames[0]["period_end"].max()
        found = [
            comparison.compare(frame, self.tree, level=LEVEL, date=date, catalogue=self.catalogue).areas
            for frame in self.frames
        ]
        areas = self.tree.at(LEVEL)["area"].tolist()
        return [rows.set_index("area").reindex(areas) for rows in found]

    def developed(self) -> list[pd.DataFrame]:
        """Describe how each area developed, in all views, in the order of areas."""
        areas = self.tree.at(LEVEL)["area"].tolist()
        found = [trends.development(frame[frame["level"] == LEVEL]) for frame in self.frames]
        return [rows.set_index("area").reindex(areas) for rows in found]


def column(rows: pd.DataFrame, name: str) -> Floats:
    """Return a column as numbers; NaN where the verb gives none."""
    if name not in rows:
        return np.full(len(rows), np.nan)
    return rows[name].to_numpy(dtype=np.float64, na_value=np.nan)


NUMBERS: Final = (
    "mean of the areas",
    "smallest value of an area",
    "rank",
    "quintile",
    "smoothed value (empirical Bayes)",
    "difference from the town",
    "Gini",
    "dissimilarity",
    "mean of the years",
    "slope a year",
    "change from first to last",
)
"""Numbers asked for: of a level at one date, of an area in time."""


def numbers(town: Views) -> dict[str, tuple[Floats, ...]]:
    """Ask for numbers; each as seen in full, by ours and by the naive way."""
    compared, developed = town.compared(), town.developed()
    unequal = [_inequality(town, place, rows) for place, rows in enumerate(compared)]
    found = {
        "mean of the areas": [column(rows, "level_mean")[:1] for rows in compared],
        "smallest value of an area": [column(rows, "level_min")[:1] for rows in compared],
        "rank": [column(rows, "rank") for rows in compared],
        "quintile": [column(rows, "quintile") for rows in compared],
        "smoothed value (empirical Bayes)": [column(rows, "smoothed") for rows in compared],
        "difference from the town": [column(rows, "difference") for rows in compared],
        "Gini": [found[0] for found in unequal],
        "dissimilarity": [found[1] for found in unequal],
        "mean of the years": _means_of_years(town),
        "slope a year": [column(rows, "slope") for rows in developed],
        "change from first to last": [column(rows, "change") for rows in developed],
    }
    return {name: tuple(views) for name, views in found.items()}


def _inequality(town: Views, place: int, compared: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return Gini and dissimilarity; the verb refuses incomplete towns, so the naive way measures what is left itself."""
    if place == NAIVE:
        left = compared[compared["value"].notna()]
        gini = statistics.gini(left["value"].to_numpy(), weights=left["denominator"].to_numpy())
        apart = statistics.group_segregation(left["numerator"].to_numpy(), left["denominator"].to_numpy())
        return np.atleast_1d(gini), np.atleast_1d(apart.dissimilarity)
    frame, date = town.frames[place], town.frames[0]["period_end"].max()
    found = comparison.inequality(frame, town.tree, LEVEL, catalogue=town.catalogue, date=date)
    return column(found, "gini"), column(found, "dissimilarity")


def _means_of_years(town: Views) -> list[Floats]:
    """Average the years of each area; a hidden year leaves ours without, the naive way takes those shown."""
    result = []
    for place, frame in enumerate(town.frames):
        quarters = frame[frame["level"] == LEVEL].sort_values(["area", "period_end"])
        by_area = quarters.groupby("area", sort=True)["value"]
        mean = by_area.mean()
        complete = by_area.count() == by_area.size()
        result.append(mean.where(complete | (place == NAIVE)).to_numpy(dtype=np.float64))
    return result


CLAIMS: Final = {
    "above or below the town": False,
    "outside the funnel": False,
    "fifth with the highest or lowest values": False,
    "discernibly among the ranks of one half": False,
    "stands out (noticeable)": False,
    "rises or falls (development)": True,
}
"""Statements asked for, and whether it was drawn what is true of them."""


def claims(town: Views) -> dict[str, tuple[Signs, ...]]:
    """Ask for statements as signs: 1 upwards, -1 downwards, 0 none."""
    compared, developed = town.compared(), town.developed()
    found = {
        "above or below the town": [_signs(rows["relation"], comparison.ABOVE, comparison.BELOW) for rows in compared],
        "outside the funnel": [np.sign(np.nan_to_num(column(rows, "funnel"))) for rows in compared],
        "fifth with the highest or lowest values": [_ends(column(rows, "quintile"), 5, 1) for rows in compared],
        "discernibly among the ranks of one half": [_halves(rows) for rows in compared],
        "stands out (noticeable)": [_noticed(town, frame) for frame in town.frames],
        "rises or falls (development)": [_moved(rows["finding"]) for rows in developed],
    }
    return {name: tuple(np.asarray(view, dtype=np.int64) for view in views) for name, views in found.items()}


def _signs(words: pd.Series, up: str, down: str) -> Floats:
    return (words == up).to_numpy(dtype=np.float64) - (words == down).to_numpy(dtype=np.float64)


def _moved(words: pd.Series) -> Floats:
    """Say which areas are said to have moved, whether by a trend or between two dates."""
    return np.asarray(_signs(words, trends.RISING, trends.FALLING) + _signs(words, trends.HIGHER, trends.LOWER))


def _ends(values: Floats, highest: float, lowest: float) -> Floats:
    return np.where(values == highest, 1.0, np.where(values == lowest, -1.0, 0.0))


def _halves(rows: pd.DataFrame) -> Floats:
    """Say which areas are, with all their possible ranks, in the upper or in the lower half."""
    best, worst = column(rows, "rank_lower"), column(rows, "rank_upper")
    middle = (len(rows) + 1) / 2
    return (worst < middle).astype(np.float64) - (best > middle).astype(np.float64)


def _noticed(town: Views, frame: pd.DataFrame) -> Floats:
    """Say which areas stand out by their level."""
    tests = comparison.noticeable.find(frame, town.tree, LEVEL, catalogue=town.catalogue).tests
    level = tests[tests["kind"] == comparison.noticeable.LEVEL].set_index("area")
    level = level.reindex(town.tree.at(LEVEL)["area"].tolist())
    reported = level["reported"].eq(other=True).to_numpy(dtype=np.bool_)  # an area without test has none
    return np.where(reported, np.sign(level["difference"].to_numpy(dtype=np.float64)), 0.0)
