"""The one script of pages in a browser: tables are sorted, the index is searched, a citation is copied; without it nothing is missed."""

from __future__ import annotations

import json
import re

import pytest

from sozialanalyse.batch.edition import Entry, Hashes, Manifest
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.sections import Finding
from sozialanalyse.batch.site.pages import site_of
from tests.batch_samples import FINDING, code, executed, markdown, shown, write

pytestmark = pytest.mark.browser

VALUES = """
    01 Nord    1.234   4,3 %    31.12.2019
    02 Süd     −0,9    ·        01.01.2024
    3 Über     12      10,1 %   31.12.2011
    10 Ost     +2,5    0 %      30.06.2020
"""
"""Areas with a count, a share and a date; one share was not delivered."""

ROWS = [re.split(r" {2,}", line.strip()) for line in VALUES.strip().splitlines()]
HEADS = ("Gebiet", "Zahl", "Anteil", "Stand")
FINDINGS = 1000
SQUARE = "M{} {}l1 0 0 1-1 0z"
HASHES = Hashes(data="d", catalogue="c", notebook="n", parameters="p", library="l")


def table(rows):
    heads = "".join(f"<th scope='col'>{head}</th>" for head in HEADS)
    written = (f"<th scope='row'>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}" for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in written)
    return f"<table><caption>Werte</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


