"""Make the synthetic town Musterstadt: areas, map and counts. Same script, same bytes.

    python data/musterstadt/make_musterstadt.py [--output FOLDER]

Nothing here is observed. What is invented and what is reproduced stands in README.md beside this file.
"""

import argparse
from itertools import chain
from pathlib import Path

import numpy as np

from make.files import DISABILITY, Delivery, delivered, population_rows, write_areas, write_counts, write_map
from make.offers import write_offers
from make.offices import Counts, Town, basic_income, households, housing, origin, work
from make.plan import AREAS, BEFORE_REFORM, SOZIALRAEUME
from make.polygons import draw_map
from make.reform import write_crosswalk
from make.slide import CHILD_POVERTY, FOREIGN, SLIDE_AREAS, UNEMPLOYMENT, check_slide
from make.support import (
    care,
    childcare,
    disability,
    health,
    integration_assistance,
    schools,
    social_assistance,
    transfers,
    youth_welfare,
)

HERE = Path(__file__).parent
SMALLEST_AREA, LARGEST_AREA = 800, 9000

# In this order, because some offices build on what others know.
OFFICES = {
    "origin": (origin, Delivery()),
    "households": (households, Delivery()),
    "housing": (housing, Delivery()),
    "work": (work, Delivery()),
    "basic_income": (basic_income, Delivery()),
    "social_assistance": (social_assistance, Delivery()),
    "transfers": (transfers, Delivery()),
    "childcare": (childcare, Delivery()),
    "schools": (schools, Delivery("school_year")),
    "health": (health, Delivery("school_year")),
    "youth_welfare": (youth_welfare, Delivery("flow")),
    "care": (care, Delivery()),
    "integration_assistance": (integration_assistance, Delivery()),
    "disability": (disability, DISABILITY),
}

# The first may never exceed the second.
PARTS = (
    (("households_one_person", ""), ("households", "")),
    (("households_with_children", ""), ("households", "")),
    (("households_65plus", ""), ("households", "")),
    (("lone_parent_households", ""), ("households_with_children", "")),
    (("households_three_children", ""), ("households_with_children", "")),
    (("lone_parent_households", ""), ("children_of_lone_parents", "0-17")),
    (("living_alone", "65-79"), ("population_private_households", "65-79")),
    (("living_alone", "80+"), ("population_private_households", "80+")),
    (("dwellings_bound", ""), ("dwellings", "")),
    (("dwellings_accessible", ""), ("dwellings", "")),
    (("sgb2_lone_parent_communities", ""), ("lone_parent_households", "")),
    (("asylblg_recipients", ""), ("population_foreign", "")),
    (("school_leavers_without_certificate", ""), ("school_leavers", "")),
    (("school_entry_language_findings", ""), ("school_entry_examined", "")),
    (("supported_housing_own_home", ""), ("supported_housing", "")),
)


def require(condition: object, message: str) -> None:
    """Stop when something is not as the README says.

    Raises
    ------
    ValueError
        With the message.
    """
    if not condition:
        raise ValueError(message)


def unemployed(counts: Counts) -> np.ndarray:
    """Unemployed people of all ages, shape (60, years)."""
    return sum(values for (measure, _), values in counts.items() if measure == "unemployed")


def check_shape(town: Town) -> None:
    """Check the number of areas and their inhabitants."""
    inhabitants = town.aged(0)
    require(len(AREAS) == 60 and len(AREAS) - len(BEFORE_REFORM) == 52, "not 60 areas, 52 before the reform")
    require(len(SOZIALRAEUME) == 14, "not 14 Sozialräume")
    require(tuple(SOZIALRAEUME["05"].areas) == SLIDE_AREAS, "Sozialraum 05 holds other areas")
    require(
        inhabitants.min() >= SMALLEST_AREA and inhabitants.max() <= LARGEST_AREA, "an area is too small or too large"
    )


def check_parts(town: Town) -> None:
    """Check that parts are not larger than what they are part of."""
    counts = town.counts
    for part, all_of in PARTS:
        require(not (counts[part] > counts[all_of]).any(), f"{part} exceeds {all_of}")
    for measure in ("long_term_unemployed", "unemployed_severely_disabled", "civil_labour_force"):
        limit = town.aged(15, 64) if measure == "civil_labour_force" else unemployed(counts)
        require((counts[measure, "15-64"] <= limit).all(), f"{measure} exceeds its limit")
    require((unemployed(counts) <= counts["civil_labour_force", "15-64"]).all(), "more unemployed than labour force")
    require(all((values[~np.isnan(values)] >= 0).all() for values in counts.values()), "a count is negative")


def check(town: Town) -> None:
    """Check what the README promises; the slide of Sozialraum 05 in whole numbers."""
    check_shape(town)
    check_parts(town)
    check_slide(unemployed(town.counts), town.counts["civil_labour_force", "15-64"], UNEMPLOYMENT)
    check_slide(town.counts["sgb2_recipients", "0-14"], town.aged(0, 14), CHILD_POVERTY)
    check_slide(town.counts["population_foreign", ""], town.aged(0), FOREIGN)


def make(folder: Path) -> Town:
    """Make all files in a folder and return what they were made from."""
    polygons, town = draw_map(), Town()
    write_areas(folder / "areas.csv", polygons)
    write_map(folder / "areas.geojson", polygons)
    write_offers(folder / "offers.csv", polygons)
    files = {"population": list(population_rows(town.people))}
    for name, (office, delivery) in OFFICES.items():
        found = office(town)
        town.counts |= found
        files[name] = [
            row for (measure, age), values in found.items() for row in delivered(measure, "", age, values, delivery)
        ]
    for name, rows in files.items():
        write_counts(folder / f"counts/{name}.csv", rows)
    write_crosswalk(folder / "crosswalks.csv", chain.from_iterable(files.values()))
    check(town)
    return town


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the synthetic town Musterstadt.")
    parser.add_argument(
        "--output",
        type=Path,
        default=HERE,
        help="folder for areas.csv, areas.geojson, offers.csv, crosswalks.csv and counts/",
    )
    make(parser.parse_args().output)
