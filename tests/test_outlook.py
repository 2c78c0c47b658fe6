"""The population carried forward: what follows from small towns whose future can be told by heart, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse import outlook
from sozialanalyse.errors import UsageError
from sozialanalyse.outlook import Assumptions, NewBuilding
from sozialanalyse.outlook.methods import by_ratios, by_shares
from sozialanalyse.outlook.past import limits, size_classes
from sozialanalyse.outlook.populations import last_yearly_run, years_needed
from tests.tables import counts, tree

TOWN = tree(
    """
    area level   parent
    T    town    .
    A    quarter T
    B    quarter T
    """
)

FIVE_YEARS = [f"{first}-{first + 4}" for first in range(0, 60, 5)] + ["60+"]


def people(persons, years=range(2004, 2012), ages=FIVE_YEARS, sexes=("female", "male")):
    """Make counts of ``persons(area, year, band)`` at the end of each year."""
    lines = [
        f"{area} {year}-12-31 population {sex} {age or '.'} {persons(area, year, band)}"
        for area in "AB"
        for year in years
        for sex in sexes
        for band, age in enumerate(ages)
    ]
    return counts("area period measure sex age value\n" + "\n".join(lines))


def steady(_area, _year, _band):
    """Nobody is born, dies or moves but that all balances."""
    return 100


def growing(area, year, _band):
    """A gains 10 % of its first persons a year, B stays."""
    return 100 + (10 * (year - 2004) if area == "A" else 0)


def totals(frame, year, column="value"):
    whole = frame[(frame["sex"] == "all") & (frame["age_to"] == 999) & (frame["age_from"] == 0)]
    rows = whole[whole["period_end"].dt.year == year]
    return dict(zip(rows["area"], rows[column].round(3), strict=True))


def refusal(*arguments, **options):
    with pytest.raises(UsageError) as caught:
        outlook.project(*arguments, **options)
    return str(caught.value)


def test_a_population_in_balance_stays():
    found = outlook.project(people(steady), TOWN, horizon=10)
    assert totals(found.frame, 2012) == totals(found.frame, 2021) == {"A": 2600, "B": 2600, "T": 5200}
    cells = found.frame[(found.frame["sex"] != "all") & (found.frame["area"] == "A")]
    assert cells["value"].to_numpy() == pytest.approx(100.0)
    assert len(found.frame) == 10 * 3 * (1 + 2 * 13)


def test_a_cohort_grows_old():
    """200 children under 5 in A, of whom all stay, are 200 of 5 to 9 years after one step of five years."""

    def one_wave(area, year, band):
        return 200 if area == "A" and band == (year - 2004) // 5 and year == 2011 else 100

    now = outlook.project(people(one_wave), TOWN, horizon=5).frame
    in_a = now[(now["area"] == "A") & (now["sex"] == "female") & (now["distance"] == 5)].set_index("age_from")["value"]
    assert in_a[10] == pytest.approx(200, rel=0.1)
    assert in_a[20] == pytest.approx(100, rel=0.02)


def test_the_town_is_the_sum_of_its_areas_in_every_cell():
    frame = outlook.project(people(growing), TOWN, horizon=7).frame
    cells = frame.pivot_table(index=["sex", "age_from", "age_to", "distance"], columns="area", values="value")
    assert (cells["A"] + cells["B"]).to_numpy() == pytest.approx(cells["T"].to_numpy())


def test_areas_are_raked_to_the_ratios_of_the_whole_town():
    known = np.random.default_rng(1).integers(50, 150, (11, 3, 2, 13)).astype(float)
    parts = by_ratios(5, [3, 4, 5, 6, 7, 8, 9], 5, 100.0, known, 10)
    whole = by_ratios(5, [3, 4, 5, 6, 7, 8, 9], 5, 0.0, known.sum(axis=1, keepdims=True), 10)
    assert parts.sum(axis=1, keepdims=True) == pytest.approx(whole)


def test_a_tiny_cohort_follows_the_town():
    """4 persons who became 8 say nothing; borrowing 100 persons at the town's ratio of about 1 leaves about 4 x 1.04."""
    known = np.full((6, 2, 1, 13), 10_000.0)
    known[:, 1] = 4.0
    known[-1, 1, 0, 7] = 8.0
    free = by_ratios(5, [3, 4], 1, 0.0, known, 5)[-1, 1, 0, 7]
    leaning = by_ratios(5, [3, 4], 1, 100.0, known, 5)[-1, 1, 0, 7]
    assert (round(free, 2), round(leaning, 2)) == (8.0, 4.16)


