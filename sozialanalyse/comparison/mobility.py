"""Whether areas stay in their fifth of the town from one date to the next: transitions between quintiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse import statistics
from sozialanalyse.amounts import NUMBER, SUPPRESSED
from sozialanalyse.comparison._chosen import at_one_date, joined
from sozialanalyse.comparison.counted import COUNTED, Counted
from sozialanalyse.comparison.spans import MOST_DAYS_APART

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator

    Floats = NDArray[np.float64]

CLASSES: Final = 5

DRAWS: Final = 200
"""Towns in which no area moves, drawn to see how many seem to: the share of stayers is then known to about 0.01."""

ONE_DATE = "one_date"
"""State besides those of values: there is one date only."""

SUMMARY: Final = (
    *("indicator", "level", "first_end", "last_end", "dates", "areas", "status", "steps", "stayed", "stayed_by_chance"),
    *("mobility", "distance"),
)
STEPS: Final = ("indicator", "from_quintile", "to_quintile", "steps", "share")


class Moves(NamedTuple):
    """Result of :func:`quintile_moves`."""

    summary: pd.DataFrame
    """A row an indicator, :data:`SUMMARY`: ``stayed``, the share of steps that end in the quintile in which they began;
    ``stayed_by_chance``, that share if no area truly moved; ``mobility`` (Prais, Shorrocks: 0 all stay, 1 a step forgets where it
    began) and ``distance`` (expected number of quintiles moved, divided by four)."""
    steps: pd.DataFrame
    """Twenty-five rows an indicator, :data:`STEPS`: how many steps lead from a quintile to another, and which share of those
    that leave it."""


def quintile_moves(frame: pd.DataFrame, tree: AreaTree, level: str, *, catalogue: Catalogue) -> Moves:
    """Count how often areas move from one fifth of the areas to another, between dates at an even distance.

    Parameters
    ----------
    frame
        Indicator frame.
    tree, level, catalogue
        Of the areas.

    Returns
    -------
    Moves
        Of each indicator the dates since the last break and reform, from the last one back as long as they stand at one
        distance. ``status``: ``number``; ``suppressed`` where an area is hidden at one of them (its steps would be
        lacking, and they are those of the smallest numbers); ``one_date``. Steps from or to a missing value are not counted.

    Raises
    ------
    UsageError
        Unknown level or indicator.

    Notes
    -----
    - Ranks of small areas move by chance: ``stayed_by_chance`` is the share of stayers in towns whose areas keep their rates,
      drawn towards the common one (empirical Bayes), with other events at every date. Stocks count mostly the same people
      again, so that there more would stay; only where far fewer stayed than that, areas moved.
    - A description of what was; the long run of :func:`.statistics.steady_state` would be no outlook.

    References
    ----------
    See :func:`.statistics.transitions` and :func:`.statistics.mobility`.

    Examples
    --------
    >>> from sozialanalyse.areas import AreaTree
    >>> from sozialanalyse.catalogue import shipped
    >>> ids = list("abcdefghi")
    >>> town = {
    ...     "area": ["0", *ids],
    ...     "name": ["0", *ids],
    ...     "level": ["town"] + 9 * ["quarter"],
    ...     "parent": [""] + 9 * ["0"],
    ... }
    >>> tree = AreaTree.from_frame(pd.DataFrame(town), ["quarter", "town"])
    >>> constant = {"indicator": "old_age_dependency_ratio", "status": "number", "period_kind": "stock", "segment": 0}
    >>> dates = [pd.Timestamp(f"{year}-12-31") for year in (2020, 2021, 2022) for _ in ids]
    >>> quintiles = [1.0, 1, 2, 2, 3, 4, 4, 5, 5] + [1.0, 1, 2, 2, 4, 3, 4, 5, 5] + [1.0, 1, 2, 2, 4, 3, 4, 5, 5]
    >>> frame = pd.DataFrame(
    ...     {"area": 3 * ids, "value": quintiles, "quintile": quintiles, "period_end": dates, **constant}
    ... )
    >>> frame = frame.assign(period_start=frame["period_end"])
    >>> found = quintile_moves(frame, tree, "quarter", catalogue=shipped())
    >>> found.summary[["dates", "steps"]].to_numpy().tolist(), found.summary["stayed"].round(2).tolist()
    ([[3, 18]], [0.89])
    """
    members = tree.at(tree.require_level(level))["area"].tolist()
    inside = frame[frame["area"].isin(members)]
    summaries, parts = [], []
    for name, rows in inside.groupby("indicator", sort=False):
        summary, steps = _of_indicator(rows, members, catalogue.indicator(str(name)))
        summaries.append(summary)
        parts.append(steps)
    return Moves(pd.DataFrame(summaries, columns=list(SUMMARY)).assign(level=level), joined(parts, STEPS))


def _of_indicator(
    rows: pd.DataFrame, members: list[str], indicator: Indicator
) -> tuple[dict[str, object], pd.DataFrame]:
    summary: dict[str, object] = dict.fromkeys(SUMMARY, np.nan) | {"indicator": indicator.id, "steps": 0}
    chosen, status = _evenly_spaced(rows, members)
    ends = chosen["period_end"]
    summary |= {"first_end": ends.min(), "last_end": ends.max(), "dates": ends.nunique(), "status": status}
    summary |= {"areas": chosen.loc[chosen["value"].notna(), "area"].nunique()}
    if status != NUMBER:
        return summary, pd.DataFrame(columns=list(STEPS))
    laid = chosen.pivot_table(index="area", columns="period_end", values="quintile", aggfunc="first", dropna=False)
    found = statistics.transitions(laid.to_numpy(dtype=np.float64) - 1, CLASSES)
    total = found.counts.sum()
    summary |= {
        "steps": int(total),
        "stayed": float(np.trace(found.counts) / total) if total else np.nan,
        "stayed_by_chance": _by_chance(chosen, indicator),
    }
    if not np.isnan(found.probabilities).any():
        moved = statistics.mobility(found.probabilities, found.counts.sum(axis=1) / total)
        summary |= {"mobility": moved.prais, "distance": moved.distance}
    return summary, _laid_out(found).assign(indicator=indicator.id)[list(STEPS)]


def _evenly_spaced(rows: pd.DataFrame, members: list[str]) -> tuple[pd.DataFrame, str]:
    """Keep the comparable dates, from the last one back, as long as they stand at one distance; or say why there are none."""
    last = at_one_date(rows, members, None)
    if last.empty:
        return last, ONE_DATE
    start, end = last["period_start"].iloc[0], last["period_end"].iloc[0]
    alike = ((rows["period_end"] - rows["period_start"]) - (end - start)).abs() <= pd.Timedelta(days=MOST_DAYS_APART)
    known = rows[alike & (rows["period_end"] <= end)].merge(last[["area", "segment"]], on=["area", "segment"])
    if "interpolated" in known:
        known = known[~known["interpolated"].astype(bool)]
    given = known[known["value"].notna() | (known["status"] == SUPPRESSED)]
    ends = np.sort(given["period_end"].unique())[::-1]
    if len(ends) < 2:
        return last, ONE_DATE
    kept = ends[: 2 + _leading(np.diff(ends))]
    chosen = given[given["period_end"].isin(kept)]
    return chosen, SUPPRESSED if (chosen["status"] == SUPPRESSED).any() else NUMBER


def _leading(gaps: NDArray[np.timedelta64]) -> int:
    """Count how many gaps after the first are as long as the first."""
    alike = np.abs((gaps - gaps[0]) / np.timedelta64(1, "D")) <= MOST_DAYS_APART
    return int(np.argmin(alike) if not alike.all() else len(alike)) - 1


def _laid_out(found: statistics.Transitions) -> pd.DataFrame:
    start, end = (place.ravel() + 1 for place in np.indices(found.counts.shape))
    return pd.DataFrame(
        {
            "from_quintile": start,
            "to_quintile": end,
            "steps": found.counts.ravel().astype(np.int64),
            "share": found.probabilities.ravel(),
        }
    )


def _by_chance(chosen: pd.DataFrame, indicator: Indicator) -> float:
    """Share of stayers between two dates of towns whose areas keep their rates: about that of the last date."""
    last = chosen[chosen["period_end"] == chosen["period_end"].max()]
    if indicator.kind not in COUNTED:
        return np.nan
    counted = Counted.of(last[last["value"].notna()], indicator)
    size = counted.total
    true = statistics.empirical_bayes(counted.events, size, family=counted.family).value
    generator = np.random.default_rng(statistics.SEED)
    shape = (2 * DRAWS, len(size))
    if counted.is_part:
        drawn = generator.binomial(np.round(size).astype(np.int64), np.clip(true, 0.0, 1.0), shape)
    else:
        drawn = generator.poisson(true * size, shape)
    groups = np.repeat(np.arange(2 * DRAWS), len(size))
    classes = statistics.quintile((drawn / size).ravel(), groups=groups).reshape(shape)
    return float((classes[:DRAWS] == classes[DRAWS:]).mean())
