"""What is wrong with a published file, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["unmapped", "wrong", "hidden", "order", "drawing", "opaque", "knowledge"]
"""``unmapped``: nobody says what the number is; ``wrong``: it is not what it says; ``hidden``: it needs a hidden cell;
``order``: an order gives a hidden value away; ``drawing``: more is drawn than is told; ``opaque``: it cannot be read, so
nobody knows what it tells; ``knowledge``: what the release says of itself is not so."""

SHOWN = 90
"""So many characters of a text are quoted."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    kind
        One of :data:`Kind`.
    file, place
        Where: the file below the output folder; line and element, or sheet and cell.
    message
        Template; translated on the command line.
    values
        What fills it.
    """

    kind: Kind
    file: str
    place: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def describe(self, translate: Callable[..., str]) -> str:
        """Where and what, in one line."""
        where = ", ".join(part for part in (self.file, self.place) if part)
        return f"{where}: {translate(self.message, **self.values)}"


def quoted(text: str) -> str:
    """Shorten a text to what a message may quote, in one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else f"{plain[: SHOWN - 1]}…"
