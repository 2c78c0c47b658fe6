"""The checks ``parts`` and ``ranges``: no part is more than its whole, no share outside what it can be, declared sums hold.

What is a part of what follows from the catalogue: the numerator of a proportion is part of its denominator, and a measure
may say itself that it is ``part_of`` another. The amounts may come from different files and offices.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse.amounts import PERIOD, SEXES, Delivery
from sozialanalyse.catalogue import Amount
from sozialanalyse.errors import Fault, Place, nearest
from sozialanalyse.quality.irregularity import Irregularity, Severity, age_text
from sozialanalyse.quality.thresholds import LARGE_ENOUGH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.amounts import Amounts
    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.expectations import Check, Identity

    Find = Callable[[Amount], Amounts | None]

PART = "{part} is {found:.0f} on {date}, more than {whole}, {limit:.0f}, of which it is a part"
RANGE = "{indicator} would be {value:.4g} on {date} ({found:.0f} over {whole:.0f}); plausible are {least:g} to {most:g}"
SUM = "{whole} is {stated:.0f} on {date}, but its parts ({parts}) add up to {added:.0f} (difference {gap:+.0f})"

UNKNOWN = "measure {measure} is said to be part of '{found}', which is not in the catalogue; did you mean: {near}?"

REPAIR = "one of the two is of other people or another date, or has a slip; look at both"


class Pair(NamedTuple):
    """An amount that is part of another."""

    part: Amount
    whole: Amount


def finder(counts: pd.DataFrame, areas: AreaTree) -> Find:
    """Return a function that gives an amount for all areas and periods, or None; each is worked out once."""
    delivered = {str(name): rows for name, rows in counts.groupby("measure", observed=True)}
    delivery = cache(lambda measure: Delivery(delivered[measure], areas.alone))
    known: dict[tuple[Any, ...], Amounts | None] = {}

    def find(amount: Amount) -> Amounts | None:
        cell = (amount.sex or SEXES[0], *amount.ages)
        if amount.measure in delivered and (amount.measure, cell) not in known:
            known[amount.measure, cell] = delivery(amount.measure).amounts(cell)
        return known.get((amount.measure, cell))

    return find


def pairs(catalogue: Catalogue, counts: pd.DataFrame) -> list[Pair]:
    """List what is part of what, each pair once.

    The numerator of a proportion is part of its denominator; a measure that is ``part_of`` another is so in each of the
    cells that were delivered.
    """
    found = [
        Pair(indicator.numerator, indicator.denominator)
        for indicator in catalogue.indicators
        if indicator.kind == "proportion" and indicator.denominator
    ]
    cells = counts[["measure", "sex", "age_from", "age_to"]].drop_duplicates().groupby("measure", observed=True)
    delivered = {str(measure): rows for measure, rows in cells}
    for measure in catalogue.measures:
        if measure.part_of and measure.id in delivered:
            rows = delivered[measure.id]
            for sex, first, last in zip(rows["sex"], rows["age_from"], rows["age_to"], strict=True):
                age = age_text(int(first), int(last))
                amounts = (Amount(measure=name, sex=sex, age=age) for name in (measure.id, measure.part_of))
                found.append(Pair(*amounts))
    return list({(name_of(pair.part), name_of(pair.whole)): pair for pair in found}.values())


def unknown_wholes(catalogue: Catalogue) -> Iterator[Irregularity]:
    """Name the measures that are said to be part of one that is not in the catalogue: they would not be checked."""
    known = [measure.id for measure in catalogue.measures]
    for measure in catalogue.measures:
        if measure.part_of and measure.part_of not in known:
            values = {"measure": measure.id, "found": measure.part_of, "near": nearest(measure.part_of, known)}
            yield Irregularity("error", "parts", Fault(UNKNOWN, values, Place("catalogue")), measure=measure.id)


def too_large(found: list[Pair], find: Find, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name the parts that are larger than their whole even by their bounds."""
    for pair in found:
        part, whole = find(pair.part), find(pair.whole)
        if part is None or whole is None:
            continue
        mine, theirs = _same_periods(part, whole)
        odd = part.lower[:, mine] > whole.upper[:, theirs]
        names = {"part": name_of(pair.part), "whole": name_of(pair.whole)}
        for area, column in _lowest(odd, part.areas):
            values = {"found": part.lower[area, mine[column]], "limit": whole.upper[area, theirs[column]], **names}
            where = _where(part, area, int(mine[column]))
            yield _said(PART, values, where, pair.part, counts, "parts", "error")


