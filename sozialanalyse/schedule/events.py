"""The events of a run as ``sozialanalyse run --json`` writes them, a line of JSON each.

Keys may be added in later releases; none is taken away, and none changes its meaning.
"""

from __future__ import annotations

from typing import Any, Literal

import pydantic


class FindingEvent(pydantic.BaseModel):
    """A finding came to its end."""

    event: Literal["finding"] = "finding"
    id: str = pydantic.Field(description="id of the run in the plan")
    address: str = pydantic.Field(description="of the page, as seen from the output folder")
    done: int = pydantic.Field(description="so many of the findings have come to their end")
    total: int = pydantic.Field(description="of so many that have to run")
    seconds: float = pydantic.Field(description="how long it took")
    left: float = pydantic.Field(description="seconds that all others will probably take")
    reason: str | None = pydantic.Field(description="why it could not be made; may quote what is in the data")


class OutcomeEvent(pydantic.BaseModel):
    """The run came to its end; the last line."""

    event: Literal["outcome"] = "outcome"
    made: int
    unchanged: int
    failed: int
    failures: dict[str, str] = pydantic.Field(description="why findings could not be made, by the ids of their runs")


def events_schema() -> dict[str, Any]:
    """Give the JSON Schema of one line."""
    made: dict[str, Any] = pydantic.TypeAdapter(FindingEvent | OutcomeEvent).json_schema(mode="serialization")
    return {"title": "A line of sozialanalyse run --json", **made}
