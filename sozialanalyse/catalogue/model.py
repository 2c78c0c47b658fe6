"""What the catalogue is made of: measures, indicators and target groups.

Each entry checks itself here; whether entries fit together is checked in :mod:`sozialanalyse.catalogue.checks`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from sozialanalyse.documents import Model
from sozialanalyse.periods import parse_ages

Unit = Literal["persons", "percent", "per_100", "per_1000", "per_10000", "square_metres"]
Kind = Literal["count", "proportion", "rate", "ratio", "mean"]
Direction = Literal["higher_is_better", "higher_is_worse", "neutral"]
SubjectField = Literal[
    "population", "work", "income", "housing", "education", "health", "care", "social_services", "integration"
]
Sex = Literal["", "all", "female", "male", "diverse"]

FACTORS: dict[str, int] = {
    "persons": 1,
    "square_metres": 1,
    "percent": 100,
    "per_100": 100,
    "per_1000": 1_000,
    "per_10000": 10_000,
}
"""By what numerator over denominator is multiplied to give the unit."""

UNITS_OF_KIND: dict[str, tuple[str, ...]] = {
    "count": ("persons",),
    "proportion": ("percent", "per_100", "per_1000", "per_10000"),
    "rate": ("per_100", "per_1000", "per_10000"),
    "ratio": ("percent", "per_100", "per_1000", "per_10000"),
    "mean": ("square_metres", "persons"),
}
"""The units that make sense for each kind; a rate of events is no percentage."""

HOUSEHOLD_DESIGN_EFFECT = 2.5
"""How many times larger the chance variation of persons is who enter and leave a count by whole households.

