"""Downloads: a small table in, bytes out; hostile names stay text, and independent readers read what was written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from sozialanalyse.downloads import dcat, edition, jsonstat, kommonitor
from sozialanalyse.downloads.csvw import metadata_of
from sozialanalyse.downloads.finding import DOWNLOADS, offer
from sozialanalyse.downloads.frames import written
from sozialanalyse.downloads.separated import for_excel, tidy
from sozialanalyse.downloads.table import NAMES, PLACE, Table, clean
from sozialanalyse.downloads.workbook import workbook
from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language, rounded
from sozialanalyse.town import open_town
from sozialanalyse.view import View
from tests.released import write_town

DAY = "2024-12-31"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\u2212=1",
    "\uff1d1+1",
    "<script>alert(1)</script>",
    "a;b,c\"d'e",
    "zwei\nZeilen\r\n\tTab",
    "\u202egnirts\u202c",
    "_x003D_1+1",
    "]]>&amp;&lt;<!--",
    "null\x00byte \ud800 \uffff",
    "",
)


def row(area="01", name="Nord", value="10.0", state="published", **other):
    cells = dict.fromkeys(NAMES, "")
    cells |= {"area": area, "area_name": name, "level": "ortsteil", "indicator": "kinderarmut"}
    cells |= {"indicator_name": "Kinderarmut", "unit": "Prozent", "period_start": DAY, "period_end": DAY}
    cells |= {"state": state, "value": value, "source": "Register", **other}
    return tuple(cells.values())


SHOWN = row(lower="7.4", upper="13.3", numerator="40", denominator="400", reliability="reliable", mark="( )")
HIDDEN = row("02", "Süd", "", "suppressed")
LABELS = {"state": {"published": "veröffentlicht", "suppressed": "geheim"}, "reliability": {"reliable": "belastbar"}}


def table(*rows, **other):
    return Table(Language("de"), "Kinder", rows or (SHOWN, HIDDEN), labels=LABELS, **other)


def hostile():
    return table(
        *(row(f"{n}", clean(name), source=clean(name)) for n, name in enumerate(HOSTILE)),
        about=[(clean(name), clean(name)) for name in HOSTILE],
        notes=[clean(name) for name in HOSTILE],
    )


class TestTables:
    def test_for_a_german_excel(self):
        written = for_excel(table())
        assert written.startswith(b"\xef\xbb\xbf")
        assert written.decode("utf-8-sig").split("\r\n")[1:] == [
            f"01;Nord;ortsteil;kinderarmut;Kinderarmut;Prozent;{DAY};{DAY};veröffentlicht;10,0;7,4;13,3;40;400;belastbar;( );Register",
            f"02;Süd;ortsteil;kinderarmut;Kinderarmut;Prozent;{DAY};{DAY};geheim;;;;;;;;Register",
            "",
        ]

    def test_tidy(self):
        names, *lines = tidy(table()).decode().split("\r\n")
        assert names.startswith(
            "area,area_name,level,indicator,indicator_name,unit,period_start,period_end,state,value"
        )
        assert names.endswith(",value,lower,upper,numerator,denominator,reliability,mark,source")
        assert lines == [
            f"01,Nord,ortsteil,kinderarmut,Kinderarmut,Prozent,{DAY},{DAY},published,10.0,7.4,13.3,40,400,reliable,( ),Register",
            f"02,Süd,ortsteil,kinderarmut,Kinderarmut,Prozent,{DAY},{DAY},suppressed,,,,,,,,Register",
            "",
        ]

    @pytest.mark.parametrize("write", [for_excel, tidy])
    def test_no_text_is_a_formula(self, write):
        delimiter = ";" if write is for_excel else ","
        rows = list(csv.reader(io.StringIO(write(hostile()).decode("utf-8-sig"), newline=""), delimiter=delimiter))
        assert len(rows) == len(HOSTILE) + 1
        assert {len(cells) for cells in rows} == {len(NAMES)}
        assert [text for cells in rows for text in cells if re.match(r"[=+\-@\t\r\n\uff1d\u2212]", text)] == []

    def test_pandas_reads_what_was_written(self):
        frame = pd.read_csv(io.BytesIO(tidy(table())), dtype={"area": str})
        assert frame["value"].tolist()[0] == 10.0
        assert frame["value"].isna().tolist() == [False, True]
        german = pd.read_csv(io.BytesIO(for_excel(table())), sep=";", decimal=",", dtype={"Gebietsnummer": str})
        assert german.iloc[:, PLACE["upper"]].tolist()[0] == 13.3


class TestWorkbooks:
    def test_numbers_are_numbers_and_days_are_days(self):
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook(table()))).get_sheet_by_index(0).to_python()
        assert sheet[1] == [
            *(
                "01",
                "Nord",
                "ortsteil",
                "kinderarmut",
                "Kinderarmut",
                "Prozent",
                dt.date(2024, 12, 31),
                dt.date(2024, 12, 31),
            ),
            *("veröffentlicht", 10.0, 7.4, 13.3, 40.0, 400.0, "belastbar", "( )", "Register"),
        ]
        assert sheet[2][PLACE["state"] :] == ["geheim", "", "", "", "", "", "", "", "Register"]

    def test_formats_show_the_decimals(self):
        cells = load_workbook(io.BytesIO(workbook(table()))).worksheets[0][2]
        assert [cells[PLACE[name]].number_format for name in ("value", "numerator")] == ["#,##0.0", "#,##0"]

    def test_hostile_names_are_text_in_every_sheet(self):
        book = load_workbook(io.BytesIO(workbook(hostile())))
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
        assert "f" not in {cell.data_type for cell in cells}
        names = [line[PLACE["area_name"]].value or "" for line in book.worksheets[0].iter_rows(min_row=2)]
        names = [name.replace("_x005F_", "_") for name in names]  # as Excel reads it, and openpyxl does not
        assert names == [clean(name) for name in HOSTILE], "word for word, also what looks like a code of Excel's"

    def test_there_is_no_formula_element_and_no_time(self):
        archive = zipfile.ZipFile(io.BytesIO(workbook(hostile())))
        parts = [archive.read(name) for name in archive.namelist()]
        assert not any(re.search(rb"<f\b", part) for part in parts)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_the_same_table_gives_the_same_bytes(self):
        assert workbook(table()) == workbook(table())

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.text(st.sampled_from("=+-@\t\n<>&\"';,_x05FDA €ß\u202e\ud800\x00"), max_size=20), min_size=1, max_size=4
        )
    )
    def test_any_text_comes_back_as_it_is(self, texts):
        texts = [clean(text) for text in texts]
        book = workbook(table(*(row(f"A{n}", text) for n, text in enumerate(texts))))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
        assert [line[PLACE["area_name"]] for line in sheet[1:]] == texts


class TestNumbers:
    @settings(max_examples=50)
    @given(st.floats(-1e9, 1e9), st.integers(0, 2))
    def test_are_rounded_as_on_pages(self, value, decimals):
        assert float(written(value, decimals)) == rounded(value, decimals)

    @pytest.mark.parametrize(
        ("value", "text"), [(0.05, "0.1"), (0.25, "0.3"), (2.5, "2.5"), (4.35, "4.4"), (-0.01, "0.0")]
    )
    def test_halves_go_away_from_zero(self, value, text):
        assert written(value, 1) == text


class TestMachines:
    def test_a_cube_of_json_stat(self):
        cube = json.loads(jsonstat.cube(table()))
        assert (cube["id"], cube["size"]) == (["area", "indicator", "period_end", "statistic"], [2, 1, 1, 3])
        assert cube["value"] == {"0": 10.0, "1": 7.4, "2": 13.3}
        assert cube["status"] == {"0": "published", "3": "suppressed"}
        assert cube["dimension"]["area"]["category"] == {"index": ["01", "02"], "label": {"01": "Nord", "02": "Süd"}}

    def test_an_import_table_for_kommonitor(self):
        rows = [SHOWN, HIDDEN, row(value="9.5", period_end="2023-12-31"), row("0", "Klein", level="stadt")]
        assert kommonitor.import_table(rows, "ortsteil").decode().split("\r\n") == [
            "area;area_name;kinderarmut_2024-12-31;kinderarmut_2023-12-31",
            "01;Nord;10.0;9.5",
            "02;Süd;;",
            "",
        ]

    def test_metadata_name_each_column(self):
        about = json.loads(metadata_of(table(), "children.de.tidy.csv"))
        assert about["url"] == "children.de.tidy.csv"
        assert [column["name"] for column in about["tableSchema"]["columns"]] == list(NAMES)
        assert about["tableSchema"]["columns"][PLACE["value"]]["datatype"] == "decimal"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town with a name that is a formula and a source that is a script."""
    folder = write_town(tmp_path_factory.mktemp("town"), confidentiality="synthetic")
    for file, before, after in (("areas.csv", "Anger", "=1+1"), ("town.yml", "de: Register", "de: <script>x</script>")):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return open_town(folder)


