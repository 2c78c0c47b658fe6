"""What is said of all numbers, wherever they stand: on pages of findings, on the page on method, in downloads."""

from __future__ import annotations

from typing import Final

STANDING_CAVEATS: Final = {
    "areas": "These are statements about areas, not about the people who live there.",
    "registers": (
        "The counts are full counts of the registers, not samples. The 95 % interval describes random variation: how "
        "far a value of so few people can move by chance from one year to the next without anything having changed."
    ),
    "comparisons": (
        "Where many areas and indicators are looked at together, some stand out by chance alone: of 100 comparisons "
        "without any real difference, about five."
    ),
    "discernible": (
        "Discernible means: the 95 % interval does not include the town's value. It does not say how large or how "
        "important the difference is."
    ),
}
"""Message ids, in the order in which they are read."""
