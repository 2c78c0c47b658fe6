"""What likely happened to a number that does not go with its series: exchanged, its point slipped, its digits transposed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.errors import Fault
from sozialanalyse.quality.thresholds import LEAST_SLIP, SLIP_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

POINT = "has a decimal point slipped? should it be {proposed:.0f}? ask the deliverer, then write a correction"
DIGITS = "are two digits transposed? should it be {proposed:.0f}? ask the deliverer, then write a correction"
EXCHANGED_AREAS = "has it been exchanged with area {other}, {proposed:.0f}? each would suit the other"
EXCHANGED_CELLS = (
    "has it been exchanged with another column of the same area, {proposed:.0f}? each would suit the other"
)

PLACES = (1, -1, 2, -2, 3, -3, 4, -4)
"""By so many places a decimal point slips; the fewest first."""


SINGLE, LASTING, AMONG_AREAS = "single", "lasting", "among_areas"
"""Kinds of oddity: one date is odd; from a date on the series is; a count is odd among the areas of its date."""


class Odd(NamedTuple):
    """A count that does not go with its series: its row in the frame of counts, whose it is, and what was expected."""

    row: int
    measure: str
    area: str
    cell: int
    period: int
    value: float
    expected: float
    strength: float
    kind: str


class Reason(NamedTuple):
    """What likely happened, and what the number would then be."""

    repair: Fault
    proposed: float


def explain(odd: Iterable[Odd]) -> dict[int, Reason]:
    """Find a reason for odd counts, by row; those that nothing explains are left out.

    Tried in this order: exchanged with another odd count of the same date, a slipped point, transposed digits. A reason
    stands only where what it proposes suits the expectation.
    """
    found = dict(_exchanges(list(odd)))
    for one in odd:
        reason = found.get(one.row) or slipped_point(one) or transposed_digits(one)
        if reason:
            found[one.row] = reason
    return found


def suits(value: float, expected: float, tolerance: float = SLIP_TOLERANCE) -> bool:
    """Say whether a value differs from the expectation by no more than a factor."""
    return bool(abs(np.log((value + 1) / (expected + 1))) <= np.log(tolerance))


def slipped_point(one: Odd) -> Reason | None:
    """Move the point until the value suits, where it does."""
    if max(one.value, one.expected) < LEAST_SLIP or one.value == 0:
        return None
    for places in PLACES:
        proposed = one.value * 10.0**places
        if suits(proposed, one.expected):
            return Reason(Fault(POINT, {"proposed": proposed}), float(np.round(proposed)))
    return None


def transposed_digits(one: Odd) -> Reason | None:
    """Exchange two neighbouring digits so that the value comes closest to the expectation, if it then suits."""
    if one.kind != SINGLE:  # what was expected is not known well enough to choose among digits
        return None
    digits = f"{one.value:.0f}"
    swaps = [
        float(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
        for place in range(len(digits) - 1)
        if digits[place] != digits[place + 1]
    ]
    nearest = min(swaps, key=lambda swap: abs(np.log((swap + 1) / (one.expected + 1))), default=None)
    if nearest is None or one.value < LEAST_SLIP or not suits(nearest, one.expected, SLIP_TOLERANCE**0.5):
        return None
    return Reason(Fault(DIGITS, {"proposed": nearest}), nearest)


def _exchanges(odd: list[Odd]) -> Iterator[tuple[int, Reason]]:
    """Find pairs of odd counts of one date, of the same cell or of the same area, each of which suits the other's place."""
    for name, message in (("cell", EXCHANGED_AREAS), ("area", EXCHANGED_CELLS)):
        groups: dict[tuple[object, ...], list[Odd]] = defaultdict(list)
        for one in odd:
            groups[one.measure, one.period, getattr(one, name)].append(one)
        for group in groups.values():
            for one in group:
                for other in group:
                    if one is not other and suits(one.value, other.expected) and suits(other.value, one.expected):
                        repair = Fault(message, {"other": other.area, "proposed": other.value})
                        yield one.row, Reason(repair, other.value)
