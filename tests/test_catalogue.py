"""The catalogue: what ships is complete and honest, what a planner writes wrongly is named by file, line and key."""

from __future__ import annotations

import csv
import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from pydantic import BaseModel

from sozialanalyse.catalogue import TOWN_FILE, Amount, Indicator, Measure, Text, read_catalogue, shipped, with_town
from sozialanalyse.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

MEASURES = """\
schema: 1
measures:
  - id: population
    label: {de: Einwohner, en: Residents}
    unit: persons
    period_kind: stock
    ages: true
    source: {de: Register, en: Register}
  - id: poor
    label: {de: Arme, en: Poor}
    unit: persons
    period_kind: stock
    ages: true
    source: {de: Amt, en: Office}
  - id: births
    label: {de: Geburten, en: Births}
    unit: cases
    period_kind: flow
    ages: false
    source: {de: Standesamt, en: Registry}
"""

INDICATORS = """\
schema: 1
indicators:
  - id: poverty
    code: X01
    label: {de: Armut, en: Poverty}
    short: {de: Armut, en: Poverty}
    field: income
    tier: core
    kind: proportion
    unit: percent
    numerator: {measure: poor, age: 0-14}
    denominator: {measure: population, age: 0-14}
    direction: higher_is_worse
    source: {de: Amt, en: Office}
    review: open
    definition: {de: Anteil der Armen., en: Share of the poor.}
    reading: {de: Von 100 Kindern., en: Out of 100 children.}
  - id: birth_rate
    code: X02
    label: {de: Geburten, en: Births}
    short: {de: Geburten, en: Births}
    field: population
    tier: core
    kind: rate
    unit: per_1000
    numerator: {measure: births}
    denominator: {measure: population}
    direction: neutral
    source: {de: Standesamt, en: Registry}
    reference: "https://example.org/births"
    definition: {de: Geburten je 1.000., en: "Births per 1,000."}
    reading: {de: Auf 1.000 Personen., en: "For every 1,000."}
"""

TARGET_GROUPS = """\
schema: 1
target_groups:
  - id: children
    label: {de: Kinder, en: Children}
    question: {de: "Wo?", en: "Where?"}
    lead: poverty
    indicators: [poverty, birth_rate]
"""

FILES = {"measures": MEASURES, "indicators": INDICATORS, "target_groups": TARGET_GROUPS}

DRAFTS = [
    *("C01", "A03", "F01", "F02", "F07", "W03", "W06", "I07", "I08", "H02", "H05"),
    *("F05", "D07", "A05", "D03", "D06"),
    *("A04", "D01", "D01b", "D04", "D05", "N03", "P09"),
]
"""Definitions without a page that was checked: of W06 only the name is known; the pages listed for those of the last
line touch the topic but define nothing."""

