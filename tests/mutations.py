"""Good deliveries of a small town, and what happens to deliveries on the way: the mutations, by kind.

The town has ten quarters and five years. Its deliveries carry the redundancy that real ones carry: people by sex and
age with all sums, a total row, several dates, and in ``town.yml`` the dates that are expected. Each :data:`KINDS`
takes a good delivery and gives another one; some change only how the same numbers are written.

What nobody can know from a delivery alone is no kind here, and no test pretends that it is found:

- all numbers of the men and all of the women exchanged, or all of two whole years: every sum holds as before, and
  neither differs from the other by more than chance does;
- two columns that go into no common sum, such as foreign nationals and the unemployed, exchanged in all years; so only
  columns of the cross table are exchanged with others;
- a mark that the planner has declared without bounds, in the place of any number: it is taken at its word and shown as
  what it is. The mark used here stands for 1 to 9, and is put where more people are;
- a tidy file of many measures that ends exactly where a measure ends, or that never had rows of totals: nothing says
  that there were more. A mapping that names totals does.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import openpyxl

from tests.small_town import TOWN, write_town

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Rows = tuple[tuple[str, ...], ...]

NAMES = ("Altstadt", "Brühl", "Dürwiß", "Eilendorf", "Forst", "Höfe", "Laurensberg", "Münster", "Nordost", "Süd")
IDS = tuple(f"{number:02d}" for number in range(1, len(NAMES) + 1))
TOTAL = "00"
YEARS = (2010, 2011, 2012, 2013, 2014)

SEXES = {"all": "insgesamt", "male": "männlich", "female": "weiblich"}
AGES = {"": "alle", "0-64": "unter 65", "65+": "65 und älter"}
CROSSED = tuple((sex, age) for sex in SEXES for age in AGES)
"""The cells of the cross table: all its sums are delivered."""

LOOSE = ("population_foreign", "unemployed")
"""Measures with one cell each."""

AREAS = "area,name,level,parent\n" + f"{TOTAL},Klein,stadt,\n"
AREAS += "".join(f"{area},{name},ortsteil,{TOTAL}\n" for area, name in zip(IDS, NAMES, strict=True))

DATES = TOWN + f"periods: [{', '.join(f'{year}-12-31' for year in YEARS)}]\n"


@dataclass(frozen=True)
class Sheet:
    """A table as it is written: all rows, titles and notes included."""

    name: str
    rows: Rows
    merged: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, eq=False)
class Delivery:
    """A delivery that can be written, and where in it what stands (rows and columns counted from 0).

    Parameters
    ----------
    shape
        Name of the shape.
    town
        Files of the town folder.
    file
        Name of the delivered file.
    sheets
        Its tables; a text file has one.
    header, end
        First row of the column names, and the row after the last of the data.
    depth
        Number of header rows.
    area, year
        Columns of the area and of the year or date, if there is one.
    crossed, loose
        Columns of counts that stand in sums with others, and those that do not.
    separator, encoding, newline, quoting
        How a text file is written.
    kept
        So much of the file is left, as a part of its bytes.
    """

    shape: str
    town: dict[str, str]
    file: str
    sheets: tuple[Sheet, ...]
    header: int
    depth: int
    area: int
    year: int | None
    crossed: tuple[int, ...]
    loose: tuple[int, ...] = ()
    notes: int = 0
    separator: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    kept: float = 1.0
    texts: tuple[int, ...] = field(default=())

    @property
    def is_text(self) -> bool:
        """Whether it is a text file."""
        return self.file.endswith(".csv")

    @property
    def numbers(self) -> tuple[int, ...]:
        """All columns of counts."""
        return (*self.crossed, *self.loose)

    def data(self, sheet: Sheet) -> range:
        """Rows of data of a sheet."""
        return range(self.header + self.depth, len(sheet.rows) - self.notes)

    @cache  # noqa: B019 - few deliveries, each written once
    def content(self) -> bytes:
        """Write the file."""
        whole = self._text() if self.is_text else self._workbook()
        return whole[: int(len(whole) * self.kept)]

    def _text(self) -> bytes:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=self.separator, lineterminator=self.newline, quoting=self.quoting)
        writer.writerows(self.sheets[0].rows)
        return stream.getvalue().encode(self.encoding)

    def _workbook(self) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in self.sheets:
            page = book.create_sheet(sheet.name)
            for row in sheet.rows:
                page.append([_stored(text) for text in row])
            for merged in sheet.merged:
                page.merge_cells(merged)
            page.sheet_state = "hidden" if sheet.is_hidden else "visible"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def write(self, folder: Path) -> Path:
        """Write the town with this delivery."""
        write_town(folder, None, **self.town)
        (folder / self.file).write_bytes(self.content())
        return folder


def _stored(text: str) -> Any:
    """Numbers are stored as numbers in a workbook, ids as text."""
    is_number = text.isdecimal() and (text == "0" or not text.startswith("0"))
    return int(text) if is_number else text or None


@cache
def people() -> dict[tuple[str, int, str, str, str], int]:
    """Draw the counts of all areas, years and cells, with all sums: the same ones each time."""
    chance = random.Random(20141231)
    counts: dict[tuple[str, int, str, str, str], int] = {}
    for area in IDS:
        size, foreign, poor = chance.uniform(400, 1500), chance.uniform(0.05, 0.28), chance.uniform(0.04, 0.12)
        for year in YEARS:
            size *= chance.uniform(0.985, 1.025)
            finest = {
                (sex, age): round(size * share * chance.uniform(0.97, 1.03))
                for sex, shares in {"male": (0.40, 0.08), "female": (0.41, 0.11)}.items()
                for age, share in zip(list(AGES)[1:], shares, strict=True)
            }
            for sex, age in CROSSED:
                parts = (n for (s, a), n in finest.items() if sex in ("all", s) and age in ("", a))
                counts[area, year, "population", sex, age] = sum(parts)
            everyone, younger = (counts[area, year, "population", "all", age] for age in ("", "0-64"))
            counts[area, year, LOOSE[0], "all", ""] = round(everyone * foreign * chance.uniform(0.97, 1.03))
            counts[area, year, LOOSE[1], "all", ""] = round(younger * poor * chance.uniform(0.95, 1.05))
    for (_, *cell), number in list(counts.items()):
        counts[TOTAL, *cell] = counts.get((TOTAL, *cell), 0) + number  # type: ignore[arg-type]
    return counts


CELLS = (*(("population", sex, age) for sex, age in CROSSED), *((measure, "all", "") for measure in LOOSE))
LABELS = (*(f"{SEXES[sex]} {AGES[age]}" for sex, age in CROSSED), "Ausländer", "Arbeitslose")


def tidy() -> Delivery:
    """A tidy file, as a town writes it that follows our description."""
    header = ("area", "period", "measure", "sex", "age", "value", "status")
    rows = [
        (area, f"{year}-12-31", measure, sex, age, str(people()[area, year, measure, sex, age]), "")
        for year in YEARS
        for area in (*IDS, TOTAL)
        for measure, sex, age in CELLS
    ]
    town = {"town__yml": DATES + "counts: [{file: counts.csv, source: register}]\n", "areas__csv": AREAS}
    return Delivery("tidy", town, "counts.csv", (Sheet("", (header, *rows)),), 0, 1, 0, 1, (5,), texts=(2, 3, 4))


def _mapped(mapping: str) -> dict[str, str]:
    text = "schema: 1\nsource: register\n" + mapping
    return {"town__yml": DATES + "mappings: [mapping.yml]\n", "areas__csv": AREAS, "mapping__yml": text}


def _entry(cell: tuple[str, str, str], column: str, more: str = "") -> str:
    measure, sex, age = cell
    return f'  - {{column: "{column}", measure: {measure}, sex: {sex}, age: "{age}"{more}}}\n'


def german() -> Delivery:
    """A wide text file as German spreadsheet programs write it, in cp1252, with points between thousands."""
    header = ("Nr", "Stadtteil", "Stichtag", *LABELS)
    rows = [
        (area, name, f"31.12.{year}", *(_pointed(people()[of, year, *cell]) for cell in CELLS))
        for year in YEARS
        for area, name, of in (*zip(IDS, NAMES, IDS, strict=True), ("Stadt insgesamt", "", TOTAL))
    ]
    mapping = (
        'file: lieferung.csv\narea: {column: Nr}\ntotals: {"00": [Stadt insgesamt]}\nthousands: "."\n'
        'period: {column: Stichtag, format: "%d.%m.%Y"}\nmarks_of: ba\nmarks: {"*": {state: suppressed, between: [1, 9]}}\n'
        "values:\n" + "".join(_entry(cell, label) for cell, label in zip(CELLS, LABELS, strict=True))
    )
    where = {"crossed": tuple(range(3, 12)), "loose": (12, 13), "separator": ";", "encoding": "cp1252", "texts": (1,)}
    return Delivery("german", _mapped(mapping), "lieferung.csv", (Sheet("", (header, *rows)),), 0, 1, 0, 2, **where)


def _pointed(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def long() -> Delivery:
    """A long text file with names of areas, codes of age and sex, and two lines of title."""
    titles = (("Bevölkerung der Stadt", "", "", "", ""), ("Melderegister", "", "", "", ""))
    header = ("Gebiet", "Jahr", "Alter", "Geschlecht", "Anzahl")
    rows = [
        (name, str(year), AGES[age], SEXES[sex], str(people()[area, year, "population", sex, age]))
        for year in YEARS
        for area, name in ((TOTAL, "Insgesamt"), *zip(IDS, NAMES, strict=True))
        for sex, age in CROSSED
    ]
    ages, sexes = (", ".join(f'{text}: "{code}"' for code, text in codes.items()) for codes in (AGES, SEXES))
    mapping = (
        "file: lieferung.csv\nheader_row: 3\narea: {column: Gebiet, by: name}\ntotals: {'00': [Insgesamt]}\n"
        "period: {column: Jahr, pattern: '{}-12-31'}\nvalues:\n  - column: Anzahl\n    measure: population\n"
        f"    age_codes: {{column: Alter, codes: {{{ages}}}}}\n    sex_codes: {{column: Geschlecht, codes: {{{sexes}}}}}\n"
    )
    sheet = Sheet("", (*titles, header, *rows))
    return Delivery("long", _mapped(mapping), "lieferung.csv", (sheet,), 2, 1, 0, 1, (4,), texts=(2, 3))


GROUPS = YEARS[:3]


def workbook() -> Delivery:
    """A workbook with a title, two header rows of merged groups (a group a year), a total row and a note below."""
    width = 2 + len(GROUPS) * len(CROSSED)
    title, note = (("Bevölkerung der Stadtteile", *[""] * (width - 1)), ("Quelle: Melderegister", *[""] * (width - 1)))
    upper = (
        "Nr",
        "Stadtteil",
        *(str(year) if number == 0 else "" for year in GROUPS for number in range(len(CROSSED))),
    )
    lower = ("", "", *(label for _ in GROUPS for label in LABELS[: len(CROSSED)]))
    counts = people()
    rows = [
        (area, name, *(str(counts[of, year, "population", *cell]) for year in GROUPS for cell in CROSSED))
        for area, name, of in (*zip(IDS, NAMES, IDS, strict=True), ("Stadt", "", TOTAL))
    ]
    columns = [openpyxl.utils.get_column_letter(3 + len(CROSSED) * number) for number in range(len(GROUPS))]
    ends = [openpyxl.utils.get_column_letter(2 + len(CROSSED) * (number + 1)) for number in range(len(GROUPS))]
    merged = ("A3:A4", "B3:B4", *(f"{first}3:{last}3" for first, last in zip(columns, ends, strict=True)))
    mapping = (
        "file: lieferung.xlsx\nsheet: Bevölkerung\nheader_row: [3, 4]\nends_before: 'Quelle'\narea: {column: Nr}\n"
        "totals: {'00': [Stadt]}\nperiod: {value: '2010-12-31'}\nvalues:\n"
        + "".join(
            _entry(("population", *cell), f"{year} / {label}", f", period: {{value: '{year}-12-31'}}")
            for year in GROUPS
            for cell, label in zip(CROSSED, LABELS, strict=False)
        )
    )
    blank = ("",) * width
    sheet = Sheet("Bevölkerung ", (title, blank, upper, lower, *rows, note), merged)
    town = _mapped(mapping)
    town["town__yml"] = town["town__yml"].replace(", 2013-12-31, 2014-12-31", "")
    cover = Sheet("Deckblatt", (("Stadt Klein",), ("Statistikstelle",)))
    where = {"crossed": tuple(range(2, width)), "notes": 1, "texts": (1,)}
    return Delivery("workbook", town, "lieferung.xlsx", (cover, sheet), 2, 2, 0, None, **where)


def years() -> Delivery:
    """A workbook with a sheet a year."""
    header = ("Nr", "Stadtteil", *LABELS)
    title = ("Bevölkerung", *[""] * (len(header) - 1))
    sheets = tuple(
        Sheet(
            f"Jahr {year}",
            (
                title,
                header,
                *(
                    (area, name, *(str(people()[of, year, *cell]) for cell in CELLS))
                    for area, name, of in (*zip(IDS, NAMES, IDS, strict=True), ("Insgesamt", "", TOTAL))
                ),
            ),
        )
        for year in YEARS
    )
    mapping = (
        "file: lieferung.xlsx\nsheet: Jahr {}\nheader_row: 2\narea: {column: Nr}\ntotals: {'00': [Insgesamt]}\n"
        "period: {column: sheet_part, pattern: '{}-12-31'}\nmarks_of: ba\nmarks: {'*': {state: suppressed, between: [1, 9]}}\n"
        "values:\n" + "".join(_entry(cell, label) for cell, label in zip(CELLS, LABELS, strict=True))
    )
    where = {"crossed": tuple(range(2, 11)), "loose": (11, 12), "texts": (1,)}
    return Delivery("years", _mapped(mapping), "lieferung.xlsx", sheets, 1, 1, 0, None, **where)


SHAPES: dict[str, Callable[[], Delivery]] = {shape.__name__: shape for shape in (tidy, german, long, workbook, years)}
TEXTS, WORKBOOKS = ("tidy", "german", "long"), ("workbook", "years")
WIDE = ("german", "workbook", "years")


@dataclass(frozen=True)
class Kind:
    """A kind of mutation: what it does, and to which shapes it may happen."""

    mutate: Callable[[Delivery, random.Random], Delivery]
    shapes: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """The first line of what it does."""
        return (self.mutate.__doc__ or "").splitlines()[0]


KINDS: dict[str, Kind] = {}


def kind(*shapes: str) -> Callable[[Any], Any]:
    """Note a mutation under its name; without shapes it may happen to all."""

    def noted(mutate: Any) -> Any:
        KINDS[mutate.__name__.replace("_", " ")] = Kind(mutate, shapes or tuple(SHAPES))
        return mutate

    return noted


# Helpers.


def _some_sheet(delivery: Delivery, chance: random.Random) -> int:
    """Number of a sheet with data; in the workbook with a cover it is not the cover."""
    return chance.choice([n for n, sheet in enumerate(delivery.sheets) if len(sheet.rows) > delivery.header + 2])


def _with_rows(delivery: Delivery, number: int, rows: Sequence[Sequence[str]], **changes: Any) -> Delivery:
    sheets = list(delivery.sheets)
    sheets[number] = replace(sheets[number], rows=tuple(tuple(row) for row in rows), **changes)
    return replace(delivery, sheets=tuple(sheets))


def _lists(sheet: Sheet) -> list[list[str]]:
    return [list(row) for row in sheet.rows]


def _years_of(delivery: Delivery, rows: list[list[str]]) -> list[str]:
    assert delivery.year is not None
    return list(dict.fromkeys(row[delivery.year] for row in rows[delivery.header + delivery.depth :]))


# Columns.


@kind()
def columns_swapped(delivery: Delivery, chance: random.Random) -> Delivery:
    """The data of two columns stand under each other's names; at least one is of the cross table, or no count."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    columns = [delivery.area, *([] if delivery.year is None else [delivery.year]), *delivery.numbers]
    columns += delivery.texts if delivery.shape in ("tidy", "long") else ()
    one = chance.choice([column for column in columns if column not in delivery.loose])
    other = chance.choice([column for column in columns if column != one])
    for row in delivery.data(delivery.sheets[number]):
        rows[row][one], rows[row][other] = rows[row][other], rows[row][one]
    return _with_rows(delivery, number, rows)


