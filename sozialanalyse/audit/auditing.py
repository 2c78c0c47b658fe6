"""The audit of a published folder: read every byte, map every number, then calculate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sozialanalyse.audit.attached import FileAudit
from sozialanalyse.audit.attack import attack
from sozialanalyse.audit.elsewhere import merge, pin
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.inferring import learn
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import CELLS, KNOWLEDGE, read_knowledge
from sozialanalyse.audit.marked import bounds_of_marks
from sozialanalyse.audit.names import strange_parts
from sozialanalyse.audit.pages import PageAudit
from sozialanalyse.audit.problems import Problem
from sozialanalyse.audit.relations import relations_of
from sozialanalyse.audit.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sozialanalyse.audit.coverage import Coverage
    from sozialanalyse.audit.knowledge import Knowledge

TEXTS = (".txt", ".md", ".xml", ".svg", ".css", ".js")
"""Endings of files that are read line by line."""

EMPTY = (".lock",)
"""Names of files that hold nothing."""


def audit_folder(folder: Path, knowledge: Iterable[Path] = (), earlier: Iterable[Path] = ()) -> Report:
    """Attack a published folder.

    Parameters
    ----------
    folder
        The output folder, with ``knowledge.json`` and ``cells.csv``.
    knowledge
        Tables of cells that somebody knows besides, in the format of ``cells.csv``.
    earlier
        Folders of earlier editions; their published cells are known, too.

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
    merged = merge(known, list(knowledge), list(earlier))
    relations = relations_of(merged.knowledge)
    relations.marks = bounds_of_marks(known)
    judge = Judge(Figures(known))
    problems, coverage = read_files(folder, judge)
    problems += _faults_of_exclusions(known)
    learn(relations, judge.said, judge.lookup)
    for pinned in merged.pinned:
        pin(relations, pinned)
    return Report(
        town=known.document.town,
        attack=attack(relations),
        problems=tuple(problems),
        coverage=tuple(coverage),
        revised=merged.revised,
        seconds=time.monotonic() - began,
    )


def read_files(folder: Path, judge: Judge) -> tuple[list[Problem], list[Coverage]]:
    """Read every file of a folder and judge what it says.

    Returns
    -------
    tuple
        What is wrong, and how many numerals of each file are mapped.
    """
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    addresses = frozenset(files)
    problems: list[Problem] = []
    coverage: list[Coverage] = []
    texts: list[str] = []
    for file, path in files.items():
        if path.suffix == ".html":
            page = PageAudit(file, path.read_text(encoding="utf-8", errors="replace"), judge, addresses)
            problems += page.problems()
            coverage.append(page.coverage)
            texts.append(page.content.text)
    for file, path in files.items():
        problems += _faults_of_name(file, judge)
        if path.suffix != ".html" and file not in (KNOWLEDGE, CELLS):
            other = FileAudit(file, judge, texts)
            problems += _faults_of_other(other, path)
            coverage.append(other.coverage)
    return problems, coverage


def _faults_of_other(audit: FileAudit, path: Path) -> list[Problem]:
    """Judge a file that is no page by its ending."""
    data = path.read_bytes()
    if path.suffix in (".json", ".ipynb"):
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
