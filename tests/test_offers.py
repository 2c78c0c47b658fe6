"""Supply per need: what is within reach adds up, more offers never mean less, and a niche needs both sides of the evidence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sozialanalyse.areas import AreaTree
from sozialanalyse.loading.offers import Offer, Offers
from sozialanalyse.loading.offers_file import Need
from sozialanalyse.offers import coverage, floating_catchments, niches, supply
from sozialanalyse.offers.supply import per_persons

TREE = AreaTree.from_frame(
    pd.DataFrame(
        [("0", "Stadt", "stadt", ""), ("1", "Nord", "bezirk", "0"), ("2", "Süd", "bezirk", "0")]
        + [(area, area, "ort", area[0]) for area in ("11", "12", "21")],
        columns=["area", "name", "level", "parent"],
    ),
    ["ort", "bezirk", "stadt"],
    "areas.csv",
)
CENTRES = {"11": (0.0, 0.0), "12": (1000.0, 0.0), "21": (5000.0, 0.0)}
NEED = Need.model_validate(
    {
        "id": "meeting",
        "label": {"de": "Begegnung", "en": "Meeting"},
        "kinds": ["meeting_place"],
        "persons": {"indicator": "share_65plus", "part": "numerator"},
        "need": "grundsicherung_im_alter",
        "reach": 1300,
    }
)
OLD = {"11": 100, "12": 300, "21": 200, "1": 400, "2": 200, "0": 600}
DAY = pd.Timestamp("2024-12-31")


def offer(name: str, area: str, places: int | None = 30, **more: object) -> Offer:
    return Offer.model_validate(
        {
            "id": name,
            "name": name,
            "kind": "meeting_place",
            "area": area,
            "places": places,
            "location_visibility": "public",
            **more,
        }
    )


def inventory(*offers: Offer) -> Offers:
    return Offers(offers=offers, centres=CENTRES, detour=1.3)


def frame(**changes: float) -> pd.DataFrame:
    people = OLD | {name.removeprefix("a"): value for name, value in changes.items()}
    rows = [
        {"indicator": "share_65plus", "area": area, "period_end": DAY, "numerator": value}
        for area, value in people.items()
    ]
    return pd.DataFrame(rows)


def of(found: pd.DataFrame, area: str) -> pd.Series:
    return found.set_index("area").loc[area]


# --------------------------------------------------------------------------------------------------------------- catchments


def test_places_are_shared_by_all_who_have_them_within_reach():
    """Of 100 persons at each of two points, both share the first offer; the second one is within reach of the second point only."""
    found = floating_catchments([20, 10], [100, 100], [[True, False], [True, True]])
    assert found.ratio.tolist() == [0.1, 0.1]
    assert found.access.tolist() == [0.1, 0.2]
    assert found.reachable.tolist() == [1, 2]


def test_what_nobody_reaches_supplies_nobody():
    found = floating_catchments([20], [100, 100], [[False], [False]])
    assert np.isnan(found.ratio).all()
    assert found.access.tolist() == [0, 0]


def test_an_unknown_number_of_persons_makes_unknown_what_is_shared_with_them():
    found = floating_catchments([20, 10], [np.nan, 100, 50], [[True, False], [True, False], [False, True]])
    assert np.isnan(found.access[:2]).all()
    assert found.access[2] == pytest.approx(0.2)


def test_interval_of_one_offer_is_that_of_a_poisson_count_on_the_scale_of_logarithms():
    access, lower, upper = floating_catchments([20], [100], [[True]]).mean(np.array([100.0]))
    assert (access, lower, upper) == pytest.approx((0.2, 0.2 * np.exp(-0.1959964), 0.2 * np.exp(0.1959964)))


def test_negative_places_are_refused():
    with pytest.raises(ValueError, match="must not be negative"):
        floating_catchments([-1], [1], [[True]])


SIZES = st.tuples(st.integers(1, 6), st.integers(1, 5))


@st.composite
def towns(draw: st.DrawFn):
    points, offers = draw(SIZES)
    persons = draw(arrays.arrays(float, points, elements=st.integers(0, 500).map(float)))
    places = draw(arrays.arrays(float, offers, elements=st.integers(0, 100).map(float)))
    within = draw(arrays.arrays(bool, (points, offers)))
    return places, persons, within


@given(towns())
def test_access_adds_up_to_the_places_that_somebody_reaches(town):
    places, persons, within = town
    reached = ((persons[:, None] * within).sum(axis=0) > 0) * places
    access = floating_catchments(places, persons, within).access
    assert (persons @ access) == pytest.approx(reached.sum())


@given(towns(), st.integers(1, 50))
def test_more_places_never_mean_less_for_anybody(town, more):
    places, persons, within = town
    before = floating_catchments(places, persons, within).access
    after = floating_catchments(places + np.eye(len(places))[0] * more, persons, within).access
    assert (after >= before - 1e-12).all()


@given(towns())
def test_intervals_hold_their_value(town):
    places, persons, within = town
    access, lower, upper = floating_catchments(places, persons, within).mean(persons)
    assert np.isnan(access) or lower <= access <= upper


# ------------------------------------------------------------------------------------------------------------------- supply


def test_places_per_hundred_persons():
    assert per_persons(30, 100) == pytest.approx((30, 24.665, 36.872), abs=0.001)
    assert per_persons(0, 100) == (0, 0, 0)
    assert np.isnan(per_persons(30, 0)).all()
    assert np.isnan(per_persons(np.nan, 100)).all()


def test_supply_in_the_area_and_within_reach():
    """An offer in 11 is 1,000 metres from the centre of 12: 1,300 on foot, which is just within reach."""
    found = supply(inventory(offer("a", "11", x=0.0, y=0.0)), NEED, frame(), TREE, "ort")
    assert found["area"].tolist() == ["11", "12", "21", "0"]
    assert found["offers"].tolist() == [1, 0, 0, 1]
    assert of(found, "11")["supply"] == pytest.approx(30)
    assert of(found, "12")["supply"] == 0
    assert [round(value, 3) for value in found["access"]] == [7.5, 7.5, 0, 5]
    assert found["reachable"].round(2).tolist() == [1, 1, 0, 0.67]


def test_a_metre_beyond_is_out_of_reach():
    found = supply(inventory(offer("a", "11", x=-1.0, y=0.0)), NEED, frame(), TREE, "ort")
    assert of(found, "11")["access"] == pytest.approx(30)
    assert of(found, "12")["access"] == 0


def test_larger_areas_have_the_mean_of_their_people():
    found = supply(inventory(offer("a", "11")), NEED, frame(), TREE, "bezirk")
    assert of(found, "1")["access"] == pytest.approx(7.5)
    assert of(found, "1")["offers"] == 1


def test_an_area_served_goes_before_the_way():
    found = supply(inventory(offer("a", "11", area_served=("2",))), NEED, frame(), TREE, "ort")
    assert found["access"].tolist() == [0, 0, 15, 5]


def test_of_an_offer_with_a_larger_area_only_the_middle_is_known():
    """Between 11 and 12: 650 metres on foot from each."""
    found = supply(inventory(offer("a", "1")), NEED, frame(), TREE, "ort")
    assert found["offers"].tolist() == [0, 0, 0, 1]
    assert found["access"].round(2).tolist() == [7.5, 7.5, 0, 5]


def test_offers_that_do_not_run_on_the_day_do_not_count():
    gone = offer("a", "11", valid_to=dt.date(2024, 12, 30))
    still = offer("b", "11", valid_to=dt.date(2024, 12, 31))
    found = supply(inventory(gone, still), NEED, frame(), TREE, "ort")
    assert of(found, "11")["offers"] == 1


def test_places_that_nobody_states_are_no_zero():
    found = supply(inventory(offer("a", "11", places=None), offer("b", "12")), NEED, frame(), TREE, "ort")
    assert np.isnan(of(found, "11")["places"])
    assert of(found, "12")["places"] == 30
    assert np.isnan(of(found, "0")["supply"])


def test_hidden_persons_leave_supply_unknown_where_they_share_it():
    found = supply(inventory(offer("a", "11", x=0.0, y=0.0), offer("b", "21")), NEED, frame(a12=np.nan), TREE, "ort")
    assert np.isnan(found["access"][:2]).all()
    assert of(found, "21")["access"] == pytest.approx(15)


def test_where_nobody_counted_the_persons_there_is_nothing():
    assert supply(inventory(offer("a", "11")), NEED, frame().head(0), TREE, "ort").empty


# ------------------------------------------------------------------------------------------------------------------- niches


def compared(**relations: str) -> pd.DataFrame:
    rows = [{"indicator": NEED.need, "area": area.removeprefix("a"), "relation": to} for area, to in relations.items()]
    return pd.DataFrame(rows)


def supplied(**access: tuple[float, float, float]) -> pd.DataFrame:
    rows = [
        {
            "need": "meeting",
            "area": area.removeprefix("a"),
            "period_end": DAY,
            "offers": 1,
            "reachable": 2.0,
            **dict(zip(("access", "access_lower", "access_upper"), ends, strict=True)),
        }
        for area, ends in access.items()
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("relation", "ends", "is_niche"),
    [
        ("above", (3, 2, 4.9), True),
        ("above", (3, 2, 5.0), False),  # the town's value is within the interval
        ("around", (3, 2, 4.9), False),
        ("below", (3, 2, 4.9), False),
        ("above", (0, 0, 0), True),
        ("above", (np.nan, np.nan, np.nan), False),
        ("unknown", (3, 2, 4), False),
    ],
)
def test_a_niche_needs_both_a_greater_need_and_less_within_reach(relation, ends, is_niche):
    found = niches(supplied(a11=ends, a0=(5, 5, 5)), compared(a11=relation), NEED, "0")
    assert found["area"].tolist() == ["11"]
    assert found["niche"].tolist() == [is_niche]


def test_where_a_lower_value_is_the_greater_need_the_sides_change():
    turned = NEED.model_copy(update={"turned": True})
    found = niches(supplied(a11=(3, 2, 4), a0=(5, 5, 5)), compared(a11="below"), turned, "0")
    assert found["niche"].tolist() == [True]


def test_offers_overlap_where_several_are_within_reach_and_more_than_in_the_town():
    found = niches(supplied(a11=(9, 8, 10), a12=(5, 4, 6), a0=(5, 5, 5)), compared(a11="around"), NEED, "0")
    assert found["overlap"].tolist() == [True, False]
    assert found["greater"].tolist() == ["around", "unknown"]


# ----------------------------------------------------------------------------------------------------------------- coverage


def test_an_offer_for_several_groups_counts_for_each():
    offers = inventory(
        offer("a", "11", target_groups=("older", "families")),
        offer("b", "11", None, target_groups=("older",), barrier_free="yes"),
        offer("c", "12"),
    )
    found = coverage(offers, ["older", "families", "children"], DAY.date())
    assert found.to_dict("list") == {
        "target_group": ["older", "families", "children", ""],
        "offers": [2, 1, 0, 1],
        "kinds": [1, 1, 0, 1],
        "without_places": [1, 0, 0, 0],
        "places": [30, 30, 0, 30],
        "barrier_free": [1, 0, 0, 0],
    }
