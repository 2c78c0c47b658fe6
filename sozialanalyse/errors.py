"""What goes wrong with a town's files, said so that a planner can mend it.

A :class:`Fault` is one thing that is wrong and where; an error carries all faults that were found, so that a
delivery is mended in one go. Messages are English templates; the command line and the pages translate them.
Errors of programming (a wrong type, a broken promise) stay ordinary Python exceptions.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MANY_FAULTS = 25
"""So many faults are written out; of the rest only the number is said (the report lists them all)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: file, line or row (counted from 1, as an editor shows it), column or key, area."""

    file: str | None = None
    row: int | None = None
    key: str | None = None
    area: str | None = None

    def describe(self, translate: Callable[..., str]) -> str:
        """Join what is known of the place, for example ``town.yml, line 3, levels.0.id``."""
        parts = [
            self.file,
            None if self.row is None else translate("line {row}", row=self.row),
            self.key,
            None if self.area is None else translate("area {area}", area=self.area),
        ]
        return ", ".join(part for part in parts if part)


def untranslated(message: str, /, **values: Any) -> str:
    """Fill a message template without translating it."""
    return message.format(**values)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Parameters
    ----------
    message
        Template that says what was found, what is allowed and the likely fix; written by us, never by a planner.
    values
        What fills the template; may hold text from files, which is never itself used as a template.
    place
        Where it is.
    """

    message: str
    values: dict[str, Any] = field(default_factory=dict)
    place: Place = field(default_factory=Place)

    def describe(self, translate: Callable[..., str] = untranslated) -> str:
        """Place and message in one line."""
        where = self.place.describe(translate)
        what = translate(self.message, **self.values)
        return f"{where}: {what}" if where else what

    def __str__(self) -> str:
        return self.describe()


class SozialanalyseError(Exception):
    """Base of all errors that a user can mend; ``exit_code`` is what the command line returns."""

    exit_code = 1

    def __init__(self, faults: Iterable[Fault] | Fault | str, /, **values: Any) -> None:
        if isinstance(faults, str):
            faults = Fault(faults, values)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.describe())

    def __reduce__(self) -> tuple[type[SozialanalyseError], tuple[tuple[Fault, ...]]]:
        # By default a copy would be made from the finished sentence, and what a planner wrote would become a template.
        return type(self), (self.faults,)

    def describe(self, translate: Callable[..., str] = untranslated) -> str:
        """Return all faults, a line each, at most :data:`MANY_FAULTS` of them."""
        lines = [fault.describe(translate) for fault in self.faults[:MANY_FAULTS]]
        if len(self.faults) > MANY_FAULTS:
            lines.append(translate("... and {count} more", count=len(self.faults) - MANY_FAULTS))
        return "\n".join(lines)


class DataError(SozialanalyseError):
    """Something in a town's files is wrong."""


class UsageError(SozialanalyseError):
    """The program was called with something that it does not know."""

    exit_code = 2


class LockedError(SozialanalyseError):
    """Another run holds the output folder."""

    exit_code = 3


def nearest(found: str, allowed: Sequence[str], count: int = 3) -> str:
    """Name the allowed words most like the one found, or the first ones where none is alike.

    Examples
    --------
    >>> nearest("kinderarmt", ["kinderarmut", "population"])
    'kinderarmut'
    """
    alike = difflib.get_close_matches(found, allowed, n=count, cutoff=0.5)
    return ", ".join(alike or list(allowed)[:count])


def unknown(what: str, found: str, allowed: Sequence[str]) -> UsageError:
    """Make the error for a name that is not known, with the nearest ones that are."""
    return UsageError(
        "unknown {what} '{found}'; did you mean: {nearest}?", what=what, found=found, nearest=nearest(found, allowed)
    )
