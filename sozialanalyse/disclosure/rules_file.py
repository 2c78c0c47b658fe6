"""What is declared in ``disclosure.yml``: which counts may be shown to whom, on what basis, and who approved it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator

from sozialanalyse.catalogue import Date, Text  # noqa: TC001 - pydantic reads them
from sozialanalyse.catalogue.model import Id, Sentence, Sourced
from sozialanalyse.disclosure.perturbation import is_possible
from sozialanalyse.documents import Model, Versioned

Audience = Literal["statistics_unit", "administration", "public"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""Who reads: from those who hold the unprotected counts to everybody. None may see more than the one before."""

Zeros = Literal["published", "may_be_hidden", "hidden"]
ZEROS: tuple[Zeros, ...] = get_args(Zeros)
"""How zeros are treated, the strictest last."""

SUPPRESSION_SYMBOL = "•"
"""Stands in place of a hidden number, unless a rule says otherwise; no deliverer uses it."""

_TAKEN_SYMBOL = re.compile(r"[\d\s()\-–—./*]|^\.+$")
"""Digits, blanks and the signs of deliverers and of official tables (nothing, unknown, not reliable ...)."""


class Suppression(Model):
    """Small counts are hidden, and so many others that the small ones cannot be computed."""

    name: Literal["suppression"] = "suppression"


class Rounding(Model):
    """Every count is shown as a multiple of a base, so that sums of shown counts still hold where that is possible."""

    name: Literal["rounding"]
    base: Literal[3, 5, 10]
    small_only: bool = Field(
        default=False,
        description="true: only counts below the base are rounded, to nothing or the base, and sums are added up anew",
    )


class CellKey(Model):
    """Noise is added to every count; a count of the same people always gets the same."""

    name: Literal["cell_key"]
    deviation: int = Field(ge=1, le=20, description="by how much a count is changed at most")
    variance: float = Field(gt=0, description="variance of the noise at most, for example 1.05")
    not_shown: int = Field(
        default=0, ge=0, le=10, validate_default=True, description="counts from 1 up to this never appear"
    )

    @field_validator("not_shown")
    @classmethod
    def _can_be_kept_from_appearing(cls, not_shown: int, info: ValidationInfo) -> int:
        deviation, variance = (info.data.get(name) for name in ("deviation", "variance"))
        if deviation and variance and not is_possible(deviation, variance, not_shown):
            message = "no noise so small keeps these counts from appearing; allow a larger deviation and variance"
            raise ValueError(message)
        return not_shown


Method = Annotated[Suppression | Rounding | CellKey, Field(discriminator="name")]


class Dominance(Model):
    """An amount is hidden if its n largest contributors make up the share, or more, of it."""

    n: int = Field(ge=1)
    share: float = Field(gt=0, le=1)


class Audiences(Model):
    """The smallest count that each audience may see; one that is not named is treated as the next stricter one named."""

    statistics_unit: int | None = Field(default=None, ge=1, description="1: nothing is hidden")
    administration: int | None = Field(default=None, ge=1)
    public: int | None = Field(default=None, ge=1, validate_default=True)

    @field_validator("public")
    @classmethod
    def _is_strictest(cls, public: int | None, info: ValidationInfo) -> int | None:
        named = [k for k in (*info.data.values(), public) if k is not None]
        if named != sorted(named):
            message = "no audience may see smaller counts than the one before: statistics_unit, administration, public"
            raise ValueError(message)
        if public is None:
            message = "say the smallest count that the public may see, for example 5"
            raise ValueError(message)
        return public

    def of(self, audience: Audience) -> int:
        """Return the smallest count that an audience may see."""
        named = [getattr(self, name) for name in AUDIENCES[AUDIENCES.index(audience) :]]
        return next(k for k in named if k is not None)


