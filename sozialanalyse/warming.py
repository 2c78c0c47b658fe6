"""What a process does once so that the findings it makes later need not: imports, the Release, languages, a first drawing.

Nothing of it changes a finding: what is loaded here would be loaded later, to the same bytes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.town import Town
    from sozialanalyse.view import Audience

MODULES = (
    "disclosure.keeping",
    "trends",
    "comparison",
    "outlook",
    "indicators",
    "view",
    "charts",
    "charts.maps",
    "findings.tables",
    "findings.words",
    "findings.pages",
    "findings.plain",
    "findings.profiles",
    "findings.outlooks",
    "findings.handouts",
    "findings.protection",
    "downloads",
)
"""What notebooks of findings call."""

LIBRARIES_OF_MAPS = ("geopandas", "mapclassify", "pyogrio")
"""They take a second to import, and only pages with maps need them."""


def load() -> None:
    """Import what all findings are made with, and use each library once that is slow when it is first used."""
    for name in MODULES:
        importlib.import_module(f"sozialanalyse.{name}")
    _speak()
    _draw()


def load_maps() -> None:
    """Import what maps are drawn with."""
    for name in LIBRARIES_OF_MAPS:
        importlib.import_module(name)


def hold(release: str | Path, groups: Iterable[str] = ()) -> Release:
    """Open a Release, so that :func:`.open_release` need not in this process, and compute what all its findings share.

    Parameters
    ----------
    release
        File of the Release.
    groups
        Target groups whose indicators and sums are computed, on the boundaries as delivered and on those of the last date.
    """
    from sozialanalyse.disclosure.release_files import hold_release  # noqa: PLC0415 - heavy

    held = hold_release(release)
    for group in groups:
        for compute in shared_by(held, group):
            compute()
    return held


def shared_by(held: Release, group: str) -> list[Callable[[], object]]:
    """List what the findings of a target group share, each to be computed once and kept by the Release.

    Parameters
    ----------
    held
        As :func:`hold` returns it.
    group
        The target group; empty for findings about all of them, whose indicators are computed on the boundaries of the last date.
    """
    from sozialanalyse.findings.gaps import unassigned  # noqa: PLC0415 - heavy
    from sozialanalyse.view import View  # noqa: PLC0415 - heavy

    def sums(town: Callable[[], Town]) -> Callable[[], object]:
        return lambda: unassigned(View(town(), group, audience=cast("Audience", held.audience)))

    def indicators_of(name: str) -> Callable[[], object]:
        return lambda: held.on_boundaries().indicators(name)

    if not group:
        return [held.misplaced, *(indicators_of(entry.id) for entry in held.catalogue.target_groups)]
    return [held.misplaced, sums(lambda: held), sums(held.on_boundaries)]


def _speak() -> None:
    """Load each language with its numbers, dates and messages."""
    from sozialanalyse.language import Language, LanguageCode  # noqa: PLC0415

    for code in get_args(LanguageCode):
        words = Language(code)
        words.text("Area")
        words.number(1234.5, 1)
        words.percent(4.3, 1)


def _draw() -> None:
    """Draw a small picture: fonts are found, and the way to SVG has been gone once."""
    from sozialanalyse.charts.drawing.style import NORMAL, SMALL, Panels, look, text_width, write  # noqa: PLC0415
    from sozialanalyse.findings.display import as_svg  # noqa: PLC0415

    with look():
        figure, (axes,) = Panels(columns=1, height=40).draw(1)
        axes.plot([0.0, 1.0], [0.0, 1.0], marker="o")
        axes.fill_between([0.0, 1.0], [0.0, 0.5], [0.5, 1.0])
        write(axes, 0.5, 0.5, "Ø")
        as_svg(figure)
    for size in (SMALL, SMALL + 0.5, NORMAL):  # each is looked up on its own
        for weight in ("normal", "bold"):
            text_width("Ø 0123456789", size, weight)
