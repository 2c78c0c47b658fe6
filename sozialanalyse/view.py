"""A view: what a page looks at, and for whom. Everything that is drawn or said takes one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from sozialanalyse.errors import UsageError, unknown
from sozialanalyse.language import NO_BREAK_SPACE, Language, LanguageCode, keyed
from sozialanalyse.narrowing import narrowed
from sozialanalyse.reading import noted
from sozialanalyse.scope import scope_of

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.town import Town

Audience = Literal["public", "administration", "statistics_unit"]
AUDIENCES: tuple[str, ...] = get_args(Audience)

DECIMALS = 1


@dataclass(frozen=True)
class View:
    """Target group, area and level of a town, in a language, for an audience.

    Its ``town`` holds no more than what its target group needs (see :mod:`sozialanalyse.scope`), so that it is known what a
    page was made of.

    Parameters
    ----------
    town
        The town.
    target_group
        Id of a target group of the catalogue.
    area
        The area that the page is about; empty for the whole town.
    level
        The level of the areas that are compared; empty for the level below the area.
    language
        ``de`` or ``en``.
    audience
        ``public``, ``administration`` or ``statistics_unit``.

    Raises
    ------
    UsageError
        Unknown name, or confidential counts that have not been released for the audience.
    """

    town: Town
    target_group: str
    area: str = ""
    level: str = ""
    language: LanguageCode = "de"
    audience: Audience = "public"

    def __post_init__(self) -> None:
        object.__setattr__(self, "town", self.town.entire)
        with noted():
            self._check()
            scope = scope_of(self.target_group, self.town.catalogue)
        object.__setattr__(self, "town", narrowed(self.town, scope))

    def _check(self) -> None:
        """Refuse unknown names and what has not been released."""
        tree = self.town.areas
        object.__setattr__(self, "area", tree.require(self.area or tree.root))
        object.__setattr__(self, "level", tree.require_level(self.level or self._level_below()))
        Language(self.language)
        if self.audience not in AUDIENCES:
            what = "audience"
            raise unknown(what, self.audience, AUDIENCES)
        refuse_unreleased(self.town, self.audience)

    def _level_below(self) -> str:
        """Find the largest level below the area on which it has areas; its own where there is none."""
        tree = self.town.areas
        own = tree.level(self.area)
        smaller = reversed(tree.levels[: tree.levels.index(own) if own in tree.levels else None])
        return next((level for level in smaller if tree.below(self.area, level)), own)

    @cached_property
    def words(self) -> Language:
        """The language of the readers."""
        return Language(self.language)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """Indicators of the target group for which the town has data, in reading order."""
        return self.town.indicators_of(self.target_group)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Indicator frame of the target group."""
        return self.town.indicators(self.target_group)

    @cached_property
    def members(self) -> list[str]:
        """Ids of the areas of the view's level inside its area."""
        return self.town.areas.below(self.area, self.level)

    def indicator(self, name: str) -> Indicator:
        """Return an indicator of the catalogue."""
        return self.town.catalogue.indicator(name)

    def label(self, indicator: str) -> str:
        """Name of an indicator."""
        return self.words.of(self.indicator(indicator).label)

    def short(self, indicator: str) -> str:
        """Short name of an indicator, for charts."""
        return self.words.of(self.indicator(indicator).short)

    def decimals(self, indicator: str) -> int:
        """Decimals with which values of an indicator are written: none for counts."""
        return 0 if self.indicator(indicator).kind == "count" else DECIMALS

    def amount(self, indicator: str, value: float, decimals: int | None = None, *, key: str = "") -> str:
        """Write a value with the sign of its indicator's unit, for example 4,3 %, and with its key, if given."""
        decimals = self.decimals(indicator) if decimals is None else decimals
        write = self.words.percent if self.indicator(indicator).unit == "percent" else self.words.number
        return keyed(write(value, decimals), key)

    def measured(self, indicator: str, value: float, decimals: int | None = None, *, key: str = "") -> str:
        """Write a value as a sentence does, with any unit spelled out: 4,3 %; 39,4 je 1.000; 46,9 m²."""
        amount = self.amount(indicator, value, decimals, key=key)
        spelled_out = self.indicator(indicator).unit in {"percent", "persons"}
        return amount if spelled_out else f"{amount}{NO_BREAK_SPACE}{self.unit(indicator)}"

    def unit(self, indicator: str) -> str:
        """Name of the unit of an indicator."""
        return self.words.text(UNITS[self.indicator(indicator).unit])

    def level_name(self, level: str | None = None, *, plural: bool = False) -> str:
        """Name of a level, for example Sozialräume."""
        wanted = level or self.level
        entry = next(entry for entry in self.town.data.file.all_levels if entry.id == wanted)
        return self.words.of(entry.plural if plural else entry.label)

    def area_name(self, area: str | None = None) -> str:
        """Name of an area, with its id where the name alone does not tell which."""
        area = area or self.area
        tree = self.town.areas
        name = tree.name(area)
        return name if area == tree.root or area in tree.members else f"{area} {name}"


UNITS = {
    "persons": "number",
    "percent": "per cent",
    "per_100": "per 100",
    "per_1000": "per 1,000",
    "per_10000": "per 10,000",
    "square_metres": "square metres",
}


def refuse_unreleased(town: Town, audience: Audience) -> None:
    """Refuse to show counts to an audience for which they have not been released.

    Raises
    ------
    UsageError
        With what can be done instead.
    """
    released = town.audience or AUDIENCES[-1]
    is_open = town.audience in {None, AUDIENCES[-1]} and town.data.file.confidentiality != "confidential"
    if not is_open and AUDIENCES.index(released) > AUDIENCES.index(audience):
        message = (
            "the counts of {town} have not been released for {audience}; take sa.open_for(audience, town=...), or the file of a "
            "release made for them"
        )
        raise UsageError(message, town=town.name, audience=audience)
