"""Every numeral on a page says what it is: the key of a statistic and its cell, and that key tells the truth.

The pages are made of the notebooks that ship with the program, from the invented town, cell by cell as a kernel would.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import nbformat
import pytest
from babel.messages import pofile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

import sozialanalyse as sa
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.sections import Finding, with_scroll
from sozialanalyse.catalogue.model import Text
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings.display import Shown, with_keys_apart
from sozialanalyse.findings.static import MESSAGES, static_texts
from sozialanalyse.language import Language, key, keyed, keys_of, rounded, without_keys
from tests.batch_samples import FINDING
from tests.drawn_town import AREAS, TURNED, compared, counts, drawn_view, svg_of
from tests.pictures import svg_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.disclosure.release import Release

DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TECHNICAL = {
    "class",
    "content",
    "charset",
    "data-told",
    "href",
    "id",
    "aria-labelledby",
    "name",
    "src",
    "tabindex",
    "value",
}
"""Attributes that nobody reads: addresses, classes, keys. The numerals of all others must be told."""

# ------------------------------------------------------------------------------------------------------- a reader of pages


@dataclass
class Reader(HTMLParser):
    """Takes a page apart: texts without a key, numbers with one, attributes with what they tell, pictures."""

    html: str
    plain: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    attributes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    pictures: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    key: str = ""
    silent: bool = False
    in_title: bool = False
    sparklines: list[tuple[str, ...]] = field(default_factory=list)
    in_sparkline: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        told = tuple(given.get("data-told", "").split())
        self.silent = tag in ("style", "script")
        self.in_title = tag == "title"
        if tag == "svg" and told:
            self.in_sparkline = True
            self.sparklines.append(told)
        if not self.in_sparkline:  # its places are held to the series by the audit (test_sparklines.py)
            self.attributes += [(value, told) for name, value in given.items() if name not in TECHNICAL]
        if tag == "data":
            assert not self.key, "a number in a number"
            self.key = given["value"]
        elif given.get("src", "").startswith("data:image/svg+xml"):
            self.pictures.append((svg_at(given["src"]), told))

    def handle_endtag(self, tag: str) -> None:
        self.silent = self.in_title = False
        self.in_sparkline = self.in_sparkline and tag != "svg"
        self.key = "" if tag == "data" else self.key

    def handle_data(self, data: str) -> None:
        if self.key:
            self.numbers.append((self.key, data))
        elif self.in_title:
            self.titles.append(data)
        elif not self.silent:
            self.plain.append(data)


def without(text: str, static: list[str]) -> str:
    """Take static texts away, the longest first."""
    for part in static:
        text = text.replace(part, "")
    return text


def texts_of(svg: str, told: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the texts of a picture with the keys that they may have: the scale of an axis stands at its ticks only."""
    tree = ET.fromstring(svg)
    ticks = {text for found in tree.iter() if re.match("[xy]tick_", found.get("id", "")) for text in found.iter()}
    scale = tuple(key for key in told if key.startswith(("axis|", "drawn_ages|")))
    days = tuple(key for key in told if key.startswith(("date|", "period|")))
    for found in tree.iter():
        if found.tag.endswith("}text"):
            yield (
                found.text or "",
                (*scale, *days) if found in ticks else tuple(key for key in told if key not in scale),
            )
        assert not found.tag.endswith(("}title", "}desc", "}date", "}creator")), "nobody reads or needs it"


# ------------------------------------------------------------------------------------------------------------ real pages


def execute(notebook: nbformat.NotebookNode, parameters: dict[str, Any]) -> dict[str, Any]:
    """Run the cells one after the other in this process, keep what each one shows, and return the names."""
    names: dict[str, Any] = {}
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        *before, last = ast.parse(cell.source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(before, []), cell.id, "exec"), names)
            shown = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
            cell.outputs = [nbformat.v4.new_output("display_data", shown._repr_mimebundle_())]
        else:
            exec(compile(ast.Module([*before, last], []), cell.id, "exec"), names)
        if "parameters" in cell.metadata.get("tags", ()):
            names |= parameters
    return names


