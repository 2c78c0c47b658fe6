"""Raw files of other shapes, by mapping files: a small delivery in, tidy counts out, and what can be wrong with either."""

from __future__ import annotations

import pytest

from sozialanalyse.errors import UsageError
from sozialanalyse.loading import RAW_VARIABLE, load_town
from sozialanalyse.loading.mapping import AreasMapping, Mapping
from tests.small_town import MAPPED, faults_of, open_town, rows_of, write_town

WIDE = """\
schema: 1
file: raw.csv
source: register
area: {column: Gebiet}
period: {value: "2011-12-31"}
values:
  - {column: Einwohner, measure: population}
"""

LONG = """\
schema: 1
file: raw.csv
source: register
area: {column: id}
period: {column: year, pattern: "{}-12-31"}
values:
  - {column: number, measure: population, sex: female, where: {sex: w}}
  - {column: number, measure: population, sex: male, where: {sex: [m, M]}}
"""


def write_mapped(folder, mapping, raw, **files):
    """Write a town whose counts come from a raw file, given as text or bytes."""
    write_town(folder, town__yml=MAPPED, mapping__yml=mapping, **files)
    (folder / "raw.csv").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return folder


def values_of(folder):
    return [value for (value,) in rows_of(open_town(folder), "value")]


def test_a_wide_table_has_a_column_a_measure(tmp_path):
    mapping = WIDE + "  - {column: Arbeitslose, measure: unemployed, age: 15-64}\n"
    raw = "Gebiet,Einwohner,Arbeitslose\n01,100,5\n02,200,0\n"
    data = open_town(write_mapped(tmp_path, mapping, raw))
    assert rows_of(data, "area", "measure", "age_from", "age_to", "value", "status", "file", "row") == [
        ("01", "population", 0, 999, 100.0, "number", "raw.csv", 2),
        ("01", "unemployed", 15, 64, 5.0, "number", "raw.csv", 2),
        ("02", "population", 0, 999, 200.0, "number", "raw.csv", 3),
        ("02", "unemployed", 15, 64, 0.0, "zero", "raw.csv", 3),
    ]


def test_a_long_table_has_a_row_a_number(tmp_path):
    raw = "id,year,sex,number\n01,2011,w,51\n01,2011,m,49\n01,2012,M,48\n"
    data = open_town(write_mapped(tmp_path, LONG, raw))
    ends = data.counts["period_end"].dt.strftime("%Y-%m-%d")
    assert sorted(zip(data.counts["sex"], ends, data.counts["value"], data.counts["row"], strict=True)) == [
        ("female", "2011-12-31", 51.0, 2),
        ("male", "2011-12-31", 49.0, 3),
        ("male", "2012-12-31", 48.0, 4),
    ]


def test_encoding_separator_titles_and_signs_are_declared(tmp_path):
    mapping = WIDE.replace(
        "area:", 'encoding: cp1252\nseparator: ";"\nheader_row: 3\ndecimal: ","\nthousands: "."\narea:'
    )
    mapping = mapping.replace("Einwohner", "Bevölkerung")
    raw = 'Bevölkerung am "31.12.\n\nGebiet;Bevölkerung\n01;1.234\n02;1.234.567,0\n'.encode("cp1252")
    data = open_town(write_mapped(tmp_path, mapping, raw))
    assert rows_of(data, "area", "value", "row") == [("01", 1234.0, 4), ("02", 1234567.0, 5)]


@pytest.mark.parametrize(
    ("signs", "text", "value"),
    [
        ('decimal: ","', "12,0", 12),
        ('thousands: "."\ndecimal: ","', "12", 12),
        ('thousands: " "', "1 234", 1234),
        ('thousands: "\'"', "1'234", 1234),
        ('thousands: ","', '"1,234"', 1234),
        ('thousands: ","', "1234", 1234),
        ("", "12.0", 12),
    ],
)
def test_numbers_are_read_as_they_are_declared(tmp_path, signs, text, value):
    mapping = WIDE.replace("area:", f"{signs}\narea:")
    assert values_of(write_mapped(tmp_path, mapping, f"Gebiet,Einwohner\n01,{quoted(text)}\n")) == [value]


