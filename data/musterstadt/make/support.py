"""What the offices of the town deliver, part two: social assistance, children and schools, care, disability."""

import numpy as np

from .offices import Counts, Town, kind_column, whole
from .plan import AREAS, FIRST_YEAR, OLDEST, YEARS, stream
from .stocks import slow_noise


def social_assistance(town: Town) -> Counts:
    """Social assistance (SGB XII) and asylum seekers' benefits; steps in 2017 (care reform), 2020 (BTHG) and 2022."""
    old, adults, everyone = town.aged(65), town.aged(18, 64), town.aged(0)
    in_old_age = {2006: 0.030, 2011: 0.035, 2015: 0.042, 2019: 0.045, 2021: 0.046, 2022: 0.052, 2024: 0.056}
    reduced = {2006: 0.0070, 2013: 0.0092, 2019: 0.0104, 2020: 0.0120, 2024: 0.0122}
    care = {2006: 0.0205, 2016: 0.0240, 2017: 0.0212, 2019: 0.0208, 2021: 0.0205, 2022: 0.0165, 2024: 0.0190}
    asylum = {
        2006: 0.0024,
        2010: 0.0018,
        2013: 0.0035,
        2014: 0.0060,
        2015: 0.0145,
        2016: 0.0105,
        2018: 0.0060,
        2021: 0.0042,
        2022: 0.0060,
        2024: 0.0066,
    }
    foreign = town.counts["population_foreign", ""]
    return {
        ("grundsicherung_im_alter_recipients", "65+"): town.draw("old age", old, in_old_age, 0.70, 0.88),
        ("grundsicherung_erwerbsminderung_recipients", "18-64"): town.draw(
            "reduced", adults, reduced, 0.50, 0.90, 0.15
        ),
        ("hilfe_zur_pflege_recipients", "65+"): town.draw("help for care", old, care, 0.50, 0.70, 0.20),
        ("asylblg_recipients", ""): np.minimum(town.draw("asylum", everyone, asylum, 0.30, 0.60, 0.7), foreign // 2),
    }


def transfers(town: Town) -> Counts:
    """All on basic income (SGB II; SGB XII chapters 3 and 4) less the unemployed among them."""
    counts = town.counts
    unemployed = counts["unemployed", "15-24"] + counts["unemployed", "25-54"] + counts["unemployed", "55-64"]
    adults = counts["sgb2_recipients", "15-64"]
    share = np.clip(0.66 + 0.06 * town.need + slow_noise("unemployed in sgb2", 0.02), 0.3, 0.9)
    both = np.minimum(whole(unemployed * share), whole(adults * 0.75))
    chapter_3 = town.draw("chapter 3", town.aged(18, 64), {2006: 0.0012, 2024: 0.0022}, 0.6, 0.6)
    chapter_4 = (
        counts["grundsicherung_im_alter_recipients", "65+"]
        + counts["grundsicherung_erwerbsminderung_recipients", "18-64"]
    )
    recipients = counts["sgb2_recipients", "0-14"] + adults - both + chapter_3 + chapter_4
    return {("transfer_recipients_not_unemployed", ""): recipients}


def childcare(town: Town) -> Counts:
    """Children in day care by where they live: under three it grew fast until the legal claim of 2013."""
    under_3 = {
        2006: 0.095,
        2007: 0.115,
        2009: 0.165,
        2011: 0.225,
        2013: 0.315,
        2015: 0.345,
        2019: 0.385,
        2021: 0.380,
        2024: 0.405,
    }
    from_3 = {2006: 0.925, 2011: 0.945, 2013: 0.950, 2016: 0.940, 2020: 0.930, 2024: 0.925}
    return {
        ("children_in_childcare", "0-2"): town.draw("childcare 0-2", town.aged(0, 2), under_3, -0.22, 0.30),
        ("children_in_childcare", "3-5"): town.draw("childcare 3-5", town.aged(3, 5), from_3, -0.20, 0.55, 0.15),
    }


def year_before(values: np.ndarray) -> np.ndarray:
    """Values of the year before; the first year stands for its own."""
    return np.concatenate([values[:, :1], values[:, :-1]], axis=1)


def schools(town: Town) -> Counts:
    """School leavers of the school year that ends in the year: a third of those aged 16-18 before."""
    cohort = year_before(town.aged(16, 18)) / 3 * 0.96
    leavers = stream("school leavers").poisson(cohort * 4) // 4
    without = {2006: 0.066, 2010: 0.056, 2014: 0.048, 2019: 0.056, 2021: 0.050, 2024: 0.062}
    return {
        ("school_leavers", ""): leavers,
        ("school_leavers_without_certificate", ""): town.draw("no certificate", leavers, without, 0.50, 0.0),
    }


# School year ending in: how many areas were not delivered, and the share of children examined in the others.
INCOMPLETE_EXAMINATIONS = {2020: (9, 0.65, 0.95), 2021: (24, 0.35, 0.80), 2022: (13, 0.60, 0.95)}


def health(town: Town) -> Counts:
    """School entry examinations; in three school years many children were not examined, in some areas none recorded."""
    generator, coverage = stream("examinations"), np.full((len(AREAS), len(YEARS)), 0.985)
    missing = np.zeros_like(coverage, dtype=bool)
    for year, (areas, lowest, highest) in INCOMPLETE_EXAMINATIONS.items():
        coverage[:, year - FIRST_YEAR] = generator.uniform(lowest, highest, len(AREAS))
        missing[generator.choice(len(AREAS), areas, replace=False), year - FIRST_YEAR] = True
    examined = generator.binomial(year_before(town.aged(5, 5)), coverage)
    levels = {2006: 0.215, 2012: 0.225, 2019: 0.245, 2020: 0.25, 2022: 0.285, 2024: 0.280}
    findings = town.draw("language findings", examined, levels, 0.45, 0.0, 0.15, 0.3 * kind_column("foreign"))
    return {
        ("school_entry_examined", ""): np.where(missing, np.nan, examined),
        ("school_entry_language_findings", ""): np.where(missing, np.nan, findings),
    }


def youth_welfare(town: Town) -> Counts:
    """Supports for upbringing in a calendar year, one in four for two siblings at once."""
    young = town.aged(0, 20)
    single = {2006: 0.0200, 2012: 0.0250, 2019: 0.0285, 2020: 0.0270, 2024: 0.0305}
    pairs = {year: rate / 3 for year, rate in single.items()}
    common = slow_noise("child welfare", 0.15)
    alone = town.draw("one child", young, single, 0.62, 0.55, 0.05, common)
    siblings = town.draw("two siblings", young // 2, pairs, 0.70, 0.55, 0.05, common)
    return {("child_welfare_supports", ""): alone + 2 * siblings}


def care(town: Town) -> Counts:
    """People in need of care; the new definition of 2017 (Pflegegrade) lifts all ages."""
    levels = {
        (0, 64): {2006: 0.0062, 2016: 0.0085, 2017: 0.0108, 2024: 0.0195},
        (65, 79): {2006: 0.052, 2016: 0.064, 2017: 0.079, 2024: 0.128},
        (80, OLDEST): {2006: 0.272, 2016: 0.325, 2017: 0.385, 2024: 0.520},
    }
    labels = {(0, 64): "0-64", (65, 79): "65-79", (80, OLDEST): "80+"}
    return {
        ("care_recipients", label): town.draw(f"care {label}", town.aged(*ages), levels[ages], 0.16, 0.75, 0.08)
        for ages, label in labels.items()
    }


def integration_assistance(town: Town) -> Counts:
    """Eingliederungshilfe by age, and living with support; the BTHG changed in 2020 who is counted."""
    levels = {
        (0, 17): {2006: 0.0125, 2013: 0.0165, 2019: 0.0215, 2020: 0.0205, 2024: 0.0265},
        (18, 64): {2006: 0.0084, 2013: 0.0108, 2019: 0.0128, 2020: 0.0112, 2024: 0.0122},
        (65, OLDEST): {2006: 0.0022, 2019: 0.0041, 2020: 0.0031, 2024: 0.0038},
    }
    labels = {(0, 17): "0-17", (18, 64): "18-64", (65, OLDEST): "65+"}
    slopes = {(0, 17): 0.30, (18, 64): 0.35, (65, OLDEST): 0.25}
    found = {
        ("eingliederungshilfe_recipients", label): town.draw(
            f"egh {label}", town.aged(*ages), levels[ages], slopes[ages], 0.88, 0.28
        )
        for ages, label in labels.items()
    }
    adults = found["eingliederungshilfe_recipients", "18-64"] + found["eingliederungshilfe_recipients", "65+"]
    housed = town.draw("supported housing", adults, {2006: 0.55, 2019: 0.60, 2020: 0.66, 2024: 0.67}, 0.0, 0.85, 0.10)
    own = town.draw("own home", housed, {2006: 0.44, 2013: 0.56, 2019: 0.65, 2024: 0.71}, 0.0, 0.85, 0.25)
    return found | {("supported_housing", ""): housed, ("supported_housing_own_home", ""): own}


def disability(town: Town) -> Counts:
    """Severely disabled people before rounding; children count once, with a card or with Eingliederungshilfe."""
    levels = {
        (0, 17): {2006: 0.0105, 2024: 0.0125},
        (18, 64): {2006: 0.0500, 2013: 0.0520, 2024: 0.0455},
        (65, OLDEST): {2006: 0.232, 2013: 0.250, 2024: 0.243},
    }
    labels = {(0, 17): "0-17", (18, 64): "18-64", (65, OLDEST): "65+"}
    found = {
        ("severely_disabled", label): town.draw(f"disabled {label}", town.aged(*ages), levels[ages], 0.12, 0.90, 0.08)
        for ages, label in labels.items()
    }
    marks = town.draw("mobility marks", sum(found.values()), {2006: 0.46, 2024: 0.49}, 0.02, 0.85, 0.06)
    card, assistance = found["severely_disabled", "0-17"], town.counts["eingliederungshilfe_recipients", "0-17"]
    both = stream("card and assistance").binomial(np.minimum(card, assistance), 0.45)
    return found | {("mobility_marks", ""): marks, ("children_with_disabilities", "0-17"): card + assistance - both}
