"""What a page has read is known, and it is made again exactly when something of that has changed."""

from __future__ import annotations

import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sozialanalyse as sa
from sozialanalyse.batch import preview, run_plan
from sozialanalyse.batch.edition import Entry, read_manifest
from sozialanalyse.batch.execution import notes_of
from sozialanalyse.batch.traces import TRACES, Traces, tells_all
from sozialanalyse.disclosure.fingerprints import FINGERPRINTS, fingerprints_of
from sozialanalyse.disclosure.keeping import made_or_kept
from sozialanalyse.disclosure.release import Release
from sozialanalyse.errors import UsageError
from sozialanalyse.reading import VARIABLE, note, noted
from sozialanalyse.view import View
from tests.batch_samples import order, project, runnable, write
from tests.released import CHILDREN, rows, write_town

CHILDREN_VIEW = {"variant": "delivered", "target_group": "children"}
OLDER_VIEW = {"variant": "delivered", "target_group": "older"}


def released(folder, children=None):
    folder.mkdir()
    town = sa.open_town(write_town(folder, rows(children or CHILDREN)))
    return made_or_kept(town, "public", folder / "releases", folder / "town.release")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    return released(tmp_path_factory.mktemp("towns") / "town")


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Take notes; call it for what has been noted."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "read.jsonl"))
    return lambda: notes_of(tmp_path)


def file_of(opened, folder):
    path = folder / "town.release"
    sa.write_release(opened, path, {FINGERPRINTS: json.dumps(fingerprints_of(opened))})
    return path


# --- a view holds no more than its target group needs ---


def test_a_view_holds_the_measures_and_indicators_of_its_target_group_alone(musterstadt):
    view = View(musterstadt, "older", audience="statistics_unit")
    catalogue = view.town.catalogue
    assert [group.id for group in catalogue.target_groups] == ["older"]
    assert set(view.town.counts["measure"]) <= {measure.id for measure in catalogue.measures}
    assert set(view.town.counts["measure"]) < set(musterstadt.counts["measure"])
    assert set(view.frame["indicator"]) <= {indicator.id for indicator in catalogue.indicators}
    with pytest.raises(UsageError, match="children"):
        view.town.indicators("children")
    with pytest.raises(UsageError, match="kinderarmut"):
        view.town.breaks_of("kinderarmut")


def test_what_a_view_holds_is_what_the_whole_town_computes(musterstadt):
    view = View(musterstadt.on_boundaries(), "older", audience="statistics_unit")
    assert view.frame.equals(musterstadt.on_boundaries().indicators("older"))
    assert view.town.misplaced().equals(musterstadt.misplaced())
    assert view.town.variant == musterstadt.on_boundaries().variant != musterstadt.variant == "delivered"


def test_a_view_of_a_view_is_one_of_the_whole_town(opened):
    children = View(opened, "children")
    assert View(children.town, "residents").frame.equals(View(opened, "residents").frame)
    assert isinstance(children.town, Release)
    assert isinstance(children.town.on_boundaries(), Release)


@pytest.mark.parametrize("name", ["unassigned", "revisions", "corrections", "deliveries"])
def test_how_counts_came_in_is_asked_of_the_town(opened, name):
    with pytest.raises(UsageError, match="before a view"):
        getattr(View(opened, "children").town, name)


def test_what_a_view_knows_of_the_rules_is_what_concerns_its_measures(opened):
    about = View(opened, "older").town.about
    assert (about.number, about.sha256, about.hiding) == (0, "", ())
    assert [rule.measure for rule in about.rules] == ["population"]
    assert len(opened.about.rules) > 1


# --- what is read is noted ---