@kind("german", "years")
def loose_columns_swapped_in_one_year(delivery: Delivery, chance: random.Random) -> Delivery:
    """Two columns without a common sum are exchanged in one year but the first; the years before tell."""
    number = chance.randrange(1, len(YEARS)) if delivery.shape == "years" else 0
    rows = _lists(delivery.sheets[number])
    one, other = delivery.loose
    year = chance.choice(_years_of(delivery, rows)[1:]) if delivery.year is not None else ""
    for row in delivery.data(delivery.sheets[number]):
        if delivery.year is None or rows[row][delivery.year] == year:
            rows[row][one], rows[row][other] = rows[row][other], rows[row][one]
    return _with_rows(delivery, number, rows)


@kind()
def columns_renamed(delivery: Delivery, chance: random.Random) -> Delivery:
    """A column that is needed has another name: a new one, that of another column, or none."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    names = rows[delivery.header + delivery.depth - 1]
    column = chance.choice([delivery.area, *delivery.numbers])
    old = names[column]
    names[column] = chance.choice([old + " neu", old.upper() + "X", chance.choice(names), "", old[:-1]])
    if delivery.depth == 2 and column == delivery.area:
        rows[delivery.header][column] = "Nummer"
    return _with_rows(delivery, number, rows)


@kind()
def columns_dropped(delivery: Delivery, chance: random.Random) -> Delivery:
    """A column is missing, with its name."""
    number = _some_sheet(delivery, chance)
    column = chance.choice([delivery.area, *delivery.numbers, *delivery.texts])
    rows = [[text for place, text in enumerate(row) if place != column] for row in delivery.sheets[number].rows]
    return _with_rows(delivery, number, rows, merged=())


@kind()
def columns_inserted(delivery: Delivery, chance: random.Random) -> Delivery:
    """A column of other numbers, of notes, or an empty one stands between the others."""
    number = _some_sheet(delivery, chance)
    sheet = delivery.sheets[number]
    place = chance.randrange(len(sheet.rows[-1]) + 1)
    name, filled = chance.choice([("Bemerkung", "geprüft"), ("Haushalte", "77"), ("", ""), ("", "7")])
    rows = _lists(sheet)
    for row, fields in enumerate(rows):
        is_name, is_data = row == delivery.header + delivery.depth - 1, row in delivery.data(sheet)
        fields.insert(place, name if is_name else filled if is_data else "")
    return _with_rows(delivery, number, rows, merged=())


@kind("german", "long", "tidy", "years")
def columns_reordered(delivery: Delivery, chance: random.Random) -> Delivery:
    """The columns stand in another order, each with its name."""
    number = _some_sheet(delivery, chance)
    order = chance.sample(range(len(delivery.sheets[number].rows[-1])), len(delivery.sheets[number].rows[-1]))
    return _with_rows(delivery, number, [[row[place] for place in order] for row in delivery.sheets[number].rows])


@kind("german", "workbook", "years")
def header_names_moved(delivery: Delivery, chance: random.Random) -> Delivery:
    """A name is missing in the header of the cross table and those behind it have moved up; the last one is repeated."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    names = rows[delivery.header + delivery.depth - 1]
    first = chance.choice(delivery.crossed[:-2])
    last = delivery.crossed[-1]
    names[first:last] = names[first + 1 : last + 1]
    return _with_rows(delivery, number, rows)