def _lowest(odd: np.ndarray, areas: AreaTree) -> list[tuple[int, int]]:
    """Leave out the areas that are odd only because one below them is."""
    parent = pd.Index(areas.frame["area"]).get_indexer(areas.frame["parent"])
    explained = np.zeros_like(odd)
    below = parent >= 0
    np.logical_or.at(explained, parent[below], odd[below])
    return [(int(area), int(column)) for area, column in zip(*np.nonzero(odd & ~explained), strict=True)]


def _same_periods(part: Amounts, whole: Amounts) -> tuple[np.ndarray, np.ndarray]:
    """Columns of the periods that both have."""
    mine, theirs = (list(amounts.periods[PERIOD].itertuples(index=False, name=None)) for amounts in (part, whole))
    both = [(number, theirs.index(period)) for number, period in enumerate(mine) if period in theirs]
    first, second = np.array(both, dtype=np.intp).reshape(-1, 2).T
    return first, second


def implausible(catalogue: Catalogue, find: Find, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name the indicators outside the range that the catalogue calls plausible for an area."""
    for indicator in catalogue.indicators:
        if indicator.plausible is None or indicator.denominator is None:
            continue
        numerator, denominator = find(indicator.numerator), find(indicator.denominator)
        if numerator is None or denominator is None:
            continue
        least, most = indicator.plausible
        mine, theirs = _same_periods(numerator, denominator)
        above, below = numerator.value[:, mine], denominator.value[:, theirs]
        base = below if indicator.kind != "mean" else np.minimum(below, above)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = above * indicator.factor / below
        odd = ((value < least) | (value > most)) & (base >= LARGE_ENOUGH)
        for area, column in _lowest(odd, numerator.areas):
            values = {"indicator": indicator.id, "value": value[area, column], "least": least, "most": most}
            values |= {"found": above[area, column], "whole": below[area, column]}
            where = _where(numerator, int(area), int(mine[column]))
            yield _said(RANGE, values, where, indicator.numerator, counts, "ranges", "warning")


def declared_sums(identities: tuple[Identity, ...], find: Find, counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name where a sum that the town declares does not hold, by the bounds of whole and parts."""
    for identity in identities:
        whole, parts = find(identity.whole), [find(part) for part in identity.parts]
        if whole is None or any(part is None for part in parts):
            continue
        columns = [_same_periods(whole, part) for part in parts if part is not None]
        shared = sorted(set.intersection(*(set(mine.tolist()) for mine, _ in columns)))
        picked = [
            (part, [dict(zip(mine.tolist(), theirs.tolist(), strict=True))[column] for column in shared])
            for part, (mine, theirs) in zip([part for part in parts if part is not None], columns, strict=True)
        ]
        lower, upper = (sum(getattr(part, name)[:, taken] for part, taken in picked) for name in ("lower", "upper"))
        odd = (upper < whole.lower[:, shared]) | (lower > whole.upper[:, shared])
        names = {"whole": name_of(identity.whole), "parts": ", ".join(map(name_of, identity.parts))}
        for area, column in _lowest(np.asarray(odd), whole.areas):
            stated, added = whole.value[area, shared[column]], np.asarray(lower)[area, column]
            values = {"stated": stated, "added": added, "gap": stated - added, "found": stated, **names}
            where = _where(whole, int(area), shared[column])
            yield _said(SUM, values, where, identity.whole, counts, "identities", "error")


def name_of(amount: Amount) -> str:
    """Name an amount as messages do: ``population female 0-17``."""
    sex = amount.sex if amount.sex not in ("", SEXES[0]) else ""
    return " ".join(part for part in (amount.measure, sex, age_text(*amount.ages)) if part)


def _where(amounts: Amounts, area: int, period: int) -> dict[str, Any]:
    return {"area": str(amounts.areas.frame["area"].iloc[area]), "end": amounts.periods["period_end"].iloc[period]}


def _said(
    message: str,
    values: dict[str, Any],
    where: dict[str, Any],
    amount: Amount,
    counts: pd.DataFrame,
    check: Check,
    severity: Severity,
) -> Irregularity:
    """Make the irregularity of an amount of an area: it stands where the first of its counts stands."""
    same = (counts["measure"] == amount.measure) & (counts["area"] == where["area"])
    rows = counts[same & (counts["period_end"] == where["end"])].sort_values("row")
    file, row = (str(rows["file"].iloc[0]), int(rows["row"].iloc[0])) if len(rows) else (None, None)
    return Irregularity(
        severity,
        check,
        Fault(
            message,
            {**values, "date": where["end"].date().isoformat()},
            Place(file, row, amount.measure, where["area"]),
        ),
        Fault(REPAIR),
        where["area"],
        amount.measure,
        where["end"].date(),
        sex="" if amount.sex in ("", SEXES[0]) else amount.sex,
        age=age_text(*amount.ages),
        found=float(values["found"]),
    )
