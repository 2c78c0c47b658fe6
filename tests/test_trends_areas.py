"""Trends of areas beside each other: what they have in common, what is an area's own, and by how much two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sozialanalyse.errors import UsageError
from sozialanalyse.trends import common_and_own, difference_of_changes
from tests.tables import indicator_frame, shown, tree

if TYPE_CHECKING:
    import pandas as pd

NAMES = "abcdefgh"
TOWN = tree("\n".join(["area level parent", " 0 town .", *(f" {name} quarter 0" for name in NAMES)]))


def frame_of(series: dict[str, list[int]], trials: int = 1_000, **constant: object) -> pd.DataFrame:
    """Make the frame of a flow: events of each area among so many, a year each."""
    rows = [
        f"{area} {2018 + year}-12-31 {count} {trials} {100 * count / trials}"
        for area, counts in series.items()
        for year, count in enumerate(counts)
    ]
    text = "\n".join(["area end numerator denominator value", *rows])
    return indicator_frame(text, TOWN, **{"kind": "proportion", "design_effect": 1.0, "period_kind": "flow"} | constant)


ALIKE = {name: [100, 110, 120] for name in NAMES}


def test_what_all_areas_share_is_common_and_nobodys_own():
    found = common_and_own(frame_of(ALIKE), "quarter")
    assert found["common"].round(2).unique().tolist() == [1.0]  # points a year
    assert (found["common_lower"] > 0).all()
    assert found["finding"].unique().tolist() == ["no_clear_difference"]
    assert found["own"].abs().max() < 1e-6
    assert set(found["caveats"]) == {"common_is_no_evidence"}


def test_an_area_that_goes_its_own_way_is_found_and_its_own_slope_stays_beside_the_shrunken_one():
    found = common_and_own(frame_of(ALIKE | {"h": [100, 150, 220]}), "quarter").set_index("area")
    assert found["finding"].to_dict() == dict.fromkeys("abcdefg", "no_clear_difference") | {"h": "higher"}
    assert found.loc["h", "own"] > 3
    assert found.loc["h", "shrunken"] < found.loc["h", "raw"]


def test_two_dates_suffice_but_one_and_undeclared_stocks_do_not():
    two = {name: counts[:2] for name, counts in ALIKE.items()}
    assert set(common_and_own(frame_of(two), "quarter")["finding"]) == {"no_clear_difference"}
    one = {name: counts[:1] for name, counts in ALIKE.items()}
    assert set(common_and_own(frame_of(one), "quarter")["finding"]) == {"untested"}
    assert set(common_and_own(frame_of(ALIKE, period_kind="stock"), "quarter")["finding"]) == {"untested"}


def test_an_area_with_a_hidden_value_takes_no_part():
    frame = frame_of(ALIKE)
    first = (frame["area"] == "a") & (frame["period_end"] == "2018-12-31")
    frame = frame.assign(status=frame["status"].mask(first, "suppressed"), value=frame["value"].mask(first))
    found = common_and_own(frame, "quarter").set_index("area")
    assert found.loc["a", "finding"] == "hidden"
    assert np.isnan(found.loc["a", "raw"])
    assert found.loc["b", "finding"] == "no_clear_difference"


def test_without_rows_there_is_nothing_in_common():
    assert common_and_own(frame_of(ALIKE), "town").empty


PAIR = """
    area  end         value  lower  upper
    a     2018-12-31  30     26     34
    a     2020-12-31  36     32     40
    b     2018-12-31  20     19     21
    b     2019-12-31  99     98     100
    b     2020-12-31  21     20     22
"""


def test_the_difference_of_changes_is_that_between_the_periods_that_both_have():
    found = difference_of_changes(indicator_frame(PAIR, TOWN), "a", "b")
    columns = "area other first_end last_end change other_change difference lower upper finding caveats"
    assert shown(found, columns, 2) == [
        "a b 2018-12-31 2020-12-31 6 1 5 -0.83 10.83 no_clear_difference no_effect",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [("36     32     40", "no_clear_difference"), ("46     42     50", "higher"), ("15     13     17", "lower")],
)
def test_changes_that_differ_by_more_than_chance(text, finding):
    frame = indicator_frame(PAIR.replace("36     32     40", text), TOWN)
    assert difference_of_changes(frame, "a", "b")["finding"].tolist() == [finding]


def test_hidden_values_and_values_without_intervals_are_not_compared():
    frame = indicator_frame(PAIR, TOWN)
    hidden = frame.assign(
        status=frame["status"].mask(frame["value"] == 30, "suppressed"), value=frame["value"].mask(frame["value"] == 30)
    )
    assert difference_of_changes(hidden, "a", "b")["finding"].tolist() == ["hidden"]
    assert difference_of_changes(frame.assign(lower=np.nan), "a", "b")["finding"].tolist() == ["untested"]


def test_a_town_may_contain_its_area():
    frame = indicator_frame(PAIR.replace("    b ", "    0 "), TOWN)
    assert difference_of_changes(frame, "a", "0")["caveats"].tolist() == ["no_effect containing"]


def test_an_unknown_area_is_named():
    with pytest.raises(UsageError, match="unknown area 'z'"):
        difference_of_changes(indicator_frame(PAIR, TOWN), "a", "z")
