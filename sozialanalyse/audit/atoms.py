"""Atoms: the coarsest parts of age and sex of which every term of a measure is a sum.

Whoever sees the terms can add and subtract them, so what lies between them is as good as published. This is our own
derivation from the published terms; it asks nobody what was meant to be protected.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Part = tuple[str, int, int]
"""Sex, first and last age, both included."""

ALL = "all"
NO_SEX_NAMED = "other"
"""Those of an ``all`` who are of none of the sexes that are counted apart."""


def atoms_of(terms: Collection[Part]) -> dict[Part, tuple[Part, ...]]:
    """Cut the terms of a measure into atoms.

    Parameters
    ----------
    terms
        Sexes and age ranges that are published.

    Returns
    -------
    dict
        The atoms of which each term is the sum; a term that is an atom itself is its own only one.

    Examples
    --------
    >>> atoms_of([("all", 15, 64), ("all", 15, 24)])
    {('all', 15, 24): (('all', 15, 24),), ('all', 15, 64): (('all', 15, 24), ('all', 25, 64))}
    """
    cuts = sorted({age for _, first, last in terms for age in (first, last + 1)})
    spans = [(first, after - 1) for first, after in pairwise(cuts)]
    named = sorted({sex for sex, _, _ in terms} - {ALL})
    has_all = any(sex == ALL for sex, _, _ in terms)
    split = [*named, NO_SEX_NAMED] if has_all and named else named or [ALL]
    return {
        (sex, first, last): tuple(
            (one, *span)
            for one in (split if sex == ALL else [sex])
            for span in spans
            if first <= span[0] and span[1] <= last
        )
        for sex, first, last in sorted(terms)
    }


def cover(wanted: Part, atoms: Iterable[Part]) -> tuple[Part, ...]:
    """Choose the atoms that touch a part; together they hold at least everybody in it.

    Returns
    -------
    tuple
        Empty where the part reaches beyond the atoms.
    """
    sex, first, last = wanted
    touched = tuple(
        atom for atom in atoms if (sex in (ALL, atom[0]) or atom[0] == ALL) and atom[1] <= last and first <= atom[2]
    )
    sexes = {atom[0] for atom in touched}
    return touched if touched and all(_reaches(touched, one, first, last) for one in sexes) else ()


def _reaches(atoms: Iterable[Part], sex: str, first: int, last: int) -> bool:
    """Whether the atoms of a sex hold every age of a range."""
    age = first
    for _, begin, end in sorted(atom for atom in atoms if atom[0] == sex):
        if begin > age:
            return False
        age = max(age, end + 1)
    return age > last