CHOSEN = [
    ("trend", "musterstadt", "children", "03", "de"),
    ("comparison", "musterstadt", "residents", "05", "en"),
    ("trend", "released", "older", "", "en"),
    ("comparison", "released", "older", "", "de"),
]
"""Notebook, town, target group, area and language: areas that a reform divided; counts, maps and tests; hidden values."""


@dataclass
class Made:
    """A page as it is published, what its notebook computed, and the texts that are static on it."""

    reader: Reader
    names: dict[str, Any]
    static: list[str]

    @property
    def view(self) -> sa.View:
        return self.names["view"]


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Release:
    """A town of three quarters as the public sees it: at first few people of 65 and more lived in one of them."""
    few = counts().replace("01,2012-12-31,population,all,65+,100", "01,2012-12-31,population,all,65+,3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.drawn_town.counts", lambda: few)
        town = drawn_view(tmp_path_factory.mktemp("released")).town
    return sa.release(town)


@pytest.fixture(scope="module", params=CHOSEN, ids="-".join)
def made(request, root: Path, tmp_path_factory) -> Made:
    """A page of one of the notebooks."""
    name, town, group, area, language = request.param
    opened = request.getfixturevalue(town)
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sozialanalyse.disclosure.keeping.open_for", lambda *_: opened)  # is open already
        names = execute(notebook, {"target_group": group, "area": area, "language": language})
    path = tmp_path_factory.mktemp("executed") / f"{name}.ipynb"
    nbformat.write(notebook, path)
    static = static_texts(opened.catalogue, opened.data.file, language)
    return Made(Reader(render(path, language, name).html), names, static)


def test_no_text_holds_a_numeral_without_a_key(made):
    assert len(made.reader.numbers) > 20
    assert [text for text in made.reader.plain if DIGIT.search(without(text, made.static))] == []


def test_the_title_of_the_window_which_takes_no_keys_repeats_numbers_of_the_page(made):
    said = {number for _, text in made.reader.numbers for number in NUMBER.findall(text)}
    (title,) = made.reader.titles
    assert set(NUMBER.findall(title)) <= said


def test_every_key_is_a_known_statistic_with_all_its_parts(made):
    told = [key for _, keys in (*made.reader.attributes, *made.reader.pictures) for key in keys]
    wrong = [key for key in {*told, *(key for key, _ in made.reader.numbers)} if not is_well_formed(key)]
    assert wrong == []


def is_well_formed(key: str) -> bool:
    statistic, *parts = key.split("|")
    if statistic == "number":
        return parts[0] in {"indicators", "areas", "tested", "reported", "shown", "found"}
    return len(parts) == len(_keys.STATISTICS.get(statistic, ())) > 0


def test_numbers_are_what_their_keys_say(made):
    """Held against the frames of the notebook, read anew by the parts of the key."""
    truth = Truth(made)
    wrong = [(key, text) for key, text in made.reader.numbers if not truth.allows(key, text)]
    assert wrong == []
    assert truth.held > 10


def test_attributes_and_pictures_tell_the_keys_of_their_numerals(made):
    truth = Truth(made)
    drawn = [text for svg, told in made.reader.pictures for text in texts_of(svg, told)]
    read = [(text, told) for text, told in (*made.reader.attributes, *drawn) if DIGIT.search(text)]
    assert any("panel-" in svg for svg, _ in made.reader.pictures)
    assert [text for text, told in read if not truth.explains(without(text, made.static), told)] == []
    assert [told for told in made.reader.sparklines if len(told) != 1 or not told[0].startswith("drawn_series|")] == []


