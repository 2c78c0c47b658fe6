"""Canaries: what is hidden stands in no published file, in no form, and the processes that make pages never had it.

A small town is run for the public, in both languages. In its district Nord every quarter must be hidden: Anger counts two
to four children, and the other two protect it. Each hidden count is chosen so that it, its rate in any rounding and what it
leaves of its whole are digits that stand nowhere else.
"""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import psutil
import pytest

from sozialanalyse.audit import audit_folder
from tests.canary_town import CHILDREN, DATES, HIDDEN, write_canaries, write_notebooks
from tests.pictures import svg_at
from tests.planted_faults import FAULTS, last_year
from tests.test_audit import reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

TOWN = "kanarienvogel"
"""Name of the town's folder, by which a trace of it is recognised."""

WAITING = """\
from pathlib import Path
from time import sleep, time
until = time() + 60
ready = Path("ready")
if language == "de":
    ready.touch()
while ready.exists() and time() < until:
    sleep(0.1)
"""
"""Put behind a notebook: holds the process of its first page, with all that it has read, until it has been looked at."""


# ------------------------------------------------------------------------------------------------- forms of a hidden number


def in_decimals(number: float, decimals: int) -> set[str]:
    """A number with decimals as the languages write it, if that is enough digits to be known by."""
    text = f"{number:.{decimals}f}"
    return {text, text.replace(".", ",")} if len(text.replace(".", "").lstrip("0")) > 1 else set()


def whole(count: int) -> set[str]:
    """A count with every separator of thousands; one of a single digit stands everywhere and is not looked for."""
    if count < 10:
        return set()
    plain = f"{count:,}"
    return {str(count), f"{count}.0", *(plain.replace(",", sign) for sign in ",.' \u00a0\u202f\u2009")}


def forms(count: int, of: int) -> set[str]:
    """All ways in which a hidden count may be told: itself, what it leaves of its whole, its rate."""
    rates = {
        text for factor in (1, 100, 1000) for digits in range(1, 6) for text in in_decimals(count / of * factor, digits)
    }
    return whole(count) | whole(of - count) | rates


def pattern(texts: set[str]) -> re.Pattern[str]:
    """Find any of the texts where it is a number of its own and no part of a longer one."""
    found = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<![\w.,])(?:{found})(?![\w]|[.,]\d)")


CANARIES = {
    text
    for area, counts in HIDDEN.items()
    for count, of in zip(counts, CHILDREN[area], strict=True)
    for text in forms(count, of)
}
LONG = {text for text in CANARIES if len(re.sub(r"\D", "", text).lstrip("0")) > 3}
"""Of four digits and more: looked for in every byte. Shorter ones also are widths and coordinates, so they are looked for in all
that is read."""


def test_the_forms_of_a_canary():
    assert {"823", "7.104", "7,104", "7104", "10,4", "10.38", "0.10382", "103,822"} <= forms(823, 7927)
    assert forms(4, 587) & {"4", "0.7", "0.0"} == set(), "too short to be known by"
    assert {"583", "0.68", "0,68", "0.681", "6.8", "6.81"} <= forms(4, 587)


# --------------------------------------------------------------------------------------------------- every layer of a file


@dataclass
class Texts(HTMLParser):
    """All that is read of a page: texts, attributes that are read out, and pictures within it."""

    read: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    silent: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag == "style"
        for name, value in attrs:
            if value and value.startswith("data:"):
                self.pictures.append(svg_at(value).encode())
            elif value and name not in {"style", "class", "href"}:
                self.read.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.read.append(data)


def layers(name: str, content: bytes) -> Iterator[tuple[str, str, str]]:
    """Take a file apart: where, all its text, and of that what is read; archives and pictures are opened."""
    if content[:2] == b"\x1f\x8b":
        yield from layers(name.removesuffix(".gz"), gzip.decompress(content))
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from layers(f"{name}/{member}", archive.read(member))
    else:
        text = content.decode("utf-8", "replace")
        yield from _layers_of_text(name, text)


