"""Terms: what indicators are made of; and atoms, the parts into which the terms of one measure cut its ages and sexes.

A published number is a term or comes from terms. What is never published can still be computed from them: children from 3
to 5 are those under 6 less those under 3. The atoms are the smallest parts that can be had by such differences.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.amounts import SEXES
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialanalyse.catalogue import Amount, Indicator

Part = tuple[str, int, int]
"""Sex, first and last age."""


class Term(NamedTuple):
    """A measure of one sex within an age range, as an indicator uses it."""

    measure: str
    sex: str
    age_from: int
    age_to: int

    @classmethod
    def of(cls, amount: Amount) -> Term:
        """Give the term of a numerator or denominator."""
        return cls(amount.measure, amount.sex or SEXES[0], *amount.ages)

    @property
    def part(self) -> Part:
        """Sex and ages."""
        return self.sex, self.age_from, self.age_to


def terms_of(indicators: Iterable[Indicator]) -> dict[Term, bool]:
    """List the terms of indicators; true: of the whole town only, since by area they would locate places of protection."""
    terms: dict[Term, bool] = {}
    for indicator in indicators:
        for amount in indicator.amounts.values():
            term = Term.of(amount)
            terms[term] = terms.get(term, True) and indicator.town_only
    return terms


class Atoms(NamedTuple):
    """The parts of one measure.

    ``boxes``: of each atom the ages and sexes that make it up. ``made_of``: shape (terms, atoms), whether the atom is part
    of the term.
    """

    boxes: tuple[tuple[Part, ...], ...]
    made_of: NDArray[np.bool_]


def atoms_of(parts: Sequence[Part]) -> Atoms:
    """Cut sexes and ages as coarsely as the terms allow.

    Parameters
    ----------
    parts
        Sex and ages of each term of one measure.

    Examples
    --------
    >>> atoms_of([("all", 0, 64), ("all", 0, 14)]).boxes
    ((('all', 0, 14),), (('all', 15, 64),))
    """
    boxes = [box for box in _boxes(parts) if any(_holds(part, box) for part in parts)]
    member = np.array([[_holds(part, box) for box in boxes] for part in parts], dtype=bool).reshape(len(parts), -1)
    signatures = list(dict.fromkeys(map(tuple, member.T.tolist())))
    grouped = tuple(
        _joined([box for box, column in zip(boxes, member.T.tolist(), strict=True) if tuple(column) == signature])
        for signature in signatures
    )
    return Atoms(grouped, np.array(signatures, dtype=bool).reshape(-1, len(parts)).T)


def _boxes(parts: Sequence[Part]) -> list[Part]:
    """Cut at every age at which a term begins or ends, and by sex where a term is of one sex."""
    sexes = SEXES[:1] if all(sex == SEXES[0] for sex, _, _ in parts) else SEXES[1:]
    cuts = sorted({age for _, first, last in parts for age in (first, last + 1)})
    return [(sex, first, after - 1) for sex in sexes for first, after in pairwise(cuts)]


def _holds(part: Part, box: Part) -> bool:
    """Say whether a box lies in a term."""
    same_sex = part[0] in {SEXES[0], box[0]}
    return same_sex and part[1] <= box[1] and box[2] <= part[2]


def _joined(boxes: list[Part]) -> tuple[Part, ...]:
    """Put boxes together that touch, so that they can be found among what was delivered."""
    joined: list[Part] = []
    for sex, first, last in sorted(boxes):
        if joined and joined[-1][0] == sex and joined[-1][2] + 1 == first:
            joined[-1] = (sex, joined[-1][1], last)
        else:
            joined.append((sex, first, last))
    if len({box[0] for box in joined}) == len(SEXES) - 1 and len({box[1:] for box in joined}) == 1:
        return ((SEXES[0], *joined[0][1:]),)
    return tuple(joined)


def name_of_part(part: Part) -> str:
    """Write sex and ages as catalogues do: ``0-14``, ``female 65+``."""
    sex, first, last = part
    ages = f"{first}+" if last == OPEN_AGE else f"{first}-{last}"
    return ages if sex == SEXES[0] else f"{sex} {ages}"