BREAKS = {
    "sgb2_quote": ["2012-01-01", "2016-04-01", "2022-06-01"],
    "kinderarmut": ["2016-04-01", "2022-06-01"],
    "grundsicherung_im_alter": ["2012-01-01", "2020-01-01", "2022-06-01"],
    "transfer_receipt_not_unemployed": ["2016-04-01", "2022-06-01"],
    "grundsicherung_erwerbsminderung": ["2012-01-01", "2020-01-01"],
    "sgb2_lone_parents": ["2016-04-01", "2022-06-01"],
    "living_space_per_resident": ["2011-05-09", "2022-05-15"],
    "share_bound_dwellings": ["2011-05-09", "2022-05-15"],
    "language_findings": ["2019-08-01", "2022-08-01"],
    "eingliederungshilfe_18_64": ["2020-01-01"],
    "children_with_disabilities_rate": ["2020-01-01"],
    "supported_own_home": ["2020-01-01"],
    "pflegequote_65plus": ["2017-01-01"],
    "hilfe_zur_pflege": ["2017-01-01"],
    "asylblg_rate": ["2022-06-01"],
}
"""Every indicator that is not here has none: rounding, for instance, changes no meaning."""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a small catalogue that is right."""
    for name, text in FILES.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    return tmp_path


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[str]:
    """Return the faults, a line each, with the name of the temporary folder taken off."""
    with pytest.raises(DataError) as caught:
        read_catalogue(folder)
    return [str(fault).removeprefix(f"{folder.name}/") for fault in caught.value.faults]


# ------------------------------------------------------------------ faults


def test_the_small_catalogue_is_right(folder):
    catalogue = read_catalogue(folder)
    assert [entry.id for entry in catalogue.indicators] == ["poverty", "birth_rate"]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "problem"),
    [
        (
            "indicators",
            "{measure: poor, age",
            "{measure: pour, age",
            "line 11, indicators.0.numerator.measure",
            "measure 'pour' is not in the catalogue; did you mean: poor?",
        ),
        (
            "indicators",
            "id: birth_rate",
            "id: poverty",
            "line 18, indicators.1.id",
            "id 'poverty' stands twice; remove one",
        ),
        (
            "indicators",
            "code: X02",
            "code: X01",
            "line 19, indicators.1.code",
            "code 'X01' stands twice; take the next free one",
        ),
        (
            "measures",
            "label: {de: Arme, en: Poor}",
            "label: {en: Poor}",
            "line 10, measures.1.label.de",
            "this key is missing",
        ),
        (
            "measures",
            "{de: Arme, en: Poor}",
            "{de: ' ', en: Poor}",
            "line 10, measures.1.label.de",
            "the text is empty; write it in both languages (found: ' ')",
        ),
        (
            "indicators",
            "unit: percent",
            "unit: persons",
            "line 10, indicators.0.unit",
            "a proportion has no unit 'persons'; allowed are: percent, per_100, per_1000, per_10000 (found: 'persons')",
        ),
        (
            "indicators",
            "    tier: core\n",
            "    tier: core\n    colour: red\n",
            "line 9, indicators.0.colour",
            "this key is not known here; check its spelling",
        ),
        (
            "indicators",
            "review: open",
            "review: open\n    reference: page",
            "line 15, indicators.0.review",
            "reference and review exclude each other; once the source is entered, remove 'review' (found: 'open')",
        ),
        (
            "indicators",
            "    review: open\n",
            "",
            "line 3, indicators.0.review",
            "the source is missing; enter the page that was checked as 'reference', or write 'review: open'",
        ),
        (
            "indicators",
            "    denominator: {measure: population}\n",
            "",
            "line 18, indicators.1.denominator",
            "a rate needs a denominator",
        ),
        (
            "indicators",
            "    kind: rate\n    unit: per_1000",
            "    kind: count\n    unit: persons",
            "line 27, indicators.1.denominator",
            "a count has no denominator; remove it or choose another kind",
        ),
        (
            "indicators",
            "{measure: poor, age: 0-14}",
            "{measure: poor, age: 0-17}",
            "line 11, indicators.0.numerator.age",
            "a proportion is a part of a whole, but ages 0-17 do not lie within 0-14; choose kind 'ratio'",
        ),
        (
            "indicators",
            "{measure: births}",
            "{measure: births, age: 0-4}",
            "line 26, indicators.1.numerator.age",
            "measure 'births' does not come by age; remove 'age', or set 'ages: true' at the measure",
        ),
        (
            "indicators",
            "age: 0-14",
            "age: fourteen",
            "line 11, indicators.0.numerator.age",
            "'fourteen' is no age group; write 0-4, 85+, a single year, or nothing for all ages (found: 'fourteen')",
        ),
        (
            "indicators",
            "short: {de: Armut, en",
            "short: {de: Armut unter Kindern und Erwachsenen, en",
            "line 6, indicators.0.short.de",
            "String should have at most 28 characters (found: 'Armut unter Kindern und Erwachsenen')",
        ),
        (
            "indicators",
            "review: open",
            "review: open\n    breaks: [{date: 2016, note: {de: neu, en: new}, review: open}]",
            "line 16, indicators.0.breaks.0.date",
            "a date like 2011-12-31 is expected (found: '2016')",
        ),
        (
            "target_groups",
            "indicators: [poverty, birth_rate]",
            "indicators: [poverty, birthrate]",
            "line 7, target_groups.0.indicators.1",
            "indicator 'birthrate' is not in the catalogue; did you mean: birth_rate?",
        ),
        (
            "target_groups",
            "lead: poverty",
            "lead: povertee",
            "line 6, target_groups.0.lead",
            "lead 'povertee' is not among the indicators of this group; did you mean: poverty?",
        ),
        (
            "target_groups",
            "[poverty, birth_rate]",
            "[poverty, birth_rate, poverty]",
            "line 7, target_groups.0.indicators.2",
            "indicator 'poverty' stands twice; remove one",
        ),
        (
            "measures",
            "schema: 1",
            "schema: 2",
            "line 1, schema",
            "schema version 2 is not known; this release reads 1 (found: '2')",
        ),
    ],
)
def test_a_fault_is_named_by_file_line_and_key(folder, *, file, old, new, place, problem):
    spoil(folder, file, old, new)
    assert f"{file}.yml, {place}: {problem}" in faults_of(folder)


def test_parts_of_a_proportion_are_counted_on_the_same_day(folder):
    """A numerator of another date may be larger than its denominator; such a quotient is a ratio."""
    whole = "denominator: {measure: population, age: 0-14}"
    spoil(folder, "indicators", whole, whole + "\n    max_gap_days: 1")
    (fault,) = faults_of(folder)
    assert fault.endswith(
        "indicators.0.max_gap_days: a proportion is a part of a whole at the same time, but numerator and denominator "
        "may lie 1 days apart; choose kind 'ratio', or remove max_gap_days"
    )
    spoil(folder, "indicators", "max_gap_days: 1", "max_gap_days: 0")
    assert read_catalogue(folder)


def test_a_proportion_does_not_mix_stocks_with_flows_or_persons_with_cases(folder):
    spoil(folder, "indicators", "kind: rate\n    unit: per_1000", "kind: proportion\n    unit: per_1000")
    where = "indicators.yml, line 26, indicators.1.numerator.measure: a proportion is a part of a whole, but "
    assert faults_of(folder) == [
        where + "period_kind of the numerator is 'flow', of the denominator 'stock'; choose kind 'rate' or 'ratio'",
        where + "unit of the numerator is 'cases', of the denominator 'persons'; choose kind 'rate' or 'ratio'",
    ]


def test_a_count_is_in_the_unit_of_its_measure(folder):
    spoil(folder, "indicators", "kind: rate\n    unit: per_1000", "kind: count\n    unit: persons")
    spoil(folder, "indicators", "    denominator: {measure: population}\n", "")
    assert faults_of(folder) == [
        "indicators.yml, line 25, indicators.1.unit: the unit is 'persons', but measure 'births' is counted in 'cases'"
    ]


def test_all_faults_of_all_files_are_told_at_once(folder):
    spoil(folder, "measures", "unit: cases", "unit: heads")
    spoil(folder, "measures", "{de: Einwohner, en: Residents}", "{de: Einwohner}")
    spoil(folder, "indicators", "field: income", "field: money")
    spoil(folder, "indicators", "denominator: {measure: population}", "denominator: {measure: peple}")
    spoil(folder, "target_groups", "birth_rate", "deaths")
    starts = [fault.split(": ", 1)[0] for fault in faults_of(folder)]
    assert starts == [
        "measures.yml, line 4, measures.0.label.en",
        "measures.yml, line 17, measures.2.unit",
        "indicators.yml, line 7, indicators.0.field",
        "indicators.yml, line 27, indicators.1.denominator.measure",
        "target_groups.yml, line 7, target_groups.0.indicators.1",
    ]


def test_what_refers_to_a_broken_entry_is_not_at_fault(folder):
    spoil(folder, "measures", "unit: cases", "unit: heads")
    spoil(folder, "indicators", "field: income", "field: money")
    assert [fault.split(", ")[2].split(":")[0] for fault in faults_of(folder)] == [
        "measures.2.unit",
        "indicators.0.field",
    ]


def test_a_missing_file_is_named(folder):
    (folder / "target_groups.yml").unlink()
    assert faults_of(folder) == ["target_groups.yml: the file does not exist"]


def test_a_file_that_is_no_yaml_is_named_by_line(folder):
    spoil(folder, "target_groups", "label: {de: Kinder, en: Children}", "label: {de: Kinder, en: Children")
    (fault,) = faults_of(folder)
    assert fault.startswith("target_groups.yml, line 5: this is not valid YAML")


# ------------------------------------------------------------------ lookups


@pytest.mark.parametrize(
    ("lookup", "name", "message"),
    [
        ("indicator", "kinderarmt", "unknown indicator 'kinderarmt'; did you mean: kinderarmut?"),
        ("measure", "unemploied", "unknown measure 'unemploied'; did you mean: unemployed, "),
        ("target_group", "family", "unknown target group 'family'; did you mean: families"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(lookup, name, message):
    with pytest.raises(UsageError) as caught:
        getattr(shipped(), lookup)(name)
    assert str(caught.value).startswith(message)


def test_entries_are_found_by_id():
    kinderarmut = shipped().indicator("kinderarmut")
    assert kinderarmut.numerator == Amount(measure="sgb2_recipients", age="0-14")
    assert kinderarmut.denominator.ages == (0, 14)
    assert shipped().measure("sgb2_recipients").period_kind == "stock"
    assert shipped().target_group("children").lead == "kinderarmut"


@pytest.mark.parametrize(
    ("indicator", "factor"),
    [
        ("population", 1),
        ("kinderarmut", 100),
        ("old_age_dependency_ratio", 100),
        ("asylblg_rate", 1000),
        ("living_space_per_resident", 1),
    ],
)
def test_the_factor_follows_the_unit(indicator, factor):
    assert shipped().indicator(indicator).factor == factor


def test_entries_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        shipped().indicator("kinderarmut").code = "X99"


# ------------------------------------------------------------------ a town's own entries

OWN = """\
schema: 1
measures:
  - id: allotments
    label: {de: Kleingärten, en: Allotments}
    unit: cases
    period_kind: stock
    ages: false
    source: {de: Grünflächenamt, en: Parks department}
