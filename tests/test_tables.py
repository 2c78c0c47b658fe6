"""Tables: what stands in their cells, that screen readers can read them, and that names stay text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.batch.safety import problems
from tests.drawn_town import DOLLARS, SCRIPT, TURNED, compared, drawn_view, with_status

NO_BREAK = "\u00a0"


@pytest.fixture
def view(tmp_path):
    return drawn_view(tmp_path, language="de")


class Cells(HTMLParser):
    """Collects the cells of all tables as rows of texts."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.scopes, self.captions, self.tag = [], [], 0, ""
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))
        self.captions += tag == "caption"
        self.tag = tag if tag not in ("br", "data", "svg", "path", "circle") else self.tag

    def handle_endtag(self, tag):
        self.tag = "" if tag in ("td", "th", "caption") else self.tag

    def handle_data(self, data):
        if self.tag in ("td", "th", "small"):
            self.rows[-1][-1] += data.replace(NO_BREAK, " ")


def test_key_figures_in_german(view):
    headings, row = Cells(sa.tables.key_figures(view, compared(view)).html).rows
    assert headings == [
        "Indikator", "Ø Klein", "95-%-Intervall", "Spannweite der Gebiete", "Zähler und Nenner",
    ]  # fmt: skip
    assert row == [
        "Anteil der Personen ab 65 Jahren, Prozent 31.12.2018", "Ø 20,0 % aus Summen", "18,6 %–21,5 %",
        "(10,0 %–30,0 %) Ortsteile: 3", "600 3.000",
    ]  # fmt: skip


def test_key_figures_of_an_area_have_the_towns_value(tmp_path):
    view = drawn_view(tmp_path, area="02", language="de")
    within = sa.comparison.compare(view.frame, view.town.areas, level=view.level, within="02")
    headings, row = Cells(sa.tables.key_figures(view, within).html).rows
    assert dict(zip(headings, row, strict=True))["Klein"] == "20,0 %"
    assert dict(zip(headings, row, strict=True))[f"Ø 02 {DOLLARS}"] == "Ø 30,0 % aus Summen"


def test_key_figures_say_which_mean_and_of_how_many_areas(tmp_path):
    view = drawn_view(tmp_path, "residents", language="de")
    shown = sa.tables.key_figures(view, compared(view))
    assert Cells(shown.html).rows[1][1] == "Ø 1.000 Mittel der Gebiete"
    assert "Ø als Mittel der Gebiete: Jedes Gebiet zählt gleich, unabhängig von seiner Größe." in shown.text
    means = re.findall(r"Ø\s*[\d.,]+\D*?(aus Summen|Mittel der Gebiete)", shown.text)
    assert means == ["Mittel der Gebiete", "aus Summen"]


def test_comparison_in_german(view):
    rows = Cells(sa.tables.comparison(view, compared(view)).html).rows
    assert rows == [
        ["Ortsteil", "Zähler", "Wert", "95-%-Intervall", "Verglichen mit Klein"],
        [f"01 {SCRIPT}", "100", "10,0 %", "8,3 %–12,0 %", "darunter"],
        [f"02 {DOLLARS}", "300", "30,0 %", "27,2 %–32,9 %", "darüber"],
        [f"03 {TURNED}", "200", "20,0 %", "17,6 %–22,6 %", "nicht unterscheidbar"],
        ["Klein", "600", "20,0 %", "18,6 %–21,5 %", ""],
    ]


def test_comparison_is_folded_by_indicator_and_open_at_the_first(tmp_path):
    view = drawn_view(tmp_path, "residents", language="de")
    html = str(sa.tables.comparison(view, compared(view)).html)
    assert re.findall(r"<details[^>]*><summary>[^<]*", html) == [
        "<details open><summary>" + view.label("population"),
        "<details><summary>" + view.label("foreign_share"),
    ]


@pytest.mark.parametrize(
    ("status", "sign", "note"),
    [
        ("missing", "·", "·\u00a0nicht geliefert."),
        ("suppressed", "•", "•\u00a0geheim."),
        ("not_applicable", "x", "x\u00a0nicht anwendbar."),
    ],
)
def test_states_have_signs_that_are_explained(view, status, sign, note):
    shown = sa.tables.comparison(view, with_status(compared(view), "02", status))
    assert Cells(shown.html).rows[2] == [f"02 {DOLLARS}", sign, sign, "–", "–"]
    assert note in shown.text
    assert "– nicht anzugeben." in shown.text


