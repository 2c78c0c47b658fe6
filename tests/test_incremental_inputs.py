"""Change any single input: exactly the findings run that depend on it.

The truth is brute force: every page that does not run is made anew of what there is now, and must come out with the same bytes. What
runs is known as well: a target group is read as a whole, so that each of its pages runs.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from sozialanalyse.batch import orders
from sozialanalyse.batch.drafting import entry_of
from sozialanalyse.batch.edition import Manifest, hash_text
from sozialanalyse.batch.execution import notes_of
from sozialanalyse.batch.orders import remember, steps_of, versions
from sozialanalyse.batch.plan import read_plan
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.traces import tells_all
from sozialanalyse.disclosure.keeping import made_or_kept
from sozialanalyse.disclosure.ledger import record
from sozialanalyse.reading import VARIABLE
from tests.batch_samples import order, write
from tests.released import ADULTS, CHILDREN, rows, write_town
from tests.small_town import HEADER

if TYPE_CHECKING:
    from collections.abc import Collection

ROOT = Path(__file__).resolve().parent.parent
PLAN = """schema: 1
title: {de: P, en: P}
runs:
  - {id: "trend-{target_group}", notebook: trend, matrix: {target_group: [older, children]}}
  - {id: "comparison-{target_group}", notebook: comparison, matrix: {target_group: [older, children]}}
  - {id: comparison-north, notebook: comparison, parameters: {target_group: children, area: "1"}}
  - {id: all-older, notebook: all, parameters: {target_group: older}}
