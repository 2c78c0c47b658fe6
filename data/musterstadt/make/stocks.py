"""How a count comes about: a rate an area and year, and people of whom most are still there a year later."""

import numpy as np

from .plan import AREAS, YEARS, stream

Knots = dict[float, float]
LIMIT = 40.0  # log-odds between which the town's level is looked for
HALVINGS = 60


def level(knots: Knots) -> np.ndarray:
    """The town's rate in each year: straight lines between the knots; a step is two knots one year apart."""
    return np.interp(YEARS, list(knots), list(knots.values()))


def slow_noise(name: str, spread: float, memory: float = 0.92) -> np.ndarray:
    """What an area has of its own in one matter, shape (60, years): it fades slowly."""
    generator = stream(f"noise of {name}")
    noise = np.empty((len(AREAS), len(YEARS)))
    noise[:, 0] = generator.normal(0, spread, len(AREAS))
    for year in range(1, len(YEARS)):
        fresh = generator.normal(0, spread * np.sqrt(1 - memory**2), len(AREAS))
        noise[:, year] = memory * noise[:, year - 1] + fresh
    return noise


def from_log_odds(value: np.ndarray) -> np.ndarray:
    """Log-odds to shares."""
    return 1 / (1 + np.exp(-value))


def area_rates(knots: Knots, score: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    """Rates an area and year whose mean over all eligible people is the town's level.

    Parameters
    ----------
    knots : year: share of 1 in the whole town
    score : shape (60, years), on the log-odds: where the rate is higher than elsewhere
    eligible : shape (60, years), people whom the rate is about
    """
    wanted, weight = level(knots), eligible / eligible.sum(axis=0)
    low, high = np.full(len(YEARS), -LIMIT), np.full(len(YEARS), LIMIT)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        too_low = (weight * from_log_odds(middle + score)).sum(axis=0) < wanted
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return from_log_odds(low + score)


def persistent(name: str, eligible: np.ndarray, rate: np.ndarray, keep: float) -> np.ndarray:
    """Draw a stock of which the share `keep` stays from year to year; it never exceeds the eligible people.

    Who leaves is replaced by new people, so that the expected stock is rate times eligible, while an area's
    luck fades by the factor `keep` a year. Shapes (60, years), whole numbers.
    """
    generator, wanted = stream(name), eligible * rate
    stock = np.empty(eligible.shape, dtype=int)
    stock[:, 0] = generator.binomial(eligible[:, 0], rate[:, 0])
    for year in range(1, eligible.shape[1]):
        before, now = wanted[:, year - 1], wanted[:, year]
        kept = np.minimum(keep, 0.97 * now / np.maximum(before, 1e-9))
        staying = np.minimum(generator.binomial(stock[:, year - 1], kept), eligible[:, year])
        free = eligible[:, year] - staying
        entering = np.clip((now - kept * before) / np.maximum(free, 1), 0, 1)
        stock[:, year] = staying + generator.binomial(free, entering)
    return stock
