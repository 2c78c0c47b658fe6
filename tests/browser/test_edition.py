"""A whole edition in a browser, made by a run as a user makes it, of a town in which every name tries to be something else.

It holds each kind of page in both languages: findings, index, areas, statement, method, what is new, a notice, the report of the run. Each
is opened once; what is seen there is looked at by all tests.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from tests.batch_samples import runnable
from tests.hostile import NAMES, PLAN, write_town
from tests.pictures import svgs_in

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "eine_sehr_lange_spalte_ohne_blank_" * 8
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
WATCH = "window.ran = []; window.got = text => window.ran.push(text); window.alert = window.got;"
NARROW = {"width": 320, "height": 256}
"""A screen of 1280 x 1024 at 400 %, which is what WCAG 1.4.10 asks for."""

KINDS = (
    "comparison/comparison.de.html",
    "comparison/comparison.en.html",
    "trend/trend.de.html",
    "trend/trend.en.html",
    "profile/profile.de.html",
    "profile/profile.en.html",
    "broken/broken.de.html",
    "broken/broken.en.html",
    "index.html",
    "news.html",
    "areas/100.de.html",
    "about/accessibility.de.html",
    "about/accessibility.en.html",
    "about/method.de.html",
    "about/method.en.html",
    "run.html",
)
OTHER_LANGUAGE = tuple(kind for kind in KINDS if ".en." in kind and kind != "trend/trend.en.html")
"""Kinds whose colours and sizes are those of the same page in German."""

DRAWN = ("comparison/comparison.de.html", "trend/trend.en.html", "profile/profile.de.html")
"""Findings with charts and tables."""

OUTLINE = """() => {
  const all = (what, from) => [...(from || document).querySelectorAll(what)];
  const isShown = each => each.checkVisibility();
  return {
    headings: all("h1, h2, h3, h4, h5, h6").map(each => +each.tagName[1]),
    alts: all("img").map(each => each.getAttribute("alt")),
    pictures: all("main svg").map(each => each.getAttribute("aria-label") || each.getAttribute("aria-hidden")),
    captions: all("table").map(each => each.caption ? each.caption.textContent.trim() : ""),
    scopes: all("th").map(each => each.getAttribute("scope")),
    ids: all("[id]").map(each => each.id),
    language: document.documentElement.lang,
    foreign: all("[hreflang]").map(each => [each.hreflang, each.closest("[lang]").lang]),
    charts: all("main figure img").flatMap(each => (each.dataset.told || "").split(" ").filter(key => /^(drawn\\w*|value)\\|/.test(key))
      .map(key => key.split("|")[1])).map(indicator => [indicator, all(`main table data[value*="|${indicator}|"]`).length]),
    scripts: all("script").length,
    acting: all("body *").flatMap(each => each.getAttributeNames().filter(name => name.startsWith("on"))),
    passages: all("main *, footer *").flatMap(each => [...each.childNodes].filter(node => node.nodeType === 3 && node.textContent.trim())
      .map(node => [each.closest("[lang]").lang, node.textContent])),
    stops: all("a[href]:not([tabindex='-1']), button, input, summary, [tabindex='0']").filter(isShown).length,
    text: document.documentElement.textContent,
  };
}"""

AXE = "options => axe.run({resultTypes: ['violations'], preload: false, ...options}).then(result => result.violations.map(rule => [rule.id, rule.nodes[0].html]))"
BY_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
BY_SIZE = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}}


@dataclass
class Seen:
    """What was seen of a page."""

    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    outline: dict[str, Any] = field(default_factory=dict)
    violations: dict[str, list[Any]] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)
    walk: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def edition(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the plan; one finding cannot be made, so the run says that something failed."""
    folder = tmp_path_factory.mktemp("project")
    town, notebooks = write_town(folder / "data" / "ort"), folder / "notebooks"
    (notebooks / "plans").mkdir(parents=True)
    (notebooks / "plans" / "standard.yml").write_text(PLAN, encoding="utf-8")
    for name in ("trend.ipynb", "comparison.ipynb", "profile.ipynb"):
        (notebooks / name).write_bytes((root / "notebooks" / name).read_bytes())
    (notebooks / "broken.ipynb").write_text(
        runnable(f"raise ValueError('<script>got()</script> {LONG}')"), encoding="utf-8"
    )
    command = [sys.executable, "-m", "sozialanalyse", "run", "--town", str(town), "--output", "out", "--workers", "2"]
    environment = os.environ | {"SOZIALANALYSE_CACHE": str(folder / "cache")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert not {kind for kind in KINDS if kind != "run.html" and not (folder / "out" / kind).is_file()}, done.stderr
    (folder / "out" / "run.html").write_bytes((folder / "out.log" / "run.html").read_bytes())
    return folder / "out"


@pytest.fixture(scope="module")
def seen(chromium: Browser, edition: Path, axe_core: str) -> dict[str, Seen]:
    """Open each page once, in all lights and narrow, and walk through it by keyboard."""
    context = chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 1024})
    context.add_init_script(WATCH)
    page = context.new_page()
    found = {}
    for kind in KINDS:
        found[kind] = opened(page, edition / kind)
        look(page, found[kind], axe_core, kind)
    context.close()
    return found


