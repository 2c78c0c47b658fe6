"""False alarms and power of everything that says whether a series moves: the public verb, the tests beneath, naive ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks import _coverage_courses as courses
from benchmarks import _simulated as simulated
from benchmarks import _trend_verbs as verbs
from benchmarks._printing import Criteria, percent, say, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CELLS: Final = [(n, p) for n in (50, 300, 1_000, 5_000) for p in (0.005, 0.05, 0.2, 0.4)]
"""Residents and share of the areas in each world."""

OF_A_CELL: Final = 4
"""Areas of each cell in a town: 64 areas, so that what a verb learns from many areas it learns from as many as there are."""

YEARS: Final = (2, 3, 4, 5, 8, 10, 15)

FEW_YEARS: Final = (3, 10)
"""Lengths of the smallest simulation, which is there to see that the program runs."""

FALSE_ALARMS: Final = 0.06

BREAK: Final = 1.5
"""Factor of the odds at a declared break of the definition."""

STATED: Final = 1.05
"""The stated trend for which power is shown: odds that grow by 5 % a year."""

STATED_SIZE: Final = (1_000, 0.2)
"""Residents and share of the areas for which the criterion on power is judged."""


class World(NamedTuple):
    """How the counts of years come about.

    ``stay`` is the share of persons who remain for a year (0: flow) and ``declared`` the bounds that a catalogue says of
    it (None: a stock of which nothing is declared); ``shocks`` the autocorrelation of what moves the rate
    itself from year to year (None: nothing does); ``broken`` whether a declared break lies in the middle.
    """

    name: str
    stay: float = 0.0
    declared: tuple[float, float] | None = (0.0, 0.0)
    shocks: float | None = None
    broken: bool = False


WORLDS: Final = (
    World("flow"),
    World("flow, moved 20 %", shocks=0.0),
    World("flow, moved, alike 0.6", shocks=0.6),
    World("flow, declared break", broken=True),
    World("stock, 0.3 remain", stay=0.3, declared=(0.2, 0.4)),
    World("stock, 0.6 remain", stay=0.6, declared=(0.5, 0.7)),
    World("stock, 0.8 remain", stay=0.8, declared=(0.7, 0.9)),
    World("stock, 0.8, 0.3-0.8 said", stay=0.8, declared=(0.3, 0.8)),
    World("stock, 0.8, break", stay=0.8, declared=(0.7, 0.9), broken=True),
    World("stock, 0.8, none declared", stay=0.8, declared=None),
)


def draw(random: np.random.Generator, world: World, years: int, each: int, factor: float = 1.0) -> verbs.Case:
    """Draw series of all cells of a world: as many of each cell, one cell after the other."""
    residents, share = (np.repeat([cell[place] for cell in CELLS], each) for place in (0, 1))
    true = simulated.rates(share, years, factor=factor)
    break_at = years // 2 if world.broken and years >= 4 else None
    if break_at is not None:
        odds = true[:, break_at:] / (1 - true[:, break_at:]) * BREAK
        true[:, break_at:] = odds / (1 + odds)
    if world.shocks is not None:
        true = simulated.shaken(random, true, world.shocks)
    size = residents.astype(np.int64)
    towns = np.tile(np.arange(each) // OF_A_CELL, len(CELLS))
    events = simulated.stock(random, size, true, world.stay) if world.stay else simulated.flow(random, size, true)
    return verbs.Case(
        events.astype(np.float64), residents.astype(np.float64), world.stay, world.declared, break_at, towns
    )


def main(random: np.random.Generator, each: int, criteria: Criteria) -> None:
    """Print false alarms, refusals and power; judge what the public verb calls significant."""
    say(
        f"\n== trends: {each} series of each of {len(CELLS)} cells (n 50 to 5,000, p 0.005 to 0.4), world and length, in towns of {OF_A_CELL * len(CELLS)} areas;"
    )
    say("  a third of them for the tests beneath and the naive ways")
    say(
        "  estimand: the movement of the long-run expected rate over the whole stretch, here none; of two to four points the"
    )
    say(
        "  difference of the expected rates of the years compared, which where the rate is moved every year truly exists"
    )
    lengths = YEARS if each > 1 else FEW_YEARS
    alarms = [row for world in WORLDS for row in _rows(random, world, lengths, each, 1.0)]
    unbroken = [world for world in WORLDS if not world.broken]
    power = [row for world in unbroken for row in _rows(random, world, lengths, max(each // 4, 3), STATED)]
    for title, found in (
        ("false alarms, per cent of all series (refused ones cannot alarm)", alarms),
        (f"power: found in the right direction, odds x {STATED} a year, per cent", power),
    ):
        for name in verbs.VERBS:
            table(f"{name}: {title}", _across(found, name, "claimed"))
    table(
        "development: refused (no statement about significance), per cent",
        _across(alarms, verbs.DEVELOPMENT, "refused"),
    )
    table(
        "development: false alarms among the series not refused, per cent",
        _across(alarms, verbs.DEVELOPMENT, "of tested"),
    )
    table("development: worst cell (n, p) of each world, per cent", _worst(alarms))
    courses.main(random, 5 * each)
    _judge(alarms, power, criteria)


class Row(NamedTuple):
    """What one verb did with the series of one world and length."""

    world: World
    years: int
    verb: str
    claimed: float
    refused: float
    cells: Floats  # share claimed in each cell
    size: int

    @property
    def of_tested(self) -> float:
        """Share claimed among those not refused."""
        return self.claimed / (1 - self.refused) if self.refused < 1 else float("nan")


def _rows(
    random: np.random.Generator, world: World, lengths: tuple[int, ...], each: int, factor: float
) -> Iterator[Row]:
    for years in lengths:
        case = draw(random, world, years, each, factor)
        fewer = case.take(np.tile(np.arange(each) < max(each // 3, 1), len(CELLS)))
        for name, verb in verbs.VERBS.items():
            direction, refused = verb(case if name == verbs.DEVELOPMENT else fewer)
            claimed = direction != 0 if factor == 1.0 else direction == np.sign(np.log(factor))
            cells = claimed.reshape(len(CELLS), -1).mean(axis=1)
            yield Row(world, years, name, float(claimed.mean()), float(refused.mean()), cells, len(claimed))


def _across(rows: list[Row], verb: str, what: str) -> list[dict[str, object]]:
    """Lay out worlds as rows and lengths as columns."""
    shown: dict[str, dict[str, object]] = {}
    for row in rows:
        if row.verb == verb:
            number = {"claimed": row.claimed, "refused": row.refused, "of tested": row.of_tested}[what]
            shown.setdefault(row.world.name, {"world": row.world.name})[f"T={row.years}"] = percent(number)
    return list(shown.values())


def _worst(rows: list[Row]) -> list[dict[str, object]]:
    result = []
    for row in rows:
        if row.verb == verbs.DEVELOPMENT and row.years in (3, 5, 10, 15):
            n, p = CELLS[int(row.cells.argmax())]
            result.append(
                {
                    "world": row.world.name,
                    "T": row.years,
                    "n": n,
                    "p": p,
                    "false alarms": percent(float(row.cells.max())),
                }
            )
    return result


def speaks_of_years(row: Row) -> bool:
    """Say whether the verb speaks of single years whose rates truly differ in this world: then no alarm is false."""
    return row.world.shocks is not None and row.years < 5


def _judge(alarms: list[Row], power: list[Row], criteria: Criteria) -> None:
    say("")
    for world in WORLDS:
        own = [row for row in alarms if row.verb == verbs.DEVELOPMENT and row.world == world]
        rows = [row for row in own if not speaks_of_years(row)]
        worst, mean = max(rows, key=lambda row: row.claimed), np.mean([row.claimed for row in rows])
        error = np.sqrt(FALSE_ALARMS * (1 - FALSE_ALARMS) / worst.size)
        passed = mean <= FALSE_ALARMS and worst.claimed <= FALSE_ALARMS + 2 * error
        lengths = (
            f"{mean:.1%} over the lengths, most {worst.claimed:.1%} at T = {worst.years} (simulation error {error:.1%})"
        )
        refused = np.mean([row.refused for row in own])
        criteria.judge(
            bool(passed),
            f"development, {world.name}: false alarms {lengths}, at most {FALSE_ALARMS:.0%} but for two such errors; "
            f"{refused:.0%} of all series refused",
        )
    place = CELLS.index(STATED_SIZE)
    for world in (world for world in WORLDS if not world.broken and world.declared):
        rows = [row for row in power if row.verb == verbs.DEVELOPMENT and row.world == world and row.years >= 10]
        found = {row.years: float(row.cells[place]) for row in rows}
        shown = ", ".join(f"{share:.0%} at T = {years}" for years, share in found.items())
        statement = f"development, {world.name}: power for odds x {STATED} a year, n {STATED_SIZE[0]}, p {STATED_SIZE[1]}: {shown}; above 0"
        criteria.judge(min(found.values()) > 0, statement)
