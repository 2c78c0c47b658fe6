"""Coverage: of how many numerals of a file it is known what they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Coverage:
    """Numerals of a file.

    Parameters
    ----------
    file
        Below the output folder.
    total
        All numerals that it holds.
    computed
        Those that were computed again from published cells, and dates and names.
    held
        Those that were held to a range and to published cells, but not computed again.
    static
        Those of texts that say the same whatever the data are.
    """

    file: str
    total: int = 0
    computed: int = 0
    held: int = 0
    static: int = 0

    @property
    def mapped(self) -> int:
        """Numerals of which it is known what they are."""
        return self.computed + self.held + self.static