For households of m counted persons it is E[m^2] / E[m] (Kish 1965, Survey Sampling, for clusters taken whole): 2.3 where
45, 33, 15 and 7 of 100 households count 1, 2, 3 and 4 children, 2.6 where all members count and singles are frequent.
The value is our assumption between both, until a town declares one estimated from its own households.
"""

SHORT_LENGTH = 28
"""So many characters fit beside a chart; longer names are cut there."""

_SLUG = r"^[a-z][a-z0-9_]*$"

Id = Annotated[str, Field(pattern=_SLUG, description="small letters, digits and underscores; never changed once used")]


def _age_group(text: str) -> str:
    parse_ages(text)
    return text


AgeGroup = Annotated[str, AfterValidator(_age_group)]
"""Ages in completed years as :func:`sozialanalyse.periods.parse_ages` reads them: 0-14, 65+; empty: all."""


def _not_blank(text: str) -> str:
    if not text.strip():
        message = "the text is empty; write it in both languages"
        raise ValueError(message)
    return text


_NOT_BLANK = (AfterValidator(_not_blank), Field(json_schema_extra={"pattern": r"\S"}))
Sentence = Annotated[str, *_NOT_BLANK]
ShortName = Annotated[str, Field(max_length=SHORT_LENGTH), *_NOT_BLANK]


class Text(Model):
    """What readers see, in both languages."""

    de: Sentence
    en: Sentence


class ShortText(Model):
    """A name that fits into a chart, in both languages."""

    de: ShortName
    en: ShortName


class Said(Model):
    """How sentences speak of an indicator: a program knows neither the gender of its name nor plain words for it."""

    subject: Text = Field(description="how a sentence begins, singular with article: Der Anteil der unter 18-Jährigen")
    topic: Text = Field(description="what is counted, in plain words; goes on from 'Es geht um' and 'This is about'")
    among: Text = Field(
        description="among whom, in plain words: dative plural after 'von 100', of ratios and rates accusative plural after "
        "'Auf 100', of counts after 'Es sind etwa 100', of means singular after 'je'"
    )


class Sourced(Model):
    """Something that was checked against a named page, or says openly that it was not."""

    reference: Sentence | None = Field(default=None, description="the page against which this was checked")
    review: Literal["open"] | None = Field(
        default=None, validate_default=True, description="no named source yet; said wherever this is shown"
    )

    @field_validator("review")
    @classmethod
    def _is_either(cls, review: str | None, info: ValidationInfo) -> str | None:
        reference = info.data.get("reference")
        if reference and review:
            message = "reference and review exclude each other; once the source is entered, remove 'review'"
            raise ValueError(message)
        if "reference" in info.data and not reference and not review:
            message = "the source is missing; enter the page that was checked as 'reference', or write 'review: open'"
            raise ValueError(message)
        return review

    @property
    def is_open(self) -> bool:
        """Whether a named source is still to be entered."""
        return self.review is not None


def _written_out(date: Any) -> Any:
    """Lest pydantic takes a bare year for seconds since 1970."""
    if not isinstance(date, dt.date) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(date)):
        message = "a date like 2011-12-31 is expected"
        raise ValueError(message)
    return date


Date = Annotated[dt.date, BeforeValidator(_written_out)]


class Change(Sourced):
    """What changed in the meaning of a number, and whether earlier and later values may still stand on one line."""

    note: Text
    stops_trend: bool = Field(
        default=True,
        description="false: said on pages, but the line goes on, since bounds carry the change or people were moved by "
        "another law while the definition stayed",
    )


class Break(Change):
    """A date from which on a series means something else; no trend line crosses it."""

    date: Date = Field(description="first day of the new meaning")


class MeasureVersion(Change):
    """What a measure means from a date on; a break of every indicator that is made of it."""

    valid_from: Date = Field(description="first day of this meaning")

    def as_break(self) -> Break:
        """Return the break that this version makes of a series."""
        return Break.model_validate({**self.model_dump(exclude={"valid_from"}), "date": self.valid_from})


class Measure(Model):
    """Something that is counted and delivered by area and period."""

    id: Id
    label: Text
    unit: Literal["persons", "households", "dwellings", "square_metres", "cases"]
    period_kind: Literal["stock", "flow", "school_year"] = Field(
        description="stock at a date, flow over a calendar year, or school year (August to July)"
    )
    ages: bool = Field(description="whether the counts come by age group")
    source: Text
    keywords: tuple[Sentence, ...] = Field(
        default=(), description="how offices call it in their tables, in small letters; finds the measure of a column"
    )
    versions: tuple[MeasureVersion, ...] = Field(default=(), description="when its definition changed, and how")
    part_of: Id | None = Field(
        default=None,
        description="a measure that counts all of these too, at every age and sex, so that this is never more",
    )

    persistence: tuple[float, float] | None = Field(
        default=None,
        description="least and largest share of those counted in an area who are still counted there a year later, those "
        "who merely grow older included; of a stock only. Without it trends of the stock are described, not tested",
    )

    @field_validator("persistence")
    @classmethod
    def _are_shares(cls, bounds: tuple[float, float] | None, info: ValidationInfo) -> tuple[float, float] | None:
        if bounds and info.data.get("period_kind", "stock") != "stock":
            message = "only of a stock the same people are counted again; remove 'persistence'"
            raise ValueError(message)
        if bounds and not 0 <= bounds[0] <= bounds[1] < 1:
            message = "the least share stands first, then the largest, both from 0 to below 1, for example [0.7, 0.9]"
            raise ValueError(message)
        return bounds

    @field_validator("versions")
    @classmethod
    def _in_order(cls, versions: tuple[MeasureVersion, ...]) -> tuple[MeasureVersion, ...]:
        dates = [entry.valid_from for entry in versions]
        if dates != sorted(set(dates)):
            message = "versions stand in the order of their dates, each date once"
            raise ValueError(message)
        return versions


class Amount(Model):
    """A measure, or the part of it within an age range and of one sex; what stands above or below a fraction line."""

    measure: Id
    age: AgeGroup = Field(default="", description="0-14, 65+; empty: all ages")
    sex: Sex = Field(default="", description="empty: all")

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age in completed years, both included (see :func:`sozialanalyse.periods.parse_ages`)."""
        return parse_ages(self.age)


