"""Faults planted in a finished edition, each by changing bytes that lie in the folder; the program that wrote them has no part in it.

The edition is that of :mod:`tests.canary_town`: of 2024, Anger (11) has 4 children on benefits, Berg (12) has 823 and Camp
(13) 2,473; all three are hidden. Dorf (21), Esch (22) and Feld (23) are published with 1,240, 2,141 and 2,090.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from openpyxl import Workbook

from tests.canary_town import CHILDREN, DATES, HIDDEN
from tests.pictures import svgs_in, with_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Plant = Callable[[Path], object]

DAY, BEFORE = DATES[-1], DATES[0]
COMPARISON, ENGLISH, TREND = "comparison/comparison.de.html", "comparison/comparison.en.html", "trend/trend.de.html"
DOTS, MAP = 0, 1
TOWN, AREAS = 0, 1
"""Pictures of a page of comparison, and of one of development, by their place on it."""


def edit(file: str, before: str, after: str, *, times: int = 1) -> Plant:
    """Replace text in a file."""

    def plant(folder: Path) -> None:
        content = (folder / file).read_text(encoding="utf-8")
        assert before in content, f"{file} does not hold {before!r}"
        (folder / file).write_text(content.replace(before, after, times), encoding="utf-8")

    return plant


def redraw(file: str, number: int, before: str, after: str) -> Plant:
    """Replace text in a picture of a page."""

    def plant(folder: Path) -> None:
        page = (folder / file).read_text(encoding="utf-8")
        svg = svgs_in(page)[number]
        changed = re.sub(before, after, svg, count=1, flags=re.DOTALL)
        assert changed != svg, f"the picture does not hold {before!r}"
        (folder / file).write_text(with_picture(page, number, changed), encoding="utf-8")

    return plant


def swap(file: str, first: str, second: str) -> Plant:
    """Let two texts of a page change places; the second stands somewhere behind the first."""

    def plant(folder: Path) -> None:
        content = (folder / file).read_text(encoding="utf-8")
        one = re.search(first, content)
        assert one
        other = re.compile(second).search(content, one.end())
        assert other
        parts = content[: one.start()], other[0], content[one.end() : other.start()], one[0], content[other.end() :]
        (folder / file).write_text("".join(parts), encoding="utf-8")

    return plant


def both(*plants: Plant) -> Plant:
    def plant(folder: Path) -> None:
        for one in plants:
            one(folder)

    return plant


def new(file: str, text: str) -> Plant:
    """Lay a further file into the folder."""
    return lambda folder: (folder / file).write_text(text, encoding="utf-8")


def renamed(file: str, name: str) -> Plant:
    return lambda folder: (folder / file).rename(folder / name)


def mark(statistic: str, area: str, text: str, *days: str) -> str:
    key = "|".join([statistic, "kinderarmut", area, *(days or (DAY,))])
    return f'<data value="{key}">{text}</data>'


def row(area: str, name: str) -> str:
    """The row of a hidden area as far as the cell of its count, as a pattern or as text."""
    return f"{area} {name}</data></th><td class='number'>"


def shown_in_cells(*areas: str, day: str = DAY) -> Plant:
    """Publish hidden counts in the table of cells."""

    def plant(folder: Path) -> None:
        lines = (folder / "cells.csv").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            cell, area, measure, sex, first, last, kind, start, end, *_ = line.split(",")
            if area in areas and measure == "sgb2_recipients" and end == day:
                named = (cell, area, measure, sex, first, last, kind, start, end)
                lines[number] = ",".join([*named, "published", str(HIDDEN[area][DATES.index(day)]), "", ""])
        (folder / "cells.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    return plant


last_year = shown_in_cells("11", "12", "13", day=BEFORE)
"""Makes of an edition one that showed the counts of the first day."""


def grouped(folder: Path) -> None:
    """A second grouping: the parish West is Anger and Dorf, and Dorf is published."""
    known = json.loads((folder / "knowledge.json").read_text(encoding="utf-8"))
    west = {"id": "parish:west", "name": "West", "level": "parish", "parts": ["11", "21"]}
    (folder / "knowledge.json").write_text(json.dumps(known | {"areas": [*known["areas"], west]}), encoding="utf-8")
    with (folder / "cells.csv").open("a", encoding="utf-8") as file:
        file.write(f"x1,parish:west,sgb2_recipients,all,0,14,stock,{DAY},{DAY},published,1244,,\n")


def workbook(folder: Path) -> None:
    """A download with a sheet that nobody sees at first."""
    book = Workbook()
    book.active.append(["indicator", "area", "period_end", "value"])
    book.active.append(["kinderarmut", "21", DAY, 20.0])
    sheet = book.create_sheet("Rohdaten")
    sheet.append(["Anger", 4])
    sheet.sheet_state = "hidden"
    book.save(folder / "comparison.xlsx")


def notebook(folder: Path) -> None:
    """A notebook beside its page, with the count in its metadata."""
    content = {"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"papermill": {"parameters": {"anger": 4}}}}
    (folder / "comparison.ipynb").write_text(json.dumps(content), encoding="utf-8")


def place_of(rate: float) -> str:
    """Where a rate stands on the axis of the dot plot: 0 at 124, 40 at 441.23."""
    return f"{124 + rate * (441.23 - 124) / 40:.2f}"


ANGER = HIDDEN["11"][-1] / CHILDREN["11"][-1] * 100
DOT = r'(<g id="filled">.*?<use xlink:href="(#\w+)" )(x="282.61" y="97")'
SUMMARY = '<div class="summary"><p>'
HIDDEN_CELL = "11|sgb2_recipients|all|0-14|2024-12-31"

FAULTS: dict[str, tuple[Plant, str]] = {
    # What is published too much.
    "a total too much": (shown_in_cells("12", "13"), f"exact {HIDDEN_CELL} 4"),
    "a count": (edit(COMPARISON, row("11", "Anger") + "•", row("11", "Anger") + mark("numerator", "11", "4")), f"exact {HIDDEN_CELL} 4"),
    "a rate": (edit(COMPARISON, row("11", "Anger") + "•", row("11", "Anger") + mark("value", "11", "0,7 %")), f"exact {HIDDEN_CELL} 4"),
    "a rate with two decimals": (edit(COMPARISON, ">20,0\u00a0%<", ">20,00\u00a0%<"), "wrong decimals value|kinderarmut|21"),
    "a rate rounded another way": (edit(COMPARISON, ">41,2\u00a0%<", ">41,1\u00a0%<"), "wrong value|kinderarmut|22 41.17"),
    "another number in the other language": (edit(ENGLISH, ">41.2%<", ">41.3%<"), "wrong comparison.en.html '41.3%'"),
    "a range": (edit(COMPARISON, SUMMARY, f'{SUMMARY}Von <data value="level_min|kinderarmut|0|{DAY}|ortsteil">0,7 %</data> an. '), "wrong '0,7 %' level_min"),
    "a mean": (edit(COMPARISON, SUMMARY, f'{SUMMARY}Mittel <data value="level_mean|kinderarmut|0|{DAY}|ortsteil">25,5 %</data>. '), "wrong '25,5 %' level_mean"),
    "a change": (edit(COMPARISON, SUMMARY, f"{SUMMARY}{mark('change', '11', '+0,2', BEFORE, DAY)} "), "hidden '+0,2' change|kinderarmut|11"),
    "the town without an area": (edit(COMPARISON, SUMMARY, f"{SUMMARY}{mark('rest', '11', '27,9')} "), "hidden '27,9' rest|kinderarmut|11"),
    "an interval of a hidden area": (edit(COMPARISON, SUMMARY, f"{SUMMARY}{mark('upper', '11', '1,7 %')} "), "hidden '1,7 %' upper|kinderarmut|11"),
    "a test of hidden values": (edit(TREND, SUMMARY, f"{SUMMARY}{mark('p_value', '11', '0,667', BEFORE, DAY)} "), "hidden '0,667' p_value|kinderarmut|11"),
    "a number of children as a number of areas": (edit(COMPARISON, f'level_without|kinderarmut|0|{DAY}|ortsteil">3<', f'level_without|kinderarmut|0|{DAY}|ortsteil">4<'), "wrong '4' level_without"),
    # What is read beside the numbers.
    "a sentence": (edit(COMPARISON, SUMMARY, f"{SUMMARY}In Anger sind es 4. "), "unmapped 'In Anger sind es 4"),
    "a number word": (edit(COMPARISON, SUMMARY, f"{SUMMARY}In Anger sind es vier Kinder. "), "unmapped tells what vier is"),
    "a number word in English": (edit(ENGLISH, SUMMARY, f"{SUMMARY}There are four in Anger. "), "unmapped tells what four is"),
    "the text alternative": (edit(COMPARISON, "27,4\u00a0%; ohne", "27,4\u00a0%, Anger 0,7\u00a0%; ohne"), "unmapped img alt 0,7"),
    "a tooltip": (edit(COMPARISON, row("11", "Anger") + "•", "11 Anger</data></th><td class='number' title='4 Kinder'>•"), "unmapped td title '4 Kinder'"),
    "an attribute for scripts": (edit(COMPARISON, row("11", "Anger") + "•", "11 Anger</data></th><td class='number' data-sort='0.68'>•"), "unmapped data-sort 0.68"),
    "the width of a bar": (edit(COMPARISON, row("11", "Anger") + "•", "11 Anger</data></th><td class='number' style='width: 0.68%'>•"), "unmapped style 0.68"),
    "a comment": (edit(COMPARISON, "</main>", "<!-- Anger: 4 --></main>"), "unmapped comment 'Anger: 4'"),
    "the title": (edit(COMPARISON, "<title>", "<title>Anger: 4 – "), "unmapped title 4"),
    "the description": (edit(COMPARISON, "<title>", '<meta name="description" content="Anger: 4"><title>'), "unmapped meta content 4"),
    "a style sheet that writes": (edit(COMPARISON, "</head>", "<style>td::after {content: '4'}</style></head>"), "unmapped style '4'"),
    "the index": (edit("index.html", "</main>", "<p>Anger: 4</p></main>"), "unmapped index.html 'Anger: 4'"),
    "the order of rows": (swap(COMPARISON, r"<tr><th scope='row'><data value=\"area\|11\">.*?</tr>", r"<tr><th scope='row'><data value=\"area\|23\">.*?</tr>"), "order"),
    "a hidden area among chosen ones": (edit(COMPARISON, "<tr><th scope='row'><data value=\"area|22\">22 Esch", f"<tr><th scope='row'><data value=\"area|11\">{row('11', 'Anger')}•</td></tr><tr><th scope='row'><data value=\"area|22\">22 Esch"), "order the hidden area 11 stands among chosen ones"),
    # What is drawn.
    "a point more": (redraw(COMPARISON, DOTS, DOT, rf'\1x="{place_of(ANGER)}" y="55" /><use xlink:href="\2" \3'), "drawing point at 0.68"),
    "a point in a hidden row": (redraw(COMPARISON, DOTS, 'x="282.61" y="97"', 'x="282.61" y="55"'), "drawing row of the area 11"),
    "two points that changed places": (redraw(COMPARISON, DOTS, r'x="282.61" (y="97".*?)x="450.53" (y="111")', r'x="450.53" \1x="282.61" \2'), "drawing shows 41.17 in the row of the area 21"),
    "path data": (redraw(COMPARISON, DOTS, r'(<g id="town">\s*<path d="M [\d.]+ 48 \s*L [\d.]+ 132)', rf"\1 M {place_of(ANGER)} 50 L {place_of(ANGER)} 60 "), "drawing point at 0.68"),
    "an interval": (redraw(COMPARISON, DOTS, r'(<g id="intervals">\s*<path d=")', rf"\1M 124 55 L {place_of(24)} 55 "), "drawing row of the area 11"),
    "an axis that goes on": (redraw(COMPARISON, DOTS, r'(<g id="matplotlib.axis_1">)', r'\1<g id="xtick_9"><g><use x="837.77" y="132"/></g><g><text>90</text></g></g>'), "drawing axis goes on to 90"),
    "a text in a picture": (redraw(COMPARISON, DOTS, "11 Anger</text>", "11 Anger 4</text>"), "unmapped the picture says 4"),
    "a description of a picture": (redraw(COMPARISON, DOTS, '<g id="figure_1">', '<desc>Anger: 4</desc><g id="figure_1">'), "unmapped the picture holds 4"),
    "a value of a line": (redraw(TREND, TOWN, r"L 274.43 [\d.]+ ", "L 274.43 44.37 "), "drawing a line of the panel kinderarmut is not the series of one area"),
    "two lines that changed places at one day": (redraw(TREND, AREAS, r"419.47 141.16(.*?)419.47 74.64", r"419.47 74.64\g<1>419.47 141.16"), "drawing a line of the panel kinderarmut is not the series of one area"),
    "a sign beside the lines": (redraw(TREND, AREAS, r'(<g id="line2d_10">)', r'<g id="line2d_99"><g><use x="460" y="204"/></g></g>\1'), "drawing points are drawn outside"),
    "the colour of a hidden area": (redraw(COMPARISON, MAP, r'y="259.82">11(.*?)y="111.82">21', r'y="259.82">21\1y="111.82">11'), "drawing colours the area 11"),
    "a class of the map": (redraw(COMPARISON, MAP, ">20,0</text>", ">0,7 – 20,0</text>"), "drawing legend"),
    "a corner of a sparkline": (edit(TREND, "<path d='M3 ", "<path d='M6 "), "drawing the sparkline of kinderarmut"),
    "a line more in a sparkline": (edit(TREND, "<path d='M3 ", "<path stroke='red' d='M3 9h4'/><path d='M3 "), "drawing the sparkline of kinderarmut"),
    "a photograph": (edit(COMPARISON, "data:image/svg+xml,", "data:image/png;base64,"), "opaque"),
    # What lies beside the pages.
    "the manifest": (edit("manifest.json", '"summary": "', '"summary": "Anger: 4. '), "unmapped manifest.json"),
    "the run report": (edit("run.json", "{", '{"anger": 4,'), "unmapped run.json anger"),
    "the feed": (edit("feed.xml", "<title>", "<title>Anger: 4 "), "unmapped feed.xml 4"),
    "the name of a file": (both(lambda folder: shutil.copy(folder / COMPARISON, folder / "comparison/anger-4.de.html")), "unmapped name comparison/anger-4.de.html"),
    "a download": (new("comparison.csv", f"indicator,area,period_end,value,numerator\nkinderarmut,11,{DAY},,4\n"), f"exact {HIDDEN_CELL} 4"),
    "a workbook of another program": (workbook, "opaque comparison.xlsx"),
    "the metadata of a notebook": (notebook, "unmapped comparison.ipynb papermill.parameters.anger"),
    "a second grouping": (grouped, f"exact {HIDDEN_CELL} 4"),
}  # fmt: skip
"""What is planted, and words of the reason why the audit fails."""
