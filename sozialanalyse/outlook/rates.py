"""Rates carried forward a few years, only where the series bears it: enough points, and better than 'as last time' before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sozialanalyse.amounts import SUPPRESSED
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook.past import CONFIDENCE
from sozialanalyse.outlook.populations import last_yearly_run
from sozialanalyse.outlook.statements import COLUMNS, claims

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_POINTS: Final = 12
"""Yearly points since the last break: eight to estimate a level and a direction, four to test them on."""

FARTHEST: Final = 5
"""Years; rates of small areas bear no longer outlook."""

BETTER_BY: Final = 0.05
"""By so much smaller than the naive way's must the error be: smoothing that smooths nothing is the naive way."""

LOCAL_LEVEL, DAMPED_TREND = "local_level", "damped_trend"
TOO_SHORT, HIDDEN, NAIVE_NOT_BEATEN, CONSTANT = "too_short", "hidden", "naive_not_beaten", "constant"
"""Why nothing is computed: fewer points than :data:`LEAST_POINTS`; confidential values; 'as last time' is no worse; no change at all."""

SERIES = ["indicator", "area", "level"]


class _Fit(NamedTuple):
    name: str
    parameters: Floats
    scatter: float  # standard deviation of the errors one year ahead
    criterion: float  # AICc


class _Tested(NamedTuple):
    scaled: float
    naive: float
    inside: int
    tested: int


@dataclass(frozen=True)
class RateOutlook:
    """Rates to come, and what became of each series.

    Parameters
    ----------
    frame
        A row for each series that bears it and each year: ``indicator, area, level, period_end, distance, value, lower,
        upper`` (80 % interval), ``method``.
    statements
        A row for each series: the columns of a statement, ``points, mase, naive_mase, inside, tested``. Series that bear no outlook have
        the claim ``not_computed`` and say why in ``reason``.
    """

    frame: pd.DataFrame
    statements: pd.DataFrame


def rates(frame: pd.DataFrame, *, horizon: int = 3) -> RateOutlook:
    """Carry rates forward by exponential smoothing: a local level, or a damped trend where it fits better by AICc.

    The way is chosen and estimated on the first two thirds of the years and tested from every date of the rest on, up to the
    horizon. Only where its mean error is clearly below that of the naive way ("as last time", see :data:`BETTER_BY`) is it computed, from all years.

    Parameters
    ----------
    frame
        Indicator frame; values converted to other areas count as missing.
    horizon
        Years, from 1 to :data:`FARTHEST`.

    Raises
    ------
    UsageError
        If the horizon is longer.

    Notes
    -----
    That it was better on few years is weak evidence, and among many series some are by chance: ``naive_mase`` stands beside ``mase``.

    References
    ----------
    Hyndman, Koehler, Ord, Snyder (2008), Forecasting with Exponential Smoothing.
    """
    if not 1 <= horizon <= FARTHEST:
        raise UsageError("the horizon is {horizon} years; it must be from 1 to {most}", horizon=horizon, most=FARTHEST)
    ahead, stated = [], []
    caps = _caps(frame)
    ordered = frame.sort_values([*SERIES, "period_end"], kind="stable")
    for _, rows in ordered.groupby(SERIES, sort=False, observed=True):
        series = {name: str(rows[name].iloc[0]) for name in SERIES}
        computed, statement = _one(rows, horizon, caps[series["indicator"]])
        ahead.append(pd.DataFrame({**series, **computed}) if computed else pd.DataFrame())
        stated.append({**series, **statement})
    return RateOutlook(_rows_ahead(ahead), pd.DataFrame(stated, columns=[*COLUMNS, *TESTED]))


TESTED: Final = ["points", "mase", "naive_mase", "inside", "tested"]


def _rows_ahead(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = [*SERIES, "period_end", "distance", "value", "lower", "upper", "method"]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)


def _caps(frame: pd.DataFrame) -> dict[str, float]:
    """Largest possible value of each indicator: of a share its whole, of others none."""
    caps = {}
    for indicator, rows in frame.groupby("indicator", sort=False, observed=True):
        known = rows[(rows["numerator"] > 0) & rows["denominator"].notna()]
        is_share = len(known) > 0 and bool((known["numerator"] <= known["denominator"]).all())
        factor = float((known["value"] * known["denominator"] / known["numerator"]).median()) if is_share else np.inf
        caps[str(indicator)] = factor
    return caps


