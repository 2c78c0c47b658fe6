"""What the tests of several real towns take from theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sozialanalyse.town import Town


@pytest.fixture(scope="module")
def values(town: Town) -> dict[tuple[str, str, int], float]:
    """Every value of the module's town by indicator, area and year."""
    frame = town.indicators()
    keys = zip(frame["indicator"], frame["area"], frame["period_end"].dt.year, strict=True)
    return dict(zip(keys, frame["value"], strict=True))
