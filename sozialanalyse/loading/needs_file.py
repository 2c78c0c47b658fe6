"""What a planner declares of places that will be needed: residents of an age times a rate, in variants (``needs.yml``).

One rate holds for the whole town: rates of single areas would be counts of these areas in other words.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from sozialanalyse.catalogue import Text  # noqa: TC001 - pydantic reads them
from sozialanalyse.catalogue.model import AgeGroup, Id, Sourced
from sozialanalyse.documents import Model, Versioned
from sozialanalyse.loading.site_file import Date  # noqa: TC001 - pydantic reads it
from sozialanalyse.periods import parse_ages

VARIANTS: Final = ("low", "medium", "high")
"""In the order in which pages show them."""

PER: Final = 100
"""A rate is places for so many persons."""


class Rates(Model):
    """Places for every 100 persons, in three variants."""

    low: float = Field(ge=0, le=PER)
    medium: float = Field(ge=0, le=PER)
    high: float = Field(ge=0, le=PER)

    @field_validator("medium", "high")
    @classmethod
    def _rises(cls, rate: float, info: ValidationInfo) -> float:
        before = VARIANTS[VARIANTS.index(str(info.field_name)) - 1]
        least = info.data.get(before)
        if least is not None and rate < least:
            message = (
                f"{info.field_name} is {rate:g}, below {before} with {least:g}; rates rise from low to medium to high"
            )
            raise ValueError(message)
        return rate


class Need(Sourced):
    """Places for an age group: how many there should be for every 100 persons, and who has decided that."""

    id: Id
    label: Text = Field(description="what is needed, for example places in day care for children under three")
    target_group: Id = Field(description="on whose page it stands; one of the target groups of the catalogue")
    planning: Literal["care", "child_care", "youth_welfare", "participation"] = Field(
        description="the planning that needs it: care, child care, youth welfare, participation of people with disabilities"
    )
    age: AgeGroup = Field(description="for residents of which age: 0-2, 80+; empty: of all ages")
    rates: Rates = Field(description="places for every 100 of these persons")
    basis: Text = Field(description="where the rates come from, and what the variants mean")
    decided_by: Text | None = Field(default=None, description="who has decided the rates")
    decided: Date | None = Field(default=None, description="when")
    decision: Literal["open"] | None = Field(
        default=None, validate_default=True, description="nobody has decided the rates yet; said wherever they are used"
    )

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age of those for whom places are, both included."""
        return parse_ages(self.age)

    @property
    def rate_of(self) -> dict[str, float]:
        """Places for every 100 persons, by variant."""
        return {name: float(getattr(self.rates, name)) for name in VARIANTS}

    @field_validator("decision")
    @classmethod
    def _is_either(cls, decision: str | None, info: ValidationInfo) -> str | None:
        if not {"decided_by", "decided"} <= set(info.data):
            return decision
        named = [info.data[name] is not None for name in ("decided_by", "decided")]
        if decision and any(named):
            message = "decided and 'decision: open' exclude each other; once somebody has decided, remove 'decision'"
            raise ValueError(message)
        if not decision and not all(named):
            message = "say who has decided the rates and when (decided_by, decided), or write 'decision: open'"
            raise ValueError(message)
        return decision


class NeedsFile(Versioned):
    """The whole of ``needs.yml``."""

    needs: tuple[Need, ...]

    @field_validator("needs")
    @classmethod
    def _once_each(cls, needs: tuple[Need, ...]) -> tuple[Need, ...]:
        ids = [need.id for need in needs]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            message = f"the id {twice[0]} stands twice; every need has its own"
            raise ValueError(message)
        return needs
