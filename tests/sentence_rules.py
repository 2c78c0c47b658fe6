"""Which sentences a page may say, written a second time: patterns that are filled from the tables of the same page.

A rule gets what stands in a row of a table and gives the sentences that may be said of it. Whatever else a page says is a
fault, and so is a sentence whose number, direction, unit or date is not that of the table. Nothing of the program that writes
sentences is used here, but the names that the catalogue declares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from tests.sentence_pages import Table

UP, DOWN, NONE, ONE, UNTESTED, HIDDEN = "up", "down", "none", "one", "untested", "hidden"
HIGHER, LOWER, ALIKE, OVERLAPPING = "higher", "lower", "alike", "overlapping"

FINDINGS = {
    "de": {"überwiegend steigend": UP, "überwiegend fallend": DOWN, "kein klarer Trend": NONE, "zuletzt höher": HIGHER,
           "zuletzt niedriger": LOWER, "nicht unterscheidbar": ALIKE, "nicht geprüft": UNTESTED, "nur ein Wert": ONE,
           "Werte geheim gehalten": HIDDEN, "überschneidende Zeiträume": OVERLAPPING},
    "en": {"mostly rising": UP, "mostly falling": DOWN, "no clear trend": NONE, "latest value higher": HIGHER,
           "latest value lower": LOWER, "not to be told apart": ALIKE, "not tested": UNTESTED, "one value only": ONE,
           "values kept confidential": HIDDEN, "overlapping spans": OVERLAPPING},
}  # fmt: skip
ARROWS = {"↗": {UP, HIGHER}, "↘": {DOWN, LOWER}}
"""Which findings an arrow may stand before."""

SIDES = {
    "de": {"darüber": 1, "darunter": -1, "nicht unterscheidbar": 0},
    "en": {"above": 1, "below": -1, "not to be told apart": 0},
}
"""How tables say what was found."""

HEADINGS = {
    "de": {"Überwiegend gestiegen": {UP}, "Überwiegend gesunken": {DOWN}, "Zuletzt höher": {HIGHER},
           "Zuletzt niedriger": {LOWER}, "Kein klarer Trend": {NONE}, "Nicht auf Zufall geprüft": {UNTESTED},
           "Unterschied nicht von Zufall zu unterscheiden": {ALIKE}, "Werte geheim gehalten": {HIDDEN},
           "Keine Aussage zur Entwicklung möglich": {ONE, OVERLAPPING}},
    "en": {"Mostly risen": {UP}, "Mostly fallen": {DOWN}, "Latest value higher": {HIGHER}, "Latest value lower": {LOWER},
           "No clear trend": {NONE}, "Not tested against chance": {UNTESTED},
           "Difference not to be told from chance": {ALIKE}, "Values kept confidential": {HIDDEN},
           "No development can be stated": {ONE, OVERLAPPING}},
}  # fmt: skip
COMPARED = {
    "de": {"Gebiete weichen erkennbar von der Stadt ab": "differing", "Kein Gebiet weicht erkennbar von der Stadt ab": "alike",
           "Nicht auf Zufall geprüft": "untested"},
    "en": {"Areas differ discernibly from the town": "differing", "No area differs discernibly from the town": "alike",
           "Not tested against chance": "untested"},
}  # fmt: skip
"""Headings over sentences, and of which findings they may stand."""

METHOD = {
    "de": r"(?:dem Mann-Kendall-Test|einer Trendlinie für (?:Bestände|Jahre, die einander ähneln))",
    "en": r"(?:the Mann-Kendall test|a trend line for (?:stocks|years that resemble each other))",
}
UNITS = {"Prozent": "", "per cent": "", "Anzahl": "", "number": ""}
"""Units that a sentence writes with the number or not at all; any other stands behind it."""

CHANGES = {"Prozent": "Prozentpunkte", "per cent": "percentage points", "Anzahl": "Personen", "number": "persons"}
"""Units of changes; those of others are the same."""

NUMBER = {"de": r"[+\u2212±]?\d{1,3}(?:\.\d{3})*(?:,\d+)?", "en": r"[+\u2212±]?\d{1,3}(?:,\d{3})*(?:\.\d+)?"}


def number(text: str, language: str) -> float:
    """Read the first number of a text."""
    found = re.search(NUMBER[language], text)
    assert found, text
    plain = found[0].replace("±", "").replace("\u2212", "-")
    plain = plain.replace(".", "").replace(",", ".") if language == "de" else plain.replace(",", "")
    return float(plain)


@dataclass
class Course:
    """A row of the table of developments, as it is written."""

    language: str
    label: str
    unit: str
    first: str = ""
    first_when: str = ""
    last: str = ""
    last_when: str = ""
    town: str = ""
    change: str = ""
    slope: str = ""
    finding: str = ""
    method: str = ""
    points: str = ""
    periods: str = ""
    p: str = ""

    def __post_init__(self) -> None:
        cell = self.change.partition(" ")[2]
        expected = CHANGES.get(self.unit, self.unit)
        singular = {"Personen": "Person", "persons": "person"}.get(expected, expected)
        assert not cell or cell in {expected, singular}, f"{self.label}: {self.change} is not in {expected}"

    def measured(self, value: str) -> str:
        """Write a value as a sentence does, with its unit."""
        return f"{value} {UNITS.get(self.unit, self.unit)}".strip()

    @property
    def moves(self) -> int:
        """1 upwards, -1 downwards, 0 neither, from the change that the table shows."""
        return (self.change[0] == "+") - (self.change[0] == "\u2212") if self.change else 0

    @property
    def slope_with_unit(self) -> str:
        """The slope with the unit of changes."""
        return f"{self.slope} {CHANGES.get(self.unit, self.unit)}"


def courses(table: Table, language: str) -> list[Course]:
    """Read the table of developments."""
    with_town = len(table.headings) == 7
    found = []
    for row in table.rows:
        label, unit = row[0][0].removesuffix("¹").strip().rsplit(", ", 1)
        cells = {"first": row[1], "last": row[2], "change": row[3 + with_town], "finding": row[5 + with_town]}
        known = {name: lines[0] for name, lines in cells.items() if lines[0] != "\u2013"}
        whens = {f"{name}_when": cells[name][1] for name in ("first", "last") if len(cells[name]) > 1}
        how = cells["finding"][1] if len(cells["finding"]) > 1 else ""
        tested = re.fullmatch(
            r"(?P<method>[^,]+?)(?:, (?P<points>\d+) (?P<periods>[^,]+))?(?:, (?P<p>p [<=] [\d.,]+))?", how
        )
        counted = {name: text for name, text in (tested.groupdict() if tested else {}).items() if text}
        arrow, finding = re.fullmatch(r"([↗↘]?) ?(.+)", known["finding"]).groups()
        known["finding"] = FINDINGS[language][finding]
        assert known["finding"] in ARROWS.get(arrow, FINDINGS[language].values()), row
        known["first"] = known.get("first", "").removeprefix("≈ ")
        town = row[3][0] if with_town and row[3][0] != "\u2013" else ""
        slope = row[4 + with_town][0]
        more = {"town": town, "slope": "" if slope == "\u2013" else slope}
        if "zweier" in how or "two" in how:
            counted["periods"] = re.split("zweier |two ", how)[1]
        found.append(Course(language, label, unit, **known, **whens, **counted, **more))
    return found


def in_sentence(when: str, language: str) -> str:
    """Write a moment as inside a sentence."""
    preposition = "am" if language == "de" else "on"
    return f"{preposition} {when}" if re.match(r"\d", when) else when


GERMAN = {
    "course": "{label}: von {first} ({first_when}) auf {last_measured} ({last_when}), {change}.",
    "hidden": "{label}: Werte sind geheim gehalten; eine Entwicklung lässt sich deshalb nicht angeben.",
    "others_hidden": (
        "{label}: Werte anderer Gebiete sind geheim gehalten; sie lassen offen, welcher Test passt, und die Tests sind sich "
        "nicht einig."
    ),
    "some_hidden": "{label}: Einzelne Werte sind geheim gehalten.",
    "one": "{label}: {last_measured} ({last_when}). Es liegt nur ein @period@ vor; über eine Entwicklung lässt sich nichts sagen.",
    "overlapping": (
        "{label}: {last_measured} ({last_when}). Die Zeiträume überschneiden sich und zählen dieselben Ereignisse mehrfach; eine "
        "Entwicklung wird deshalb nicht geprüft."
    ),
    UP: "Über {points} {periods} überwiegt der Anstieg (geprüft mit @method@, {p}); typisch sind {slope_with_unit} pro Jahr.",
    DOWN: "Über {points} {periods} überwiegt der Rückgang (geprüft mit @method@, {p}); typisch sind {slope_with_unit} pro Jahr.",
    NONE: (
        "Über {points} {periods} lässt sich keine überwiegende Richtung von Zufall unterscheiden (geprüft mit @method@, {p})."
    ),
    "none_but_ends": (
        "Der letzte Wert unterscheidet sich erkennbar vom ersten, über {points} {periods} überwiegt jedoch keine Richtung "
        "(geprüft mit @method@, {p})."
    ),
    HIGHER: (
        "Vergleich zweier {periods}, kein Trend: Der letzte Wert ist höher; der Unterschied ist größer, als durch Zufall zu "
        "erwarten wäre."
    ),
    LOWER: (
        "Vergleich zweier {periods}, kein Trend: Der letzte Wert ist niedriger; der Unterschied ist größer, als durch Zufall "
        "zu erwarten wäre."
    ),
    ALIKE: "Vergleich zweier {periods}, kein Trend: Der Unterschied lässt sich nicht von Zufall unterscheiden.",
    UNTESTED: "Vergleich zweier {periods}, kein Trend; für diesen Indikator ist kein Test möglich.",
    "not_declared": (
        "Das ist eine Beschreibung: Ob mehr als Zufall dahintersteht, wird nicht geprüft, weil nicht bekannt ist, wie viel vom "
        "Bestand von Jahr zu Jahr bleibt."
    ),
    "too_few": "Das ist eine Beschreibung: Für eine Prüfung, ob mehr als Zufall dahintersteht, sind es zu wenige Fälle.",
    "certain_up": "Für jeden Wert, den sie haben können, überwiegt der Anstieg (höchstens {p}).",
    "certain_down": "Für jeden Wert, den sie haben können, überwiegt der Rückgang (höchstens {p}).",
    "certain_higher": (
        "Für jeden Wert, den sie haben können, ist der letzte höher als der erste; der Unterschied ist größer, als durch Zufall "
        "zu erwarten wäre."
    ),
    "certain_lower": (
        "Für jeden Wert, den sie haben können, ist der letzte niedriger als der erste; der Unterschied ist größer, als durch "
        "Zufall zu erwarten wäre."
    ),
    "bend": "Um das Jahr @year@ ändert sich die Richtung oder das Tempo.",
    "fragile": "Schon ohne einen einzelnen dieser Werte wäre das nicht mehr zu erkennen.",
    "broken": "Frühere Werte wurden anders gezählt und sind hier nicht einbezogen.",
    "converted": "Der erste Wert ist auf die heutigen Gebiete umgerechnet: ein Schätzwert mit weitem Intervall.",
    "untested_first": "Der erste Wert ist auf die heutigen Gebiete umgerechnet: ein Schätzwert, der nicht in den Test eingeht.",
    "few": "Die Fallzahlen sind klein: Die Aussage ist nur als Hinweis zu verstehen.",
}
ENGLISH = {
    "course": "{label}: from {first} ({first_when}) to {last_measured} ({last_when}), {change}.",
    "hidden": "{label}: values are kept confidential, so no development can be stated.",
    "others_hidden": (
        "{label}: values of other areas are kept confidential; they leave open which test fits, and the tests disagree."
    ),
    "some_hidden": "{label}: some values are kept confidential.",
    "one": "{label}: {last_measured} ({last_when}). There is only one @period@, so nothing can be said about a development.",
    "overlapping": (
        "{label}: {last_measured} ({last_when}). The spans overlap and count the same events more than once, so no development "
        "is tested."
    ),
    UP: "Over {points} {periods} the rise prevails (tested with @method@, {p}); typically {slope_with_unit} a year.",
    DOWN: "Over {points} {periods} the decline prevails (tested with @method@, {p}); typically {slope_with_unit} a year.",
    NONE: "Over {points} {periods} no prevailing direction can be told from chance (tested with @method@, {p}).",
    "none_but_ends": (
        "The last value differs discernibly from the first one, but over {points} {periods} no direction prevails (tested with "
        "@method@, {p})."
    ),
    HIGHER: "A comparison of two {periods}, not a trend: the last value is higher by more than chance explains.",
    LOWER: "A comparison of two {periods}, not a trend: the last value is lower by more than chance explains.",
    ALIKE: "A comparison of two {periods}, not a trend: the difference cannot be told from chance.",
    UNTESTED: "A comparison of two {periods}, not a trend; for this indicator no test is possible.",
    "not_declared": (
        "This is a description: whether it is more than chance is not tested, since it is not known how much of the stock "
        "remains from year to year."
    ),
    "too_few": "This is a description: there are too few cases to test whether it is more than chance.",
    "certain_up": "For every value that they can have, the rise prevails ({p} at most).",
    "certain_down": "For every value that they can have, the decline prevails ({p} at most).",
    "certain_higher": (
        "For every value that they can have, the last one is higher than the first by more than chance explains."
    ),
    "certain_lower": (
        "For every value that they can have, the last one is lower than the first by more than chance explains."
    ),
    "bend": "Around @year@ the direction or the pace changes.",
    "fragile": "Without a single one of these values this could no longer be told.",
    "broken": "Earlier values were counted in another way and are left out here.",
    "converted": "The first value is converted to today's areas: an estimate with a wide interval.",
    "untested_first": "The first value is converted to today's areas: an estimate that takes no part in the test.",
    "few": "The numbers are small: take it as an indication only.",
}
PATTERNS = {"de": GERMAN, "en": ENGLISH}

BEGINNINGS = {
    HIDDEN: ("hidden", "others_hidden"),
    ONE: ("one",),
    OVERLAPPING: ("overlapping",),
}
"""How the sentence about a row begins; of others with their course, or that some values are hidden."""

VERDICTS = {
    UP: (UP, "certain_up"),
    DOWN: (DOWN, "certain_down"),
    NONE: (NONE, "none_but_ends"),
    HIGHER: (HIGHER, "certain_higher"),
    LOWER: (LOWER, "certain_lower"),
    ALIKE: (ALIKE,),
    UNTESTED: (UNTESTED, "not_declared", "too_few"),
}
"""Which verdicts may follow which finding of the table."""

REMARKS = ("bend", "fragile", "broken", "converted", "untested_first", "few")

PERIODS = {
    "de": "(?:Stichtag|Jahreswert|Schuljahr|Zeitraum)",
    "en": "(?:date|yearly value|school year|span)",
}


def filled(pattern: str, language: str, values: dict[str, str]) -> str:
    """Make a regular expression of a pattern: what the table says word for word, what it does not say by its form."""
    free = {"@method@": METHOD[language], "@period@": PERIODS[language], "@year@": r"\d{4}"}
    text = re.escape(pattern.format_map(values))
    for sign, expression in free.items():
        text = text.replace(re.escape(sign), expression)
    return text


def expected_course(row: Course) -> re.Pattern[str]:
    """All that may be said of a row of the table of developments."""
    values = {name: str(getattr(row, name)) for name in row.__dataclass_fields__}
    values |= {"last_measured": row.measured(row.last), "slope_with_unit": row.slope_with_unit}
    patterns = PATTERNS[row.language]

    def either(names: tuple[str, ...]) -> str:
        return "(?:" + "|".join(filled(patterns[name], row.language, values) for name in names) + ")"

    told = f"{either(BEGINNINGS.get(row.finding, ('course', 'some_hidden')))}"
    verdict = f" {either(VERDICTS[row.finding])}" if row.finding in VERDICTS else ""
    return re.compile(f"{told}{verdict}(?: {either(REMARKS)})*")


@dataclass
class Compared:
    """An indicator of a comparison: its row of key figures, and its table of areas counted again."""

    language: str
    label: str
    unit: str
    when: str
    mean: str
    kind: str
    low: str = ""
    high: str = ""
    areas: int = 0
    everywhere: int = 0
    level: str = ""
    levels: str = ""
    town: str = ""
    total: str = ""
    sides: dict[int, int] = field(default_factory=dict)

    def measured(self, value: str) -> str:
        """Write a value as a sentence does, with its unit."""
        return f"{value} {UNITS.get(self.unit, self.unit)}".strip()

    @property
    def tested(self) -> int:
        """So many areas were held against the town."""
        return sum(self.sides.values())

    def named(self, count: int) -> str:
        """Name so many areas of the level."""
        return self.level if count == 1 else self.levels


def compared(tables: list[Table], language: str) -> list[Compared]:
    """Read the table of key figures, and count each table of areas again."""
    figures = next(table for table in tables if table.caption.startswith(("Kennzahlen: ", "Key figures: ")))
    with_town = len(figures.headings) == 6
    found = []
    for row in figures.rows:
        label, unit = row[0][0].rsplit(", ", 1)
        own = next(table for table in tables if table.caption.startswith(f"{label} ({unit}), "))
        found.append(
            Compared(
                language,
                label,
                unit,
                row[0][1],
                with_decimals(row[1][0].removeprefix("Ø "), language),
                row[1][1].split(", ")[0],
                town=row[4][0] if with_town and row[4][0] != "\u2013" else "",
                **_recounted(own, row[3][0], language),
            )
        )
    return found


def with_decimals(text: str, language: str) -> str:
    """Write an exact zero as sentences do: a table has no decimals there."""
    return f"0{',' if language == 'de' else '.'}0{text[1:]}" if re.match(r"0(?![\d.,])", text) else text


def _recounted(table: Table, span: str, language: str) -> dict[str, Any]:
    """Count a table of areas: how many there are, how many have a value, and how many lie where; and look for the range."""
    areas = [row for row in table.rows if row[4][0]]
    shown = [row[2][0] for row in areas if re.match(r"[≈(]? ?\d", row[2][0])]
    sides = [SIDES[language][row[4][0]] for row in areas if row[4][0] in SIDES[language]]
    low, high = "", ""
    if span != "\u2013":
        low, high = span.strip("()").split("\u2013")
        values = [number(text, language) for text in shown]
        assert (number(low, language), number(high, language)) == (min(values), max(values)), (table.caption, span)
    return {
        "low": low,
        "high": high,
        "areas": len(shown),
        "everywhere": len(areas),
        "level": table.headings[0],
        "levels": table.caption.rsplit("), ", 1)[1].split(", ")[0],
        "total": with_decimals(next(row for row in table.rows if not row[4][0])[2][0], language),
        "sides": {side: sides.count(side) for side in set(sides)},
    }


def expected_comparison(row: Compared) -> str:
    """Write all that is said of an indicator of a comparison."""
    side = {name: row.sides.get(value, 0) for name, value in (("above", 1), ("below", -1), ("around", 0))}
    absent, german = row.everywhere - row.areas, row.language == "de"
    span = f" ({row.low}\u2013{row.high})" if row.low else ""
    over = f"{row.areas} {row.named(row.areas)}"
    if german:
        ranged = f"Spannweite über {over}" if row.low else "ohne Spannweite, weil Werte geheim gehalten sind"
        without = f"Für {absent} Gebiet{'' if absent == 1 else 'e'} liegt kein Wert vor."
        town = f"Stadt insgesamt: {row.measured(row.town)}."
        where = (
            f"{row.named(row.tested)} ({row.tested}): {side['above']} erkennbar über dem Wert der Stadt, {side['below']} erkennbar "
            f"darunter, {side['around']} ohne erkennbaren Unterschied."
        )
    else:
        ranged = f"range over {over}" if row.low else "without range, since values are kept confidential"
        without = f"For {absent} area{' there is' if absent == 1 else 's there is'} no value."
        town = f"Town as a whole: {row.measured(row.town)}."
        where = (
            f"Of {row.tested} {row.named(row.tested)}: {side['above']} discernibly above the town's value, {side['below']} "
            f"discernibly below, {side['around']} without a discernible difference."
        )
    when = in_sentence(row.when, row.language)
    whole = f"Ø {row.measured(row.mean)}{span}, {row.kind}"
    if not row.mean[0].isdigit():
        whole = "ohne Wert für das Ganze" if german else "no value for the whole"
    parts = [f"{row.label} {when}: {whole}, {ranged}."]
    parts += [text for text, is_said in ((without, absent), (town, row.town), (where, row.tested)) if is_said]
    return " ".join(parts)
