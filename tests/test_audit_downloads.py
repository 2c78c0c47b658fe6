"""The audit reads every download: a number that is no published cell's is found, wherever somebody puts it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.auditing import read_files
from sozialanalyse.audit.downloads import COLUMNS
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.memory import Memory
from sozialanalyse.downloads import jsonstat, kommonitor
from sozialanalyse.downloads.csvw import metadata_of
from sozialanalyse.downloads.separated import for_excel, tidy
from sozialanalyse.downloads.table import NAMES, Table
from sozialanalyse.downloads.workbook import workbook
from sozialanalyse.language import Language
from tests.audit_site import CHILDREN, DAY, EARLIER_DAY, HIDDEN, PAGE, POOR, POOR_BEFORE, write_site
from tests.audit_site import NAMES as AREAS
from tests.test_audit import reasons

VALUES = "values.csv"


def rows():
    """All that is published of the small site: shares of children on benefits."""
    for day, poor in ((EARLIER_DAY, POOR_BEFORE), (DAY, POOR)):
        for area, children in CHILDREN.items():
            known = area not in HIDDEN
            numbers = (
                (f"{100 * poor[area] / children:.1f}", "", "", str(poor[area]), str(children)) if known else [""] * 5
            )
            names = (
                area,
                AREAS[area],
                "stadt" if area == "0" else "sozialraum",
                "kinderarmut",
                "Kinderarmut",
                "Prozent",
            )
            yield (*names, day, day, "published" if known else "suppressed", *numbers, "", "", "Register")


def shapes():
    square = {"type": "Polygon", "coordinates": [[[6.1, 50.7], [6.2, 50.7], [6.2, 50.8], [6.1, 50.7]]]}
    features = [
        {
            "type": "Feature",
            "id": area,
            "properties": {
                "area": area,
                "area_name": AREAS[area],
                "level": "sozialraum",
                "kinderarmut": None if area in HIDDEN else round(100 * POOR[area] / CHILDREN[area], 1),
                "kinderarmut_state": "suppressed" if area in HIDDEN else "published",
                "kinderarmut_date": DAY,
            },
            "geometry": square,
        }
        for area in CHILDREN
        if area != "0"
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def files():
    """Each kind of file, as it is published."""
    table = Table(Language("de"), "Kinder", tuple(rows()), about=[("Datenstand", DAY)], notes=["Hinweis"])
    return {
        "downloads/values.csv": for_excel(table),
        "downloads/values.tidy.csv": tidy(table),
        "downloads/values.tidy.csv-metadata.json": metadata_of(table, "values.tidy.csv"),
        "downloads/values.xlsx": workbook(table),
        "downloads/values.json": jsonstat.cube(table),
        "downloads/kommonitor-sozialraum.csv": kommonitor.import_table(table.rows, "sozialraum"),
        "downloads/areas.geojson": shapes().encode(),
    }


@pytest.fixture
def whole(tmp_path, files):
    """A site with its page and its downloads."""
    folder = write_site(tmp_path / "site")
    (folder / "downloads").mkdir()
    for address, content in files.items():
        (folder / address).write_bytes(content)
    return folder


@pytest.fixture
def site(whole):
    """The downloads alone, which are read faster."""
    (whole / PAGE).unlink()
    return whole


def assert_caught(site, fragment):
    """The audit's reader says what is wrong, in words that hold all of a fragment; it needs no attack for that."""
    problems, _ = read_files(site, Judge(Figures(read_knowledge(site))), Memory(None, site))
    said = [f"{problem.kind} {problem.file}: {problem.describe(str.format)}" for problem in problems]
    assert any(all(word in reason for word in fragment.split()) for reason in said), said


def test_the_columns_are_those_of_the_program():
    """The audit shares no code with what it audits, so that both must say the same is tested here."""
    assert COLUMNS == NAMES


def test_files_in_order_pass_and_every_numeral_is_mapped(whole):
    report = audit_folder(whole)
    assert reasons(report) == []
    assert {entry.file: entry.total - entry.mapped for entry in report.coverage if entry.total != entry.mapped} == {}
    assert sum(entry.file.startswith("downloads/") for entry in report.coverage) == 7