# Rows.


@kind()
def cells_inserted(delivery: Delivery, chance: random.Random) -> Delivery:
    """A cell is inserted or deleted in one column, so that all below it slip by a row."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    column = chance.choice([delivery.area, *delivery.numbers])
    start = chance.choice(data[:-1])
    values = [rows[row][column] for row in range(start, data.stop)]
    moved = ["", *values[:-1]] if chance.random() < 0.5 else [*values[1:], ""]
    for row, value in zip(range(start, data.stop), moved, strict=True):
        rows[row][column] = value
    return _with_rows(delivery, number, rows)


@kind()
def columns_rotated_by_a_row(delivery: Delivery, chance: random.Random) -> Delivery:
    """All values of one column of the cross table stand a row too low, the last one on top."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    column = chance.choice([delivery.area, *delivery.crossed])
    values = [rows[row][column] for row in data]
    for row, value in zip(data, [values[-1], *values[:-1]], strict=True):
        rows[row][column] = value
    return _with_rows(delivery, number, rows)


@kind()
def rows_shuffled(delivery: Delivery, chance: random.Random) -> Delivery:
    """The rows of data stand in another order, total rows in the middle."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    rows[data.start : data.stop] = chance.sample(rows[data.start : data.stop], len(data))
    return _with_rows(delivery, number, rows)


@kind()
def rows_dropped(delivery: Delivery, chance: random.Random) -> Delivery:
    """One to four rows of data are missing."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    gone = chance.sample(delivery.data(delivery.sheets[number]), chance.randint(1, 4))
    return _with_rows(delivery, number, [row for place, row in enumerate(rows) if place not in gone])


