"""What the columns of an unknown table may be: the area, the period, and what is counted; guessed from names and cells."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sozialanalyse.loading.drafting.shape import MARKS, YEAR, is_number
from sozialanalyse.loading.readers.headers import JOIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sozialanalyse.catalogue import Catalogue, Measure

MANY = 40
"""A column of more different texts is no category."""

ENOUGH = 0.8
"""Share of cells that must look alike for a guess."""

SEX = {
    "female": re.compile(r"\b(?:weiblich\w*|frauen|mädchen|female|women|girls|w)\b"),
    "male": re.compile(r"\b(?:männlich\w*|männer|jungen|male|men|boys|m)\b"),
    "diverse": re.compile(r"\b(?:divers\w*)\b"),
}

AGES: tuple[tuple[re.Pattern[str], Callable[[int], str]], ...] = (
    (re.compile(r"\bunter[\s-](\d+)\b|\bunder[\s-](\d+)\b|<\s*(\d+)"), lambda to: f"0-{to - 1}"),
    (
        re.compile(r"\b(\d+)\s*(?:\+(?!\d)|plus|[\w.-]*\s*und\s+[äm]\w+|and\s+over|or\s+over)"),
        lambda first: f"{first}+",
    ),
)
BETWEEN = re.compile(r"\b(\d+)\s*(?:-|–|bis)\s*(unter\s+)?(\d+)\b")

SHARE = re.compile(
    r"%|\banteil|quote\b|\bprozent|\bpercent|\bshare\b|\bje\b|\bpro\b|durchschnitt|dichte\b|\bin (?:eur|km|m²)"
)

FORMATS = (
    (re.compile(r"\d{4}-\d\d-\d\d"), None),
    (re.compile(r"\d\d?\.\d\d?\.\d{4}"), "%d.%m.%Y"),
    (re.compile(r"(?:19|20)\d{6}"), "%Y%m%d"),
)
"""How dates are written, and the format to declare."""

HYPHENATED = re.compile(r"(?<=[a-zäöüß]{3})-(?=[a-zäöüß]{3})")
"""Of words that were parted to fit a narrow column."""

GENERAL = re.compile(r"insgesamt|gesamt|zusammen|zahl|anzahl|alle|summe|personen|total|number|all")
"""Names of columns that say nothing of what is counted."""

POPULATION = "population"

Role = Literal["area", "code", "period", "category", "count", "share", "other"]


@dataclass(frozen=True)
class Counted:
    """What a column of numbers may count: id of a measure (empty: not known), ages and sex in the form of mappings."""

    measure: str
    age: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its name, its cells and the role that it seems to have."""

    name: str
    cells: tuple[str, ...]
    role: Role

    @property
    def texts(self) -> list[str]:
        """Its different texts, the empty one aside, in the order in which they stand."""
        return list(dict.fromkeys(cell for cell in self.cells if cell))


def find_columns(names: Sequence[str], rows: Sequence[Sequence[str]], known: Sequence[str] = ()) -> list[Column]:
    """Guess the role of each column.

    Parameters
    ----------
    names
        Names of the columns.
    rows
        Cells, a row each.
    known
        Ids and names of the town's areas, where there are any: the column that holds most of them is the area.
    """
    cells = [tuple(row[number] for row in rows) for number in range(len(names))]
    area = _area_column(names, cells, set(known))
    return [
        Column(name, column, "area" if number == area else _role(name, column))
        for number, (name, column) in enumerate(zip(names, cells, strict=True))
    ]


def date_format(cells: Sequence[str]) -> str | None:
    """Return the format in which dates are to be declared; None where they stand as 2011-12-31 or are years."""
    filled = [cell for cell in cells if cell]
    return next((said for form, said in FORMATS if filled and all(form.fullmatch(cell) for cell in filled)), None)


def marks_in(cells: Sequence[str]) -> Counter[str]:
    """Count what stands in place of numbers; what holds a digit is a number that something is stuck to."""
    return Counter(cell for cell in cells if cell and not any(sign.isdigit() for sign in cell))