def test_an_area_without_a_cohort_takes_the_ratio_of_the_town():
    known = np.full((6, 2, 1, 13), 100.0)
    known[:, 1, 0, 5] = 0.0
    assert np.isfinite(by_ratios(5, [3, 4], 1, 0.0, known, 10)).all()


@pytest.mark.parametrize(("method", "in_a"), [("constant_share", 2939.13), ("changing_share", 3322.49)])
def test_totals_as_shares_of_the_town(method, in_a):
    """A grew from 2,000 to 2,600 within four years, B stayed at 2,600: the town's growth of 13 % in four years goes on."""

    def shares(area, year, _band):
        return 2600 if area == "B" else 2000 + 150 * (year - 2007)

    rows = people(shares, range(2007, 2012), ages=[""], sexes=["all"])
    frame = outlook.project(rows, TOWN, horizon=4, method=method).frame
    last = totals(frame, 2015)
    assert last["T"] == pytest.approx(5200 * 5200 / 4600, abs=0.001)
    assert last["A"] == pytest.approx(in_a, abs=0.01)


def test_shares_of_the_town_stay():
    known = np.array([[100.0, 300], [110, 310], [140, 300]])[..., np.newaxis, np.newaxis]
    ahead = by_shares(10, 0.0, known, 3)[..., 0, 0]
    assert ahead[:, 0] / ahead.sum(axis=1) == pytest.approx([140 / 440] * 3)
    assert ahead.sum(axis=1) == pytest.approx([440 * 1.1 ** (year / 2) for year in (1, 2, 3)])


def test_the_cohort_component_method_with_given_rates():
    """All survive, none is born: without migration everybody moves up a band."""
    ages = [0, *range(5, 65, 5)]
    vital = pd.DataFrame(
        [{"sex": sex, "age_from": age, "survival": 1.0, "fertility": 0.0} for sex in ("female", "male") for age in ages]
    )
    still = people(lambda _area, year, band: 0 if 5 * band < year - 2004 else 100)
    found = outlook.project(
        still, TOWN, horizon=5, method="cohort_component", assumptions=Assumptions(vital=vital)
    ).frame
    last = found[(found["area"] == "A") & (found["sex"] == "male") & (found["distance"] == 5)].set_index("age_from")[
        "value"
    ]
    assert last[0] == 0
    assert last.sum() <= 1300
    message = refusal(still, TOWN, method="cohort_component")
    assert message.startswith(
        "the cohort-component method needs survival and fertility (assumptions: vital), for steps of 5 years"
    )
    gap = Assumptions(vital=vital[vital["age_from"] != 30])
    assert "survival is missing or impossible" in refusal(still, TOWN, method="cohort_component", assumptions=gap)


def test_net_migration_of_the_past_goes_on():
    """Components that leave everybody where they are give back the change that was seen."""
    vital = pd.DataFrame(
        [
            {"sex": sex, "age_from": age, "survival": 1.0, "fertility": 0.0}
            for sex in ("female", "male")
            for age in range(0, 65, 5)
        ]
    )
    found = outlook.project(
        people(steady), TOWN, horizon=5, method="cohort_component", assumptions=Assumptions(vital=vital)
    )
    assert totals(found.frame, 2016) == {"A": 2600, "B": 2600, "T": 5200}


def test_new_dwellings_move_people_within_the_town_or_add_to_it():
    inside = NewBuilding("A", 2013, dwellings=50, persons_per_dwelling=2)
    outside = NewBuilding("A", 2013, dwellings=50, persons_per_dwelling=2, from_outside=1.0)
    frames = {
        name: outlook.project(people(steady), TOWN, horizon=3, assumptions=Assumptions(name, (building,))).frame
        for name, building in {"within": inside, "added": outside}.items()
    }
    assert totals(frames["added"], 2012) == {"A": 2600, "B": 2600, "T": 5200}
    assert totals(frames["added"], 2013) == totals(frames["added"], 2014) == {"A": 2700, "B": 2600, "T": 5300}
    assert totals(frames["within"], 2013) == {"A": 2650, "B": 2550, "T": 5200}
    old = frames["added"][(frames["added"]["age_from"] >= 45) & (frames["added"]["area"] == "A")]
    assert old["value"].round(6).unique().tolist() == [100]