def opened(page: Page, path: Path) -> Seen:
    """Open a page and note what it asks for, says and runs."""
    seen = Seen()
    heard = {
        "request": lambda request: seen.requests.append(request.url),
        "console": lambda message: seen.messages.append(message.text),
        "pageerror": lambda error: seen.messages.append(str(error)),
    }
    for event, hear in heard.items():
        page.on(event, hear)  # type: ignore[call-overload]
    page.set_viewport_size({"width": 1280, "height": 1024})
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.wait_for_load_state("networkidle")
    seen.ran = page.evaluate("window.ran")
    seen.requests = [url for url in seen.requests if url != path.as_uri() and not url.startswith("data:image/")]
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    return seen


def look(page: Page, seen: Seen, axe_core: str, kind: str) -> None:
    """Look at a page that is open; at its colours and sizes in one of its languages."""
    seen.outline = page.evaluate(OUTLINE)
    seen.walk = walked(page)
    page.evaluate(axe_core)
    seen.violations["light"] = page.evaluate(AXE, {})
    if kind in OTHER_LANGUAGE:
        return
    for name, media in (("dark", {"color_scheme": "dark"}), ("forced", {"forced_colors": "active"})):
        page.emulate_media(**media)  # type: ignore[arg-type]
        seen.violations[name] = page.evaluate(AXE, BY_COLOUR)
    page.emulate_media(color_scheme="light", forced_colors="none")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    seen.violations["narrow"] = page.evaluate(AXE, BY_SIZE)
    seen.widths["narrow"] = page.evaluate("document.documentElement.scrollWidth")


STOP = """() => {
  const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
  return {name: each.tagName, class: each.className, href: each.getAttribute("href"), outline: parseFloat(style.outlineWidth),
    isSeen: box.bottom > 0 && box.top < innerHeight, isFirst: each === document.body};
}"""


def walked(page: Page) -> list[dict[str, Any]]:
    """Press Tab until the page comes to its end."""
    stops: list[dict[str, Any]] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["isFirst"] or (stops and stop["class"] == "skip"):
            break
        stops.append(stop)
    return stops


def text_of(name: str) -> str:
    """A name as a page may write it: line ends and other signs that no page can hold are blanks."""
    return " ".join("".join(" " if unicodedata.category(sign) in {"Cc", "Cn"} else sign for sign in name).split())


