"""What everybody may know of a Release, in words and numbers: the file from which the audit of its pages starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import pandas as pd

from sozialanalyse.areas import ALWAYS_FROM, ALWAYS_TO
from sozialanalyse.disclosure.outlines import outlines_of
from sozialanalyse.disclosure.people import people_of
from sozialanalyse.disclosure.terms import Term
from sozialanalyse.language import Language, LanguageCode
from sozialanalyse.loading.counted_shares import RESIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Classed, Indicator, Recipe
    from sozialanalyse.disclosure.about import About, AlteredMeasure, MeasureRule
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
        **_parts_that_say_something(about),
        **outlines_of(release),
        **_site(release),
        **({"people": people} if (people := people_of(release)) else {}),
        **_consulted(release),
        **_recipes(release),
        **({"offers": release.data.offers.model_dump(mode="json")} if release.data.offers else {}),
        **_needs(release),
        "rules": _rules(release),
    }


def _site(release: Release) -> dict[str, Any]:
    """Give what the town declares of its pages, and what its indicators mean, for the pages about the pages."""
    declared = release.data.file.site
    if declared is None:
        return {}
    terms = [
        {"label": entry.label.model_dump(), "definition": entry.definition.model_dump()}
        for entry in release.catalogue.indicators
        if _is_known(entry, release)
    ]
    return {"site": {**declared.model_dump(mode="json"), "terms": terms}}


def _consulted(release: Release) -> dict[str, Any]:
    """Give with whom the findings were discussed."""
    declared = release.data.file.consultation
    if declared is None or not declared.consulted:
        return {}
    return {"consulted": [entry.model_dump(mode="json") for entry in declared.consulted]}


def _recipes(release: Release) -> dict[str, Any]:
    """Give the recipes of indices; a page says what one is made of also where its indicators were not delivered."""
    recipes = [_recipe(entry) for entry in release.catalogue.recipes]
    return {"recipes": recipes} if recipes else {}


def _recipe(recipe: Recipe) -> dict[str, Any]:
    dynamics = recipe.dynamics
    return {
        "id": recipe.id,
        "ingredients": [
            {"indicator": entry.indicator, "sign": entry.sign, "weight": entry.weight} for entry in recipe.ingredients
        ],
        "transformation": recipe.transformation,
        "restandardise": recipe.restandardise,
        "population_below": recipe.exclude.population_below,
        "excluded": list(recipe.exclude.areas),
        "leave_out": recipe.missing == "leave_out",
        "status": _classed(recipe.status),
        **({"dynamics": {**_classed(dynamics), "years": dynamics.years}} if dynamics else {}),
    }


def _classed(classed: Classed) -> dict[str, Any]:
    classes = [
        {
            "id": entry.id,
            "name": entry.label.model_dump(),
            **({"short": entry.short.model_dump()} if entry.short else {}),
            "below": entry.below,
            "up_to": entry.up_to,
        }
        for entry in classed.classes
    ]
    return {"limits": classed.limits, "classes": classes}


def _needs(release: Release) -> dict[str, Any]:
    """Give the rates of the places that the town declares to be needed."""
    declared = release.data.file.needs
    if declared is None or isinstance(declared, str):
        return {}
    if release.about.rule(RESIDENTS) is None:
        return {}
    entries = [
        {"id": need.id, "measure": RESIDENTS, "age_from": need.ages[0], "age_to": need.ages[1], "rates": need.rate_of}
        for need in declared.needs
    ]
    return {"needs": entries} if entries else {}


def _parts_that_say_something(about: About) -> dict[str, Any]:
    """List what not every Release has: measures that are altered, and parts that an insider might compute."""
    without = [part for part in about.hiding if not part.insider]
    found = {
        "altered": [entry.model_dump() for entry in about.altered],
        "without_insiders": [
            {"measures": part.measures.split(", "), "period_end": part.period_end} for part in without
        ],
    }
    return {name: entries for name, entries in found.items() if entries}


def _areas(release: Release) -> Iterator[dict[str, Any]]:
    areas = release.areas
    for row in areas.places.to_dict("records"):
        since, until = (f"{row[name]:%Y-%m-%d}" for name in ("valid_from", "valid_to"))
        yield {
            "id": row["area"],
            "name": row["name"],
            "level": row["level"],
            "parent": row["parent"] or None,
            "valid_from": None if since == ALWAYS_FROM else since,
            "valid_to": None if until == ALWAYS_TO else until,
            **({"parts": list(areas.members[row["area"]])} if row["area"] in areas.members else {}),
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
        **({"contributors": True} if rule.amounts and not is_altered else {}),
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
    found = pd.DataFrame(rows).astype({"period_end": states["period_end"].dtype})
    found = found.merge(states[[*names, "cell"]], on=names, how="inner")
    for row in found.to_dict("records"):
        bounds = {name: row[name] for name in ("least", "greatest") if not pd.isna(row[name])}
        yield {"cell": row["cell"], "reason": row["reason"], **(bounds if row["reason"] == "marked" else {})}


def _rules(release: Release) -> list[dict[str, str]]:
    """Say each rule once, with what it holds for, in both languages."""
    return [
        {code: _rule(release, rules, altered, Language(code)) for code in get_args(LanguageCode)}
        for rules, altered in _grouped(release.about)
    ]


def _grouped(about: About) -> list[tuple[list[MeasureRule], AlteredMeasure | None]]:
    """Put measures together for which the same holds, with how they are altered."""
    altered = {entry.measure: entry for entry in about.altered}
    groups: dict[tuple[object, ...], list[MeasureRule]] = {}
    for rule in about.rules:
        other = altered.get(rule.measure)
        how = None if other is None else (other.method, other.base, other.off)
        groups.setdefault((rule.model_dump_json(exclude={"measure"}), how), []).append(rule)
    return [(rules, altered.get(rules[0].measure)) for rules in groups.values()]


def _rule(release: Release, rules: list[MeasureRule], altered: AlteredMeasure | None, words: Language) -> str:
    rule = rules[0]
    labels = [words.of(release.catalogue.measure(entry.measure).label) for entry in rules]
    if altered is not None and altered.method == "rounding":
        message = "Rounded to multiples of {base}, so that a number shown is off by {off} at most: {measures}. {basis}"
    elif altered is not None:
        message = "Small random noise is added, so that a number shown is off by {off} at most: {measures}. {basis}"
    elif rule.public:
        message = "Known to everybody and not protected: {measures}. {basis}"
    elif rule.amounts:
        message = (
            "Amounts to which fewer than {k} contribute, or of which one or a few bring almost all, are not shown: {measures}. "
            "{basis} By which shares that is judged is not said: whoever contributes could work out from it what others do."
        )
    elif rule.zeros == "hidden":
        message = "Counts below {k}, zeros too, are not shown: {measures}. {basis}"
    else:
        message = "Counts from 1 to {last} are not shown: {measures}. {basis}"
    values = {"k": rule.k, "last": rule.k - 1, "measures": words.listing(labels), "basis": words.of(rule.basis)}
    if altered is not None:
        values |= {"base": altered.base, "off": words.number(altered.off)}
    return words.text(message, **values)
