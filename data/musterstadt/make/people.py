"""The people: yearly births, deaths and moves by single year of age. Who stays is a year older the year after."""

import numpy as np

from .plan import (
    AREAS,
    BEFORE_REFORM,
    FIRST_YEAR,
    KIND,
    LAST_YEAR,
    NEED_BY_HAND,
    OLDEST,
    SIZE_BY_HAND,
    YEARS,
    by_kind,
    stream,
)

START_YEAR = 1986  # twenty years until the first kept one, in which the kinds of areas get their own age structures
AGES = np.arange(OLDEST + 1)
FEMALE, MALE = 0, 1
SEXES = ("female", "male")

# Knots of invented curves, close to what is known of German towns: age or year, value.
PYRAMID_1986 = (
    (0, 0.95),
    (10, 0.95),
    (15, 1.3),
    (20, 1.75),
    (25, 1.65),
    (35, 1.3),
    (42, 1.15),
    (48, 1.5),
    (57, 1.15),
    (65, 1.0),
    (70, 0.75),
    (80, 0.5),
    (90, 0.1),
    (100, 0.0),
)
LEAVING = (
    (0, 0.10),
    (4, 0.08),
    (7, 0.045),
    (16, 0.04),
    (19, 0.14),
    (22, 0.17),
    (27, 0.24),
    (32, 0.17),
    (38, 0.10),
    (50, 0.05),
    (65, 0.028),
    (75, 0.025),
    (85, 0.04),
    (100, 0.05),
)
CHILDREN_PER_WOMAN = ((1986, 1.22), (2006, 1.20), (2012, 1.26), (2016, 1.42), (2021, 1.43), (2024, 1.24))
TOWN_SIZE = (
    (1986, 0.97),
    (2006, 1.0),
    (2011, 1.005),
    (2014, 1.015),
    (2016, 1.035),
    (2019, 1.04),
    (2021, 1.035),
    (2022, 1.05),
    (2024, 1.055),
)
NEWBUILD_SIZE = ((1986, 0.35), (1996, 0.40), (2012, 1.0), (2030, 1.05))


def curve(knots: tuple[tuple[float, float], ...], at: np.ndarray) -> np.ndarray:
    """Straight lines between knots."""
    return np.interp(at, *zip(*knots, strict=True))


def by_hand(values: dict[str, float], drawn: np.ndarray) -> np.ndarray:
    """Drawn values, but where the plan sets one."""
    return np.array([values.get(area, value) for area, value in zip(AREAS, drawn, strict=True)], dtype=float)


def need() -> np.ndarray:
    """The social situation of each area, shape (60, years): the higher, the more people need support; drifts slowly."""
    generator = stream("need")
    level = by_kind("need") + generator.normal(0, 0.3, len(AREAS))
    drift = np.cumsum(generator.normal(0, 0.03, (len(AREAS), len(YEARS))), axis=1)
    return by_hand(NEED_BY_HAND, level)[:, None] + drift


def sizes() -> np.ndarray:
    """Wanted inhabitants of each area in 2006; an area that was one half of another before the reform is kept smaller."""
    generator = stream("sizes")
    halves = {half for _, pair in BEFORE_REFORM.values() for half in pair}
    drawn = by_kind("size") * np.exp(generator.normal(0, 0.33, len(AREAS)))
    upper = np.where([area in halves for area in AREAS], 4000, 7700)
    return by_hand(SIZE_BY_HAND, np.clip(drawn, 880, upper))


def wanted(year: int, base: np.ndarray) -> np.ndarray:
    """Inhabitants that the dwellings of each area would hold in one year."""
    newbuild = np.array([KIND[area] == "newbuild" for area in AREAS])
    own = np.where(
        newbuild, curve(NEWBUILD_SIZE, np.array(year)), np.exp(by_kind("growth") * max(year - FIRST_YEAR, 0))
    )
    return base * own * curve(TOWN_SIZE, np.array(year))