class TestHostileNames:
    def test_there_are_enough_of_them(self) -> None:
        assert len(set(NAMES)) >= 60

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_page_asks_for_nothing_says_nothing_and_runs_nothing_of_theirs(
        self, seen: dict[str, Seen], kind: str
    ) -> None:
        assert (seen[kind].requests, seen[kind].messages, seen[kind].ran) == ([], [], [])
        assert (seen[kind].outline["scripts"], seen[kind].outline["acting"]) == (1, [])

    def test_nor_does_it_where_no_policy_holds_it_back(
        self, chromium: Browser, edition: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        context = chromium.new_context(viewport={"width": 1280, "height": 1024})
        context.add_init_script(WATCH)
        page, folder = context.new_page(), tmp_path_factory.mktemp("open")
        for kind in KINDS:
            text, changes = POLICY.subn("", (edition / kind).read_text(encoding="utf-8"))
            assert changes == 1
            path = folder / kind
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            found = opened(page, path)
            assert (found.requests, found.messages, found.ran) == ([], [], []), kind
        context.close()

    def test_nor_do_the_pictures_opened_by_themselves(
        self, chromium: Browser, edition: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        context = chromium.new_context()
        context.add_init_script(WATCH)
        page, folder, count = context.new_page(), tmp_path_factory.mktemp("pictures"), itertools.count()
        for kind in ("comparison/comparison.de.html", "trend/trend.en.html"):
            for svg in svgs_in((edition / kind).read_text("utf-8")):
                path = folder / f"{next(count)}.svg"
                path.write_text(svg, encoding="utf-8")
                found = opened(page, path)
                assert (found.requests, found.messages, found.ran) == ([], [], []), path.name
        context.close()
        assert next(count) >= 4

    def test_each_is_read_as_it_was_written(self, seen: dict[str, Seen]) -> None:
        for kind in ("comparison/comparison.de.html", "comparison/comparison.en.html"):
            text = " ".join(seen[kind].outline["text"].split())
            assert [name for name in NAMES if text_of(name) not in text] == []

    def test_no_download_holds_a_formula(self, edition: Path) -> None:
        tables = [*edition.rglob("*.csv")]
        assert len(tables) >= 4
        for path in tables:
            text = path.read_text("utf-8-sig")
            delimiter = ";" if ";" in text.partition("\n")[0] else ","
            cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
            assert [cell for cell in cells if cell[:1] in "=+@\t\r" and cell[:1]] == [], path.name
            assert [
                cell for cell in cells if cell.startswith("-") and not re.fullmatch(r"-\d+(?:[.,]\d+)?", cell)
            ] == []

    def test_no_workbook_holds_a_formula(self, edition: Path) -> None:
        books = [*edition.rglob("*.xlsx")]
        assert len(books) >= 3
        for path in books:
            with zipfile.ZipFile(path) as archive:
                sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
                assert [name for name in sheets if b"<f>" in archive.read(name) or b"<f " in archive.read(name)] == []
            for sheet in load_workbook(path):
                assert [cell.value for row in sheet for cell in row if cell.data_type == "f" or cell.hyperlink] == []

    def test_what_programs_read_can_be_read(self, edition: Path) -> None:
        for path in [*edition.rglob("*.json"), *edition.rglob("*.geojson"), *edition.rglob("*.jsonld")]:
            json.loads(path.read_text(encoding="utf-8"))


class TestAccessibility:
    @pytest.mark.parametrize("kind", KINDS)
    def test_no_rule_is_broken_in_light_and_dark_forced_colours_and_at_400_per_cent(
        self, seen: dict[str, Seen], kind: str
    ) -> None:
        """All rules of axe-core, A, AA and best practice; colours once more in each light, sizes once more when narrow."""
        assert {light: found for light, found in seen[kind].violations.items() if found} == {}
        assert seen[kind].widths.get("narrow", 0) <= NARROW["width"]

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "run.html"])
    def test_every_page_leads_to_the_statement_and_says_who_was_consulted(self, edition: Path, kind: str) -> None:
        text, up = (edition / kind).read_text(encoding="utf-8"), "../" if "/" in kind else ""
        assert f'<a href="{up}about/accessibility.{"en" if ".en." in kind else "de"}.html">' in text
        assert text.count('<data value="date|2026-01-06">') == 3
        assert text.count('<img class="logo" src="data:image/svg+xml;base64,') == 1
        assert ":root { --accent: #7a1f3d; --band: #b46000; }" in text

    @pytest.mark.parametrize("kind", KINDS)
    def test_headings_are_in_order_and_ids_unique(self, seen: dict[str, Seen], kind: str) -> None:
        outline = seen[kind].outline
        assert outline["headings"][0] == 1
        assert outline["headings"].count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(outline["headings"]))
        assert len(outline["ids"]) == len(set(outline["ids"]))

    @pytest.mark.parametrize("kind", KINDS)
    def test_pictures_say_what_they_show_and_tables_what_they_hold(self, seen: dict[str, Seen], kind: str) -> None:
        outline = seen[kind].outline
        own = [alt for alt in outline["alts"] if not alt.startswith("Logo")]
        assert all(
            len(alt) > 40 and not re.fullmatch(r"\W*(?:bild|image|chart|diagramm|karte|map)\W*", alt, re.IGNORECASE)
            for alt in own
        )
        assert all(outline["pictures"])
        assert all(outline["captions"])
        assert set(outline["scopes"]) <= {"col", "row", "colgroup", "rowgroup"}

    @pytest.mark.parametrize("kind", DRAWN)
    def test_what_a_chart_draws_stands_in_a_table(self, seen: dict[str, Seen], kind: str) -> None:
        drawn = seen[kind].outline["charts"]
        assert drawn
        assert [indicator for indicator, numbers in drawn if numbers < 2] == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_passage_is_in_the_language_that_it_says(self, seen: dict[str, Seen], kind: str) -> None:
        outline = seen[kind].outline
        assert outline["language"] == ("en" if ".en." in kind else "de")
        assert all(said == meant for said, meant in outline["foreign"])
        strange = {"de": r"\b(?:the|and|with|which|are|this)\b", "en": r"\b(?:der|und|nicht|werden|eine|ist)\b"}
        ours = [(code, text) for code, text in outline["passages"] if not any(name in text for name in NAMES)]
        assert [text for code, text in ours if re.search(strange[code], text)] == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_keyboard_reaches_everything_and_focus_is_seen(self, seen: dict[str, Seen], kind: str) -> None:
        walk = seen[kind].walk
        assert walk[0]["href"] == "#content"
        assert len(walk) == seen[kind].outline["stops"]
        assert all(stop["isSeen"] and stop["outline"] >= 2 for stop in walk)

    def test_index_and_finding_can_be_used_by_keyboard_alone(self, page: Page, edition: Path) -> None:
        """Skip link, search, a finding from the list, its contents, a table opened and sorted."""
        page.goto((edition / "index.html").as_uri())
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        press_until(page, "document.activeElement.id === 'search'")
        page.keyboard.type("vergleich")
        press_until(page, "document.activeElement.matches('.cards a:not([hreflang])')")
        page.keyboard.press("Enter")
        page.wait_for_url("**/comparison/comparison.de.html")
        press_until(page, "document.activeElement.matches('.contents a')")
        page.keyboard.press("Enter")
        assert "#" in page.url
        press_until(page, "document.activeElement.matches('details:has(table) > summary')")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.open")
        press_until(page, "document.activeElement.matches('button.sort')")
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"

    def test_on_paper_a_page_is_a_tagged_document_with_an_outline(self, page: Page, edition: Path) -> None:
        page.goto((edition / "comparison" / "comparison.de.html").as_uri())
        made = page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
        for part in (rb"/StructTreeRoot", rb"/Marked true", rb"/Lang\s*\(de\)", rb"/Outlines"):
            assert re.search(part, made), part


