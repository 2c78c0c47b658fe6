"""Recompute a published index of social status and dynamics: ``python -m tests.replicate_mss DIR``.

Nothing here computes an index: the tables are read, and :func:`sozialanalyse.index.compose` does the rest by a recipe (``--recipe FILE``, else the shipped
``berlin_mss``). An edition is a pair of tables that are called alike:

    <name>_indicators.csv    area_id, included (0 or 1), inhabitants, and values under the codes that the recipe names (s1 ..., d1 ...)
    <name>_published.csv     area_id, status_index, status_class, dynamics_class; further columns: z_<code>, status_sum, labels of classes

An edition that has only some of the recipe's indicators is computed from those. A table ``<name>_<level>_indicators.csv`` whose area ids are the beginnings of
those of the edition holds larger areas: what they publish of all inhabitants is rolled up from counts.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse import index
from sozialanalyse.amounts import MISSING, NUMBER, add_up
from sozialanalyse.catalogue import Amount, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Recipe
    from sozialanalyse.catalogue.recipes import Part

INDICATORS, PUBLISHED = "_indicators.csv", "_published.csv"
PARTS: tuple[Part, ...] = ("status", "dynamics")

INDEX_TOLERANCE = 2e-5
"""By less than this the published index, of five decimals, may differ. Of other columns the printed decimals allow for half a unit of their own and for what
half a unit of the input makes of it: in the value, in the mean and in the spread by which it is divided. A sum may be one of printed numbers."""

NEAR = 0.05
"""Points by which a rate rolled up may miss the published one and still be called near."""

EXACT, NEARLY = 90 / 138, 120 / 138
"""Shares of the larger areas that must be met exactly, and nearly."""

FEWEST_JUDGED = 100
"""A table of fewer areas is printed and not judged: nearly every one of these large areas counts people who are assigned to none of its parts."""


@dataclass(frozen=True)
class Agreement:
    """How a column agrees with what was published: areas compared, those that differ, and the largest difference."""

    column: str
    areas: int
    different: tuple[str, ...]
    largest: float = 0.0
    allowed: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        differ = f"{len(self.different)} differ: {', '.join(self.different[:5])}" if self.different else "all agree"
        size = f", largest difference {self.largest:.2g} ({self.allowed})" if self.allowed else ""
        return f"    {self.column}: {self.areas} areas, {differ}{size}"


def main(arguments: list[str] | None = None) -> int:
    """Print the agreement of each edition in a folder; return 1 where one disagrees or none was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.replicate_mss", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="holds the tables of one or more editions")
    parser.add_argument("--recipe", type=Path, help="a recipe file; default: the shipped berlin_mss")
    given = parser.parse_args(arguments)
    recipe = index.read_recipe(given.recipe) if given.recipe else shipped().recipe("berlin_mss")
    names = editions(given.folder)
    if not names:
        parser.error(f"there is no edition (<name>{INDICATORS} and <name>{PUBLISHED}) in {given.folder}")
    wrong = [_print_edition(given.folder, name, recipe) for name in names]
    return int(any(wrong))


def editions(folder: Path) -> list[str]:
    """Name the editions of a folder."""
    names = (path.name.removesuffix(PUBLISHED) for path in folder.glob(f"*{PUBLISHED}"))
    return sorted(name for name in names if (folder / f"{name}{INDICATORS}").is_file())


def read_table(path: Path) -> pd.DataFrame:
    """Read a table with its ids as text, an area a row."""
    return pd.read_csv(path, dtype={"area_id": str, "status_class": str, "dynamics_class": str}).set_index("area_id")


def _print_edition(folder: Path, name: str, recipe: Recipe) -> bool:
    """Print an edition; say whether anything disagrees."""
    given, published = (read_table(folder / f"{name}{ending}") for ending in (INDICATORS, PUBLISHED))
    found = list(agreements(given, published, recipe))
    taking_part = int((given["included"] == 1).sum())
    print(f"{name}: {taking_part} of {len(given)} areas take part, indicators: {', '.join(codes_in(given, recipe))}")
    for agreement in found:
        print(agreement)
    wrong = any(agreement.different for agreement in found)
    code = code_of_everybody(recipe)
    for path in sorted(folder.glob(f"{name}_*{INDICATORS}")):
        wrong |= code in given and _print_larger(path, given, code)
    return wrong


