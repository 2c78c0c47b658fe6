"""What the choices of a plan come to in a town: areas by their level, place and size, dates, and target groups.

Everything is taken from what was released: an area whose size is hidden or missing is left out, and that is said.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sozialanalyse.batch.plan_file import ANY_AREA, DIVIDED_AREA, AreaChoice, Choice, DateChoice
from sozialanalyse.errors import Fault, UsageError, unknown

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.batch.runs import Run
    from sozialanalyse.documents import KeyPath


class TownFacts(Protocol):
    """What a plan may know of a town: what was released to the audience of its pages."""

    @property
    def areas(self) -> AreaTree:
        """All areas, those of other times included."""
        ...

    @property
    def present(self) -> Sequence[str]:
        """Ids of the areas that exist at the last date that was counted, in reading order."""
        ...

    def amounts(self, measure: str) -> Mapping[str, float]:
        """Number of each area at the last date of a measure, as far as it is known; :class:`UsageError` where there is none."""
        ...

    def target_groups(self) -> Mapping[str, bool]:
        """All target groups, and whether the town has values for them."""
        ...

    def dates(self, target_group: str | None) -> Sequence[dt.date]:
        """The dates at which a target group has values, or any has."""
        ...

    def faults(self, run: Run) -> Iterable[Fault]:
        """Say what is wrong with a run; ``fault.place.key`` names the parameter."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice came to.

    Parameters
    ----------
    values
        What fits it.
    unknown
        What is left out as nobody may know, or knows, whether it fits.
    of
        How many there were to choose from.
    faults
        Why it cannot be: at which key below the choice, and what is wrong.
    """

    values: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    of: int = 0
    faults: tuple[tuple[KeyPath, Fault], ...] = ()


def chosen(key: str, choice: Choice, facts: TownFacts, target_group: str | None) -> Chosen:
    """Look up what a choice comes to.

    Parameters
    ----------
    key
        Name of the parameter: ``area``, ``date`` or ``target_group``.
    choice
        As the plan has it.
    facts
        Of the town.
    target_group
        Of the run, for its dates.
    """
    if key == "area" and isinstance(choice, AreaChoice):
        return areas_of(choice, facts)
    if key == "date" and not isinstance(choice, AreaChoice):
        return dates_of(choice, facts, target_group)
    return groups_of(facts)


def misplaced(key: str, choice: Choice) -> Fault | None:
    """Say what is wrong with a choice for a parameter that cannot be chosen so."""
    forms = {
        "area": (isinstance(choice, AreaChoice), "{every: LEVEL}"),
        "date": (isinstance(choice, DateChoice | str), "all, last, {last: 3}, {since: 2015-12-31}"),
        "target_group": (choice == "all", "all"),
    }
    if key not in forms:
        return Fault("'{key}' takes a list only", {"key": key})
    fits, allowed = forms[key]
    return None if fits else Fault("'{key}' takes a list, or: {allowed}", {"key": key, "allowed": allowed})


def groups_of(facts: TownFacts) -> Chosen:
    """Choose all target groups for which the town has values."""
    groups = facts.target_groups()
    values = tuple(group for group, has_values in groups.items() if has_values)
    unknown = tuple(group for group, has_values in groups.items() if not has_values)
    if not values:
        return _refused((), Fault("the town has values for no target group; name groups in a list"))
    return Chosen(values, unknown, len(groups))


def dates_of(choice: Choice, facts: TownFacts, target_group: str | None) -> Chosen:
    """Choose dates among those for which a target group has values."""
    days = [day.isoformat() for day in sorted(facts.dates(target_group))]
    if not days:
        return _refused((), Fault("the target group {group} has no values at any date", {"group": target_group or "-"}))
    if choice == "last":
        return Chosen((days[-1],), of=len(days))
    if not isinstance(choice, DateChoice):
        return Chosen(tuple(days), of=len(days))
    since = [day for day in days if choice.since is None or day >= choice.since.isoformat()]
    if not since:
        message = "the target group {group} has no values since {found}; the last ones are of {nearest}"
        values = {"group": target_group or "-", "found": choice.since, "nearest": days[-1]}
        return _refused(("since",), Fault(message, values))
    return Chosen(tuple(since[-choice.last :] if choice.last else since), of=len(days))


def areas_of(choice: AreaChoice, facts: TownFacts) -> Chosen:
    """Choose areas that exist at the last date.

    Parameters
    ----------
    choice
        As the plan has it.
    facts
        Of the town; a size that it does not know can neither fit nor miss a limit.

    Returns
    -------
    Chosen
        Ids in reading order; a higher lower limit, or a lower upper one, never adds any.
    """
    wrong = tuple(_wrong_names(choice, facts))
    if wrong:
        return Chosen(faults=wrong)
    inside = _members(choice.within, facts.areas)
    outside = _members(choice.except_, facts.areas)
    of_level = _of_level(choice.every, facts)
    placed = [area for area in of_level if not choice.within or area in inside]
    wrong = tuple(_wrong_places(choice, facts, of_level, placed))
    if wrong:
        return Chosen(faults=wrong)
    candidates = [area for area in placed if area not in outside]
    if not candidates:
        return _refused(("except",), Fault("nothing is left of the {count} areas", {"count": len(placed)}))
    return _within_limits(choice, candidates, facts)


def _wrong_names(choice: AreaChoice, facts: TownFacts) -> Iterator[tuple[KeyPath, Fault]]:
    """Name areas, levels and measures that the town does not have."""
    levels = [*facts.areas.levels, ANY_AREA, DIVIDED_AREA]
    if choice.every not in levels:
        what = "level"
        yield from ((("every",), fault) for fault in unknown(what, choice.every, levels).faults)
    asked: list[tuple[KeyPath, Callable[[str], object], str]] = []
    for key, areas in (("within", choice.within), ("except", choice.except_)):
        asked += [((key, number), facts.areas.require, area) for number, area in enumerate(areas)]
    asked += [((limit.key, limit.measure), facts.amounts, limit.measure) for limit in limits_of(choice)]
    for path, require, name in asked:
        try:
            require(name)
        except UsageError as error:
            yield from ((path, fault) for fault in error.faults)


def _of_level(every: str, facts: TownFacts) -> list[str]:
    """List the areas of a level, or all but the whole town, or those of them that are divided further."""
    frame, present = facts.areas.frame, facts.present
    if every not in {ANY_AREA, DIVIDED_AREA}:
        of_level = set(frame.loc[frame["level"] == every, "area"])
        return [area for area in present if area in of_level]
    parents = dict(zip(frame["area"], frame["parent"], strict=True))
    divided = {parents[area] for area in present}
    return [area for area in present if parents[area] and (every == ANY_AREA or area in divided)]


def _members(areas: Iterable[str], tree: AreaTree) -> set[str]:
    """Gather areas and all that lies in them."""
    members = set(areas)
    for area, parent in zip(tree.frame["area"], tree.frame["parent"], strict=True):  # larger areas stand first
        if parent in members:
            members.add(area)
    return members


def _wrong_places(
    choice: AreaChoice, facts: TownFacts, of_level: Sequence[str], placed: Sequence[str]
) -> Iterator[tuple[KeyPath, Fault]]:
    """Say where nothing lies that could be chosen, or left out."""
    tree = facts.areas
    if not of_level:
        yield ("every",), Fault("the town has no area of the level {found} today", {"found": choice.every})
    elif not placed:
        inside = _members(choice.within, tree) & set(facts.present)
        there = set(tree.frame.loc[tree.frame["area"].isin(inside), "level"])
        levels = [level for level in tree.levels if level in there]
        message = "no area of the level {level} lies within {found}; the levels there are: {allowed}"
        values = {"level": choice.every, "found": ", ".join(choice.within), "allowed": ", ".join(levels) or "-"}
        yield ("within",), Fault(message, values)
    for number, area in enumerate(choice.except_):
        if placed and not _members([area], tree) & set(placed):
            yield ("except", number), Fault("'{found}' is not among the areas chosen; remove it", {"found": area})


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a measure."""

    key: str
    measure: str
    number: float

    def fits(self, amount: float) -> bool:
        """Say whether an amount keeps it."""
        return _COMPARED[self.key](amount, self.number)

    def nearest(self, amounts: Mapping[str, float]) -> str:
        """Give the area that misses it by least."""
        return min(amounts, key=lambda area: abs(amounts[area] - self.number))


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "with_more_than": operator.gt,
    "with_at_least": operator.ge,
    "with_fewer_than": operator.lt,
    "with_at_most": operator.le,
}


