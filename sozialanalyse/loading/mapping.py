"""What a planner declares in a mapping file: how a raw delivery of any shape becomes tidy counts or the table of areas.

A delivery is long (many rows, one column of numbers) or wide (a column a measure); both are said in one way: a list of
``values``, each naming a column, optionally the rows that it takes, and the measure, ages and sex that stand there.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from sozialanalyse.catalogue import Amount
from sozialanalyse.catalogue.model import Sex
from sozialanalyse.documents import Model, Versioned
from sozialanalyse.loading.marks import FLAGS, PRESETS, DeclaredMark, Mark, Preset, Signs
from sozialanalyse.loading.numbers import Notation
from sozialanalyse.loading.site_file import Date
from sozialanalyse.loading.table_file import AtLeastOne, TableFile, Where
from sozialanalyse.periods import parse_ages

SOME_DATE = dt.date(2011, 12, 31)
"""Any date whose day and month cannot be taken for one another."""


def expression(text: str | None) -> str | None:
    """Return a regular expression that is one."""
    try:
        re.compile(text or "")
    except re.error as error:
        message = f"this is no regular expression: {error}"
        raise ValueError(message) from None
    return text


class Taken(Model):
    """Something that stands in a column or is the same for the whole file."""

    column: str | None = Field(default=None, description="column that it stands in")
    value: str | None = Field(default=None, description="in place of a column: what holds for all rows")
    pattern: str = Field(default="{}", description="text around the column's value, such as '{}-12-31'")

    @model_validator(mode="after")
    def _one_of_both(self) -> Taken:
        if (self.column is None) == (self.value is None):
            message = "give either column or value"
            raise ValueError(message)
        return self


class TakenPeriod(Taken):
    """A reference date or span."""

    format: str | None = Field(
        default=None,
        description="how the column writes its dates: %d.%m.%Y for 31.12.2011, %Y%m%d for 20111231, %d.%m.%y for 31.12.11",
    )

    @field_validator("format")
    @classmethod
    def _names_a_day(cls, written: str | None) -> str | None:
        try:
            is_a_day = written is None or dt.datetime.strptime(SOME_DATE.strftime(written), written).date() == SOME_DATE  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            is_a_day = False
        if not is_a_day:
            message = (
                "a format names day, month and year, for example %d.%m.%Y; for a year alone write pattern: '{}-12-31'"
            )
            raise ValueError(message)
        return written

    @model_validator(mode="after")
    def _format_or_pattern(self) -> TakenPeriod:
        if self.format and (self.pattern != "{}" or self.column is None):
            message = "a format is of the dates in a column and needs no pattern"
            raise ValueError(message)
        return self


class TakenArea(Taken):
    """An area by its id or its name."""

    width: int | None = Field(
        default=None, ge=1, description="ids have so many digits: 42 becomes 042 where the file has lost its zeros"
    )
    by: Literal["id", "name"] = Field(
        default="id", description="name: the file names areas, the table of areas has the ids"
    )
    matching: str | None = Field(
        default=None,
        description="regular expression that a whole id matches; other rows are not meant, unless they are named as totals, "
        "unassigned or area_names",
    )
    level: str | None = Field(default=None, description="all names are of areas of this level")
    order: tuple[str, ...] = Field(
        default=(),
        description="levels in the order of the rows: where a name stands on several, its first row is of the first of them",
    )
    within: str | None = Field(
        default=None, description="column with the name or id of an area that the named one lies in"
    )

    @field_validator("matching")
    @classmethod
    def _is_expression(cls, matching: str | None) -> str | None:
        return expression(matching)

    @model_validator(mode="after")
    def _fits(self) -> TakenArea:
        if self.by == "id" and (self.level or self.order or self.within):
            message = "level, order and within tell areas of the same name apart; they need by: name"
            raise ValueError(message)
        if self.by == "name" and self.width:
            message = "width is of ids, not of names"
            raise ValueError(message)
        return self


class ShareOf(Amount):
    """The amount that a delivered percentage is a share of."""

    decimals: int = Field(ge=0, le=15, description="how many decimals of the percentage are delivered")
    per: float = Field(default=100, gt=0, description="100 of a percentage, 1000 of a rate in 1,000, 1 of a mean")


class AgeCodes(Model):
    """Ages that stand in a column, written in the deliverer's way."""

    column: str
    codes: dict[str, str] = Field(
        min_length=1, description="age group by what is written: {'1': 0-4, '17': 80+, all: ''}"
    )

    @field_validator("codes")
    @classmethod
    def _are_age_groups(cls, codes: dict[str, str]) -> dict[str, str]:
        for age in codes.values():
            parse_ages(age)
        return codes


