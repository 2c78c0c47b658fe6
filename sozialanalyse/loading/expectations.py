"""What a planner declares under ``checks`` in ``town.yml``: which checks run, and which irregularities are known."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sozialanalyse.catalogue import Amount, Date
from sozialanalyse.documents import Model

Check = Literal[
    "identities",
    "parts",
    "ranges",
    "jumps",
    "slips",
    "breaks",
    "duplicates",
    "coverage",
    "totals",
    "revisions",
    "offers",
]
"""The checks by name; what each looks for is said in :mod:`sozialanalyse.quality`."""


class Identity(Model):
    """A sum that must hold for every area and date, whatever files its parts come from."""

    whole: Amount
    parts: tuple[Amount, ...] = Field(min_length=2, description="amounts that together are the whole")


class Accepted(Model):
    """A known irregularity: it is still listed, but as a note with its reason."""

    check: Check
    area: str | None = Field(default=None, description="one area; without it, all")
    measure: str | None = Field(default=None, description="one measure; without it, all")
    date: Date | None = Field(default=None, description="one date (the end of the period); without it, all")
    reason: str = Field(min_length=1, description="why the number is right, or why it stays")
    who: str = Field(min_length=1, description="who found that out")

    @model_validator(mode="after")
    def _names_something(self) -> Accepted:
        if self.area is None and self.measure is None and self.date is None:
            message = "say what is accepted: an area, a measure or a date; a whole check is switched off with 'off'"
            raise ValueError(message)
        return self


class Expectations(Model):
    """The key ``checks`` of ``town.yml``; without it every check runs with its usual thresholds."""

    off: tuple[Check, ...] = Field(default=(), description="checks that do not run")
    jump_strength: float = Field(
        default=6.0, ge=3, le=50, description="how many times its usual variation a value must move to be named"
    )
    jump_factor: float = Field(default=1.5, gt=1, le=100, description="by what factor it must at least have moved")
    unassigned_share: float = Field(
        default=0.03, ge=0, lt=1, description="share of a total that may be assigned to no area"
    )
    identities: tuple[Identity, ...] = Field(default=(), description="sums that must hold beside the usual ones")
    accept: tuple[Accepted, ...] = Field(default=(), description="irregularities that were looked at and are right")