def test_homes_and_halls_are_held_constant():
    """60 of the 100 women of 60 and over in A live in a home: they neither die out nor grow in number."""
    home = pd.DataFrame([{"area": "A", "sex": "female", "age_from": 60, "age_to": 999, "persons": 60, "kind": "homes"}])

    def shrinking(area, year, band):
        return 100 - 5 * (year - 2004) if band == 12 and area == "B" else 100

    found = outlook.project(people(shrinking), TOWN, horizon=5, assumptions=Assumptions(special=home))
    cell = found.frame[
        (found.frame["area"] == "A") & (found.frame["sex"] == "female") & (found.frame["age_from"] == 60)
    ]
    assert (cell["special"] == 60).all()
    assert (cell["value"] > 60).all()
    assert totals(found.frame, 2016, "special") == {"A": 60, "B": 0, "T": 60}
    assert all("special_held_constant" in caveats for caveats in found.statements["caveats"])
    message = refusal(people(steady), TOWN, assumptions=Assumptions(special=home.assign(persons=101)))
    assert message.splitlines()[0] == (
        "area A: 101 persons in homes, halls, accommodation or prisons are more than the 100 counted on 2004-12-31 "
        "(from 60 years on, female); leave out those who came later"
    )


def test_a_given_total_of_the_town():
    given = Assumptions("given", totals={2012: 6000, 2013: 5200})
    frame = outlook.project(people(steady), TOWN, horizon=3, assumptions=given).frame
    assert [totals(frame, year)["T"] for year in (2012, 2013, 2014)] == [6000, 5200, 5200]
    assert totals(frame, 2012)["A"] == 3000


def test_variants_stand_beside_each_other():
    added = NewBuilding("B", 2012, 10, 2, 1.0)
    found = outlook.variants(people(steady), TOWN, [Assumptions(), Assumptions("building", (added,))], horizon=1)
    whole = found[(found["sex"] == "all") & (found["area"] == "B")]
    assert dict(zip(whole["variant"], whole["value"].round(6), strict=True)) == {"as_before": 2600, "building": 2620}
    with pytest.raises(UsageError, match="two variants bear one name: as_before, as_before"):
        outlook.variants(people(steady), TOWN, [Assumptions(), Assumptions()])


@pytest.mark.parametrize(
    ("assumptions", "message"),
    [
        (Assumptions(new_buildings=(NewBuilding("C", 2013, 1, 1),)), "area C: new dwellings stand in an area that is not computed on level 'quarter'"),
        (Assumptions(new_buildings=(NewBuilding("A", 2011, 1, 1),)), "area A: new dwellings of 2011 are not to come: the last count is of 2011, which holds who lives there"),
        (Assumptions(new_buildings=(NewBuilding("A", 2012, 1, 1, 1.5),)), "area A: new dwellings need persons of at least 0 and a share from outside of 0 to 1; found 1 and 1.5"),
        (Assumptions(totals={2012: float("nan")}), "the given total of 2012 is no number of persons"),
        (Assumptions(pooled_steps=0), "at least one past step is pooled and no fewer than 0 persons are borrowed; found 0 and 100.0"),
        (Assumptions(special=pd.DataFrame({"area": ["A"]})), "the table of special populations lacks the columns sex, age_from, age_to, persons, kind"),
    ],
)  # fmt: skip
def test_impossible_assumptions_are_refused(assumptions, message):
    assert refusal(people(steady), TOWN, assumptions=assumptions) == message


def test_age_bands_of_uneven_width_bear_no_cohort_model():
    ages = ["0-2", "3-5", "6-9", "10-14", "15-17", "18-24", "25-34", "35-44", "45-54", "55-59", "60-64", "65-74", "75+"]
    uneven = people(steady, range(2005, 2013), ages)
    message = refusal(uneven, TOWN)
    assert message.startswith("the age bands (0-2, 3-5, 6-9, 10-14, 15-17, 18-24, 25-34,")
    assert message.endswith("ask for finer ages, or compute totals with one of: constant_share, changing_share")
    assert totals(outlook.project(uneven, TOWN, horizon=1, method="constant_share").frame, 2013) == {
        "A": 2600,
        "B": 2600,
        "T": 5200,
    }