def test_nothing_is_noted_unless_somebody_asks(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    note({"everything": True})
    assert notes_of(tmp_path) == ()


def test_a_view_is_noted_and_what_is_read_through_it_is_not(read, opened, tmp_path):
    found = sa.open_release(file_of(opened, tmp_path))
    view = View(found, "children")
    assert len(view.frame) > 0
    assert len(view.town.counts) > 0
    assert len(view.town.states) > 0
    assert len(view.town.indicators()) > 0
    assert read() == (CHILDREN_VIEW,)


def test_a_view_on_the_boundaries_of_today_reads_those_as_delivered_too(read, musterstadt):
    View(musterstadt.on_boundaries(), "children", audience="statistics_unit")
    assert [entry["variant"] for entry in read()] == ["delivered", musterstadt.on_boundaries().variant]


@pytest.mark.parametrize("name", ["counts", "data", "states", "about", "catalogue", "sha256", "delivered", "__dict__"])
def test_who_looks_past_every_view_has_read_everything(read, opened, tmp_path, name):
    found = sa.open_release(file_of(opened, tmp_path))
    assert read() == ()
    getattr(found, name)
    assert read() == ({"everything": True},)


def test_who_looks_through_a_view_at_the_whole_town_has_read_everything(read, opened, tmp_path):
    view = View(sa.open_release(file_of(opened, tmp_path)), "children")
    assert view.town.whole.counts.equals(opened.counts)
    assert read() == (CHILDREN_VIEW, {"everything": True})


def test_names_and_areas_may_be_asked_for_every_page_depends_on_them(read, opened, tmp_path):
    found = sa.open_release(file_of(opened, tmp_path))
    assert (found.name, found.areas.root, found.audience) == ("Klein", "0", "public")
    assert read() == ()


def test_who_opens_a_town_has_read_everything(read, tmp_path):
    sa.open_town(write_town(tmp_path / "town"))
    assert read() == ({"everything": True},)


def test_within_a_block_nothing_is_noted_twice(read):
    with noted():
        note({"everything": True})
    note({"misplaced": True})
    note({"misplaced": True})
    assert read() == ({"misplaced": True},)


# --- fingerprints ---


def test_the_same_release_has_the_same_fingerprints_and_they_are_no_part_of_its_hash(opened, tmp_path):
    plain = sa.write_release(opened, tmp_path / "plain.release")
    marked = sa.write_release(opened, tmp_path / "marked.release", {FINGERPRINTS: "{}"})
    assert plain.sha256 == marked.sha256 == opened.sha256
    assert fingerprints_of(opened) == fingerprints_of(sa.open_release(tmp_path / "plain.release"))


def test_the_file_of_a_release_has_its_fingerprints(tmp_path):
    made = released(tmp_path / "town")
    with zipfile.ZipFile(tmp_path / "town" / "town.release") as archive:
        assert json.loads(archive.read(FINGERPRINTS)) == json.loads(json.dumps(fingerprints_of(made)))


def test_one_count_changes_what_is_made_of_it_and_nothing_else(opened, tmp_path):
    other = fingerprints_of(released(tmp_path / "town", CHILDREN | {"21": 61}))
    mine = fingerprints_of(opened)
    assert mine["whole"] == other["whole"]
    assert (mine["entries"], mine["misplaced"]) == (other["entries"], other["misplaced"])
    assert different(mine["measures"], other["measures"]) == {"sgb2_recipients"}


def different(one, two):
    return {name for name in one | two if one.get(name) != two.get(name)}


# --- what has been read against what there is now ---

INDICATORS = {
    "older": {"grundsicherung": ["transfer", "population"]},
    "children": {"kinderarmut": ["sgb2", "population"], "kinder": ["population"]},
}
MEASURES = {"older": ["population", "transfer"], "children": ["population", "sgb2"]}
DIGEST = "d" * 64
PAGE = "a" * 64


def sample():
    """Fingerprints of a town with two target groups, of which one measure is common."""
    measures = dict.fromkeys(("population", "transfer", "sgb2"), "0")
    return {
        "whole": {"town.yml": "0", "areas.csv": "0"},
        "misplaced": "0",
        "groups": {name: {"indicators": INDICATORS[name], "measures": MEASURES[name]} for name in INDICATORS},
        "entries": {
            "indicators": dict.fromkeys(("grundsicherung", "kinderarmut", "kinder"), "0"),
            "measures": {**measures},
            "target_groups": dict.fromkeys(INDICATORS, "0"),
        },
        "measures": measures,
    }


def paths(tree, at=()):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from paths(value, (*at, name))
        elif isinstance(value, str):
            yield (*at, name)


def changed(notes, path):
    """Say what is named of a page that has read something, when one part of the Release is another."""
    now = sample()
    at = now
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = "1"
    trace = {"page": PAGE, "digest": DIGEST, "made_of": "", "read": notes}
    before = Traces(sample()).read(notes)
    return Traces(now, {"trend-x.de": trace}, {DIGEST: before}).changed("trend-x.de", entry())


def entry(**changes):
    given = {
        "id": "trend-x",
        "language": "de",
        "address": "trend/x.de.html",
        "state": "current",
        "group": "",
        "sha256": PAGE,
    }
    hashes = dict.fromkeys(("data", "catalogue", "notebook", "parameters", "library"), "0")
    return Entry(**(given | {"hashes": hashes} | changes))


@given(st.sampled_from([*paths(sample())]), st.sampled_from(["older", "children"]))
def test_any_single_part_that_changes_concerns_exactly_who_has_read_it(path, group):
    was_read = path[0] == "whole" or path[-1] in {group, *INDICATORS[group], *MEASURES[group]}
    assert bool(changed([{"variant": "delivered", "target_group": group}], path)) == was_read


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("measures", "sgb2"), {"data": ("kinderarmut",)}),
        (("measures", "population"), {"data": ("grundsicherung", "kinderarmut", "kinder")}),
        (("entries", "measures", "sgb2"), {"catalogue": ("kinderarmut",)}),
        (("entries", "indicators", "kinder"), {"catalogue": ("kinder",)}),
        (("entries", "target_groups", "children"), {"catalogue": ("children",)}),
        (("whole", "town.yml"), {"data": ("town.yml",)}),
        (("misplaced",), {"data": ("crosswalks.csv",)}),
        (("measures", "transfer"), {}),
    ],
    ids=lambda value: "/".join(value) if isinstance(value, tuple) else "",
)
def test_what_has_changed_is_named(path, what):
    assert changed([CHILDREN_VIEW, {"misplaced": True}], path) == what


