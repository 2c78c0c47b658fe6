"""A small town with small counts, and what is released of it: made once for all tests that look at a Release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.small_town import HEADER, TIDY

if TYPE_CHECKING:
    from pathlib import Path

AREAS = """\
area,name,level,parent
0,Klein,stadt,
1,Nord,bezirk,0
2,Süd,bezirk,0
11,Anger,ortsteil,1
12,Berg,ortsteil,1
13,Camp,ortsteil,1
21,Dorf,ortsteil,2
22,Esch,ortsteil,2
23,Feld,ortsteil,2
"""

KREISE = dict.fromkeys(("11", "12"), "West") | dict.fromkeys(("13", "21", "22", "23"), "Ost")
"""Groups that cut across: Nord without West is Camp (13)."""

GROUPING = """\
groupings:
  - {id: kreis, label: {de: Kreis, en: circle}, plural: {de: Kreise, en: circles}}
"""

LEVELS = """\
levels:
  - {id: ortsteil, label: {de: Ortsteil, en: quarter}, plural: {de: Ortsteile, en: quarters}}
  - {id: bezirk, label: {de: Bezirk, en: district}, plural: {de: Bezirke, en: districts}}
  - {id: stadt, label: {de: Stadt, en: town}, plural: {de: Städte, en: towns}}
"""

RULES = """\
schema: 1
rules:
  - id: einwohner
    measures: [population]
    public: true
    basis: {de: Jahrbuch, en: yearbook}
    review: open
    approval: open
  - id: leistungen
    measures: [sgb2_recipients]
    basis: {de: Gesetz, en: law}
    review: open
    approval: open
    audiences: {statistics_unit: 1, administration: 3, public: 5}
    zeros: may_be_hidden
"""

CHILDREN = {"11": 3, "12": 40, "13": 25, "21": 60, "22": 31, "23": 18}
ADULTS = {"11": 80, "12": 110, "13": 95, "21": 140, "22": 77, "23": 66}
"""Recipients by area; the three children in Anger are too few."""


def rows(children: dict[str, int] = CHILDREN, date: str = "2024-12-31") -> str:
    """Write the counts of a tidy file."""
    counted = [
        *((area, "sgb2_recipients", "0-14", count) for area, count in children.items()),
        *((area, "sgb2_recipients", "15-64", count) for area, count in ADULTS.items()),
        *((area, "population", age, people) for area in ADULTS for age, people in (("0-14", 200), ("15-64", 800))),
    ]
    return "".join(f"{area},{date},{measure},,{age},{count},\n" for area, measure, age, count in counted)


def write_town(
    folder: Path, counts: str | None = None, rules: str = RULES, confidentiality: str = "confidential"
) -> Path:
    """Write the town."""
    head, rest = TIDY.split("levels:\n")
    declared = head + LEVELS + rest[rest.index("confidentiality") :]
    texts = {
        "town.yml": declared.replace("confidentiality: synthetic", f"confidentiality: {confidentiality}"),
        "areas.csv": AREAS,
        "counts.csv": HEADER + (rows() if counts is None else counts),
        "disclosure.yml": rules,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write_grouped(folder: Path, counts: str, groups: dict[str, str] | None = None, rules: str = RULES) -> Path:
    """Write the town with the grouping ``kreis`` beside its tree; without groups there is only the column."""
    write_town(folder, counts, rules)
    lines = AREAS.splitlines()
    of = KREISE if groups is None else groups
    column = ["group_kreis", *(of.get(line.partition(",")[0], "") for line in lines[1:])]
    text = "".join(f"{line},{group}\n" for line, group in zip(lines, column, strict=True))
    (folder / "areas.csv").write_text(text, encoding="utf-8")
    if groups != {}:
        with (folder / "town.yml").open("a", encoding="utf-8") as file:
            file.write(GROUPING)
    return folder
