"""Whether the entries of a catalogue fit together: a proportion is a part of a whole, and every name leads somewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue.model import Amount, Indicator, Measure, TargetGroup
    from sozialanalyse.catalogue.recipes import Recipe
    from sozialanalyse.catalogue.whole import Catalogue


@dataclass(frozen=True)
class Problem:
    """What does not fit: in which section and entry, at which key below it, and the message with its values."""

    section: str
    entry: str
    key: tuple[str | int, ...]
    message: str
    values: dict[str, Any] = field(default_factory=dict)


def find_problems(catalogue: Catalogue, also_known: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Check what no entry can know of itself.

    Parameters
    ----------
    catalogue
        Entries that are right in themselves.
    also_known
        Ids of entries that were left out because they are wrong in themselves: whatever refers to them is not at fault.

    Yields
    ------
    Problem
        Unknown measures and indicators, ages of a measure that has none, codes that stand twice, counts and means in
        another unit than what they count, proportions that are no part of a whole, lead indicators outside their group.
    """
    measures = {measure.id: measure for measure in catalogue.measures}
    codes = Counter(indicator.code for indicator in catalogue.indicators)
    for indicator in catalogue.indicators:
        if codes[indicator.code] > 1:
            yield _problem(
                indicator, ("code",), "code '{code}' stands twice; take the next free one", code=indicator.code
            )
        yield from _problems_of_amounts(indicator, measures, also_known)
    known = {indicator.id for indicator in catalogue.indicators} | also_known
    for group in catalogue.target_groups:
        yield from _problems_of_group(group, known)


def _problem(indicator: Indicator, key: tuple[str | int, ...], message: str, **values: Any) -> Problem:
    return Problem("indicators", indicator.id, key, message, values)


def _problems_of_amounts(
    indicator: Indicator, measures: dict[str, Measure], also_known: frozenset[str]
) -> Iterator[Problem]:
    found: dict[str, tuple[Amount, Measure]] = {}
    for key, amount in indicator.amounts.items():
        measure = measures.get(amount.measure)
        if measure is None:
            if amount.measure not in also_known:
                message = "measure '{found}' is not in the catalogue; did you mean: {nearest}?"
                near = nearest(amount.measure, list(measures))
                yield _problem(indicator, (key, "measure"), message, found=amount.measure, nearest=near)
            continue
        found[key] = amount, measure
        if amount.age and not measure.ages:
            message = "measure '{measure}' does not come by age; remove 'age', or set 'ages: true' at the measure"
            yield _problem(indicator, (key, "age"), message, measure=measure.id)
    if "numerator" in found:
        yield from _problems_of_unit(indicator, found["numerator"][1])
    if indicator.kind == "proportion" and indicator.max_gap_days > 0:
        message = (
            "a proportion is a part of a whole at the same time, but numerator and denominator may lie {days} days apart; "
            "choose kind 'ratio', or remove max_gap_days"
        )
        yield _problem(indicator, ("max_gap_days",), message, days=indicator.max_gap_days)
    if indicator.kind == "proportion" and len(found) == 2:
        yield from _problems_of_proportion(indicator, *found["numerator"], *found["denominator"])


def _problems_of_unit(indicator: Indicator, numerator: Measure) -> Iterator[Problem]:
    if indicator.kind in ("count", "mean") and indicator.unit != numerator.unit:
        message = "the unit is '{unit}', but measure '{measure}' is counted in '{counted}'"
        values = {"unit": indicator.unit, "measure": numerator.id, "counted": numerator.unit}
        yield _problem(indicator, ("unit",), message, **values)


def _problems_of_proportion(
    indicator: Indicator, part: Amount, part_measure: Measure, whole: Amount, whole_measure: Measure
) -> Iterator[Problem]:
    """Require a part of a whole: counted at the same time, in the same unit, within the same ages and sex."""
    for name in ("period_kind", "unit"):
        mine, other = getattr(part_measure, name), getattr(whole_measure, name)
        if mine != other:
            message = "a proportion is a part of a whole, but {what} of the numerator is '{part}', of the denominator '{whole}'"
            message += "; choose kind 'rate' or 'ratio'"
            yield _problem(indicator, ("numerator", "measure"), message, what=name, part=mine, whole=other)
    if part_measure.ages and whole_measure.ages and not _contains(whole.ages, part.ages):
        message = "a proportion is a part of a whole, but ages {part} do not lie within {whole}; choose kind 'ratio'"
        values = {"part": part.age or "0+", "whole": whole.age}
        yield _problem(indicator, ("numerator", "age"), message, **values)
    if whole.sex not in ("", "all", part.sex):
        message = "the denominator counts only '{whole}', the numerator does not"
        yield _problem(indicator, ("denominator", "sex"), message, whole=whole.sex)


def _contains(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _problems_of_group(group: TargetGroup, known: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, name in enumerate(group.indicators):
        key = ("indicators", number)
        values = {"found": name, "nearest": nearest(name, sorted(known))}
        if name not in known:
            message = "indicator '{found}' is not in the catalogue; did you mean: {nearest}?"
            yield Problem("target_groups", group.id, key, message, values)
        elif name in seen:
            yield Problem("target_groups", group.id, key, "indicator '{found}' stands twice; remove one", values)
        seen.add(name)
    if group.lead not in group.indicators:
        message = "lead '{found}' is not among the indicators of this group; did you mean: {nearest}?"
        values = {"found": group.lead, "nearest": nearest(group.lead, group.indicators)}
        yield Problem("target_groups", group.id, ("lead",), message, values)


def problems_of_recipe(recipe: Recipe, catalogue: Catalogue) -> Iterator[Problem]:
    """Check whether a recipe of an index fits the indicators of a catalogue.

    Yields
    ------
    Problem
        Unknown indicators, counts (a large area would count as a needy one), indicators that are never shown by area, and
        directions that contradict the catalogue's. Of neutral indicators a recipe may decide.
    """
    known = {entry.id: entry for entry in catalogue.indicators}
    for number, entry in enumerate(recipe.ingredients):
        key = ("ingredients", number, "indicator")
        found, values = known.get(entry.indicator), {"indicator": entry.indicator}
        if found is None:
            message = "indicator '{indicator}' is not in the catalogue; did you mean: {nearest}?"
            near = nearest(entry.indicator, list(known))
            yield Problem("recipes", recipe.id, key, message, {**values, "nearest": near})
        elif found.kind == "count" or found.town_only:
            message = "'{indicator}' cannot be part of an index: it is a count, or is never shown by area"
            yield Problem("recipes", recipe.id, key, message, values)
        elif found.direction not in {"neutral", entry.direction}:
            message = "the catalogue says of '{indicator}': {direction}; an index may not turn that round"
            key = ("ingredients", number, "direction")
            yield Problem("recipes", recipe.id, key, message, {**values, "direction": found.direction})
