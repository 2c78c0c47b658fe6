"""Rates carried forward: only series that are long enough, told, and were computed better than by 'as last time'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse import outlook
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook.rates import BETTER_BY, _ahead, _fitted, share_better
from tests.tables import indicator_frame, tree

TOWN = tree(
    """
    area level   parent
    T    town    .
    A    quarter T
    """
)


def series(values, first=2000, **columns):
    extra = " ".join(columns)
    cells = " ".join(str(cell) for cell in columns.values())
    lines = [f"A {first + year}-12-31 {value} {cells}" for year, value in enumerate(values)]
    return indicator_frame(f"area end value {extra}\n" + "\n".join(lines), TOWN)


def told(frame, **options):
    found = outlook.rates(frame, **options)
    return found.statements.iloc[0], found.frame


NOISE = np.random.default_rng(3).normal(0, 1, 18).round(3)
"""Chance alone, around a level: what comes next is nearer to the mean of all than to the last."""


def test_a_series_that_varies_around_a_level_returns_to_it():
    statement, frame = told(series(20 + NOISE))
    assert (statement["claim"], statement["method"], statement["points"]) == ("no_clear_change", "local_level", 18)
    assert statement["mase"] < (1 - BETTER_BY) * statement["naive_mase"]
    assert frame["period_end"].dt.strftime("%Y-%m-%d").tolist() == ["2018-12-31", "2019-12-31", "2020-12-31"]
    assert frame["value"].to_numpy() == pytest.approx(20, abs=0.5)
    assert (frame["lower"] < 19.5).all()
    assert (frame["upper"] > 20.5).all()


def test_a_steady_rise_goes_on_and_is_damped():
    statement, frame = told(series([10 + year + 0.1 * (year % 2) for year in range(18)]))
    assert (statement["claim"], statement["method"]) == ("would_rise", "damped_trend")
    assert 27 < frame["value"].iloc[0] < 28.2
    assert frame["value"].diff().dropna().between(0.5, 1.05).all()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (20 + NOISE[:11], "too_short"),
        (np.cumsum(NOISE) + 50, "naive_not_beaten"),
        ([20.0] * 15, "constant"),
    ],
)
def test_series_that_bear_no_outlook_say_why(values, why):
    statement, frame = told(series(values))
    assert (statement["claim"], statement["reason"], len(frame)) == ("not_computed", why, 0)


def test_hidden_values_end_it():
    rows = series(20 + NOISE)
    hidden = rows.assign(
        value=rows["value"].mask(rows.index == 4), status=rows["status"].mask(rows.index == 4, "suppressed")
    )
    statement, frame = told(hidden)
    assert (statement["reason"], len(frame)) == ("hidden", 0)


def test_only_the_years_since_the_last_break_or_gap_count():
    broken = series(20 + NOISE)
    statement, _ = told(broken.assign(segment=(broken.index >= 10).astype(int)))
    assert (statement["reason"], statement["points"]) == ("too_short", 8)
    gap = broken.drop(index=5)
    assert told(gap)[0]["points"] == 12


def test_shares_stay_between_nothing_and_the_whole():
    near = series(np.minimum(100, 99 + NOISE / 2), numerator=99)
    assert told(near)[1]["upper"].max() <= 100
    rare = series(0.5 + NOISE / 6)
    assert told(rare)[1]["lower"].min() >= 0


@pytest.mark.parametrize("name", ["local_level", "damped_trend"])
def test_limits_are_those_of_statsmodels(name):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    values = 20 + NOISE + np.arange(18) / 2
    fit = _fitted(values, name)
    centre, reach = _ahead(values, fit, 4)
    peer = ETSModel(
        pd.Series(values), trend="add" if name == "damped_trend" else None, damped_trend=name == "damped_trend"
    )
    table = peer.smooth(fit.parameters).get_prediction(start=18, end=21).summary_frame(alpha=0.2)
    assert centre[-1] == pytest.approx(table["mean"].to_numpy())
    assert centre[-1] + reach == pytest.approx(table["pi_upper"].to_numpy(), rel=1e-6)


def test_how_many_series_were_computed_better():
    found = outlook.rates(series(20 + NOISE))
    row = share_better(found.statements).iloc[0]
    assert (row["indicator"], row["series"], row["better"]) == ("share", 1, 1)
    assert 0.5 < row["coverage"] <= 1


def test_no_far_horizon():
    with pytest.raises(UsageError, match="the horizon is 6 years; it must be from 1 to 5"):
        outlook.rates(series(20 + NOISE), horizon=6)
