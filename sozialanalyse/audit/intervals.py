"""Intervals of proportions, computed again."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sozialanalyse.audit.figures import Figure

CONFIDENCE = 0.95


def wilson(figure: Figure, design_effect: float) -> tuple[Fraction, Fraction] | None:
    """Compute the score interval of a proportion (Wilson 1927, Journal of the American Statistical Association 22).

    Parameters
    ----------
    figure
        With numerator and denominator.
    design_effect
        By how much the variance is larger than that of single persons; as if there were so many times fewer of them.

    Returns
    -------
    tuple
        Lower and upper limit in the unit of the indicator; None where there is no value.
    """
    above, below = figure.numerator.value, figure.denominator.value if figure.denominator else None
    if above is None or not below:
        return None
    x, n = float(above) / design_effect, float(below) / design_effect
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) ** 2
    reach = x + z / 2 + math.sqrt(z * (z / 4 + x * (n - x) / n))
    low, high = Fraction(x * x / (n * reach)), Fraction(reach / (n + z))
    return low * figure.factor, min(high, Fraction(1)) * figure.factor
