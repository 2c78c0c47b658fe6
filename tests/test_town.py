"""An opened town: indicators by target group, and what it never shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sozialanalyse.errors import UsageError
from sozialanalyse.view import View

if TYPE_CHECKING:
    from sozialanalyse.town import Town


def test_a_group_shows_the_same_values_as_the_whole_catalogue(musterstadt: Town) -> None:
    group = musterstadt.indicators("older", level="sozialraum")
    everything = musterstadt.indicators(level="sozialraum")
    same = everything[everything["indicator"].isin(group["indicator"].unique())]
    keys = ["indicator", "area", "period_end"]
    values = ["numerator", "denominator", "value", "lower", "upper"]
    assert group.set_index(keys)[values].sort_index().equals(same.set_index(keys)[values].sort_index())


def test_places_of_protection_are_not_located(musterstadt: Town) -> None:
    """Asylum seekers mostly live in accommodation, so that their rate by area would say where it is."""
    rows = musterstadt.indicators().query("indicator == 'asylblg_rate'")
    assert set(rows["area"]) == {musterstadt.areas.root}
    assert rows["value"].notna().all()


def test_an_unknown_group_names_the_nearest(musterstadt: Town) -> None:
    with pytest.raises(UsageError, match="unknown target group 'childern'; did you mean: children"):
        musterstadt.indicators("childern")


@pytest.mark.parametrize(
    ("indicator", "value", "expected"),
    [
        ("population", 1234.0, "1.234"),
        ("kinderarmut", 11.3, "11,3\u00a0%"),
        ("mobility_marks_rate", 39.4, "39,4\u00a0je 1.000"),
        ("living_space_per_resident", 46.9, "46,9\u00a0m²"),
    ],
)
def test_sentences_spell_out_units(musterstadt: Town, indicator: str, value: float, expected: str) -> None:
    group = next(entry.id for entry in musterstadt.catalogue.target_groups if indicator in entry.indicators)
    assert View(musterstadt, group).measured(indicator, value) == expected