@pytest.mark.parametrize(
    ("signs", "text", "fix"),
    [
        ('decimal: ","', "12.5", 'decimal: "."'),
        ('thousands: "."\ndecimal: ","', "12.5", 'decimal: ".", thousands: ""'),
        ('thousands: "."', "1.2345", 'decimal: ".", thousands: ""'),
        ("", "1,5", 'decimal: ","'),
        ("", "1.250", 'decimal: "." / thousands: "."'),
        ("", "1 250", 'thousands: " "'),
        ("", "45.8**)", 'footnotes: {"**)": ""}'),
        ("", ".", "marks_of: destatis"),
        ("", "*", "marks_of: ba"),
        ("", "k.A.", 'marks: {"k.A.": missing}'),
    ],
)
def test_numbers_in_another_way_are_refused_with_the_likely_fix(tmp_path, signs, text, fix):
    mapping = WIDE.replace("area:", f"{signs}\narea:")
    assert faults_of(write_mapped(tmp_path, mapping, f"Gebiet,Einwohner\n01,{quoted(text)}\n")) == [
        f"raw.csv, line 2, area 01: '{text}' is no number as the mapping declares them; if it is right, write there: {fix}"
    ]


@pytest.mark.parametrize(("signs", "text"), [('thousands: " "', "12 34"), ("", "about 5"), ("", "Ehrenfeld")])
def test_what_no_declaration_would_make_a_number_is_refused_without(tmp_path, signs, text):
    mapping = WIDE.replace("area:", f"{signs}\narea:")
    assert faults_of(write_mapped(tmp_path, mapping, f"Gebiet,Einwohner\n01,{text}\n")) == [
        (
            f"raw.csv, line 2, area 01: '{text}' is no number; write 1234 or 1234.5, or declare the decimal sign and marks in "
            "a mapping"
        )
    ]


def quoted(text):
    return f'"{text}"' if "," in text and not text.startswith('"') else text


def test_marks_say_in_which_state_a_count_is(tmp_path):
    marks = 'marks: {"-": zero, ".": missing, "*": suppressed, x: not_applicable, "": missing}\n'
    raw = "Gebiet,Einwohner\n01,-\n02,.\n"
    assert rows_of(open_town(write_mapped(tmp_path, WIDE + marks, raw)), "status", "value")[0] == ("zero", 0.0)
    raw = "Gebiet,Einwohner\n01,*\n02,x\n"
    states = [status for (status,) in rows_of(open_town(write_mapped(tmp_path, WIDE + marks, raw)), "status")]
    assert states == ["suppressed", "not_applicable"]


def test_ids_that_a_file_writes_in_another_way_are_renamed(tmp_path):
    mapping = WIDE + "area_names: {'1': '01', Süd: '02'}\n"
    data = open_town(write_mapped(tmp_path, mapping, "Gebiet,Einwohner\n1,5\nSüd,6\n0,11\n"))
    assert rows_of(data, "area", "value") == [("0", 11.0), ("01", 5.0), ("02", 6.0)]


def test_rows_can_be_chosen(tmp_path):
    mapping = WIDE.replace("area:", 'rows: {Jahr: ["2011"]}\narea:')
    raw = "Gebiet,Jahr,Einwohner\n01,2010,4\n01,2011,5\n"
    assert values_of(write_mapped(tmp_path, mapping, raw)) == [5.0]


def test_rows_that_nothing_takes_are_refused_unless_they_may_be_passed_over(tmp_path):
    raw = "id,year,sex,number\n01,2011,w,51\n01,2011,d,1\n01,2011,m,49\n02,2011,d,1\n"
    assert faults_of(write_mapped(tmp_path, LONG, raw)) == [
        (
            "raw.csv, line 3: no entry of values in mapping.yml takes this row (such rows: 2); add an entry, "
            "choose rows, or write unmapped_rows: ignore"
        )
    ]
    assert values_of(write_mapped(tmp_path, LONG + "unmapped_rows: ignore\n", raw)) == [51.0, 49.0]


