"""What a planner declares in a mapping file: how a raw delivery of any shape becomes tidy counts or the table of areas.

A delivery is long (many rows, one column of numbers) or wide (a column a measure); both are said in one way: a list of
``values``, each naming a column, optionally the rows that it takes, and the measure, ages and sex that stand there.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from sozialanalyse.catalogue import Amount
from sozialanalyse.documents import Model, Versioned

State = Literal["zero", "missing", "suppressed", "not_applicable"]


def _at_least_one(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    if not entries:
        message = "the list is empty; at least one entry is needed"
        raise ValueError(message)
    return entries


AtLeastOne = AfterValidator(_at_least_one)
"""In place of a least length, which is said to be missed also where an entry is faulty in itself."""

Wanted = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda found: found if isinstance(found, list | tuple) else (found,), str | list[str]),
    AtLeastOne,
]
"""One text or a list of them."""

Where = dict[str, Wanted]
"""Which rows: for each column named, the values that it may have."""


class TableFile(Model):
    """A delimited text file, how it is written, and which of its rows are meant."""

    file: str = Field(description="path below the folder of raw files")
    encoding: str = "utf-8"
    separator: str = Field(default=",", min_length=1, max_length=1)
    header_row: int = Field(default=1, ge=1, description="line of the column names; lines above it are titles")
    rows: Where = Field(default={}, description="take only the rows whose columns have these values")

    @field_validator("encoding")
    @classmethod
    def _is_known_encoding(cls, encoding: str) -> str:
        try:
            b"some text".decode(encoding)
        except LookupError:
            message = "this encoding is not known; common ones are utf-8, cp1252 and utf-16"
            raise ValueError(message) from None
        except UnicodeError:
            return encoding  # one that writes this text in another way
        return encoding


class Taken(Model):
    """Something that stands in a column or is the same for the whole file."""

    column: str | None = None
    value: str | None = None
    pattern: str = Field(default="{}", description="text around the column's value, such as '{}-12-31'")

    @model_validator(mode="after")
    def _one_of_both(self) -> Taken:
        if (self.column is None) == (self.value is None):
            message = "give either column or value"
            raise ValueError(message)
        return self


class ShareOf(Amount):
    """The amount that a delivered percentage is a share of."""

    decimals: int = Field(ge=0, le=15, description="how many decimals of the percentage are delivered")


class ValueColumn(Amount):
    """A column of numbers and what they count."""

    column: str
    where: Where = Field(default={}, description="only the rows whose columns have these values")
    share_of: ShareOf | None = Field(default=None, description="the numbers are percentages of this")


class Mapping(TableFile, Versioned):
    """The mapping of one raw file to tidy counts."""

    source: str = Field(description="one of the sources declared in town.yml")
    area: Taken
    area_names: dict[str, str] = Field(default={}, description="ids that the file writes in another way")
    period: Taken
    values: Annotated[tuple[ValueColumn, ...], AtLeastOne]
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = Field(default="", validate_default=True)
    marks: dict[str, State] = Field(default={"": "missing"}, description="what stands in place of a number")
    unmapped_rows: Literal["refuse", "ignore"] = "refuse"

    @field_validator("thousands")
    @classmethod
    def _is_another_sign(cls, thousands: str, info: Any) -> str:
        if thousands and thousands == info.data.get("decimal"):
            message = "the decimal sign and the separator of thousands cannot be the same"
            raise ValueError(message)
        return thousands


class Parent(Model):
    """How the parent's id follows: one value, a column, or the first characters of the area's own id."""

    value: str | None = None
    column: str | None = None
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
    name: str | None = Field(default=None, description="column of the names; without it the id is the name")
    name_pattern: str = Field(default="{}", description="text around the name, such as 'Prognoseraum {}'")
    names: dict[str, str] = Field(default={}, description="names by id, where the file has none or a slip")
    matching: str | None = Field(default=None, description="regular expression that the whole id matches")
    parent: Parent | None = None

    @field_validator("matching")
    @classmethod
    def _is_expression(cls, matching: str | None) -> str | None:
        try:
            re.compile(matching or "")
        except re.error as error:
            message = f"this is no regular expression: {error}"
            raise ValueError(message) from None
        return matching


class AreasMapping(Versioned):
    """The mapping of raw files to the table of areas."""

    parts: Annotated[tuple[AreaPart, ...], AtLeastOne]
