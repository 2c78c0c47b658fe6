"""What the offices of the town deliver, part one: register, households, housing, labour market and basic income."""

from dataclasses import dataclass, field

import numpy as np

from .people import aged, need, simulate
from .plan import AREAS, FIRST_YEAR, OLDEST, YEARS, by_kind, stream
from .slide import CHILD_POVERTY, FOREIGN, UNEMPLOYMENT, correction, towards
from .stocks import Knots, area_rates, from_log_odds, persistent, slow_noise

Counts = dict[tuple[str, str], np.ndarray]  # (measure, age) -> whole numbers, shape (60, years)


@dataclass
class Town:
    """The people, the social situation of the areas, and all counts made so far."""

    people: np.ndarray = field(default_factory=simulate)
    need: np.ndarray = field(default_factory=need)
    counts: Counts = field(default_factory=dict)

    def aged(self, youngest: int, oldest: int = OLDEST) -> np.ndarray:
        """Inhabitants of an age range, shape (60, years)."""
        return aged(self.people, youngest, oldest)

    def draw(
        self,
        name: str,
        eligible: np.ndarray,
        knots: Knots,
        slope: float,
        keep: float = 0.75,
        spread: float = 0.12,
        score: np.ndarray | float = 0.0,
    ) -> np.ndarray:
        """Draw a persistent stock with the town's level `knots` and the slope of its log-odds along the need of the areas."""
        whole_score = slope * self.need + score + slow_noise(name, spread)
        return persistent(name, eligible, area_rates(knots, whole_score, eligible), keep)


def whole(values: np.ndarray) -> np.ndarray:
    """Round to whole numbers."""
    return np.rint(values).astype(int)


def kind_column(attribute: str) -> np.ndarray:
    """One attribute of the kinds of areas, shape (60, 1)."""
    return by_kind(attribute)[:, None]


def origin(town: Town) -> Counts:
    """Foreign nationals and children with a migration background."""
    everyone, minors, score = town.aged(0), town.aged(0, 17), kind_column("foreign")
    levels = {
        2006: 0.123,
        2011: 0.132,
        2014: 0.150,
        2015: 0.165,
        2016: 0.172,
        2019: 0.186,
        2021: 0.194,
        2022: 0.217,
        2024: 0.231,
    }
    rate = area_rates(levels, 0.40 * town.need + 0.9 * score + slow_noise("foreign", 0.12), everyone)
    foreign = persistent("foreign", everyone, towards(rate, FOREIGN), 0.88)
    foreign += correction(foreign, everyone, FOREIGN)
    background = {2006: 0.34, 2013: 0.385, 2016: 0.42, 2021: 0.46, 2022: 0.475, 2024: 0.495}
    children = town.draw("migration background", minors, background, 0.50, 0.88, 0.12, 0.6 * score)
    return {("population_foreign", ""): foreign, ("population_migration_background", "0-17"): children}


def living_alone(town: Town) -> Counts:
    """People from 65 on in private households (without care homes), and those of them who live alone."""
    has_home = stream("care homes").random(len(AREAS)) < 0.4
    at_home_80 = whole(town.aged(80) * np.where(has_home, 0.80, 0.965)[:, None])
    at_home_65 = whole(town.aged(65, 79) * np.where(has_home, 0.975, 0.993)[:, None])
    shift = by_kind("alone")[:, [2]] + slow_noise("living alone", 0.10)
    return {
        ("population_private_households", "65-79"): at_home_65,
        ("population_private_households", "80+"): at_home_80,
        ("living_alone", "65-79"): whole(at_home_65 * area_rates({2006: 0.255, 2024: 0.285}, shift, at_home_65)),
        ("living_alone", "80+"): whole(at_home_80 * area_rates({2006: 0.475, 2024: 0.455}, shift, at_home_80)),
    }


