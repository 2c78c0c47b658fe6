"""Sozialraum 05 on 31 December 2011: the figures of a published slide, reproduced by whole numbers of invented areas.

The slide (Sozialentwicklungsplan Aachen, Sozialraum 5, 2011) shows three rates, each with its mean and the range of
six areas. Which area has which value is invented here. Tenths of a per cent are compared as whole numbers.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .plan import AREAS, FIRST_YEAR

SLIDE_YEAR = 2011
SLIDE_AREAS = ("362", "363", "410", "420", "430", "460")
ROWS = [AREAS.index(area) for area in SLIDE_AREAS]
COLUMN = SLIDE_YEAR - FIRST_YEAR
FADE = 0.8  # a correction of 2011 is carried into the years around it, fading by this factor a year
APART = 2  # tenths that the middle areas keep from the smallest and the largest


@dataclass(frozen=True)
class Published:
    """One rate of the slide in tenths of a per cent, and wishes for the six areas (the first guess of the search)."""

    mean: int
    smallest: int
    largest: int
    wishes: tuple[int, int, int, int, int, int]


UNEMPLOYMENT = Published(43, 16, 61, (61, 46, 37, 44, 16, 54))
CHILD_POVERTY = Published(113, 50, 179, (179, 118, 92, 106, 50, 133))
FOREIGN = Published(87, 40, 125, (106, 88, 80, 83, 125, 40))


def shown_as(rate: Fraction, tenths: int) -> bool:
    """Whether a rate is shown as that many tenths of a per cent (clear of the tie at a half)."""
    return abs(rate * 2000 - 2 * tenths) < 1


def counts_of(tenths: list[float], denominators: list[int]) -> list[int]:
    """The whole number next to each wished rate."""
    return [round(wish * denominator / 1000) for wish, denominator in zip(tenths, denominators, strict=True)]


def miss(numerators: list[int], denominators: list[int], published: Published) -> Fraction | None:
    """How far pooled rate and mean of the areas are from the slide, or None when something would show otherwise."""
    rates = [Fraction(n, d) for n, d in zip(numerators, denominators, strict=True)]
    pooled, mean = Fraction(sum(numerators), sum(denominators)), sum(rates, Fraction(0)) / len(rates)
    fits = (
        shown_as(min(rates), published.smallest)
        and shown_as(max(rates), published.largest)
        and shown_as(pooled, published.mean)
        and shown_as(mean, published.mean)
    )
    return abs(pooled * 1000 - published.mean) + abs(mean * 1000 - published.mean) if fits else None


def search(denominators: list[int], published: Published) -> list[int]:
    """Look for whole numbers: the middle areas are shifted together and tilted by size, in fixed steps.

    Raises
    ------
    ValueError
        When no numbers fit these denominators; the wishes above then need another order.
    """
    middle = [wish not in (published.smallest, published.largest) for wish in published.wishes]
    size = (np.array(denominators) - np.mean(denominators)) / np.std(denominators)
    best: tuple[Fraction, list[int]] | None = None
    for shift in range(-30, 31):
        for tilt in range(-20, 21):
            moved = np.where(middle, published.wishes + (shift + tilt * size) / 2, published.wishes)
            inside = np.clip(moved, published.smallest + APART, published.largest - APART)
            numerators = counts_of(np.where(middle, inside, moved).tolist(), denominators)
            found = miss(numerators, denominators, published)
            if found is not None and (best is None or found < best[0]):
                best = (found, numerators)
    if best is None:
        message = f"no whole numbers give {published} with the denominators {denominators}"
        raise ValueError(message)
    return best[1]


def towards(rate: np.ndarray, published: Published, weight: np.ndarray | None = None) -> np.ndarray:
    """Scale the rates of the six areas in all years, so that 2011 is near the wishes already.

    `weight` (60, years) turns the rate into the published one, where the denominators differ.
    """
    scaled = rate.copy()
    shown = rate if weight is None else rate * weight
    scaled[ROWS] *= (np.array(published.wishes) / 1000 / shown[ROWS, COLUMN])[:, None]
    return np.clip(scaled, 0, 0.95)


def correction(counts: np.ndarray, denominators: np.ndarray, published: Published) -> np.ndarray:
    """What to add to the counts, shape (60, years), so that 2011 is as published and the years around follow."""
    wanted = search(denominators[ROWS, COLUMN].tolist(), published)
    gap = np.array(wanted) - counts[ROWS, COLUMN]
    fading = FADE ** np.abs(np.arange(counts.shape[1]) - COLUMN)
    added = np.zeros_like(counts)
    added[ROWS] = np.rint(gap[:, None] * fading).astype(int)
    return np.maximum(added, -counts)


def check_slide(numerator: np.ndarray, denominator: np.ndarray, published: Published) -> None:
    """Compare finished counts with the slide.

    Raises
    ------
    ValueError
        When pooled rate, mean, smallest or largest value would show another figure.
    """
    numerators, denominators = (values[ROWS, COLUMN].astype(int).tolist() for values in (numerator, denominator))
    if miss(numerators, denominators, published) is None:
        message = f"Sozialraum 05 does not show {published}: {numerators} of {denominators}"
        raise ValueError(message)