@pytest.mark.parametrize(
    "changes", [{"state": "earlier"}, {"state": "failed", "sha256": None}, {"sha256": "b" * 64}], ids=str
)
def test_a_trace_belongs_to_one_page_that_is_current(changes):
    trace = {"page": PAGE, "digest": DIGEST, "made_of": "", "read": [CHILDREN_VIEW]}
    traces = Traces(sample(), {"trend-x.de": trace}, {DIGEST: Traces(sample()).read([CHILDREN_VIEW])})
    assert traces.changed("trend-x.de", entry()) == {}
    assert traces.changed("trend-x.de", entry(**changes)) is None


@pytest.mark.parametrize(
    ("notes", "is_known"),
    [
        ([CHILDREN_VIEW], True),
        ([CHILDREN_VIEW, OLDER_VIEW, {"misplaced": True}], True),
        ([CHILDREN_VIEW, {"everything": True}], False),
        ([CHILDREN_VIEW, {"something": "new"}], False),
        ([{**CHILDREN_VIEW, "variant": "2009-01-01"}], True),
        ([{**CHILDREN_VIEW, "target_group": "nobody"}], False),
        ([{"misplaced": True}], False),
        ([], False),
    ],
    ids=["view", "views", "everything", "unknown", "other boundaries", "other group", "no view", "nothing"],
)
def test_only_what_is_known_to_have_been_read_spares_work(notes, is_known):
    assert (Traces(sample()).read(notes) is not None) == is_known
    assert Traces().read(notes) is None


@pytest.mark.parametrize(
    ("source", "tells"),
    [
        ("import sozialanalyse as sa\nsa.View(sa.open_release(release), target_group)", True),
        ("import pandas as pd", False),
        ("from pathlib import Path", False),
        ("text = open('counts.csv').read()", False),
        ("__import__('os')", False),
        ("%run other.py", False),
    ],
)
def test_a_notebook_that_reads_files_itself_tells_nothing(tmp_path, source, tells):
    assert tells_all(write(tmp_path / "a.ipynb", runnable(source))) == tells


# --- a batch, in real processes that read a real Release ---