SPANNED = (
    "<table><caption>Zwei Zeilen Kopf</caption><thead><tr><th scope='colgroup' colspan='2'>a</th></tr></thead>"
    f"<tbody>{'<tr><td>1</td><td>2</td></tr>' * 3}</tbody></table>"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write a finding with tables, and an index of a thousand findings of as many areas."""
    folder = tmp_path_factory.mktemp("site")
    outputs = tuple(shown({"text/html": html}) for html in (table(ROWS), SPANNED))
    figures = [{"label": "Anteil", "value": "4,3 %", "when": "31.12.2019"}]
    done = executed(markdown("a", "## Zahlen"), code("t", "", outputs=outputs), finding=FINDING | {"figures": figures})
    names = {f"{number:04}": f"Quartier {chr(97 + number % 26)}" for number in range(FINDINGS - 1)} | {
        "9": "Mühlenfeld"
    }
    known = [{"id": area, "name": name, "parent": None} for area, name in names.items()]
    entries = [_entry(area, f"{area} {name}") for area, name in names.items()]
    outlines = {
        "width": 40,
        "height": 30,
        "areas": {area: SQUARE.format(int(area) % 40, int(area) // 40) for area in names},
    }
    levels = [row | {"level": "viertel"} for row in known]
    content = {"areas": levels, "levels": ["viertel", "stadt"], "outlines": outlines}
    site = site_of(Manifest(town="probestadt", audience="public", findings=entries), json.dumps(content))
    return {
        "finding": write(folder / "trend" / "a.de.html", render(write(folder / "a.ipynb", done), "de", "trend").html),
        "index": write(folder / "index.html", site["index.html"]),
    }


def _entry(area, name):
    finding = Finding(**FINDING | {"area": name, "told": {"area": ((0, len(name), f"area|{area}"),)}})
    return Entry(
        id=f"p{area}", language="de", address=f"trend/p{area}.de.html", state="current", group="older", sha256="0",
        hashes=HASHES, finding=finding,
    )  # fmt: skip


@pytest.fixture
def visit(page, files):
    """Open a page and note what it asks for and says."""
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))

    def go(kind):
        page.goto(files[kind].as_uri())
        return page, seen

    return go


def column(page, number):
    cells = page.locator("table:has(caption:text-is('Werte')) tbody tr")
    return [row.locator("th, td").nth(number).inner_text() for row in cells.all()]


@pytest.mark.parametrize(
    ("head", "number", "rising"),
    [
        ("Gebiet", 0, ["01 Nord", "02 Süd", "3 Über", "10 Ost"]),
        ("Zahl", 1, ["−0,9", "+2,5", "12", "1.234"]),
        ("Anteil", 2, ["0 %", "4,3 %", "10,1 %", "·"]),
        ("Stand", 3, ["31.12.2011", "31.12.2019", "30.06.2020", "01.01.2024"]),
    ],
)
def test_a_table_is_sorted_by_a_heading_and_given_back(visit, head, number, rising):
    """What has no number comes last both ways; a third press gives the order of area numbers again."""
    page, _ = visit("finding")
    given = column(page, number)
    button = page.get_by_role("button", name=head, exact=True)
    header = page.get_by_role("columnheader", name=head)
    falling = [*[text for text in reversed(rising) if text != "·"], *[text for text in rising if text == "·"]]
    for order, state in ((rising, "ascending"), (falling, "descending"), (given, None)):
        button.press("Enter")
        assert column(page, number) == order
        assert header.get_attribute("aria-sort") == state


def test_sorting_is_said(visit):
    page, _ = visit("finding")
    button = page.get_by_role("button", name="Anteil", exact=True)
    said = []
    for _ in range(3):
        button.press("Space")
        said.append(page.locator("main > [role=status]").inner_text())
    assert len(set(said)) == 3
    assert all("Anteil" in text for text in said[:2])


def test_a_table_with_cells_over_several_columns_is_left_alone(visit):
    page, _ = visit("finding")
    assert page.locator("table").count() == 2
    assert page.locator("table:has(button)").count() == 1


def test_the_script_runs_within_the_policy_and_asks_for_nothing(visit, files):
    for kind in ("finding", "index"):
        page, seen = visit(kind)
        assert page.locator("button, input").count() >= 1
        assert [text for text in seen if not text.startswith("data:image/")] == [files[kind].as_uri()]
        seen.clear()


@pytest.mark.parametrize("kind", ["finding", "index"])
def test_without_scripts_there_are_no_controls_and_all_is_there(chromium, files, kind):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files[kind].as_uri())
    assert page.locator("button, input, .hint").count() == 0
    assert page.locator("table" if kind == "finding" else ".named a").count() == (2 if kind == "finding" else FINDINGS)
    context.close()


def shown_links(page):
    return page.locator(".named li:not([hidden]) a").all_inner_texts()


@pytest.mark.parametrize("words", ["mühlenfeld", "MUEHLENFELD", "muhlenf", "9 mühl"])
def test_the_index_is_searched_by_words_however_umlauts_are_written(visit, words):
    page, _ = visit("index")
    page.get_by_role("searchbox").fill(words)
    assert shown_links(page) == ["9 Mühlenfeld"]
    assert page.locator(".areas li:not([hidden])").all_inner_texts() == ["9 Mühlenfeld"]
    assert page.locator(".map a:not(.faded)").count() == 1
    assert page.locator(".named a").last.is_visible()  # the list that is folded else is open
    assert re.findall(r"\d+", page.locator(".count").inner_text()) == ["1", str(FINDINGS)]


def test_the_target_group_and_the_kind_of_finding_are_searched_too(visit):
    page, _ = visit("index")
    page.get_by_role("searchbox").fill("ältere mühlenfeld entwicklung")
    assert shown_links(page) == ["9 Mühlenfeld"]
    assert not page.locator("#areas").is_visible()  # no area is called so
    assert not page.locator(".contents a[href='#areas']").is_visible()


def test_escape_gives_all_findings_back_and_nothing_found_is_said(visit):
    page, _ = visit("index")
    box = page.get_by_role("searchbox")
    box.fill("Nirgendwo")
    assert shown_links(page) == []
    assert page.locator(".count").inner_text()
    box.press("Escape")
    assert len(shown_links(page)) == FINDINGS
    assert page.locator(".count").inner_text() == ""


def test_the_search_is_faster_than_a_finger(visit):
    """Half the letters of a name and back, each with the layout after it: the median is under 50 ms."""
    page, _ = visit("index")
    times = page.evaluate(
        """() => ["q", "qu", "qua", "quar", "quart", "quartier a", "quartier", "q", "", "m", "mü", ""].map(text => {
             const input = document.querySelector("#search"), began = performance.now();
             input.value = text;
             input.dispatchEvent(new Event("input"));
             document.body.offsetHeight;
             return performance.now() - began;
           })"""
    )
    assert sorted(times)[len(times) // 2] < 50


def test_an_area_is_chosen_on_the_map_or_in_the_list(visit):
    """The map has no stop for the keyboard and no word for screen readers: the list beside it has all."""
    page, _ = visit("index")
    link = page.locator('.map a[aria-label="0042 Quartier q"]')
    link.scroll_into_view_if_needed()
    address = page.locator('.areas a:has-text("0042 Quartier q")').get_attribute("href")
    assert link.get_attribute("href") == address
    assert link.locator("title").text_content() == "0042 Quartier q"
    assert page.locator(".map svg[aria-hidden=true] a:not([tabindex='-1'])").count() == 0
    with page.expect_event("request", lambda request: request.url.endswith(address)):
        link.click()


def test_a_citation_is_copied(chromium, files):
    context = chromium.new_context(locale="de-DE", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(files["finding"].as_uri())
    page.locator(".citation button").press("Enter")
    page.wait_for_function("document.querySelector('main > [role=status]').textContent")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "Probestadt, Sozialberichterstattung: Ältere Menschen: Entwicklung, Probestadt. Datenstand: 31.12.2024."
    )
    context.close()


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("finding", {"color_scheme": "light"}),
        ("finding", {"color_scheme": "dark"}),
        ("finding", {"forced_colors": "active"}),
        ("index", {"color_scheme": "dark"}),
    ],
)
def test_controls_break_no_rule_of_accessibility(visit, axe_core, kind, media):
    page, _ = visit(kind)
    page.emulate_media(**media)
    page.set_viewport_size({"width": 320, "height": 800})
    if kind == "index":
        page.get_by_role("searchbox").fill("mühlenfeld")
    else:
        page.get_by_role("button", name="Zahl", exact=True).click()
    page.evaluate(axe_core)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(entry["id"], entry["nodes"][0]["html"]) for entry in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_search_can_be_reached_by_keyboard_alone(visit):
    page, _ = visit("index")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search":
            break
    page.keyboard.type("mühlenfeld")
    assert shown_links(page) == ["9 Mühlenfeld"]
