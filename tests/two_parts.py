"""The smallest tree with a level between quarter and town: two parts whose quarters bear their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tables import tree

if TYPE_CHECKING:
    from sozialanalyse.areas import AreaTree


def two_parts(*quarters: str) -> AreaTree:
    """Make a town 0 of the parts 1 and 2; quarter 12 belongs to part 1."""
    lines = [f"{quarter} quarter {quarter[0]}" for quarter in quarters]
    return tree(
        "\n".join(["area level parent", "0 town .", "1 part 0", "2 part 0", *lines]), ("quarter", "part", "town")
    )
