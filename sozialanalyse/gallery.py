"""The gallery: every chart, map and table of a town on one page, to be looked at in review; it is no part of an edition.

``python -m sozialanalyse.gallery`` makes it of the shipped town; ``make gallery`` also of Berlin, where its raw files are.
Nothing is released here, so a town with confidential counts is refused unless the audience is the statistics unit.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from sozialanalyse import charts, comparison, trends
from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.templating import environment
from sozialanalyse.charts import maps
from sozialanalyse.findings import tables
from sozialanalyse.language import LanguageCode
from sozialanalyse.town import open_town
from sozialanalyse.view import AUDIENCES, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markupsafe import Markup

    from sozialanalyse.findings.display import Shown

SHIPPED = Path("data/musterstadt")


@dataclass(frozen=True)
class Exhibit:
    """One kind of chart or table, and what it shows of each view; nothing where there is nothing to show."""

    id: str
    heading: str
    shown: list[Markup] = field(default_factory=list)


def exhibits(views: Sequence[View]) -> list[Exhibit]:
    """Make every chart, map and table of the views.

    Parameters
    ----------
    views
        Of one town, in one language.
    """
    made: dict[str, Exhibit] = {}
    for view in views:
        for heading, draw in _kinds(view):
            name = heading.lower().replace(" ", "-")
            exhibit = made.setdefault(name, Exhibit(name, view.words.text(heading)))
            exhibit.shown.extend(part for part in [draw().html] if part)
    return list(made.values())


def _kinds(view: View) -> Iterator[tuple[str, Callable[[], Shown]]]:
    """List what can be shown of a view: a heading (message id), and what draws it."""
    tree, catalogue = view.town.areas, view.town.catalogue
    compared = comparison.compare(view.frame, tree, level=view.level, within=view.area, catalogue=catalogue)
    developed = trends.development(view.frame)
    deviating = trends.deviating(view.frame, view.members)
    classes = charts.status_and_dynamics(view, compared, developed)
    yield "Lines over time", lambda: charts.development(view, view.frame)
    yield "Areas that differ most", lambda: charts.deviating(view, deviating)
    yield "Small multiples", lambda: charts.multiples(view, view.frame)
    yield "Two dates", lambda: charts.slopes(view, developed)
    yield "Dots with intervals", lambda: charts.comparison(view, compared)
    yield "Ranks", lambda: charts.ranks(view, compared)
    yield "Funnel", lambda: charts.funnel(view, compared)
    yield "Heat map", lambda: charts.heat(view, compared)
    yield "Status and dynamics", lambda: charts.matrix(view, classes)
    yield "Population pyramid", lambda: charts.pyramid(view, comparison.ages_and_sexes(view.town, view.area))
    yield "Maps", lambda: maps.comparison(view, compared)
    yield "Table of key figures", lambda: tables.key_figures(view, compared)
    yield "Table of developments", lambda: tables.development(view, developed)
    yield "Table of areas", lambda: tables.comparison(view, compared)


def page(views: Sequence[View]) -> str:
    """Write the gallery of one town as a page that stands alone.

    Parameters
    ----------
    views
        Of one town, in one language; at least one.
    """
    first = views[0]
    template = environment().get_template("gallery.html.j2")
    said = {"town": first.town.name, "language": first.words, "text": first.words.text, "frame": EMPTY}
    return template.render(**said, exhibits=exhibits(views))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the gallery of a town to a file.

    Parameters
    ----------
    arguments
        Of the command line; ``--help`` lists them.
    """
    given = _parser().parse_args(arguments)
    town = open_town(given.town, given.raw)
    views = [
        View(town, group, level=given.level, language=given.language, audience=given.audience)
        for group in given.target_group or ["residents", town.catalogue.target_groups[0].id]
    ]
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(page(views), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m sozialanalyse.gallery", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("output", type=Path, help="file to write")
    parser.add_argument("--town", type=Path, default=SHIPPED, help="folder of the town")
    parser.add_argument("--raw", type=Path, help="folder of raw files, where the town's mappings need them")
    parser.add_argument("--target-group", action="append", help="which to show; may be given several times")
    parser.add_argument("--level", default="", help="level of the areas; default: the largest below the town")
    parser.add_argument("--language", choices=get_args(LanguageCode), default="de")
    parser.add_argument("--audience", choices=AUDIENCES, default="public")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