PLAN = """schema: 1
title: {de: P, en: P}
runs:
  - id: trend-{target_group}
    notebook: trend
    matrix: {target_group: [older, children]}
  - {id: past-older, notebook: past, parameters: {target_group: older}}
"""
READING = """
import sozialanalyse as sa
opened = sa.open_release(release)
view = sa.View(opened, target_group, audience="public")
sa.pages.opening_of_comparison(view, sa.comparison.compare(view.frame, view.town.areas, level=view.level))
"""
PAST_EVERY_VIEW = READING.replace("view =", "len(opened.counts)\nview =")
"""Looks at all counts, so that nobody can tell what the page rests on."""


def ordered(folder, **changes):
    file = folder / "town" / "town.release"
    return order(folder, **({"release": file, "data": sa.open_release(file).sha256, "audited": False} | changes))


def why(order):
    return {step.run.id: (step.why, step.changed) for step in preview(order)}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Publish three pages of a Release."""
    folder = project(tmp_path_factory.mktemp("batch"), PLAN, trend=runnable(READING), past=runnable(PAST_EVERY_VIEW))
    released(folder / "town")
    outcome = run_plan(ordered(folder))
    assert (outcome.made, outcome.failures) == (3, {})
    return folder


UNCHANGED = ("unchanged", ())


def test_with_another_release_only_that_runs_which_has_read_what_is_other_in_it(published, tmp_path):
    released(tmp_path / "town", CHILDREN | {"21": 61})
    new = tmp_path / "town" / "town.release"
    found = why(ordered(published, release=new, data=sa.open_release(new).sha256))
    assert found == {
        "trend-older": UNCHANGED,
        "trend-children": ("changed", ("data",)),
        "past-older": ("changed", ("data",)),
    }


def test_with_the_same_release_nothing_runs(published):
    assert set(why(ordered(published)).values()) == {UNCHANGED}


def test_what_is_written_beside_the_release_is_no_reason(published):
    """Another place in the ledger, another file of definitions: what of them is read stands in the Release."""
    found = why(ordered(published, data="1" * 64, ledger="2" * 64))
    assert found["trend-older"] == found["trend-children"] == UNCHANGED
    assert found["past-older"] == ("changed", ("data", "ledger"))


def test_what_a_page_must_say_is_a_reason(published):
    found = why(ordered(published, data="1" * 64, notices={"de": ("Mit Vorsicht!",)}))
    assert {told for told, _ in found.values()} == {"changed"}


@pytest.mark.parametrize(
    "text", ["", "{}", '{"schema": 2, "traces": {}}', '{"schema": 1, "traces": {"trend-older.de": {}}, "parts": {}}']
)
def test_without_traces_everything_runs_when_the_release_is_another(published, text):
    file = published / "outputs.log" / TRACES
    kept = file.read_text(encoding="utf-8")
    try:
        file.write_text(text, encoding="utf-8")
        assert why(ordered(published, data="1" * 64))["trend-older"] == ("changed", ("data",))
    finally:
        file.write_text(kept, encoding="utf-8")


def test_traces_are_for_nobody_else(published):
    file = published / "outputs.log" / TRACES
    assert file.stat().st_mode & 0o077 == 0
    assert not list((published / "outputs").rglob(TRACES))


def test_pages_that_were_kept_are_made_of_the_new_release_too(published, tmp_path):
    """Not marked as earlier, and as they would be if they were made anew: the next night compares with this one."""
    released(tmp_path / "town", CHILDREN | {"21": 61})
    new = tmp_path / "town" / "town.release"
    given = {"release": new, "data": sa.open_release(new).sha256}
    pages = {path: path.read_bytes() for path in (published / "outputs").rglob("older.de.html")}
    outcome = run_plan(ordered(published, **given))
    assert (outcome.made, outcome.unchanged, outcome.failures) == (2, 1, {})
    assert {path: path.read_bytes() for path in pages} == pages
    assert set(why(ordered(published, **given)).values()) == {UNCHANGED}
    manifest = read_manifest(published / "outputs")
    assert {(entry.state, entry.hashes.data) for entry in manifest.findings} == {("current", given["data"])}
    run_plan(ordered(published, **given, force=True))
    assert {path: path.read_bytes() for path in pages} == pages
