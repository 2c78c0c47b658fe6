"""Publishing: whole files only, nothing foreign touched, the same input the same bytes, failures visible."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path

import pytest

from sozialanalyse.batch import preview, run_plan, session
from sozialanalyse.batch.edition import OUTDATED, Manifest, hash_notebook, read_manifest
from sozialanalyse.batch.execution import Executed, Failure, Made
from sozialanalyse.batch.orders import versions
from sozialanalyse.batch.publishing import Output, hold, refuse
from sozialanalyse.batch.rendering import render
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.language import Language
from tests.batch_samples import FINDING, GOOD, PLAN, executed, markdown, order, project, runnable, write

TIMES = ("run.json", "feed.xml", "news.html")


def tree(folder, *, without=TIMES):
    """Read all files of a folder but those that hold times or tell of the edition before."""
    files = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {name: data for name, data in named.items() if not name.startswith(without)}


# -- the real thing, twice in different folders -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Run the same plan in two folders, one of them deep and with a strange name."""
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two") / "tiefer" / "Öde {x} & <b>"]
    events = []
    outcomes = [run_plan(order(project(folder)), report=events.append) for folder in folders]
    return [folder / "outputs" for folder in folders], outcomes, events


def test_two_runs_in_different_folders_give_the_same_bytes(twice):
    (one, two), _, _ = twice
    assert tree(one) == tree(two)
    assert sorted(tree(one)) == [
        "broken/older.de.html",
        "index.html",
        "manifest.json",
        "trend/children.de.html",
        "trend/older.de.html",
    ]


def test_no_time_of_the_run_stands_in_an_edition(twice):
    """Not even the date: with the data of the same day a run of another day gives the same bytes."""
    (one, _), _, _ = twice
    began = json.loads((one / "run.json").read_text(encoding="utf-8"))["began"]
    date = dt.date.fromisoformat(began[:10])
    written = [began[:10], began[11:19], *(Language(code).date(date) for code in ("de", "en"))]
    said = [(name, w) for name, data in tree(one).items() for w in written if w.encode() in data]
    assert said == []


def test_the_manifest_holds_the_hash_of_every_file_without_a_time(twice):
    (one, _), _, _ = twice
    hashes = read_manifest(one).hashes
    assert hashes == {n: hashlib.sha256(data).hexdigest() for n, data in tree(one).items() if n != "manifest.json"}


def test_a_failing_run_is_told_and_the_others_are_made(twice):
    (one, _), outcomes, events = twice
    reason = f"ValueError: kaputt in zahlen.csv: <script>x()</script> ({Language('de').text('cell')} cell-a)"
    assert [(outcome.made, dict(outcome.failures)) for outcome in outcomes] == [(2, {"broken-older": reason})] * 2
    assert ("broken-older", reason) in [(event.id, event.reason) for event in events[:3]]
    assert [event.done for event in events] == [1, 2, 3] * 2
    index = (one / "index.html").read_text(encoding="utf-8")
    assert "kaputt in zahlen.csv: &lt;script&gt;x()&lt;/script&gt;" in index
    assert re.findall(r"<h3>(?:<a.*?>)?(.*?)<", index) == [FINDING["title"], "Kaputtes", FINDING["title"]]


def test_nothing_published_names_the_machine(twice):
    (one, _), _, _ = twice
    needles = (str(one.parent), "geheime Zeile", "Traceback")
    assert [
        (name, n) for name, data in tree(one, without=("run.json",)).items() for n in needles if n.encode() in data
    ] == []


