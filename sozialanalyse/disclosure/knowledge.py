"""What everybody may know of a Release, in words and numbers: the file from which the audit of its pages starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import pandas as pd

from sozialanalyse.areas import ALWAYS_FROM, ALWAYS_TO
from sozialanalyse.disclosure.terms import Term
from sozialanalyse.language import Language, LanguageCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.disclosure.about import About, MeasureRule
    from sozialanalyse.disclosure.release import Release

SCHEMA: Final = 1
DECIMALS: Final = 1
"""Decimals of every indicator on pages, but of counts, which have none; a test compares it with the view."""


def knowledge_of(release: Release) -> dict[str, Any]:
    """Describe a Release for whoever attacks or audits it.

    Parameters
    ----------
    release
        With its number and hash.

    Returns
    -------
    dict
        The content of ``knowledge.json``, plain values only; the reader's side is :mod:`sozialanalyse.audit.knowledge`. It holds
        nothing but what the Release itself holds.
    """
    about = release.about
    return {
        "schema": SCHEMA,
        "town": about.town,
        "audience": about.audience,
        "release": {"number": about.number, "sha256": about.sha256},
        "levels": list(release.areas.levels),
        "areas": list(_areas(release)),
        "measures": [_measure(release, rule) for rule in about.rules],
        "indicators": [_indicator(entry) for entry in release.catalogue.indicators if _is_known(entry, release)],
        "excluded": list(_excluded(release)),
        "rules": _rules(release),
    }


def _areas(release: Release) -> Iterator[dict[str, Any]]:
    for row in release.areas.frame.to_dict("records"):
        since, until = (f"{row[name]:%Y-%m-%d}" for name in ("valid_from", "valid_to"))
        yield {
            "id": row["area"],
            "name": row["name"],
            "level": row["level"],
            "parent": row["parent"] or None,
            "valid_from": None if since == ALWAYS_FROM else since,
            "valid_to": None if until == ALWAYS_TO else until,
        }


def _measure(release: Release, rule: MeasureRule) -> dict[str, Any]:
    measure = release.catalogue.measure(rule.measure)
    known = {entry.measure for entry in release.about.rules}
    is_altered = measure.id in {entry.measure for entry in release.about.altered}
    return {
        "id": measure.id,
        "unit": measure.unit,
        "period_kind": measure.period_kind,
        "part_of": measure.part_of if measure.part_of in known else None,
        "k": None if rule.public or is_altered else rule.k,
        "zeros": rule.zeros,
        "saturated": rule.saturated,
        "base": rule.rounded_to,
        "whole": measure.unit != "square_metres",
        "additive": rule.rounded_to is None and not is_altered,
    }


def _is_known(indicator: Indicator, release: Release) -> bool:
    known = {entry.measure for entry in release.about.rules}
    return all(amount.measure in known for amount in indicator.amounts.values())


def _indicator(indicator: Indicator) -> dict[str, Any]:
    parts = {key: Term.of(amount)._asdict() for key, amount in indicator.amounts.items()}
    return {
        "id": indicator.id,
        "kind": indicator.kind,
        **parts,
        "factor": indicator.factor,
        "decimals": 0 if indicator.kind == "count" else DECIMALS,
        "max_gap_days": indicator.max_gap_days,
        "town_only": indicator.town_only,
        "design_effect": indicator.design_effect,
    }


def _excluded(release: Release) -> Iterator[dict[str, Any]]:
    """List the cells that the promise excludes by the number of their row; of marks also what they say."""
    names = ["area", "measure", "sex", "age_from", "age_to", "period_end"]
    rows = [{**entry.model_dump(), "period_end": pd.Timestamp(entry.period_end)} for entry in release.about.excluded]
    if not rows:
        return
    states = release.states.assign(cell=[f"c{number}" for number in range(1, len(release.states) + 1)])
    found = pd.DataFrame(rows).astype({"period_end": states["period_end"].dtype}).merge(states, on=names, how="inner")
    for row in found.to_dict("records"):
        bounds = {name: row[name] for name in ("least", "greatest") if not pd.isna(row[name])}
        yield {"cell": row["cell"], "reason": row["reason"], **(bounds if row["reason"] == "marked" else {})}


def _rules(release: Release) -> list[dict[str, str]]:
    """Say each rule once, with what it holds for, in both languages."""
    return [
        {code: _rule(release, rules, Language(code)) for code in get_args(LanguageCode)}
        for rules in _grouped(release.about)
    ]


def _grouped(about: About) -> list[list[MeasureRule]]:
    groups: dict[str, list[MeasureRule]] = {}
    for rule in about.rules:
        groups.setdefault(rule.model_dump_json(exclude={"measure"}), []).append(rule)
    return list(groups.values())


def _rule(release: Release, rules: list[MeasureRule], words: Language) -> str:
    rule = rules[0]
    labels = [words.of(release.catalogue.measure(entry.measure).label) for entry in rules]
    if rule.public:
        message = "Known to everybody and not protected: {measures}. {basis}"
    elif rule.zeros == "hidden":
        message = "Counts below {k}, zeros too, are not shown: {measures}. {basis}"
    else:
        message = "Counts from 1 to {last} are not shown: {measures}. {basis}"
    values = {"k": rule.k, "last": rule.k - 1, "measures": words.listing(labels), "basis": words.of(rule.basis)}
    return words.text(message, **values)