def _one(rows: pd.DataFrame, horizon: int, cap: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compute one series, or say why not."""
    series = _last_stretch(rows)
    values = series["value"].to_numpy(dtype=np.float64)
    statement = _statement(series)
    if (series["status"] == SUPPRESSED).any():
        return {}, statement | {"reason": HIDDEN}
    if len(values) < LEAST_POINTS:
        return {}, statement | {"reason": TOO_SHORT}
    if np.ptp(values) == 0:
        return {}, statement | {"reason": CONSTANT}
    known = -(-2 * len(values) // 3)
    fit = _best_fit(values[:known])
    tested = _test(values, known, horizon, fit)
    statement |= {"mase": tested.scaled, "naive_mase": tested.naive, "inside": tested.inside, "tested": tested.tested}
    if not tested.scaled <= (1 - BETTER_BY) * tested.naive:
        return {}, statement | {"reason": NAIVE_NOT_BEATEN}
    return _carried(series, _fitted(values, fit.name), horizon, cap, statement)


def _last_stretch(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the yearly values since the last break, without gap up to the last; those of a hidden series with them."""
    rows = rows[rows["segment"] == rows["segment"].max()].drop_duplicates("period_end", keep="last")
    if "interpolated" in rows:
        rows = rows[~rows["interpolated"].astype(bool)]
    told = rows[rows["value"].notna() | (rows["status"] == SUPPRESSED)]
    if told.empty:
        return told
    return told.iloc[last_yearly_run(pd.DatetimeIndex(told["period_end"]))]


def _statement(series: pd.DataFrame) -> dict[str, Any]:
    end = series["period_end"].iloc[-1] if len(series) else pd.NaT
    empty = dict.fromkeys(("size", "lower", "upper", "p_value", "mase", "naive_mase"), np.nan)
    base = {"claim": "not_computed", "first": end, "last": end, "reference": "", "method": "", "grade": None}
    return {**base, **empty, "caveats": (), "points": len(series), "inside": 0, "tested": 0}


def _best_fit(values: Floats) -> _Fit:
    fits = [_fitted(values, name) for name in (LOCAL_LEVEL, DAMPED_TREND)]
    return min(fits, key=lambda fit: fit.criterion)


def _fitted(values: Floats, name: str) -> _Fit:
    result = _model(values, name).fit(disp=False)
    return _Fit(name, np.asarray(result.params), float(np.sqrt(result.mse)), float(result.aicc))


def _model(values: Floats, name: str) -> Any:
    # Loaded here: it takes longer than everything else together.
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415

    trend = "add" if name == DAMPED_TREND else None
    return ETSModel(pd.Series(values), trend=trend, damped_trend=trend is not None)


def _test(values: Floats, known: int, horizon: int, fit: _Fit) -> _Tested:
    """Compute from every date of the last third on, with what was estimated before; nothing is estimated again."""
    centre, reach = _ahead(values, fit, horizon)
    origins = np.arange(known - 1, len(values) - 1)[:, np.newaxis]
    later = origins + np.arange(1, horizon + 1)
    tested = later < len(values)
    found = values[np.minimum(later, len(values) - 1)]
    missed = np.abs(found - centre[origins[:, 0]])
    usual = float(np.abs(np.diff(values[:known])).mean()) or np.nan
    naive = float(np.abs(found - values[origins])[tested].mean()) / usual
    inside = int((missed <= reach)[tested].sum())
    return _Tested(float(missed[tested].mean()) / usual, naive, inside, int(tested.sum()))


def _ahead(values: Floats, fit: _Fit, years: int) -> tuple[Floats, Floats]:
    """Go on from every date of a series with given parameters.

    The scatter is that of the years on which the parameters were estimated. The variance of what lies j years ahead is
    sigma^2 (1 + sum of c_i^2, i < j), c_i = alpha + beta (phi + ... + phi^i): Hyndman and others (2008), table 6.2.

    Returns
    -------
    centre
        Shape (dates, years).
    reach
        Shape (years,): half the width of the interval.
    """
    smoothed = _model(values, fit.name).smooth(fit.parameters)
    named = dict(zip(smoothed.model.param_names, fit.parameters, strict=True))
    damped = np.cumsum(named.get("damping_trend", 0.0) ** np.arange(1, years + 1))
    level = np.asarray(smoothed.level)[:, np.newaxis]
    slope = np.asarray(smoothed.slope)[:, np.newaxis] if fit.name == DAMPED_TREND else 0.0
    weights = named["smoothing_level"] + named.get("smoothing_trend", 0.0) * damped
    variance = 1.0 + np.concatenate([[0.0], np.cumsum(weights[:-1] ** 2)])
    return level + slope * damped, float(ndtri((1 + CONFIDENCE) / 2)) * fit.scatter * np.sqrt(variance)


def _carried(
    series: pd.DataFrame, fit: _Fit, horizon: int, cap: float, statement: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    values = series["value"].to_numpy(dtype=np.float64)
    every, reach = _ahead(values, fit, horizon)
    centre = every[-1]
    parts = [np.clip(part, 0.0, cap) for part in (centre, centre - reach, centre + reach)]
    last = series["period_end"].iloc[-1]
    ends = pd.DatetimeIndex([last + pd.DateOffset(years=year) for year in range(1, horizon + 1)]).astype(
        "datetime64[s]"
    )
    frame = {
        "period_end": ends,
        "distance": range(1, horizon + 1),
        **dict(zip(("value", "lower", "upper"), parts, strict=True)),
        "method": fit.name,
    }
    size, lower, upper = (float(part[-1] - values[-1]) for part in parts)
    claim = claims(pd.Series([lower]), pd.Series([upper]))[0]
    caveats = ("model_calculation", "model_interval")
    stated = {"claim": claim, "size": size, "lower": lower, "upper": upper, "reference": "earlier", "method": fit.name}
    return frame, statement | stated | {"last": ends[-1], "reason": fit.name, "grade": "indicative", "caveats": caveats}


def share_better(statements: pd.DataFrame) -> pd.DataFrame:
    """Say of each indicator on how many of the tested series computing clearly beat the naive way.

    Returns
    -------
    pandas.DataFrame
        ``indicator, series, better, coverage``: of the 80 % intervals over all tested years.
    """
    tested = statements[statements["tested"] > 0]
    rows = tested.assign(better=tested["mase"] <= (1 - BETTER_BY) * tested["naive_mase"]).groupby(
        "indicator", sort=False
    )
    sums = rows.agg(
        series=("area", "size"), better=("better", "sum"), inside=("inside", "sum"), tested=("tested", "sum")
    )
    sums = sums.reset_index()
    return sums.assign(coverage=sums["inside"] / sums["tested"])[["indicator", "series", "better", "coverage"]]
