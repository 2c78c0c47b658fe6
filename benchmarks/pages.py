"""How heavy pages are, how soon a slow telephone shows them, and how fast the index of a thousand findings is searched.

    python -m benchmarks pages [--raw FOLDER] [--findings 1000] [--rounds 5] [--small]

The real command makes the pages of the shipped town and, where the raw files are given, one of Berlin's 447 planning areas. Chromium opens
each as a telephone would, its processor slowed down six times, in turn with an empty page: seconds from the first byte until all pictures
are decoded and the second frame is drawn. Then the index of a real edition, its findings repeated for as many areas, is searched.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._printing import Criteria, say, table
from benchmarks.batch import ROOT
from sozialanalyse.batch.edition import read_manifest
from sozialanalyse.batch.printing import PROGRAMS
from sozialanalyse.batch.publishing import KNOWLEDGE
from sozialanalyse.batch.site.pages import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

TELEPHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "locale": "de-DE"}
SLOWED = 6
WORDS = ("kinder", "03 nord", "aeltere entwicklung", "vergleich 0", "e", "nichts dergleichen", "")

MOST_BYTES = 300_000
MOST_OF_MANY = 1_000_000
"""A page with some hundred polygons or with 60 panels."""

MOST_SECONDS = 1.0
MOST_SEARCH = 0.05

EMPTY = '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Leer</title></head><body><p>Leer</p></body></html>'

SHOWN = """async () => {
  await Promise.all([...document.images].map(image => image.decode().catch(() => null)));
  const frame = () => new Promise(requestAnimationFrame);
  await frame(); await frame();
  return performance.now() / 1000;
}"""
SEARCHED = """word => {
  const input = document.querySelector("#search"), began = performance.now();
  input.value = word;
  input.dispatchEvent(new Event("input"));
  document.body.getBoundingClientRect();
  return (performance.now() - began) / 1000;
}"""


def main(arguments: list[str]) -> int:
    """Measure and judge."""
    options = _options(arguments)
    criteria = Criteria()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, _browser() as browser:
        folder = Path(name)
        shipped = made(folder / "musterstadt", "musterstadt", options.audience, options.plan)
        pages = {path.stem: path for path in _pages(shipped)}
        if options.raw:
            pages |= {f"Berlin: {path.stem}": path for path in _pages(berlin(folder, options.raw))}
        _judge_weights(criteria, pages)
        _judge_showing(criteria, shown(browser, folder, pages, options.rounds))
        index = folder / "index.html"
        index.write_text(index_of_many(shipped, options.findings), encoding="utf-8")
        _judge_search(criteria, index, searched(browser, index, options.rounds), options.findings)
    return criteria.conclude()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks pages", description=__doc__)
    parser.add_argument("--raw", type=Path, help="folder of raw files that holds Berlin's")
    parser.add_argument("--findings", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="one page of the town's own counts, one round")
    options = parser.parse_args(arguments)
    options.audience, options.plan = "public", None
    if options.small:
        options.rounds, options.findings, options.raw, options.audience = 1, 20, None, "statistics_unit"
        options.plan = "  - {id: trend-children, notebook: trend, parameters: {target_group: children}}\n"
    return options


def made(folder: Path, town: str, audience: str, runs: str | None, *options: str) -> Path:
    """Run the command and return the folder of the edition.

    Parameters
    ----------
    folder
        A new one for all that it writes.
    town, audience
        Of the findings.
    runs
        What to make, as in a plan; None: the town's own plan.
    options
        Further ones.
    """
    (folder / "ledger").mkdir(parents=True)
    output, plan = folder / "outputs", folder / "plan.yml"
    if runs is not None:
        plan.write_text(f"schema: 1\ntitle: {{de: Seiten, en: Pages}}\nruns:\n{runs}", encoding="utf-8")
        options = (*options, "--plan", str(plan))
    places = ["--town", str(ROOT / "data" / town), "--output", str(output), "--ledger", str(folder / "ledger")]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "sozialanalyse", "run", *places, "--audience", audience, "--no-downloads", *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SOZIALANALYSE_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"the pages of {town} could not be made:\n{done.stderr[-2000:]}"
        raise SystemExit(message)
    return output


def berlin(folder: Path, raw: Path) -> Path:
    """Make a page of all of Berlin's planning areas."""
    runs = "  - {id: all-areas, notebook: comparison, parameters: {target_group: residents, level: plr}}\n"
    return made(folder / "berlin", "berlin", "public", runs, "--raw", str(raw))


def _pages(edition: Path) -> Iterator[Path]:
    manifest = read_manifest(edition)
    assert manifest is not None
    yield from (edition / entry.address for entry in manifest.findings)
    yield edition / "index.html"


