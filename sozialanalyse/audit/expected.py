"""Expected: what a number must be that a page writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from sozialanalyse.audit.figures import Count


@dataclass(frozen=True)
class Expected:
    """What a number must be.

    Parameters
    ----------
    value
        The number; None where only a range is known.
    least, greatest
        The range; None: without a bound on that side.
    decimals
        So many may be written.
    hidden
        Counts that it needs and that are not to be known.
    is_absent
        There is nothing in the release from which it could come.
    among
        If there are any, the number is one of these.
    names
        Of a key whose text is a name: the names that are right, in both languages.
    """

    value: Fraction | None = None
    least: Fraction | None = None
    greatest: Fraction | None = None
    decimals: int = 0
    hidden: tuple[Count, ...] = ()
    is_absent: bool = False
    among: tuple[Fraction, ...] = ()
    names: tuple[str, ...] = ()
