"""The combinations of an entry's matrix: its lists as they stand, and its choices as they are found in the town."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sozialanalyse.batch.choices import chosen
from sozialanalyse.batch.runs import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sozialanalyse.batch.choices import TownFacts
    from sozialanalyse.batch.inheritance import Written
    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.errors import Fault

Cell = dict[str, Any]
"""One value for each key of a matrix."""


@dataclass
class Combinations:
    """All cells of the matrix of an entry.

    Parameters
    ----------
    entry
        With lists and choices.
    facts
        Of the town; without them what is chosen stands as ``{key}``.
    faults
        Choices to which nothing in the town comes.
    selections
        What each choice came to, by its key, and the target group where that matters.
    """

    entry: Written
    facts: TownFacts | None
    faults: list[Fault] = field(default_factory=list)
    selections: dict[tuple[str, str | None], Selection] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Cell]:
        # Dates are chosen among those of the target group, so that it has to be known by then.
        keys = sorted(self.entry.matrix, key=lambda key: key == "date" and self.is_chosen(key))
        return self._completed({}, keys)

    def _completed(self, cell: Cell, keys: Sequence[str]) -> Iterator[Cell]:
        if not keys:
            yield cell
            return
        first, *others = keys
        for value in self._values(first, cell):
            yield from self._completed({**cell, first: value}, others)

    def is_chosen(self, key: str) -> bool:
        """Say whether a key has a choice and not a list."""
        return not isinstance(self.entry.matrix[key], list)

    def _values(self, key: str, cell: Cell) -> Sequence[Value]:
        if not self.is_chosen(key):
            values: list[Value] = self.entry.matrix[key]
            return values
        if self.facts is None:
            return [f"{{{key}}}"]
        return self._selected(self.facts, key, self._condition(key, cell)).values

    def _condition(self, key: str, cell: Mapping[str, Any]) -> str | None:
        """Give the target group of a cell where a choice depends on it."""
        if key != "date":
            return None
        return str({**self.entry.parameters, **cell}.get("target_group") or "") or None

    def _selected(self, facts: TownFacts, key: str, group: str | None) -> Selection:
        """Look a choice up, once, and note what is wrong with it."""
        if (key, group) not in self.selections:
            found = chosen(key, self.entry.matrix[key], facts, group)
            selection = Selection(self.entry.id, key, found.values, found.unknown, found.of, group)
            self.selections[key, group] = selection
            for path, fault in found.faults:
                self.faults.append(self.entry.fault(("matrix", key, *path), fault.message, **fault.values))
        return self.selections[key, group]

    def behind(self, cell: Cell) -> tuple[Selection, ...]:
        """Give the choices that a cell comes from."""
        asked = [(key, self._condition(key, cell)) for key in cell if self.is_chosen(key)]
        return tuple(self.selections[place] for place in asked if place in self.selections)
