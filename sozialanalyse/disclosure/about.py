"""What a Release says of itself: for whom, by which rules, and how much is hidden. Nothing here tells a hidden count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import pydantic

from sozialanalyse.catalogue import Text
from sozialanalyse.disclosure.primary import EXCLUDED, reason_names
from sozialanalyse.documents import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sozialanalyse.disclosure.decision import Decision
    from sozialanalyse.disclosure.rules import Rules
    from sozialanalyse.scope import Scope

PUBLISHED_BEFORE = "published_elsewhere"
"""Why the promise excludes a cell that an earlier release has shown."""

AMOUNT_RULES: tuple[Literal["dominance", "p_percent"], ...] = ("dominance", "p_percent")
"""Keys of a rule that judge contributors."""

EXCLUDED_AS = {"marked": "marked", "public_denominator_too_small": "denominator_below_k"}
"""Reasons of :mod:`.primary` that exclude a cell from the promise, as readers of a Release know them."""


class MeasureRule(Model):
    """What a rule says of a measure, as far as readers of a Release may know it.

    ``amounts`` names the rules by which contributors are judged, without their numbers: whoever brings most of an amount and
    knows p, or n and the share, could tell from what is hidden how much the others bring.
    """

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
    amounts: tuple[Literal["dominance", "p_percent"], ...] = ()


class Excluded(Model):
    """A cell that the promise excludes, and why; of a deliverer's mark also between what it says that the count lies."""

    area: str
    measure: str
    sex: str
    age_from: int
    age_to: int
    period_end: str
    reason: str
    least: float | None = None
    greatest: float | None = None


class Hiding(Model):
    """How many cells of those that sums tie together are shown and hidden, and how far from the least possible that may be.

    ``insider``: whether it holds against people, too, who know one of the hidden counts. Marks of deliverers may make that
    impossible, and groups that differ from an area that is known already by one count alone.
    """

    measures: str
    period_end: str | None
    cells: int
    hidden: int
    method: str
    gap: float | None = None
    insider: bool = True


class AlteredMeasure(Model):
    """A measure of which other numbers are shown than were counted, and how far these are from the counts.

    ``base``: to which it is rounded; ``off``: by so much at most a number shown is off; ``changed``: share of the numbers that were
    changed; ``mean, largest``: distance of those shown from those counted.
    """

    measure: str
    method: Literal["rounding", "cell_key"]
    base: int | None = None
    off: float = 0.0
    additive: bool
    changed: float
    mean: float
    largest: float


class About(Model):
    """What a Release says of itself.

    ``sha256``: of all that it holds. ``cells``: of the states and values of its cells, as the ledger keeps them. ``before``: hash
    of the ledger's last line when it was made, empty for the first release. ``without_shares``: measures that have shares of their own
    by which counts are carried over to new boundaries; the Release has not, for with the total they give each count.
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
    without_shares: tuple[str, ...] = ()
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
    amounts = tuple(name for name in AMOUNT_RULES if getattr(rule, name) is not None)
    return MeasureRule(measure=measure, amounts=amounts, **{name: getattr(rule, name) for name in same})


def _excluded(decision: Decision) -> Iterator[Excluded]:
    """List the cells of terms that the promise excludes, each with its first reason."""
    frame = decision.cells.frame
    excluded = (decision.exposed | ((decision.reasons & int(EXCLUDED)) != 0)) & ~decision.unused
    names = ("area", "measure", "sex", "age_from", "age_to", "period_end")
    for number in (excluded & (frame["kind"] == "term").to_numpy()).nonzero()[0]:
        row = frame.iloc[number]
        found = [EXCLUDED_AS[name] for name in reason_names(int(decision.reasons[number])) if name in EXCLUDED_AS]
        reason = PUBLISHED_BEFORE if decision.exposed[number] else found[0]
        place = dict(zip(names, row[list(names)], strict=True)) | {"period_end": f"{row['period_end']:%Y-%m-%d}"}
        yield Excluded(**place, reason=reason, **(_bounds(row) if reason == EXCLUDED_AS["marked"] else {}))


def _bounds(row: pd.Series) -> dict[str, float]:
    """Between what a deliverer's mark says that a count lies; of an open end nothing."""
    ends = {"least": float(row["lower"]), "greatest": float(row["upper"])}
    return {name: end for name, end in ends.items() if math.isfinite(end)}


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
            insider=row["insider"],
        )


def _gap(weight: float, bound: float) -> float | None:
    """Say by which share a pattern may cost more than the least possible, in whole per cent; None where that is not known."""
    return math.ceil(max(weight / bound - 1, 0.0) * 100) / 100 if bound > 0 else None


def narrow_about(about: About, scope: Scope) -> About:
    """Keep what is said of the measures of a scope; its place in the ledger and counts over all measures are left out."""
    rules = tuple(rule for rule in about.rules if rule.measure in scope.measures)
    excluded = tuple(cell for cell in about.excluded if cell.measure in scope.measures)
    altered = tuple(entry for entry in about.altered if entry.measure in scope.measures)
    without = tuple(name for name in about.without_shares if name in scope.measures)
    own: dict[str, Any] = {"rules": rules, "excluded": excluded, "altered": altered, "without_shares": without}
    return About(town=about.town, audience=about.audience, **own)
