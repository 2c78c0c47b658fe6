"""What stands around the results: title, notices, limits, definitions, sources."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from sozialanalyse import comparison, trends
from sozialanalyse.errors import UsageError
from sozialanalyse.findings import delivery, pages
from sozialanalyse.findings.display import METADATA, NOTHING
from sozialanalyse.language import Language
from sozialanalyse.quality import Examined
from sozialanalyse.town import Town
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.findings.display import Shown


def metadata(shown: Shown) -> dict[str, Any]:
    """What the renderer and the index read of a page."""
    found: dict[str, Any] = shown.metadata[METADATA]
    return found


def compared(view: View, date: str | None = None) -> comparison.Comparison:
    return comparison.compare(view.frame, view.town.areas, level=view.level, within=view.area, date=date)


def with_declared(town: Town, **changes: object) -> Town:
    """The town with something else declared in its town.yml."""
    file = town.data.file.model_copy(update=changes)
    return Town(dataclasses.replace(town.data, file=file))


def without_measures(town: Town, *measures: str) -> Town:
    counts = town.counts[~town.counts["measure"].isin(measures)]
    return Town(dataclasses.replace(town.data, counts=counts))


def test_a_comparison_opens_with_place_date_and_notice(musterstadt: Town) -> None:
    view = View(musterstadt, "children", area="05")
    found = metadata(pages.opening_of_comparison(view, compared(view)))
    assert found["title"] == "Kinder und Jugendliche: Lebensräume im Vergleich"
    assert found["area"] == "05 Mühlental"
    assert found["data_state"] == "31.12.2024"
    assert found["synthetic"] is True
    assert found["notices"] == [
        (
            "Erfundene Daten: Diese Stadt gibt es nicht, auch die Werte ihrer Gebiete sind erfunden; die Seite zeigt, wie "
            "Befunde aussehen."
        )
    ]
    assert found["summary"].startswith(
        "Die Kinderarmut (SGB II unter 15 Jahren) lag am 31.12.2024 im Gebiet 05 Mühlental bei "
    )


def test_the_data_state_is_the_last_date_shown_not_that_of_the_file(musterstadt: Town) -> None:
    view = View(musterstadt, "children", area="05")
    assert metadata(pages.opening_of_comparison(view, compared(view, "2011-12-31")))["data_state"] == "31.12.2011"


def test_a_development_opens_with_its_lead_indicator(musterstadt: Town) -> None:
    view = View(musterstadt, "older", language="en")
    found = metadata(pages.opening_of_development(view, trends.development(view.frame)))
    assert found["title"] == "Older people: development"
    assert found["summary"].startswith("The share of residents aged 65 and over was ")


def test_a_group_without_data_says_what_is_missing_and_shows_nothing_else(musterstadt: Town) -> None:
    measures = {part.measure for entry in musterstadt.indicators_of("families") for part in entry.amounts.values()}
    view = View(without_measures(musterstadt, *measures), "families")
    developed = trends.development(view.frame)
    opening = pages.opening_of_development(view, developed)
    assert metadata(opening)["summary"] == "Für diese Zielgruppe liegen keine Daten vor."
    assert "Hilfen zur Erziehung: die Zahlen wurden nicht geliefert" in opening.text
    for shown in (pages.limits(view, developed), pages.definitions(view), pages.sources(view)):
        assert NOTHING in shown.metadata


def test_confidential_pages_say_that_they_stay_in_the_house(musterstadt: Town) -> None:
    town = with_declared(musterstadt, confidentiality="confidential")
    notice = pages.notices(View(town, "children", audience="statistics_unit"))
    assert notice[0].startswith("Nicht zur Weitergabe: Die Seite enthält vertrauliche Zahlen")


@pytest.mark.parametrize("audience", ["public", "administration"])
def test_confidential_counts_are_refused_where_they_have_not_been_released(musterstadt: Town, audience: Any) -> None:
    with pytest.raises(UsageError, match=f"have not been released for {audience}"):
        View(with_declared(musterstadt, confidentiality="confidential"), "children", audience=audience)


def test_published_counts_need_no_notice(musterstadt: Town) -> None:
    assert pages.notices(View(with_declared(musterstadt, confidentiality="published"), "children")) == []


def test_limits_name_what_the_page_cannot_carry(musterstadt: Town) -> None:
    view = View(musterstadt, "disability")
    texts = pages.limits(view, trends.development(view.frame)).text.splitlines()
    assert texts[0] == "Dies sind Aussagen über Gebiete, nicht über die Menschen, die dort leben."
    for beginning in (
        "Gerundet gelieferte Zahlen: Schwerbehindertenstatistik.",
        "Ohne Intervall, weil Zähler und Nenner nicht dieselben Menschen betreffen",
        "Einige Zahlen hält die liefernde Stelle geheim;",
        "Trend, ab fünf Werten und auf den wirklichen Stichtagen:",
        "Bestände aufeinanderfolgender Jahre sind meist dieselben Menschen;",
        "Eingliederungshilfe (18 bis unter 65 Jahre): Bruch am 01.01.2020: Bundesteilhabegesetz",
        "Definition noch nicht anhand einer benannten Quelle geprüft (Prüfung offen):",
    ):
        assert any(text.startswith(beginning) for text in texts), beginning


def test_limits_of_bundled_indicators(musterstadt: Town) -> None:
    text = pages.limits(View(musterstadt, "children")).text
    assert "Menschen leben in Haushalten zusammen: Bei Kinderarmut (SGB II unter 15 Jahren)" in text
    assert "um einen Designeffekt von 2,5 verbreitert (unsere Annahme, Prüfung offen)" in text


def test_definitions_escape_what_planners_write(musterstadt: Town) -> None:
    """Names and notes of a town's own catalogue are text, never markup."""
    hostile = "<script>alert(1)</script>"
    entries = tuple(
        entry.model_copy(update={"label": entry.label.model_copy(update={"de": hostile})})
        if entry.id == "kinderarmut"
        else entry
        for entry in musterstadt.catalogue.indicators
    )
    catalogue = musterstadt.catalogue.model_copy(update={"indicators": entries})
    view = View(Town(dataclasses.replace(musterstadt.data, catalogue=catalogue)), "children")
    shown = pages.definitions(view).html
    assert hostile not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_sources_are_named_with_publisher_and_licence(musterstadt: Town) -> None:
    lines = pages.sources(View(musterstadt, "children")).text.splitlines()
    assert lines
    assert all("Lizenz:" in line for line in lines)
    assert any(line.startswith("Einwohnermelderegister") for line in lines)


def test_the_summary_of_a_delivery(musterstadt: Town) -> None:
    town = without_measures(musterstadt, "child_welfare_supports")
    lines = delivery.summary(Examined("musterstadt", (), town.data, ()), Language("de"))
    assert lines[0].startswith("Musterstadt: ")
    assert "Fehler: 0, Warnungen: 0, Hinweise: 0" in lines
    assert "Familien: 5 von 6 Indikatoren" in lines
    assert "  - Hilfen zur Erziehung: die Zahlen wurden nicht geliefert" in lines