TEXTS = [
    ("values.csv", ";10,0;", ";10,1;", "wrong values.csv '10.1'"),
    ("values.csv", ";40;400;", ";41;400;", "wrong values.csv '41'"),
    ("values.tidy.csv", ",10.0,", ",10.04,", "wrong values.tidy.csv '10.04' decimals"),
    ("values.tidy.csv", "suppressed,,,,,", "suppressed,,,,3,", "hidden values.tidy.csv '3'"),
    ("values.tidy.csv", "suppressed,,,,,", "suppressed,1.6,,,,", "hidden values.tidy.csv '1.6'"),
    ("values.tidy.csv", ",Lindenau,", ",Lindenau 3,", "unmapped values.tidy.csv 'Lindenau 3'"),
    ("values.tidy.csv", ",Register\r\n", ",Register drei\r\n", "unmapped values.tidy.csv drei"),
    ("values.tidy.csv", ",Register\r\n", ",Register,3\r\n", "opaque values.tidy.csv cells"),
    ("values.tidy.csv", f",{DAY},", ",2024-12-03,", "unmapped values.tidy.csv 2024-12-03"),
    ("values.tidy.csv", "kinderarmut", "geheimarmut3", "unmapped values.tidy.csv geheimarmut3"),
    ("values.csv", "Altstadt", "=1+2", "opaque values.csv '=1+2' calculated"),
    ("values.tidy.csv-metadata.json", "Hinweis", "Lindenau: 3", "unmapped values.tidy.csv-metadata.json 'Lindenau: 3'"),
    ("values.tidy.csv-metadata.json", '"url"', '"url": 3, "url"', "opaque values.tidy.csv-metadata.json"),
    ("values.json", '"version":"2.0"', '"version":"3"', "opaque values.json"),
    ("values.json", '"value":{', '"value":{"15":1.6,', "hidden values.json '1.6'"),
    ("values.json", '"value":{', '"value":{"3000":3,', "opaque values.json"),
    ("values.json", '"class"', '"extension":{"02":3},"class"', "opaque values.json"),
    ("values.json", '"Hinweis"', '"Lindenau 3"', "unmapped values.json 'Lindenau 3'"),
    ("areas.geojson", '"kinderarmut": null', '"kinderarmut": 1.6', "hidden areas.geojson '1.6'"),
    ("areas.geojson", '"level"', '"children": 3, "level"', "unmapped areas.geojson 'children 3'"),
    ("areas.geojson", "[6.1, 50.7]", "[6.1, 50.7, 3]", "opaque areas.geojson shape"),
    ("areas.geojson", "6.1,", "6.10000003,", "opaque areas.geojson shape"),
    ("areas.geojson", '"features"', '"bbox": [3], "features"', "opaque areas.geojson collection"),
    ("kommonitor-sozialraum.csv", "02;Lindenau;;", "02;Lindenau;;1.6", "hidden kommonitor-sozialraum.csv '1.6'"),
    ("kommonitor-sozialraum.csv", "02;Lindenau;;", "02;Lindenau 3;;", "unmapped kommonitor-sozialraum.csv Lindenau"),
    ("kommonitor-sozialraum.csv", "02;Lindenau;;", "02;Lindenau;;;3", "unmapped kommonitor-sozialraum.csv '3'"),
]


@pytest.mark.parametrize(("file", "before", "after", "found"), TEXTS, ids=[f"{f}: {a.strip()}" for f, _, a, _ in TEXTS])
def test_a_planted_number_in_a_text_file(site, file, before, after, found):
    path = site / "downloads" / file
    content = path.read_bytes().decode()
    assert before in content
    path.write_bytes(content.replace(before, after, 1).encode())
    assert_caught(site, found)