class Approved(Sourced):
    """Something that somebody answered for, or says openly that nobody did yet."""

    approved_by: Sentence | None = Field(
        default=None, description="who decided it: the office, or the person by function"
    )
    approved: Date | None = Field(default=None, description="when it was decided")
    approval: Literal["open"] | None = Field(
        default=None, validate_default=True, description="nobody has approved it yet; said wherever this is shown"
    )

    @field_validator("approval")
    @classmethod
    def _is_answered_for(cls, approval: str | None, info: ValidationInfo) -> str | None:
        if not {"approved_by", "approved"} <= info.data.keys():  # they are at fault themselves
            return approval
        given = {info.data[name] is not None for name in ("approved_by", "approved")}
        if len(given) > 1:
            message = "approved_by and approved belong together: who decided it, and when"
            raise ValueError(message)
        if given == {approval is not None}:
            message = "say who approved this as 'approved_by' and 'approved', or write 'approval: open', not both"
            raise ValueError(message)
        return approval


class Protection(Approved):
    """How counts are protected."""

    basis: Text = Field(description="the law, contract or decision that asks for it")
    public: bool = Field(
        default=False,
        description="true: everybody knows these counts already, so nothing is hidden and attackers use them",
    )
    audiences: Audiences | None = Field(default=None, validate_default=True)
    zeros: Zeros = Field(
        default="may_be_hidden",
        description="published: a zero is always shown; may_be_hidden: only to protect others; hidden: as any small count",
    )
    saturated: bool = Field(
        default=True, description="whether all, or all but a few, of a group are hidden as well as few"
    )
    width: int = Field(
        default=1, ge=1, description="a hidden count remains possible up to so much above it, and up to k at least"
    )
    single_building: bool = Field(
        default=False, description="true: where there are such counts points to one building, so every one is hidden"
    )
    dominance: Dominance | None = None
    p_percent: float | None = Field(
        default=None, gt=0, le=100, description="no contributor may estimate another's amount more closely than this"
    )
    contributions: str | None = Field(
        default=None,
        validate_default=True,
        pattern=r"^[^{}]+$",
        description="table of the town folder with what each contributor brings to amounts: area, period, measure, sex, age, "
        "contributor, value",
    )
    rounded_to: int | None = Field(default=None, ge=2, description="base to which the deliverer rounded")
    symbol: str = Field(default=SUPPRESSION_SYMBOL, min_length=1, max_length=3)
    method: Method = Suppression()

    @field_validator("audiences")
    @classmethod
    def _are_named_unless_public(cls, audiences: Audiences | None, info: ValidationInfo) -> Audiences | None:
        if "public" in info.data and info.data["public"] == (audiences is not None):
            message = (
                "say what each audience may see under 'audiences', or that the counts are 'public: true', not both"
            )
            raise ValueError(message)
        return audiences

    @field_validator("single_building")
    @classmethod
    def _is_not_public(cls, single: bool, info: ValidationInfo) -> bool:
        if single and info.data.get("public"):
            message = "counts that point to one building are never 'public: true'"
            raise ValueError(message)
        return single

    @field_validator("contributions")
    @classmethod
    def _are_needed(cls, file: str | None, info: ValidationInfo) -> str | None:
        if (info.data.get("dominance") or info.data.get("p_percent")) and not file:
            message = "dominance and p_percent need to know who brings what; name the table as 'contributions'"
            raise ValueError(message)
        return file

    @field_validator("symbol")
    @classmethod
    def _is_free(cls, symbol: str) -> str:
        if _TAKEN_SYMBOL.search(symbol):
            message = "digits, blanks and the signs of deliverers ( - . / * ) mean something else; take • or x"
            raise ValueError(message)
        return symbol


class DisclosureRule(Protection):
    """How the counts of some sources, or some measures, are protected. A measure goes before its source."""

    id: Id
    sources: tuple[str, ...] = ()
    measures: tuple[str, ...] = Field(default=(), validate_default=True)

    @field_validator("measures")
    @classmethod
    def _concerns_something(cls, measures: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not measures and not info.data.get("sources"):
            message = "say what the rule concerns: sources, measures, or both"
            raise ValueError(message)
        return measures


class RulesFile(Versioned):
    """The whole of ``disclosure.yml``."""

    rules: tuple[DisclosureRule, ...] = ()


class DefaultFile(Versioned):
    """What holds for counts that no rule concerns."""

    default: Protection