@dataclass
class Truth:
    """What the number of a key must be, from the frames that the notebook computed."""

    made: Made
    held: int = 0
    at_day: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    seen: dict[tuple[str, ...], list[float] | None] = field(default_factory=dict)

    @property
    def english(self) -> bool:
        return self.made.view.language == "en"

    def allows(self, key: str, text: str) -> bool:
        """Whether a text with this key writes the key's number, days, ages or name."""
        statistic, *parts = map(unquote, key.split("|"))
        if statistic == "area":
            return text in {self.made.view.area_name(parts[0]), self.made.view.town.name}
        if statistic in {"date", "period", "ages"}:
            return set(re.findall(r"[0-9]+", text)) <= written(parts)
        if statistic in {"direction", "course", "side"}:
            return self.turns(statistic, parts) == DIRECTIONS[text]
        numbers = NUMBER.findall(text)
        assert len(numbers) == 1, f"{key}: {text}"
        if "<" in text:
            return all(value < self.read(numbers[0])[0] for value in self.expected(statistic, parts))
        return self.is_number(statistic, parts, numbers[0])

    def turns(self, statistic: str, parts: list[str]) -> int:
        """The sign of what a word of direction tells: of a change, of a trend line, of the distance from the town."""
        self.held += 1
        if statistic == "side":
            indicator, area, day = parts
            own, town = (
                self.expected("value", [indicator, one, day])[0] for one in (area, self.made.view.town.areas.root)
            )
            return (own > town) - (own < town)
        column = {"direction": "change", "course": "slope"}[statistic]
        (value,) = self.of_change(self.made.names["developed"], column, parts)
        return (value > 0) - (value < 0)

    def is_number(self, statistic: str, parts: list[str], number: str) -> bool:
        asked = (statistic, *parts)
        if asked not in self.seen:
            self.seen[asked] = self.expected(statistic, parts)
        expected = self.seen[asked]
        if expected is None:
            return statistic in NOT_RECOMPUTED
        self.held += 1
        found, decimals = self.read(number)
        return any(found == rounded(abs(value), decimals) for value in expected)

    def read(self, number: str) -> tuple[float, int]:
        point = "." if self.english else ","
        whole, _, rest = number.replace("," if self.english else ".", "").partition(point)
        return float(f"{whole}.{rest or 0}"), len(rest)

    def expected(self, statistic: str, parts: list[str]) -> list[float] | None:
        """The numbers that a statistic may have, None where this test does not compute them."""
        column = statistic.removeprefix("converted_").replace("converted", "value")
        if column in {"value", "numerator", "denominator", "lower", "upper"}:
            indicator, area, day = parts
            rows = self.rows(indicator, day)
            rows = rows[rows["area"] == area]
            estimates = rows["interpolated"] if "interpolated" in rows else rows["value"] * 0
            assert all(bool(estimate) == statistic.startswith("converted") for estimate in estimates)
            return rows[column].tolist()
        if statistic.startswith(("level_", "class_", "of_", "about_")):
            return (self.of_level if statistic.startswith(("level_", "class_")) else self.spoken)(statistic, *parts)
        if statistic in {"number", "count"}:
            return self.of_page(*parts) if statistic == "number" else self.of_people(*parts)
        if statistic in DEVELOPED and "developed" in self.made.names:
            return self.of_change(self.made.names["developed"], DEVELOPED[statistic], parts)
        if statistic in TESTED and "noticeable" in self.made.names:
            kind, column = TESTED[statistic]
            tests = self.made.names["noticeable"].tests
            return self.of_change(tests[tests["kind"] == kind], column, parts)
        return None

    def spoken(self, statistic: str, *parts: str) -> list[float]:
        """Of how many people in a plain sentence: 4 in 100."""
        *of, base = parts
        levels = {"about_least": "level_min", "about_greatest": "level_max"}
        values = self.of_level(levels[statistic], *of) if statistic in levels else self.expected("value", of)
        return [value * int(base) / self.made.view.indicator(parts[0]).factor for value in values or []]

    def of_people(self, measure: str, area: str, day: str, sex: str, first: str, last: str) -> list[float]:
        rows = self.made.view.town.amounts(measure, (sex, int(first), int(last)))
        return rows.loc[(rows["area"] == area) & (rows["period_end"] == day), "value"].tolist()

    def of_page(self, what: str, *parts: str) -> list[float]:
        """How many things a page shows or has tested."""
        if what == "areas":
            return [len(self.made.view.town.areas.below(*parts))]
        if what == "indicators":
            return list(range(1, len(self.made.view.indicators) + 1))
        if parts in {("hidden",), ("all",)}:
            return [self.on_page()[parts[0]]]
        found, summary = self.made.names["noticeable"].found, self.made.names["noticeable"].summary
        return [len(found)] if what == "found" else summary.loc[summary["kind"] == parts[0], what].tolist()

    def on_page(self) -> dict[str, int]:
        """How many values a page could show, and how many of them are hidden."""
        view, names = self.made.view, self.made.names
        rows = names["compared"].areas if "compared" in names else view.frame
        rows = rows[rows["area"].isin({view.town.areas.root, view.area, *view.members})]
        states = rows.loc[~rows["status"].isin(["missing", "not_applicable"]), "status"]
        return {"all": len(states), "hidden": int((states == "suppressed").sum())}

    def rows(self, indicator: str, day: str) -> pd.DataFrame:
        """Rows of all areas; none for what the frame does not hold."""
        if not self.at_day:
            self.at_day = {
                (name, f"{end:%Y-%m-%d}"): rows
                for (name, end), rows in self.made.view.frame.groupby(["indicator", "period_end"])
            }
        return self.at_day.get((indicator, day), self.made.view.frame.iloc[:0])

    def of_change(self, rows, column: str, parts: list[str]) -> list[float]:
        indicator, area, *ends = parts
        rows = rows[(rows["indicator"] == indicator) & (rows["area"] == area)]
        names = ["first_end", "last_end"][-len(ends) :]
        for name, end in zip(names, ends, strict=True):
            rows = rows[rows[name] == end]
        values = rows[column]
        return [value.year for value in values] if column == "turning_point" else values.astype(float).tolist()

    def of_level(self, statistic: str, indicator: str, within: str, day: str, level: str, *more: str) -> list[float]:
        tree = self.made.view.town.areas
        areas = tree.below(within, level)
        frame = self.rows(indicator, day)
        rows = frame[frame["area"].isin(areas)]
        town = frame.loc[frame["area"] == tree.root, "value"].iloc[0]
        tested = rows[rows["lower"].notna()]
        sides = {"above": (tested["lower"] > town).sum(), "below": (tested["upper"] < town).sum()}
        sides |= {"tested": len(tested), "clear": sum(sides.values()), "around": len(tested) - sum(sides.values())}
        known = rows["value"].dropna()
        numbers = {"min": known.min(), "max": known.max(), "mean": known.mean(), "areas": len(known), "all": len(rows)}
        numbers |= sides | {"without": len(rows) - len(known), "status": (rows["status"] == "".join(more)).sum()}
        if statistic == "class_areas":
            return list(range(1, len(known) + 1))
        return known.tolist() if statistic.startswith("class") else [numbers[statistic.removeprefix("level_")]]

    def explains(self, text: str, told: tuple[str, ...]) -> bool:
        """Whether each number of a text belongs to one of the keys that are told beside it."""
        return all(self.is_told(number, told) for number in NUMBER.findall(text))

    def is_told(self, number: str, told: tuple[str, ...]) -> bool:
        for told_key in sorted(told, key=lambda made: not made.startswith(("date|", "area|", "period|"))):
            statistic, *parts = map(unquote, told_key.split("|"))
            if statistic in {"date", "period", "area", "ages"}:
                if set(re.findall(r"[0-9]+", number)) <= written([*parts, self.name_of(statistic, parts)]):
                    return True
            elif statistic in NOT_RECOMPUTED or self.is_number(statistic, parts, number):
                return True
        return False

    def name_of(self, statistic: str, parts: list[str]) -> str:
        return self.made.view.area_name(parts[0]) if statistic == "area" else ""


