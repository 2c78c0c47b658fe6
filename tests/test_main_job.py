"""The main job, whole: from the shipped town's counts to pages, run as a user runs it, read as a reader reads it."""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

CHOSEN = ("trend-older-03", "comparison-children")
"""One page of each kind; the whole plan is run by ``make findings`` and by the test on its dry run below."""


LINKS = re.compile(r'href="([^"#:]+\.html)"')

LEDGER = tempfile.TemporaryDirectory(prefix="ledger-")
"""The releases of these tests; the shipped town keeps none."""


def run(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, from the folder of the project."""
    command = [
        sys.executable,
        "-m",
        "sozialanalyse",
        "run",
        "--no-downloads",
        "--ledger",
        LEDGER.name,
        *map(str, arguments),
    ]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="session")
def findings(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages in German, and one of them in English, made from Musterstadt."""
    folder = tmp_path_factory.mktemp("findings")
    only = [part for name in CHOSEN for part in ("--only", name)]
    english = run(root, "--output", folder, "--language", "en", "--only", CHOSEN[1])
    assert english.returncode == 0, english.stderr
    made = run(root, "--output", folder, *only)  # last, as the index speaks the language of the last run
    assert made.returncode == 0, made.stderr
    return folder


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_the_standard_plan_covers_all_four_target_groups(root: Path, tmp_path: Path) -> None:
    planned = run(root, "--output", tmp_path, "--dry-run")
    groups = ("older", "children", "disability", "families")
    assert planned.returncode == 0
    expected = {f"{notebook}-{group}" for notebook in ("trend", "comparison") for group in groups}
    assert expected <= {line.split()[0] for line in planned.stdout.splitlines()}


def test_every_page_is_listed_and_every_listed_page_is_there(findings: Path) -> None:
    """The index names all pages but those about the pages in the other language; each of these is led to by its findings."""
    there = {path.relative_to(findings).as_posix() for path in pages(findings)}
    linked = set(LINKS.findall((findings / "index.html").read_text(encoding="utf-8")))
    assert linked == there - {"index.html", "about/accessibility.en.html", "about/method.en.html"}
    for address in there:
        from_here = LINKS.findall((findings / address).read_text(encoding="utf-8"))
        assert {posixpath.normpath(posixpath.join(posixpath.dirname(address), link)) for link in from_here} <= there


def test_every_page_leads_to_the_statement_on_accessibility(findings: Path) -> None:
    for path in pages(findings):
        language = "en" if path.name.endswith(".en.html") else "de"
        assert f'about/accessibility.{language}.html">' in path.read_text(encoding="utf-8"), path.name


def test_pages_say_that_the_town_is_invented_and_speak_of_areas(findings: Path) -> None:
    for path in pages(findings):
        text = path.read_text(encoding="utf-8")
        assert (
            "Erfundene Daten: Diese Stadt gibt es nicht," in text or "Invented data: this town does not exist" in text
        )
        if path.name.endswith(".de.html"):
            assert "Aussagen über Gebiete, nicht über die Menschen, die dort leben" in text


def test_pages_hold_no_path_and_no_code(findings: Path, root: Path) -> None:
    for path in pages(findings):
        text = path.read_text(encoding="utf-8")
        assert str(root) not in text
        assert str(findings) not in text
        assert "import sozialanalyse" not in text
        assert text.count("<script") == 1


def test_the_same_input_gives_the_same_bytes_in_another_folder(root: Path, findings: Path, tmp_path: Path) -> None:
    again = run(root, "--output", tmp_path, "--only", CHOSEN[0], "--only", CHOSEN[1], "--workers", "1")
    assert again.returncode == 0, again.stderr
    made = [path.relative_to(tmp_path) for path in pages(tmp_path) if path.parent.name in {"trend", "comparison"}]
    assert len(made) == len(CHOSEN)
    for path in made:
        assert (tmp_path / path).read_bytes() == (findings / path).read_bytes()


def test_the_manifest_names_six_hashes_and_nothing_of_the_run(findings: Path) -> None:
    manifest = json.loads((findings / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["findings"]:
        assert set(entry["hashes"]) == {"data", "catalogue", "notebook", "parameters", "library", "ledger"}
    assert "began" not in (findings / "manifest.json").read_text(encoding="utf-8")
    assert "began" in (findings / "run.json").read_text(encoding="utf-8")


def test_nothing_unchanged_is_made_again(root: Path, findings: Path) -> None:
    again = run(root, "--output", findings, "--only", CHOSEN[0], "--json")
    nothing = {"event": "outcome", "made": 0, "unchanged": 1, "failed": 0, "failures": {}}
    assert json.loads(again.stdout.splitlines()[-1]) == nothing


class Outline(HTMLParser):
    """Collects what a screen reader walks through."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.pictures: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and "logo" not in (given.get("class") or ""):  # beside the town's name it says nothing more
            self.pictures.append(given.get("alt") or "")
        if tag == "html":
            self.language = given.get("lang") or ""


def test_pages_can_be_walked_by_ear(findings: Path) -> None:
    for path in pages(findings):
        outline = Outline()
        outline.feed(path.read_text(encoding="utf-8"))
        assert outline.language == ("en" if path.name.endswith(".en.html") else "de")
        assert outline.headings.count(1) == 1
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(later <= earlier + 1 for earlier, later in steps)
        assert all(len(alt) > 40 for alt in outline.pictures)


@pytest.mark.browser
def test_pages_in_a_browser(findings: Path, page: Page) -> None:
    """No request but the file itself, no message, no broken picture, nothing wider than a phone."""
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.set_viewport_size({"width": 360, "height": 800})
    for path in pages(findings):
        requests.clear()
        page.goto(path.as_uri())
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        assert page.evaluate("[...document.images].every(picture => picture.complete && picture.naturalWidth > 0)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert messages == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(findings: Path, page: Page, axe_core: str, scheme: str) -> None:
    """axe-core finds nothing against WCAG A and AA or its best practices; pages around findings are looked at in tests/browser."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in (path for path in pages(findings) if path.parent.name in {"trend", "comparison"}):
        page.goto(path.as_uri())
        page.evaluate(axe_core)
        violations = page.evaluate(
            "axe.run().then(result => result.violations.map(found => [found.id, found.nodes.length]))"
        )
        assert violations == [], path.name
