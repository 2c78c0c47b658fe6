"""What stands out among many: a family declared before, few false ones, and a list that is no ranking."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.catalogue import Catalogue
from sozialanalyse.comparison.noticeable import declare, find
from sozialanalyse.errors import UsageError
from sozialanalyse.indicators import add_positions
from sozialanalyse.statistics import wilson_interval
from tests.drawn_town import drawn_view
from tests.tables import COUNT, computed, counts, indicator, tree

IDS = [f"{number:02d}" for number in range(1, 13)]
TOWN = tree(
    "area level parent\n 0 town .\n A part 0\n B part 0\n"
    + "\n".join(f"{area} quarter {'A' if number < 6 else 'B'}" for number, area in enumerate(IDS)),
    ("quarter", "part", "town"),
)
ALIKE = [38, 42, 40, 39, 41, 40, 37, 43, 40, 44, 36, 40]


def frame(last, first=None, entry=None, people=400):
    """Make twelve quarters of 400 people and how many of them are poor, in 2013 and, if given, in 2011."""
    rows = [
        f"{area} {date} {measure} {value}"
        for date, poor in (("2011-12-31", first), ("2013-12-31", last))
        if poor is not None
        for area, number in zip(IDS, poor, strict=True)
        for measure, value in (("people", people), ("poor", number))
    ]
    return computed(counts("area period measure value\n" + "\n".join(rows)), TOWN, entry or indicator()).frame


def found(last, first=None, entry=None, **given):
    entry = entry or indicator()
    given = {"level": "quarter", "catalogue": Catalogue(indicators=(entry,))} | given
    return find(frame(last, first, entry), TOWN, **given)


def listed(result):
    return [f"{row.kind} {row.area} {row.relation}" for row in result.in_order_of_areas.itertuples()]


def test_one_quarter_that_is_unlike_the_others_stands_out():
    result = found([90, *ALIKE[1:]])
    assert listed(result) == ["level 01 above"]
    row = result.found.iloc[0]
    assert (row["own"], round(row["reference_value"], 1), round(row["difference"], 1)) == (22.5, 10, 12.5)
    assert row["method"] == "among_areas"


def test_where_all_differ_no_one_does():
    """From 5 to 40 per cent in even steps: each differs from the town, none is unusual among the others."""
    assert listed(found([20 + 12 * step for step in range(12)])) == []


def test_against_a_declared_difference_all_that_depart_by_more_stand_out():
    entry = indicator(relevant_difference=5.0, direction="higher_is_worse")
    result = found([20, *[60] * 10, 150], entry=entry)
    assert listed(result) == ["level 01 below", "level 12 above"]
    assert result.found["judgement"].tolist() == ["worse", "better"]
    assert result.found["area"].tolist() == ["12", "01"], "ordered by evidence"
    assert set(result.found["method"]) == {"relevant_difference"}


@pytest.mark.parametrize(("margin", "areas"), [(10.0, ["12"]), (20.0, [])])
def test_less_than_the_declared_difference_does_not_matter(margin, areas):
    result = found([40] * 11 + [120], entry=indicator(relevant_difference=margin))
    assert result.found["area"].tolist() == areas


def test_a_neutral_indicator_is_listed_without_judgement():
    assert found([90, *ALIKE[1:]]).found["judgement"].tolist() == [""]


def test_change_is_tested_apart_from_level():
    """01 was always high and stays so; 02 rises from 10 to 20 per cent while the others do not move."""
    result = found([90, 80, *ALIKE[2:]], [90, 40, *ALIKE[2:]], entry=indicator(relevant_difference=1.0))
    assert listed(result) == ["level 01 above", "level 02 above", "change 02 above"]
    change = result.found[result.found["kind"] == "change"].iloc[0]
    assert f"{change['first_end']:%Y-%m-%d}" == "2011-12-31"
    assert (change["own"], change["reference_value"], change["difference"]) == pytest.approx((10, 0, 10))
    assert change["judgement"] == ""


def test_a_change_of_the_whole_town_is_no_areas_own():
    assert listed(found([2 * number for number in ALIKE], ALIKE)) == []


def test_few_events_are_not_tested_for_change():
    few = [2, 3, 1, 4, 2, 3, 2, 1, 2, 3, 2, 4]
    tests = found(few, few).tests
    assert tests.loc[tests["kind"] == "change", "p_value"].isna().all()


# ------------------------------------------------------------------------------------------------------- the family


def test_the_family_is_declared_by_names_and_of_one_level():
    entries = indicator(), indicator("count", **COUNT)
    rows = pd.concat([frame(ALIKE), frame(ALIKE, entry=entries[1])])
    family = declare(rows, TOWN, "quarter", catalogue=Catalogue(indicators=entries), within="A")
    assert (family.indicators, family.areas, family.size) == (("share",), tuple(IDS[:6]), 6)


def test_areas_that_no_longer_exist_are_not_of_the_family():
    areas = tree("area level parent valid_to\n 0 town . .\n a quarter 0 2010-12-31\n b quarter 0 .\n c quarter 0 .")
    rows = computed(counts("area measure value\n b people 9\n b poor 1\n c people 9\n c poor 1"), areas).frame
    assert declare(rows, areas, "quarter", catalogue=Catalogue(indicators=(indicator(),))).areas == ("b", "c")


def test_the_summary_states_how_many_false_ones_are_expected():
    summary = found([90, *ALIKE[1:]], [90, *ALIKE[1:]]).summary
    assert summary.to_dict("records") == [
        {"kind": "level", "planned": 12, "tested": 12, "reported": 1, "false_share": 0.05, "expected_false": 0.05},
        {"kind": "change", "planned": 12, "tested": 12, "reported": 0, "false_share": 0.05, "expected_false": 0.0},
    ]


def test_only_the_areas_inside_are_listed_but_held_against_all():
    assert listed(found([90, *ALIKE[1:]], within="B")) == []
    assert listed(found([*ALIKE[:11], 90], within="B")) == ["level 12 above"]


def test_another_share_of_false_ones_and_another_dependence_can_be_asked_for():
    result = found([66, *ALIKE[1:]])
    adjusted = [result.judged(dependence=kind).tests["adjusted"].min() for kind in ("positive", "any")]
    assert adjusted[1] == pytest.approx(adjusted[0] * sum(1 / step for step in range(1, 13)))
    assert len(result.judged(false_share=0.5).found) >= len(result.found)
    with pytest.raises(ValueError, match="false_share"):
        result.judged(false_share=5)


def test_unknown_names_are_refused():
    with pytest.raises(UsageError, match="unknown level"):
        found(ALIKE, level="street")
    with pytest.raises(UsageError, match="unknown area"):
        found(ALIKE, within="C")


# ------------------------------------------------------------------------------------------------ suppressed counts


def test_with_a_hidden_area_what_is_usual_is_not_known():
    tests = found([90, "*", *ALIKE[2:]], [90, *ALIKE[1:]]).tests
    assert tests["p_value"].isna().all()


def test_against_a_declared_difference_the_delivered_town_is_enough():
    entry = indicator(relevant_difference=3.0)
    rows = ["0 2013-12-31 people 4800", "0 2013-12-31 poor 495"]
    rows += [
        f"{area} 2013-12-31 {measure} {value}"
        for area, number in zip(IDS, [90, "*", *ALIKE[2:]], strict=True)
        for measure, value in (("people", 400), ("poor", number))
    ]
    data = computed(counts("area period measure value\n" + "\n".join(rows)), TOWN, entry).frame
    result = find(data, TOWN, "quarter", catalogue=Catalogue(indicators=(entry,)))
    assert listed(result) == ["level 01 above"]
    assert result.summary["tested"].tolist() == [11, 0]


# -------------------------------------------------------------------------------------------------------- simulation

SIXTY = [f"{number:02d}" for number in range(30)]
WIDE = tree("area level parent\n 0 town .\n" + "\n".join(f"{area} quarter 0" for area in SIXTY))
SHARES = (0.03, 0.1, 0.3, 0.5)


def drawn(generator, outliers):
    """Draw four indicators of thirty areas, related to each other by +-0.8, and which areas are truly apart."""
    people = generator.integers(100, 2000, len(SIXTY))
    common, parts, apart = generator.standard_normal(len(SIXTY)), [], set()
    for number, share in enumerate(SHARES):
        own = generator.standard_normal(len(SIXTY))
        odds = np.log(share / (1 - share)) + 0.25 * ((-1) ** number * 0.8**0.5 * common + 0.2**0.5 * own)
        chosen = generator.choice(len(SIXTY), outliers, replace=False)
        odds[chosen] += 2.5 if share < 0.2 else 1.8
        apart |= {(f"i{number}", SIXTY[place]) for place in chosen}
        events = generator.binomial(people, 1 / (1 + np.exp(-odds)))
        parts.append(_rows(f"i{number}", np.append(events, events.sum()), np.append(people, people.sum())))
    return add_positions(pd.concat(parts, ignore_index=True), WIDE), apart


def _rows(name, events, people):
    lower, upper = wilson_interval(events, people)
    day = pd.Timestamp("2020-12-31")
    constant = {"indicator": name, "period_kind": "stock", "period_start": day, "period_end": day, "status": "number"}
    columns = {"numerator": events.astype(float), "denominator": people.astype(float), "value": 100 * events / people}
    places = {"area": [*SIXTY, "0"], "level": ["quarter"] * len(SIXTY) + ["town"]}
    limits = {"lower": 100 * lower, "upper": 100 * upper, "segment": 0, "reliability": "reliable"}
    limits |= {"numerator_least": events, "numerator_greatest": events, "kind": "proportion", "factor": 100.0}
    return pd.DataFrame(places | constant | columns | limits)


@pytest.mark.parametrize("outliers", [0, 1])
def test_by_simulation_the_share_of_false_ones_keeps_its_level(outliers):
    """Forty drawn towns, fixed seed. Without a true one every list with an entry is false; with them most are found."""
    generator = np.random.default_rng(20130630)
    catalogue = Catalogue(indicators=tuple(indicator(f"i{number}") for number in range(len(SHARES))))
    false_shares, hits, there = [], 0, 0
    for _ in range(40):
        rows, apart = drawn(generator, outliers)
        reported = find(rows, WIDE, "quarter", catalogue=catalogue).found
        pairs = set(zip(reported["indicator"], reported["area"], strict=True))
        false_shares.append(len(pairs - apart) / max(len(pairs), 1))
        hits, there = hits + len(pairs & apart), there + len(apart)
    assert np.mean(false_shares) <= 0.05
    assert hits >= 0.6 * there


# ------------------------------------------------------------------------------------------- evidence, sentence, table


def test_each_entry_has_its_evidence():
    (one,) = found([90, *ALIKE[1:]]).evidence()
    assert (one.claim, one.area, one.level, one.reference, one.method) == (
        "above",
        "01",
        "quarter",
        "town",
        "among_areas",
    )
    assert (one.first, f"{one.last}", round(one.size, 1)) == (None, "2013-12-31", 12.5)
    assert one.p_value < 0.05
    assert one.grade == "reliable"
    assert one.caveats == ("no_effect",)


@pytest.fixture
def view(tmp_path):
    return drawn_view(tmp_path, language="de")


def of_view(view, margin):
    """The drawn town has three quarters with 10, 30 and 20 per cent of 1,000 people."""
    names = {entry.id for entry in view.indicators}
    changed = [
        entry.model_copy(update={"relevant_difference": margin if entry.id in names else None})
        for entry in view.town.catalogue.indicators
    ]
    catalogue = view.town.catalogue.model_copy(update={"indicators": tuple(changed)})
    return find(view.frame, view.town.areas, view.level, catalogue=catalogue)


def test_the_table_stands_in_the_order_of_areas_and_says_how_much_is_chance(view):
    text = sa.tables.noticeable(view, of_view(view, 5.0)).text
    first, *lines = [line for line in text.replace("\u00a0", " ").splitlines() if line]
    assert (
        "Zahl der Indikatoren: 1, der Gebiete (Ortsteile): 3. Prüfen ließen sich 3 Werte und 3 Veränderungen." in first
    )
    assert "Auffällige Werte: 2. In solchen Listen beruhen im Mittel höchstens 5 % der Einträge auf Zufall." in first
    assert "Keine Veränderung fällt auf." in first
    cells = [line.split("\t") for line in lines if "\t" in line]
    assert [row[0][:2] for row in cells[1:]] == ["01", "02"]
    assert cells[1][2:] == ["10,0 %", "25,0 %", "−15,0 Prozentpunkte −17,6 bis −12,3"]
    assert any("Maßstab ist der festgelegte kleinste bedeutsame Unterschied" in line for line in lines)


def test_no_word_judges(view):
    text = sa.tables.noticeable(view, of_view(view, 5.0)).text.lower()
    assert not re.search(r"besser|schlechter|schlecht|problem|brennpunkt|spitzenreiter|schlusslicht", text)


def test_without_anything_it_says_so_and_shows_no_table(view):
    shown = sa.tables.noticeable(view, of_view(view, 50.0))
    assert "Kein Wert fällt auf. Keine Veränderung fällt auf." in shown.text
    assert "<table" not in shown.html


def test_where_nothing_can_be_tested_nothing_is_shown(tmp_path):
    view = drawn_view(tmp_path, language="de")
    result = find(view.frame.head(0), view.town.areas, view.level, catalogue=view.town.catalogue)
    assert sa.tables.noticeable(view, result).text == ""