DIRECTIONS = {
    **dict.fromkeys(("höher", "gestiegen", "Anstieg", "darüber", "higher", "risen", "rise", "above"), 1),
    **dict.fromkeys(("niedriger", "gesunken", "Rückgang", "darunter", "lower", "fallen", "decline", "below"), -1),
}
NOT_RECOMPUTED = {
    "constant",
    "margin",
    "unassigned",
    "unassigned_share",
    "misplaced",
    "misplaced_of_town",
    "axis",
    "drawn_ages",
}
DEVELOPED = {
    name: name for name in ("change", "change_lower", "change_upper", "slope", "points", "p_value", "turning_point")
} | {"change_size": "change"}
TESTED = {
    "rest": ("level", "reference_value"),
    "difference": ("level", "difference"),
    "difference_lower": ("level", "lower"),
    "difference_upper": ("level", "upper"),
    "change": ("change", "own"),
    "rest_change": ("change", "reference_value"),
    "change_difference": ("change", "difference"),
    "change_difference_lower": ("change", "lower"),
    "change_difference_upper": ("change", "upper"),
}
"""Columns in which developments and tests hold a statistic."""


def written(parts: list[str]) -> set[str]:
    """List how the numbers of days and names may be written: 2011-12-31 as 31.12.2011, 2011/12 and 5 as 05."""
    numbers = re.findall(r"[0-9]+", " ".join(parts))
    return {form for number in numbers for form in (number, number[-2:], str(int(number)))}