indicators:
  - id: allotments_rate
    code: X01
    label: {de: Kleingärten, en: Allotments}
    short: {de: Kleingärten, en: Allotments}
    field: housing
    tier: extended
    kind: rate
    unit: per_1000
    numerator: {measure: allotments}
    denominator: {measure: population}
    direction: higher_is_better
    source: {de: Grünflächenamt, en: Parks department}
    reference: Kleingartenkonzept 2024
    definition: {de: Kleingärten je 1.000., en: "Allotments per 1,000."}
    reading: {de: Auf 1.000 Personen., en: "For every 1,000."}
target_groups:
  - id: families
    label: {de: Familien und Gärten, en: Families and gardens}
    question: {de: "Wo?", en: "Where?"}
    lead: allotments_rate
    indicators: [allotments_rate, share_lone_parents]
"""


def own(tmp_path: Path, text: str = OWN) -> Path:
    (tmp_path / TOWN_FILE).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_town_adds_and_replaces(tmp_path):
    catalogue = with_town(shipped(), own(tmp_path))
    assert catalogue.indicators[-1].id == "allotments_rate"
    assert catalogue.indicators[:-1] == shipped().indicators
    assert catalogue.measures == (*shipped().measures, catalogue.measure("allotments"))
    assert [group.id for group in catalogue.target_groups] == [group.id for group in shipped().target_groups]
    assert catalogue.target_group("families").label.de == "Familien und Gärten"
    assert shipped().target_group("families").label.de == "Familien"


def test_a_town_without_entries_of_its_own_has_the_shipped_ones(tmp_path):
    assert with_town(shipped(), tmp_path) is shipped()


def test_a_town_cannot_take_the_code_of_another_indicator(tmp_path):
    with pytest.raises(DataError) as caught:
        with_town(shipped(), own(tmp_path, OWN.replace("code: X01", "code: I02")))
    assert [str(fault).removeprefix(f"{tmp_path.name}/") for fault in caught.value.faults] == [
        "shipped catalogue, indicators.kinderarmut.code: code 'I02' stands twice; take the next free one",
        "catalogue.yml, line 11, indicators.0.code: code 'I02' stands twice; take the next free one",
    ]


def test_a_replaced_measure_must_still_fit_the_shipped_indicators(tmp_path):
    text = OWN.replace("id: allotments\n", "id: dwellings_bound\n").replace(
        "measure: allotments", "measure: dwellings_bound"
    )
    with pytest.raises(DataError) as caught:
        with_town(shipped(), own(tmp_path, text))
    (fault,) = caught.value.faults
    assert fault.place.key == "indicators.share_bound_dwellings.numerator.measure"
    assert "unit of the numerator is 'cases', of the denominator 'dwellings'" in str(fault)


def test_faults_of_a_town_leave_the_shipped_catalogue_as_it_was(tmp_path):
    before = shipped().model_dump_json()
    with pytest.raises(DataError, match=r"catalogue\.yml, line 5, measures\.0\.unit"):
        with_town(shipped(), own(tmp_path, OWN.replace("unit: cases", "unit: gardens")))
    assert shipped().model_dump_json() == before


# ------------------------------------------------------------------ what ships


def every(kind: str) -> list:
    return [pytest.param(entry, id=entry.id) for entry in getattr(shipped(), kind)]


def texts_of(value: object) -> list[Text]:
    """Collect every text in two languages below an entry."""
    if hasattr(value, "de"):
        return [value]
    parts = value if isinstance(value, tuple) else dict(value).values() if isinstance(value, BaseModel) else ()
    return [text for part in parts for text in texts_of(part)]


def test_the_four_target_groups_and_the_cross_cutting_fields_are_covered():
    sizes = {group.id: len(group.indicators) for group in shipped().target_groups}
    assert sizes == {"older": 8, "children": 9, "disability": 8, "families": 6, "residents": 11}
    fields = {shipped().indicator(name).field for name in shipped().target_group("residents").indicators}
    assert fields == {"population", "work", "income", "housing", "integration"}


def test_every_indicator_belongs_to_a_target_group():
    shown = {name for group in shipped().target_groups for name in group.indicators}
    assert {indicator.id for indicator in shipped().indicators} == shown


def test_every_measure_is_used():
    used = {amount.measure for indicator in shipped().indicators for amount in indicator.amounts.values()}
    assert {measure.id for measure in shipped().measures} == used


@pytest.mark.parametrize("entry", [*every("measures"), *every("indicators"), *every("target_groups")])
def test_texts_are_whole_and_in_true_spelling(entry: Measure | Indicator):
    for text in texts_of(entry):
        assert text.de == text.de.strip()
        assert text.en == text.en.strip()
        assert not re.search(r"\b[Ff]uer\b|\b[Uu]eber|Aelter|aelter|[Ee]inwohn\w*aem|Haeus|haeus", text.de)
        assert "  " not in text.de + text.en


@pytest.mark.parametrize("indicator", every("indicators"))
def test_sentences_end_and_readings_hold_no_result(indicator: Indicator):
    for text in (indicator.definition, indicator.reading, *filter(None, [indicator.notes])):
        assert text.de.endswith(".")
        assert text.en.endswith(".")
    assert re.search(r"Gebiet|Kindern, die im Gebiet", indicator.reading.de)
    assert "area" in indicator.reading.en
    assert "{" not in indicator.reading.de + indicator.reading.en
    bases_and_ages = r"1[.,]000|\b100\b|\b(?:2|3|5|6|14|15|17|18|20|21|24|25|50|64|65|80)\b"
    assert not re.search(r"\d", re.sub(bases_and_ages, "", indicator.reading.de + indicator.reading.en))


@pytest.mark.parametrize("indicator", every("indicators"))
def test_the_reading_speaks_in_the_unit_of_the_value(indicator: Indicator):
    base = {"percent": "100 ", "per_100": "100 ", "per_1000": "1.000 "}.get(indicator.unit, "")
    assert base in indicator.reading.de
    assert base.replace(".", ",") in indicator.reading.en


def test_drafts_say_that_they_are_open():
    assert sorted(entry.code for entry in shipped().indicators if entry.is_open) == sorted(DRAFTS)
    assert all(entry.reference for entry in shipped().indicators if entry.code not in DRAFTS)


CSV_WORDS = {"%": "percent", "per 100": "per_100", "per 1,000": "per_1000", "m²": "square_metres", "count": "persons"}


def test_entries_follow_the_list_they_were_made_from(shared):
    with (shared / "indicators.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["id"]: row for row in csv.DictReader(file)}
    # C01 and D01b (D01 by age band) are our own; of W06 only the name is known.
    assert {entry.code for entry in shipped().indicators} - listed.keys() == {"C01", "D01b"}
    for entry in shipped().indicators:
        if row := listed.get(entry.code):
            kind = "ratio" if entry.code == "A04" else row["stat_model"]  # its parts have two sources and two dates
            assert (entry.tier, entry.kind, entry.unit, entry.field, entry.direction, entry.reference) == (
                row["tier"],
                kind,
                CSV_WORDS[row["unit"]],
                row["field"].replace(" ", "_"),
                row["direction"].replace("=", "_is_"),
                None if entry.code in DRAFTS else row["definition_evidence"],
            ), entry.id


def test_breaks_belong_where_they_change_the_meaning():
    found = {entry.id: [str(part.date) for part in entry.breaks] for entry in shipped().indicators if entry.breaks}
    assert found == BREAKS
    assert all(part.is_open for entry in shipped().indicators for part in entry.breaks)


def test_persons_who_come_in_households_are_marked():
    bundled = [entry.code for entry in shipped().indicators if entry.bundled]
    assert sorted(bundled) == ["F03", "F05", "I01", "I02", "I05", "N02", "N03"]


@pytest.mark.parametrize("indicator", every("indicators"))
def test_ratios_say_that_they_have_no_interval(indicator: Indicator):
    is_of_two_sources = indicator.kind == "ratio" and indicator.code not in ("P03", "P04")
    assert (
        "ein Intervall wird nicht angegeben" in (indicator.notes.de if indicator.notes else "")
    ) == is_of_two_sources


@pytest.mark.parametrize(
    ("indicator", "note"),
    [
        ("unemployed_share", "Nicht die amtliche Arbeitslosenquote"),
        ("unemployed_share", "Studierende"),
        ("sgb2_quote", "Studierende"),
        ("arbeitslosenquote", "Nicht der Arbeitslosenanteil"),
        ("grundsicherung_im_alter", "Ein Anstieg kann auch bedeuten"),
        ("living_alone_65plus", "Adressen von Pflegeheimen sind ausgenommen"),
        ("unemployed_severely_disabled_share", "enthält Gleichgestellte"),
        ("children_of_lone_parents_share", "kein Urteil"),
        ("kinderarmut", "Sozialgeld"),
        ("mobility_marks_rate", "nur einmal"),
        ("leavers_without_certificate", "drei Schuljahre"),
        ("pflegequote_65plus", "stets mit der Fallzahl"),
    ],
)
def test_known_caveats_stand_in_the_notes(indicator, note):
    assert note in shipped().indicator(indicator).notes.de


def test_sensitive_indicators_are_neutral():
    neutral = {entry.code for entry in shipped().indicators if entry.direction == "neutral"}
    assert neutral >= {"N01", "N02", "N03", "F02", "F03", "F05", "D01", "D01b", "D03", "D04", "D07", "A04"}


def test_dates_of_breaks_are_dates():
    assert shipped().indicator("pflegequote_65plus").breaks[0].date == dt.date(2017, 1, 1)
