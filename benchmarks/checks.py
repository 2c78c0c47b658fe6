"""How many planted changes of values the checks find, by kind and size, and what they say of clean towns.

    python -m benchmarks checks [--sample 200] [--seed 20261123] [--town musterstadt ...]

Values are changed in the counts of clean towns, right after loading: Musterstadt always, others where their raw files are
at hand (``SOZIALANALYSE_RAW``, or the folder ``shared/data`` beside the project). A change is found when an error or a
warning names its area, measure and date; a broken sum may also name the total above it. Notes do not count.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sozialanalyse import quality
from sozialanalyse.errors import SozialanalyseError
from sozialanalyse.loading import TownData, load_town
from sozialanalyse.loading.totals import gaps_of_totals
from sozialanalyse.quality.identities import broken_sums
from sozialanalyse.quality.panels import lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.quality import Irregularity

say = partial(print, flush=True)
"""A benchmark prints as it goes."""

ROOT = Path(__file__).resolve().parent.parent

SEED = 20261123

SIZES = {"5-49": (5, 49), "50-499": (50, 499), "500+": (500, np.inf)}
"""Sizes of the true value."""

CELL = ["sex", "age_from", "age_to"]


def times(factor: float) -> Callable[[float, np.random.Generator], float]:
    """Return the slip of a decimal point by a factor; digits behind the point are cut."""
    return lambda value, _: float(np.floor(value * factor + 1e-9))


def transposed(value: float, random: np.random.Generator) -> float:
    """Exchange two neighbouring digits that differ; the same value where there are none."""
    digits = f"{value:.0f}"
    places = [place for place in range(len(digits) - 1) if digits[place] != digits[place + 1]]
    if not places:
        return value
    place = int(random.choice(places))
    return float(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])


def one_digit(value: float, random: np.random.Generator) -> float:
    """Replace one digit by another."""
    digits = list(f"{value:.0f}")
    place = int(random.integers(len(digits)))
    digits[place] = str(random.choice([digit for digit in "0123456789" if digit != digits[place]]))
    return float("".join(digits))


SINGLE = {
    "point x10": times(10),
    "point x100": times(100),
    "point x1000": times(1000),
    "point /10": times(0.1),
    "point /100": times(0.01),
    "digits transposed": transposed,
    "one digit changed": one_digit,
}
"""Changes of one value."""

PARTNERS = {
    "areas exchanged": ["measure", "period_end", "period_start", *CELL, "level"],
    "columns exchanged": ["measure", "period_end", "area"],
}
"""Exchanges of two values: what both have in common."""


class Planted(NamedTuple):
    """A change: the rows it concerns, and whether it broke a sum."""

    rows: tuple[int, ...]
    breaks_sum: bool


def main(arguments: list[str]) -> int:
    """Plant, inspect and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks checks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=200, help="changes of each kind and town")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--town", action="append", help="only these towns (folder names below data)")
    given = parser.parse_args(arguments)
    say(f"seed {given.seed}, {given.sample} changes of each kind and town")
    for name, data in _towns(given.town):
        say(f"\n== {name}: {len(data.counts)} counts")
        _print_clean(data)
        random = np.random.default_rng([given.seed, *name.encode()])
        for kind in (*SINGLE, *PARTNERS):
            _print_kind(kind, data, given.sample, random)
        _print_blocks(data, random)
    return 0


def _towns(wanted: list[str] | None) -> Iterator[tuple[str, TownData]]:
    """Open the towns of the project whose files are at hand; of the others the reason is said."""
    raw = Path(os.environ.get("SOZIALANALYSE_RAW") or ROOT.parent / "shared" / "data")
    for folder in sorted(path.parent for path in (ROOT / "data").glob("*/town.yml")):
        if wanted and folder.name not in wanted:
            continue
        try:
            yield folder.name, load_town(folder, raw if raw.is_dir() else None)
        except SozialanalyseError as error:
            say(f"\n== {folder.name}: left out, {str(error).partition(chr(10))[0]}")


def _print_clean(data: TownData) -> None:
    start = time.perf_counter()
    found = quality.inspect(data)
    seconds = time.perf_counter() - start
    series = len(data.counts.groupby(["area", "measure", *CELL], observed=True))
    number = Counter(one.severity for one in found)
    say(f"clean: inspected in {seconds:.2f} s; {number['error']} errors, {number['warning']} warnings", end=" ")
    say(f"({number['warning'] / series:.2%} of {series} series, {number['warning'] / len(data.counts):.3%} of counts)")
    for one in found:
        if one.severity == "error":
            say(f"  error: {one.fault}")


