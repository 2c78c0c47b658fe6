"""The audit of a published folder: read every byte, map every number, then calculate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sozialanalyse.audit.attack import attack
from sozialanalyse.audit.cubes import CubeAudit
from sozialanalyse.audit.elsewhere import merge, pin, since
from sozialanalyse.audit.feeds import FEED, faults_of_feed
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.inferring import learn
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import CELLS, KNOWLEDGE, read_knowledge
from sozialanalyse.audit.marked import bounds_of_marks
from sozialanalyse.audit.memory import Memory, Verdict
from sozialanalyse.audit.names import strange_parts
from sozialanalyse.audit.pages import PageAudit, leads_to
from sozialanalyse.audit.problems import Problem
from sozialanalyse.audit.relations import relations_of
from sozialanalyse.audit.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialanalyse.audit.attack import Attack, Disclosure
    from sozialanalyse.audit.coverage import Coverage
    from sozialanalyse.audit.elsewhere import Merged
    from sozialanalyse.audit.knowledge import Knowledge

TEXTS = (".txt", ".md", ".xml", ".svg", ".css", ".js")
"""Endings of files that are read line by line."""

DOWNLOADS = (".csv", ".xlsx", ".json", ".jsonld", ".geojson")
"""Endings of files for download, which stand in folders."""

EMPTY = (".lock",)
"""Names of files that hold nothing."""


def audit_folder(
    folder: Path, knowledge: Iterable[Path] = (), earlier: Iterable[Path] = (), memory: Path | None = None
) -> Report:
    """Attack a published folder.

    Parameters
    ----------
    folder
        The output folder, with ``knowledge.json`` and ``cells.csv``.
    knowledge
        Tables of cells that somebody knows besides, in the format of ``cells.csv``.
    earlier
        Folders of earlier editions; their published cells are known, too.
    memory
        Folder of verdicts on pages and cells that have not changed since; nothing: everything is read and attacked again.

    Returns
    -------
    Report
        What was found; :attr:`.Report.is_safe` says whether the folder may be published.

    Raises
    ------
    DataError
        When what the audit rests on is missing or not as agreed.
    """
    began = time.monotonic()
    known = read_knowledge(folder)
    earlier = list(earlier)
    merged = merge(known, list(knowledge), earlier)
    judge = Judge(Figures(known))
    remembered = Memory(memory, folder)
    problems, coverage = read_files(folder, judge, remembered)
    problems += _faults_of_exclusions(known)
    is_alone = not judge.said and not merged.pinned
    return Report(
        town=known.document.town,
        attack=remembered.attack(lambda: _attack(merged, judge)) if is_alone else _attack(merged, judge),
        problems=tuple(problems),
        coverage=tuple(coverage),
        revised=merged.revised,
        given_away=tuple(entry for folder_before in earlier for entry in _given_away(known, folder_before)),
        seconds=time.monotonic() - began,
    )


def _attack(merged: Merged, judge: Judge) -> Attack:
    """Attack the cells with all that pages say of hidden ones, and with what is known from elsewhere."""
    relations = relations_of(merged.knowledge)
    relations.marks = bounds_of_marks(judge.figures.knowledge)
    learn(relations, judge.said, judge.lookup)
    for pinned in merged.pinned:
        pin(relations, pinned)
    return attack(relations)


def _given_away(known: Knowledge, folder: Path) -> list[Disclosure]:
    """Find what an earlier edition hid and can be calculated since this one is there."""
    before = read_knowledge(folder)
    together, pinned = since(known, before)
    if pinned.cells.empty and len(together.cells) == len(before.cells):
        return []  # nothing is public that was not then
    alone = set(attack(relations_of(before)).disclosures)
    relations = relations_of(together)
    pin(relations, pinned)
    return [entry for entry in attack(relations).disclosures if entry not in alone]


def read_files(folder: Path, judge: Judge, memory: Memory) -> tuple[list[Problem], list[Coverage]]:
    """Read every file of a folder and judge what it says.

    Parameters
    ----------
    folder
        With the published files.
    judge
        Knows the published cells.
    memory
        Knows pages that were in order.

    Returns
    -------
    tuple
        What is wrong, and how many numerals of each file are mapped.
    """
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    addresses = frozenset(files)
    judge.lookup.sizes.update({file: path.stat().st_size for file, path in files.items()})
    problems: list[Problem] = []
    coverage: list[Coverage] = []
    texts: list[str] = []
    for file, path in files.items():
        if path.suffix == ".html":
            found, verdict = _judge_page(file, path.read_bytes(), judge, addresses, memory)
            problems += found
            coverage.append(verdict.coverage)
            texts.append(verdict.text)
    for file, path in files.items():
        problems += _faults_of_name(file, judge)
        if path.suffix != ".html" and file not in (KNOWLEDGE, CELLS):
            other = CubeAudit(file, judge, () if _is_download(file) else texts)
            found, counted = (
                (list(faults_of_feed(other, path.read_bytes(), addresses)), other.coverage)
                if file == FEED
                else _judge_other(other, path, memory)
            )
            problems += found
            coverage.append(counted)
    return problems, coverage


def _judge_page(
    file: str, data: bytes, judge: Judge, addresses: frozenset[str], memory: Memory
) -> tuple[list[Problem], Verdict]:
    """Judge a page, or recall what was found when it was the same."""
    verdict = memory.page(file, data)
    if verdict is not None and all(leads_to(link, file, addresses, judge.web_address) for link in verdict.links):
        return [], verdict
    page = PageAudit(file, data.decode("utf-8", "replace"), judge, addresses)
    problems = page.problems()
    verdict = Verdict(page.coverage, page.content.text, page.links)
    if not problems:
        memory.keep_page(file, data, verdict)
    return problems, verdict


def _is_download(file: str) -> bool:
    """Whether a file is for download: then it quotes no page, and the verdict on it rests on nothing but itself."""
    return "/" in file and file.endswith(DOWNLOADS)


def _judge_other(audit: CubeAudit, path: Path, memory: Memory) -> tuple[list[Problem], Coverage]:
    """Judge a file that is no page; one for download may be the same as when it was in order."""
    if not _is_download(audit.file):
        return _faults_of_other(audit, path), audit.coverage
    data = path.read_bytes()
    verdict = memory.page(audit.file, data)
    if verdict is not None:
        return [], verdict.coverage
    problems = _faults_of_other(audit, path)
    if not problems:
        memory.keep_page(audit.file, data, Verdict(audit.coverage, ""))
    return problems, audit.coverage


def _faults_of_other(audit: CubeAudit, path: Path) -> list[Problem]:
    """Judge a file that is no page by its ending."""
    data = path.read_bytes()
    if path.suffix == ".geojson":
        return list(audit.shapes(data))
    if path.suffix in (".json", ".jsonld", ".ipynb"):
        return list(audit.structure(data))
    if path.suffix == ".csv":
        return list(audit.separated(data))
    if path.suffix == ".xlsx":
        return list(audit.workbook(data))
    if path.suffix in TEXTS or not data:
        return list(audit.plain(data.decode("utf-8", "replace")))
    message = "the file cannot be read, so nobody knows what it tells"
    return [Problem("opaque", audit.file, "", message)]


def _faults_of_name(file: str, judge: Judge) -> list[Problem]:
    """Find numerals in a file's name that are neither ids of areas nor years."""
    strange = strange_parts(file, judge)
    if not strange:
        return []
    message = "the name of the file holds {numerals}, which is no area and no year"
    return [Problem("unmapped", file, "", message, {"numerals": ", ".join(strange)})]


def _faults_of_exclusions(known: Knowledge) -> list[Problem]:
    """Find cells that the release excludes from its promise although nothing public says so."""
    cells = set(known.cells.loc[known.cells["state"] == "hidden", "cell"])
    message = "the release excludes the cell {cell} from its promise, but it is not among the hidden ones"
    return [
        Problem("knowledge", KNOWLEDGE, "excluded", message, {"cell": entry.cell})
        for entry in known.document.excluded
        if entry.cell not in cells and entry.reason != "published_elsewhere"
    ]