@contextlib.contextmanager
def _browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - heavy

    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        message = f"this benchmark needs Chromium; none of {', '.join(PROGRAMS)} was found"
        raise SystemExit(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def shown(browser: Browser, folder: Path, pages: dict[str, Path], rounds: int) -> dict[str, tuple[float, float]]:
    """Open each page in turn with an empty one; the medians of both, in seconds."""
    empty = folder / "empty.html"
    empty.write_text(EMPTY, encoding="utf-8")
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
    for _, (name, path) in itertools.product(range(rounds), pages.items()):
        seconds[name].append((_seconds_until_shown(browser, path), _seconds_until_shown(browser, empty)))
    return {
        name: (statistics.median(own for own, _ in taken), statistics.median(empty for _, empty in taken))
        for name, taken in seconds.items()
    }


@contextlib.contextmanager
def _telephone(browser: Browser, slowed: int) -> Iterator[Page]:
    """Open a tab that has seen nothing before, with a processor so many times slower."""
    context = browser.new_context(**TELEPHONE)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    yield page
    context.close()


def _seconds_until_shown(browser: Browser, path: Path) -> float:
    with _telephone(browser, SLOWED) as page:
        page.goto(path.as_uri())
        return float(page.evaluate(SHOWN))


def index_of_many(edition: Path, count: int) -> str:
    """Write the index of an edition whose findings are repeated for its areas until there are so many."""
    manifest = read_manifest(edition)
    assert manifest is not None
    known = (edition / KNOWLEDGE).read_text(encoding="utf-8") if (edition / KNOWLEDGE).is_file() else None
    areas = json.loads(known)["areas"] if known else [{"id": "01", "name": "Nord"}]
    of_town = [entry for entry in manifest.findings if entry.finding]
    findings = []
    for number, (area, entry) in enumerate(itertools.islice(itertools.cycle(itertools.product(areas, of_town)), count)):
        assert entry.finding is not None
        name = f"{area['id']} {area['name']}"
        told = {**entry.finding.told, "area": ((0, len(name), f"area|{area['id']}"),)}
        findings.append(
            entry.model_copy(
                update={
                    "id": f"copy-{number}",
                    "address": f"copies/copy-{number}.de.html",
                    "finding": entry.finding.model_copy(update={"area": name, "told": told}),
                }
            )
        )
    return site_of(manifest.model_copy(update={"findings": tuple(findings)}), known)["index.html"]


def searched(browser: Browser, index: Path, rounds: int) -> dict[int, float]:
    """Search the index for several words; the slowest of the medians in seconds, on this processor and on a slowed one."""
    slowest = {}
    for slowed in (1, SLOWED):
        with _telephone(browser, slowed) as page:
            page.goto(index.as_uri())
            taken = [[float(page.evaluate(SEARCHED, word)) for word in WORDS] for _ in range(rounds + 1)][1:]
        slowest[slowed] = max(map(statistics.median, zip(*taken, strict=True)))
    return slowest


def _judge_weights(criteria: Criteria, pages: dict[str, Path]) -> None:
    heavy = {name: path.stat().st_size for name, path in pages.items() if name.startswith("Berlin")}
    light = {name: path.stat().st_size for name, path in pages.items() if name not in heavy}
    for found, most in ((light, MOST_BYTES), (heavy, MOST_OF_MANY)):
        if found:
            name = max(found, key=found.__getitem__)
            criteria.judge(
                found[name] <= most,
                f"the heaviest page, {name}, has {found[name] / 1000:.0f} kB (at most {most // 1000})",
            )


def _judge_showing(criteria: Criteria, seconds: dict[str, tuple[float, float]]) -> None:
    rows = [
        {"page": name, "seconds": own, "empty page": empty, "times": own / empty}
        for name, (own, empty) in seconds.items()
    ]
    table(f"a telephone with a processor slowed {SLOWED} times", rows)
    name = max(seconds, key=lambda each: seconds[each][0])
    own, empty = seconds[name]
    criteria.judge(
        own <= MOST_SECONDS,
        f"the slowest, {name}, is there in {own:.2f} s, {own / empty:.1f} times an empty page (at most 1 s)",
    )


def _judge_search(criteria: Criteria, index: Path, slowest: dict[int, float], count: int) -> None:
    say(f"\nthe index of {count} findings has {index.stat().st_size / 1000:.0f} kB")
    here, slowed = slowest[1], slowest[SLOWED]
    said = f"a search takes {1000 * here:.1f} ms (at most 50), {1000 * slowed:.0f} ms with a processor slowed {SLOWED} times"
    criteria.judge(here <= MOST_SEARCH, said)
