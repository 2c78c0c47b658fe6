"""A town that estimated a design effect from its households declares it; until then our assumption holds."""

from __future__ import annotations

import pytest

from sozialanalyse.town import open_town
from tests.small_town import TIDY, faults_of, write_town

COUNTS = """\
01,2011-12-31,population,,0-14,400,
02,2011-12-31,population,,0-14,400,
01,2011-12-31,sgb2_recipients,,0-14,80,
02,2011-12-31,sgb2_recipients,,0-14,80,
"""


def interval(folder, declared: str) -> tuple[float, float]:
    town = open_town(write_town(folder, COUNTS, town__yml=TIDY + declared))
    frame = town.indicators("children")
    row = frame[(frame["indicator"] == "kinderarmut") & (frame["area"] == "01")].iloc[0]
    return round(row["lower"], 1), round(row["upper"], 1)


@pytest.mark.parametrize(
    ("declared", "limits"),
    [
        ("", (14.5, 26.9)),
        ("design_effects: {kinderarmut: 2.5}\n", (14.5, 26.9)),  # what we assume: Wilson of 32 among 160
        ("design_effects: {kinderarmut: 1}\n", (16.4, 24.2)),  # Wilson's interval of 80 among 400
        ("design_effects: {kinderarmut: 4}\n", (13.3, 28.9)),
    ],
)
def test_intervals_are_widened_by_what_is_declared(tmp_path, declared, limits):
    assert interval(tmp_path, declared) == limits


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("{kinderarmt: 2}", "indicator 'kinderarmt' is not in the catalogue; did you mean: kinderarmut?"),
        (
            "{population: 2}",
            "indicator 'population' has no interval that a design effect could widen; remove the entry",
        ),
        ("{kinderarmut: 0.9}", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_named_with_its_line(tmp_path, declared, said):
    (fault,) = faults_of(write_town(tmp_path, COUNTS, town__yml=TIDY + f"design_effects: {declared}\n"))
    assert said in fault
    assert "town.yml, line 11" in fault
