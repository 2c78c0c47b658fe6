"""What a plan file may say: notebooks, their parameters, and choices such as "every sozialraum with more than 1,000 inhabitants"."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from sozialanalyse.catalogue import Date
from sozialanalyse.documents import Model, Versioned
from sozialanalyse.language import LanguageCode

ANY_AREA, DIVIDED_AREA = "area", "divided_area"
"""After ``every``, in place of a level: all areas but the whole town, and those of them that have areas below them."""


def _listed(names: object) -> object:
    """Take one name for a list of one."""
    return [names] if isinstance(names, str) else names


_NAME_OR_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Areas = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(_NAME_OR_NAMES)]
Limits = dict[str, Annotated[float, Field(ge=0, strict=True)]]


class Title(Model):
    """A title in both languages."""

    de: str
    en: str


class AreaChoice(Model):
    """Areas, chosen by a sentence: every sozialraum, within 05, except 051, with more than 1,000 inhabitants.

    Limits are of measures, which count: areas are chosen for their size, never for what a finding says of them.
    """

    every: str = Field(
        description="a level of the town such as sozialraum; area: all areas but the whole town; divided_area: those of them "
        "that have areas below them"
    )
    within: Areas = Field(default=(), description="only these areas and what lies in them")
    except_: Areas = Field(default=(), alias="except", description="neither these areas nor what lies in them")
    with_more_than: Limits = Field(default={}, description="measure: number, at its last date; as {population: 1000}")
    with_at_least: Limits = Field(default={}, description="measure: number, at its last date")
    with_fewer_than: Limits = Field(default={}, description="measure: number, at its last date")
    with_at_most: Limits = Field(default={}, description="measure: number, at its last date")


class DateChoice(Model):
    """Dates for which the target group has values."""

    last: int | None = Field(default=None, ge=1, strict=True, description="so many, counted from the last one")
    since: Date | None = Field(default=None, description="none before this day")


WORDS = ("all", "last")


def _kind(values: object) -> str:
    """Tell which form the values of a matrix key have; what has none of them is taken for a list, and refused as such."""
    if isinstance(values, DateChoice) or (isinstance(values, dict) and values.keys() & {"last", "since"}):
        return "dates"
    if isinstance(values, AreaChoice | dict):
        return "areas"
    return "word" if isinstance(values, str) else "list"


Choice = AreaChoice | DateChoice | str
"""What stands in a matrix in place of a list, and is looked up in the town."""

Values = Annotated[
    Annotated[list[Any], Tag("list")]
    | Annotated[Literal["all", "last"], Tag("word")]
    | Annotated[AreaChoice, Tag("areas")]
    | Annotated[DateChoice, Tag("dates")],
    Discriminator(_kind),
]
Languages = Annotated[list[LanguageCode], Field(min_length=1)]


class Entry(Model):
    """One entry of a plan; its matrix makes one or more runs."""

    id: str = Field(description="the handle of --only; holds the keys of the matrix in braces: trend-{area}")
    notebook: str | None = Field(
        default=None, description="may be left out where an entry of an extended plan is changed"
    )
    matrix: dict[str, Values] = Field(
        default={},
        description="a run for each combination: a list; for area {every: LEVEL, ...}; for date all, last, {last: 3} or "
        "{since: DATE}; for target_group all",
    )
    parameters: dict[str, Any] = Field(default={}, description="the same for all runs of the entry")
    title: Title | None = Field(
        default=None, description="for the index while there is no page; {area_name} is the name of the run's area"
    )
    languages: Languages | None = Field(default=None, description="in place of the languages of the plan")


class Plan(Versioned):
    """A whole plan file."""

    title: Title
    extends: str | None = Field(
        default=None,
        description="a plan beside this one or in notebooks/plans, such as standard.yml, whose entries come first; an entry "
        "with the id of one of them changes it",
    )
    drop: list[str] = Field(default=[], description="ids of entries of the extended plan that are left out")
    defaults: dict[str, Any] = Field(
        default={}, description="parameters of all entries whose notebook declares them and that do not set them"
    )
    languages: Languages | None = None
    """The languages of every page, that of the index first; a language that is ordered takes their place."""
    runs: list[Entry] = Field(default=[])
