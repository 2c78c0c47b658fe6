"""What the sentences say, word for word, on the invented town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sozialanalyse import comparison, trends
from sozialanalyse.findings import tables, words
from sozialanalyse.language import without_keys
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.town import Town

NBSP = "\u00a0"


def plain(text: str) -> str:
    """The text without keys and with ordinary blanks, so that literals in tests can be read."""
    return without_keys(text).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("target_group", "indicator", "expected"),
    [
        ("residents", "arbeitslosenquote", "Ø 4,3 % (1,6 %–6,1 %)"),
        ("children", "kinderarmut", "Ø 11,3 % (5,0 %–17,9 %)"),
        ("residents", "foreign_share", "Ø 8,7 % (4,0 %–12,5 %)"),
    ],
)
def test_the_slide_of_sozialraum_5(musterstadt: Town, target_group: str, indicator: str, expected: str) -> None:
    """Aachen's published slide for 2011, reproduced to the decimal; the single areas' values are invented."""
    view = View(musterstadt, target_group, area="05", level="lebensraum")
    compared = comparison.compare(view.frame, view.town.areas, level="lebensraum", within="05", date="2011-12-31")
    row = compared.summary.set_index("indicator", drop=False).loc[indicator]
    assert plain(words.slide(view, row)) == expected
    assert plain(view.amount(indicator, row["mean"])) == expected.split(" (", maxsplit=1)[0].removeprefix("Ø ")
    assert row["areas"] == 6


def test_a_comparison_says_what_the_mean_and_the_range_are(musterstadt: Town) -> None:
    view = View(musterstadt, "children", area="05", level="lebensraum")
    compared = comparison.compare(view.frame, view.town.areas, level="lebensraum", within="05", date="2011-12-31")
    sentences = plain(str(words.comparison(view, compared))).splitlines()
    assert (
        "Kinderarmut (SGB II unter 15 Jahren) am 31.12.2011: Ø 11,3 % (5,0 %–17,9 %), aus Summen, "
        "Spannweite über 6 Lebensräume. Stadt insgesamt: 21,1 %. "
        "Lebensräume (6): 0 erkennbar über dem Wert der Stadt, 5 erkennbar darunter, 1 ohne erkennbaren Unterschied."
    ) in sentences


def test_the_mean_of_a_count_is_that_of_the_areas(musterstadt: Town) -> None:
    view = View(musterstadt, "residents", area="05", level="lebensraum")
    compared = comparison.compare(view.frame, view.town.areas, level="lebensraum", within="05", date="2011-12-31")
    sentences = plain(str(words.comparison(view, compared))).splitlines()
    (first,) = (sentence for sentence in sentences if sentence.startswith("Einwohnerzahl am"))
    assert first.startswith("Einwohnerzahl am 31.12.2011: Ø 3.932 (2.010–5.874), Mittel der Gebiete, Spannweite über 6")


@pytest.mark.parametrize(
    ("finding", "method", "points", "expected"),
    [
        (
            trends.RISING,
            trends.MANN_KENDALL,
            5,
            (
                "von 10,0 % (31.12.2019) auf 12,5 % (31.12.2024), +2,5 Prozentpunkte. "
                "Über 5 Stichtage überwiegt der Anstieg (geprüft mit dem Mann-Kendall-Test, p = 0,03); "
                "typisch sind +0,50 Prozentpunkte pro Jahr."
            ),
        ),
        (
            trends.NO_CLEAR_TREND,
            trends.MANN_KENDALL,
            5,
            (
                "von 10,0 % (31.12.2019) auf 12,5 % (31.12.2024), +2,5 Prozentpunkte. "
                "Über 5 Stichtage lässt sich keine überwiegende Richtung von Zufall unterscheiden "
                "(geprüft mit dem Mann-Kendall-Test, p = 0,03)."
            ),
        ),
        (
            trends.NO_CLEAR_DIFFERENCE,
            trends.TWO_DATES,
            2,
            (
                "von 10,0 % (31.12.2019) auf 12,5 % (31.12.2024), +2,5 Prozentpunkte. "
                "Vergleich zweier Stichtage, kein Trend: Der Unterschied lässt sich nicht von Zufall unterscheiden."
            ),
        ),
        (
            trends.ONE_DATE,
            trends.ONE_DATE,
            1,
            "12,5 % (31.12.2024). Es liegt nur ein Stichtag vor; über eine Entwicklung lässt sich nichts sagen.",
        ),
    ],
)
def test_a_development_is_said_as_cautiously_as_it_is_known(
    musterstadt: Town, finding: str, method: str, points: int, expected: str
) -> None:
    view = View(musterstadt, "children")
    row = trends.development(view.frame).query("indicator == 'kinderarmut' and level == 'stadt'").iloc[0].copy()
    row.update(
        {
            "finding": finding,
            "method": method,
            "points": points,
            "first_value": 10.0,
            "last_value": 12.5,
            "change": 2.5,
            "slope": 0.5,
            "p_value": 0.03,
            "change_lower": -0.5,
            "change_upper": 5.5,
            "reason": trends.OTHER_EVENTS if method == trends.MANN_KENDALL else trends.FEW_DATES,
            "caveats": "",
            "reliability": "reliable",
        }
    )
    row["first_end"] = row["last_end"].replace(year=2019)
    sentence = plain(words.development_sentence(view, row))
    assert sentence == f"Kinderarmut (SGB II unter 15 Jahren): {expected}"


def test_headings_state_what_was_found_and_name_the_indicators(musterstadt: Town) -> None:
    view = View(musterstadt, "children")
    shown = words.development(view, trends.development(view.frame, [view.area]))
    assert (
        "<h3>Zuletzt niedriger: Kinderarmut (SGB II unter 15 Jahren) und Sprachauffälligkeit bei der Einschulung</h3>"
        in shown.html
    )
    assert shown.html.index("<h3>Überwiegend gestiegen") < shown.html.index("<h3>Zuletzt niedriger")


def test_a_range_with_one_hidden_end_is_not_said(musterstadt: Town) -> None:
    """Where the largest value may be a hidden one, the smallest alone would be half a range."""
    view = View(musterstadt, "children")
    compared = comparison.compare(view.frame, view.town.areas, level="sozialraum")
    row = compared.summary.set_index("indicator", drop=False).loc["kinderarmut"].copy()
    row["maximum"] = float("nan")
    assert plain(words.slide(view, row)) == "Ø 23,1 %"
    assert "ohne Spannweite, weil Werte geheim gehalten sind" in plain(words.comparison_sentence(view, row))


def test_a_development_with_hidden_values_is_not_stated(musterstadt: Town) -> None:
    """Lebensraum 021 has counts from 1 to 9 that the deliverer hides."""
    view = View(musterstadt, "disability", area="021")
    developed = trends.development(view.frame)
    name = "unemployed_severely_disabled_share"
    row = developed[(developed["area"] == "021") & (developed["indicator"] == name)].iloc[0]
    assert words.development_sentence(view, row) == (
        "Arbeitslose schwerbehinderte Menschen: Werte sind geheim gehalten; "
        "eine Entwicklung lässt sich deshalb nicht angeben."
    )
    assert "Werte geheim gehalten" in tables.development(view, developed).text


def first_row(view: View, indicator: str, **changed: object) -> pd.Series:
    """A row of developments of the whole town, with some of it changed; without changes of its own it says nothing else."""
    row = trends.development(view.frame).query(f"indicator == '{indicator}' and level == 'stadt'").iloc[0].copy()
    return pd.concat([row.drop(list(changed)), pd.Series(changed, dtype=object)])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"method": trends.DESCRIPTIVE, "reason": trends.NOT_DECLARED, "finding": trends.UNTESTED},
            (
                "Das ist eine Beschreibung: Ob mehr als Zufall dahintersteht, wird nicht geprüft, weil nicht bekannt ist, "
                "wie viel vom Bestand von Jahr zu Jahr bleibt."
            ),
        ),
        (
            {"change_lower": 0.1, "finding": trends.NO_CLEAR_TREND},
            (
                "Der letzte Wert unterscheidet sich erkennbar vom ersten, über 15 Stichtage überwiegt jedoch keine Richtung "
                "(geprüft mit einer Trendlinie für Bestände, p = 0,03)."
            ),
        ),
        (
            {"caveats": "same_people fragile", "finding": trends.RISING, "reliability": "indicative"},
            (
                "Über 15 Stichtage überwiegt der Anstieg (geprüft mit einer Trendlinie für Bestände, p = 0,03); typisch sind "
                "+0,50 Prozentpunkte pro Jahr. Schon ohne einen einzelnen dieser Werte wäre das nicht mehr zu erkennen. Die "
                "Fallzahlen sind klein: Die Aussage ist nur als Hinweis zu verstehen."
            ),
        ),
        (
            {"turning_point": pd.Timestamp("2015-06-01"), "finding": trends.FALLING, "reason": trends.ALIKE_YEARS},
            (
                "Über 15 Stichtage überwiegt der Rückgang (geprüft mit einer Trendlinie für Jahre, die einander ähneln, "
                "p = 0,03); typisch sind +0,50 Prozentpunkte pro Jahr. Um das Jahr 2015 ändert sich die Richtung oder das Tempo."
            ),
        ),
    ],
)
def test_the_method_is_named_and_doubt_is_said(musterstadt: Town, changed: dict[str, object], expected: str) -> None:
    usual = {"method": trends.COUNT_TREND, "reason": trends.SAME_PEOPLE, "p_value": 0.03, "slope": 0.5, "caveats": "",
             "change_lower": -0.1, "change_upper": 0.4}  # fmt: skip
    view = View(musterstadt, "children")
    sentence = plain(words.development_sentence(view, first_row(view, "share_under_18", **(usual | changed))))
    assert sentence.partition("Prozentpunkte. ")[2] == expected


@pytest.mark.parametrize(
    ("method", "finding", "expected"),
    [
        (
            trends.BOUNDS,
            trends.RISING,
            (
                "Schulabgänge ohne Schulabschluss: Einzelne Werte sind geheim gehalten. "
                "Für jeden Wert, den sie haben können, überwiegt der Anstieg (höchstens p = 0,04)."
            ),
        ),
        (
            trends.REFUSED,
            trends.OVERLAPPING,
            (
                "Schulabgänge ohne Schulabschluss: 5,5 % (im Schuljahr 2023/24). Die Zeiträume überschneiden sich und zählen "
                "dieselben Ereignisse mehrfach; eine Entwicklung wird deshalb nicht geprüft."
            ),
        ),
    ],
)
def test_what_stands_in_the_way_of_a_development_is_said(
    musterstadt: Town, method: str, finding: str, expected: str
) -> None:
    view = View(musterstadt, "children")
    row = first_row(view, "leavers_without_certificate", method=method, reason=method, finding=finding, p_value=0.04)
    assert plain(words.development_sentence(view, row)) == expected


@pytest.mark.parametrize(
    ("kind", "start", "end", "expected"),
    [
        ("stock", "2013-12-31", "2013-12-31", "am 31.12.2013"),
        ("flow", "2013-01-01", "2013-12-31", "im Jahr 2013"),
        ("school_year", "2012-08-01", "2013-07-31", "im Schuljahr 2012/13"),
        ("window", "2011-01-01", "2013-12-31", "in den Jahren 2011 bis 2013"),
        ("flow", "2012-07-01", "2013-06-30", "vom 01.07.2012 bis 30.06.2013"),
    ],
)
def test_periods_are_called_what_they_are(musterstadt: Town, kind: str, start: str, end: str, expected: str) -> None:
    view = View(musterstadt, "children")
    assert plain(words.at_time(view, kind, pd.Timestamp(start), pd.Timestamp(end))) == expected


def test_a_break_is_said(musterstadt: Town) -> None:
    view = View(musterstadt, "children")
    sentences = str(words.development(view, trends.development(view.frame))).splitlines()
    poverty = next(sentence for sentence in sentences if sentence.startswith("Kinderarmut"))
    assert poverty.endswith("Frühere Werte wurden anders gezählt und sind hier nicht einbezogen.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0004, "p < 0,001"),
        (0.001, "p = 0,001"),
        (0.0099, "p = 0,010"),
        (0.01, "p = 0,01"),
        (0.5, "p = 0,50"),
        (1.0, "p = 1,00"),
    ],
)
def test_p_values(musterstadt: Town, value: float, expected: str) -> None:
    assert plain(words.p_value(View(musterstadt, "children"), value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.25, "+1,3 Prozentpunkte"),
        (-1.25, "−1,3 Prozentpunkte"),
        (0.04, "±0,0 Prozentpunkte"),
        (-0.05, "−0,1 Prozentpunkte"),
    ],
)
def test_changes_carry_sign_and_unit(musterstadt: Town, value: float, expected: str) -> None:
    assert plain(words.change(View(musterstadt, "children"), "kinderarmut", value)) == expected


def test_english(musterstadt: Town) -> None:
    view = View(musterstadt, "children", area="05", level="lebensraum", language="en")
    compared = comparison.compare(view.frame, view.town.areas, level="lebensraum", within="05", date="2011-12-31")
    row = compared.summary.set_index("indicator", drop=False).loc["kinderarmut"]
    assert plain(words.comparison_sentence(view, row)) == (
        "Child poverty (SGB II under 15) on 31 December 2011: Ø 11.3% (5.0%–17.9%), from sums, "
        "range over 6 Lebensräume. Town as a whole: 21.1%. "
        "Of 6 Lebensräume: 0 discernibly above the town's value, 5 discernibly below, 1 without a discernible difference."
    )