def codes_in(given: pd.DataFrame, recipe: Recipe, part: Part = "status") -> dict[str, str]:
    """Codes of a part of the recipe of which a table has values, with the ids of the indicators."""
    found = ((entry.code if part == "status" else entry.change_code, entry.indicator) for entry in recipe.ingredients)
    return {code: indicator for code, indicator in found if code in given and given[code].notna().any()}


def agreements(given: pd.DataFrame, published: pd.DataFrame, recipe: Recipe) -> Iterator[Agreement]:
    """Compute an edition and hold it to what was published."""
    for part in PARTS:
        codes = codes_in(given, recipe, part)
        if codes and recipe.part(part) and f"{part}_class" in published:
            yield from _agreements_of(part, given, published, recipe, codes)


def _agreements_of(
    part: Part, given: pd.DataFrame, published: pd.DataFrame, recipe: Recipe, codes: dict[str, str]
) -> Iterator[Agreement]:
    used = recipe.keeping(tuple(codes.values()))
    excluded = given.index[given["included"] == 0]
    found = index.compose(given.rename(columns=codes), used, part, excluded=excluded).set_index("area")
    yield _excluded(part, found, published)
    found = found[found["state"] == index.INCLUDED]
    theirs = published.reindex(found.index)
    yield _same(f"{part}_class", found["class"], theirs[f"{part}_class"])
    if f"{part}_label" in theirs:
        yield _same(f"{part}_label", found["class"].map(_labels(recipe, part)), theirs[f"{part}_label"])
    slack = {code: 2 * _half_unit(given[code]) / float(given.loc[found.index, code].std(ddof=0)) for code in codes}
    for code, indicator in codes.items():
        if f"z_{code}" in theirs:
            allowed = _half_unit(theirs[f"z_{code}"]) + slack[code]
            yield _near(f"z_{code}", found[f"score_{indicator}"], theirs[f"z_{code}"], allowed)
    if f"{part}_sum" in theirs:
        allowed = sum(_half_unit(theirs[f"{part}_sum"]) + slack[code] for code in codes)
        yield _near(f"{part}_sum", found["sum"], theirs[f"{part}_sum"], allowed)
    if f"{part}_index" in theirs:
        yield _near(f"{part}_index", found["index"], theirs[f"{part}_index"], INDEX_TOLERANCE)


def code_of_everybody(recipe: Recipe) -> str:
    """Code of the indicator that is a share of all inhabitants: only of that every table has the denominator, and so the counts."""
    of = {entry.indicator: shipped().indicator(entry.indicator).denominator for entry in recipe.ingredients}
    found = (entry.code or "" for entry in recipe.ingredients if of[entry.indicator] == Amount(measure="population"))
    return next(found, "")


def _labels(recipe: Recipe, part: Part) -> dict[str, str]:
    classed = recipe.part(part)
    return {} if classed is None else {entry.id: entry.label.de for entry in classed.classes}


def _excluded(part: Part, found: pd.DataFrame, published: pd.DataFrame) -> Agreement:
    """Areas that take no part must have no published class, and no others."""
    without = published[f"{part}_class"].reindex(found.index).isna()
    differ = found.index[(found["state"] != index.INCLUDED) != without]
    return Agreement(f"areas without {part}_class", int(without.sum()), tuple(differ))


def _same(column: str, ours: pd.Series, theirs: pd.Series) -> Agreement:
    # A class that is a number was read with a point where another area of its column has none.
    plain = theirs.astype(str).str.removesuffix(".0")
    return Agreement(column, len(ours), tuple(ours.index[ours.astype(str) != plain]))


def _near(column: str, ours: pd.Series, theirs: pd.Series, slack: float) -> Agreement:
    apart = (ours - theirs).abs()
    allowed = f"below {slack:.2g}; the same digits in {int((apart <= _half_unit(theirs)).sum())} areas"
    # A published number that is not there is no agreement.
    return Agreement(column, len(ours), tuple(ours.index[~(apart < slack)]), float(apart.max()), allowed)


