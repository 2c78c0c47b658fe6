"""Workbooks (Office Open XML, ECMA-376): data, metadata and notes, written as parts of a ZIP archive of fixed times.

Only what is needed is written, and no library does it: so the same table gives the same bytes on every machine, no
cell can be a formula (there is no ``f`` element), and every text is an inline string, whatever it begins with.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from sozialanalyse.downloads.table import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sozialanalyse.downloads.table import Table

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP archive can hold; the same in each."""

MOST_TEXT = 32_767
"""So many characters a cell takes (ECMA-376 says nothing, Excel does)."""

_WHOLE, _ONE, _TWO, _DAY, _HEAD = 1, 2, 3, 4, 5
"""Styles, in the order of ``cellXfs``."""

_BY_DECIMALS = (_WHOLE, _ONE, _TWO)
_FIRST_DAY = 693_594
"""Excel's day 0 is 1899-12-30, as Python counts days."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.0"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="6"><xf/><xf numFmtId="3" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Standard" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would read as the code of a character stands behind the code of its underscore (ECMA-376, 22.4.2.4)."""


def workbook(table: Table) -> bytes:
    """Write a table as a workbook with the sheets data, metadata and notes.

    Parameters
    ----------
    table
        Numbers become numbers with a format of their decimals, days become days, all else becomes text.

    Returns
    -------
    bytes
        The same for the same table.
    """
    text = table.words.text
    sheets = {
        text("Data"): _sheet(_data(table), [9, 26, 14, 22, 40, 14, 12, 12, 16, 10, 10, 10, 12, 12, 20, 10, 40]),
        text("Metadata"): _sheet(_pairs(table), [36, 120]),
        text("Notes"): _sheet(([_text(note)] for note in table.notes), [140]),
    }
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets.values(), start=1)},
    }
    return _archive(parts)


def _archive(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, content.encode("utf-8"))
    return target.getvalue()


def _data(table: Table) -> Iterator[list[str]]:
    """Write the rows of the data, the headings first."""
    writers: list[Callable[[str], str]] = [_WRITERS[column.kind] for column in COLUMNS]
    yield [_text(heading, _HEAD) for heading in table.headings]
    known: dict[tuple[int, str], str] = {}
    for row in table.read_rows:
        cells = []
        for place, text in enumerate(row):
            written = known.get((place, text))
            if written is None:
                written = known[place, text] = writers[place](text)
            cells.append(written)
        yield cells


def _pairs(table: Table) -> Iterator[list[str]]:
    for name, text in table.about:
        yield [_text(name, _HEAD), _text(text)]


def _text(text: str, style: int = 0) -> str:
    if not text:
        return ""
    safe = escape(_ESCAPED.sub("_x005F_", text[:MOST_TEXT]))
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _number(text: str) -> str:
    if not text:
        return ""
    decimals = len(text.partition(".")[2])
    return f'<c s="{_BY_DECIMALS[min(decimals, 2)]}"><v>{text}</v></c>'


def _day(text: str) -> str:
    import datetime as dt  # noqa: PLC0415 - only for days

    return f'<c s="{_DAY}"><v>{dt.date.fromisoformat(text).toordinal() - _FIRST_DAY}</v></c>' if text else ""


_WRITERS: dict[str, Callable[[str], str]] = {"text": _text, "date": _day, "number": _number}


def _sheet(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> str:
    """Write a sheet; its first row stays in sight. An empty cell is written as none, so each other one says where it is."""
    columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, start=1))
    letters = [_letters(number) for number in range(len(widths))]
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(f'<c r="{letters[n]}{number}"{cell[2:]}' for n, cell in enumerate(row) if cell)
        lines.append(f'<row r="{number}">{cells}</row>')
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _letters(number: int) -> str:
    """Name a column: A, B, ...

    Examples
    --------
    >>> _letters(0), _letters(16)
    ('A', 'Q')
    """
    return chr(ord("A") + number)


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)]
    named = "".join(f'<Override PartName="{name}" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in parts)
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{relations}{xml}{named}</Types>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _book(names: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, start=1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'