@kind()
def rows_duplicated(delivery: Delivery, chance: random.Random) -> Delivery:
    """A block of rows stands twice, right below itself or at the end."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    first = chance.choice(data)
    block = rows[first : min(first + chance.randint(1, 40), data.stop)]
    at = chance.choice([first + len(block), data.stop])
    return _with_rows(delivery, number, [*rows[:at], *block, *rows[at:]])


@kind("german", "years")
def area_under_another(delivery: Delivery, chance: random.Random) -> Delivery:
    """The numbers of one area stand under another one, too, in all rows."""
    one, other = chance.sample(IDS, 2)
    for number, sheet in enumerate(delivery.sheets):
        rows = _lists(sheet)
        data = delivery.data(sheet)
        given = iter([rows[row] for row in data if rows[row][delivery.area] == one])
        for row in data:
            if rows[row][delivery.area] == other:
                source = next(given)
                for column in delivery.numbers:
                    rows[row][column] = source[column]
        delivery = _with_rows(delivery, number, rows)
    return delivery


@kind()
def year_under_another(delivery: Delivery, chance: random.Random) -> Delivery:
    """The numbers of one year stand under another one in place of its own."""
    if delivery.shape == "years":
        one, other = chance.sample(range(len(delivery.sheets)), 2)
        return _with_rows(delivery, one, delivery.sheets[other].rows)
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    if delivery.shape == "workbook":
        width = len(CROSSED)
        one, other = chance.sample([2 + width * place for place in range(len(GROUPS))], 2)
        for row in data:
            rows[row][one : one + width] = rows[row][other : other + width]
        return _with_rows(delivery, number, rows)
    one_year, other_year = chance.sample(_years_of(delivery, rows), 2)
    blocks = [[row for row in rows[data.start :] if row[delivery.year] == year] for year in (one_year, other_year)]
    for mine, theirs in zip(*blocks, strict=True):
        for column in delivery.numbers:
            mine[column] = theirs[column]
    return _with_rows(delivery, number, rows)


@kind()
def year_relabelled(delivery: Delivery, chance: random.Random) -> Delivery:
    """A year's block is called another year, one that is there, too, or none that is expected."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    if delivery.shape == "years":
        sheets = list(delivery.sheets)
        sheets[number] = replace(sheets[number], name=f"Jahr {chance.choice([2009, 2015, 1014, 20133])}")
        return replace(delivery, sheets=tuple(sheets))
    if delivery.shape == "workbook":
        place = chance.choice([2 + len(CROSSED) * group for group in range(len(GROUPS))])
        rows[delivery.header][place] = str(chance.choice([2009, 2010, 2011, 2012, 2015]))
        return _with_rows(delivery, number, rows)
    old = chance.choice(_years_of(delivery, rows))
    new = old.replace("201", "200") if chance.random() < 0.4 else chance.choice(_years_of(delivery, rows))
    for row in rows[delivery.header + 1 :]:
        row[delivery.year] = new if row[delivery.year] == old else row[delivery.year]
    return _with_rows(delivery, number, rows)