"""
CHILDREN_PAGES = {"trend-children", "comparison-children", "comparison-north"}
TRENDS = {"trend-older", "trend-children"}
EVERYTHING = {"trend-older", "comparison-older", "all-older", *CHILDREN_PAGES}
AT_ALL = {"all-older"}
"""The page that looks past its view runs whenever the Release is another one."""

SQUARES = {area: (number % 3, number // 3) for number, area in enumerate(CHILDREN)}


def counts(people: int = 150, children: dict[str, int] = CHILDREN, more: str = "") -> str:
    older = "".join(f"{area},2024-12-31,population,,65+,{people},\n" for area in ADULTS)
    return HEADER + rows(children) + older + more


def squares(width: float = 1.0) -> str:
    def ring(x: float, y: float) -> list[list[float]]:
        return [[x, y], [x + width, y], [x + width, y + 1], [x, y + 1], [x, y]]

    features = [
        {
            "type": "Feature",
            "properties": {"area": area},
            "geometry": {"type": "Polygon", "coordinates": [ring(*place)]},
        }
        for area, place in SQUARES.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def prepared(folder: Path) -> Path:
    """Write notebooks, a plan and a town: the shipped notebooks without their pictures, which are drawn of the same frames."""
    for name in ("trend", "comparison"):
        notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        notebook["cells"] = [
            cell for cell in notebook["cells"] if not re.search(r"sa\.(charts|maps)", "".join(cell["source"]))
        ]
        write(folder / "notebooks" / f"{name}.ipynb", json.dumps(notebook))
    past = (folder / "notebooks" / "comparison.ipynb").read_text(encoding="utf-8")
    write(
        folder / "notebooks" / "all.ipynb",
        past.replace("view = sa.View", "len(sa.open_release(release).counts)\\nview = sa.View"),
    )
    write(folder / "notebooks" / "plans" / "standard.yml", PLAN)
    town = write_town(folder / "town", "")
    write(town / "counts.csv", counts())
    declared = (town / "town.yml").read_text(encoding="utf-8")
    write(town / "town.yml", declared + "geometry: {file: areas.geojson}\n")
    write(town / "areas.geojson", squares())
    return folder


def page_of(run, release: Path, read: Path) -> str:
    """Make a page in this process, as a kernel would, and have noted what it reads."""
    notebook = json.loads(run.path.read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    given = {**run.parameters, "release": str(release), "language": run.language, "audience": "public"}
    os.environ[VARIABLE] = str(read / "read.jsonl")
    try:
        for cell in (cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
            *before, last = ast.parse("".join(cell["source"])).body
            is_shown = isinstance(last, ast.Expr)
            exec(compile(ast.Module(before if is_shown else [*before, last], []), cell["id"], "exec"), names)
            if is_shown:
                shown = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
                data = shown._repr_mimebundle_()
                cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= given
    finally:
        del os.environ[VARIABLE]
    return render(write(read / "made.ipynb", json.dumps(notebook)), run.language, run.id).html


@dataclass
class Night:
    """What there is: an order, its runs, and why each of them is made."""

    folder: Path
    release: Path
    ledger: str | None = None

    @property
    def order(self):
        with zipfile.ZipFile(self.release) as archive:
            sha256 = json.loads(archive.read("release.json"))["sha256"]
        given = {"town": self.folder / "town", "release": self.release, "data": sha256, "ledger": self.ledger}
        return order(self.folder, **given)

    @property
    def steps(self):
        found = self.order
        runs = read_plan(found.plan, found.notebooks, found.language)
        return found, steps_of(found, runs, found.output)

    def pages(self, tmp: Path, without: Collection[str] = ()) -> dict[str, tuple[str, tuple]]:
        """Make all pages but some, and say what each has read."""
        made = {}
        for step in (step for step in self.steps[1] if step.run.id not in without):
            read = tmp / step.run.id
            read.mkdir(parents=True, exist_ok=True)
            html = page_of(step.run, self.release, read)
            made[step.run.id] = html, notes_of(read) if tells_all(step.run.path) else ()
        return made


def released(folder: Path, number: int = 0) -> Path:
    town = sa.open_town(folder / "town")
    file = folder / f"{number}.release"
    made_or_kept(town, "public", folder / "town" / "releases", file)
    return file


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """Publish all pages."""
    folder = prepared(tmp_path_factory.mktemp("first"))
    night = Night(folder, released(folder))
    order, steps = night.steps
    made = night.pages(folder / "made")
    entries = {step.run.key: entry_of(step, state="current", sha256=hash_text(made[step.run.id][0])) for step in steps}
    for step in steps:
        write(folder / "outputs" / step.run.address, made[step.run.id][0])
    manifest = Manifest(town="town", audience="public", versions=versions(), findings=tuple(entries.values()))
    write(folder / "outputs" / "manifest.json", manifest.text())
    write(folder / "outputs" / "run.json", json.dumps({"versions": versions()}))
    remember(order, order.output, steps, entries, {step.run.key: made[step.run.id][1] for step in steps})
    return folder


@pytest.fixture
def project(first, tmp_path):
    """Give a copy of what was published, to be changed."""
    return Path(shutil.copytree(first, tmp_path / "project"))


def due(night: Night) -> dict[str, tuple]:
    _, steps = night.steps
    return {step.run.id: (step.changed, dict(step.what)) for step in steps if step.is_due}


def test_when_nothing_changes_nothing_runs_and_pages_would_be_the_same(project, tmp_path):
    night = Night(project, released(project, 1))
    assert due(night) == {}
    assert wrongly_kept(night, EVERYTHING - {"trend-children", "all-older"}, tmp_path) == set()


def wrongly_kept(night: Night, running: set[str], tmp: Path) -> set[str]:
    """Make all pages anew that do not run; those that differ from what is published."""
    made, (_, steps) = night.pages(tmp / "anew", running), night.steps
    place = {step.run.id: night.folder / "outputs" / step.run.address for step in steps}
    return {name for name, (html, _) in made.items() if place[name].read_text(encoding="utf-8") != html}


# --- what is in the town's folder ---


def change(name: str, old: str, new: str):
    def changed(town: Path) -> None:
        text = (town / name).read_text(encoding="utf-8")
        assert old in text
        write(town / name, text.replace(old, new))

    return changed


def with_label(town: Path) -> None:
    """Let the town call child poverty otherwise."""
    text = (ROOT / "sozialanalyse/catalogue/definitions/indicators.yml").read_text(encoding="utf-8")
    entry = next(part for part in text.split("\n  - ") if part.startswith("id: kinderarmut\n"))
    own = entry.replace("de: Kinderarmut (SGB II unter 15 Jahren)", "de: Kinder mit SGB II")
    assert own != entry
    write(town / "catalogue.yml", f"schema: 1\nindicators:\n  - {own}\n")


def hidden_before(town: Path) -> None:
    """Let an earlier release have hidden what is there now, in Esch: it stays hidden."""
    kept = (town / "counts.csv").read_text(encoding="utf-8")
    write(town / "counts.csv", counts(children={**CHILDREN, "11": 40, "22": 3}))
    record(sa.release(sa.open_town(town)), town / "releases", date(2025, 3, 1))
    write(town / "counts.csv", kept)


ONE_CHILD_MORE = "21,2024-12-31,sgb2_recipients,,0-14,60", "21,2024-12-31,sgb2_recipients,,0-14,61"

IN_THE_TOWN = {
    "a count of one area": (
        change("counts.csv", *ONE_CHILD_MORE),
        CHILDREN_PAGES,
        {"data": ("kinderarmut", "sgb2_quote")},
    ),
    "people of one age in one area": (
        change("counts.csv", "11,2024-12-31,population,,65+,150", "11,2024-12-31,population,,65+,151"),
        EVERYTHING,
        None,
    ),
    "a count of nobody's measure": (
        lambda town: write(town / "counts.csv", counts(more="11,2024-12-31,severely_disabled,,,40,\n")),
        set(),
        None,
    ),
    "an entry of the catalogue": (with_label, CHILDREN_PAGES, {"catalogue": ("kinderarmut",)}),
    "a disclosure rule": (change("disclosure.yml", "public: 5", "public: 20"), CHILDREN_PAGES, None),
    "states in the ledger": (hidden_before, CHILDREN_PAGES, None),
    "a polygon": (lambda town: write(town / "areas.geojson", squares(0.9)), EVERYTHING, {"data": ("areas.geojson",)}),
    "a word in town.yml": (change("town.yml", "de: erfunden", "de: ausgedacht"), EVERYTHING, {"data": ("town.yml",)}),
    "the name of an area": (change("areas.csv", "Camp", "Lager"), EVERYTHING, {"data": ("areas.csv",)}),
}


@pytest.mark.parametrize(("changed", "concerned", "what"), IN_THE_TOWN.values(), ids=[*IN_THE_TOWN])
def test_a_change_in_the_town_runs_what_has_read_it(project, tmp_path, changed, concerned, what):
    changed(project / "town")
    night = Night(project, released(project, 1))
    found = due(night)
    assert set(found) == concerned | AT_ALL
    assert wrongly_kept(night, set(found), tmp_path) == set()
    if what is not None:
        assert found["trend-children"] == (tuple(what), what)


# --- what is not ---


def other_library(project: Path, monkeypatch, name: str) -> None:
    for file in ("library/view.py", "library/page.css", "library/page.html.j2"):
        write(project / file, "1" if file.endswith(name) else "0")
    monkeypatch.setattr(orders, "_PACKAGE", project / "library")


def drawn_by_another(project: Path, monkeypatch) -> None:
    write(project / "outputs" / "run.json", json.dumps({"versions": {**versions(), "matplotlib": "0.1"}}))


def another_cell(project: Path, monkeypatch) -> None:
    path = project / "notebooks" / "trend.ipynb"
    write(
        path,
        path.read_text(encoding="utf-8").replace(
            "sa.words.development(view, developed)", "sa.words.development(view, developed) "
        ),
    )


def another_parameter(project: Path, monkeypatch) -> None:
    write(project / "notebooks/plans/standard.yml", PLAN.replace('area: "1"', 'area: "2"'))


ELSEWHERE = {
    "a cell of a notebook": (another_cell, TRENDS, "notebook"),
    "a parameter": (another_parameter, {"comparison-north"}, "parameters"),
    "the program": (lambda *given: other_library(*given, ".py"), EVERYTHING, "library"),
    "a template": (lambda *given: other_library(*given, ".j2"), EVERYTHING, "library"),
    "the style sheet": (lambda *given: other_library(*given, ".css"), EVERYTHING, "library"),
    "the libraries": (drawn_by_another, EVERYTHING, "versions"),
}


@pytest.mark.parametrize(("changed", "concerned", "why"), ELSEWHERE.values(), ids=[*ELSEWHERE])
def test_a_change_elsewhere_runs_what_is_made_of_it(project, monkeypatch, changed, concerned, why):
    changed(project, monkeypatch)
    assert due(Night(project, project / "0.release")) == dict.fromkeys(concerned, ((why,), {}))


def test_another_line_in_the_ledger_is_no_reason_of_its_own(project):
    """Its place in the ledger stands on no page; one that looks past its view could show it."""
    night = Night(project, project / "0.release", ledger="1" * 64)
    assert set(due(night)) == AT_ALL


def test_what_every_page_must_say_is_a_reason(project):
    night = Night(project, project / "0.release")
    found, steps = night.steps
    warned = replace(found, data="1" * 64, notices={"de": ("Mit Vorsicht!",)})
    assert all(step.is_due for step in steps_of(warned, [step.run for step in steps], found.output))


def test_a_rule_that_hides_no_more_is_no_reason(project):
    change("disclosure.yml", "public: 5", "public: 4")(project / "town")
    assert due(Night(project, released(project, 1))) == {}
