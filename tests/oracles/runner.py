"""Comparison of every vector of a folder with what our statistics give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tests.oracles.vectors import Call, Expectation, read

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

SKIPPED_AT_MOST: Final = 0.1
"""Share of the calls of a folder that may be skipped; one may always."""

Answer = Callable[[Expectation], object]
"""What an adapter returns for a call: a function from an expected value (its key and statistic) to ours."""


@dataclass(frozen=True)
class Function:
    """How a peer's function is called with ours."""

    answer: Callable[[Call], Answer]
    options: frozenset[str] = frozenset()  # names that the adapter understands; any other is a failure


@dataclass(frozen=True)
class Skip:
    """A convention of ours that differs from the peer's, and the calls that it concerns."""

    name: str
    convention: str
    concerns: Callable[[Call], bool]


@dataclass
class Tally:
    """What became of the vectors of one folder, or of several."""

    calls: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    values: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    failures: list[str] = field(default_factory=list)
    skips: dict[str, int] = field(default_factory=dict)  # convention: number of calls

    def add(self, other: Tally) -> None:
        """Add the counts of another."""
        for outcome in self.calls:
            self.calls[outcome] += other.calls[outcome]
            self.values[outcome] += other.values[outcome]
        self.failures += other.failures

    def count(self, call: Call, faults: list[str]) -> None:
        """Count a call with a list of faults, one a failed value."""
        self.calls["failed" if faults else "passed"] += 1
        self.values["failed"] += len(faults)
        self.values["passed"] += len(call.expectations) - len(faults)
        self.failures += [f"{call.case} {call.function}: {fault}" for fault in faults]


def run(folder: Path) -> Tally:
    """Compare every vector of a folder."""
    calls = read(folder)
    adapter = _adapter(folder.name)
    tally = Tally()
    skipped = 0
    for call in calls:
        skip = next((skip for skip in getattr(adapter, "SKIPS", ()) if skip.concerns(call)), None)
        if skip and skipped < max(1, int(SKIPPED_AT_MOST * len(calls))):
            skipped += 1
            tally.calls["skipped"] += 1
            tally.values["skipped"] += len(call.expectations)
            name = f"{skip.name}: {skip.convention}"
            tally.skips[name] = tally.skips.get(name, 0) + 1
        else:
            tally.count(call, _faults(call, adapter))
    return tally


def _adapter(name: str) -> ModuleType | None:
    module = f"{__package__}.adapters.{name}"
    return import_module(module) if name.isidentifier() and find_spec(module) else None


def _faults(call: Call, adapter: ModuleType | None) -> list[str]:
    """Return what is wrong with a call, one sentence a failed value."""
    if adapter is None:
        return ["no adapter"] * len(call.expectations)
    functions: Mapping[str, Function] = adapter.FUNCTIONS
    function = functions.get(call.function)
    if function is None:
        return ["unknown function"] * len(call.expectations)
    if strange := call.options.keys() - function.options:
        return [f"unknown option {', '.join(sorted(strange))}"] * len(call.expectations)
    try:
        answer = function.answer(call)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a failure of this call, not of the run
        return _refused(call, error)
    return [fault for wanted in call.expectations if (fault := _fault(wanted, answer))]


def _refused(call: Call, error: Exception) -> list[str]:
    """Judge an error: where the peer raises we must refuse the input as well, in our own words."""
    fitting = isinstance(error, ValueError) and _origin(error).startswith("sozialanalyse.")
    return [
        f"{type(error).__name__}: {error}"
        for wanted in call.expectations
        if not (fitting and wanted.statistic == "raises")
    ]


def _origin(error: Exception) -> str:
    """Return the module that raised an error."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    return str(step.tb_frame.f_globals.get("__name__", "")) if step else ""


def _fault(wanted: Expectation, answer: Answer) -> str:
    expected = wanted.text if wanted.number is None else wanted.number
    place = f"{wanted.statistic} {wanted.key}"
    if wanted.statistic == "raises":
        return f"the peer refuses ({wanted.text}), we do not"
    try:
        actual = answer(wanted)
        return "" if wanted.holds(actual) else f"{place}: expected {expected!r}, found {actual!r}"
    except Exception as error:  # noqa: BLE001 - see above
        return f"{place}: {type(error).__name__}: {error}"