def replaced(content: bytes, part: str, before: str, after: str) -> bytes:
    """Write a workbook again with one of its parts changed, in the very form in which it is always written."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as other:
        for entry in archive.infolist():
            text = archive.read(entry).decode()
            if entry.filename == part:
                assert before in text
                text = text.replace(before, after, 1)
            other.writestr(entry, text.encode())
    return target.getvalue()


DATA, NOTES, ABOUT = (f"xl/worksheets/sheet{n}.xml" for n in (1, 3, 2))
INSIDE = [
    (DATA, "<v>10.0</v>", "<v>10.1</v>", "wrong values.xlsx '10.1'"),
    (DATA, "Lindenau", "Lindenau 3", "unmapped values.xlsx 'Lindenau 3'"),
    (DATA, '<c r="A2"', '<c r="A2" cm="3"', "opaque values.xlsx"),
    (DATA, "<v>10.0</v>", "<f>1+2</f><v>10.0</v>", "opaque values.xlsx"),
    (DATA, "</row>", "<!-- 3 --></row>", "opaque values.xlsx"),
    (DATA, "</sheetData>", "</sheetData><legacyDrawing r:id='3'/>", "opaque values.xlsx"),
    (DATA, 'width="9"', 'width="3"', "opaque values.xlsx frame"),
    (DATA, 's="4"><v>', 's="1"><v>', "unmapped values.xlsx no area, indicator or day"),
    (NOTES, "Hinweis", "Hinweis 3", "unmapped values.xlsx 'Hinweis 3'"),
    (ABOUT, DAY, "2024-12-03", "unmapped values.xlsx '2024-12-03'"),
    ("xl/workbook.xml", '<sheet name="', '<sheet state="hidden" name="', "opaque values.xlsx workbook.xml"),
    (
        "xl/workbook.xml",
        "</sheets>",
        "</sheets><definedNames><definedName name='a'>3</definedName></definedNames>",
        "opaque values.xlsx",
    ),
    ("xl/styles.xml", "#,##0.0", "#,##0.0;;3", "opaque values.xlsx styles.xml"),
    ("[Content_Types].xml", "<Default", "<!--3--><Default", "opaque values.xlsx Content_Types"),
]


@pytest.mark.parametrize(("part", "before", "after", "found"), INSIDE, ids=[f"{p}: {a}" for p, _, a, _ in INSIDE])
def test_a_planted_number_inside_a_workbook(site, files, part, before, after, found):
    content = replaced(files["downloads/values.xlsx"], part, before, after)
    (site / "downloads" / "values.xlsx").write_bytes(content)
    assert_caught(site, found)


def test_a_workbook_that_is_written_anew_is_the_same(files):
    content = files["downloads/values.xlsx"]
    assert zipfile.ZipFile(io.BytesIO(replaced(content, NOTES, "Hinweis", "Hinweis"))).testzip() is None


def with_comment(book: Workbook) -> None:
    book.worksheets[0]["A1"].comment = Comment("Lindenau: 3", "somebody")


def with_sheet(book: Workbook) -> None:
    book.create_sheet("raw").append(["02", 3])
    book["raw"].sheet_state = "hidden"


def with_property(book: Workbook) -> None:
    book.properties.keywords = "02=3"


@pytest.mark.parametrize("change", [with_comment, with_sheet, with_property])
def test_a_workbook_of_another_program_is_refused(site, change):
    """What it keeps where (comments, properties, cached strings) is not agreed, so nobody could say what it tells."""
    path = site / "downloads" / "values.xlsx"
    book = load_workbook(path)
    change(book)
    book.save(path)
    assert_caught(site, "opaque values.xlsx archive")


ARCHIVES = {
    "a further part": lambda c: _with_part(c, "xl/sharedStrings.xml"),
    "bytes behind it": lambda c: c + b"3",
    "bytes before it": lambda c: b"3" + c,
    "a comment": lambda c: c[:-2] + b"\x01\x003",
    "no archive": lambda _: b"PK3",
}


def _with_part(content: bytes, name: str) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, "<sst><si><t>3</t></si></sst>")
    return target.getvalue()


@pytest.mark.parametrize("change", ARCHIVES.values(), ids=ARCHIVES)
def test_something_beside_the_parts_of_a_workbook(site, files, change):
    (site / "downloads" / "values.xlsx").write_bytes(change(files["downloads/values.xlsx"]))
    assert_caught(site, "opaque values.xlsx archive")


@pytest.mark.parametrize("name", ["areas.gpkg", "values.ods", "values.pdf", "values.zip"])
def test_a_file_of_another_kind_is_refused(site, name):
    (site / "downloads" / name).write_bytes(b"3")
    assert_caught(site, f"opaque {name}")


def test_the_size_that_a_page_tells_must_be_that_of_the_file(whole):
    page = whole / PAGE
    size = -(-(whole / "downloads" / VALUES).stat().st_size // 1000)

    def link(shown):
        mark = f'<data value="size|downloads%2Fvalues.csv">{shown}</data>'
        return f'<p><a href="../downloads/values.csv">CSV</a> ({mark} kB)</p></body>'

    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", link(size)), encoding="utf-8")
    assert reasons(audit_folder(whole)) == []
    page.write_text(text.replace("</body>", link(size + 1)), encoding="utf-8")
    assert_caught(whole, f"wrong '{size + 1}' size")