def test_an_entry_that_takes_no_row_tells_of_a_changed_delivery(tmp_path):
    raw = "id,year,sex,number\n01,2011,w,51\n"
    assert faults_of(write_mapped(tmp_path, LONG, raw)) == [
        "mapping.yml, line 8, values.1: no row of raw.csv is taken by this entry; has the delivery changed?"
    ]


def test_a_column_that_a_mapping_names_must_be_there(tmp_path):
    assert faults_of(write_mapped(tmp_path, LONG, "id,Jahr,sex\n01,2011,w\n")) == [
        "raw.csv, line 1: columns are missing: 'year', 'number'; the file has: 'id', 'Jahr', 'sex'"
    ]


def test_every_number_of_a_mapped_file_that_is_wrong_is_told_at_once(tmp_path):
    raw = "Gebiet,Einwohner\n01,-5\n03,5\n02,5.5\n02,6\n"
    assert faults_of(write_mapped(tmp_path, WIDE, raw)) == [
        "raw.csv, line 2, area 01: the count -5 is negative",
        "raw.csv, line 3, area 03: area '03' is not in the table of areas; did you mean: 0, 02, 01?",
        "raw.csv, line 4, area 02: the count 5.5 is not a whole number; has a decimal point slipped?",
        "raw.csv, line 4, area 02: area, period, measure, sex and age stand more than once (also in raw.csv:5)",
        "raw.csv, line 5, area 02: area, period, measure, sex and age stand more than once (also in raw.csv:4)",
    ]


def test_names_in_a_mapping_must_be_declared(tmp_path):
    mapping = WIDE.replace("source: register", "source: registre").replace("population", "populatoin")
    share = ", share_of: {measure: peoples, decimals: 5}}"
    assert faults_of(write_mapped(tmp_path, mapping.replace("n}", "n" + share), "Gebiet,Einwohner\n01,5\n")) == [
        "mapping.yml, line 3, source: 'registre' is not known here; did you mean: register?",
        (
            "mapping.yml, line 7, values.0.measure: 'populatoin' is not known here; did you mean: population, "
            "population_foreign?"
        ),
        (
            "mapping.yml, line 7, values.0.share_of.measure: 'peoples' is not known here; did you mean: "
            "population, population_foreign, population_migration_background?"
        ),
    ]


FAULTS = {
    "unknown key": (
        ("area:", "blatt: 1\narea:"),
        "mapping.yml, line 4, blatt: this key is not known here; check its spelling",
    ),
    "newer format": (
        ("schema: 1", "schema: 9"),
        "mapping.yml, line 1, schema: schema version 9 is not known; this release reads 1 (found: '9')",
    ),
    "encoding": (
        ("area:", "encoding: ansi\narea:"),
        "mapping.yml, line 4, encoding: this encoding is not known; common ones are utf-8, cp1252 and utf-16 (found: 'ansi')",
    ),
    "separator of two signs": (
        ("area:", "separator: ';;'\narea:"),
        "mapping.yml, line 4, separator: String should have at most 1 character (found: ';;')",
    ),
    "one sign for two": (
        ("area:", "decimal: ','\nthousands: ','\narea:"),
        "mapping.yml, line 5, thousands: the decimal sign and the separator of thousands cannot be the same (found: ',')",
    ),
    "neither column nor value": (("{column: Gebiet}", "{}"), "mapping.yml, line 4, area: give either column or value"),
    "no age group": (
        ("population}", "population, age: unter 3}"),
        (
            "mapping.yml, line 7, values.0.age: 'unter 3' is no age group; write 0-4, 85+, a single year, or nothing for all "
            "ages (found: 'unter 3')"
        ),
    ),
    "number where text is due": (
        ("area:", "rows: {Jahr: 2011}\narea:"),
        "mapping.yml, line 4, rows.Jahr: text is expected, found '2011'; put it in quotes",
    ),
    "path out of the folder": (
        ("file: raw.csv", "file: ../raw.csv"),
        "../raw.csv: the path leads out of the folder of raw files; it must stay inside",
    ),
    "absent file": (("file: raw.csv", "file: other.csv"), "other.csv: the file does not exist"),
}


