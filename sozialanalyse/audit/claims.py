"""Claims: which number the published cells give for what a key says that a written number is.

Nothing is taken from the program that wrote the page: each
statistic is computed again from the published cells, and one that cannot be is held to the range in which it must lie.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from operator import eq, gt
from typing import TYPE_CHECKING

from sozialanalyse.audit import composites, offers, outlooks, series, spoken
from sozialanalyse.audit.expected import Expected
from sozialanalyse.audit.figures import hidden_of
from sozialanalyse.audit.intervals import wilson
from sozialanalyse.audit.knowledge import Term

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.audit.figures import Count, Figure
    from sozialanalyse.audit.keys import Claim
    from sozialanalyse.audit.knowledge import Indicator
    from sozialanalyse.audit.lookup import Lookup


def expected_of(of: Lookup, claim: Claim) -> Expected:
    """Say what the number of a claim must be.

    Parameters
    ----------
    of
        Looks up what is published.
    claim
        What a key says.

    Raises
    ------
    ClaimError
        When it speaks of an indicator, area, level or day that does not exist.
    """
    of.check_names(claim)
    return _STATISTICS[claim.statistic](of, claim)


def _value(of: Lookup, claim: Claim) -> Expected:
    figure = of.figure(claim)
    if figure is None or (figure.value is None and not figure.hidden):
        return Expected(is_absent=True)
    return Expected(figure.value, decimals=of.decimals(claim), hidden=hidden_of(figure))


def _numerator(of: Lookup, claim: Claim) -> Expected:
    figure = of.figure(claim)
    if figure is None:
        return Expected(is_absent=True)
    return _of_count(figure.numerator)


def _denominator(of: Lookup, claim: Claim) -> Expected:
    figure = of.figure(claim)
    if figure is None or figure.denominator is None:
        return Expected(is_absent=True)
    return _of_count(figure.denominator)


def _of_count(count: Count) -> Expected:
    return Expected(count.value, hidden=() if count.value is not None else (count,))


def _lower(of: Lookup, claim: Claim) -> Expected:
    found, limits = _value(of, claim), _wilson(of, claim)
    return replace(found, value=limits[0]) if limits else replace(found, value=None, greatest=found.value)


def _upper(of: Lookup, claim: Claim) -> Expected:
    found, limits = _value(of, claim), _wilson(of, claim)
    return replace(found, value=limits[1]) if limits else replace(found, value=None, least=found.value)


def _wilson(of: Lookup, claim: Claim) -> tuple[Fraction, Fraction] | None:
    """Compute the interval of a proportion, where it is known how it was widened and nothing was rounded before."""
    indicator = of.indicator(claim)
    name = indicator.id, claim.parts["area"], claim.parts["end"]
    if name not in of.limits:
        of.limits[name] = interval_of(of, indicator, of.figure(claim))
    return of.limits[name]


def interval_of(of: Lookup, indicator: Indicator, figure: Figure | None) -> tuple[Fraction, Fraction] | None:
    """Compute the 95 % interval of a proportion; None where it cannot be known."""
    terms = (term for term in (indicator.numerator, indicator.denominator) if term)
    is_rounded = any(term.measure in of.figures.knowledge.blurred for term in terms)
    if figure is None or is_rounded or indicator.kind != "proportion" or indicator.design_effect is None:
        return None
    return wilson(figure, indicator.design_effect)


def _anything_from_zero(of: Lookup, claim: Claim) -> Expected:
    """Hold an estimate for today's areas to what it may be; its sources are cells of areas that ended."""
    return Expected(least=Fraction(0), decimals=of.decimals(claim))


def _rest_of(of: Lookup, claim: Claim, day: str) -> tuple[Fraction | None, tuple[Count, ...]]:
    """Compute the value of the town without an area."""
    own, town = of.figure(claim, day), of.figure(claim, day, of.figures.root)
    hidden = hidden_of(own, town)
    if own is None or town is None or hidden or own.denominator is None or town.denominator is None:
        return None, hidden
    counts = (own.numerator.value, own.denominator.value, town.numerator.value, town.denominator.value)
    up, down, all_up, all_down = (value or Fraction(0) for value in counts)
    return ((all_up - up) * own.factor / (all_down - down) if all_down != down else None), ()


