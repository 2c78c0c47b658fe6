"""The crosswalk of the reform: into what shares eight Lebensräume were divided, as the first counts after it show."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from .files import Row, write_table
from .plan import BEFORE_REFORM, REFORM_YEAR

HEADER = ("from_area", "to_area", "date", "measure", "sex", "age", "weight", "basis")
RESIDENTS = "population"  # their shares stand for every measure that has none of its own
FEWEST = 100  # shares counted among fewer people vary more by chance than those of all residents differ from them

Cell = tuple[str, str, str]  # measure, sex, age; empty: all


def first_counts(rows: Iterable[Row]) -> dict[str, dict[Cell, list[str]]]:
    """Delivered texts of the first period after the reform, by half of a divided area and by cell; sums last."""
    halves = {half for _, pair in BEFORE_REFORM.values() for half in pair}
    delivered = [row for row in rows if row[0] in halves]
    first: dict[str, str] = {}
    for _, period, measure, *_ in delivered:
        first[measure] = min(period, first.get(measure, period))
    found: dict[str, dict[Cell, list[str]]] = {half: defaultdict(list) for half in halves}
    for area, period, measure, sex, age, value, _ in delivered:
        if period == first[measure]:
            for cell in dict.fromkeys([(measure, sex, age), (measure, "", "")]):
                found[area][cell].append(value)
    return found


def crosswalk_rows(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """Shares of each divided area as the counts themselves; where one is not known or few are counted, there are none."""
    counts, table = first_counts(rows), []
    for area, (_, pair) in BEFORE_REFORM.items():
        for cell in sorted(counts[pair[0]]):
            texts = [counts[half][cell] for half in pair]
            if "" in texts[0] + texts[1]:
                continue
            weights = [sum(map(int, of_half)) for of_half in texts]
            if sum(weights) < FEWEST:
                continue
            kinds = [(cell, "counted")] + [(("", "", ""), "population")] * (cell == (RESIDENTS, "", ""))
            table += [
                (area, half, f"{REFORM_YEAR}-01-01", *of, str(weight), basis)
                for of, basis in kinds
                for half, weight in zip(pair, weights, strict=True)
            ]
    return sorted(table)


def write_crosswalk(path: Path, rows: Iterable[Row]) -> None:
    """Write the crosswalk."""
    write_table(path, HEADER, crosswalk_rows(rows))
