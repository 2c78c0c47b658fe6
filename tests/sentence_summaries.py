"""What the five sentences and the plain ones may say, written a second time; see :mod:`tests.sentence_rules`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sentence_rules import (
    ALIKE,
    CHANGES,
    DOWN,
    HIDDEN,
    HIGHER,
    LOWER,
    NONE,
    ONE,
    OVERLAPPING,
    UNTESTED,
    UP,
    Compared,
    Course,
    in_sentence,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.catalogue import Said

LIMITS = {
    "de": "Woran das liegt, sagen die Zahlen nicht; sie beschreiben Gebiete, nicht die Menschen, die dort leben.",
    "en": "The numbers do not say what the reasons are; they describe areas, not the people who live there.",
}
WORDS = {
    "de": {
        1: "höher",
        -1: "niedriger",
        "rise": "Anstieg",
        "decline": "Rückgang",
        "risen": "gestiegen",
        "fallen": "gesunken",
    },
    "en": {1: "higher", -1: "lower", "rise": "rise", "decline": "decline", "risen": "risen", "fallen": "fallen"},
}
CAVEATS = {
    "de": (
        "die Fallzahlen sind klein, die Aussage ist deshalb nur ein Hinweis",
        "der erste Wert ist eine Schätzung für die heutigen Gebiete",
        "schon ohne einen einzelnen dieser Werte wäre das nicht mehr zu erkennen",
        "frühere Werte wurden anders gezählt und sind nicht einbezogen",
    ),
    "en": (
        "the numbers are small, so it is an indication only",
        "the first value is an estimate for today's areas",
        "without a single one of these values it could no longer be told",
        "earlier values were counted in another way and are left out",
    ),
}
SURE = {
    "de": {
        UP: "Über {points} {periods} überwiegt der Anstieg, deutlicher, als durch Zufall zu erwarten wäre",
        DOWN: "Über {points} {periods} überwiegt der Rückgang, deutlicher, als durch Zufall zu erwarten wäre",
        NONE: "Über {points} {periods} lässt sich keine überwiegende Richtung von Zufall unterscheiden",
        "ends": (
            "Der letzte Wert unterscheidet sich erkennbar vom ersten, über {points} {periods} überwiegt jedoch keine Richtung"
        ),
        HIGHER: (
            "Das ist ein Vergleich zweier {periods} und kein Trend: Der Unterschied ist größer, als durch Zufall zu erwarten wäre"
        ),
        ALIKE: (
            "Das ist ein Vergleich zweier {periods} und kein Trend: Der Unterschied lässt sich nicht von Zufall unterscheiden"
        ),
        UNTESTED: (
            "Das ist ein Vergleich zweier {periods} und kein Trend: Ob der Unterschied mehr als Zufall ist, wurde nicht geprüft"
        ),
        "description": "Das ist eine Beschreibung: [^.]+",
        ONE: (
            "Es liegt nur ein (?:Stichtag|Jahreswert|Schuljahr|Zeitraum) vor; über eine Entwicklung lässt sich nichts sagen"
        ),
        OVERLAPPING: (
            "Die Zeiträume überschneiden sich und zählen dieselben Ereignisse mehrfach; eine Entwicklung wird deshalb nicht "
            "geprüft"
        ),
    },
    "en": {
        UP: "Over {points} {periods} the rise prevails, more clearly than would be expected by chance",
        DOWN: "Over {points} {periods} the decline prevails, more clearly than would be expected by chance",
        NONE: "Over {points} {periods} no prevailing direction can be told from chance",
        "ends": "The last value differs discernibly from the first one, but over {points} {periods} no direction prevails",
        HIGHER: "It is a comparison of two {periods}, not a trend: the difference is larger than chance explains",
        ALIKE: "It is a comparison of two {periods}, not a trend: the difference cannot be told from chance",
        UNTESTED: "It is a comparison of two {periods}, not a trend: whether it is more than chance is not tested",
        "description": "This is a description: [^.]+",
        ONE: "There is only one (?:date|yearly value|school year|span), so nothing can be said about a development",
        OVERLAPPING: "The spans overlap and count the same events more than once, so no development is tested",
    },
}
ALLOWED = {NONE: (NONE, "ends"), LOWER: (HIGHER,), UNTESTED: (UNTESTED, "description")}
"""Which sentences say how sure a finding is; of the others its own."""


@dataclass(frozen=True)
class Setting:
    """Where a page is: names of the town and of its area, and what the catalogue declares of indicators by their label."""

    language: str
    town: str
    area: str
    said: dict[str, tuple[str, Said | None]]
    lead: str

    @property
    def place(self) -> str:
        """Say where."""
        if self.area == self.town:
            return f"in {self.town}"
        return f"im Gebiet {self.area}" if self.language == "de" else f"in the area {self.area}"

    def subject(self, label: str) -> str:
        """Begin a sentence."""
        said = self.said[label][1]
        if said is not None:
            return str(getattr(said.subject, self.language))
        return (
            f"Der Wert des Indikators »{label}«" if self.language == "de" else f"The value of the indicator “{label}”"
        )


def _value(at: Setting, label: str, when: str, value: str) -> str:
    if at.language == "de":
        return f"{at.subject(label)} lag {when} {at.place} bei {value}."
    return f"{at.subject(label)} was {value} {at.place} {when}."


def expected_summary_of_course(at: Setting, rows: list[Course]) -> re.Pattern[str]:
    """All that the five sentences of a page about developments may be."""
    lead = next(row for row in rows if row.label == at.lead)
    parts = [
        *_course(at, lead),
        (at.area != at.town and _beside(at, lead)) or _others(at, rows),
        re.escape(LIMITS[at.language]),
    ]
    return re.compile(" ".join(part for part in parts if part).replace(" (?:?", "(?: ?"))


def _course(at: Setting, row: Course) -> list[str]:
    if row.finding == HIDDEN or not row.last or not row.last[0].isdigit():
        return [
            rf"{re.escape(row.label)}: [^.]+\.(?: Für jeden Wert[^.]+(?:\.|p = [\d,]+\)\.)| For every value[^.]+(?:\.|p = [\d.]+ at most\)\.))?"
        ]
    now = re.escape(_value(at, row.label, in_sentence(row.last_when, at.language), row.measured(row.last)))
    return [now, _since(at, row), _sure(row)]


def _since(at: Setting, row: Course) -> str:
    if not row.change:
        return ""
    when, first = in_sentence(row.first_when, at.language), row.measured(row.first)
    if not row.moves:
        same = "Gerundet ist das ebenso viel wie" if at.language == "de" else "Rounded, that is as much as"
        return re.escape(f"{same} {when} ({first}).")
    size, word = row.change[1:], WORDS[at.language][row.moves]
    if at.language == "de":
        return re.escape(f"Der Wert ist um {size} {word} als {when} ({first}).")
    return re.escape(f"The value is {size} {word} than {when} ({first}).")


def _sure(row: Course) -> str:
    names = ALLOWED.get(row.finding, (row.finding,))
    texts = [SURE[row.language][name].format(points=row.points, periods=row.periods) for name in names]
    caveats = "|".join(map(re.escape, CAVEATS[row.language]))
    return rf"(?:{'|'.join(texts)})(?:; (?:{caveats}))?\."


def _beside(at: Setting, row: Course) -> str:
    """Put the area beside its town: on the side on which its value stands in the table, or not to be told."""
    if not row.town or not row.last[:1].isdigit() or row.finding == HIDDEN:
        return ""
    own, town = number(row.last, row.language), number(row.town, row.language)
    german = at.language == "de"
    if german:
        begin = re.escape(f"In {at.town} insgesamt waren es {row.measured(row.town)}")
        same = "; der Unterschied lässt sich nicht von Zufall unterscheiden"
    else:
        begin = re.escape(f"In {at.town} as a whole it was {row.measured(row.town)}")
        same = "; the difference cannot be told from chance"
    sides = {"darüber" if german else "above": own >= town, "darunter" if german else "below": own <= town}
    lies = "das Gebiet liegt erkennbar" if german else "the area lies discernibly"
    end = "" if german else " that"
    allowed = [f"; {lies} {word}{end}" for word, is_right in sides.items() if is_right]
    return rf"{begin}(?:{'|'.join([same, *allowed])})?\."


def _others(at: Setting, rows: list[Course]) -> str:
    """Name other indicators with the direction that their row of the table finds."""
    words = WORDS[at.language]
    moved = {UP: "risen", HIGHER: "risen", DOWN: "fallen", LOWER: "fallen"}
    others = [row for row in rows if row.label != at.lead]
    named = [f"{row.label} ({words[moved[row.finding]]})" for row in others if row.finding in moved and row.change]
    if not [row for row in others if row.finding not in {HIDDEN, ONE, OVERLAPPING}]:
        return ""
    german = at.language == "de"
    if not named:
        none = "Bei den übrigen Indikatoren lässt sich keine Entwicklung von Zufall unterscheiden."
        return re.escape(none if german else "For the other indicators no development can be told from chance.")
    begin = "Andere Indikatoren mit einer Entwicklung, die sich von Zufall unterscheiden lässt"
    begin = begin if german else "Other indicators with a development that can be told from chance"
    return re.escape(f"{begin}: {listing(named, at.language)}.")


def listing(names: list[str], language: str) -> str:
    """Join the first three names, and say that there are others."""
    more = ["weitere" if language == "de" else "others"] if len(names) > 3 else []
    chosen = [*names[:3], *more]
    joint = "und" if language == "de" else "and"
    return chosen[0] if len(chosen) == 1 else f"{', '.join(chosen[:-1])} {joint} {chosen[-1]}"


def expected_summary_of_comparison(at: Setting, rows: list[Compared]) -> re.Pattern[str]:
    """All that the five sentences of a page that compares areas may be."""
    lead = next(row for row in rows if row.label == at.lead)
    parts = [_whole(at, lead), _range(lead), _sides(lead)]
    parts += [_beside_town(at, lead) if at.area != at.town else _differing(at, rows), re.escape(LIMITS[at.language])]
    return re.compile(" ".join(part for part in parts if part))


def _whole(at: Setting, row: Compared) -> str:
    if not row.total[0].isdigit():
        absent = (
            "Für das ganze Gebiet gibt es keinen Wert"
            if at.language == "de"
            else "there is no value for the whole area"
        )
        return re.escape(f"{row.label} {in_sentence(row.when, at.language)}: {absent}.")
    return re.escape(_value(at, row.label, in_sentence(row.when, at.language), row.measured(row.total)))


def _range(row: Compared) -> str:
    german = row.language == "de"
    if not row.low:
        absent = "Eine Spannweite lässt sich nicht angeben, weil Werte geheim gehalten sind oder fehlen."
        return re.escape(absent if german else "There is no range, since values are kept confidential or missing.")
    if row.areas == 1:
        return ""
    over = f"{row.areas} {row.named(row.areas)}"
    text = f"Die Spannweite über {over} reicht von {row.low} bis {row.high}."
    return re.escape(text if german else f"The range over {over} goes from {row.low} to {row.high}.")


def _sides(row: Compared) -> str:
    german = row.language == "de"
    if not row.tested:
        untested = "Ob die Unterschiede mehr als Zufall sind, ist hier nicht geprüft."
        return re.escape(untested if german else "Whether the differences are more than chance is not tested here.")
    texts = {1: "erkennbar darüber", -1: "erkennbar darunter", 0: "nicht von Zufall zu unterscheiden"}
    if not german:
        texts = {1: "discernibly above", -1: "discernibly below", 0: "not to be told from chance"}
    parts = [f"{row.sides[side]} {text}" for side, text in texts.items() if row.sides.get(side)]
    absent = row.everywhere - row.areas
    parts += [f"{absent} {'ohne Wert' if german else 'without a value'}"] if absent else []
    joint = "und" if german else "and"
    joined = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}"
    against = "im Vergleich zum Wert der Stadt" if german else "compared with the town's value"
    level = row.named(row.everywhere)
    return re.escape(f"{level[0].upper()}{level[1:]} {against}: {joined}.")


def _beside_town(at: Setting, row: Compared) -> str:
    course = Course(row.language, row.label, row.unit, last=row.total, town=row.town)
    if row.town and not row.total[0].isdigit():
        whole = "insgesamt waren es" if at.language == "de" else "as a whole it was"
        return re.escape(f"In {at.town} {whole} {row.measured(row.town)}.")
    return _beside(at, course) if row.town else ""


def _differing(at: Setting, rows: list[Compared]) -> str:
    others = [row for row in rows if row.label != at.lead and row.tested]
    named = [row.label for row in others if row.sides.get(1) or row.sides.get(-1)]
    if not others:
        return ""
    german = at.language == "de"
    if not named:
        none = "Bei den übrigen Indikatoren weicht kein Gebiet erkennbar vom Wert der Stadt ab."
        return re.escape(
            none if german else "For the other indicators no area differs discernibly from the town's value."
        )
    begin = "Andere Indikatoren mit erkennbaren Unterschieden zum Wert der Stadt"
    begin = begin if german else "Other indicators with discernible differences from the town's value"
    return re.escape(f"{begin}: {listing(named, at.language)}.")


PLAIN = {
    "de": {
        "place": r"Diese Zahlen gelten für (?P<area>.+)\.|Diese Seite vergleicht Gebiete in (?P<within>.+)\.",
        "topic": r"Es geht um (?P<topic>.+)\.",
        "last": (
            r"Das sind etwa (?P<n>[\d.]+) von (?P<base>[\d.]+) (?P<among>.+)\.|Auf (?P<base2>[\d.]+) (?P<among2>.+) kommen "
            r"etwa (?P<n2>[\d.]+)\.|Es sind etwa (?P<n3>[\d.]+) (?P<among3>\D+)\.|Das sind etwa (?P<n4>[\d.]+) (?P<unit>\S+) "
            r"je (?P<among4>.+)\."
        ),
        "none": r"Das sind weniger als 1 von 10\.000\.",
        "when": r"Die Zahl gilt für das (?:Jahr|Schuljahr) (?P<year>[\d/]+)\.",
        "first": r"Im (?:Jahr|Schuljahr) (?P<year>[\d/]+) waren es etwa (?P<n>[\d.]+)(?: von (?P<base>[\d.]+))?\.",
        "as_much": r"Im (?:Jahr|Schuljahr) (?P<year>[\d/]+) waren es etwa gleich viele\.",
        "course": r"Die Zahl ist über die Jahre (?P<word>gestiegen|gesunken)\.",
        "pair": r"Die letzte Zahl ist (?P<word>höher|niedriger)\.",
        "town": r"In ganz (?P<where>.+) sind es etwa (?P<n>[\d.]+)(?: von (?P<base>[\d.]+))?\.",
        "side": r"Die Zahl im Gebiet ist (?P<word>höher|niedriger)\.",
        "range": r"In den Gebieten sind es etwa (?P<low>[\d.]+) bis (?P<high>[\d.]+)(?: von (?P<base>[\d.]+))?\.",
        "above": r"In (?P<n>\d+) Gebiet(?:en)? ist die Zahl höher als in (?P<where>.+)\.",
        "below": r"In (?P<n>\d+) Gebiet(?:en)? ist die Zahl niedriger als in (?P<where>.+)\.",
        "around": r"In (?P<n>\d+) Gebiet(?:en)? kann der Unterschied Zufall sein\.",
        "without": r"Für (?P<n>\d+) Gebiete? gibt es keine Zahl\.",
        "sure": r"Das ist wohl mehr als Zufall\.",
        "chance": r"Der Unterschied kann Zufall sein\.|Die Veränderungen können Zufall sein\.",
        "fixed": (
            r"Wir haben das nicht auf Zufall geprüft\.|Zahlen für andere Jahre fehlen\.|Einige Zahlen zeigen wir hier nicht\.|"
            r"Das schützt die Menschen\.|Für das ganze Gebiet gibt es keine Zahl\.|Die Zahlen sind klein\.|Sie sind nur ein Hinweis\.|Die Zahlen nennen keine Gründe\.|"
            r"Die Zahlen beschreiben Gebiete\.|Sie beschreiben keine einzelnen Menschen\."
        ),
    },
    "en": {
        "place": r"These numbers are for (?P<area>.+)\.|This page compares areas in (?P<within>.+)\.",
        "topic": r"This is about (?P<topic>.+)\.",
        "last": (
            r"That is about (?P<n>[\d,]+) in (?P<base>[\d,]+) (?P<among>.+)\.|For every (?P<base2>[\d,]+) (?P<among2>.+) "
            r"there are about (?P<n2>[\d,]+)\.|There are about (?P<n3>[\d,]+) (?P<among3>\D+)\.|That is about (?P<n4>[\d,]+) "
            r"(?P<unit>.+) for each (?P<among4>.+)\."
        ),
        "none": r"That is fewer than 1 in 10,000\.",
        "when": r"The number is for the (?:year|school year) (?P<year>[\d/]+)\.",
        "first": r"In the (?:year|school year) (?P<year>[\d/]+) it was about (?P<n>[\d,]+)(?: in (?P<base>[\d,]+))?\.",
        "as_much": r"In the (?:year|school year) (?P<year>[\d/]+) it was about as many\.",
        "course": r"Over the years the number has (?P<word>risen|fallen)\.",
        "pair": r"The last number is (?P<word>higher|lower)\.",
        "town": r"In all of (?P<where>.+) it is about (?P<n>[\d,]+)(?: in (?P<base>[\d,]+))?\.",
        "side": r"The number in the area is (?P<word>higher|lower)\.",
        "range": r"In the areas it is about (?P<low>[\d,]+) to (?P<high>[\d,]+)(?: in (?P<base>[\d,]+))?\.",
        "above": r"In (?P<n>\d+) areas? the number is higher than in (?P<where>.+)\.",
        "below": r"In (?P<n>\d+) areas? the number is lower than in (?P<where>.+)\.",
        "around": r"In (?P<n>\d+) areas? the difference may be chance\.",
        "without": r"For (?P<n>\d+) areas? there is no number\.",
        "sure": r"This is probably more than chance\.",
        "chance": r"The difference may be chance\.|The changes may be chance\.",
        "fixed": (
            r"We have not tested for chance\.|Numbers for other years are missing\.|We do not show some numbers here\.|This "
            r"protects people\.|For the whole area there is no number\.|The numbers are small\.|They are only a hint\.|The numbers do not show reasons\.|The numbers "
            r"describe areas\.|They do not describe individual people\."
        ),
    },
}
"""Plain sentences by what they say."""

PER = {"Prozent": 100, "per cent": 100, "je 100": 100, "per 100": 100, "je 1.000": 1000, "per 1,000": 1000,
       "je 10.000": 10000, "per 10,000": 10000}  # fmt: skip


class PlainCheck:
    """Holds plain sentences to the row of the leading indicator."""

    def __init__(self, at: Setting, row: Course | Compared) -> None:
        self.at, self.row, self.language = at, row, at.language

    def faults(self, sentences: Iterable[str]) -> list[str]:
        """Find the sentences that the table does not bear."""
        return [sentence for sentence in sentences if not self.holds(sentence)]

    def holds(self, sentence: str) -> bool:
        """Whether the table bears a sentence."""
        for name, pattern in PLAIN[self.language].items():
            found = re.fullmatch(pattern, sentence)
            if found:
                groups = {key.rstrip("234"): text for key, text in found.groupdict().items() if text is not None}
                check = getattr(self, f"_{name}", None)
                return check is None or bool(check(groups))
        return False

    def _rounds(self, count: str, value: str, base: str | None) -> bool:
        """Whether a whole number is the rounded value of a table, which itself is rounded to a decimal."""
        told, exact = number(count, self.language), number(value, self.language)
        per = PER.get(self.row.unit)
        if per is None:  # counts and means: rounded to three digits
            step = 10 ** max(len(str(int(exact))) - 3, 0)
            return abs(told - exact) <= step / 2 + 0.05 and told % step == 0
        factor = number(base or "1", self.language) / per
        return abs(told - exact * factor) <= 0.5 + 0.0500001 * factor

    def _place(self, found: dict[str, str]) -> bool:
        return self.at.area in found.values()

    def _said(self, part: str) -> str:
        said = self.at.said[self.row.label][1]
        assert said is not None
        return str(getattr(getattr(said, part), self.language))

    def _topic(self, found: dict[str, str]) -> bool:
        return found["topic"] == self._said("topic")

    def _last(self, found: dict[str, str]) -> bool:
        value = self.row.last if isinstance(self.row, Course) else self.row.total
        unit = found.get("unit", CHANGES.get(self.row.unit, self.row.unit))
        is_unit = unit == CHANGES.get(self.row.unit, self.row.unit)
        return is_unit and found["among"] == self._said("among") and self._rounds(found["n"], value, found.get("base"))

    def _none(self, found: dict[str, str]) -> bool:
        value = self.row.last if isinstance(self.row, Course) else self.row.total
        return number(value, self.language) == 0

    def _when(self, found: dict[str, str]) -> bool:
        return self._is_year(found["year"], self.row.last_when if isinstance(self.row, Course) else self.row.when)

    @staticmethod
    def _is_year(year: str, when: str) -> bool:
        return re.search(rf"(?<!\d){re.escape(year)}(?![\d/])", when) is not None

    def _first(self, found: dict[str, str]) -> bool:
        row = self.row
        return (
            self._as_much(found) and isinstance(row, Course) and self._rounds(found["n"], row.first, found.get("base"))
        )

    def _as_much(self, found: dict[str, str]) -> bool:
        return isinstance(self.row, Course) and self._is_year(found["year"], self.row.first_when)

    def _course(self, found: dict[str, str]) -> bool:
        up = found["word"] in {"gestiegen", "risen"}
        return isinstance(self.row, Course) and self.row.finding == (UP if up else DOWN)

    def _pair(self, found: dict[str, str]) -> bool:
        up = found["word"] in {"höher", "higher"}
        row = self.row
        return (
            isinstance(row, Course) and row.finding == (HIGHER if up else LOWER) and row.moves in {0, 1 if up else -1}
        )

    def _town(self, found: dict[str, str]) -> bool:
        return found["where"] == self.at.town and self._rounds(found["n"], self.row.town, found.get("base"))

    def _side(self, found: dict[str, str]) -> bool:
        own = number(self.row.last if isinstance(self.row, Course) else self.row.total, self.language)
        town = number(self.row.town, self.language)
        return own >= town if found["word"] in {"höher", "higher"} else own <= town

    def _range(self, found: dict[str, str]) -> bool:
        row, base = self.row, found.get("base")
        return isinstance(row, Compared) and all(
            self._rounds(found[end], getattr(row, end), base) for end in ("low", "high")
        )

    def _counted(self, found: dict[str, str], side: int) -> bool:
        is_town = found.get("where", self.at.town) == self.at.town
        return isinstance(self.row, Compared) and is_town and int(found["n"]) == self.row.sides.get(side, 0)

    def _above(self, found: dict[str, str]) -> bool:
        return self._counted(found, 1)

    def _below(self, found: dict[str, str]) -> bool:
        return self._counted(found, -1)

    def _around(self, found: dict[str, str]) -> bool:
        return self._counted(found, 0)

    def _without(self, found: dict[str, str]) -> bool:
        return isinstance(self.row, Compared) and int(found["n"]) == self.row.everywhere - self.row.areas

    def _sure(self, found: dict[str, str]) -> bool:
        return isinstance(self.row, Course) and self.row.finding in {UP, DOWN, HIGHER, LOWER}

    def _chance(self, found: dict[str, str]) -> bool:
        return isinstance(self.row, Course) and (self.row.finding in {NONE, ALIKE} or bool(self.row.town))
