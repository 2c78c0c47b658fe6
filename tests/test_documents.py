"""Documents that planners write: plain text stays text, and every fault is named by file, line and key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sozialanalyse.documents import MAXIMUM_BYTES, MAXIMUM_DEPTH, Model, Versioned, parse_document, read, read_document
from sozialanalyse.errors import DataError


class Part(Model):
    name: str
    size: int = 0


class Whole(Versioned):
    title: str = ""
    day: dt.date | None = None
    share: float = 0
    open: bool = False
    parts: tuple[Part, ...] = ()
    either: str | Part = ""


def faults(text: str) -> list[str]:
    with pytest.raises(DataError) as error:
        parse_document(text, Whole, "town.yml")
    return str(error.value).splitlines()


def parsed(text: str) -> Whole:
    return parse_document("schema: 1\n" + text, Whole, "town.yml").content


@pytest.mark.parametrize(
    "text", ["NO", "042", "0x1F", "1_000", "12:30", "1e3", "2011-12-31", "yes", "1.", "+5", "=", "<<"]
)
def test_what_looks_like_text_stays_text(text):
    assert parsed(f"title: {text}").title == text


def test_numbers_dates_and_truth():
    whole = parsed("day: 2011-12-31\nshare: -0.5\nopen: true\nparts: [{name: a, size: 7}]")
    assert (whole.day, whole.share, whole.open, whole.parts[0].size) == (dt.date(2011, 12, 31), -0.5, True, 7)


def test_umlauts_and_a_byte_order_mark(tmp_path):
    file = tmp_path / "town.yml"
    file.write_bytes(b"\xef\xbb\xbfschema: 1\ntitle: K\xc3\xb6ln\n")
    assert read(file, Whole).title == "Köln"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: a", "town.yml, line 1, schema: this key is missing"),
        ("schema: 2", "schema version 2 is not known; this release reads 1"),
        ("schema: 1\ntitel: a", "town.yml, line 2, titel: this key is not known here; check its spelling"),
        ("schema: 1\ntitle: 5", "town.yml, line 2, title: text is expected, found '5'; put it in quotes"),
        ("schema: 1\nparts:\n  - name: a\n  - size: 3", "town.yml, line 4, parts.1.name: this key is missing"),
        ("schema: 1\nparts:\n  - {name: a, size: b}", "parts.0.size: a whole number is expected, found 'b'"),
        ("schema: 1\nopen: maybe", "town.yml, line 2, open: true or false is expected, found 'maybe'"),
        ("schema: 1\ntitle: a\ntitle: b", "town.yml, line 3, title: the key stands twice; remove one"),
        ("schema: 1\nparts: [{name: a,\n  name: b}]", "town.yml, line 3, parts.0.name: the key stands twice"),
        ("schema: 1\ntitle: {\n", "town.yml, line 3: this is not valid YAML"),
        ("schema: 1\n---\nschema: 1", "this is not valid YAML"),
        ("schema: 1\ntitle: \0", "this is not valid YAML"),
        ("schema: 1\ntitle: &a b\nday: *a", "town.yml, line 3: aliases (*) and tags (!) are not allowed"),
        ("schema: 1\ntitle: !!python/name:os.system x", "line 2: aliases (*) and tags (!) are not allowed"),
        ("schema: 1\ntitle: " + "[" * 9999, "town.yml, line 2: this is nested more than 50 deep"),
        ("", "town.yml: "),
        ("- schema", "town.yml, line 1: "),
    ],
)
def test_each_fault_names_file_line_and_key(text, message):
    assert message in faults(text)[0]


def test_all_faults_of_a_document_are_told_at_once():
    assert [line.split(":")[0] for line in faults("titel: a\nparts: [{}]\nopen: 7x")] == [
        "town.yml, line 1, schema",
        "town.yml, line 3, open",
        "town.yml, line 2, parts.0.name",
        "town.yml, line 1, titel",
    ]


def test_the_members_of_a_choice_are_no_keys():
    """Pydantic tells of each form that was tried; a planner knows only the key."""
    keys = {line.split(":")[0] for line in faults("schema: 1\neither: [1]")}
    assert keys == {"town.yml, line 2, either"}


@pytest.mark.parametrize(("depth", "is_refused"), [(MAXIMUM_DEPTH, False), (MAXIMUM_DEPTH + 1, True)])
def test_the_depth_is_limited(depth, is_refused):
    lines = faults("[" * depth + "]" * depth)
    assert lines[0].endswith("deep") == is_refused


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.yml").write_bytes("schema: 1\ntitle: Köln\n".encode("latin-1"))
    (tmp_path / "large.yml").write_text("#" * (MAXIMUM_BYTES + 1))
    for name, message in {
        "absent.yml": "the file does not exist",
        "latin.yml": ", line 2: the file is not UTF-8 text; save it as UTF-8",
        "large.yml": "the file is larger than 5000000 bytes",
        ".": "the file cannot be read",
    }.items():
        with pytest.raises(DataError, match=message):
            read(tmp_path / name, Whole)


def test_a_document_knows_its_lines(tmp_path):
    file = tmp_path / "data" / "town.yml"
    file.parent.mkdir()
    file.write_text("schema: 1\nparts:\n  - name: a\n")
    document = read_document(file, Whole)
    assert str(document.fault(("parts", 0, "name"), "'{found}' is wrong", found="a")) == (
        "data/town.yml, line 3, parts.0.name: 'a' is wrong"
    )
    assert document.place(("parts", 0, "size")).row == 3  # absent: where its part stands
    assert document.place(("day",)).row == 1


def test_documents_are_frozen():
    with pytest.raises(Exception, match="frozen"):
        parsed("title: a").title = "b"


def test_the_shipped_definitions_are_read_fast():
    """Every process reads the catalogue; with the parser written in Python that takes a second."""
    text = (Path(__file__).parent.parent / "sozialanalyse/catalogue/definitions/indicators.yml").read_text("utf-8")
    assert len(text) > 50_000
    from sozialanalyse import documents

    assert documents._PlainLoader.__mro__[1].__name__ == "CSafeLoader"