@kind()
def year_dropped(delivery: Delivery, chance: random.Random) -> Delivery:
    """A whole year is missing: its rows, its columns or its sheet."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    if delivery.shape == "years":
        return replace(delivery, sheets=tuple(s for n, s in enumerate(delivery.sheets) if n != number))
    if delivery.shape == "workbook":
        first = chance.choice([2 + len(CROSSED) * group for group in range(len(GROUPS))])
        return _with_rows(delivery, number, [row[:first] + row[first + len(CROSSED) :] for row in rows], merged=())
    gone = chance.choice(_years_of(delivery, rows))
    return _with_rows(delivery, number, [row for row in rows if row[delivery.year] != gone])


# Totals and notes.


def _is_total(row: Sequence[str], delivery: Delivery) -> bool:
    return row[delivery.area] in (TOTAL, "Stadt insgesamt", "Insgesamt", "Stadt")


@kind()
def totals_moved(delivery: Delivery, chance: random.Random) -> Delivery:
    """The total rows stand on top, at the end or in the middle."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    block = rows[data.start : data.stop]
    totals = [row for row in block if _is_total(row, delivery)]
    others = [row for row in block if not _is_total(row, delivery)]
    place = chance.choice([0, len(others) // 2, len(others)])
    rows[data.start : data.stop] = others[:place] + totals + others[place:]
    return _with_rows(delivery, number, rows)


@kind()
def totals_renamed(delivery: Delivery, chance: random.Random) -> Delivery:
    """The total rows are called in another way: in capitals, with a colon, by another word, or like an area."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    word = chance.choice(["{}:", "{} ", "Summe", "zusammen", "Stadt Klein", IDS[0], ""])
    for row in rows[delivery.header + delivery.depth : len(rows) - delivery.notes]:
        if _is_total(row, delivery):
            row[delivery.area] = word.format(row[delivery.area].upper())
    return _with_rows(delivery, number, rows)


@kind()
def totals_dropped(delivery: Delivery, chance: random.Random) -> Delivery:
    """A total row is missing, of one year or, where the mapping expects it, of all."""
    number = _some_sheet(delivery, chance)
    rows = delivery.sheets[number].rows
    one = chance.choice([row for row in rows if _is_total(row, delivery)])
    is_one_year = delivery.shape == "tidy" or (delivery.year is not None and chance.random() < 0.5)
    where = (delivery.year,) if is_one_year else ()
    gone = {row for row in rows if _is_total(row, delivery) and all(row[column] == one[column] for column in where)}
    return _with_rows(delivery, number, [row for row in rows if row not in gone])


@kind()
def notes_added(delivery: Delivery, chance: random.Random) -> Delivery:
    """Notes stand below the data, with or without the other fields of their rows."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    note = chance.choice(["Quelle: Melderegister", "1) vorläufig", "* geheim zu halten", "Stand: 5. März 2015"])
    blank = [""] * (len(rows[-1]) - 1)
    fields = [note, *blank] if chance.random() < 0.5 or not delivery.is_text else [note]
    return _with_rows(delivery, number, [*rows, *([[""] * len(fields)] * chance.randint(0, 2)), fields])


@kind()
def titles_changed(delivery: Delivery, chance: random.Random) -> Delivery:
    """The header row has moved: titles or empty rows were added above it or taken away."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    if delivery.header and chance.random() < 0.4:
        return _with_rows(delivery, number, rows[1:], merged=())
    title = ["Amtliche Statistik", *[""] * (len(rows[-1]) - 1)]
    above = chance.choice([[title], [title, title], [[""] * len(title)], [rows[delivery.header]]])
    return _with_rows(delivery, number, [*above, *rows], merged=())


# Cells.


@kind()
def zeros_lost(delivery: Delivery, chance: random.Random) -> Delivery:
    """The ids have lost their zeros, all of them or in one sheet; a spreadsheet program took them for numbers."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    for row in delivery.data(delivery.sheets[number]):
        rows[row][delivery.area] = rows[row][delivery.area].lstrip("0") or "0"
    return _with_rows(delivery, number, rows)


@kind("german", "years")
def zeros_lost_but_declared(delivery: Delivery, chance: random.Random) -> Delivery:
    """The same where the mapping says how many digits an id has."""
    mapping = delivery.town["mapping__yml"].replace("area: {column: Nr}", "area: {column: Nr, width: 2}")
    return zeros_lost(replace(delivery, town={**delivery.town, "mapping__yml": mapping}), chance)


def _large(rows: list[list[str]], delivery: Delivery, sheet: Sheet) -> list[tuple[int, int]]:
    """Cells with counts of more than 9."""
    cells = [(row, column) for row in delivery.data(sheet) for column in delivery.numbers]
    return [(row, column) for row, column in cells if float(rows[row][column].replace(".", "")) > 9]


def _one_cell_changed(delivery: Delivery, chance: random.Random, change: Callable[[str], str]) -> Delivery:
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    row, column = chance.choice(_large(rows, delivery, delivery.sheets[number]))
    rows[row][column] = change(rows[row][column])
    return _with_rows(delivery, number, rows)


@kind()
def marks_not_declared(delivery: Delivery, chance: random.Random) -> Delivery:
    """A mark that nobody declared stands in place of a number, or a letter or sign beside it."""
    mark = chance.choice(["#", "k. A.", "n/a", "geheim", "#N/A", "NULL", "{}*", "{} ?", "~{}", "({})*", "<5", "5-9"])
    return _one_cell_changed(delivery, chance, mark.format)


@kind("german", "years")
def marks_for_nothing(delivery: Delivery, chance: random.Random) -> Delivery:
    """A declared mark that means zero stands in place of a number."""
    return _one_cell_changed(delivery, chance, lambda _: "-")


@kind("german", "years")
def marks_for_secrets(delivery: Delivery, chance: random.Random) -> Delivery:
    """The declared mark of 1 to 9 stands in place of a larger number."""
    return _one_cell_changed(delivery, chance, lambda _: "*")


@kind()
def cells_emptied(delivery: Delivery, chance: random.Random) -> Delivery:
    """A number is missing: the cell is empty."""
    return _one_cell_changed(delivery, chance, lambda _: "")


@kind()
def thousands_separated(delivery: Delivery, chance: random.Random) -> Delivery:
    """All numbers of a column have signs between thousands, other than declared."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    sign = chance.choice([",", " ", "'", "\u202f", "\u00a0", "."])
    for row in delivery.data(delivery.sheets[number]):
        for column in delivery.numbers:
            rows[row][column] = f"{int(rows[row][column].replace('.', '')):,}".replace(",", sign)
    return _with_rows(delivery, number, rows)


@kind()
def decimals_added(delivery: Delivery, chance: random.Random) -> Delivery:
    """All numbers have a decimal of nought, with a point or a comma."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    ending = chance.choice([".0", ",0", ".00", ",00", ".000", ",000"])
    for row in delivery.data(delivery.sheets[number]):
        for column in delivery.numbers:
            rows[row][column] = rows[row][column] + ending
    return _with_rows(delivery, number, rows)


@kind()
def in_thousands(delivery: Delivery, chance: random.Random) -> Delivery:
    """The numbers of a year or sheet are given in thousands with three decimals."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    sign = chance.choice([".", ","])
    year = chance.choice(_years_of(delivery, rows)) if delivery.year is not None else ""
    for row in delivery.data(delivery.sheets[number]):
        if delivery.year is None or rows[row][delivery.year] == year:
            for column in delivery.numbers:
                thousands = int(rows[row][column].replace(".", "")) / 1000
                rows[row][column] = f"{thousands:.3f}".replace(".", sign)
    return _with_rows(delivery, number, rows)


@kind()
def blanks_around(delivery: Delivery, chance: random.Random) -> Delivery:
    """Blanks stand around names of columns and areas, around numbers, and twice within names."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    blank = chance.choice([" ", "  ", "\t" if delivery.separator != "\t" else " "])
    for row in chance.sample(range(delivery.header, len(rows)), len(rows) // 2):
        rows[row] = [blank + text + blank if text else text for text in rows[row]]
    return _with_rows(delivery, number, rows)


@kind()
def empty_rows_inserted(delivery: Delivery, chance: random.Random) -> Delivery:
    """Empty rows stand between the rows of data, or below them."""
    number = _some_sheet(delivery, chance)
    rows = _lists(delivery.sheets[number])
    data = delivery.data(delivery.sheets[number])
    for _ in range(chance.randint(1, 5)):
        rows.insert(chance.randint(data.start, data.stop), [""] * chance.choice([len(rows[-1]), 0]))
    return _with_rows(delivery, number, rows)


@kind("workbook", "years")
def cells_merged(delivery: Delivery, chance: random.Random) -> Delivery:
    """Two or three cells of data are merged, downwards or to the right: all but the first are empty."""
    number = _some_sheet(delivery, chance)
    sheet = delivery.sheets[number]
    data = delivery.data(sheet)
    row, column = chance.choice(data[:-3]) + 1, chance.choice([delivery.area, *delivery.numbers[:-3]]) + 1
    down, right = chance.choice([(1, 0), (2, 0), (0, 1), (0, 2), (1, 1)])
    letters = [openpyxl.utils.get_column_letter(place) for place in (column, column + right)]
    merged = (*sheet.merged, f"{letters[0]}{row}:{letters[1]}{row + down}")
    return _with_rows(delivery, number, sheet.rows, merged=merged)


@kind("workbook")
def header_not_merged(delivery: Delivery, chance: random.Random) -> Delivery:
    """The groups of the header are merged in another way: none of them, all but one, or one cell too few or many."""
    number = _some_sheet(delivery, chance)
    sheet = delivery.sheets[number]
    groups = list(sheet.merged)
    place = chance.randrange(2, len(groups))
    first, last = groups[place].split(":")
    end = openpyxl.utils.cell.coordinate_from_string(last)[0]
    moved = openpyxl.utils.get_column_letter(openpyxl.utils.column_index_from_string(end) - chance.randint(1, 4))
    changed = chance.choice(
        [[], groups[:place] + groups[place + 1 :], [*groups[:place], f"{first}:{moved}3", *groups[place + 1 :]]]
    )
    return _with_rows(delivery, number, sheet.rows, merged=tuple(changed))


# Sheets.


def _placed(sheets: Sequence[Sheet], sheet: Sheet, place: int) -> tuple[Sheet, ...]:
    return (*sheets[:place], sheet, *sheets[place:])


@kind(*WORKBOOKS)
def sheets_reordered(delivery: Delivery, chance: random.Random) -> Delivery:
    """The sheets stand in another order."""
    return replace(delivery, sheets=tuple(chance.sample(delivery.sheets, len(delivery.sheets))))


@kind(*WORKBOOKS)
def sheets_renamed(delivery: Delivery, chance: random.Random) -> Delivery:
    """A sheet has another name, with blanks, a word more, or another word."""
    number = _some_sheet(delivery, chance)
    name = delivery.sheets[number].name
    new = chance.choice(
        [f" {name} ", f"{name} neu", name.lower(), "Tabelle1", name.replace(" ", ""), name[:-2], f"Kopie {name}"]
    )
    sheets = list(delivery.sheets)
    sheets[number] = replace(sheets[number], name=new)
    return replace(delivery, sheets=tuple(sheets))


@kind(*WORKBOOKS)
def sheets_duplicated(delivery: Delivery, chance: random.Random) -> Delivery:
    """A copy of a sheet is there, too, under a name like its own."""
    number = _some_sheet(delivery, chance)
    sheet = delivery.sheets[number]
    copy = replace(
        sheet,
        name=chance.choice(
            [f"{sheet.name.strip()} (2)", f"{sheet.name.strip()}  ", f"Kopie von {sheet.name}", "Jahr 2015"]
        ),
    )
    return replace(delivery, sheets=_placed(delivery.sheets, copy, chance.randrange(len(delivery.sheets) + 1)))


@kind(*WORKBOOKS)
def sheets_hidden(delivery: Delivery, chance: random.Random) -> Delivery:
    """A sheet is hidden."""
    number = chance.randrange(len(delivery.sheets))
    sheets = list(delivery.sheets)
    sheets[number] = replace(sheets[number], is_hidden=True)
    return replace(delivery, sheets=tuple(sheets))


# How a text file is written.


@kind(*TEXTS)
def separator_changed(delivery: Delivery, chance: random.Random) -> Delivery:
    """Another sign stands between the fields."""
    return replace(delivery, separator=chance.choice([sign for sign in ",;\t|:" if sign != delivery.separator]))


@kind(*TEXTS)
def encoding_changed(delivery: Delivery, chance: random.Random) -> Delivery:
    """The file is written in another encoding."""
    encodings = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "cp850", "mac_roman", "utf-32"]
    return replace(delivery, encoding=chance.choice([one for one in encodings if one != delivery.encoding]))


@kind(*TEXTS)
def encoding_broken(delivery: Delivery, chance: random.Random) -> Delivery:
    """The text was decoded in the wrong way once and saved so: Ã¤ for ä."""
    text = delivery.content().decode(delivery.encoding)
    broken = text.encode("utf-8").decode(chance.choice(["latin-1", "cp437"]))
    table = tuple(tuple(row) for row in csv.reader(io.StringIO(broken), delimiter=delivery.separator))
    return _with_rows(replace(delivery, encoding="utf-8"), 0, table)


@kind(*TEXTS)
def line_endings_changed(delivery: Delivery, chance: random.Random) -> Delivery:
    """Lines end in another way."""
    return replace(delivery, newline=chance.choice(["\r\n", "\r", "\n\n", "\r\r\n"]))


@kind(*TEXTS)
def fields_quoted(delivery: Delivery, chance: random.Random) -> Delivery:
    """All fields, or all that are no numbers, stand in quotation marks."""
    return replace(delivery, quoting=chance.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))


@kind()
def file_cut(delivery: Delivery, chance: random.Random) -> Delivery:
    """The file ends at any byte."""
    return replace(delivery, kept=chance.random())


@kind(*TEXTS)
def file_cut_near_its_end(delivery: Delivery, chance: random.Random) -> Delivery:
    """The file ends within the last year or so: what is left looks like a table."""
    return replace(delivery, kept=chance.uniform(0.78, 0.9999))


@kind(*TEXTS)
def file_cut_at_a_line(delivery: Delivery, chance: random.Random) -> Delivery:
    """The last rows are missing; the one before is whole."""
    rows = delivery.sheets[0].rows
    return _with_rows(delivery, 0, rows[: chance.randrange(delivery.header + 1, len(rows))])


@kind(*TEXTS)
def file_twice(delivery: Delivery, chance: random.Random) -> Delivery:
    """The file was appended to itself, with or without its header."""
    rows = delivery.sheets[0].rows
    start = chance.choice([0, delivery.header, delivery.header + 1])
    return _with_rows(delivery, 0, [*rows, *rows[start:]])
