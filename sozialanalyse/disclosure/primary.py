"""Primary cells: which counts must not become known, why, and how far from the truth they must remain possible.

Everything here is about one cell at a time. What must be hidden besides, so that sums do not give these away, is the task of
:mod:`sozialanalyse.disclosure.protection`, which takes the bounds that are set here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sozialanalyse.disclosure.amounts import dominated, estimated_too_closely, largest, upper_protection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialanalyse.disclosure.amounts import Contributions
    from sozialanalyse.disclosure.rules import Rule

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Codes = NDArray[np.uint16]


class Reason(IntFlag):
    """Why a cell is primary; a cell may have several reasons."""

    TOO_FEW = 1
    SATURATED = 2
    COMPLEMENT_TOO_FEW = 4
    DOMINANCE = 8
    P_PERCENT = 16
    MARKED = 32
    SINGLE_BUILDING = 64
    PUBLIC_DENOMINATOR_TOO_SMALL = 128


AMOUNT_RANGE = 0.2
"""An amount of too few contributors must remain possible so much above itself, as a share of it; an assumption of ours."""

EXCLUDED = Reason.MARKED | Reason.PUBLIC_DENOMINATOR_TOO_SMALL
"""Of these cells the promise is only: nothing exact, and nothing narrower than what everybody knows anyway."""


def reason_names(code: int) -> tuple[str, ...]:
    """Name the reasons of a code, in their order.

    Examples
    --------
    >>> reason_names(Reason.TOO_FEW | Reason.MARKED)
    ('too_few', 'marked')
    """
    return tuple(str(reason.name).lower() for reason in Reason if code & reason)


@dataclass(frozen=True, eq=False)
class Primary:
    """Primary cells of one rule; all arrays have the shape (cells,).

    Parameters
    ----------
    reasons
        Sum of the :class:`Reason` of each cell; 0 where there is none.
    lower, upper
        What an attacker knows of each cell before anything is published.
    at_most, at_least
        How low and how high a primary cell must remain possible (as of :class:`~sozialanalyse.disclosure.problem.Problem`);
        of the others NaN.
    fixed
        Cannot be hidden, since it is known already.
    """

    reasons: Codes
    lower: Floats
    upper: Floats
    at_most: Floats
    at_least: Floats
    fixed: Flags

    @property
    def flags(self) -> Flags:
        """Whether a cell is primary."""
        return self.reasons != 0

    @property
    def excluded(self) -> Flags:
        """Whether the promise excludes a cell (see :data:`EXCLUDED`)."""
        return (self.reasons & int(EXCLUDED)) != 0

    def is_because(self, reason: Reason) -> Flags:
        """Whether a cell has a reason, alone or among others."""
        return (self.reasons & int(reason)) != 0


def primary_flags(  # noqa: PLR0913 - each is a column of the cells
    value: Floats,
    rule: Rule,
    *,
    denominator: Floats | None = None,
    known: Flags | None = None,
    lower: Floats | None = None,
    upper: Floats | None = None,
    marked: Flags | None = None,
    shown: Flags | None = None,
    whole_town: Flags | None = None,
    contributions: Contributions | None = None,
) -> Primary:
    """Find the primary cells among counts or amounts to which one rule applies.

    Parameters
    ----------
    value
        Shape (cells,): what was counted; NaN where it is missing or hidden by the deliverer.
    rule
        What holds for them.
    denominator
        Shape (cells,): of which the count is a part; NaN where there is none. Of proportions only.
    known
        Shape (cells,): whether everybody knows the denominator. Where it is not known, its own protection and that of
        the complement (see :func:`complement_flags`) are what saturation needs. Default: no.
    lower, upper
        Shape (cells,): hard bounds of the true count, where the deliverer rounded or hid it; NaN where there are none.
    marked
        Shape (cells,): hidden by the deliverer, whose mark everybody may have seen. Default: no.
    shown
        Shape (cells,): whether the cell is published unless it is hidden. A cell that can only be computed is none of the
        zeros that a rule publishes. Default: yes.
    whole_town
        Shape (cells,): whether the cell counts the whole town, which locates no building. Default: no.
    contributions
        What makes up the amounts, for dominance and p-percent.

    Returns
    -------
    Primary
        A missing cell is never primary. Under an open rule only what is public is fixed, and nothing is primary.

    Raises
    ------
    ValueError
        If the rule asks for dominance or p-percent and no contributions are given.

    Notes
    -----
    * Too few: from 1 to k - 1, and 0 where zeros are hidden; of an amount the number of contributors counts. A count that
      the deliverer rounded is too few if all that it may stand for is. It must remain possible at k, and at ``width`` above
      its value.
    * Saturated, complement too few: with a denominator that is known, those outside the count number 0, or fewer than k. The
      count must remain possible so low that they may number k.
    * Public denominator too small: below k, so that every count of it is too few; hidden whole, zeros too. With zeros
      published a denominator of k itself as well: of a count that is known to be 1 or more at most k - 1 are left out.
    * Single building: every count below the whole town is hidden, zeros too, or those that are hidden would be located.
    * Marked: hidden as well, and possible over the whole of the mark's bounds.

    References
    ----------
    Threshold, dominance and p-percent: Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapters 4 and 5.
    """
    cells = _Cells(
        value=np.asarray(value, dtype=np.float64),
        denominator=_filled(denominator, np.nan, value),
        known=_filled(known, False, value),  # noqa: FBT003 - a fill like any other
        least=_filled(lower, np.nan, value),
        greatest=_filled(upper, np.nan, value),
        marked=_filled(marked, False, value) & np.isnan(value),  # noqa: FBT003
        shown=_filled(shown, True, value),  # noqa: FBT003
        whole_town=_filled(whole_town, False, value),  # noqa: FBT003
    )
    if rule.is_open:
        return _unprotected(cells, rule)
    if contributions is None and (rule.dominance or rule.p_percent):
        msg = f"the rule {rule.id} asks who brings what to the amounts; give the contributions"
        raise ValueError(msg)
    amounts = None if contributions is None else _Amounts.of(contributions, cells.value.size, rule)
    return _with_bounds(cells, rule, _reasons(cells, rule, amounts), amounts)


def complement_flags(
    numerator: Floats,
    denominator: Floats,
    rule: Rule,
    *,
    lower: Floats | None = None,
    upper: Floats | None = None,
) -> Primary:
    """Find the primary cells among complements: those of a group whom a count leaves out.

    A complement of none says that all of the group are counted; so it is primary as one of too few is, whatever the rule
    says of zeros. A complement is never shown, but can be computed.

    Parameters
    ----------
    numerator, denominator
        Shape (cells,): the count, and all of the group; NaN where either is missing or hidden by its deliverer.
    rule
        What holds for the counts. Where it does not protect saturation, nothing is primary.
    lower, upper
        Shape (cells,): hard bounds of the true numerator, where the deliverer rounded it.
    """
    whole = np.asarray(denominator, dtype=np.float64)
    complement = whole - np.asarray(numerator, dtype=np.float64)
    # Of nobody there is no complement; and what is more than the whole is no part of it: they were counted apart.
    complement = np.where((complement < 0) | (whole == 0), np.nan, complement)
    of_complement = replace(rule, zeros="hidden", single_building=False, dominance=None, p_percent=None)
    hidden = np.zeros(complement.shape, dtype=np.bool_)
    if not rule.saturated or rule.is_open:
        of_complement = replace(of_complement, is_open=True, public=False)
    found = primary_flags(
        complement,
        of_complement,
        lower=None if upper is None else denominator - upper,
        upper=None if lower is None else denominator - lower,
        shown=hidden,
    )
    renamed = np.where(complement == 0, Reason.SATURATED, Reason.COMPLEMENT_TOO_FEW)
    return replace(found, reasons=np.where(found.flags, renamed, 0).astype(np.uint16))


T = TypeVar("T", bound=np.generic)


def _filled(given: NDArray[T] | None, fill: Any, like: Floats) -> NDArray[T]:
    return np.full(np.shape(like), fill) if given is None else np.asarray(given)


@dataclass(frozen=True, eq=False)
class _Cells:
    """What is known of the cells, one array a parameter of :func:`primary_flags`."""

    value: Floats
    denominator: Floats
    known: Flags
    least: Floats
    greatest: Floats
    marked: Flags
    shown: Flags
    whole_town: Flags

    @cached_property
    def present(self) -> Flags:
        """Whether a cell was counted, by us or by a deliverer who hides it."""
        return ~np.isnan(self.value) | self.marked

    @cached_property
    def is_zero(self) -> Flags:
        return self.value == 0

    @cached_property
    def public(self) -> Floats:
        """Denominators that are known and hold the count; of the others NaN."""
        holds = np.where(self.marked, self.denominator >= np.nan_to_num(self.least), self.denominator >= self.value)
        return np.where(self.known & holds, self.denominator, np.nan)

    @cached_property
    def of_nobody(self) -> Flags:
        """Zeros that everybody knows, since there is nobody to be counted."""
        return self.is_zero & (self.public == 0)

    @cached_property
    def largest_possible(self) -> Floats:
        """What the true count may be at most: of a rounded one more than it says."""
        return np.fmax(self.greatest, self.value)

    @cached_property
    def largest_complement(self) -> Floats:
        return self.public - np.fmin(self.least, self.value)


@dataclass(frozen=True, eq=False)
class _Amounts:
    """What the contributors say of each cell."""

    number: Floats
    dominance: Flags
    p_percent: Flags
    protection: Floats

    @classmethod
    def of(cls, contributions: Contributions, cells: int, rule: Rule) -> _Amounts:
        n_and_share = (rule.dominance.n, rule.dominance.share) if rule.dominance else None
        none = np.zeros(cells, dtype=np.bool_)
        return cls(
            number=largest(contributions, cells).number,
            dominance=none if n_and_share is None else dominated(contributions, cells, *n_and_share),
            p_percent=none if rule.p_percent is None else estimated_too_closely(contributions, cells, rule.p_percent),
            protection=upper_protection(contributions, cells, n_and_share, rule.p_percent),
        )


def _unprotected(cells: _Cells, rule: Rule) -> Primary:
    """Of an open rule: what is public is known, the rest is free; nothing is primary."""
    nothing = np.full(cells.value.shape, np.nan)
    reasons = np.zeros(cells.value.shape, dtype=np.uint16)
    fixed = ~np.isnan(cells.value) & rule.public
    lower, upper = np.where(fixed, cells.value, 0.0), np.where(fixed, cells.value, np.inf)
    return Primary(reasons, lower, upper, nothing, nothing, fixed)


def _reasons(cells: _Cells, rule: Rule, amounts: _Amounts | None) -> Codes:
    """Add up the reasons of each cell."""
    few = (cells.value > 0) & (cells.largest_possible < rule.k)
    if amounts is not None:
        few = (cells.value > 0) & (amounts.number < rule.k)
    if rule.zeros == "hidden":
        few = few | cells.is_zero
    small_complement = rule.saturated & (cells.largest_complement < rule.k) & (cells.public > 0)
    all_of_group = cells.value >= cells.public
    smallest = rule.k + (rule.saturated and rule.zeros == "published")
    found = {
        Reason.TOO_FEW: few,
        Reason.SATURATED: small_complement & all_of_group,
        Reason.COMPLEMENT_TOO_FEW: small_complement & ~all_of_group,
        Reason.MARKED: cells.marked,
        Reason.SINGLE_BUILDING: rule.single_building & cells.present & ~cells.whole_town,
        Reason.PUBLIC_DENOMINATOR_TOO_SMALL: cells.present & (cells.public > 0) & (cells.public < smallest),
    }
    if amounts is not None:
        found |= {Reason.DOMINANCE: amounts.dominance, Reason.P_PERCENT: amounts.p_percent}
    codes = (np.where(flags & ~cells.of_nobody, reason, 0) for reason, flags in found.items())
    return sum(codes, np.zeros(1)).astype(np.uint16)


def _with_bounds(cells: _Cells, rule: Rule, reasons: Codes, amounts: _Amounts | None) -> Primary:
    """Say what is known of each cell, and how far a primary one must remain possible."""
    before = Primary(reasons, *_known(cells, rule, reasons), *(np.full(reasons.shape, np.nan),) * 2, reasons == 0)
    is_shown_zero = cells.is_zero & cells.shown & (rule.zeros == "published") & ~before.flags
    fixed = cells.of_nobody | is_shown_zero
    high = np.where(before.flags, np.minimum(_at_least(cells, rule, before, amounts), before.upper), np.nan)
    low = np.where(before.flags, np.maximum(_at_most(cells, rule, before, amounts), before.lower), np.nan)
    return replace(before, at_most=low, at_least=high, upper=np.where(fixed, 0.0, before.upper), fixed=fixed)


def _known(cells: _Cells, rule: Rule, reasons: Codes) -> tuple[Floats, Floats]:
    """Bounds that an attacker knows before anything is published."""
    whole = (reasons & int(Reason.SINGLE_BUILDING | Reason.PUBLIC_DENOMINATOR_TOO_SMALL)) != 0
    is_not_zero = (rule.zeros == "published") & cells.shown & cells.present & ~cells.is_zero & ~whole
    lower = np.where(cells.marked, np.nan_to_num(cells.least), np.where(is_not_zero, 1.0, 0.0))
    marked_upper = np.where(cells.marked, np.nan_to_num(cells.greatest, nan=np.inf), np.inf)
    return lower, np.minimum(np.nan_to_num(cells.public, nan=np.inf), marked_upper)


def _at_least(cells: _Cells, rule: Rule, primary: Primary, amounts: _Amounts | None) -> Floats:
    """How high a primary cell must remain possible, known bounds aside."""
    is_small = primary.is_because(Reason.TOO_FEW | Reason.SINGLE_BUILDING)
    high = np.where(is_small, np.maximum(rule.k, cells.value + rule.width), cells.value)
    if amounts is not None:
        high = cells.value + _range_of_amounts(cells, rule, primary, amounts)
    whole = np.where(np.isinf(primary.upper), np.maximum(rule.k, primary.lower + rule.width), primary.upper)
    return np.where(primary.excluded, whole, high)


def _at_most(cells: _Cells, rule: Rule, primary: Primary, amounts: _Amounts | None) -> Floats:
    """How low a primary cell must remain possible, known bounds aside."""
    for_complement = cells.public - np.maximum(rule.k, cells.public - cells.value + rule.width)
    has_small_complement = primary.is_because(Reason.SATURATED | Reason.COMPLEMENT_TOO_FEW)
    low = np.where(has_small_complement, np.minimum(for_complement, cells.value), cells.value)
    if amounts is not None:
        low = cells.value - _range_of_amounts(cells, rule, primary, amounts)
    return np.where(primary.excluded | primary.is_because(Reason.SINGLE_BUILDING), 0.0, low)


def _range_of_amounts(cells: _Cells, rule: Rule, primary: Primary, amounts: _Amounts) -> Floats:
    """How far from itself an amount must remain possible, up and down."""
    of_few = np.where(primary.is_because(Reason.TOO_FEW), AMOUNT_RANGE * cells.value, 0.0)
    return np.maximum(np.maximum(of_few, amounts.protection), rule.width)
