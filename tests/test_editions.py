"""Editions: what stands in place of a page that failed or was withdrawn, what is put back, and what never comes back."""

from __future__ import annotations

import datetime as dt
import json
import re
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from sozialanalyse.audit import audit_folder
from sozialanalyse.batch import released, run_plan
from sozialanalyse.batch.archive import earlier_editions
from sozialanalyse.batch.auditing import AuditError
from sozialanalyse.batch.edition import Manifest, Withdrawal, read_manifest
from sozialanalyse.batch.execution import Failure
from sozialanalyse.batch.feed import feed_text
from sozialanalyse.batch.publishing import StorageError, hold
from sozialanalyse.batch.rollback import RollbackError, rollback
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.standing import editions
from sozialanalyse.batch.store.trees import matches
from sozialanalyse.batch.withdrawals import FILE, LEDGER, enter, read_lines, withdrawn_in
from sozialanalyse.batch.withdrawing import restore, withdraw
from sozialanalyse.cli import app
from sozialanalyse.disclosure.places import LEDGER_FOLDER
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.language import Language
from tests.audit_site import DOCUMENT, write_site
from tests.batch_samples import FINDING, PLAN, code, executed, order, project, shown, write
from tests.test_publishing import made  # noqa: F401 - a fixture

DE = Language("de")
TWO = PLAN.split("  - {id: broken")[0]
DAY = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def folder(tmp_path, made):  # noqa: F811 - the fixture
    """A project with two findings in two editions, the later one of other data."""
    run_plan(order(project(tmp_path, TWO)))
    run_plan(order(tmp_path, data="1" * 64, force=True))
    return tmp_path


@pytest.fixture
def places(folder):
    town = folder / "data" / "probestadt"
    return {"town": town, "ledger": town / LEDGER, "now": DAY}


def page(folder, name="trend/older.de.html"):
    return (folder / "outputs" / name).read_text(encoding="utf-8")


def states(folder):
    return {entry.id: entry.state for entry in read_manifest(folder / "outputs").findings}


def is_whole(folder):
    manifest = read_manifest(folder)
    return matches(folder, manifest.hashes) == []


def feed(folder):
    root = ET.fromstring(page(folder, "feed.xml"))
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


# -- findings that could not be made ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Dieser Befund konnte nicht erstellt werden."), ("en", "This finding could not be made.")],
)
def test_a_notice_stands_where_a_finding_could_not_be_made(tmp_path, made, language, said):  # noqa: F811
    made["trend-older"] = Failure("error", "ValueError", "kaputt")
    run_plan(order(project(tmp_path, TWO), language=language, notices={language: ("Achtung.",)}))
    notice = page(tmp_path, f"trend/older.{language}.html")
    assert problems(notice, page=True) == []
    assert f'<html lang="{language}">' in notice
    assert Language(language).text("This finding could not be made.") in notice
    assert Language(language).text("This finding could not be made.") == said
    assert "ValueError: kaputt" in notice
    assert "<p>Achtung.</p>" in notice
    assert 'href="../index.html"' in notice
    assert f'href="trend/older.{language}.html"' in page(tmp_path, "index.html")
    assert is_whole(tmp_path / "outputs")


def test_the_notice_goes_when_the_finding_is_made(tmp_path, made):  # noqa: F811
    made["trend-older"] = Failure("deadline", "Deadline", "")
    run_plan(order(project(tmp_path, TWO)))
    assert FINDING["summary"] not in page(tmp_path)
    made["trend-older"] = executed()
    assert run_plan(order(tmp_path)).made == 1
    assert FINDING["summary"] in page(tmp_path)
    assert read_manifest(tmp_path / "outputs").status == "whole"


def test_a_damaged_page_that_is_not_made_anew_gives_way_to_a_notice(folder):
    write(folder / "outputs" / "trend" / "older.de.html", "torn")
    run_plan(order(folder, only=("trend-children",), data="1" * 64, force=True))
    assert states(folder)["trend-older"] == "failed"
    assert "torn" not in page(folder)
    assert is_whole(folder / "outputs")