class Indicator(Sourced):
    """A number about an area: a count, or a numerator over a denominator.

    ``proportion``: the numerator is part of the denominator. ``rate``: events per population. ``ratio``: two things that
    need not contain each other, so it may exceed 100 % and has no binomial interval. ``mean``: an average per unit.
    """

    id: Id
    code: str = Field(pattern=r"^[A-Z]+[0-9]{2,}[a-z]?$", description="letter of the field and number: P01")
    label: Text
    short: ShortText
    said: Said | None = Field(default=None, description="how sentences speak of it; without, they use its name alone")
    field: SubjectField
    tier: Literal["core", "extended"]
    kind: Kind
    unit: Unit
    numerator: Amount
    denominator: Amount | None = Field(default=None, validate_default=True)
    max_gap_days: int = Field(
        default=0, ge=0, description="how many days the ends of numerator and denominator may lie apart"
    )
    direction: Direction
    bundled: Literal["household"] | None = Field(
        default=None, description="persons come in households: intervals are widened by a design effect"
    )
    declared_effect: float | None = Field(
        default=None, ge=1, description="its design effect, where somebody estimated it; a town declares it in town.yml"
    )
    town_only: bool = Field(
        default=False, description="true: never shown by area, since the count would locate places of protection"
    )
    source: Text
    definition: Text
    reading: Text = Field(description="Lesehilfe: one sentence about the area, without any result")
    notes: Text | None = None
    breaks: tuple[Break, ...] = ()
    plausible: tuple[float, float] | None = Field(
        default=None,
        description="least and largest value that an area may have, in the unit; beyond, the counts are checked",
    )
    relevant_difference: float | None = Field(
        default=None,
        gt=0,
        description="smallest difference between an area and the rest of the town that matters, in the unit; a decision "
        "of the planners, taken before looking at the data. Without it an area stands out by being unusual among areas",
    )

    @field_validator("unit")
    @classmethod
    def _fits_kind(cls, unit: str, info: ValidationInfo) -> str:
        kind = info.data.get("kind")
        if kind and unit not in UNITS_OF_KIND[kind]:
            message = f"a {kind} has no unit '{unit}'; allowed are: {', '.join(UNITS_OF_KIND[kind])}"
            raise ValueError(message)
        return unit

    @field_validator("denominator")
    @classmethod
    def _is_there_when_needed(cls, denominator: Amount | None, info: ValidationInfo) -> Amount | None:
        kind = info.data.get("kind")
        if kind == "count" and denominator:
            message = "a count has no denominator; remove it or choose another kind"
            raise ValueError(message)
        if kind and kind != "count" and not denominator:
            message = f"a {kind} needs a denominator"
            raise ValueError(message)
        return denominator

    @field_validator("plausible")
    @classmethod
    def _rises(cls, plausible: tuple[float, float] | None) -> tuple[float, float] | None:
        if plausible and not plausible[0] < plausible[1]:
            message = "the least plausible value stands first, then the largest, for example [15, 150]"
            raise ValueError(message)
        return plausible

    @field_validator("breaks")
    @classmethod
    def _in_order(cls, breaks: tuple[Break, ...]) -> tuple[Break, ...]:
        dates = [entry.date for entry in breaks]
        if dates != sorted(set(dates)):
            message = "breaks stand in the order of their dates, each date once"
            raise ValueError(message)
        return breaks

    @property
    def design_effect(self) -> float:
        """By how much counting in bundles enlarges the variance; 1 where persons are counted one by one."""
        return self.declared_effect or (HOUSEHOLD_DESIGN_EFFECT if self.bundled else 1.0)

    @property
    def factor(self) -> int:
        """By what numerator over denominator is multiplied to give the unit: 100 for per cent."""
        return FACTORS[self.unit]

    @property
    def amounts(self) -> dict[str, Amount]:
        """Numerator and, where there is one, denominator by the name of their key."""
        parts = {"numerator": self.numerator, "denominator": self.denominator}
        return {key: amount for key, amount in parts.items() if amount}


class TargetGroup(Model):
    """For whom findings are made, and which indicators speak of their situation."""

    id: Id
    label: Text
    question: Text
    indicators: tuple[Id, ...] = Field(min_length=1, description="ids in the order in which a page shows them")
    lead: Id = Field(description="the indicator that is mapped first")