def newcomer_ages() -> np.ndarray:
    """Shares of the ages among those who move in, shape (60, 101)."""

    def bell(mean: float, spread: float, youngest: int) -> np.ndarray:
        weight = np.exp(-(((AGES - mean) / spread) ** 2) / 2) * (youngest <= AGES)
        return weight / weight.sum()

    children = np.exp(-AGES / 5) * (AGES < 16)
    families = 0.66 * bell(34, 5, 22) + 0.34 * children / children.sum()
    groups = np.array([bell(20.5, 2, 18), bell(28, 4.5, 20), families, bell(49, 8, 35), bell(77, 8, 62)])
    return by_kind("newcomers") @ groups


def death_probability(year: int, area_need: np.ndarray) -> np.ndarray:
    """Probability to die within a year, shape (60, 2, 101): Gompertz, falling by 1 % a year until 2019."""
    female, male = 1.0e-5 * np.exp(0.105 * AGES), 3.8e-5 * np.exp(0.0935 * AGES)
    progress = np.exp(-0.01 * (min(year, 2019) - 2007))
    hazard = np.stack([female, male]) * progress + 0.003 * (AGES == 0)
    return 1 - np.exp(-hazard * np.exp(0.12 * area_need)[:, None, None])


def births(generator: np.random.Generator, people: np.ndarray, year: int) -> np.ndarray:
    """Children born in a year by area and sex, shape (60, 2)."""
    schedule = np.exp(-(((AGES - 31.3) / 5.3) ** 2) / 2) * ((AGES > 14) & (AGES < 50))
    schedule *= curve(CHILDREN_PER_WOMAN, np.array(year)) / schedule.sum()
    born = generator.poisson(people[:, FEMALE] @ schedule * by_kind("births"))
    girls = generator.binomial(born, 0.487)
    return np.stack([girls, born - girls], axis=1)


def one_year(
    generator: np.random.Generator, people: np.ndarray, year: int, room: np.ndarray, area_need: np.ndarray
) -> np.ndarray:
    """Let a year pass: deaths, ageing, births, moves out, moves into the room that is left."""
    living = people - generator.binomial(people, death_probability(year, area_need))
    older = np.zeros_like(people)
    older[:, :, 1:] = living[:, :, :-1]
    older[:, :, -1] += living[:, :, -1]
    older[:, :, 0] = births(generator, people, year)
    leaving = np.minimum(curve(LEAVING, AGES) * by_kind("moving")[:, None], 0.45)
    staying = older - generator.binomial(older, leaving[:, None, :])
    arrivals = np.maximum(0.85 * (room - staying.sum(axis=(1, 2))), 0).round().astype(int)
    profile = np.repeat(newcomer_ages()[:, None, :] / 2, 2, axis=1).reshape(len(AREAS), -1)
    return staying + generator.multinomial(arrivals, profile).reshape(staying.shape)


def simulate() -> np.ndarray:
    """Inhabitants at each 31 December 2006-2024, shape (60, 2, 101, years)."""
    generator, base, area_need = stream("people"), sizes(), need()
    start = np.stack([curve(PYRAMID_1986, AGES), curve(PYRAMID_1986, AGES) * np.where(AGES > 62, 0.6, 1.0)])
    people = generator.poisson(wanted(START_YEAR, base)[:, None, None] * start / start.sum())
    room_noise, kept = np.zeros(len(AREAS)), []
    for year in range(START_YEAR + 1, LAST_YEAR + 1):
        room_noise = 0.9 * room_noise + generator.normal(0, 0.006, len(AREAS))
        room = 1.02 * wanted(year, base) * np.exp(room_noise)
        people = one_year(generator, people, year, room, area_need[:, max(year - FIRST_YEAR, 0)])
        if year >= FIRST_YEAR:
            kept.append(people)
    return np.stack(kept, axis=-1)


def aged(people: np.ndarray, youngest: int, oldest: int = OLDEST) -> np.ndarray:
    """Inhabitants of an age range (both ends included), shape (60, years)."""
    return people[:, :, youngest : oldest + 1].sum(axis=(1, 2))
