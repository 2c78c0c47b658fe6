"""A system: unknown counts, the sums that tie them together, and between what each one must lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FREE = (0.0, np.inf)
"""Bounds of a count of which nothing is known."""


@dataclass(frozen=True, eq=False)
class System:
    """What an attacker knows of counts.

    Parameters
    ----------
    relations, constants
        Shapes (sums, counts) and (sums,): ``relations @ count == constants``.
    lower, upper
        Shape (counts,): bounds; equal where the count is known.
    whole
        Shape (counts,): counts are integers.
    """

    relations: csr_array
    constants: Floats
    lower: Floats
    upper: Floats
    whole: Flags


@dataclass
class Draft:
    """A system in the making: counts get a number by their name when they are first used."""

    number: dict[Hashable, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    _row: list[int] = field(default_factory=list)
    _column: list[int] = field(default_factory=list)
    _coefficient: list[float] = field(default_factory=list)
    _constants: list[float] = field(default_factory=list)

    def count(self, name: Hashable, bounds: tuple[float, float] = FREE, *, whole: bool = True) -> int:
        """Return the number of a count; where it is new, with these bounds."""
        found = self.number.get(name)
        if found is None:
            found = self.number[name] = len(self.lower)
            self.lower.append(bounds[0])
            self.upper.append(bounds[1])
            self.whole.append(whole)
        return found

    def narrow(self, count: int, least: float, greatest: float) -> None:
        """Learn further bounds of a count."""
        self.lower[count] = max(self.lower[count], least)
        self.upper[count] = min(self.upper[count], greatest)

    def add(self, terms: Iterable[tuple[int, float]], constant: float = 0.0) -> None:
        """Learn that a weighted sum of counts has a value."""
        row = len(self._constants)
        for count, coefficient in terms:
            self._row.append(row)
            self._column.append(count)
            self._coefficient.append(coefficient)
        self._constants.append(constant)

    def between(self, terms: list[tuple[int, float]], least: float, greatest: float) -> None:
        """Learn bounds of a weighted sum of counts."""
        if least == greatest:
            self.add(terms, least)
            return
        slack = self.count(("slack", len(self._constants)), (least, greatest), whole=False)
        self.add([*terms, (slack, -1.0)])

    def system(self) -> System:
        """Make the system of all that was learnt."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - heavy

        shape = len(self._constants), len(self.lower)
        entries: Any = (self._coefficient, (self._row, self._column))
        return System(
            csr_array(entries, shape=shape, dtype=np.float64),
            np.array(self._constants, dtype=np.float64),
            np.array(self.lower, dtype=np.float64),
            np.array(self.upper, dtype=np.float64),
            np.array(self.whole, dtype=bool),
        )