def test_nothing_changed_is_no_new_edition(folder):
    before = page(folder, "feed.xml"), page(folder, "manifest.json")
    outcome = run_plan(order(folder, data="1" * 64))
    assert (outcome.made, outcome.edition) == (0, 2)
    assert (page(folder, "feed.xml"), page(folder, "manifest.json")) == before
    assert [edition.number for edition in editions(folder / "outputs")] == [2, 1]


# -- pages for the public, which the audit attacks --------------------------------------------------------------------

STRANGE = executed(code("a", "", outputs=(shown({"text/html": "<p>47 Menschen</p>"}),)))


@pytest.fixture
def public(tmp_path, made):  # noqa: F811 - the fixture
    """Two findings for the public; into one of them came a number that nobody can explain."""
    project(tmp_path, TWO)
    made["trend-older"] = STRANGE
    with released(tmp_path / "data" / "probestadt", "public") as given:
        changes = {"release": given.file, "number": given.number, "ledger": given.ledger, "data": given.sha256}
        run_plan(order(tmp_path, **changes, audited=False))
        yield changes


def test_an_earlier_page_that_does_not_pass_the_audit_gives_way_to_a_notice(tmp_path, public, made):  # noqa: F811
    assert "47 Menschen" in page(tmp_path)
    made["trend-older"] = Failure("deadline", "Deadline", "")
    run_plan(order(tmp_path, **public, force=True))
    assert states(tmp_path) == {"trend-older": "failed", "trend-children": "current"}
    assert "47" not in page(tmp_path)
    assert audit_folder(tmp_path / "outputs").is_safe


def test_a_new_page_that_does_not_pass_stops_the_edition(tmp_path, public):
    before = page(tmp_path, "manifest.json")
    with pytest.raises(AuditError, match="nothing was published"):
        run_plan(order(tmp_path, **(public | {"data": "1" * 64})))
    assert page(tmp_path, "manifest.json") == before


def test_an_input_that_vanishes_meanwhile_is_said_and_nothing_published(tmp_path, public):
    before = page(tmp_path, "manifest.json")
    notebook = tmp_path / "notebooks" / "trend.ipynb"
    with pytest.raises(StorageError, match=r"nothing was published.*trend\.ipynb: No such file"):
        run_plan(order(tmp_path, **public, force=True), report=lambda _: notebook.unlink(missing_ok=True))
    assert page(tmp_path, "manifest.json") == before


def test_what_is_withdrawn_and_put_back_passes_the_audit(tmp_path, public):
    town = tmp_path / "data" / "probestadt"
    places = {"town": town, "ledger": town / LEDGER, "now": DAY}
    outputs = tmp_path / "outputs"
    with pytest.raises(UsageError, match="the reason holds 47"):
        withdraw(outputs, "trend-older", "Es sind nicht 47.", **places)
    withdraw(outputs, "trend-older", "Falsch.", **places)
    assert audit_folder(outputs).is_safe
    assert rollback(outputs, 1, DE) == 1
    assert audit_folder(outputs).is_safe
    assert "Falsch." in page(tmp_path)


def test_an_edition_that_does_not_pass_the_audit_is_not_put_back(tmp_path, public, made):  # noqa: F811
    made["trend-older"] = executed()
    run_plan(order(tmp_path, **public, force=True))
    with pytest.raises(RollbackError, match="edition 1 does not pass the audit"):
        rollback(tmp_path / "outputs", 1, DE)
    assert "47" not in page(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<title>Neue Ausgabe</title>", None),
        ("<title>Neue Ausgabe: 47</title>", "47"),
        ("<updated>47</updated>", "47"),
        ("<id>urn:uuid:47</id>", "47"),
        ('<link href="index.html"/>', None),
        ('<link href="a47.html"/>', "47"),
        ("<!-- 47 -->", "cannot be read"),
        ("<n47/>", "n47"),
    ],
)
def test_the_audit_reads_the_feed(tmp_path, text, said):
    site = write_site(tmp_path / "site")
    write(site / "index.html", "<!doctype html><title>x</title>")
    whole = feed_text(None, Manifest(town="Musterstadt", audience="public"), None, DAY)
    write(site / "feed.xml", whole.replace("</author>", f"</author>{text}", 1))
    found = [problem.describe(filled) for problem in audit_folder(site).problems]
    assert all("feed.xml" in problem and said in problem for problem in found)
    assert bool(found) == (said is not None)


