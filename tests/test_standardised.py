"""Standardised rates and life expectancy by area: by hand, against the statistics on arrays, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sozialanalyse import standardised, statistics
from sozialanalyse.errors import UsageError
from tests.tables import COUNT, counts, indicator, shown, tree

TOWN = tree(
    """
    area level   parent
    T    town    .
    A    quarter T
    B    quarter T
    """
)

MORTALITY = indicator(
    "mortality",
    kind="rate",
    unit="per_1000",
    numerator={"measure": "deaths"},
    denominator={"measure": "people"},
    max_gap_days=0,
)

YOUNG_AND_OLD = """
    area measure period     age  value
    A    people  2011-12-31 0-64 900
    A    people  2011-12-31 65+  100
    B    people  2011-12-31 0-64 500
    B    people  2011-12-31 65+  500
    A    deaths  2011       0-64 9
    A    deaths  2011       65+  6
    B    deaths  2011       0-64 5
    B    deaths  2011       65+  30
"""


def delivered(text=YOUNG_AND_OLD, **changes):
    for old, new in changes.items():
        text = text.replace(old.replace("_", " "), new)
    return counts(text)


def refusal(call, *arguments, **options):
    with pytest.raises(UsageError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_a_standardised_rate_compares_as_if_ages_were_the_towns():
    """B's crude rate is more than twice that of A, yet at every age they die alike (1 % and 6 %)."""
    found = standardised.rates(delivered(), TOWN, MORTALITY)
    assert shown(found, "area events population crude value label grade", 2) == [
        "A 15 1000 15 25 given limited",
        "B 35 1000 35 25 given reliable",
        "T 50 2000 25 25 given reliable",
    ]
    peer = statistics.direct_standardisation([[9, 6]], [[900, 100]], [1400, 600])
    row = found.set_index("area").loc["A"]
    assert (row["lower"], row["upper"]) == pytest.approx((1000 * peer.lower[0], 1000 * peer.upper[0]))


def test_below_ten_events_there_is_no_rate_but_a_label():
    rows = delivered(YOUNG_AND_OLD.replace("A    deaths  2011       65+  6", "A    deaths  2011       65+  0"))
    found = standardised.rates(rows, TOWN, MORTALITY).set_index("area")
    assert (found.at["A", "events"], found.at["A", "label"]) == (9, "too_few_events")
    assert np.isnan(found.at["A", "value"])
    ten = delivered(YOUNG_AND_OLD.replace("A    deaths  2011       65+  6", "A    deaths  2011       65+  1"))
    assert standardised.rates(ten, TOWN, MORTALITY).set_index("area").at["A", "label"] == "given"


@pytest.mark.parametrize(("mark", "label"), [("*", "hidden"), ("-", "missing")])
def test_what_is_hidden_or_missing_counts_for_nothing_less(mark, label):
    rows = delivered(YOUNG_AND_OLD.replace("A    deaths  2011       0-64 9", f"A    deaths  2011       0-64 {mark}"))
    found = standardised.rates(rows, TOWN, MORTALITY).set_index("area")
    assert found["label"].to_dict() == {"T": label, "A": label, "B": "given"}


def test_own_and_european_standard():
    table = pd.DataFrame({"age_from": [0, 65], "weight": [3, 1]})
    found = standardised.rates(delivered(), TOWN, MORTALITY, standard=table).set_index("area")
    assert found.at["B", "value"] == pytest.approx(1000 * (0.75 * 0.01 + 0.25 * 0.06))
    european = standardised.rates(delivered(), TOWN, MORTALITY, standard="ESP2013").set_index("area")
    old = (5500 + 5000 + 4000 + 2500 + 1500 + 1000) / 100_000
    assert european.at["B", "value"] == pytest.approx(1000 * ((1 - old) * 0.01 + old * 0.06))
    assert (
        refusal(standardised.rates, delivered(), TOWN, MORTALITY, standard="ESP")
        == "unknown standard 'ESP'; did you mean: ESP2013?"
    )


def test_bands_are_those_that_both_share():
    """Deaths come by 0-64 and 65+, people finer: the finest bands of both are these two."""
    finer = YOUNG_AND_OLD.replace(
        "    A    people  2011-12-31 0-64 900",
        "    A    people  2011-12-31 0-29 400\n    A    people  2011-12-31 30-64 500",
    )
    found = standardised.rates(delivered(finer), TOWN, MORTALITY)
    assert found["value"].round(6).tolist() == [25, 25, 25]


def test_years_are_pooled_from_the_last_one_back():
    years = YOUNG_AND_OLD + "".join(
        f"    {area} {measure} {year}{end} {age} {value}\n"
        for year in (2009, 2010)
        for area in "AB"
        for measure, end, values in (("people", "-12-31", (500, 500)), ("deaths", "", (5, 30)))
        for age, value in zip(("0-64", "65+"), values, strict=True)
    )
    found = standardised.rates(delivered(years), TOWN, MORTALITY, pooled=2)
    assert shown(found, "area first last periods events population", 0) == [
        "A 2010-12-31 2011-12-31 2 50 2000",
        "B 2010-12-31 2011-12-31 2 70 2000",
        "T 2010-12-31 2011-12-31 2 120 4000",
    ]
    assert (
        refusal(standardised.rates, delivered(years), TOWN, MORTALITY, pooled=4)
        == "4 periods cannot be pooled; there are 3"
    )