class TestOfATown:
    def test_what_a_page_looks_at_is_offered(self, town):
        view = View(town, "children", level="ortsteil")
        files = offer(view, formats="csv tidy csvw xlsx").metadata[DOWNLOADS]["files"]
        assert [file["ending"] for file in files] == ["csv", "xlsx", "tidy.csv", "tidy.csv-metadata.json"]
        assert DOWNLOADS not in offer(view, formats="").metadata

    def test_an_unknown_format_is_refused(self, town):
        with pytest.raises(UsageError, match="format"):
            offer(View(town, "children"), formats="csv pdf")

    def test_all_values_in_all_formats(self, town):
        files, listing = edition.files_of(town, Language("de"), ["Hinweis"])
        assert {entry["file"] for entry in listing} == set(files)
        assert sorted(files) == [
            "catalog.jsonld",
            "kommonitor-bezirk.csv",
            "kommonitor-ortsteil.csv",
            "values.csv",
            "values.json",
            "values.tidy.csv",
            "values.tidy.csv-metadata.json",
            "values.xlsx",
        ]
        assert files == edition.files_of(town, Language("de"), ["Hinweis"])[0], "the same town gives the same bytes"
        frame = pd.read_csv(io.BytesIO(files["values.tidy.csv"]), dtype=str, keep_default_na=False)
        anger = frame[(frame["area"] == "11") & (frame["indicator"] == "kinderarmut")]
        assert anger[["area_name", "value", "numerator", "denominator", "state"]].to_numpy().tolist() == [
            ["'=1+1", "1.5", "3", "200", "published"]
        ]

    def test_the_catalogue_names_publisher_licence_and_files(self, town):
        rows = edition.table_of(town, Language("de"))
        found = json.loads(dcat.catalogue(town, rows, {"values.csv": "CSV"}))
        (dataset,) = found["dcat:dataset"]
        (file,) = dataset["dcat:distribution"]
        assert found["dct:publisher"]["foaf:name"] == "Klein"
        assert file["dcat:downloadURL"] == {"@id": "values.csv"}
        assert file["dct:license"] == [{"@type": "dct:LicenseDocument", "rdfs:label": "CC0"}]
        assert dataset["dct:temporal"]["dcat:endDate"]["@value"] == DAY