@pytest.mark.parametrize(("years", "enough"), [(range(2004, 2011), False), (range(2004, 2012), True)])
def test_a_series_must_show_a_step_and_leave_years_to_test_it(years, enough):
    rows = people(steady, years)
    if enough:
        assert len(outlook.project(rows, TOWN, horizon=1).frame)
    else:
        assert refusal(rows, TOWN, horizon=1) == (
            "7 yearly counts stand without a gap up to 2010-12-31, but 8 are needed: a step of 5 years must be seen in the first "
            "two thirds and tested in the rest; wait for more years, or compute totals with one of: constant_share, changing_share"
        )


def test_years_needed():
    assert [years_needed(width) for width in (0, 1, 2, 5, 10)] == [5, 5, 5, 8, 16]


def test_only_the_last_run_of_yearly_dates_counts():
    dates = pd.DatetimeIndex(["2005-12-31", "2007-12-31", "2008-06-30", "2008-12-31", "2009-12-31"])
    assert last_yearly_run(dates) == [1, 3, 4]


@pytest.mark.parametrize(("cell", "why"), [("*", "confidential"), ("-", "missing")])
def test_hidden_and_missing_counts_are_not_guessed(cell, why):
    rows = people(lambda area, year, band: cell if (area, year, band) == ("B", 2008, 3) else 100)
    message = refusal(rows, TOWN)
    assert message.startswith(f"area B: counts are {why} on 2008-12-31")
    assert "\n" not in message


def test_unknown_names():
    assert refusal(people(steady), TOWN, "populaton") == "unknown measure 'populaton'; did you mean: population?"
    assert (
        refusal(people(steady), TOWN, method="hamilton") == "unknown method 'hamilton'; did you mean: hamilton_perry?"
    )
    assert refusal(people(steady), TOWN, horizon=26) == "the horizon is 26 years; it must be from 1 to 25"


def test_the_backtest_compares_with_taking_the_last_count():
    """A grows by 130 x 2 a year and is computed better than by standing still; B stands still, so nothing beats that."""
    found = outlook.backtest(people(growing, range(2000, 2012)), TOWN, method="changing_share")
    rows = found.frame.set_index("area")
    assert rows.index.tolist() == ["A", "B", "T"]
    assert rows["level"].tolist() == ["quarter", "quarter", "town"]
    assert (rows["first"].dt.year.unique(), rows["last"].dt.year.unique()) == (2008, 2011)
    assert rows.at["A", "naive_mase"] == pytest.approx(2.5)
    assert rows.at["A", "mase"] == pytest.approx(1.09, abs=0.01)
    assert rows["better"].tolist() == [True, False, True]
    assert np.isnan(rows.at["B", "mase"])
    summary = found.summary.iloc[0]
    assert (summary["areas"], summary["better"], summary["claim"]) == (2, 1, "does_not_beat_naive")


def test_statements_name_the_change_and_its_caveats():
    found = outlook.project(people(growing, range(2000, 2012)), TOWN, horizon=3, method="changing_share").statements
    rows = found.set_index("area")
    assert rows["claim"].tolist() == ["would_rise", "no_clear_change", "would_rise"]
    assert rows.at["A", "last"] == pd.Timestamp("2014-12-31")
    assert rows.at["A", "lower"] <= rows.at["A", "size"] <= rows.at["A", "upper"]
    assert set(rows["grade"]) <= {"limited", "indicative"}
    for caveats in rows["caveats"]:
        assert caveats[0] == "model_calculation"
        assert set(caveats) <= set(outlook.CAVEATS)
    assert set(rows["reason"]) <= set(outlook.REASONS)


def test_intervals_hold_past_errors_of_areas_of_like_size():
    """Five errors of 1 to 5 per cent: 80 % of the next lie within the largest of them, in either direction."""
    computed = np.full((5, 1, 2, 1, 1), 100.0)
    found = computed * (1 + np.arange(1, 6) / 100)[:, np.newaxis, np.newaxis, np.newaxis, np.newaxis]
    classes = size_classes(np.array([100.0, 100]))
    lower, upper = limits(np.full((1, 2, 1, 1), 1000.0), computed, found, classes)
    assert (lower.ravel().tolist(), upper.ravel().tolist()) == ([950.0, 950.0], [1050.0, 1050.0])
    few = limits(np.full((1, 2, 1, 1), 1000.0), computed[:4], found[:4], classes)
    assert np.isnan(few).all()
