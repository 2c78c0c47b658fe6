"""Pages in a browser: their landmarks, and how they fit screens and paper; whole editions are looked at in ``test_edition``."""

from __future__ import annotations

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
def test_one_first_heading_and_one_of_each_landmark(visit, kind):
    page, _ = visit(kind)
    assert {name: page.locator(name).count() for name in ("h1", "main", "body > header", "body > footer")} == {
        "h1": 1,
        "main": 1,
        "body > header": 1,
        "body > footer": 1,
    }
    assert page.locator("html").get_attribute("lang") == "de"


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


def test_text_lines_are_not_too_long(visit):
    page, _ = visit("finding")
    page.set_viewport_size({"width": 1600, "height": 900})
    characters = page.eval_on_selector_all(
        "main p", "all => all.map(each => each.clientWidth / parseFloat(getComputedStyle(each).fontSize) * 2)"
    )
    assert max(characters) <= 90


def test_a_page_prints_on_paper_without_menus(visit):
    page, _ = visit("finding", media="print")
    assert not page.locator(".contents").is_visible()
    assert not page.locator(".skip").is_visible()