def families(town: Town) -> Counts:
    """Households with children: the children live in them by 1.6 each, fewer with lone parents."""
    minors = town.aged(0, 17)
    children_each = 1.60 + 0.04 * town.need + 0.03 * slow_noise("children each", 1)
    households = whole(minors / children_each)
    lone = town.draw(
        "lone parents",
        households,
        {2006: 0.212, 2016: 0.232, 2024: 0.236},
        0.33,
        0.85,
        0.10,
        0.3 * kind_column("alone")[..., 2],
    )
    three = town.draw("three children", households, {2006: 0.118, 2014: 0.112, 2024: 0.124}, 0.16, 0.85, 0.10)
    each = 1.36 + 0.03 * town.need
    return {
        ("households_with_children", ""): households,
        ("lone_parent_households", ""): lone,
        ("households_three_children", ""): three,
        ("children_of_lone_parents", "0-17"): np.maximum(whole(lone * each), lone),
    }


def households(town: Town) -> Counts:
    """All households as the generator of the statistics office would model them; needs nothing but the register."""
    found = living_alone(town) | families(town)
    alone_old = found["living_alone", "65-79"] + found["living_alone", "80+"]
    at_home_old = found["population_private_households", "65-79"] + found["population_private_households", "80+"]
    trend, own = 1 + 0.003 * (YEARS - FIRST_YEAR), np.exp(slow_noise("one person", 0.05))
    shares = kind_column("alone")
    one = alone_old + whole((town.aged(18, 29) * shares[..., 0] + town.aged(30, 64) * shares[..., 1]) * trend * own)
    with_children, lone = found["households_with_children", ""], found["lone_parent_households", ""]
    in_families = town.aged(0, 17) + 2 * with_children - lone
    others = town.aged(0, 64) + at_home_old - one - in_families
    found |= {
        ("households", ""): one + with_children + whole(np.maximum(others, 0) / 2.15),
        ("households_one_person", ""): one,
        ("households_65plus", ""): alone_old + whole((at_home_old - alone_old) / 1.72),
    }
    return found


def bound_dwellings(dwellings: np.ndarray, area_need: np.ndarray) -> np.ndarray:
    """Dwellings bound to rent or occupants: twelve projects an area, each ends in its own year; few new ones."""
    generator = stream("bound dwellings")
    share = from_log_odds(-2.25 + 0.75 * area_need[:, 0] + generator.normal(0, 0.35, len(AREAS)))
    projects = generator.multinomial(whole(dwellings[:, 0] * share), np.full(12, 1 / 12))
    ends = generator.integers(FIRST_YEAR, 2045, projects.shape)
    new = np.cumsum(generator.poisson(0.04, dwellings.shape) * generator.integers(15, 70, dwellings.shape), axis=1)
    return np.minimum((projects[..., None] * (ends[..., None] > YEARS)).sum(axis=1) + new, dwellings)


def housing(town: Town) -> Counts:
    """Dwellings follow the households and are rarely pulled down; accessible ones only grow."""
    generator, needed = stream("dwellings"), np.maximum.accumulate(town.counts["households", ""], axis=1)
    dwellings = np.maximum.accumulate(
        whole(needed * 1.025) + np.cumsum(generator.poisson(1.5, needed.shape), axis=1), axis=1
    )
    area_each = kind_column("dwelling") * np.exp(generator.normal(0, 0.04, (len(AREAS), 1))) + 0.12 * (
        YEARS - FIRST_YEAR
    )
    accessible = area_rates({2006: 0.021, 2012: 0.029, 2024: 0.058}, slow_noise("accessible", 0.3, 0.995), dwellings)
    return {
        ("dwellings", ""): dwellings,
        ("living_space", ""): whole(dwellings * area_each),
        ("dwellings_bound", ""): bound_dwellings(dwellings, town.need),
        ("dwellings_accessible", ""): np.maximum.accumulate(whole(dwellings * accessible), axis=1),
    }


UNEMPLOYED: dict[tuple[int, int], Knots] = {
    (15, 24): {
        2006: 0.040,
        2007: 0.034,
        2009: 0.036,
        2011: 0.028,
        2013: 0.030,
        2019: 0.021,
        2020: 0.029,
        2022: 0.022,
        2024: 0.027,
    },
    (25, 54): {
        2006: 0.080,
        2007: 0.072,
        2009: 0.070,
        2011: 0.062,
        2013: 0.063,
        2019: 0.050,
        2020: 0.059,
        2022: 0.053,
        2024: 0.060,
    },
    (55, 64): {2006: 0.061, 2007: 0.056, 2009: 0.055, 2011: 0.057, 2015: 0.058, 2019: 0.047, 2020: 0.053, 2024: 0.055},
}