def test_ratios_hold_areas_against_the_towns_rates():
    """At the town's rates (1 % and 6 %) 15 deaths were expected in A, and 15 were."""
    found = standardised.ratios(delivered(), TOWN, MORTALITY)
    assert shown(found, "area observed expected value claim label", 2) == [
        "A 15 15 1 around given",
        "B 35 35 1 around given",
        "T 50 50 1 around given",
    ]
    more = delivered(YOUNG_AND_OLD.replace("B    deaths  2011       65+  30", "B    deaths  2011       65+  90"))
    assert standardised.ratios(more, TOWN, MORTALITY).set_index("area")["claim"].to_dict() == {
        "T": "around",
        "A": "below",
        "B": "around",
    }


def test_ratios_need_only_the_sum_of_an_areas_events():
    """A's deaths are hidden by age; their sum is told, and the town's ages are."""
    told = """
        T    deaths  2011       0-64 14
        T    deaths  2011       65+  36
        A    deaths  2011       .    15
    """
    hidden = YOUNG_AND_OLD.replace("A    deaths  2011       0-64 9", "A    deaths  2011       0-64 *")
    found = standardised.ratios(delivered(hidden.rstrip() + told), TOWN, MORTALITY).set_index("area")
    assert (found.at["A", "value"], found.at["A", "label"]) == (1.0, "given")
    alone = standardised.ratios(delivered(hidden), TOWN, MORTALITY).set_index("area")
    assert alone["label"].unique().tolist() == ["hidden"]


def test_what_cannot_be_standardised():
    assert "is no rate or proportion of people" in refusal(standardised.rates, delivered(), TOWN, indicator(**COUNT))
    by_total = delivered(YOUNG_AND_OLD.replace("0-64", ".").replace("65+", ".")).drop_duplicates(["area", "measure"])
    assert "share no age bands" in refusal(standardised.rates, by_total, TOWN, MORTALITY)
    stock = indicator(numerator={"measure": "poor"}, denominator={"measure": "people"})
    poor = delivered(YOUNG_AND_OLD.replace("deaths  2011 ", "poor  2011-12-31 "))
    assert len(standardised.rates(poor, TOWN, stock)) == 3
    assert "counted on a day" in refusal(standardised.rates, poor, TOWN, stock, pooled=2)


BANDS = ["0", "1-4", *(f"{first}-{first + 4}" for first in range(5, 90, 5)), "90+"]
DEATHS = [4, 1, 1, 1, 2, 3, 4, 4, 5, 7, 10, 15, 24, 35, 50, 70, 100, 140, 160, 150]
PEOPLE = [1000, 4000, *[5000] * 14, 3000, 2000, 1000, 600]


def lives(of_b=1, years=(2010, 2011), deaths=tuple(DEATHS)):
    """A: the table above in each year; B: the same divided by ``of_b``."""
    lines = [
        f"{area} {measure} {year}{end} {band} {value // (of_b if area == 'B' else 1)}"
        for area in "AB"
        for year in years
        for measure, end, values in (("people", "-12-31", PEOPLE), ("deaths", "", deaths))
        for band, value in zip(BANDS, values, strict=True)
    ]
    return counts("area measure period age value\n" + "\n".join(lines))


def test_life_expectancy_is_that_of_the_years_pooled():
    found = standardised.life_expectancy(lives(), TOWN, population="people", pooled=2).set_index("area")
    assert found["label"].tolist() == ["given"] * 3
    assert found["value"].round(1).tolist() == [80.6] * 3
    assert found.at["A", "person_years"] == 2 * sum(PEOPLE)
    assert found.at["T", "upper"] - found.at["T", "lower"] < found.at["A", "upper"] - found.at["A", "lower"]


def test_no_life_expectancy_of_small_areas():
    small = standardised.life_expectancy(lives(of_b=40), TOWN, population="people", pooled=2).set_index("area")
    assert small["label"].to_dict() == {"T": "given", "A": "given", "B": "too_few_people"}
    assert np.isnan(small.at["B", "value"])
    nobody = standardised.life_expectancy(lives(deaths=(*DEATHS[:-1], 0)), TOWN, population="people", pooled=1)
    assert set(nobody["label"]) == {"no_deaths_at_the_end"}


def test_life_tables_need_their_ages():
    assert "make up no life table" in refusal(standardised.life_expectancy, delivered(), TOWN, population="people")
    assert (
        refusal(standardised.life_expectancy, delivered(), TOWN, population="peopl")
        == "unknown measure 'peopl'; did you mean: people?"
    )