# --------------------------------------------------------------------------------------------------------------- by hand


def test_a_number_in_a_sentence_has_its_key_and_reads_as_before(tmp_path):
    view = drawn_view(tmp_path, language="de")
    shown = sa.words.comparison(view, compared(view))
    assert shown.text.splitlines()[1].startswith("Anteil der Personen ab 65 Jahren am 31.12.2018: ")
    assert '<data value="value|share_65plus|0|2018-12-31">20,0\u00a0%</data>' in shown.html
    assert '<data value="level_max|share_65plus|0|2018-12-31|ortsteil">30,0\u00a0%</data>' in shown.html


def test_a_unit_with_digits_stays_outside_of_the_number(musterstadt):
    view = sa.View(musterstadt, "families")
    name = next(entry.id for entry in view.indicators if entry.unit == "per_1000")
    assert view.measured(name, 39.4, key="value|x") == keyed("39,4", "value|x") + "\u00a0je 1.000"


@pytest.mark.parametrize("text", ["–", "•"])
def test_what_is_no_number_has_no_key(tmp_path, text):
    view = drawn_view(tmp_path)
    written = {
        "–": view.amount("share_65plus", float("nan"), key="value|x"),
        "•": signs.amount(view, "share_65plus", 1.0, "suppressed", key="value|x"),
    }
    assert written[text] == text


def test_a_picture_tells_the_keys_of_its_texts_its_alternative_and_what_is_drawn(tmp_path):
    view = drawn_view(tmp_path)
    shown = sa.charts.comparison(view, compared(view))
    told = re.search(r"data-told='([^']*)'", shown.html)[1].split()
    assert {
        "drawn|share_65plus|0|2018-12-31|ortsteil",
        "axis|share_65plus",
        "area|02",
        "level_min|share_65plus|0|2018-12-31|ortsteil",
    } <= set(told)
    assert len(told) == len(set(told))
    assert "data-told" not in shown.text
    assert '<g id="panel-share_65plus">' in svg_of(shown)


def test_a_picture_holds_neither_date_nor_program(tmp_path):
    view = drawn_view(tmp_path)
    for shown in (sa.charts.comparison(view, compared(view)), sa.maps.comparison(view, compared(view))):
        assert not re.search("<metadata|<!--|20[0-9][0-9]-|matplotlib[ /v]", svg_of(shown))


def test_the_name_of_a_region_tells_the_keys_of_its_caption(tmp_path):
    view = drawn_view(tmp_path, area="02", language="de")
    within = sa.comparison.compare(view.frame, view.town.areas, level=view.level, within="02")
    html = with_scroll(str(sa.tables.key_figures(view, within).html))
    assert re.findall('aria-label="(.*?)" data-told="(.*?)"', html) == [
        ("Kennzahlen: 02 $x$ _a_ &amp; &#34;b&#34;", "area|02")
    ]


