"""The report page of a run in a browser: accessible, readable on a phone, and it asks for nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from sozialanalyse.language import Language
from sozialanalyse.schedule.page import run_page
from sozialanalyse.schedule.record import Finding, Record

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

LONG = "KeyError: '" + "eine_sehr_lange_spalte_ohne_blank_" * 8 + "'"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a run with pages made, kept and failed."""
    about = {"language": "de", "why": "changed", "seconds": 4.2, "peak_memory": 312_000_000}
    findings = [
        Finding(id=f"trend-{n}", title="Entwicklung", address="", state="made", cells={"draw": n / 10}, **about)
        for n in range(12)
    ]
    findings.append(Finding(id="broken", title="Kaputt", address="", state="failed", details=LONG, **about))
    began = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)
    record = Record(
        schema=1,
        town="aachen",
        audience="public",
        language="de",
        status="failed",
        exit_code=1,
        began=began,
        ended=began + dt.timedelta(minutes=4),
        made=12,
        failed=1,
        details=LONG,
        index="index.html",
        logs="out.log",
        findings=tuple(findings),
    )
    file = tmp_path_factory.mktemp("run") / "run.html"
    file.write_text(run_page(record, Language("de")), encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_breaks_no_rule_of_accessibility(page: Page, report: Path, axe_core: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(report.as_uri())
    page.evaluate(axe_core)
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in found] == []


def test_the_page_is_no_wider_than_a_phone(page: Page, report: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_page_asks_for_nothing(page: Page, report: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
