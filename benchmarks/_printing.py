"""What all benchmarks print with: lines as they come, aligned tables, and criteria that pass or fail."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

say = partial(print, flush=True)
"""A benchmark prints as it goes."""


def table(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as an aligned table under a title; the columns are the keys of the first row."""
    say(f"\n{title}")
    if not rows:
        say("  (nothing)")
        return
    names = list(rows[0])
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    left = [isinstance(rows[0][name], str) for name in names]
    for line in cells:
        parts = zip(line, widths, left, strict=True)
        say(
            "  " + "  ".join(text.ljust(width) if first else text.rjust(width) for text, width, first in parts).rstrip()
        )


def percent(share: float) -> str:
    """Write a fraction in per cent; a lone hyphen where there is none."""
    return f"{100 * share:.1f}" if share == share else "-"  # noqa: PLR0124 - only NaN differs from itself


def median_seconds(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Time several ways in turn, round by round, and return the median of each: all see the same load of the machine."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return {name: sorted(taken)[len(taken) // 2] for name, taken in seconds.items()}


class Criteria:
    """Criteria of a run, printed as they are judged and again at its end."""

    def __init__(self) -> None:
        self.lines: list[tuple[bool, str]] = []

    def judge(self, passed: bool, statement: str) -> None:
        """Note and print whether a criterion is met; the statement holds what was found and what is asked."""
        self.lines.append((bool(passed), statement))
        say(f"  {_word(bool(passed))}: {statement}")

    def conclude(self) -> int:
        """Print all criteria together; the exit code is 1 where one failed."""
        failed = sum(not passed for passed, _ in self.lines)
        say(f"\n== criteria: {len(self.lines) - failed} pass, {failed} fail")
        for passed, statement in self.lines:
            say(f"  {_word(passed)}: {statement}")
        return int(failed > 0)


def _word(passed: bool) -> str:
    return "pass" if passed else "FAIL"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if value != value else f"{value:.4g}"  # noqa: PLR0124 - only NaN differs from itself
    return str(value)
