"""What the functions of PHEindicatormethods have in common: names of limits, labels, rows and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracles.runner import Answer
    from tests.oracles.vectors import Call, Expectation, Row


def limit(statistic: str, default: float) -> tuple[int, float] | None:
    """Read the name of a limit: ``lower99_8cl`` is the side 0 at 0.998, ``uppercl`` the side 1 at the default."""
    if not statistic.startswith(("lower", "upper")) or not statistic.endswith("cl"):
        return None
    level = statistic[5:-2]
    return int(statistic.startswith("upper")), float(level.replace("_", ".")) / 100 if level else default


def percent(confidences: list[float]) -> str:
    """Write confidences as the peer does: ``95%, 99.8%``."""
    return ", ".join(f"{100 * level:.10g}%" for level in confidences)


def place(wanted: Expectation, rows: list[Row]) -> int:
    """Return which row a key such as ``row=3;Area=...`` or ``area=A03`` means: all that it names must agree."""
    fitting = [i for i, row in enumerate(rows) if all(_same(row, *part) for part in wanted.key.items())]
    if len(fitting) != 1:
        msg = f"{len(fitting)} rows fit the key {wanted.key}"
        raise LookupError(msg)
    return fitting[0]


def _same(row: Row, name: str, value: str) -> bool:
    given = row.get(name)
    if given is None or given == value or name != "row":
        return given is None or given == value or _number(given) == _number(value)
    return False


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def answers(
    call: Call,
    labels: dict[str, Callable[[Expectation], object]],
    limits: Callable[[float], tuple[Any, Any]],
    where: Callable[[Expectation], Any],
) -> Answer:
    """Answer limits by their names and everything else by the labels.

    `limits` gives lower and upper limits of all rows for one confidence, `where` the row of a key.
    """
    cache: dict[float, tuple[Any, Any]] = {}
    default = call.confidences()[0]

    def answer(wanted: Expectation) -> object:
        named = limit(wanted.statistic, default)
        if named is None:
            return labels[wanted.statistic](wanted)
        side, level = named
        if level not in cache:
            cache[level] = limits(level)
        return cache[level][side][where(wanted)]

    return answer
