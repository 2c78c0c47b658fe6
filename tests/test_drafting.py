"""An unknown file is looked at: where its table stands, what its columns are, and a first mapping that loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from sozialanalyse.catalogue import shipped
from sozialanalyse.documents import parse_document
from sozialanalyse.errors import DataError, UsageError, untranslated
from sozialanalyse.loading import load_town
from sozialanalyse.loading.drafting import draft
from sozialanalyse.loading.drafting.columns import Counted, counted_by, find_columns
from sozialanalyse.loading.drafting.shape import Shape, find_shape
from sozialanalyse.loading.drafting.writing import UNKNOWN, number_style
from sozialanalyse.loading.mapping import Mapping
from tests.small_town import MAPPED, write_town

if TYPE_CHECKING:
    from pathlib import Path


def grid(text: str) -> list[list[str]]:
    """Read a drawn table: cells between bars."""
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]


WITH_ALL = """
| Sozialdaten 31.12.2023 |             |               |          |
|                        | Bevölkerung |               | Soziales |
| Stadtteil              | insgesamt   | unter 18      | SGB II   |
|                        | Anzahl der Personen mit Hauptwohnsitz | davon Kinder und Jugendliche | Personen in Bedarfsgemeinschaften |
| Nord                   | 1.250       | 210           | *        |
| Süd                    | 980         | 180           | 45       |
| Insgesamt              | 2.230       | 390           | 49       |
| Quelle: Melderegister  |             |               |          |
"""


def test_the_table_is_found_between_titles_and_notes():
    shape = find_shape(grid(WITH_ALL))
    assert shape == Shape(header=(2, 3), first_row=5, last_row=7, ends_before="Quelle: Melderegister")


def test_groups_of_columns_belong_to_the_names_below_them():
    twice = """
    | Titel |          |          |          |          |
    |       | Männer   |          | Frauen   |          |
    | Nr    | unter 18 | ab 18    | unter 18 | ab 18    |
    | 01    | 10       | 20       | 30       | 40       |
    | 02    | 11       | 21       | 31       | 41       |
    """
    shape = find_shape(grid(twice))
    assert shape is not None
    assert shape.header == (2, 3)


@pytest.mark.parametrize("text", ["| a | b |\n| c | d |", "| 1 | 2 |\n| 3 | 4 |", "| |"])
def test_without_names_above_numbers_there_is_no_table(text):
    assert find_shape(grid(text)) is None


def test_years_above_columns_are_names_not_data():
    shape = find_shape(grid("| Gebiet | 2011 | 2012 |\n| 01 | 5 | 6 |\n| 02 | 7 | 8 |"))
    assert shape is not None
    assert (shape.header, shape.first_row) == ((1,), 2)


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("Bevölkerung", Counted("population")),
        ("Unter 18-Jährige", Counted("population", age="0-17")),
        ("65-Jährige und Ältere", Counted("population", age="65+")),
        ("weiblich, 65 bis unter 75", Counted("population", age="65-74", sex="female")),
        ("Bevölkerung mit Migrationshintergrund", Counted("population_migration_background")),
        ("Unter 15-Jährige in SGB II", Counted("sgb2_recipients", age="0-14")),
        ("Langzeitarbeitslose", Counted("long_term_unemployed")),
        ("Haushalte mit Kindern", Counted("households_with_children")),
        ("Bevölkerung und Haushalte / Haushalte", Counted("households")),
        ("Bevölkerung / unter 18", Counted("population", age="0-17")),
        ("Bevölkerung / insgesamt", Counted("population")),
        ("Bevölkerung mit Migrations-hintergrund", Counted("population_migration_background")),
        ("Bevölkerungsbewegung / Zuzüge", Counted("")),
        ("Private PKW", Counted("")),
    ],
)
def test_names_of_columns_tell_measure_ages_and_sex(name, counted):
    assert counted_by(name, shipped()) == counted


def test_roles_of_columns():
    names = ["Stadtteil", "Stichtag", "Geschlecht", "Anzahl", "Anteil in %"]
    rows = [
        ["01", "31.12.2011", "m", "10", "4,5"],
        ["01", "31.12.2011", "w", "12", "5,5"],
        ["02", "31.12.2011", "m", "8", "3,5"],
        ["02", "31.12.2011", "w", "9", "4,0"],
    ]
    roles = [column.role for column in find_columns(names, rows)]
    assert roles == ["area", "period", "category", "count", "share"]


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["1.250", "980"], (",", ".")),
        (["1 250", "980"], (".", " ")),
        (["1.250,5"], (",", ".")),
        (["12,5"], (",", "")),
        (["12.5"], (".", "")),
        (["1,250", "12,311"], (".", ",")),
        (["13066"], (".", "")),
    ],
)
def test_separators_of_numbers(cells, style):
    assert number_style(cells) == style


def drafted(folder: Path, text: str, name: str = "sozial_2011.csv", town: str = MAPPED) -> str:
    """Draft the mapping of a file for the small town of two quarters."""
    write_town(folder, town__yml=town, **{name.replace(".", "__"): text})
    draft_ = draft(folder / name, folder, untranslated)
    return draft_.files[draft_.mapping]


WIDE = (
    "Ortsteil;Bevölkerung;unter 18;Ausländer;PKW\nNord;1.250;210;100;5\nSüd;980;180;*;7\nInsgesamt;2.230;390;104;12\n"
)


def test_a_wide_file_gives_an_entry_a_column(tmp_path):
    text = drafted(tmp_path, WIDE)
    mapping = parse_document(text, Mapping, "mapping.yml").content
    assert (mapping.area.column, mapping.area.by) == ("Ortsteil", "name")
    assert mapping.totals == {"0": ("Insgesamt",)}
    assert (mapping.decimal, mapping.thousands) == (",", ".")
    assert [(value.column, value.measure, value.age) for value in mapping.values] == [
        ("Bevölkerung", "population", ""),
        ("unter 18", "population", "0-17"),
        ("Ausländer", "population_foreign", ""),
    ]
    assert f'#   - {{column: "PKW", measure: {UNKNOWN}}}' in text


def test_the_first_mapping_loads(tmp_path):
    text = drafted(tmp_path, WIDE)
    (tmp_path / "mapping.yml").write_text(text.replace('"*": suppressed', '"*": {state: suppressed, between: [1, 9]}'))
    data = load_town(tmp_path, tmp_path)
    counts = data.counts.set_index(["area", "measure", "age_from", "age_to"])
    assert counts.loc[("01", "population", 0, 999), "value"] == 1250
    assert counts.loc[("02", "population", 0, 17), "value"] == 180
    assert counts.loc[("0", "population", 0, 999), "value"] == 2230
    hidden = counts.loc[("02", "population_foreign", 0, 999)]
    assert (hidden["status"], hidden["lower"], hidden["upper"]) == ("suppressed", 1, 9)


def test_a_long_file_gives_an_entry_a_category(tmp_path):
    rows = [f"0{area},2011-12-31,{what},{area}{number}" for area in (1, 2) for number, what in enumerate(["m", "w"], 3)]
    text = drafted(tmp_path, "\n".join(["Schlüssel,Stichtag,Geschlecht,Anzahl", *rows]) + "\n")
    mapping = parse_document(text, Mapping, "mapping.yml").content
    assert mapping.period.column == "Stichtag"
    assert [(value.where, value.sex) for value in mapping.values] == [
        ({"Geschlecht": ("m",)}, "male"),
        ({"Geschlecht": ("w",)}, "female"),
    ]


def test_years_as_columns_each_get_their_period(tmp_path):
    text = drafted(tmp_path, "Ortsteil;2011;2012\nNord;1250;1260\nSüd;980;990\n", "bevölkerung.csv")
    mapping = parse_document(text, Mapping, "mapping.yml").content
    periods = [value.period.value for value in mapping.values if value.period]
    assert periods == ["2011-12-31", "2012-12-31"]


def test_a_workbook_gives_a_whole_town(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Daten "
    for row in grid(WITH_ALL):
        sheet.append([int(cell.replace(".", "")) if cell.replace(".", "").isdigit() else cell for cell in row])
    book.create_sheet("Hinweise")["A1"] = "Kontakt: Statistikstelle"
    (tmp_path / "raw").mkdir()
    book.save(tmp_path / "raw" / "x_2024.xlsx")
    new = draft(tmp_path / "raw" / "x_2024.xlsx", tmp_path / "neustadt", untranslated)
    assert sorted(new.files) == ["areas.csv", "mapping/x_2024.yml", "town.yml"]
    assert new.files["areas.csv"].splitlines() == [
        "area,name,level,parent",
        "0,neustadt,stadt,",
        "Nord,Nord,gebiet,0",
        "Süd,Süd,gebiet,0",
    ]
    for name, text in new.files.items():
        path = tmp_path / "neustadt" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    data = load_town(tmp_path / "neustadt", tmp_path / "raw")
    assert data.counts.loc[data.counts["area"] == "Nord", "value"].tolist() == [
        210,
        1250,
        pytest.approx(float("nan"), nan_ok=True),
    ]


def test_a_date_above_the_numbers_is_taken_for_the_reference_date(tmp_path):
    text = drafted(tmp_path, "Einwohner am 31.12.2013;\nOrtsteil;Einwohner\nNord;1250\nSüd;980\n", "profile_2014.csv")
    assert parse_document(text, Mapping, "mapping.yml").content.period.value == "2013-12-31"


def test_a_year_in_the_name_is_only_a_guess(tmp_path):
    text = drafted(tmp_path, WIDE, "profile_2014.csv")
    assert parse_document(text, Mapping, "mapping.yml").content.period.value == "2014-12-31"
    assert "# The reference date is not in the table." in text


def test_what_would_count_the_same_again_waits_for_a_decision(tmp_path):
    text = drafted(tmp_path, "Ortsteil;Arbeitslose;Jüngere Arbeitslose\nNord;40;5\nSüd;30;4\n")
    mapping = parse_document(text, Mapping, "mapping.yml").content
    assert [value.column for value in mapping.values] == ["Arbeitslose"]
    assert '#   - {column: "Jüngere Arbeitslose", measure: unemployed}' in text


HOSTILE = 'Ortsteil;"Bevölkerung""}: &x {<script>\t#";"=A1"\nNord;1;2\nSüd;3;4\n'


def test_hostile_names_stay_text(tmp_path):
    text = drafted(tmp_path, HOSTILE)
    mapping = parse_document(text, Mapping, "mapping.yml").content
    assert [value.column for value in mapping.values] == ['Bevölkerung"}: &x {<script> #']
    assert all(line.startswith("#") for line in text.splitlines() if "=A1" in line)


def test_nothing_is_overwritten(tmp_path):
    write_town(tmp_path, town__yml=MAPPED, x__csv=WIDE)
    (tmp_path / "mapping").mkdir()
    (tmp_path / "mapping" / "x.yml").write_text("mine")
    with pytest.raises(UsageError, match=r"there is already a mapping mapping/x.yml"):
        draft(tmp_path / "x.csv", tmp_path, untranslated)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7", "the file is PDF"),
        (b"a text\nwithout a table\n", "no table was found"),
        (b"", "no table was found"),
    ],
)
def test_what_holds_no_table_is_refused(tmp_path, content, message):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        draft(tmp_path / "x.csv", tmp_path / "town", untranslated)


CODED = """\
Bevölkerung nach Geschlecht und Altersgruppe;;;;;
Stichtag;Stadtteil-Nr.;Stadtteil;Geschlecht;Altersgruppe;Anzahl
31.12.2022;001;Nord;m;0 bis unter 3;41
31.12.2022;001;Nord;w;0 bis unter 3;39
31.12.2022;001;Nord;m;3 und älter;1.250
31.12.2022;001;Nord;w;3 und älter;1.310
31.12.2022;002;Süd;m;0 bis unter 3;21
31.12.2022;002;Süd;w;0 bis unter 3;19
31.12.2022;002;Süd;m;3 und älter;950
31.12.2022;002;Süd;w;3 und älter;910
"""


def test_a_long_file_in_a_new_town_has_codes_names_ages_and_sexes(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "register.csv").write_bytes(CODED.encode("cp1252"))
    new = draft(tmp_path / "raw" / "register.csv", tmp_path / "neustadt", untranslated)
    assert "001,Nord,gebiet,0" in new.files["areas.csv"].splitlines()
    mapping = parse_document(new.files[new.mapping], Mapping, "mapping.yml").content
    assert (mapping.area.column, mapping.area.by, mapping.period.format) == ("Stadtteil", "name", "%d.%m.%Y")
    assert [(value.age, value.sex) for value in mapping.values] == [
        ("0-2", "male"),
        ("0-2", "female"),
        ("3+", "male"),
        ("3+", "female"),
    ]


@pytest.mark.parametrize(
    ("cell", "sign"), [("4644 b)", "b)"), ("4644 ¹⁾", "¹⁾"), ("46441)", "1)"), ("4644*)", "*)"), ("4644**", "**")]
)
def test_a_number_with_a_footnote_is_no_mark(tmp_path, cell, sign):
    text = drafted(tmp_path, f"Ortsteil;Einwohner\nNord;{cell}\nSüd;980\nWest;512\nOst;730\n")
    mapping = parse_document(text, Mapping, "mapping.yml").content
    assert list(mapping.footnotes) == [sign]
    assert cell not in mapping.marks