def counted_by(name: str, catalogue: Catalogue) -> Counted:
    """Guess what a column counts by its name: the measure of the catalogue, ages and sex.

    Examples
    --------
    >>> from sozialanalyse.catalogue import shipped
    >>> counted_by("Bevölkerung unter 18 Jahren, weiblich", shipped())
    Counted(measure='population', age='0-17', sex='female')
    """
    *groups, own = HYPHENATED.sub("", name.casefold()).split(JOIN)
    group = " ".join(groups)
    ages, sex = (find(own) or find(group) for find in (_ages_in, _sex_in))
    measure = _measure_of(own, catalogue)
    # A group of columns says what they count only where their own names say no more than of whom.
    if not measure and (_ages_in(own) or _sex_in(own) or GENERAL.fullmatch(own)):
        measure = _measure_of(group, catalogue)
    # Offices name ages or sexes alone where they count residents.
    return Counted(measure or (POPULATION if ages or sex else ""), ages, sex)


def _sex_in(text: str) -> str:
    return next((key for key, pattern in SEX.items() if pattern.search(text)), "")


def _ages_in(text: str) -> str:
    if found := BETWEEN.search(text):
        last = int(found[3]) - (1 if found[2] else 0)
        return f"{found[1]}-{last}" if int(found[1]) <= last else ""
    for pattern, written in AGES:
        if found := pattern.search(text):
            return written(int(next(group for group in found.groups() if group)))
    return ""


def _measure_of(text: str, catalogue: Catalogue) -> str:
    """Choose the measure whose words the name holds most of; the longer match wins, none is a guess too few."""
    scores = {measure.id: _alikeness(text, measure) for measure in catalogue.measures}
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] > 0 else ""


def _alikeness(text: str, measure: Measure) -> float:
    words = [measure.id.replace("_", " "), measure.label.de, measure.label.en, *measure.keywords]
    return max((len(word) for word in map(str.casefold, words) if _holds(text, word)), default=0)


def _holds(text: str, word: str) -> bool:
    # An ending may follow, but not another word: Bevölkerungsdichte is no Bevölkerung.
    return re.search(rf"(?<!\w){re.escape(word)}\w{{0,3}}(?!\w)", text) is not None


def _area_column(names: Sequence[str], cells: Sequence[Sequence[str]], known: set[str]) -> int | None:
    """Choose the column of areas: where the town's areas stand, else codes of one length, else the first names."""
    if not cells:
        return None
    hits = [len(known & set(column)) for column in cells]
    if max(hits) > 0:
        return hits.index(max(hits))
    named = [number for number, name in enumerate(names) if _AREA_NAME.search(name.casefold())]
    texts = [number for number, column in enumerate(cells) if not _are_numbers(column) and len(set(column)) > 1]
    names_first = [number for number in named if number in texts]
    codes = [number for number, name in enumerate(names) if _CODE_NAME.search(name.casefold())]
    return next(iter([*names_first, *codes, *named, *texts]), None)


_AREA_NAME = re.compile(
    r"gebiet|raum|stadtteil|ortsteil|bezirk|viertel|quartier|kreis|gemeinde|area|district|quarter|\bags\b"
)


_CODE_NAME = re.compile(r"\bnr\b|nummer|schlüssel|kennziffer|\bcode\b|\bid\b")
"""Names of columns of numbers that count nothing."""


def _are_numbers(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell and cell not in MARKS]
    return bool(filled) and sum(map(is_number, filled)) >= ENOUGH * len(filled)


def _role(name: str, column: Sequence[str]) -> Role:
    filled = [cell for cell in column if cell]
    if _are_dates(filled) or (_are_years(filled) and not _repeats_as_count(name)):
        return "period"
    if _CODE_NAME.search(name.casefold()):
        return "code"
    if _are_numbers(column):
        return "share" if SHARE.search(name.casefold()) else "count"
    return "category" if 0 < len(set(filled)) <= min(MANY, max(1, len(filled) // 2)) else "other"


def _repeats_as_count(name: str) -> bool:
    """Tell by its name whether a column of numbers like 2011 counts something."""
    return re.search(r"anzahl|zahl|personen|count|number", name.casefold()) is not None


def _are_dates(filled: Sequence[str]) -> bool:
    return bool(filled) and any(all(form.fullmatch(cell) for cell in filled) for form, _ in FORMATS)


def _are_years(filled: Sequence[str]) -> bool:
    return bool(filled) and all(YEAR.fullmatch(cell) for cell in filled)
