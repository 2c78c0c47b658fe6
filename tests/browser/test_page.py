"""Pages in a browser: they ask for nothing, say nothing to the console, and can be read on a phone."""

from __future__ import annotations

import itertools

import pytest

from sozialanalyse.batch.edition import Entry, Hashes, Manifest
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.sections import Finding
from sozialanalyse.batch.site.pages import site_of
from tests.batch_samples import FINDING, PIXEL, code, executed, markdown, shown, write

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>document.title = 'got in'</script><img src=https://example.org/x onerror=\"document.title = 'got in'\">"
)
HEAD = "".join(f"<th scope='col'>31.12.{year}</th>" for year in range(2010, 2025))
ROW = "<th scope='row'>01 Nord</th>" + "<td class='number'>12,3 %</td>" * 15
TABLE = f"<table><caption>Anteil in Prozent</caption><thead><tr><th scope='col'>Gebiet</th>{HEAD}</tr></thead><tbody><tr>{ROW}</tr></tbody></table>"
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='600' height='200' style='fill: #17506b'>"
    "<style>text { font: 20px sans-serif }</style><text x='9' y='99'>Verlauf</text></svg>"
)
KINDS = ("finding", "index", "area")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Write a finding with everything in it, an index, and the page of an area."""
    folder = tmp_path_factory.mktemp("site")
    told = {"area": [[0, len(HOSTILE), "area|05"]]}
    finding = FINDING | {"area": HOSTILE, "summary": HOSTILE, "notices": [HOSTILE], "told": told}
    figures = [shown({"image/svg+xml": SVG}, {"alt": "Verlauf"}), shown({"image/png": PIXEL}, {"alt": "Punkt"})]
    notebook = executed(
        markdown("a", f"## Verlauf\n\n{HOSTILE}"),
        code("drawn", "", outputs=tuple(figures)),
        markdown("b", "## Zahlen"),
        code("table", "", outputs=(shown({"text/html": TABLE}),)),
        finding=finding,
    )
    page = render(write(folder / "done.ipynb", notebook), "de", "trend")
    hashes = Hashes(data="d", catalogue="c", notebook="n", parameters="p", library="l")
    common = {"language": "de", "group": "older", "hashes": hashes, "finding": Finding(**finding)}
    entries = (
        Entry(id="a", address="trend/a.de.html", state="current", sha256="0", **common),
        Entry(id="b", address="trend/b.de.html", state="earlier", sha256="0", reason=HOSTILE, **common),
        Entry(id="c", address="trend/c.de.html", state="failed", sha256=None, reason=HOSTILE, **common),
    )
    around = site_of(Manifest(town="probestadt", audience="public", findings=entries), None)
    return {
        "finding": write(folder / "trend" / "a.de.html", page.html),
        "index": write(folder / "index.html", around["index.html"]),
        "area": write(folder / "areas" / "05.de.html", around["areas/05.de.html"]),
    }


@pytest.fixture
def visit(page, files):
    """Open a page and note what it asks for and says."""
    seen = {"requests": [], "console": []}
    page.on("request", lambda request: seen["requests"].append(request.url))
    page.on("console", lambda message: seen["console"].append(message.text))
    page.on("pageerror", lambda error: seen["console"].append(str(error)))

    def go(kind, **media):
        page.emulate_media(**media)
        page.goto(files[kind].as_uri())
        page.wait_for_load_state("networkidle")
        return page, seen

    return go


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_asks_for_nothing_and_says_nothing(visit, files, kind, scheme):
    page, seen = visit(kind, color_scheme=scheme)
    assert [url for url in seen["requests"] if not url.startswith("data:image/")] == [files[kind].as_uri()]
    assert seen["console"] == []
    assert page.title() != "got in"


@pytest.mark.parametrize("kind", KINDS)
def test_one_first_heading_and_one_of_each_landmark(visit, kind):
    page, _ = visit(kind)
    assert {name: page.locator(name).count() for name in ("h1", "main", "body > header", "body > footer")} == {
        "h1": 1,
        "main": 1,
        "body > header": 1,
        "body > footer": 1,
    }
    assert page.locator("html").get_attribute("lang") == "de"


@pytest.mark.parametrize("kind", KINDS)
def test_headings_leave_out_no_level(visit, kind):
    page, _ = visit(kind)
    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", "all => all.map(each => +each.tagName[1])")
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique(visit, kind):
    page, _ = visit(kind)
    ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))


def test_no_picture_is_broken(visit):
    page, _ = visit("finding")
    widths = page.eval_on_selector_all("img", "all => all.map(each => each.naturalWidth)")
    assert len(widths) == 2
    assert min(widths) > 0
    assert all(page.eval_on_selector_all("img", "all => all.map(each => each.alt.trim())"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [320, 768, 1600])
def test_a_page_never_scrolls_sideways_as_a_whole(visit, kind, width):
    page, _ = visit(kind)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_wide_table_scrolls_in_a_region_that_the_keyboard_reaches(visit):
    page, _ = visit("finding")
    page.set_viewport_size({"width": 320, "height": 800})
    region = page.get_by_role("region", name="Anteil in Prozent")
    region.focus()
    assert region.evaluate("each => document.activeElement === each && each.scrollWidth > each.clientWidth")


def test_the_first_tab_leads_to_the_content(visit):
    page, _ = visit("finding")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["y"] >= 0


def test_text_lines_are_not_too_long(visit):
    page, _ = visit("finding")
    page.set_viewport_size({"width": 1600, "height": 900})
    characters = page.eval_on_selector_all(
        "main p", "all => all.map(each => each.clientWidth / parseFloat(getComputedStyle(each).fontSize) * 2)"
    )
    assert max(characters) <= 90


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_differ_enough(visit, kind, scheme):
    """WCAG 2.1 AA: at least 4.5:1 between text and what is behind it."""
    page, _ = visit(kind, color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    assert {text: ratio for text, ratio in contrasts if ratio < 4.5} == {}


CONTRASTS = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .map(each => {
      const pair = [light(parse(getComputedStyle(each).color)), light(behind(each))];
      return [each.textContent.trim().slice(0, 40), (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
    });
}"""


def test_a_page_prints_on_paper_without_menus(visit):
    page, _ = visit("finding", media="print")
    assert not page.locator(".contents").is_visible()
    assert not page.locator(".skip").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