def _half_unit(values: pd.Series) -> float:
    """Half of the last decimal that is printed anywhere in a column."""
    printed = values.dropna().map(lambda value: len(f"{value:.10g}".partition(".")[2]))
    return 0.5 * 10.0 ** -int(printed.max()) * (1 + 1e-9)


def _print_larger(path: Path, given: pd.DataFrame, code: str) -> bool:
    """Print how a table of larger areas agrees with its parts; say whether too many differ."""
    larger = read_table(path)
    if not {code, "inhabitants"} <= {*larger}:
        return False
    rows = rolled_up(given, larger, code)
    if rows.empty:
        return False
    exact, near = (int((rows["apart"] <= limit).sum()) for limit in (_half_unit(larger[code]), NEAR))
    mean_exact, mean_near = (int((rows["mean_apart"] <= limit).sum()) for limit in (_half_unit(larger[code]), NEAR))
    without = len(larger) - len(rows)
    print(
        f"  {path.name}: {code} from counts, {len(larger)} areas: {exact} exact, {near} within {NEAR} points; {without} without a rate"
    )
    print(f"    beside it the mean of the rates: {mean_exact} exact, {mean_near} within {NEAR} points")
    for area, row in rows[rows["apart"] > _half_unit(larger[code])].iterrows():
        found = f"published {row['published']:.5f}, from counts {row['rate']:.5f}, mean of rates {row['mean']:.5f}"
        print(f"    {area}: {found}; {row['reason']}")
    enough = exact >= EXACT * len(larger) and near >= NEARLY * len(larger)
    return len(larger) >= FEWEST_JUDGED and not enough


def rolled_up(given: pd.DataFrame, larger: pd.DataFrame, code: str) -> pd.DataFrame:
    """Roll what is published of all inhabitants up from counts: ``published, rate, mean, apart, mean_apart, reason``.

    An area with inhabitants and without a rate was left out by the publisher: it adds its inhabitants to the denominator, and to the numerator what the
    publisher counted there, which nobody else knows. It adds nothing here, and the row says so.
    """
    width = {len(area) for area in larger.index}
    if len(width) != 1 or width == {len(given.index[0])}:
        return pd.DataFrame()
    parts = given.assign(
        whole=given.index.str[: width.pop()], counted=(given[code] * given["inhabitants"] / 100).round()
    )
    parts = parts[parts["whole"].isin(larger.index)]
    sums = {name: _sum(parts.dropna(subset=[name]), name) for name in ("counted", "inhabitants")}
    left_out = parts.loc[parts[code].isna()].groupby("whole").size()
    rows = larger[[code, "inhabitants"]].rename(columns={code: "published"}).join(sums["counted"])
    rows["rate"] = rows["counted"] / sums["inhabitants"].reindex(rows.index) * 100
    rows["mean"] = parts.groupby("whole")[code].mean()
    rows["apart"], rows["mean_apart"] = ((rows[name] - rows["published"]).abs() for name in ("rate", "mean"))
    persons = (rows["published"] * rows["inhabitants"] / 100).round() - rows["counted"]
    rows["reason"] = [
        _reason(int(more), int(left_out.get(area, 0))) for area, more in zip(rows.index, persons.fillna(0), strict=True)
    ]
    return rows.dropna(subset=["rate", "published"])


def _sum(parts: pd.DataFrame, name: str) -> pd.Series:
    """Add counts up by the rules of the five states."""
    rows = pd.DataFrame({"whole": parts["whole"], "value": parts[name], "lower": parts[name], "upper": parts[name]})
    sums = add_up(rows.assign(status=rows["value"].notna().map({True: NUMBER, False: MISSING})), ["whole"])
    return sums.set_index("whole")["value"].rename(name)


def _reason(persons: int, left_out: int) -> str:
    if left_out:
        return f"parts without a published rate: {left_out}; recipients who are in none of the others: {persons}"
    return f"recipients whom the publisher counts in the larger area and in none of its parts: {persons}"


if __name__ == "__main__":
    sys.exit(main())
