"""Rules of disclosure control: which rule holds for a measure and an audience, read from a town's ``disclosure.yml``.

A rule that names a measure goes before one that names its source. Where several sources deliver a measure, the strictest of
each key holds. Where no rule concerns it, the shipped default and all rules of the town are taken together, the strictest of
each: a count that nobody thought of is shown no more generously than any that somebody thought of.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure.rules_checks import find_faults
from sozialanalyse.disclosure.rules_file import (
    AUDIENCES,
    ZEROS,
    Audience,
    Audiences,
    CellKey,
    DefaultFile,
    DisclosureRule,
    Dominance,
    Method,
    Protection,
    Rounding,
    RulesFile,
    Suppression,
)
from sozialanalyse.documents import read, read_document
from sozialanalyse.errors import DataError, SozialanalyseError, unknown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    import pandas as pd

    from sozialanalyse.catalogue import Catalogue, Text
    from sozialanalyse.disclosure.rules_file import Zeros
    from sozialanalyse.loading.town_file import TownFile

RULES_FILE = "disclosure.yml"

DEFAULTS = Path(__file__).parent / "definitions" / "default.yml"

DEFAULT = "default"
"""Id of the rule that holds where the town has none."""


@dataclass(frozen=True)
class Rule:
    """What holds for the counts of a measure when an audience reads them.

    Parameters
    ----------
    id, measure, audience
        Which rule (several of the file joined by ``+``), for which counts, for whom.
    k
        Smallest count that may be shown: 5 hides 1 to 4; 1 hides none.
    zeros, saturated, width, single_building, public, dominance, p_percent, contributions, symbol, method
        See :class:`sozialanalyse.disclosure.rules_file.Protection`.
    rounded_to
        Base to which the deliverer rounded.
    is_open
        Whether nothing is hidden: the counts are public, or the audience may see every one (k is 1).
    basis, reference, review, approved_by, approved
        What the rule rests on, and who answers for it; of several, of the first.
    """

    id: str
    measure: str
    audience: Audience
    k: int
    zeros: Zeros
    saturated: bool
    width: int
    single_building: bool
    public: bool
    dominance: Dominance | None
    p_percent: float | None
    contributions: str | None
    rounded_to: int | None
    symbol: str
    method: Method
    basis: Text
    reference: str | None
    review: str | None
    approved_by: str | None
    approved: dt.date | None
    is_open: bool


@dataclass(frozen=True)
class Rules:
    """All rules of a town.

    Parameters
    ----------
    default
        What holds where no rule does, besides the strictest of the rules.
    rules
        Those of the town's file, in its order.
    file
        Name of that file; None where the town has none.
    sources
        The sources of each measure.
    bases
        Bases to which sources are rounded, by source.
    opened
        Measures of which nothing is hidden, since they are altered instead (see :mod:`sozialanalyse.disclosure.alternatives`).
    """

    default: Protection
    rules: tuple[DisclosureRule, ...] = ()
    file: str | None = None
    sources: Mapping[str, Collection[str]] = field(default_factory=dict)
    bases: Mapping[str, int] = field(default_factory=dict)
    opened: frozenset[str] = frozenset()

    def of(self, measure: str, audience: str) -> Rule:
        """Return the rule for the counts of a measure when an audience reads them.

        Parameters
        ----------
        measure
            Id of a measure; one that is not delivered gets the default.
        audience
            One of :data:`AUDIENCES`.

        Raises
        ------
        UsageError
            Unknown audience.
        """
        known = known_audience(audience)
        found = self._concerning(measure)
        name = "+".join(dict.fromkeys(getattr(rule, "id", DEFAULT) for rule in found.values()))
        bases = [self.bases[source] for source in self.sources.get(measure, ()) if source in self.bases]
        rule = _strictest(list(found.values()), name, measure, known, max(bases, default=None))
        return replace(rule, is_open=True) if measure in self.opened else rule

    def is_default(self, measure: str) -> bool:
        """Whether no rule of the town concerns some of the counts of a measure."""
        return DEFAULT in self._concerning(measure)

    @property
    def hash(self) -> str:
        """Hash of what the rules say and to which measures they apply; comments and the order of rules do not matter.

        Of dominance and p-percent it says only that they hold: everybody sees the hash, and could try out their numbers.
        """
        content: dict[str, Any] = {
            "default": _without_secrets(self.default),
            "rules": sorted(map(_without_secrets, self.rules), key=lambda rule: str(rule["id"])),
            "sources": {measure: sorted(names) for measure, names in self.sources.items()},
            "bases": dict(self.bases),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _concerning(self, measure: str) -> dict[str, Protection]:
        """Find what the file says of a measure, by its source; of a source without a rule, the default."""
        for rule in self.rules:
            if measure in rule.measures:
                return {measure: rule}
        by_source = {source: rule for rule in self.rules for source in rule.sources}
        found: dict[str, Protection] = {}
        for source in sorted(self.sources.get(measure, ())):
            if source in by_source:
                found[source] = by_source[source]
            else:
                found[DEFAULT] = self.strict_default
        return found or {DEFAULT: self.strict_default}

    @cached_property
    def strict_default(self) -> Protection:
        """The default, made as strict as the strictest rule of the town: in threshold, zeros, saturation and width."""
        several = [self.default, *(rule for rule in self.rules if not rule.public)]
        merged = {name: _strictest(several, DEFAULT, "", name, None) for name in AUDIENCES}
        strict = merged[AUDIENCES[-1]]
        changed = {name: getattr(strict, name) for name in ("zeros", "saturated", "width")}
        audiences = Audiences(**{name: rule.k for name, rule in merged.items()})
        return self.default.model_copy(update={**changed, "audiences": audiences})


def known_audience(name: str) -> Audience:
    """Return the audience of a name, or raise a UsageError that names the nearest ones."""
    for audience in AUDIENCES:
        if audience == name:
            return audience
    raise unknown("audience", name, AUDIENCES)


def sources_of(counts: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """List the sources of each measure.

    Parameters
    ----------
    counts
        Columns ``measure`` and ``source`` (see :func:`sozialanalyse.loading.counts.check_counts`).
    """
    pairs = counts[["measure", "source"]].astype(str).drop_duplicates().sort_values(["measure", "source"])
    found: dict[str, tuple[str, ...]] = {}
    for measure, source in pairs.itertuples(index=False, name=None):
        found[measure] = (*found.get(measure, ()), source)
    return found


def load_rules(
    folder: Path, town: TownFile, catalogue: Catalogue, sources: Mapping[str, Collection[str]] | None = None
) -> Rules:
    """Read the rules of a town.

    Parameters
    ----------
    folder
        The town folder; without a :data:`RULES_FILE` in it the default holds for every count.
    town, catalogue
        What the town declares: its sources and measures.
    sources
        The sources of each measure (see :func:`sources_of`).

    Raises
    ------
    DataError
        With all faults of the file at once, each with its line and key.
    """
    bases = {name: source.rounded_to for name, source in town.sources.items() if source.rounded_to}
    path = folder / RULES_FILE
    if not path.exists():
        return Rules(shipped_default(), sources=sources or {}, bases=bases)
    document = read_document(path, RulesFile, RULES_FILE)
    if faults := list(find_faults(document, town, catalogue, DEFAULT)):
        raise DataError(faults)
    rules = document.content.rules
    bases |= {source: rule.rounded_to for rule in rules for source in rule.sources if rule.rounded_to}
    return Rules(shipped_default(), rules, RULES_FILE, sources or {}, bases)


@cache
def shipped_default() -> Protection:
    """What holds where a town has no rule."""
    return read(DEFAULTS, DefaultFile).default


def _without_secrets(rule: Protection) -> dict[str, Any]:
    """Write a rule out, but not how it judges contributors."""
    secret = {name: getattr(rule, name) is not None for name in ("dominance", "p_percent")}
    return rule.model_dump(mode="json") | secret


def tables_of(folder: Path) -> tuple[str, ...]:
    """List the tables of contributions that the rules of a town folder name; of rules that cannot be read none."""
    try:
        rules = read(folder / RULES_FILE, RulesFile).rules
    except (OSError, SozialanalyseError):
        return ()
    return tuple(sorted({rule.contributions for rule in rules if rule.contributions}))


def _strictest(rules: list[Protection], name: str, measure: str, audience: Audience, rounded_to: int | None) -> Rule:
    """Take the strictest of several rules, key by key; texts are those of the first that is not public."""
    protecting = [rule for rule in rules if not rule.public] or rules
    first = protecting[0]
    k = max(rule.audiences.of(audience) if rule.audiences else 1 for rule in protecting)
    is_open = first.public or k == 1
    dominances = [rule.dominance for rule in protecting if rule.dominance]
    percents = [rule.p_percent for rule in protecting if rule.p_percent]
    bases = [rule.rounded_to for rule in protecting if rule.rounded_to]
    return Rule(
        id=name,
        measure=measure,
        audience=audience,
        k=k,
        zeros=max((rule.zeros for rule in protecting), key=ZEROS.index),
        saturated=any(rule.saturated for rule in protecting),
        width=max(rule.width for rule in protecting),
        single_building=any(rule.single_building for rule in protecting),
        public=first.public,
        dominance=min(dominances, key=lambda rule: rule.share, default=None),
        p_percent=max(percents, default=None),
        contributions=next((rule.contributions for rule in protecting if rule.contributions), None),
        rounded_to=rounded_to or max(bases, default=None),
        symbol=first.symbol,
        method=Suppression() if is_open else _strictest_method([rule.method for rule in protecting]),
        basis=first.basis,
        reference=first.reference,
        review=first.review,
        approved_by=first.approved_by,
        approved=first.approved,
        is_open=is_open,
    )


def _strictest_method(methods: list[Method]) -> Method:
    """Take the method all agree on; where they differ, hide."""
    return methods[0] if all(method == methods[0] for method in methods) else Suppression()


__all__ = [
    "AUDIENCES",
    "RULES_FILE",
    "Audience",
    "CellKey",
    "Dominance",
    "Method",
    "Rounding",
    "Rule",
    "Rules",
    "Suppression",
    "load_rules",
    "shipped_default",
    "sources_of",
    "tables_of",
]