def _layers_of_text(name: str, text: str) -> Iterator[tuple[str, str, str]]:
    if name.endswith(".svg"):
        read = [*ET.fromstring(text).itertext()] if text else []
        yield name, text, "\n".join(read)
    elif name.endswith(".html"):
        page = Texts()
        page.feed(text)
        yield name, re.sub(r"base64,[\w+/=]+|(?<=svg\+xml,)[^']+", "", text), "\n".join(page.read)
        for number, picture in enumerate(page.pictures, start=1):
            yield from layers(f"{name}/{number}.svg", picture)
    else:
        apart = f"{text}\n{text.replace(',', ' ; ')}"  # a comma may part numbers as well as belong to one
        yield name, apart, apart if name.endswith((".csv", ".json", ".txt")) else ""


def sightings(name: str, content: bytes) -> set[str]:
    """The canaries in a file, each with the layer where it was seen."""
    found = set()
    for where, everything, read in layers(name, content):
        found |= {
            f"{where}: {seen}"
            for texts, searched in ((LONG, everything), (CANARIES, read))
            for seen in pattern(texts).findall(searched)
        }
    return found


PAGE = '<style>p {width: 10.4rem}</style><p title="%s">Kinder</p><img alt="%s" src="data:image/svg+xml;base64,%s"><p>%s</p>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 10.4 L 2473.5 31.2"/><text>%s</text></svg>'


def page_with(title: str = "", alt: str = "", svg: str = "", text: str = "") -> bytes:
    return (PAGE % (title, alt, base64.b64encode((SVG % svg).encode()).decode(), text)).encode()


def zipped(name: str, content: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", page_with(text="Es sind 2.473 Kinder.")),
        ("a.html", page_with(text="Es sind 2&nbsp;473 Kinder.")),
        ("a.html", page_with(title="10,4 %")),
        ("a.html", page_with(alt="31,2")),
        ("a.html", page_with(svg="31.17")),
        ("a.html", b"<!-- 0.31174 --><p>Kinder</p>"),
        ("a.json", json.dumps({"summary": "10,38 %"}).encode()),
        ("a.csv", b"area,value\n12,823\n"),
        ("a.csv.gz", gzip.compress(b"area,value\n12,823.0\n", mtime=0)),
        ("a.xlsx", zipped("sheet.csv", b"area,complement\n12,7104\n")),
    ],
)
def test_a_canary_is_seen_wherever_it_sits(name, content):
    assert len(sightings(name, content)) >= 1


def test_other_numbers_are_not_taken_for_canaries():
    assert sightings("a.html", page_with(text="12.473, 0.8230, 110,4 %", title="2.4731", svg="310", alt="82")) == set()


# ------------------------------------------------------------------------------------------------------------------ the run


@dataclass
class Process:
    """What a process of a page had when it had made its page: of its memory the size, and which traces of the town were in it."""

    command: str
    environment: str
    files: list[str]
    memory: int
    traces: set[str]


@dataclass
class Result:
    """A published folder, what the run said, the file of the Release, and the processes that were looked at."""

    output: Path
    code: int
    said: str
    release: bytes
    processes: list[Process]