def test_what_a_page_is_about_keeps_its_keys_beside_the_text():
    metadata = {
        **FINDING,
        "summary": f"Ø {keyed('4,3 %', 'value|x')} & {keyed('1,6 %', 'level_min|x')}.",
        "area": keyed("05 <Mitte>", "area|05"),
    }
    apart = with_keys_apart(metadata)
    assert apart["summary"] == "Ø 4,3 % & 1,6 %."
    assert apart["told"] == {"summary": [[2, 7, "value|x"], [10, 15, "level_min|x"]], "area": [[0, 10, "area|05"]]}
    finding = Finding.model_validate(json.loads(json.dumps(apart)))
    assert finding.keyed("area") == '<data value="area|05">05 &lt;Mitte&gt;</data>'
    assert finding.keyed("summary") == Shown(Markup("{}").format(metadata["summary"]), "").html


FORGED = "\ue000value|kinderarmut|0|2011-12-31\ue00199\ue002 <script>alert(1)</script> \ue001"
"""Signs of keys that a planner types into a name."""


def test_nobody_forges_a_key_by_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.drawn_town.AREAS", AREAS.replace(TURNED, FORGED))
    view = drawn_view(tmp_path)
    comparison = compared(view)
    for shown in (
        sa.tables.comparison(view, comparison),
        sa.charts.comparison(view, comparison),
        sa.words.comparison(view, comparison),
    ):
        assert "kinderarmut" not in shown.html + shown.text
        assert "<script" not in shown.html
        assert not re.search("[\ue000-\ue002]", shown.html + shown.text)
        assert problems(str(shown.html)) == []
    assert (
        '<data value="area|03">03 99 &lt;script&gt;alert(1)&lt;/script&gt;</data>'
        in sa.tables.comparison(view, comparison).html
    )


def test_a_text_in_both_languages_cannot_hold_keys():
    assert Language("de").of(Text(de=FORGED, en="x")) == "99 <script>alert(1)</script> "


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=st.text(), name=st.text(), parts=st.lists(st.text(), max_size=4))
def test_a_key_can_be_read_back_and_cannot_break_out(text, name, parts):
    made = key("value", *parts)
    assert [unquote(part) for part in made.split("|")[1:]] == parts
    assert not re.search(r"[\s\"'<>&\ue000-\ue002]", made)
    written = f"{without_keys(name)}{keyed(text, made)}"
    assert without_keys(written) == without_keys(name) + without_keys(text)
    assert keys_of(written) == ([made] if text != "–" else [])
    assert (
        Markup(Shown(Markup("{}").format(written), "").html).striptags()
        == Markup("{}").format(without_keys(written)).striptags()
    )


def test_every_message_with_a_digit_is_listed_as_static(root):
    """What stands as a literal in the modules that write for readers, in English or in German."""
    said = {
        node.value
        for file in WRITERS
        for node in ast.walk(ast.parse((root / "sozialanalyse" / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    with (root / "sozialanalyse/locale/de/LC_MESSAGES/sozialanalyse.po").open("rb") as file:
        german = {str(entry.id): str(entry.string) for entry in pofile.read_po(file) if entry.id}
    digits = {
        message for message in said & set(german) if DIGIT.search(re.sub(r"\{[^{}]*\}", "", message + german[message]))
    }
    assert digits - set(MESSAGES) == set()
    assert set(MESSAGES) - digits == set()


PRIVATE = {"delivery", "reports", "protection", "_protection_tables", "static", "_odd"}
"""Modules of the data quality page, which is not for sharing, and the list itself."""

FOLDER = Path(__file__).resolve().parent.parent / "sozialanalyse"
WRITERS = [
    "view.py",
    "evidence.py",
    "caveats.py",
    *(f"findings/{file.name}" for file in sorted((FOLDER / "findings").glob("*.py")) if file.stem not in PRIVATE),
    *(file.relative_to(FOLDER).as_posix() for file in sorted((FOLDER / "charts").rglob("*.py"))),
]


def test_a_hidden_value_has_neither_number_nor_key(released):
    view = sa.View(released, "older", language="de")
    then = sa.comparison.compare(view.frame, view.town.areas, level=view.level, date="2012-12-31")
    html = sa.tables.comparison(view, then).html
    assert "<th scope='row'><data value=\"area|01\">" in html
    assert "<td class='number'>•</td>" in html
    assert not re.search(r"(value|numerator|lower|upper)\|share_65plus\|01\|", html)
