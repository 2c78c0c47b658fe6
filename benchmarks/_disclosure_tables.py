"""Tables to protect: a town of areas in districts by ages, drawn with a seed; and small ones for exact comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from sozialanalyse.disclosure.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

SPREAD_OF_SIZES: Final = 0.9
"""Standard deviation of the logarithm of the areas' sizes."""

EVENNESS_OF_AGES: Final = 5.0
"""Parameter of the Dirichlet distribution of each area's ages, the same for all ages."""


class Case(NamedTuple):
    """What is drawn: a count under ``below`` must not be known, cells average ``mean``, zeros are published or may be hidden."""

    below: int
    mean: int
    zeros_published: bool

    @property
    def zeros(self) -> str:
        """How zeros are treated, in words."""
        return "published" if self.zeros_published else "may be hidden"


class Size(NamedTuple):
    """How large the table is."""

    areas: int
    districts: int
    ages: int


def draw(random: np.random.Generator, size: Size, case: Case) -> Problem:
    """Draw counts of areas by ages: Poisson, areas of log-normal size, ages by a Dirichlet distribution; two areas a district at least."""
    district = np.sort(
        np.append(
            np.repeat(np.arange(size.districts), 2),
            random.integers(0, size.districts, size.areas - 2 * size.districts),
        )
    )
    people = random.lognormal(0.0, SPREAD_OF_SIZES, size.areas)
    people *= case.mean * size.ages * size.areas / people.sum()
    shares = random.dirichlet(np.full(size.ages, EVENNESS_OF_AGES), size.areas)
    return tabulated(random.poisson(people[:, None] * shares).astype(float), district, case)


def tabulated(counts: Floats, district: Places, case: Case) -> Problem:
    """Add totals over ages, districts and the town, whose row is published already.

    Parameters
    ----------
    counts
        Shape (areas, ages).
    district
        Shape (areas,): numbers from 0.
    case
        What is to be protected.
    """
    areas, ages = counts.shape
    districts = int(district.max()) + 1
    leaves = np.column_stack([counts, counts.sum(axis=1)])
    middle = np.array([leaves[district == number].sum(axis=0) for number in range(districts)])
    value = np.vstack([leaves, middle, middle.sum(axis=0)])
    place = np.arange(value.size).reshape(value.shape)
    town = areas + districts
    sums = [(row[:-1], row[-1]) for row in place]
    for column in range(ages + 1):
        sums += [
            (place[:areas][district == number, column], place[areas + number, column]) for number in range(districts)
        ]
        sums.append((place[areas:town, column], place[town, column]))
    published = np.zeros(value.shape, dtype=bool)
    published[town] = True
    return stated(value.ravel(), relations(sums, value.size), published.ravel(), case)


def relations(sums: Sequence[tuple[Places, int]], cells: int) -> csr_array:
    """Write sums as a matrix: the parts count 1 and their total -1."""
    row = np.concatenate([np.full(len(parts) + 1, number) for number, (parts, _) in enumerate(sums)])
    column = np.concatenate([np.append(parts, total) for parts, total in sums])
    sign = np.concatenate([np.append(np.ones(len(parts)), -1.0) for parts, _ in sums])
    return csr_array((sign, (row, column)), shape=(len(sums), cells))


def stated(value: Floats, sums: csr_array, published: NDArray[np.bool_], case: Case) -> Problem:
    """State what is to be protected: counts from 1 to one under the threshold must be possible from it on."""
    fixed = published | ((value == 0) & case.zeros_published)
    primary = (value > 0) & (value < case.below) & ~published
    lower = np.where(fixed, 0.0, 1.0) if case.zeros_published else np.zeros_like(value)
    return Problem(
        value=value,
        lower=lower,
        upper=np.full_like(value, np.inf),
        relations=sums,
        constants=np.zeros(sums.shape[0]),
        primary=primary,
        at_most=value.copy(),
        at_least=np.where(primary, float(case.below), value),
        shown=np.ones(len(value), dtype=bool),
        fixed=fixed,
        weight=np.ones_like(value),
    )