def test_the_manifest_holds_six_hashes_for_each_finding(twice):
    (one, _), _, _ = twice
    manifest = json.loads((one / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema"] == 2
    assert manifest["status"] == "incomplete"
    assert "python" in manifest["versions"]
    assert [entry["id"] for entry in manifest["findings"]] == ["trend-older", "trend-children", "broken-older"]
    first, second, failed = manifest["findings"]
    assert set(first["hashes"]) == {"data", "catalogue", "notebook", "parameters", "library", "ledger"}
    assert first["hashes"]["ledger"] is None
    assert first["hashes"]["parameters"] != second["hashes"]["parameters"]
    assert (failed["state"], failed["sha256"]) == ("failed", None)


def test_times_and_errors_stand_in_the_run_report(twice):
    (one, _), _, _ = twice
    report = json.loads((one / "run.json").read_text(encoding="utf-8"))
    assert report["status"] == "failed"
    assert [(run["id"], run["state"]) for run in report["runs"]] == [
        ("trend-older", "made"),
        ("trend-children", "made"),
        ("broken-older", "failed"),
    ]
    assert all(run["seconds"] > 0 for run in report["runs"])
    assert "python" in report["versions"]


def test_nothing_but_the_edition_is_left(twice):
    (one, _), _, _ = twice
    assert sorted(path.name for path in one.iterdir()) == [
        "broken", "feed.xml", "index.html", "manifest.json", "news.html", "run.json", "trend",
    ]  # fmt: skip
    assert sorted(path.name for path in one.parent.iterdir() if path.name.startswith("outputs")) == [
        "outputs", "outputs.editions", "outputs.log",
    ]  # fmt: skip


def test_logs_lie_beside_what_goes_on_web_space(twice):
    (one, _), _, _ = twice
    logs = one.with_name("outputs.log")
    of_runs = {f"{name}.de.log" for name in ("broken-older", "trend-children", "trend-older")}
    assert {path.name for path in logs.iterdir()} - {"engine.log", "read.json"} == of_runs
    assert "kaputt in /home/erika/geheim" in (logs / "broken-older.de.log").read_text(encoding="utf-8")


# -- what a session decides, with notebooks that are already executed -------------------------------------------------


@pytest.fixture
def made(monkeypatch):
    """Replace the processes: a run gives the notebook named here, or fails."""
    results = {}

    class Prepared:
        def __init__(self, work, logs, given, workers, deadline, *, notices, frames, engine=None, cluster=None):
            self.work = work
            self.notices = notices
            self.frames = frames

        def results(self, runs):
            for run in runs:
                text = results.get(run.id, executed())
                if isinstance(text, Failure):
                    yield Executed(run, 1.0, failure=text)
                    continue
                path = write(self.work / run.key / "notebook.ipynb", text)
                notices, frame = tuple(self.notices.get(run.language, ())), self.frames[run.language]
                page = render(path, run.language, run.notebook, notices, frame=frame)
                yield Executed(run, 1.0, path, Made(page.html, page.finding))

    monkeypatch.setattr(session, "Execution", Prepared)
    return results


DEADLINE = Failure("deadline", "Deadline", "")
ONE = PLAN.replace("[older, children]", "[older]").split("  - {id: broken")[0]


def states(folder):
    return {entry.id: entry.state for entry in read_manifest(folder / "outputs").findings}


def test_a_failing_run_keeps_its_earlier_page_marked(tmp_path, made):
    folder = project(tmp_path, ONE)
    run_plan(order(folder))
    before = (folder / "outputs" / "trend" / "older.de.html").read_bytes()
    made["trend-older"] = DEADLINE
    outcome = run_plan(order(folder, force=True))
    reason = Language("de").text("the time limit of {limit} seconds was exceeded", limit="300")
    assert outcome.failures == {"trend-older": reason}
    assert (folder / "outputs" / "trend" / "older.de.html").read_bytes() == before
    assert states(folder) == {"trend-older": "earlier"}
    index = (folder / "outputs" / "index.html").read_text(encoding="utf-8")
    assert '<li class="earlier">' in index
    assert 'href="trend/older.de.html"' in index


def test_what_is_unchanged_is_not_made_again(tmp_path, made):
    folder = project(tmp_path, ONE)
    assert run_plan(order(folder)).made == 1
    before = tree(folder / "outputs")
    outcome = run_plan(order(folder))
    assert (outcome.made, outcome.unchanged) == (0, 1)
    assert tree(folder / "outputs") == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda folder: {}, "unchanged"),
        (lambda folder: {"force": True}, "forced"),
        (lambda folder: {"data": "1" * 64}, "changed"),
        (lambda folder: {"audience": "administration"}, "new"),
        (lambda folder: {"language": "en"}, "new"),
        (lambda folder: write(folder / "notebooks" / "trend.ipynb", runnable("2")) and {}, "changed"),
        (lambda folder: write(folder / "outputs" / "trend" / "older.de.html", "torn") and {}, "changed"),
        (lambda folder: write(folder / "outputs" / "run.json", '{"versions": {"python": "2.7"}}') and {}, "changed"),
    ],
)
def test_a_preview_says_why_and_touches_nothing(tmp_path, made, change, why):
    folder = project(tmp_path, ONE)
    run_plan(order(folder))
    changes = change(folder)
    before = tree(folder, without=())
    assert [(step.run.id, step.why) for step in preview(order(folder, **changes))] == [("trend-older", why)]
    assert tree(folder, without=()) == before