def test_an_exact_zero_is_no_rounded_one(view):
    comparison = compared(view)
    comparison.areas.loc[0, ["numerator", "value", "status"]] = [0.0, 0.0, "zero"]
    shown = sa.tables.comparison(view, comparison)
    assert Cells(shown.html).rows[1][1:3] == ["0", "0 %"]
    assert "0\u00a0genau null." in shown.text


def test_signs_that_do_not_occur_are_not_explained(view):
    text = sa.tables.comparison(view, compared(view)).text
    assert "nicht geliefert" not in text
    assert "geheim" not in text


def test_development_in_german(view):
    shown = sa.tables.development(view, sa.trends.development(view.frame))
    headings, row = Cells(shown.html).rows
    assert dict(zip(headings, row, strict=True)) == {
        "Indikator": "Anteil der Personen ab 65 Jahren, Prozent",
        "Erster Wert": "20,0 % 31.12.2012",
        "Letzter Wert": "20,0 % 31.12.2018",
        "Veränderung mit 95-%-Intervall": "±0,0 Prozentpunkte −2,0 bis +2,0",
        "typisch je Jahr": "±0,00",
        "Befund": "kein klarer Trend Trendlinie, 5 Stichtage, p = 1,00",
    }


def test_a_slope_has_a_decimal_more_than_its_values(tmp_path):
    """The audit of pages allows no more: nobody counts hundredths of people."""
    view = drawn_view(tmp_path, "residents", language="de")
    rows = Cells(sa.tables.development(view, sa.trends.development(view.frame)).html).rows
    assert [row[4] for row in rows[1:]] == ["±0,0", "±0,00"]


def test_development_of_two_dates_is_no_trend(view):
    frame = view.frame[view.frame["period_end"].isin(pd.to_datetime(["2012-12-31", "2018-12-31"]))]
    shown = sa.tables.development(view, sa.trends.development(frame))
    assert Cells(shown.html).rows[1][4:] == ["–", "nicht unterscheidbar Vergleich zweier Stichtage"]
    assert "Weniger als fünf Werte: Nur der erste und der letzte werden verglichen; das ist kein Trend." in shown.text


def test_development_of_one_date_says_nothing_about_time(view):
    frame = view.frame[view.frame["period_end"] == "2018-12-31"]
    row = Cells(sa.tables.development(view, sa.trends.development(frame)).html).rows[1]
    assert row[1:] == ["–", "20,0 % 31.12.2018", "–", "–", "nur ein Wert"]


def test_development_after_a_break_is_marked(view):
    frame = view.frame.assign(segment=(view.frame["period_end"] >= "2015-01-01").astype(int))
    shown = sa.tables.development(view, sa.trends.development(frame))
    assert Cells(shown.html).rows[1][0] == "Anteil der Personen ab 65 Jahren, Prozent ¹"
    assert "¹ Die Zählweise hat sich geändert" in shown.text


def every_table(view):
    comparison = compared(view)
    yield sa.tables.key_figures(view, comparison)
    yield sa.tables.comparison(view, comparison)
    yield sa.tables.development(view, sa.trends.development(view.frame))


def test_every_table_can_be_read_by_screen_readers(view):
    for shown in every_table(view):
        cells = Cells(shown.html)
        assert cells.captions == str(shown.html).count("<table>") > 0
        assert set(cells.scopes) == {"col", "row"}
        assert problems(str(shown.html)) == []


def test_hostile_names_stay_text(view):
    for shown in every_table(view):
        assert "<script" not in str(shown.html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in str(sa.tables.comparison(view, compared(view)).html)


def test_same_data_give_the_same_bytes(view):
    assert [str(shown.html) for shown in every_table(view)] == [str(shown.html) for shown in every_table(view)]


def test_there_is_no_table_of_nothing(tmp_path):
    view = drawn_view(tmp_path, "disability")
    assert [str(shown.html) for shown in every_table(view)] == ["", "", ""]