def _rest(of: Lookup, claim: Claim) -> Expected:
    value, hidden = _rest_of(of, claim, "end")
    return Expected(value, decimals=of.decimals(claim), hidden=hidden, is_absent=value is None and not hidden)


def _difference(of: Lookup, claim: Claim) -> Expected:
    value, hidden = _rest_of(of, claim, "end")
    figure = of.figure(claim)
    own = figure.value if figure else None
    known = value is not None and own is not None
    return Expected(
        own - value if value is not None and own is not None else None,
        decimals=of.decimals(claim),
        hidden=hidden or hidden_of(figure),
        is_absent=not known and not hidden,
    )


def _change(of: Lookup, claim: Claim) -> Expected:
    first, last = of.figure(claim, "first"), of.figure(claim)
    hidden = hidden_of(first, last)
    if hidden or last is None or last.value is None:
        return Expected(decimals=of.decimals(claim), hidden=hidden, is_absent=not hidden)
    # Before a reform there is no cell of today's area, only an estimate.
    earlier = first.value if first else None
    return Expected(None if earlier is None else last.value - earlier, decimals=of.decimals(claim))


def _rest_change(of: Lookup, claim: Claim) -> Expected:
    (first, hidden), (last, also) = (_rest_of(of, claim, day) for day in ("first", "end"))
    value = None if first is None or last is None else last - first
    return Expected(value, decimals=of.decimals(claim), hidden=hidden + also)


def _change_difference(of: Lookup, claim: Claim) -> Expected:
    own, rest = _change(of, claim), _rest_change(of, claim)
    value = None if own.value is None or rest.value is None else own.value - rest.value
    return Expected(value, decimals=own.decimals, hidden=own.hidden + rest.hidden, is_absent=own.is_absent)


def _limit_of(found: Callable[[Lookup, Claim], Expected], *, is_lower: bool) -> Callable[[Lookup, Claim], Expected]:
    """Hold the limit of an interval to the right side of its middle."""

    def limit(of: Lookup, claim: Claim) -> Expected:
        middle = found(of, claim)
        if is_lower:
            return replace(middle, value=None, greatest=middle.value)
        return replace(middle, value=None, least=middle.value)

    return limit


def _level_min(of: Lookup, claim: Claim) -> Expected:
    return _of_level(of, claim, min)


def _level_max(of: Lookup, claim: Claim) -> Expected:
    return _of_level(of, claim, max)


def _level_mean(of: Lookup, claim: Claim) -> Expected:
    return _of_level(of, claim, lambda values: sum(values, Fraction(0)) / len(values))


def _of_level(of: Lookup, claim: Claim, by: Callable[[list[Fraction]], Fraction]) -> Expected:
    """Compute a statistic over the areas whose value is published; no other may go in."""
    values = of.shown_values(claim)
    return Expected(by(values), decimals=of.decimals(claim)) if values else Expected(is_absent=True)


def _level_areas(of: Lookup, claim: Claim) -> Expected:
    return Expected(Fraction(len(of.shown_values(claim))))


def _level_all(of: Lookup, claim: Claim) -> Expected:
    return Expected(Fraction(len(of.figures.members(claim.parts["within"], claim.parts["level"], claim.day()))))


def _level_without(of: Lookup, claim: Claim) -> Expected:
    everybody, shown = _level_all(of, claim).value, _level_areas(of, claim).value
    return Expected((everybody or Fraction(0)) - (shown or Fraction(0)))


def _some_of_level(of: Lookup, claim: Claim) -> Expected:
    return Expected(least=Fraction(0), greatest=_level_all(of, claim).value)


def _without_value(of: Lookup, claim: Claim) -> Expected:
    return Expected(least=Fraction(0), greatest=_level_without(of, claim).value)


