"""The law of loading: a mutated delivery ends in a fault, in an irregularity that names it, or in the same numbers."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from sozialanalyse import quality
from sozialanalyse.errors import SozialanalyseError
from tests.mutations import KINDS, SHAPES, TOTAL
from tests.small_town import open_town

if TYPE_CHECKING:
    import random

    from sozialanalyse.loading import TownData
    from sozialanalyse.quality import Irregularity
    from tests.mutations import Delivery

pytestmark = pytest.mark.slow

EXAMPLES = 7
"""Mutations of each kind."""

SAME = ["area", "measure", "period_start", "period_end", "sex", "age_from", "age_to", "value", "status"]

FAULT, NAMED, IDENTICAL, SILENT, CRASH = "fault", "irregularity", "identical", "SILENT", "CRASH"

TRIED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def opened(delivery: Delivery) -> TownData:
    with tempfile.TemporaryDirectory() as folder:
        return open_town(delivery.write(Path(folder)))


@cache
def good(shape: str) -> tuple[Delivery, bytes, TownData]:
    """A good delivery, its bytes, and what was loaded of it."""
    delivery = SHAPES[shape]()
    return delivery, delivery.content(), opened(delivery)


@cache
def clean(shape: str) -> pd.DataFrame:
    return numbers(good(shape)[2])


def numbers(data: TownData) -> pd.DataFrame:
    return data.counts[SAME].astype(object).sort_values(SAME[:7], ignore_index=True)


def grave(data: TownData) -> list[Irregularity]:
    return [one for one in quality.inspect(data) if one.severity != "note"]


def changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List the counts that are only in one of both, or differ."""
    return pd.concat([before, after]).fillna(-1).drop_duplicates(keep=False).astype({"period_end": "datetime64[s]"})


def concerns(one: Irregularity, rows: pd.DataFrame) -> bool:
    """Say whether an irregularity names one of these counts: its measure and date, and its area or that above it."""
    words = {word for value in dict(one.fault.values).values() for word in str(value).split()}
    measure, date, area = rows["measure"].astype(str), rows["period_end"].dt.date.astype(str), rows["area"]
    named = measure.isin({one.measure, *words}) if one.measure else measure != ""
    named &= date.isin({str(one.period_end), *words}) if one.period_end else date != ""
    named &= area.isin({one.area, TOTAL}) | (one.area in (None, TOTAL))
    return bool(named.any())


@dataclass(frozen=True)
class Outcome:
    name: str
    shape: str
    told: str = ""


def outcome_of(mutated: Delivery) -> Outcome:
    """Open a mutated delivery and see how it ends."""
    try:
        data = opened(mutated)
    except SozialanalyseError as error:
        return Outcome(FAULT, mutated.shape, str(error.faults[0]))
    except Exception as error:  # noqa: BLE001 - any other is what the law forbids
        return Outcome(CRASH, mutated.shape, f"{type(error).__name__}: {error}")
    before, after = clean(mutated.shape), numbers(data)
    if before.equals(after):
        return Outcome(IDENTICAL, mutated.shape)
    differing = changed(before, after)
    naming = [one for one in grave(data) if concerns(one, differing)]
    if naming:
        return Outcome(NAMED, mutated.shape, str(naming[0].fault))
    return Outcome(SILENT, mutated.shape, f"{len(differing)} counts differ, first:\n{differing.head(4).to_string()}")


@cache
def outcomes(name: str) -> tuple[Outcome, ...]:
    """Try mutations of one kind."""
    kind, found = KINDS[name], []

    @TRIED
    @given(st.sampled_from(kind.shapes), st.randoms(use_true_random=True))
    def collect(shape: str, chance: random.Random) -> None:
        delivery, content, _ = good(shape)
        mutated = kind.mutate(delivery, chance)
        assume((mutated.content(), mutated.town) != (content, delivery.town))
        found.append(outcome_of(mutated))

    collect()
    return tuple(found)


def table_of(names: list[str]) -> str:
    """Write how the mutations of each kind ended."""
    ends = (FAULT, NAMED, IDENTICAL, SILENT, CRASH)
    lines = [f"{'kind':<36}{'tried':>6}{''.join(f'{end:>14}' for end in ends)}{'kept':>7}"]
    for name in names:
        number = Counter(one.name for one in outcomes(name))
        total = sum(number.values())
        kept = 1 - (number[SILENT] + number[CRASH]) / total
        lines.append(f"{name:<36}{total:>6}{''.join(f'{number[end]:>14}' for end in ends)}{kept:>7.0%}")
    return "\n".join(lines)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_good_delivery_is_loaded_and_nothing_is_said_of_it(shape):
    assert grave(good(shape)[2]) == []


@pytest.mark.parametrize("name", KINDS)
def test_a_mutation_is_never_silent(name):
    broken = [one for one in outcomes(name) if one.name in (SILENT, CRASH)]
    told = "\n".join(f"{one.shape}: {one.name}: {one.told}" for one in broken)
    assert not broken, f"{KINDS[name].meaning}\n{table_of([name])}\n{told}"


def test_at_least_300_mutations_were_tried(capsys):
    tried = sum(len(outcomes(name)) for name in KINDS)
    table = table_of(list(KINDS))
    with capsys.disabled():
        print(f"\n{table}")
    assert tried >= 300, table
