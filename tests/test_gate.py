"""The gate: what passes, what is refused and with which words, and the process of its own that alone opens the town."""

from __future__ import annotations

import json
from datetime import date

import pytest

import sozialanalyse as sa
from sozialanalyse.batch import gate
from sozialanalyse.batch.orders import Order, check_use
from sozialanalyse.disclosure.gate import DisclosureRefused
from sozialanalyse.disclosure.ledger import read_ledger, record
from sozialanalyse.disclosure.places import CACHE_VARIABLE
from sozialanalyse.errors import DataError, Fault, Place, UsageError
from tests.batch_samples import PLAN, order, project
from tests.released import CHILDREN, RULES, rows, write_town

PUBLISHED_ZEROS = RULES.replace("zeros: may_be_hidden", "zeros: published")


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


def test_what_cannot_be_protected_is_refused_with_the_cells_and_the_remedies(tmp_path):
    """The town's total is out; now come its areas, all but two of them zeros that must be shown: who knows one knows the other."""
    total = rows({"0": 30})
    folder = write_town(tmp_path, total, PUBLISHED_ZEROS)
    record(sa.release(sa.open_town(folder)), folder / "releases", date(2025, 3, 1))
    areas = rows({**dict.fromkeys(CHILDREN, 0), "11": 3, "12": 27})
    write_town(tmp_path, areas, PUBLISHED_ZEROS)
    with pytest.raises(DisclosureRefused) as refused:
        sa.release(sa.open_town(folder))
    *cells, remedies = [str(fault) for fault in refused.value.faults]
    said = "area 11: sgb2_recipients (0-14, 2024-12-31) is a count that is too small and cannot be protected"
    assert cells[0].startswith(said)
    assert "zeros: may_be_hidden" in remedies
    assert "merge small areas" in remedies
    assert len(read_ledger(folder / "releases").entries) == 1


def test_an_unknown_audience_is_refused(tmp_path):
    with pytest.raises(UsageError, match="everyone"):
        sa.release(sa.open_town(write_town(tmp_path)), "everyone")


def test_the_process_leaves_a_file_and_the_same_release_as_here(tmp_path):
    folder = write_town(tmp_path / "town")
    here = sa.write_release(sa.release(sa.open_town(folder)), tmp_path / "here")
    with gate.released(folder, "public", only_look=True) as made:
        there = sa.open_release(made.file)
        assert (made.sha256, made.number) == (there.sha256, 1)
        assert there.sha256 == here.sha256
        kept = made.file
    assert not kept.exists()
    assert not (folder / "releases").exists()  # nothing was published


def test_a_published_release_is_entered_by_the_process(tmp_path):
    folder = write_town(tmp_path / "town")
    with gate.released(folder, "public") as made:
        assert gate.entered(made.file, folder) == 1
        assert gate.entered(made.file, folder) == 1
    (line,) = (folder / "releases" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["release"] == made.sha256
    with gate.released(folder, "public") as again:  # from the cache: nothing else was published
        assert (again.sha256, again.number, again.ledger) == (made.sha256, made.number, made.ledger)


def test_faults_of_the_town_come_back_as_they_were(tmp_path):
    folder = write_town(tmp_path / "town", rows() + "99,2024-12-31,sgb2_recipients,,0-14,7,\n")
    with pytest.raises(DataError) as here:
        sa.open_town(folder)
    with pytest.raises(DataError) as there, gate.released(folder, "public"):
        pass
    assert str(there.value) == str(here.value)
    with pytest.raises(UsageError, match="there is no town in nowhere"), gate.released(tmp_path / "nowhere", "public"):
        pass


def test_a_ledger_that_cannot_be_written_stops_before_anything_is_made(tmp_path):
    folder = write_town(tmp_path / "town")
    (folder / "releases").write_text("no folder")
    with pytest.raises(UsageError, match="--ledger"), gate.released(folder, "public"):
        pass
    with gate.released(folder, "public", ledger=tmp_path / "elsewhere") as made:
        assert made.number == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"period_end": {"date": "2024-12-31"}}, "2024-12-31"),
        ({"period_end": 3.5}, "3.5"),
        ({"period_end": None}, "None"),
    ],
)
def test_errors_are_made_again_from_plain_values(values, said):
    fault = {"message": "on {period_end}", "values": values, "place": [None, None, None, None]}
    made = gate._error("DataError", [fault])
    assert isinstance(made, DataError)
    assert str(made) == f"on {said}"


def test_dates_keep_their_form():
    fault = {"message": "{day:%d.%m.%Y}", "values": {"day": {"date": "2024-12-31"}}, "place": ["a.csv", 3, None, "01"]}
    made = gate._error("DisclosureRefused", [fault])
    assert isinstance(made, gate.RefusedError)
    assert made.faults == (Fault("{day:%d.%m.%Y}", {"day": date(2024, 12, 31)}, Place("a.csv", 3, None, "01")),)
    assert str(made) == "a.csv, line 3, area 01: 31.12.2024"


def test_notebooks_that_read_the_town_itself_are_for_those_who_keep_the_data(tmp_path):
    folder = project(tmp_path, PLAN.split("  - {id: broken")[0])
    notebook = folder / "notebooks" / "trend.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace('release: str = \\"\\"', 'other: str = \\"\\"'))
    with pytest.raises(UsageError, match=r"reads the town's own files.*--audience statistics_unit"):
        check_use(order(folder))
    check_use(order(folder, audience="statistics_unit"))


def test_children_get_a_file_and_no_way_to_the_town(tmp_path):
    folder = project(tmp_path)
    made = order(folder, release=tmp_path / "town.release", raw=tmp_path)
    assert made.given == {"release": str(tmp_path / "town.release"), "town": "", "raw": None, "audience": "public"}
    unprotected = order(folder, release=tmp_path / "town.release", audience="statistics_unit")
    assert isinstance(unprotected, Order)
    assert unprotected.given["town"] == str(folder / "data" / "probestadt")
