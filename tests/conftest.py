"""What all tests share: the real data beside the project, tools that may be missing, and counts by group.

Two groups are counted on their own, because a run without them is still a good run and must not look like a full one:

``shared``
    needs the folder ``../shared`` (or the one that SOZIALANALYSE_SHARED names). Where it exists its tests are required.
``browser``
    needs Chromium.

With ``SOZIALANALYSE_STRICT=1`` a missing tool is a failure; without, the test is skipped and the reason listed.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from sozialanalyse.town import Town

ROOT = Path(__file__).resolve().parent.parent

SHARED = Path(os.environ.get("SOZIALANALYSE_SHARED") or ROOT.parent / "shared")

GROUPS = {"shared": "shared data", "browser": "browser"}
"""Marker of each separately counted group and what the summary calls it."""

GROUP_FIXTURES = {"shared": "shared", "chromium": "browser", "page": "browser"}
"""Whoever asks for one of these fixtures belongs to that group, marked or not."""

MAKES_THE_RELEASE = "comparison.ipynb"
"""The first of the files that need the shipped town's Release; the others take it from the cache, if they come later."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",  # tests may run as root in a container, and they open only pages that we made
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # The browser itself asks the network for nothing; whatever request is seen comes from a page.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The same picture on every machine.
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)


# Half as many examples as usual, where a test does not say how many: they are tried at every change, so they add up.
hypothesis.settings.register_profile("sozialanalyse", max_examples=50, deadline=None)
hypothesis.settings.load_profile("sozialanalyse")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests into their groups, long files first and those that ask for a browser last: a file is run on one core."""
    for item in items:
        for fixture in GROUP_FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(GROUP_FIXTURES[fixture])
        groups = [group for group in GROUPS if item.get_closest_marker(group)]
        item.user_properties += [("group", group) for group in groups]
    looking = {item.path for item in items if item.get_closest_marker("browser")}
    long = {item.path for item in items if item.get_closest_marker("slow") or item.path.name == MAKES_THE_RELEASE}
    # From its first use on, the browser's driver keeps an event loop running in this thread, and kernels want their own.
    # The long files go first, so that no core is left alone with one at the end.
    items.sort(key=lambda item: (item.path in looking, item.path not in long))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs the shared data where there is none, before any other fixture asks for it."""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        if "SOZIALANALYSE_SHARED" in os.environ:
            pytest.fail(f"SOZIALANALYSE_SHARED names {SHARED}, and there is no such folder", pytrace=False)
        pytest.skip("the folder 'shared' with real open data does not stand beside the project")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count each group on its own; pytest's closing line counts everything."""
    counts: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for outcome, reports in terminalreporter.stats.items():
        for report in reports:
            for name, group in getattr(report, "user_properties", ()):
                if name == "group" and (getattr(report, "when", "") == "call" or outcome in ("skipped", "error")):
                    counts[group][outcome] += 1
    terminalreporter.section("groups")
    for group, title in GROUPS.items():
        count = counts[group]
        failed = count["failed"] + count["error"]
        terminalreporter.line(
            f"tests on {title}: {count['passed']} passed, {failed} failed, {count['skipped']} skipped"
        )


def is_strict() -> bool:
    """Tell whether a missing tool is a failure."""
    return os.environ.get("SOZIALANALYSE_STRICT") == "1"


def _missing(what: str) -> None:
    """Skip the test that asks, or fail it where nothing may be missing."""
    reason = f"{what} is not installed"
    if is_strict():
        pytest.fail(f"{reason}, and SOZIALANALYSE_STRICT=1 lets no test be skipped for that", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def cache_of_releases(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what is released in a folder of this session, shared by all cores, so that no test sees an older one."""
    base = tmp_path_factory.getbasetemp()
    shared_by_all = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    os.environ["SOZIALANALYSE_CACHE"] = str(shared_by_all / "releases")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def musterstadt(root: Path) -> Town:
    """Give the invented town that comes with the program, opened once."""
    from sozialanalyse.town import open_town

    return open_town(root / "data" / "musterstadt")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data and vectors; only for tests that are marked or ask for it, see above."""
    return SHARED


@pytest.fixture(scope="session")
def require_tool() -> Callable[..., str]:
    """Return a function that gives the path of the first program found of those named, or skips (strict: fails)."""

    def require(*names: str) -> str:
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            _missing(" or ".join(names))
        return str(found)

    return require


@pytest.fixture(scope="session")
def axe_core() -> str:
    """Return the JavaScript of the accessibility rules, which .ci/run installs."""
    script = ROOT / ".tools" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        _missing("axe-core (see .ci/run)")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium(require_tool: Callable[..., str]) -> Iterator[Browser]:
    """Start the system's Chromium once for all tests that look at pages."""
    executable = require_tool(*CHROMIUM_NAMES)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open an empty tab of its own, German, of fixed size."""
    context = chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