def _print_kind(kind: str, data: TownData, sample: int, random: np.random.Generator) -> None:
    """Plant one kind, a size at a time, and print the shares found."""
    told = []
    broke = found_of_broke = 0
    for size, (least, most) in SIZES.items():
        changed, planted = _plant(kind, data, (least, most), max(1, sample // len(SIZES)), random)
        hits = _hits(changed, planted)
        told.append(f"{size}: {_share(sum(hits), len(hits))}")
        broke += sum(one.breaks_sum for one in planted)
        found_of_broke += sum(hit for hit, one in zip(hits, planted, strict=True) if one.breaks_sum)
    say(f"{kind:20}", *(f"{text:24}" for text in told), f"of those that break a sum: {_share(found_of_broke, broke)}")


def _share(found: int, of: int) -> str:
    return f"{found}/{of} ({found / of:.1%})" if of else "-"


def _plant(
    kind: str, data: TownData, size: tuple[float, float], number: int, random: np.random.Generator
) -> tuple[TownData, list[Planted]]:
    """Change so many values of a size; at most one of an area and date, so that none hides another."""
    counts = data.counts.reset_index(drop=True)
    level = counts["area"].map(data.areas.frame.set_index("area")["level"])
    fitting = counts.index[counts["value"].between(*size)]
    value = counts["value"].to_numpy().copy()
    taken: set[tuple[object, object]] = set()
    planted: list[tuple[int, ...]] = []
    groups = counts.assign(level=level).groupby(PARTNERS[kind], observed=True).indices if kind in PARTNERS else {}
    key_of = counts.assign(level=level)[PARTNERS[kind]].apply(tuple, axis=1) if kind in PARTNERS else None
    for row in random.permutation(fitting):
        place = (counts.at[row, "area"], counts.at[row, "period_end"])
        if len(planted) == number:
            break
        if place in taken:
            continue
        if key_of is None:
            changed = SINGLE[kind](value[row], random)
            if changed == value[row]:
                continue
            value[row] = changed
            planted.append((int(row),))
        else:
            others = [other for other in groups[key_of[row]] if _differ(value[row], value[other])]
            if not others:
                continue
            other = int(random.choice(others))
            value[row], value[other] = value[other], value[row]
            planted.append((int(row), other))
            taken.add((counts.at[other, "area"], counts.at[other, "period_end"]))
        taken.add(place)
    changed_data = _with(data, counts, value)
    broken = _in_broken_sums(changed_data) - _in_broken_sums(data)
    return changed_data, [Planted(rows, bool(broken & set(rows))) for rows in planted]


def _differ(one: float, other: float) -> bool:
    """Say whether two values differ by a factor of two at least: like ones can be exchanged and nobody sees it."""
    return bool(max(one, other) >= 2 * min(one, other) and max(one, other) >= 5)


def _with(data: TownData, counts: pd.DataFrame, value: np.ndarray) -> TownData:
    """Put other values into the counts, with their bounds and states, and find the gaps of totals anew."""
    shift = value - counts["value"].to_numpy()
    status = counts["status"].astype(object).where(shift == 0, np.where(value == 0, "zero", "number"))
    changed = counts.assign(
        value=value,
        lower=(counts["lower"] + np.nan_to_num(shift)).clip(lower=0),
        upper=counts["upper"] + np.nan_to_num(shift),
        status=status.where(counts["value"].notna(), counts["status"].astype(object)).astype("category"),
    )
    gaps = gaps_of_totals(changed, data.areas, data.unassigned)
    return dataclasses.replace(data, counts=changed, gaps=gaps)


def _in_broken_sums(data: TownData) -> set[int]:
    counts = data.counts.reset_index(drop=True)
    broken = broken_sums(counts, data.gaps, data.areas, lay_out(counts, data.areas))
    return {row for one in broken for row in (one.total, *one.parts)}


def _hits(data: TownData, planted: list[Planted]) -> list[bool]:
    """Say of each change whether a finding names it, or a broken sum the total above it."""
    found = [one for one in quality.inspect(data) if one.severity != "note"]
    named = {(one.area, one.measure, one.period_end) for one in found}
    sums = {(one.area, one.measure, one.period_end) for one in found if one.check == "identities"}
    parent = data.areas.frame.set_index("area")["parent"]
    rows = data.counts[["area", "measure", "period_end"]].to_dict("index")
    hits = []
    for one in planted:
        keys = [(rows[row]["area"], rows[row]["measure"], rows[row]["period_end"].date()) for row in one.rows]
        hits.append(any(key in named or (parent[key[0]], *key[1:]) in sums for key in keys))
    return hits


def _print_blocks(data: TownData, random: np.random.Generator) -> None:
    """Deliver the numbers of one date of a measure under another date as well, and one area's under another area."""
    counts = data.counts.reset_index(drop=True)
    for kind, same, other in (
        ("date delivered twice", "area", "period_end"),
        ("area delivered twice", "period_end", "area"),
    ):
        hits = []
        measures = [name for name, rows in counts.groupby("measure", observed=True) if rows["period_end"].nunique() > 3]
        for measure in random.permutation(np.array(measures, dtype=object))[:8]:
            rows = counts[(counts["measure"] == measure)]
            choices = rows[other].unique()[-8:] if other == "period_end" else _of_one_level(rows, data)
            source, target = random.choice(len(choices), 2, replace=False)
            given = rows[rows[other] == choices[source]].set_index([same, *CELL])["value"]
            into = rows[rows[other] == choices[target]]
            value = counts["value"].to_numpy().copy()
            new = given.reindex(pd.MultiIndex.from_frame(into[[same, *CELL]])).to_numpy()
            value[into.index] = np.where(np.isnan(new) | into["value"].isna().to_numpy(), into["value"], new)
            found = quality.inspect(_with(data, counts, value))
            hits.append(
                any(_names_block(one, str(measure), other, (choices[source], choices[target])) for one in found)
            )
        say(f"{kind:20} {_share(sum(hits), len(hits))}")


def _of_one_level(rows: pd.DataFrame, data: TownData) -> np.ndarray:
    """Areas of the smallest level that exist all the time."""
    frame = data.areas.at(data.areas.levels[0])
    always = frame.loc[frame["valid_from"] == frame["valid_from"].min(), "area"]
    return np.array(sorted(set(always) & set(rows["area"])), dtype=object)


def _names_block(one: Irregularity, measure: str, other: str, pair: tuple[object, object]) -> bool:
    """Say whether an error or warning names the measure and the date or area that was delivered twice."""
    if one.severity == "note" or one.measure != measure:
        return False
    if other == "period_end":
        return one.period_end in {pd.Timestamp(end).date() for end in pair}
    return one.area in pair
