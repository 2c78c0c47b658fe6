"""Whole releases of towns: how much is hidden, how near to the least possible, how long it takes, and what the audit finds."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks._printing import percent, say, table
from sozialanalyse.audit.auditing import audit_folder
from sozialanalyse.disclosure.gate import DisclosureRefused, release
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.release_files import CELLS, KNOWLEDGE, write_release
from sozialanalyse.town import open_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks._printing import Criteria
    from sozialanalyse.audit.report import Report
    from sozialanalyse.disclosure.release import Release

PROJECT: Final = Path(__file__).parent.parent
RAW: Final = Path(os.environ.get("SOZIALANALYSE_RAW", PROJECT.parent / "shared" / "data"))

WITHIN: Final = 300.0
"""Seconds of one core."""

OWN_COUNTS: Final = """\
schema: 1
rules:
  - id: residents
    measures: [population]
    public: true
    basis: {de: Jahrbuch, en: Yearbook}
    review: open
    approval: open
  - id: own_counts
    sources: [einwohnerregister, mss_2013, mss_2017]
    basis: {de: Zur Erprobung, en: For trial}
    review: open
    approval: open
    audiences: {statistics_unit: 1, administration: 5, public: 5}
"""
"""Rules for Berlin as if all counts but the residents were the town's own, none of them published yet."""


class Trial(NamedTuple):
    """A town to release: a name, its folder, raw files, and rules in place of its own."""

    name: str
    folder: Path
    raw: Path | None
    rules: str | None


def towns(criteria: Criteria) -> None:
    """Release towns, audit the releases, print and judge."""
    rows = []
    for trial in _trials():
        row = _released(trial, criteria)
        rows += [] if row is None else [row]
    table("whole releases; seconds are those of all cores together", rows)


def _trials() -> Iterator[Trial]:
    yield Trial("Musterstadt", PROJECT / "data" / "musterstadt", None, None)
    if (RAW / "berlin").is_dir():
        berlin = PROJECT / "data" / "berlin"
        yield Trial("Berlin", berlin, RAW, None)
        yield Trial("Berlin, own counts", berlin, RAW, OWN_COUNTS)
    else:
        say(f"Berlin is left out: its raw files are not in {RAW} (set SOZIALANALYSE_RAW)")


def _released(trial: Trial, criteria: Criteria) -> dict[str, object] | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "town"
        shutil.copytree(trial.folder, folder, ignore=shutil.ignore_patterns("releases"))
        if trial.rules is not None:
            (folder / "disclosure.yml").write_text(trial.rules, encoding="utf-8")
        town = open_town(folder, trial.raw)
        begin = _seconds()
        try:
            made = release(town)
        except DisclosureRefused as refusal:
            criteria.judge(False, f"{trial.name}: released (refused: {len(refusal.faults) - 1} counts)")  # noqa: FBT003
            return None
        end = _seconds()
        report = _audited(made, Path(name))
    row = _row(trial.name, made, report, (end - begin, _seconds() - end))
    _judge(criteria, trial.name, row, report)
    return row


def _seconds() -> float:
    """Seconds of all cores that this process and those that it started have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _audited(made: Release, folder: Path) -> Report:
    """Attack what a release tells everybody, without pages."""
    made = write_release(made, folder / "town.release")
    public = folder / "public"
    public.mkdir()
    with zipfile.ZipFile(folder / "town.release") as archive:
        (public / CELLS).write_bytes(archive.read(CELLS))
    (public / KNOWLEDGE).write_text(json.dumps(knowledge_of(made)), encoding="utf-8")
    return audit_folder(public)


def _row(name: str, made: Release, report: Report, seconds: tuple[float, float]) -> dict[str, object]:
    parts = made.about.hiding
    gaps = [part.gap for part in parts if part.gap is not None]
    hidden = sum(part.hidden for part in parts)
    return {
        "town": name,
        "cells": len(made.states),
        "parts": len(parts),
        "in them": sum(part.cells for part in parts),
        "hidden": hidden,
        "worst gap %": percent(max(gaps, default=0.0)),
        "mean gap %": percent(sum((part.gap or 0.0) * part.hidden for part in parts) / max(hidden, 1)),
        "not proven": sum(part.method != "optimal" for part in parts),
        "no insiders": sum(not part.insider for part in parts),
        "release s": seconds[0],
        "audit s": seconds[1],
        "disclosed": len(report.attack.disclosures),
    }


def _judge(criteria: Criteria, name: str, row: dict[str, object], report: Report) -> None:
    taken = float(str(row["release s"])) + float(str(row["audit s"]))
    criteria.judge(taken <= WITHIN, f"{name}: released and audited within {WITHIN:g} s of one core ({taken:.0f})")
    criteria.judge(report.is_safe, f"{name}: the audit finds nothing ({len(report.attack.disclosures)} disclosed)")
