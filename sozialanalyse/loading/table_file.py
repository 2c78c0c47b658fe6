"""What a planner declares of a raw table: in which file it stands, how that is written, and which rows are meant.

The same keys serve every kind of file; those that make no sense for a kind are refused there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from sozialanalyse.documents import Model

Format = Literal["text", "workbook", "database", "columnar"]


def _at_least_one(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    if not entries:
        message = "the list is empty; at least one entry is needed"
        raise ValueError(message)
    return entries


AtLeastOne = AfterValidator(_at_least_one)
"""In place of a least length, which is said to be missed also where an entry is faulty in itself."""


def _listed(found: Any) -> Any:
    return found if isinstance(found, list | tuple) else (found,)


Wanted = Annotated[tuple[str, ...], BeforeValidator(_listed, str | list[str]), AtLeastOne]
"""One text or a list of them."""

Rows = Annotated[tuple[Annotated[int, Field(ge=1)], ...], BeforeValidator(_listed, int | list[int]), AtLeastOne]
"""One row of a file or a list of them, counted from 1."""

Where = dict[str, Wanted]
"""Which rows: for each column named, the values that it may have."""


class Query(Model):
    """A query of a database; its parameters are bound, never put into the text."""

    connection: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_]*$",
        description="name of the connection: its address stands in the environment variable "
        "SOZIALANALYSE_DATABASE_<NAME>, not in a file that is shared",
    )
    sql: str = Field(min_length=1, description="one SELECT; parameters are written :name")
    parameters: dict[str, str | int] = Field(default={}, description="values of the parameters by name")


class TableFile(Model):
    """A table in a file or database, how it is written, and which of its rows are meant."""

    file: str | None = Field(
        default=None,
        min_length=1,
        description="path below the folder of raw files; one {} stands for any text: a file a year, for example",
    )
    query: Query | None = Field(default=None, description="in place of a file: a query of a database")
    format: Format | None = Field(default=None, description="kind of the file; without it, by the ending of its name")
    encoding: str | None = Field(default=None, description="of a text file; without it, detected and stated")
    separator: str | None = Field(
        default=None, min_length=1, max_length=1, description="of a text file; without it, detected and stated"
    )
    sheet: str | None = Field(
        default=None,
        description="of a workbook, blanks around its name aside; {} stands for any text: a sheet a year; "
        "of a DuckDB file, the table",
    )
    header_row: Rows = Field(
        default=(1,), description="row or rows of the column names, joined by ' / '; rows above them are titles"
    )
    first_row: int | None = Field(default=None, ge=2, description="first row of data; default: below the header")
    last_row: int | None = Field(default=None, ge=2, description="last row of data; default: the last of the file")
    ends_before: str | None = Field(
        default=None,
        description="data end before the row whose first cell begins with this text; '' is the first empty row",
    )
    rows: Where = Field(default={}, description="take only the rows whose columns have these values")

    @field_validator("encoding")
    @classmethod
    def _is_known_encoding(cls, encoding: str | None) -> str | None:
        try:
            b"some text".decode(encoding or "utf-8")
        except LookupError:
            message = "this encoding is not known; common ones are utf-8, cp1252 and utf-16"
            raise ValueError(message) from None
        except UnicodeError:
            return encoding  # one that writes this text in another way
        return encoding

    @field_validator("file", "sheet")
    @classmethod
    def _has_one_gap(cls, name: str | None) -> str | None:
        if name and name.count("{}") > 1:
            message = "{} may stand once in it"
            raise ValueError(message)
        return name

    @field_validator("header_row")
    @classmethod
    def _rises(cls, rows: tuple[int, ...]) -> tuple[int, ...]:
        if list(rows) != sorted(set(rows)):
            message = "the header rows stand from the upper to the lower, each once"
            raise ValueError(message)
        return rows

    @model_validator(mode="after")
    def _file_or_query(self) -> TableFile:
        if (self.file is None) == (self.query is None):
            message = "give either file or query"
            raise ValueError(message)
        if self.format and (self.format == "database") != (self.file is None):
            message = f"the format {self.format} goes with {'a query' if self.format == 'database' else 'a file'}"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _rows_follow(self) -> TableFile:
        first = self.first_row or self.header_row[-1] + 1
        if first <= self.header_row[-1]:
            message = f"the data begin below the header, that is after row {self.header_row[-1]}"
            raise ValueError(message)
        if self.last_row and self.last_row < first:
            message = f"the last row of data, {self.last_row}, stands above the first, {first}"
            raise ValueError(message)
        return self