def work(town: Town) -> Counts:
    """Unemployed people by age at the end of the year, and the labour force that the town estimates."""
    share = kind_column("labour_force") + 0.003 * (YEARS - 2011) + slow_noise("labour force", 0.008)
    force = whole(town.aged(15, 64) * share)
    common = slow_noise("unemployment", 0.10)
    rates = {ages: area_rates(knots, 0.55 * town.need + common, town.aged(*ages)) for ages, knots in UNEMPLOYED.items()}
    overall = sum(rate * town.aged(*ages) for ages, rate in rates.items()) / force
    scale = towards(overall, UNEMPLOYMENT) / overall
    bands = {
        ages: persistent(f"unemployed {ages}", town.aged(*ages), rate * scale, 0.6) for ages, rate in rates.items()
    }
    bands[25, 54] += correction(sum(bands.values()), force, UNEMPLOYMENT)
    everyone = sum(bands.values())
    long_term = {2006: 0.45, 2009: 0.40, 2013: 0.42, 2016: 0.43, 2019: 0.38, 2021: 0.46, 2024: 0.41}
    disabled = {2006: 0.052, 2015: 0.066, 2024: 0.070}
    return {("unemployed", f"{youngest}-{oldest}"): stock for (youngest, oldest), stock in bands.items()} | {
        ("civil_labour_force", "15-64"): force,
        ("long_term_unemployed", "15-64"): town.draw("long-term unemployed", everyone, long_term, 0.12, 0.5, 0.08),
        ("unemployed_severely_disabled", "15-64"): town.draw(
            "unemployed disabled", everyone, disabled, -0.05, 0.6, 0.1
        ),
    }


# Children by the number of children in their family: number, share of all children, risk of benefits relative to the mean.
FAMILIES = ((1, 0.30, 0.90), (2, 0.43, 0.80), (3, 0.18, 1.30), (4, 0.09, 1.70))
# Steps: the revision of the Bundesagentur in 2016, people from Ukraine since June 2022.
CHILDREN_ON_SGB2 = {
    2006: 0.240,
    2007: 0.232,
    2009: 0.226,
    2011: 0.217,
    2013: 0.222,
    2015: 0.224,
    2016: 0.244,
    2017: 0.249,
    2019: 0.238,
    2021: 0.224,
    2022: 0.246,
    2024: 0.239,
}
ADULTS_ON_SGB2 = {
    2006: 0.112,
    2007: 0.108,
    2009: 0.106,
    2011: 0.100,
    2015: 0.102,
    2016: 0.109,
    2017: 0.110,
    2019: 0.102,
    2021: 0.099,
    2022: 0.109,
    2024: 0.108,
}


def children_on_sgb2(children: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Children under 15 on basic income: whole families enter and leave, so the counts vary more than single children would."""
    stock = np.zeros_like(children)
    for number, share, risk in FAMILIES:
        eligible = (children * share / number).astype(int)
        stock += number * persistent(f"families of {number}", eligible, np.minimum(rate * risk, 0.92), 0.75)
    return np.minimum(stock, children)


def basic_income(town: Town) -> Counts:
    """SGB II: children, people of working age and the communities of lone parents."""
    children, working, common = town.aged(0, 14), town.aged(15, 64), slow_noise("sgb2", 0.12)
    rate = towards(area_rates(CHILDREN_ON_SGB2, 0.95 * town.need + common, children), CHILD_POVERTY)
    minors = children_on_sgb2(children, rate)
    minors += correction(minors, children, CHILD_POVERTY)
    adults = town.draw("sgb2 adults", working, ADULTS_ON_SGB2, 0.80, 0.8, 0.03, common)
    shares = {2006: 0.42, 2011: 0.40, 2015: 0.385, 2016: 0.395, 2021: 0.36, 2022: 0.385, 2024: 0.38}
    lone = town.draw("sgb2 lone parents", town.counts["lone_parent_households", ""], shares, 0.75, 0.75, 0.08, common)
    return {
        ("sgb2_recipients", "0-14"): minors,
        ("sgb2_recipients", "15-64"): adults,
        ("sgb2_lone_parent_communities", ""): np.minimum(lone, adults),
    }
