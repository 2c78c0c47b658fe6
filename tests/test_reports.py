"""The report of a town's data: what a data keeper reads, and what `check` says and answers with its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from sozialanalyse import quality
from sozialanalyse.cli import app
from sozialanalyse.findings import reports
from tests.small_town import MAPPED, TOWN, write_town

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
01,2011-12-31,population,,,1250,
02,2011-12-31,population,,,980,
0,2011-12-31,population,,,2230,
"""


def examined(folder: Path, counts: str = GOOD, **files: str) -> quality.Examined:
    return quality.examine(write_town(folder, counts, **files), folder)


def test_a_good_delivery_has_nothing_odd(tmp_path):
    found = examined(tmp_path)
    assert not found.has_errors
    assert reports.verdict(found, reports.Language("de")) == "Fehler: 0, Warnungen: 0, Hinweise: 0"
    assert reports.irregularities(found, "de").text == "Es ist nichts aufgefallen."
    assert reports.faults(found, "de").text == ""


def test_the_report_says_how_a_file_is_written(tmp_path):
    text = reports.deliveries(examined(tmp_path), "de").text
    assert text.splitlines() == [
        "Was geliefert wurde",
        "Datei\tQuelle\tGeliefert am\tGeschrieben in\tZeilen",
        "counts.csv\tRegister\t–\tutf-8 (erkannt), Komma (erkannt)\t3",
    ]


def test_a_faulty_file_is_reported_not_raised(tmp_path):
    found = examined(tmp_path, "01,2011-12-31,population,,,12x,\n")
    assert found.data is None
    assert found.has_errors
    first, second = reports.faults(found, "en").text.splitlines()
    assert first == "The files of the town have faults; until they are mended nothing else can be checked."
    assert second.startswith("counts.csv, line 2, area 01: '12x' is no number")
    for part in (reports.deliveries, reports.completeness, reports.gaps, reports.revisions, reports.breaks):
        assert part(found, "en").text == ""


def test_a_broken_sum_is_an_error_with_its_place(tmp_path):
    found = examined(tmp_path, GOOD.replace("2230", "22300"))
    assert [one.check for one in found.of("error")] != []
    assert "counts.csv" in reports.irregularities(found, "en").text


def test_completeness_counts_areas(tmp_path):
    counts = GOOD + "01,2012-12-31,population,,,1260,\n"
    lines = reports.completeness(examined(tmp_path, counts), "de").text.splitlines()
    assert (
        lines[:3]
        == [
            "Vollständige Gebiete: Städte",
            "Messgröße\t31.12.2011",
            "Einwohnerinnen und Einwohner\t1/1",
        ]
        or "Einwohnerinnen und Einwohner\t2/2\t1/2" in lines
    )


REVISED = TOWN + (
    "counts:\n"
    "  - {file: counts.csv, source: register, delivered: 2012-03-01}\n"
    "  - {file: later.csv, source: register, delivered: 2012-09-01}\n"
)
LATER = "area,period,measure,sex,age,value,status\n01,2011-12-31,population,,,1251,\n0,2011-12-31,population,,,2231,\n"


def test_revisions_show_both_values(tmp_path):
    text = reports.revisions(examined(tmp_path, town__yml=REVISED, later__csv=LATER), "de").text
    assert "01\tpopulation\t31.12.2011\t1.250\t1.251\tcounts.csv:2\tlater.csv:2" in text.splitlines()


CORRECTION = """\
schema: 1
corrections:
  - area: "01"
    measure: population
    date: 2011-12-31
    expected: 1520
    value: 1250
    reason: digits transposed
    who: Statistikstelle
    decided: 2012-04-01
    status: accepted
"""


def test_corrections_say_who_and_why(tmp_path):
    found = examined(tmp_path, GOOD.replace("1250", "1520"), corrections__yml=CORRECTION)
    assert not found.has_errors
    text = reports.corrections(found, "en").text
    assert "01\tpopulation\t2011-12-31\t1520\t1250\tdigits transposed\tStatistikstelle, 1\xa0April\xa02012" in text


def test_names_from_files_are_text(tmp_path):
    areas = "area,name,level,parent\n0,Klein,stadt,\n01,<script>alert(1)</script>,ortsteil,0\n02,Süd,ortsteil,0\n"
    found = examined(tmp_path, GOOD.replace("2230", "22300"), areas__csv=areas)
    shown = [reports.irregularities(found, "de"), reports.gaps(found, "de"), reports.completeness(found, "de")]
    assert not any("<script" in part.html for part in shown)


# ------------------------------------------------------------------ the command


def check(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["check", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_check_ends_with_0_where_nothing_is_wrong(tmp_path):
    write_town(tmp_path, GOOD)
    code, said, wrong = check("--town", str(tmp_path))
    assert (code, wrong) == (0, "")
    assert said.startswith("Klein: 3 Zahlen zu 1 Messgrößen, 31.12.2011 bis 31.12.2011, für 3 Gebiete.")


@pytest.mark.parametrize("value", ["12x", "22300"])
def test_check_ends_with_1_on_errors(tmp_path, value):
    write_town(tmp_path, GOOD.replace("2230", value))
    code, _, wrong = check("--town", str(tmp_path))
    assert code == 1
    assert "counts.csv" in wrong


def test_check_writes_the_report_of_a_faulty_town(tmp_path):
    write_town(tmp_path, GOOD.replace("2230", "12x"))
    code, said, _ = check("--town", str(tmp_path), "--report", str(tmp_path / "new" / "report.html"))
    page = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert code == 1
    assert "report.html" in said
    assert "»12x« ist keine Zahl" in page
    assert "../index.html" not in page, "the report stands alone"


def test_raw_files_are_asked_for(tmp_path):
    write_town(tmp_path, town__yml=MAPPED, mapping__yml="")
    code, _, wrong = check("--town", str(tmp_path), "--raw", str(tmp_path / "nowhere"))
    assert (code, "nowhere" in wrong) == (2, True)