class SexCodes(Model):
    """Sexes that stand in a column, written in the deliverer's way."""

    column: str
    codes: dict[str, Sex] = Field(min_length=1, description="sex by what is written: {m: male, w: female, '': all}")


class ValueColumn(Amount):
    """A column of numbers and what they count."""

    column: str | None = Field(default=None, description="column of the numbers")
    columns: tuple[str, ...] = Field(
        default=(), description="in place of one column: the count is the sum of these, as far as all are delivered"
    )
    age_codes: AgeCodes | None = Field(
        default=None, description="where a column says the age; only rows of these codes"
    )
    sex_codes: SexCodes | None = Field(
        default=None, description="where a column says the sex; only rows of these codes"
    )
    where: Where = Field(default={}, description="only the rows whose columns have these values")
    share_of: ShareOf | None = Field(default=None, description="the numbers are percentages of this")
    factor: float = Field(
        default=1, gt=0, description="1000 where the file counts in thousands; the counts are then known to half of it"
    )
    period: TakenPeriod | None = Field(default=None, description="where it differs from that of the other columns")

    @model_validator(mode="after")
    def _says_each_once(self) -> ValueColumn:
        if (self.column is None) == (not self.columns):
            message = "give either column or columns"
            raise ValueError(message)
        if self.columns and self.share_of:
            message = "percentages cannot be added up; give one column"
            raise ValueError(message)
        if (self.age and self.age_codes) or (self.sex and self.sex_codes):
            message = "age and sex are the same for all rows or stand in a column; give one of both"
            raise ValueError(message)
        return self

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of the numbers."""
        return (self.column,) if self.column else self.columns

    @property
    def chosen(self) -> Where:
        """The rows that are meant, by ``where`` and by the codes."""
        coded = [codes for codes in (self.age_codes, self.sex_codes) if codes]
        return {**self.where, **{codes.column: tuple(codes.codes) for codes in coded if codes.column not in self.where}}


class Mapping(TableFile, Versioned):
    """The mapping of one raw file to tidy counts."""

    source: str = Field(description="one of the sources declared in town.yml")
    delivered: Date | None = Field(
        default=None, description="when it came; of two deliveries of the same count the later one is used"
    )
    area: TakenArea
    area_names: dict[str, str] = Field(default={}, description="ids by what the file writes in their place")
    totals: dict[str, Annotated[tuple[str, ...], AtLeastOne]] = Field(
        default={},
        description="rows of totals, wherever they stand: id of the area and what is written there; "
        "capitals, blanks and a colon at the end make no difference",
    )
    unassigned: tuple[str, ...] = Field(
        default=(),
        description="what is written in rows that count for no area, such as 'keine Angabe'; they are kept apart",
    )
    period: TakenPeriod
    values: Annotated[tuple[ValueColumn, ...], AtLeastOne]
    decimal: Literal[".", ","] = Field(
        default=".", description="decimal sign; a comma where thousands: '.' is declared"
    )
    thousands: Literal["", ".", ",", " ", "'"] = Field(
        default="", validate_default=True, description="separator of thousands; ' ' is any blank, narrow ones included"
    )
    marks_of: Preset | None = Field(
        default=None,
        description="marks of the statistical offices (destatis) or of the Bundesagentur für Arbeit (ba)",
    )
    marks: dict[str, DeclaredMark] = Field(
        default={}, description="what stands in place of a number, such as {'*': {state: suppressed, between: [1, 9]}}"
    )
    footnotes: dict[str, str] = Field(
        default={},
        description="signs that stand behind numbers, with the text of the footnote: {'**)': 'with barracks'}",
    )
    rounded_to: int | None = Field(default=None, ge=2, description="each count is rounded to a multiple of it")
    abolished: tuple[str, ...] = Field(
        default=(),
        description="marks that also stand for areas that do not exist (any more): such a row is passed over where the "
        "table of areas has no such area at the date",
    )
    unless: Where = Field(default={}, description="not the rows whose columns have these values")
    unmapped_rows: Literal["refuse", "ignore"] = Field(
        default="refuse", description="what is done with rows that no entry of values takes"
    )

    @model_validator(mode="before")
    @classmethod
    def _with_decimal_comma(cls, found: Any) -> Any:
        """Points between thousands leave only the comma for decimals."""
        is_implied = isinstance(found, dict) and found.get("thousands") == "." and "decimal" not in found
        return {**found, "decimal": ","} if is_implied else found

    @field_validator("thousands")
    @classmethod
    def _is_another_sign(cls, thousands: str, info: Any) -> str:
        if thousands and thousands == info.data.get("decimal"):
            message = "the decimal sign and the separator of thousands cannot be the same"
            raise ValueError(message)
        return thousands

    @field_validator("footnotes")
    @classmethod
    def _can_be_told_from_digits(cls, footnotes: dict[str, str]) -> dict[str, str]:
        if any(not sign.strip() or sign.isdigit() for sign in footnotes):
            message = "the sign of a footnote is more than blanks and digits, such as '*' or '1)'"
            raise ValueError(message)
        return footnotes

    @model_validator(mode="after")
    def _says_each_once(self) -> Mapping:
        spelled = [spelling(text) for texts in (*self.totals.values(), self.unassigned) for text in texts]
        if twice := sorted({text for text in spelled if spelled.count(text) > 1}):
            message = f"the same row cannot be two things: {', '.join(twice)}"
            raise ValueError(message)
        return self

    @property
    def called(self) -> str:
        """How the delivery is called in messages."""
        return self.file or (self.query.connection if self.query else "")

    def signs_of(self, entry: ValueColumn) -> Signs:
        """How the cells of a column are read; what the planner declares goes before what the preset says."""
        is_stated = "decimal" in self.model_fields_set or entry.share_of is not None
        preset = PRESETS[self.marks_of] if self.marks_of else {}
        return Signs(
            notation=Notation(self.decimal, self.thousands, is_stated or bool(self.thousands)),
            marks={"": Mark(state="missing"), **preset, **self.marks},
            flags=FLAGS if self.marks_of else {},
            footnotes=self.footnotes,
        )


def spelling(text: str) -> str:
    """Write a label so that capitals, blanks and a colon at its end make no difference.

    Examples
    --------
    >>> spelling("  INSGESAMT :")
    'insgesamt'
    """
    return " ".join(text.casefold().split()).rstrip(": ")


class Parent(Model):
    """How the parent's id follows: one value, a column, or the first characters of the area's own id."""

    value: str | None = Field(default=None, description="id of the parent of all these areas")
    column: str | None = Field(default=None, description="column of the parents' ids")
    prefix: int | None = Field(default=None, ge=1, description="so many characters of the area's id")
    pattern: str = Field(default="{}", description="text around it, such as '00{}'")

    @model_validator(mode="after")
    def _one_of_three(self) -> Parent:
        if [self.value, self.column, self.prefix].count(None) != 2:
            message = "give one of value, column and prefix"
            raise ValueError(message)
        return self


class AreaPart(TableFile):
    """The areas of one level in a raw file."""

    level: str
    area: str = Field(description="column of the ids")
    width: int | None = Field(default=None, ge=1, description="ids have so many digits, as in the mapping of counts")
    name: str | None = Field(default=None, description="column of the names; without it the id is the name")
    name_pattern: str = Field(default="{}", description="text around the name, such as 'Prognoseraum {}'")
    names: dict[str, str] = Field(default={}, description="names by id, where the file has none or a slip")
    matching: str | None = Field(default=None, description="regular expression that the whole id matches")
    unless: Where = Field(
        default={}, description="not the rows whose columns have these values, such as '-' for abolished areas"
    )
    parent: Parent | None = None
    valid_from: Date | None = Field(
        default=None, description="first day of these areas, where they have not always been"
    )
    valid_to: Date | None = Field(default=None, description="their last day, where they are no more")

    @field_validator("matching")
    @classmethod
    def _is_expression(cls, matching: str | None) -> str | None:
        return expression(matching)


class AreasMapping(Versioned):
    """The mapping of raw files to the table of areas."""

    parts: Annotated[tuple[AreaPart, ...], AtLeastOne]