def _compared(of: Lookup, claim: Claim) -> Expected:
    """Count the areas whose interval lies above, below or around the value of the town."""
    indicator, shown = of.indicator(claim), _level_areas(of, claim).value
    whole = of.figures.figure(indicator, of.figures.root, claim.day())
    limits = [interval_of(of, indicator, figure) for _, figure in of.level(claim) if figure.value is not None]
    if whole is None or whole.value is None or not limits or None in limits:
        return Expected(least=Fraction(0), greatest=shown)
    known = [found for found in limits if found]
    above = sum(low > whole.value for low, _ in known)
    below = sum(high < whole.value for _, high in known)
    counts = {"level_tested": len(known), "level_above": above, "level_below": below, "level_clear": above + below}
    counts["level_around"] = len(known) - above - below
    return Expected(Fraction(counts[claim.statistic]))


def _class_limit(of: Lookup, claim: Claim) -> Expected:
    """Hold the limit of a map's class to the values shown: it is one of them."""
    values = of.shown_values(claim)
    return Expected(among=tuple(values), decimals=of.decimals(claim), is_absent=len(values) == 0)


def _rank(of: Lookup, claim: Claim) -> Expected:
    """Count the areas with a higher value; those with the same share the middle of their ranks."""
    values, own = of.shown_values(claim), of.figure(claim)
    if own is None or own.value is None:
        return Expected(is_absent=True)
    if len(values) < len(of.level(claim)):  # a hidden one may lie anywhere
        return Expected(least=Fraction(1), greatest=Fraction(len(of.level(claim))), decimals=1)
    higher, alike = (sum(compare(value, own.value) for value in values) for compare in (gt, eq))
    return Expected(Fraction(2 * higher + alike + 1, 2), decimals=1)


def _lowest_rank(of: Lookup, claim: Claim) -> Expected:
    found = _rank(of, claim)
    return replace(found, value=None, least=Fraction(1), greatest=found.value or found.greatest)


def _highest_rank(of: Lookup, claim: Claim) -> Expected:
    found = _rank(of, claim)
    return replace(found, value=None, least=found.value or found.least, greatest=_level_areas(of, claim).value)


def _count(of: Lookup, claim: Claim) -> Expected:
    """Look up the people of a sex and an age."""
    parts = claim.parts
    term = Term(
        measure=parts["measure"], sex=parts["sex"], age_from=int(parts["age_from"]), age_to=int(parts["age_to"])
    )
    time = of.figures.time_of(term, claim.day())
    found = of.figures.count(term, parts["area"], time) if time else None
    return Expected(is_absent=True) if found is None else _of_count(found)


def _drawn(of: Lookup, claim: Claim) -> Expected:  # noqa: ARG001 - one of many
    return Expected()


def _misplaced(of: Lookup, claim: Claim) -> Expected:  # noqa: ARG001 - one of many
    return Expected(least=Fraction(0), greatest=Fraction(100), decimals=1)


def _unassigned(of: Lookup, claim: Claim) -> Expected:
    total, parts, hidden = _gap_of(of, claim)
    return Expected(abs(total - parts), hidden=hidden)


def _unassigned_share(of: Lookup, claim: Claim) -> Expected:
    total, parts, hidden = _gap_of(of, claim)
    share = abs(total - parts) * 100 / total if total else Fraction(0)
    return Expected(share if share > Fraction(1, 10) else None, Fraction(0), Fraction(1, 10), 1, hidden)


def _gap_of(of: Lookup, claim: Claim) -> tuple[Fraction, Fraction, tuple[Count, ...]]:
    """Add up the areas of a level, and look up the total that was delivered for all of them."""
    parts = claim.parts
    ages = {name: int(parts[name] or default) for name, default in (("age_from", 0), ("age_to", 999))}
    term = Term(measure=parts["measure"], sex=parts["sex"] or "all", **ages)
    time = of.figures.time_of(term, claim.day())
    areas = [parts["area"], *of.figures.members(parts["area"], parts["level"], claim.day())]
    counts = [found for area in areas if time and (found := of.figures.count(term, area, time))]
    hidden = tuple(count for count in counts if count.value is None)
    values = [count.value or Fraction(0) for count in counts]
    return (values[0], sum(values[1:], Fraction(0)), hidden) if values else (Fraction(0), Fraction(0), hidden)


def _number(of: Lookup, claim: Claim) -> Expected:
    """Hold a number of things on the page to how many there are."""
    most = (
        len(of.figures.knowledge.cells) if claim.parts["what"] != "indicators" else len(of.figures.knowledge.indicators)
    )
    return Expected(least=Fraction(0), greatest=Fraction(most))