def press_until(page: Page, condition: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    pytest.fail(f"the keyboard never comes to where {condition}")


def test_a_long_word_of_an_error_makes_no_page_wider(seen: dict[str, Seen], edition: Path) -> None:
    assert LONG in (edition / "run.html").read_text(encoding="utf-8")
    assert seen["run.html"].widths["narrow"] <= NARROW["width"]


def test_a_chart_is_saved_as_a_picture(page: Page, edition: Path, tmp_path: Path) -> None:
    """Twice as large as it is drawn, on white, under its heading and above where it comes from; nothing is asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((edition / "comparison" / "comparison.de.html").as_uri())
    asked.clear()
    button = page.get_by_role("button", name=re.compile("Als Bild speichern")).first
    with page.expect_download() as caught:
        button.press("Enter")
    saved = tmp_path / "saved.png"
    caught.value.save_as(saved)
    assert re.fullmatch(r"[a-z0-9-]{10,120}\.png", caught.value.suggested_filename)
    assert [url for url in asked if not url.startswith("blob:")] == []
    natural = page.evaluate(
        "(() => { const it = document.querySelector('main figure img'); return [it.naturalWidth, it.naturalHeight]; })()"
    )
    from matplotlib.image import imread

    pixels = imread(saved)
    assert pixels.shape[1] >= 2 * natural[0]
    assert pixels.shape[0] > 2 * natural[1] + 100
    assert (pixels[0, :, :3] == 1).all()
    assert (pixels[:, :, 3] == 1).all()
    assert 0.5 < (pixels[:, :, :3].min(axis=2) > 0.99).mean() < 0.99
