"""How much of a stock remains from year to year: declared at a measure, and what an indicator and its frame make of it."""

from __future__ import annotations

import numpy as np
import pydantic
import pytest

from sozialanalyse.catalogue import Catalogue, shipped
from sozialanalyse.catalogue.model import Measure
from sozialanalyse.indicators import compute
from tests.tables import BOTH, counts, indicator, tree

TOWN = tree("area level parent\n 0 town .\n a quarter 0\n b quarter 0")


def measure(name: str = "poor", **changes: object) -> Measure:
    given = {"id": name, "label": BOTH, "unit": "persons", "period_kind": "stock", "ages": True, "source": BOTH}
    return Measure.model_validate(given | {"persistence": [0.5, 0.8]} | changes)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ("", (0.5, 0.8)),
        ("65+", (0.5, 0.8)),  # nobody outgrows it
        ("0-9", (0.45, 0.72)),  # one of ten years leaves
        ("0", (0.0, 0.0)),  # all others a year later
    ],
)
def test_who_outgrows_an_age_band_does_not_remain(age, expected):
    wanted = indicator(numerator={"measure": "poor", "age": age})
    assert Catalogue(measures=(measure(),), indicators=(wanted,)).persistence_of(wanted) == pytest.approx(expected)


def test_flows_count_others_and_of_undeclared_stocks_nothing_is_known():
    flow = measure(period_kind="flow", persistence=None)
    assert Catalogue(measures=(flow,)).persistence_of(indicator()) == (0, 0)
    assert Catalogue(measures=(measure(persistence=None),)).persistence_of(indicator()) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"persistence": [0.8, 0.5]}, "the least share stands first"),
        ({"persistence": [0.5, 1.0]}, "from 0 to below 1"),
        ({"persistence": [-0.1, 0.5]}, "from 0 to below 1"),
        ({"period_kind": "flow"}, "only of a stock"),
    ],
)
def test_impossible_shares_are_refused(changes, message):
    with pytest.raises(pydantic.ValidationError, match=message):
        measure(**changes)


def test_all_shipped_stocks_of_persons_and_households_declare_it():
    stocks = [entry for entry in shipped().measures if entry.period_kind == "stock"]
    undeclared = {entry.id for entry in stocks if entry.persistence is None}
    assert undeclared == {"living_space", "dwellings", "dwellings_bound", "dwellings_accessible"}


def test_a_frame_says_what_a_test_needs_to_know():
    catalogue = Catalogue(measures=(measure(), measure("people", persistence=None)), indicators=(indicator(),))
    delivered = counts("area measure value\n a people 100\n a poor *\n b people 50\n b poor 4")
    frame = compute(delivered, TOWN, catalogue).frame.set_index("area")
    assert frame["persistence_least"].unique().tolist() == [0.5]
    assert (frame["kind"].unique().tolist(), frame["design_effect"].unique().tolist()) == (["proportion"], [1.0])
    assert frame.loc["a", ["numerator_least", "numerator_greatest", "denominator"]].tolist() == [1, 9, 100]
    assert frame.loc["b", ["numerator_least", "numerator_greatest", "denominator"]].tolist() == [4, 4, 50]
    assert np.isnan(frame.loc["a", "numerator"])