def _constant(of: Lookup, claim: Claim) -> Expected:  # noqa: ARG001 - one of many
    least, greatest = CONSTANTS.get(claim.parts["name"], (Fraction(0), Fraction(100)))
    return Expected(least=least, greatest=greatest, decimals=2)


def _size(of: Lookup, claim: Claim) -> Expected:
    """Hold the size of a file to the file: kilobytes, those begun included."""
    size = of.sizes.get(claim.parts["file"])
    return Expected(None if size is None else Fraction(-(-size // 1000)), is_absent=size is None)


def _margin(of: Lookup, claim: Claim) -> Expected:
    """Hold a difference that planners declared to what a value may be; it depends on no data."""
    return Expected(least=Fraction(0), greatest=Fraction(1000), decimals=of.decimals(claim) + 1)


CONSTANTS = {
    "design_effect": (Fraction(1), Fraction(3)),
    "largest_relative_error": (Fraction(15), Fraction(30)),
    "false_share": (Fraction(5), Fraction(10)),
    "zero": (Fraction(0), Fraction(0)),
    "one": (Fraction(1), Fraction(1)),
    "base": (Fraction(100), Fraction(10_000)),
}
"""Numbers of method that never depend on data."""

_CHANGES = {"change": _change, "change_difference": _change_difference}
_LEVELS = {
    "level_min": _level_min,
    "level_max": _level_max,
    "level_mean": _level_mean,
    "level_areas": _level_areas,
    "level_all": _level_all,
    "level_without": _level_without,
    **dict.fromkeys(("level_tested", "level_above", "level_below", "level_around", "level_clear"), _compared),
    **dict.fromkeys(("drawn", "drawn_ranks", "drawn_funnel", "drawn_relations"), _drawn),
    **dict.fromkeys(("about_least", "about_greatest"), spoken.on_base_of_level),
    "rank": _rank,
    "rank_lower": _lowest_rank,
    "rank_upper": _highest_rank,
}
_CELLS = {
    "value": _value,
    "numerator": _numerator,
    "denominator": _denominator,
    "lower": _lower,
    "upper": _upper,
    **dict.fromkeys(("converted", "converted_lower", "converted_upper", "least", "greatest"), _anything_from_zero),
    "rest": _rest,
    "difference": _difference,
    "difference_lower": _limit_of(_difference, is_lower=True),
    "difference_upper": _limit_of(_difference, is_lower=False),
    "side": spoken.side,
    **dict.fromkeys(("of_base", "about"), spoken.on_base),
}
_SERIES = {
    **_CHANGES,
    "change_size": lambda of, claim: spoken.size(_change(of, claim)),
    "direction": lambda of, claim: spoken.direction(_change(of, claim)),
    "course": lambda of, claim: spoken.course(_change(of, claim), series.slope(of, claim)),
    **{f"{name}_lower": _limit_of(found, is_lower=True) for name, found in _CHANGES.items()},
    **{f"{name}_upper": _limit_of(found, is_lower=False) for name, found in _CHANGES.items()},
    "rest_change": _rest_change,
    "slope": series.slope,
    "points": series.points,
    "p_value": series.share,
    "turning_point": series.year,
    "drawn_series": _drawn,
}
_OTHERS = {
    "level_status": _without_value,
    "class_least": _class_limit,
    "class_greatest": _class_limit,
    "class_areas": _some_of_level,
    "unassigned": _unassigned,
    "unassigned_share": _unassigned_share,
    "misplaced": _misplaced,
    "misplaced_of_town": _misplaced,
    "number": _number,
    "constant": _constant,
    "margin": _margin,
    "size": _size,
    **dict.fromkeys(("axis", "date", "period", "ages", "area", "drawn_ages", "drawn_outlook"), _drawn),
    **dict.fromkeys(("offer_text", "offer_label", "drawn_offers", "drawn_niches"), _drawn),
    "count": _count,
}
_STATISTICS: dict[str, Callable[[Lookup, Claim], Expected]] = {
    **_CELLS,
    **_SERIES,
    **_LEVELS,
    **composites.STATISTICS,
    **offers.STATISTICS,
    **_OTHERS,
    **outlooks.STATISTICS,
}