def test_only_chosen_runs_are_made_and_the_others_stay(tmp_path, made):
    folder = project(tmp_path)
    run_plan(order(folder))
    outcome = run_plan(order(folder, only=("trend-older",), force=True))
    assert outcome.made == 1
    assert states(folder) == dict.fromkeys(["trend-older", "trend-children", "broken-older"], "current")


def test_stale_pages_of_ours_go_and_foreign_files_stay(tmp_path, made):
    folder = project(tmp_path)
    run_plan(order(folder))
    outputs = folder / "outputs"
    foreign = [write(outputs / name, "fremd") for name in ("README.md", "trend/own.de.html", "trend/older.html")]
    write(folder / "notebooks" / "plans" / "standard.yml", ONE)
    run_plan(order(folder))
    assert not (outputs / "trend" / "children.de.html").exists()
    assert not (outputs / "broken").exists()
    assert [path.read_text() for path in foreign] == ["fremd"] * 3


def test_pages_in_two_languages_stand_side_by_side(tmp_path, made):
    folder = project(tmp_path, ONE)
    run_plan(order(folder))
    run_plan(order(folder, language="en"))
    manifest = read_manifest(folder / "outputs")
    assert [(entry.id, entry.language) for entry in manifest.findings] == [("trend-older", "en"), ("trend-older", "de")]
    assert '<html lang="en">' in (folder / "outputs" / "index.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in (folder / "outputs" / "trend").iterdir()) == ["older.de.html", "older.en.html"]


TWO = ONE.replace("runs:", "languages: [en, de]\nruns:", 1)


def test_a_plan_in_two_languages_makes_both_and_its_index_in_the_first(tmp_path, made):
    folder = project(tmp_path, TWO)
    made["trend-older"] = executed(markdown("a", "## Hier", "lang-de"), markdown("b", "## Here", "lang-en"))
    outcome = run_plan(order(folder, notices={"de": ("Nicht weitergeben.",), "en": ("Not for sharing.",)}))
    assert (outcome.made, outcome.failed) == (2, 0)
    entries = [(entry.id, entry.language, entry.state) for entry in read_manifest(folder / "outputs").findings]
    assert entries == [("trend-older", "en", "current"), ("trend-older", "de", "current")]
    pages = {name: data.decode() for name, data in tree(folder / "outputs").items()}
    assert "Here</h2>" in pages["trend/older.en.html"]
    assert "Hier</h2>" in pages["trend/older.de.html"]
    assert "Nicht weitergeben." in pages["trend/older.de.html"]
    assert '<html lang="en">' in pages["index.html"]
    assert "Not for sharing." in pages["index.html"]
    assert run_plan(order(folder, only=("trend-older",))).unchanged == 2


def test_a_failure_in_two_languages_counts_twice_and_is_told_once(tmp_path, made):
    made["trend-older"] = DEADLINE
    outcome = run_plan(order(project(tmp_path, TWO)))
    assert (outcome.failed, list(outcome.failures)) == (2, ["trend-older"])


def test_a_language_that_is_ordered_takes_the_place_of_those_of_the_plan(tmp_path, made):
    folder = project(tmp_path, TWO)
    assert [step.run.address for step in preview(order(folder))] == ["trend/older.en.html", "trend/older.de.html"]
    assert [step.run.address for step in preview(order(folder, language="de"))] == ["trend/older.de.html"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("data", "Diese Seite beruht auf einem früheren Datenstand."),
        ("notebook", "Diese Seite wurde mit einer früheren Fassung des Programms erstellt."),
        ("nothing", None),
    ],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_that_was_not_made_anew_does_not_pass_for_current(tmp_path, made, other, reason, language):
    """Be it that the run chose only other pages, or that it made them in another language."""
    folder = project(tmp_path)
    run_plan(order(folder, language=language))
    if other == "notebook":
        write(folder / "notebooks" / "trend.ipynb", runnable("2"))
    changes = {"data": "1" * 64} if other == "data" else {}
    run_plan(order(folder, only=("trend-older",) if language == "de" else (), **changes))
    manifest = read_manifest(folder / "outputs")
    (kept,) = [entry for entry in manifest.findings if (entry.id, entry.language) == ("trend-children", language)]
    assert kept.state == ("current" if reason is None else "earlier")
    assert (kept.reason in OUTDATED) == (reason is not None)
    if reason:
        assert f'<p class="failure">{reason}</p>' in (folder / "outputs" / "index.html").read_text(encoding="utf-8")
        assert preview(order(folder, language=language, **changes))[1].why == "changed"


def test_a_public_edition_keeps_no_page_of_the_administration(tmp_path, made):
    """Not even that of a run that failed for the public."""
    folder = project(tmp_path)
    run_plan(order(folder, audience="administration", notices={"de": ("Nicht zur Weitergabe.",)}))
    made["trend-older"] = DEADLINE
    run_plan(order(folder, audience="public"))
    notice = (folder / "outputs" / "trend" / "older.de.html").read_text(encoding="utf-8")
    assert FINDING["summary"] not in notice
    assert states(folder)["trend-older"] == "failed"
    assert "Nicht zur Weitergabe" not in "".join(data.decode() for data in tree(folder / "outputs").values())


def test_notices_stand_on_every_page_and_the_index(tmp_path, made):
    run_plan(order(project(tmp_path), notices={"de": ("Nicht zur Weitergabe.",)}))
    pages = [data.decode() for name, data in tree(tmp_path / "outputs").items() if name.endswith(".html")]
    assert len(pages) == 4
    assert all("<p>Nicht zur Weitergabe.</p>" in page for page in pages)


def test_faults_before_the_start_leave_the_output_as_it_was(tmp_path, made):
    folder = project(tmp_path, ONE)
    run_plan(order(folder))
    before = tree(folder, without=())
    write(
        folder / "notebooks" / "plans" / "standard.yml", ONE + "  - {id: x, notebook: trend, parameters: {yaers: 1}}\n"
    )
    before["notebooks/plans/standard.yml"] = (folder / "notebooks" / "plans" / "standard.yml").read_bytes()
    with pytest.raises(DataError, match="nearest: years"):
        run_plan(order(folder, force=True))
    with pytest.raises(UsageError, match="no run 'y'"):
        run_plan(order(project(folder, ONE), only=("y",)))
    before["notebooks/plans/standard.yml"] = (folder / "notebooks" / "plans" / "standard.yml").read_bytes()
    assert tree(folder, without=()) == before


def test_an_interrupted_run_publishes_nothing(tmp_path, monkeypatch, made):
    folder = project(tmp_path, ONE)
    run_plan(order(folder))
    before = tree(folder, without=())

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_plan(order(folder, force=True), report=interrupt)
    assert tree(folder, without=()) == before


def test_a_damaged_manifest_is_as_none_and_a_later_one_is_refused(tmp_path, made):
    folder = project(tmp_path, ONE)
    write(folder / "outputs" / "manifest.json", '{"schema": 1, "findings": [{"address": "../../x"}]}')
    run_plan(order(folder))
    assert states(folder) == {"trend-older": "current"}
    (folder / "outputs" / "manifest.json").write_text('{"schema": 3}')
    with pytest.raises(UsageError, match="later release"):
        run_plan(order(folder))


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def output(tmp_path):
    with hold(tmp_path / "outputs", []) as held:
        yield held


@pytest.mark.parametrize(
    "address",
    [
        "../x.de.html",
        "/etc/x.de.html",
        "a/../../x.de.html",
        "other.html",
        "a/b/c.de.html",
        "a/x.html",
        ".log/x.de.html",
        "a\\x.de.html",
    ],
)
def test_no_page_leaves_the_output_folder(output, address):
    with pytest.raises(UsageError, match="leads out of the output folder"):
        output.publish({address: "x"}, [])
    with pytest.raises(UsageError, match="leads out of the output folder"):
        output.publish({}, [address])
    assert not output.folder.exists()


def test_no_page_follows_a_link_out_of_the_output_folder(output, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    output.folder.mkdir()
    (output.folder / "trend").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of the output folder"):
        output.publish({"trend/x.de.html": "x"}, [])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_logs_of_earlier_runs_go_and_what_is_not_ours_stays(tmp_path):
    old = [write(tmp_path / name / "x.log", "Traceback") for name in ("outputs/.log", "outputs.log")]
    foreign = write(tmp_path / "outputs.log" / "x.txt", "fremd")
    with hold(tmp_path / "outputs", []):
        pass
    assert [path.exists() for path in (*old, foreign)] == [False, False, True]
    assert not (tmp_path / "outputs" / ".log").exists()


def test_logs_are_not_written_among_raw_files(tmp_path):
    with pytest.raises(UsageError, match="cannot be, hold or lie in"):
        refuse(tmp_path / "outputs", [tmp_path / "outputs.log"])


def test_an_output_folder_that_cannot_be_made_is_wrong_use(tmp_path):
    output = write(tmp_path / "file", "x") / "outputs"
    with pytest.raises(UsageError, match="outputs cannot be made or written to"), hold(output, []):
        pass


@pytest.mark.parametrize("output", ["data/town", "data/town/outputs", ".", "data", "link"])
def test_no_output_into_the_town_or_around_it(tmp_path, output):
    (tmp_path / "data" / "town").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    with pytest.raises(UsageError, match="cannot be, hold or lie in town"):
        refuse(tmp_path / output, [tmp_path / "data" / "town"])
    refuse(tmp_path / "outputs", [tmp_path / "data" / "town"])


def test_a_town_is_known_by_its_folder_however_it_is_written(tmp_path, monkeypatch):
    folder = project(tmp_path, ONE)
    monkeypatch.chdir(folder / "data" / "probestadt")
    assert order(folder, town=Path()).town_name == order(folder).town_name == "probestadt"


def test_versions_cover_what_draws_and_writes():
    assert set(versions()) >= {"python", "jinja2", "markupsafe", "nbconvert", "papermill", "scipy", "shapely"}
    assert "great-tables" not in versions()


def test_an_output_that_is_a_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="is a file"):
        refuse(write(tmp_path / "outputs", "x"), [])


def test_the_hash_of_a_notebook_is_of_what_it_says_not_of_its_outputs(tmp_path):
    path = write(tmp_path / "n.ipynb", GOOD)
    first = hash_notebook(path)
    cells = json.loads(GOOD)
    cells["cells"][2] |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}], "execution_count": 3}
    assert hash_notebook(write(path, json.dumps(cells, indent=4))) == first
    cells["cells"][2]["source"] += "\n1"
    assert hash_notebook(write(path, json.dumps(cells))) != first


def test_a_manifest_reads_back_as_it_was_written(output):
    manifest = Manifest(town="a", audience="public")
    output.publish({"manifest.json": manifest.text()}, [])
    assert read_manifest(output.folder) == manifest
    assert isinstance(output, Output)
