"""Files beside a page: they come with the notebook, stand in the edition with their hashes, and go with the finding."""

from __future__ import annotations

import base64

import nbformat
import pytest

from sozialanalyse.batch import run_plan
from sozialanalyse.batch.edition import is_address, read_manifest
from sozialanalyse.batch.offering import DOWNLOADS, OfferError, offered
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.withdrawals import LEDGER
from sozialanalyse.batch.withdrawing import withdraw
from sozialanalyse.errors import DataError
from tests.batch_samples import FINDING, PLAN, SHOW, code, executed, markdown, order, project, runnable, shown

ADDRESS = "trend/older.de.html"


def file(ending="csv", content=b"a;b\r\n", **other):
    plain = {"ending": ending, "name": "CSV <b>", "use": "für Excel", "content": base64.b64encode(content).decode()}
    return plain | other


def rendered(*files, **look):
    heading = markdown("downloads", "## Daten zum Herunterladen")
    source = executed(heading, code("offer", "", outputs=(shown({DOWNLOADS: {"files": list(files)}}),)))
    return render(nbformat.reads(source, as_version=4), "de", "trend", **look)


def test_a_page_links_to_its_files_with_their_size():
    page = rendered(file(content=b"x" * 1001), address=ADDRESS)
    assert page.files == {"trend/older.de.csv": b"x" * 1001}
    link = '<a href="older.de.csv" download>CSV &lt;b&gt;</a> (<data value="size|trend%2Folder.de.csv">2</data> kB): für Excel'
    assert link in page.html


@pytest.mark.parametrize("look", [{}, {"address": ADDRESS, "stands_alone": True}])
def test_a_page_that_stands_alone_offers_nothing(look):
    page = rendered(file(), **look)
    assert page.files == {}
    assert "Herunterladen" not in page.html


def test_metadata_name_the_file_that_they_describe():
    found = offered({"files": [file("tidy.csv-metadata.json", b'{"url": "{file}"}')]}, ADDRESS)
    assert found == {"trend/older.de.tidy.csv-metadata.json": b'{"url": "older.de.tidy.csv"}'}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"files": [file("exe")]},
        {"files": [file("../x.csv")]},
        {"files": [file(content=b"") | {"content": "?"}]},
    ],
)
def test_what_is_no_file_is_refused(data):
    with pytest.raises(OfferError):
        offered(data, ADDRESS)


def test_the_page_of_a_bad_offer_is_not_made():
    with pytest.raises(DataError, match="no file to stand beside a page"):
        rendered(file("exe"), address=ADDRESS)


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("trend/older.de.csv", True),
        ("trend/older.de.tidy.csv-metadata.json", True),
        ("downloads/areas-sozialraum.geojson", True),
        ("trend/older.csv", False),
        ("downloads/run.html", False),
        ("downloads/values.exe", False),
        ("downloads/../values.csv", False),
        ("downloads/a/values.csv", False),
    ],
)
def test_addresses_of_files(address, is_one):
    assert is_address(address) == is_one


OFFERS = (SHOW % FINDING) + f"show({{{DOWNLOADS!r}: {{'files': [{file()!r}]}}}})\n"
ONE = (
    PLAN.split("    matrix")[0].replace("trend-{target_group}", "trend-older")
    + "    parameters: {target_group: older}\n"
)


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """An edition of one finding with a file beside it."""
    folder = project(tmp_path_factory.mktemp("project"), ONE, trend=runnable(OFFERS))
    assert run_plan(order(folder)).failures == {}
    return folder


def test_files_stand_in_the_edition_and_live_and_go_with_their_page(edition):
    outputs = edition / "outputs"
    page, beside = outputs / ADDRESS, outputs / "trend" / "older.de.csv"
    assert (page.is_file(), beside.read_bytes()) == (True, b"a;b\r\n")
    assert "trend/older.de.csv" in read_manifest(outputs).hashes

    before = beside.stat().st_ino
    assert run_plan(order(edition)).unchanged == 1
    assert beside.stat().st_ino == before, "nothing was made anew"

    beside.write_bytes(b"touched")
    assert run_plan(order(edition)).made == 1
    assert beside.read_bytes() == b"a;b\r\n"

    town = edition / "data" / "probestadt"
    withdraw(outputs, "trend-older", "Falsche Zuordnung.", town=town, ledger=town / LEDGER)
    assert page.is_file(), "a notice stands there"
    assert not beside.exists()
    assert list(outputs.with_name("outputs.editions").rglob("*.csv")) == []
