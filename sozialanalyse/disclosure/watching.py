"""Releases of which it is noted when somebody looks into them past every view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure.release import Release
from sozialanalyse.reading import EVERYTHING, note, noted

if TYPE_CHECKING:
    import datetime as dt

    from sozialanalyse.town import Town


class WatchedRelease(Release):
    """A Release of which it is noted that everything was read, as soon as anything but a view looks into it."""

    def __getattribute__(self, name: str) -> Any:
        """Note what is read, but for what every page reads and what is no content."""
        if name not in FREE:
            note(EVERYTHING)
        with noted():
            return super().__getattribute__(name)

    def on_boundaries(self, day: str | dt.date | None = None) -> Town:
        """Carry the counts over to other boundaries (see :meth:`.Town.on_boundaries`); what comes of it is watched as well."""
        with noted():
            found = super().on_boundaries(day)
            return watched(found) if type(found) is Release else found


FREE = frozenset({"on_boundaries", "entire", "areas", "name", "audience", "__class__"})
"""What may be asked of a Release without having read its counts: what every page depends on anyway."""


def watched(release: Release) -> WatchedRelease:
    """Give the same Release, which notes when it is read; what has been computed of it is kept."""
    made = object.__new__(WatchedRelease)
    object.__getattribute__(made, "__dict__").update(vars(release))
    return made