def limits_of(choice: AreaChoice) -> list[Limit]:
    """List all limits of a choice."""
    return [Limit(key, measure, number) for key in _COMPARED for measure, number in getattr(choice, key).items()]


def _within_limits(choice: AreaChoice, candidates: Sequence[str], facts: TownFacts) -> Chosen:
    """Keep the areas that are known to keep all limits."""
    left, unknown = list(candidates), set[str]()
    for limit in limits_of(choice):
        amounts = facts.amounts(limit.measure)
        known = {area: amounts[area] for area in left if area in amounts}
        fitting = [area for area in known if limit.fits(known[area])]
        if not fitting:
            return _refused((limit.key, limit.measure), _nothing_fits(limit, known, len(left)))
        unknown.update(area for area in left if area not in amounts)
        left = fitting
    return Chosen(tuple(left), tuple(area for area in candidates if area in unknown), len(candidates))


def _nothing_fits(limit: Limit, known: Mapping[str, float], count: int) -> Fault:
    values: dict[str, Any] = {"measure": limit.measure, "count": count}
    if not known:
        return Fault("'{measure}' is hidden or missing in all {count} areas", values)
    area = limit.nearest(known)
    values |= {"area": area, "amount": f"{known[area]:g}"}
    return Fault("none of {count} areas fits; the nearest is {area} with {amount}", values)


def _refused(path: KeyPath, fault: Fault) -> Chosen:
    return Chosen(faults=((path, fault),))