@pytest.mark.parametrize(("change", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_mapping_gives_one_message(tmp_path, change, message):
    assert faults_of(write_mapped(tmp_path, WIDE.replace(*change), "Gebiet,Einwohner\n01,5\n")) == [message]


def test_wrong_encoding_names_the_line(tmp_path):
    mapping = WIDE.replace("area:", "encoding: utf-8\narea:")
    assert faults_of(write_mapped(tmp_path, mapping, b"Gebiet,Einwohner\n01,5\nS\xfcd,6\n")) == [
        "raw.csv, line 3: the file is not utf-8 text (found the byte 0xfc); declare its encoding, often cp1252"
    ]


@pytest.mark.parametrize(
    ("written", "text", "end"),
    [
        ("%d.%m.%Y", "31.12.2011", "2011-12-31"),
        ("%d.%m.%Y", "1.4.2012", "2012-04-01"),
        ("%Y%m%d", "20110930", "2011-09-30"),
        ("%d.%m.%y", "30.06.12", "2012-06-30"),
        ("%d.%m.%Y", "2011-12-31", "2011-12-31"),  # a workbook's own date
    ],
)
def test_dates_are_read_in_the_declared_format(tmp_path, written, text, end):
    mapping = WIDE.replace('{value: "2011-12-31"}', f'{{column: Stand, format: "{written}"}}')
    data = open_town(write_mapped(tmp_path, mapping, f"Gebiet,Stand,Einwohner\n01,{text},5\n"))
    assert data.counts["period_end"].astype(str).tolist() == [end]


@pytest.mark.parametrize(
    ("written", "text"), [("%d.%m.%Y", "12/31/2011"), ("%Y%m%d", "2011111"), ("%d.%m.%Y", "31.02.2011")]
)
def test_a_date_in_another_format_is_no_period(tmp_path, written, text):
    mapping = WIDE.replace('{value: "2011-12-31"}', f'{{column: Stand, format: "{written}"}}')
    (fault,) = faults_of(write_mapped(tmp_path, mapping, f"Gebiet,Stand,Einwohner\n01,{text},5\n"))
    assert fault.startswith(f"raw.csv, line 2, area 01: '{text}' is no period of this measure")


@pytest.mark.parametrize(
    ("period", "message"),
    [
        ('{column: Stand, format: "%Y"}', "a format names day, month and year, for example %d.%m.%Y"),
        ('{column: Stand, format: "%d.%m."}', "a format names day, month and year"),
        (
            '{column: Stand, format: "%d.%m.%Y", pattern: "{}x"}',
            "a format is of the dates in a column and needs no pattern",
        ),
        ('{value: "31.12.2011", format: "%d.%m.%Y"}', "a format is of the dates in a column and needs no pattern"),
    ],
)
def test_a_format_that_names_no_day_is_refused_when_the_mapping_is_read(tmp_path, period, message):
    mapping = WIDE.replace('{value: "2011-12-31"}', period)
    (fault,) = faults_of(write_mapped(tmp_path, mapping, "Gebiet,Stand,Einwohner\n01,31.12.2011,5\n"))
    assert message in fault


def test_a_column_may_be_of_another_date_than_the_rest(tmp_path):
    mapping = WIDE + '  - {column: Arbeitslose, measure: unemployed, age: 15-64, period: {value: "2010-12-31"}}\n'
    data = open_town(write_mapped(tmp_path, mapping, "Gebiet,Einwohner,Arbeitslose\n01,100,5\n"))
    ends = data.counts["period_end"].astype(str)
    assert dict(zip(data.counts["measure"], ends, strict=True)) == {
        "population": "2011-12-31",
        "unemployed": "2010-12-31",
    }


CODED = """\
schema: 1
file: raw.csv
source: register
area: {column: id}
period: {value: "2011-12-31"}
values:
  - column: number
    measure: population
    sex_codes: {column: sex, codes: {"1": male, "2": female}}
    age_codes: {column: age, codes: {a: 0-17, b: 18+}}
"""


def test_sexes_and_ages_may_stand_in_columns_as_codes(tmp_path):
    data = open_town(write_mapped(tmp_path, CODED, "id,sex,age,number\n01,1,a,5\n01,2,b,6\n"))
    assert rows_of(data, "sex", "age_from", "age_to", "value") == [("female", 18, 999, 6.0), ("male", 0, 17, 5.0)]


def test_a_code_that_is_not_declared_or_stands_nowhere_is_refused(tmp_path):
    assert faults_of(write_mapped(tmp_path, CODED, "id,sex,age,number\n01,1,a,5\n01,2,b,6\n01,3,b,7\n")) == [
        (
            "raw.csv, line 4: no entry of values in mapping.yml takes this row (such rows: 1); add an entry, "
            "choose rows, or write unmapped_rows: ignore"
        )
    ]
    assert faults_of(write_mapped(tmp_path, CODED, "id,sex,age,number\n01,1,a,5\n01,1,b,6\n")) == [
        (
            "mapping.yml, line 9, values.0.sex_codes: no row of raw.csv that is meant has '2' in 'sex'; has the delivery "
            "changed?"
        )
    ]


def test_several_files_are_one_delivery_and_the_name_may_say_the_date(tmp_path):
    mapping = WIDE.replace("raw.csv", "raw{}.csv").replace(
        '{value: "2011-12-31"}', '{column: file_part, pattern: "{}-12-31"}'
    )
    write_town(tmp_path, town__yml=MAPPED, mapping__yml=mapping)
    for year, people in ((2011, 5), (2012, 6)):
        (tmp_path / f"raw{year}.csv").write_text(f"Gebiet,Einwohner\n01,{people}\n", encoding="utf-8")
    data = open_town(tmp_path)
    assert sorted(
        zip(data.counts["file"], data.counts["period_end"].astype(str), data.counts["value"], strict=True)
    ) == [
        ("raw2011.csv", "2011-12-31", 5.0),
        ("raw2012.csv", "2012-12-31", 6.0),
    ]


def test_rows_may_be_left_out(tmp_path):
    mapping = WIDE.replace("area:", "unless: {Gebiet: [Quelle, Stand]}\narea:")
    assert values_of(write_mapped(tmp_path, mapping, "Gebiet,Einwohner\n01,5\nQuelle,\n")) == [5.0]


def test_means_become_counts_again(tmp_path):
    mapping = WIDE + "  - {column: m2, measure: living_space, share_of: {measure: dwellings, per: 1, decimals: 12}}\n"
    mapping = mapping.replace("measure: population", "measure: dwellings")
    data = open_town(write_mapped(tmp_path, mapping, "Gebiet,Einwohner,m2\n01,30,71.233333333333\n"))
    assert rows_of(data, "measure", "value") == [("dwellings", 30.0), ("living_space", 2137.0)]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{measure: population}", "give either column or columns"),
        ("{column: a, columns: [b, c], measure: population}", "give either column or columns"),
        (
            "{columns: [b, c], measure: population, share_of: {measure: population, decimals: 1}}",
            "percentages cannot be added up; give one column",
        ),
        (
            "{column: a, measure: population, age: 0-4, age_codes: {column: b, codes: {c: 5-9}}}",
            "age and sex are the same for all rows or stand in a column; give one of both",
        ),
        ("{column: a, measure: population, age_codes: {column: b, codes: {c: klein}}}", "'klein' is no age group"),
        ("{column: a, measure: population, factor: 0}", "greater than 0"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(tmp_path, entry, message):
    mapping = WIDE.replace("{column: Einwohner, measure: population}", entry)
    assert any(message in fault for fault in faults_of(write_mapped(tmp_path, mapping, "Gebiet,Einwohner\n01,5\n")))


def test_the_folder_of_raw_files_can_stand_in_the_environment(tmp_path, monkeypatch):
    write_mapped(tmp_path, WIDE, "Gebiet,Einwohner\n01,5\n")
    monkeypatch.delenv(RAW_VARIABLE, raising=False)
    with pytest.raises(UsageError) as caught:
        load_town(tmp_path)
    assert str(caught.value) == (
        "the raw file raw.csv is needed; name its folder with --raw DIR or in SOZIALANALYSE_RAW"
    )
    monkeypatch.setenv(RAW_VARIABLE, str(tmp_path))
    assert len(load_town(tmp_path).counts) == 1


AREAS = """\
schema: 1
parts:
  - {level: stadt, file: raw.csv, rows: {Gebiet: "00"}, area: Gebiet, name_pattern: Klein}
  - level: ortsteil
    file: raw.csv
    matching: "[0-9]{2}"
    rows: {Jahr: "2011"}
    area: Gebiet
    name: Name
    names: {"02": Süd}
    parent: {prefix: 1, pattern: "{}0"}
"""


def test_areas_come_from_a_raw_file_each_once(tmp_path):
    raw = """\
Gebiet,Name,Jahr,Einwohner
00,gesamt,2010,5
01,Nord,2010,5
01,Nord,2011,5
01,Nord,2011,6
02,Sued,2011,6
x,Rest,2011,6
"""
    mapping = WIDE.replace("area:", 'rows: {Jahr: "2010"}\narea:')
    town = MAPPED + "areas: areas.yml\n"
    write_mapped(tmp_path, mapping, raw, areas__yml=AREAS)
    (tmp_path / "town.yml").write_text(town, encoding="utf-8")
    frame = open_town(tmp_path).areas.frame[["area", "name", "level", "parent"]]
    assert list(frame.itertuples(index=False, name=None)) == [
        ("00", "Klein", "stadt", ""),
        ("01", "Nord", "ortsteil", "00"),
        ("02", "Süd", "ortsteil", "00"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("{prefix: 1, pattern: '{}0'}", "{prefix: 1, value: '00'}"),
            "areas.yml, line 11, parts.1.parent: give one of value, column and prefix",
        ),
        (
            ('matching: "[0-9]{2}"', 'matching: "[0-9"'),
            (
                "areas.yml, line 6, parts.1.matching: this is no regular expression: unterminated character set at position 0 "
                "(found: '[0-9')"
            ),
        ),
        (
            ("name: Name", "name: Bezeichnung"),
            "raw.csv, line 1: columns are missing: 'Bezeichnung'; the file has: 'Gebiet', 'Name', 'Jahr', 'Einwohner'",
        ),
    ],
)
def test_a_faulty_mapping_of_areas_gives_one_message(tmp_path, change, message):
    raw = "Gebiet,Name,Jahr,Einwohner\n00,gesamt,2010,5\n01,Nord,2011,5\n"
    areas = AREAS.replace('"{}0"', "'{}0'").replace(*change)
    write_mapped(tmp_path, WIDE, raw, areas__yml=areas)
    (tmp_path / "town.yml").write_text(MAPPED + "areas: areas.yml\n", encoding="utf-8")
    assert faults_of(tmp_path) == [message]


def test_areas_may_lose_their_zeros_be_left_out_and_have_an_end(tmp_path):
    areas = AREAS.replace('matching: "[0-9]{2}"', "width: 2\n    unless: {Name: [Rest]}\n    valid_to: 2012-12-31")
    raw = "Gebiet,Name,Jahr,Einwohner\n00,gesamt,2011,5\n1,Nord,2011,5\n2,Sued,2011,5\n9,Rest,2011,5\n"
    areas = areas.replace('Jahr: "2011"', 'Gebiet: ["1", "2", "9"]')
    mapping = WIDE.replace("{column: Gebiet}", "{column: Gebiet, width: 2}").replace(
        "area:", "unless: {Name: [Rest]}\narea:", 1
    )
    write_mapped(tmp_path, mapping, raw, areas__yml=areas)
    (tmp_path / "town.yml").write_text(MAPPED + "areas: areas.yml\n", encoding="utf-8")
    data = open_town(tmp_path)
    assert data.areas.frame["valid_to"].astype(str).tolist() == ["2999-12-31", "2012-12-31", "2012-12-31"]
    assert rows_of(data, "area", "value") == [("00", 5.0), ("01", 5.0), ("02", 5.0)]


@pytest.mark.parametrize("model", [Mapping, AreasMapping])
def test_mappings_have_a_json_schema_for_editors(model):
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    assert "schema" in schema["required"]
