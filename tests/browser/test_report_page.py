"""The report of a town's data in a browser: accessible, quiet, and names from files stay text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from sozialanalyse.cli import app
from tests.small_town import TOWN, write_town

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title = 'got in'</script><img src=x onerror=\"document.title = 'got in'\">"

FILES = {
    "town__yml": TOWN
    + "counts:\n  - {file: counts.csv, source: register, delivered: 2012-03-01}\n"
    + "  - {file: later.csv, source: register, delivered: 2012-09-01}\n",
    "areas__csv": f'area,name,level,parent\n0,Klein,stadt,\n01,"{HOSTILE.replace(chr(34), chr(34) * 2)}",ortsteil,0\n'
    "02,Süd,ortsteil,0\n",
    "later__csv": "area,period,measure,sex,age,value,status\n01,2011-12-31,population,,,1251,\n",
    "corrections__yml": "schema: 1\ncorrections:\n"
    '  - {area: "02", measure: population, date: 2011-12-31, expected: 890, value: 980, reason: "Zahlendreher <b>",'
    " who: Amt, decided: 2012-10-01, status: accepted}\n",
}
COUNTS = "01,2011-12-31,population,,,1250,\n02,2011-12-31,population,,,890,\n0,2011-12-31,population,,,22310,\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a town with an error, a revision, a correction and a gap."""
    return write_town(tmp_path_factory.mktemp("report"), COUNTS, **FILES)


def made(town: Path, language: str) -> Path:
    page = town / f"report.{language}.html"
    arguments = ["check", "--town", str(town), "--report", str(page), "--language", language]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1, done.output
    return page


@pytest.fixture(scope="module")
def report(town: Path) -> Path:
    """Write its report."""
    return made(town, "de")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_report_breaks_no_rule_of_accessibility(
    request: pytest.FixtureRequest, page: Page, town: Path, axe_core: str, language: str
) -> None:
    """In light, in the dark, in forced colours, and at 400 %."""
    page.goto((request.getfixturevalue("report") if language == "de" else made(town, language)).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.evaluate(axe_core)
    for media in ({}, {"color_scheme": "dark"}, {"forced_colors": "active"}, {"forced_colors": "none"}):
        page.emulate_media(**media)  # type: ignore[arg-type]
        page.set_viewport_size({"width": 1280 if media != {"forced_colors": "none"} else 320, "height": 800})
        found = page.evaluate("axe.run().then(result => result.violations)")
        assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found] == []


def test_the_report_asks_for_nothing_and_runs_nothing(page: Page, report: Path) -> None:
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    assert (asked, said) == ([report.as_uri()], [])
    assert "got in" not in page.title()


def test_the_report_names_what_it_must(page: Page, report: Path) -> None:
    page.goto(report.as_uri())
    text = page.locator("main").text_content()
    for title in ("Auffällige Zahlen", "Lieferungen", "Summen und Teile", "Überarbeitete Lieferungen", "Korrekturen"):
        assert title in text
    assert "1.251" in text
    assert "Zahlendreher <b>" in text


def test_the_report_can_be_read_on_a_phone(page: Page, report: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
