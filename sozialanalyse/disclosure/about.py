"""What a Release says of itself: for whom, by which rules, and how much is hidden. Nothing here tells a hidden count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pydantic

from sozialanalyse.catalogue import Text
from sozialanalyse.disclosure.primary import EXCLUDED, reason_names
from sozialanalyse.documents import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialanalyse.disclosure.decision import Decision
    from sozialanalyse.disclosure.rules import Rules

PUBLISHED_BEFORE = "published_elsewhere"
"""Why the promise excludes a cell that an earlier release has shown."""

EXCLUDED_AS = {"marked": "marked", "public_denominator_too_small": "denominator_below_k"}
"""Reasons of :mod:`.primary` that exclude a cell from the promise, as readers of a Release know them."""


class MeasureRule(Model):
    """What a rule says of a measure, as far as readers of a Release may know it."""

    measure: str
    k: int
    zeros: str
    saturated: bool
    width: int
    public: bool
    rounded_to: int | None
    symbol: str
    basis: Text
    reference: str | None
    approved_by: str | None


class Excluded(Model):
    """A cell that the promise excludes, and why."""

    area: str
    measure: str
    sex: str
    age_from: int
    age_to: int
    period_end: str
    reason: str


class Hiding(Model):
    """How many cells of those that sums tie together are shown and hidden, and how far from the least possible that may be."""

    measures: str
    period_end: str | None
    cells: int
    hidden: int
    method: str
    gap: float | None = None


class AlteredMeasure(Model):
    """A measure of which other numbers are shown than were counted, and how far these are from the counts."""

    measure: str
    method: str
    additive: bool
    changed: float
    mean: float
    largest: float


class About(Model):
    """What a Release says of itself.

    ``sha256``: of all that it holds. ``cells``: of the states and values of its cells, as the ledger keeps them. ``before``: hash
    of the ledger's last line when it was made, empty for the first release.
    """

    schema_version: Literal[1] = pydantic.Field(default=1, alias="schema")
    town: str
    audience: str
    number: int = 0
    sha256: str = ""
    cells: str = ""
    before: str = ""
    rules_hash: str = ""
    rules: tuple[MeasureRule, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    hiding: tuple[Hiding, ...] = ()
    altered: tuple[AlteredMeasure, ...] = ()
    revised: int = 0

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def rule(self, measure: str) -> MeasureRule | None:
        """Return the rule of a measure; None where it is none of the Release's."""
        return next((rule for rule in self.rules if rule.measure == measure), None)


def about_decision(town: str, decision: Decision, rules: Rules, audience: str) -> About:
    """Write down what a decision was made by and what came of it."""
    measures = sorted(decision.cells.frame["measure"].astype(str).unique())
    return About(
        town=town,
        audience=audience,
        rules_hash=rules.hash,
        rules=tuple(_rule(rules, measure, audience) for measure in measures),
        excluded=tuple(_excluded(decision)),
        hiding=tuple(_hiding(decision.parts)),
    )


def _rule(rules: Rules, measure: str, audience: str) -> MeasureRule:
    rule = rules.of(measure, audience)
    same = ("k", "zeros", "saturated", "width", "public", "rounded_to", "symbol", "basis", "reference", "approved_by")
    return MeasureRule(measure=measure, **{name: getattr(rule, name) for name in same})


def _excluded(decision: Decision) -> Iterator[Excluded]:
    """List the cells of terms that the promise excludes, each with its first reason."""
    frame = decision.cells.frame
    excluded = decision.exposed | ((decision.reasons & int(EXCLUDED)) != 0)
    names = ("area", "measure", "sex", "age_from", "age_to", "period_end")
    for number in (excluded & (frame["kind"] == "term").to_numpy()).nonzero()[0]:
        row = frame.iloc[number]
        found = [EXCLUDED_AS[name] for name in reason_names(int(decision.reasons[number])) if name in EXCLUDED_AS]
        reason = PUBLISHED_BEFORE if decision.exposed[number] else found[0]
        place = dict(zip(names, row[list(names)], strict=True)) | {"period_end": f"{row['period_end']:%Y-%m-%d}"}
        yield Excluded(**place, reason=reason)


def _hiding(parts: pd.DataFrame) -> Iterable[Hiding]:
    for row in parts.to_dict("records"):
        end = None if pd.isna(row["period_end"]) else f"{row['period_end']:%Y-%m-%d}"
        yield Hiding(
            measures=row["measures"],
            period_end=end,
            cells=row["cells"],
            hidden=row["hidden"],
            method=row["method"],
            gap=_gap(row["weight"], row["bound"]),
        )


def _gap(weight: float, bound: float) -> float | None:
    """Say by which share a pattern may cost more than the least possible, in whole per cent; None where that is not known."""
    return math.ceil(max(weight / bound - 1, 0.0) * 100) / 100 if bound > 0 else None