def filled(message, **values):
    return message.format(**values)


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_finding_is_a_dated_notice_at_its_address(folder, places):
    assert withdraw(folder / "outputs", "trend-older", "Falsche Zuordnung.", **places).name == "older.de.html"
    notice = page(folder)
    assert problems(notice, page=True) == []
    assert "Zurückgezogen am 04.03.2026" in notice
    assert "Falsche Zuordnung." in notice
    assert FINDING["summary"] not in notice
    assert is_whole(folder / "outputs")


def test_index_feed_and_ledger_say_that_it_was_withdrawn(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsche Zuordnung.", **places)
    index = page(folder, "index.html")
    assert '<p class="failure">Zurückgezogen am 04.03.2026: Falsche Zuordnung.</p>' in index
    assert index.count(FINDING["summary"]) == 1  # that of the other finding
    assert f"{FINDING['title']}: Zurückgezogen am 04.03.2026" in feed(folder)
    (line,) = read_lines(places["ledger"])
    assert (line.kind, line.finding, line.reason) == ("withdrawn", "trend-older", "Falsche Zuordnung.")


def test_no_earlier_edition_keeps_a_withdrawn_page(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    kept = earlier_editions(folder / "outputs.editions")
    assert [edition.number for edition in kept] == [2, 1]
    for edition in kept:
        texts = [path.read_text(encoding="utf-8") for path in edition.folder.rglob("older.*")]
        assert FINDING["summary"] not in "".join(texts)
        assert is_whole(edition.folder)


def test_it_stays_withdrawn_until_it_is_restored(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    assert run_plan(order(folder, data="1" * 64, force=True)).made == 1
    assert states(folder) == {"trend-older": "withdrawn", "trend-children": "current"}
    restore(folder / "outputs", "trend-older", **places)
    assert states(folder)["trend-older"] == "failed"
    assert run_plan(order(folder, data="1" * 64)).made == 1
    assert FINDING["summary"] in page(folder)
    assert withdrawn_in(places["ledger"], "public") == {}


def test_the_ledger_remembers_when_the_pages_are_lost(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    for name in ("outputs", "outputs.editions"):
        (folder / name).rename(folder / f"lost.{name}")
    run_plan(order(folder))
    assert states(folder) == {"trend-older": "withdrawn", "trend-children": "current"}


def test_it_stays_withdrawn_when_the_plan_names_it_no_more(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    write(folder / "notebooks" / "plans" / "standard.yml", TWO.replace("[older, children]", "[children]"))
    run_plan(order(folder, data="1" * 64))
    assert "Falsch." in page(folder)


@pytest.mark.parametrize(
    ("finding", "reason", "said"),
    [
        ("trend-oldest", "Falsch.", "trend-older"),
        ("trend-older", " \n ", "say with --reason why"),
        ("trend-older", "x" * 401, "at most 400 characters"),
    ],
)
def test_what_cannot_be_withdrawn(folder, places, finding, reason, said):
    before = page(folder, "manifest.json")
    with pytest.raises(UsageError, match=said):
        withdraw(folder / "outputs", finding, reason, **places)
    assert page(folder, "manifest.json") == before


def test_only_what_is_withdrawn_is_restored_and_only_the_own_town(folder, places):
    with pytest.raises(UsageError, match="is not withdrawn"):
        restore(folder / "outputs", "trend-older", **places)
    with pytest.raises(UsageError, match="are of the town probestadt"):
        withdraw(folder / "outputs", "trend-older", "Falsch.", **(places | {"town": folder}))


def test_there_must_be_something_to_withdraw(tmp_path):
    with pytest.raises(UsageError, match="there is no edition"):
        withdraw(tmp_path / "outputs", "x", "Falsch.", town=tmp_path, ledger=tmp_path)


# -- the ledger's lines -----------------------------------------------------------------------------------------------

TAKEN = Withdrawal(id="a", withdrawn=DAY.date(), reason="Falsch.")


def test_the_ledger_is_called_as_the_gate_calls_it():
    assert LEDGER == LEDGER_FOLDER


def test_lines_are_added_once_and_each_follows_upon_the_one_before(tmp_path):
    said = [enter(tmp_path, kind, audience="public", withdrawal=TAKEN, today=DAY.date()) for kind in KINDS]
    assert said == [True, False, True, False]
    assert [line.kind for line in read_lines(tmp_path)] == ["withdrawn", "restored"]


KINDS = ("withdrawn", "withdrawn", "restored", "restored")


def test_a_changed_line_is_found(tmp_path):
    for kind in KINDS:
        enter(tmp_path, kind, audience="public", withdrawal=TAKEN, today=DAY.date())
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    write(tmp_path / FILE, text.replace("Falsch.", "Richtig.", 1))
    with pytest.raises(DataError, match="line 2: the line does not follow"):
        read_lines(tmp_path)


def test_half_a_line_was_never_entered(tmp_path):
    enter(tmp_path, "withdrawn", audience="public", withdrawal=TAKEN, today=DAY.date())
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write('{"half": ')
    assert len(read_lines(tmp_path)) == 1
    enter(tmp_path, "restored", audience="public", withdrawal=TAKEN, today=DAY.date())
    assert [line.kind for line in read_lines(tmp_path)] == ["withdrawn", "restored"]


# -- putting back -----------------------------------------------------------------------------------------------------


def test_an_earlier_edition_is_put_back_as_a_new_one(folder):
    before = (folder / "outputs.editions" / "0001" / "manifest.json").read_bytes()
    assert rollback(folder / "outputs", None, DE) == 1
    assert (folder / "outputs" / "manifest.json").read_bytes() == before
    assert is_whole(folder / "outputs")
    report = json.loads(page(folder, "run.json"))
    assert (report["edition"], report["restored"]) == (3, 1)
    assert [(e.number, e.restored) for e in editions(folder / "outputs")] == [(3, 1), (2, None), (1, None)]


def test_what_is_not_ours_stays_when_an_edition_is_put_back(folder):
    write(folder / "outputs" / "README.md", "foreign")
    rollback(folder / "outputs", 1, DE)
    assert page(folder, "README.md") == "foreign"


def test_a_withdrawn_finding_does_not_come_back(folder, places):
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    rollback(folder / "outputs", 1, DE)
    assert states(folder) == {"trend-older": "withdrawn", "trend-children": "current"}
    assert "Zurückgezogen am 04.03.2026" in page(folder)


def test_an_edition_that_holds_a_withdrawn_finding_is_refused(folder, places, tmp_path):
    """It was put among the editions by hand, for example from a backup."""
    with hold(folder / "outputs", []):
        pass
    import shutil

    shutil.copytree(folder / "outputs.editions" / "0001", tmp_path / "backup")
    withdraw(folder / "outputs", "trend-older", "Falsch.", **places)
    shutil.copytree(tmp_path / "backup", folder / "outputs.editions" / "0001", dirs_exist_ok=True)
    with pytest.raises(RollbackError, match="edition 1 holds the finding trend-older, which was withdrawn"):
        rollback(folder / "outputs", 1, DE)


def test_a_damaged_edition_is_refused(folder):
    kept = folder / "outputs.editions" / "0001" / "trend" / "older.de.html"
    kept.unlink()
    write(kept, "torn")
    with pytest.raises(RollbackError, match=r"edition 1 is damaged: trend/older\.de\.html"):
        rollback(folder / "outputs", 1, DE)


def test_an_edition_for_others_is_refused(folder):
    run_plan(order(folder, audience="administration"))
    with pytest.raises(RollbackError, match="edition 2 is of probestadt for public"):
        rollback(folder / "outputs", None, DE)


def test_there_is_no_such_edition(folder):
    with pytest.raises(UsageError, match="there is no earlier edition 7; there are: 1"):
        rollback(folder / "outputs", 7, DE)


# -- the feed ---------------------------------------------------------------------------------------------------------


def test_the_feed_tells_of_each_edition_the_newest_first(folder):
    assert feed(folder) == [DE.text("New edition")] * 2
    root = ET.fromstring(page(folder, "feed.xml"))
    times = [entry.findtext(f"{ATOM}updated") for entry in root.iter(f"{ATOM}entry")]
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in ids)


def test_time_goes_on_in_the_feed_where_a_clock_was_set_back():
    manifest = Manifest(town="a", audience="public")
    first = feed_text(None, manifest, None, DAY)
    second = ET.fromstring(feed_text(first, manifest, manifest, DAY - dt.timedelta(days=1)))
    times = [entry.findtext(f"{ATOM}updated") for entry in second.iter(f"{ATOM}entry")]
    assert times == ["2026-03-04T12:00:01+00:00", "2026-03-04T12:00:00+00:00"]


def test_a_damaged_feed_is_as_none():
    manifest = Manifest(town="a", audience="public")
    assert feed_text("<feed", manifest, manifest, DAY) == feed_text(None, manifest, None, DAY)


def test_a_feed_on_the_web_says_to_what_its_addresses_are_relative(tmp_path):
    """Names stay what they are, and earlier entries follow the folder where it goes."""
    manifest, web = Manifest(town="Musterstadt", audience="public"), "https://a4.example/b/"
    before = feed_text(None, manifest, None, DAY)
    feed = ET.fromstring(whole := feed_text(before, manifest, manifest, DAY, web=web))
    assert feed.get("{http://www.w3.org/XML/1998/namespace}base") == web
    assert [link.get("href") for link in feed.iter(f"{ATOM}link")] == [f"{web}feed.xml", f"{web}index.html"] + 2 * [
        "index.html"
    ]
    old = ET.fromstring(before)
    assert feed.findtext(f"{ATOM}id") == old.findtext(f"{ATOM}id")
    assert feed.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}id") == old.find(f"{ATOM}entry").findtext(f"{ATOM}id")

    site = write_site(tmp_path / "site", {**DOCUMENT, "site": {"url": web}})
    write(site / "index.html", "<!doctype html><title>x</title>")
    for text, problems_found in ((whole, 0), (whole.replace(web, "https://a47.example/b/"), 3)):
        write(site / "feed.xml", text)
        assert len([entry for entry in audit_folder(site).problems if entry.file == "feed.xml"]) == problems_found


def test_the_feed_for_others_is_not_carried_on(folder):
    run_plan(order(folder, audience="administration"))
    assert len(feed(folder)) == 1


# -- the command line -------------------------------------------------------------------------------------------------


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_editions_are_listed(folder):
    said = call("editions", "--output", folder / "outputs", "--language", "en").stdout.splitlines()
    assert [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "WHEN", line) for line in said] == [
        "* edition 2 · WHEN · 2 pages · no release · complete",
        "  edition 1 · WHEN · 2 pages · no release · complete",
    ]
    first = json.loads(call("editions", "--output", folder / "outputs", "--json").stdout.splitlines()[0])
    assert (first["number"], first["public"], first["pages"], first["release"]) == (2, True, 2, None)


def test_a_finding_is_withdrawn_and_restored_by_command(folder):
    given = ("--output", folder / "outputs", "--town", folder / "data" / "probestadt", "--language", "en")
    done = call("withdraw", "trend-older", "--reason", "Falsch.", *given)
    assert (done.exit_code, states(folder)["trend-older"]) == (0, "withdrawn")
    done = call("withdraw", "trend-older", "--restore", *given)
    assert (done.exit_code, done.stderr.strip()) == (0, "trend-older is made again by the next run")
    assert call("withdraw", "trend-older", *given).exit_code == 2


def test_an_edition_is_put_back_by_command(folder):
    done = call("rollback", "1", "--output", folder / "outputs", "--language", "en")
    assert (done.exit_code, done.stderr.strip()) == (0, "edition 1 is public again")
    assert call("rollback", "9", "--output", folder / "outputs").exit_code == 2


def test_a_held_folder_is_exit_code_3(folder):
    with hold(folder / "outputs", []):
        assert call("rollback", "1", "--output", folder / "outputs").exit_code == 3