@pytest.fixture(scope="module")
def result(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Run the town once and look at the process of the first trend page while it waits."""
    town = write_canaries(tmp_path_factory.mktemp("data") / TOWN)
    project = tmp_path_factory.mktemp("project")
    notebooks = write_notebooks(root, project)
    trend = json.loads((notebooks / "trend.ipynb").read_text(encoding="utf-8"))
    trend["cells"].append(
        {"cell_type": "code", "id": "wait", "metadata": {}, "outputs": [], "execution_count": None, "source": WAITING}
    )
    (notebooks / "trend.ipynb").write_text(json.dumps(trend), encoding="utf-8")
    return run(town, project, tmp_path_factory.mktemp("cache"))


def run(town: Path, project: Path, cache: Path) -> Result:
    command = [sys.executable, "-m", "sozialanalyse", "run", "--town", str(town), "--output", "out", "--workers", "2"]
    environment = os.environ | {"SOZIALANALYSE_CACHE": str(cache), "SOZIALANALYSE_RAW": str(town)}
    log, seen = project / "said.txt", []
    with log.open("wb") as file:
        batch = subprocess.Popen(command, cwd=project, env=environment, stdout=file, stderr=subprocess.STDOUT)
        while not seen and batch.poll() is None:
            time.sleep(0.5)
            seen = looked_at(batch.pid)
        batch.wait()
    (release,) = cache.rglob("*.release")
    return Result(project / "out", batch.returncode, log.read_text(encoding="utf-8"), release.read_bytes(), seen)


def looked_at(batch: int) -> list[Process]:
    """Look at the processes at whose desk a page waits, and at those that they come from; then let them go on."""
    desks: dict[Path, list[psutil.Process]] = {}
    with suppress(psutil.Error):
        for process in psutil.Process(batch).children(recursive=True):
            with suppress(psutil.Error, OSError):
                desks.setdefault(Path(process.cwd()), []).append(process)
    waiting = [(desk / "ready", processes) for desk, processes in desks.items() if (desk / "ready").exists()]
    found = [described(process) for process in with_parents([one for _, own in waiting for one in own], batch)]
    for ready, _ in waiting:
        ready.unlink()
    return found


def with_parents(processes: list[psutil.Process], batch: int) -> list[psutil.Process]:
    """Add the processes from which others were started or forked, but not the batch itself."""
    parents = [parent for process in processes if (parent := process.parent()) is not None and parent.pid != batch]
    return list({process.pid: process for process in [*processes, *parents]}.values())


def described(process: psutil.Process) -> Process:
    maps = process.memory_maps(grouped=False)
    files = [*(file.path for file in process.open_files()), *(place.path for place in maps)]
    size, found = 0, set()
    for part in memory_of(process.pid, [place.addr for place in maps if "w" in place.perms and place.rss]):
        size += len(part)
        found |= {name for name, trace in TRACES.items() if trace in part}
    return Process(" ".join(process.cmdline()), json.dumps(process.environ()), files, size, found)


def memory_of(process: int, spans: list[str]) -> Iterator[bytes]:
    """Read what a process has written into its memory, where the system shows that to its parent."""
    path = Path(f"/proc/{process}/mem")
    if not path.exists():
        return
    with path.open("rb", buffering=0) as memory:
        for span in spans:
            first, last = (int(place, 16) for place in span.split("-"))
            with suppress(OSError):
                memory.seek(first)
                yield memory.read(last - first)


TRACES = {
    "path of the town": TOWN.encode(),
    "line of its file": b"-12-31,sgb2_recipients,,0-14,",
    **{
        f"hidden counts as {name} of {kind}": struct.pack(f"<3{letter}", *numbers)
        for name, numbers in (("series", HIDDEN["12"]), ("column", [HIDDEN[area][-1] for area in HIDDEN]))
        for kind, letter in (("numbers", "d"), ("whole numbers", "q"))
    },
}
"""What a process would hold that had read the town."""


def test_a_process_that_has_read_the_town_is_recognised(tmp_path):
    """The same search, turned on a process that does hold hidden counts."""
    code = f"import struct, sys; kept = struct.pack('<3d', *{HIDDEN['12']}); print(flush=True); sys.stdin.read()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / TOWN)], **pipes) as process:
        process.stdout.readline()
        found = described(psutil.Process(process.pid))
        process.stdin.close()
    assert TOWN in found.command
    if sys.platform == "linux":
        assert {"path of the town", "hidden counts as series of numbers"} <= found.traces


def test_the_run_publishes_four_pages(result):
    assert result.code == 0, result.said
    pages = sorted(path.relative_to(result.output).as_posix() for path in result.output.rglob("*.html"))
    assert pages == [
        "comparison/comparison.de.html",
        "comparison/comparison.en.html",
        "index.html",
        "news.html",
        "trend/trend.de.html",
        "trend/trend.en.html",
    ]


def test_the_canaries_are_what_is_hidden(result):
    """Else nothing is tested: each of them is hidden, and the numbers around them are published."""
    with (result.output / "cells.csv").open(encoding="utf-8", newline="") as file:
        states = {
            (row["area"], row["period_end"]): row["state"]
            for row in csv.DictReader(file)
            if row["measure"] == "sgb2_recipients"
        }
    assert {key: states[key] for key in states if key[0] in HIDDEN} == {
        (area, date): "hidden" for area in HIDDEN for date in DATES
    }
    page = (result.output / "comparison" / "comparison.de.html").read_text(encoding="utf-8")
    assert "8.771" in page, "the number of the whole town, with the three in it"
    assert "27,4" in page, "and its rate"
    assert '<data value="number|found|hidden">3</data>' in page, "and the page says how many are hidden"


def test_no_published_byte_tells_a_canary(result):
    files = [path for path in result.output.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".json", ".csv"}
    assert [seen for path in files for seen in sorted(sightings(path.name, without_times(path)))] == []


def without_times(path: Path) -> bytes:
    """Read a file; of the record of a run without how many seconds its runs took, which are any number."""
    content = path.read_bytes()
    return re.sub(rb'"seconds": [\d.]+', b"", content) if path.name == "run.json" else content


def test_no_file_name_tells_a_canary(result):
    inside = [path.relative_to(result.output).as_posix() for path in result.output.rglob("*")]
    names = " ".join(re.sub(r"[-_/.]", " ", name) for name in inside)
    assert pattern(CANARIES).findall(names) == []


def test_the_release_holds_no_canary(result):
    assert sightings("town.release", result.release) == set()


def test_the_logs_beside_the_pages_hold_no_canary(result):
    logs = "".join(path.read_text(encoding="utf-8") for path in result.output.with_name("out.log").rglob("*.log"))
    assert pattern(LONG).findall(logs + result.said) == []


def test_processes_of_pages_never_had_the_town(result):
    """The notebook's process and its parent, looked at from outside when the page was made and all was still in memory."""
    assert len(result.processes) >= 2, "the process of the notebook and the one that started it"
    for process in result.processes:
        told = [process.command, process.environment, *process.files]
        assert [text for text in told if TOWN in text] == []
        assert not any(name in process.environment for name in ("SOZIALANALYSE_RAW", "SOZIALANALYSE_CACHE"))
        assert not any(path.endswith((".yml", "counts.csv")) for path in process.files)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows a process's memory as a file")
def test_the_memory_of_processes_of_pages_holds_no_trace_of_the_town(result):
    assert [process.command for process in result.processes if process.memory < 1_000_000] == []
    assert {trace for process in result.processes for trace in process.traces} == set()


# --------------------------------------------------------------------------------------------------------- planted faults


@pytest.fixture(scope="module")
def remembered(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Verdicts on the pages as they were published: a fault must be found although all else is remembered."""
    memory = tmp_path_factory.mktemp("verdicts")
    audit_folder(result.output, memory=memory)
    return memory


@pytest.fixture
def edition(result: Result, tmp_path: Path) -> Path:
    return shutil.copytree(result.output, tmp_path / "edition")


def test_the_finished_edition_passes_the_audit_with_every_numeral_mapped(result):
    report = audit_folder(result.output)
    assert reasons(report) == []
    assert report.is_safe
    assert [file.file for file in report.coverage if file.mapped < file.total] == []
    assert sum(file.total for file in report.coverage) > 500


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_planted_in_the_finished_edition_is_found(name, edition, remembered):
    plant, words = FAULTS[name]
    plant(edition)
    report = audit_folder(edition, memory=remembered)
    assert not report.is_safe
    assert any(all(word in reason for word in words.split()) for reason in reasons(report)), reasons(report)


def test_the_edition_of_last_year_that_showed_a_hidden_count_is_found(edition, tmp_path):
    before = shutil.copytree(edition, tmp_path / "before")
    last_year(before)
    assert "exact 11|sgb2_recipients|all|0-14|2022-12-31 3" in reasons(audit_folder(edition, earlier=[before]))


def test_an_edition_that_shows_what_that_of_last_year_hid_is_found(edition, tmp_path):
    after = shutil.copytree(edition, tmp_path / "after")
    last_year(after)
    given = audit_folder(after, earlier=[edition]).given_away
    assert ("exact", "11", 3) in {(entry.kind, entry.area, entry.least) for entry in given}
