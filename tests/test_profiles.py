"""The profile of an area: only what is discernible is said to point to a need or a strength; the rest is told without judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from sozialanalyse.errors import UsageError
from sozialanalyse.findings.display import NOTHING
from tests.small_town import TIDY, write_town

if TYPE_CHECKING:
    from sozialanalyse.findings.profiles import Profile
    from sozialanalyse.town import Town

AREAS = """\
area,name,level,parent
0,Klein,stadt,
1,Nord,bezirk,0
2,Süd,bezirk,0
11,Hafen,ortsteil,1
12,Markt,ortsteil,1
21,Heide,ortsteil,2
"""

LEVELS = "  - {id: bezirk, label: {de: Bezirk, en: district}, plural: {de: Bezirke, en: districts}}\n  - {id: stadt"

OLD = {"11": 1000, "12": 1000, "21": 2000}
SUPPORTED = {
    2022: {"11": 60, "12": 40, "21": 100},  # 5 % everywhere
    2024: {"11": 120, "12": 80, "21": 100},  # 10 %, and 5 % in Süd
}


def rows() -> str:
    lines = []
    for year, supported in SUPPORTED.items():
        for area, old in OLD.items():
            day = f"{area},{year}-12-31"
            lines += [f"{day},population,all,0-64,{3 * old},number", f"{day},population,all,65+,{old},number"]
            lines += [f"{day},grundsicherung_im_alter_recipients,all,65+,{supported[area]},number"]
            lines += [f"{day},population_foreign,all,,{old if area == '21' else old // 2},number"]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("profile")
    three_levels = TIDY.replace("  - {id: stadt", LEVELS)
    return sa.open_town(write_town(folder, rows(), town__yml=three_levels, areas__csv=AREAS))


def of(town: Town, area: str = "1", **changes: str) -> Profile:
    return sa.profiles.profile(town, area, language="en", **changes)


@pytest.fixture(scope="module")
def nord(town: Town) -> Profile:
    return of(town)


def test_core_indicators_of_all_target_groups_stand_side_by_side_each_once(nord: Profile) -> None:
    names = [row.indicator for row in nord.own]
    assert names == ["population", "foreign_share", "share_65plus", "grundsicherung_im_alter"]
    assert [row.indicator for row in nord.of("older")] == names[2:]
    assert nord.of("children") == []


def test_what_points_to_a_need_is_discernible_and_has_a_direction(nord: Profile) -> None:
    assert str(sa.profiles.needs(nord)).splitlines() == [
        "Pointing to a greater need for support: Old-age basic income support",
        (
            "Old-age basic income support on 31\u00a0December\u00a02024: 10.0% (interval from 8.8% to 11.4%); in Klein it was 7.5%, the "
            "area lies discernibly above."
        ),
        "Other than in the town, without any judgement: Share of foreign nationals",
        (
            "Share of foreign nationals on 31\u00a0December\u00a02024: 12.5% (interval from 11.8% to 13.2%); in Klein it was 18.8%, the area lies "
            "discernibly below."
        ),
    ]


def test_a_strength_is_the_other_side_of_the_same_indicator(town: Town) -> None:
    said = str(sa.profiles.needs(of(town, "2"))).splitlines()
    assert said[0] == "Strengths, pointing to a smaller need for support: Old-age basic income support"


def test_where_nothing_can_be_told_from_chance_it_is_said(town: Town) -> None:
    """In Markt 8 % of 1,000 are near enough to the town's 7.5 %."""
    said = str(sa.profiles.needs(of(town, "12"))).splitlines()
    assert said[0].startswith("No indicator points to a discernibly greater or smaller need for support than in Klein")


def test_the_town_is_not_compared_with_itself(town: Town) -> None:
    whole = of(town, "")
    assert NOTHING in sa.profiles.needs(whole).metadata
    assert "Klein" not in str(sa.profiles.target_group(whole, "older")).splitlines()[0]


def test_the_table_has_value_range_interval_town_and_place(nord: Profile) -> None:
    table = str(sa.profiles.target_group(nord, "older"))
    line = next(line for line in table.splitlines() if line.startswith("Old-age basic income support "))
    assert line.split("\t")[1:] == [
        "10.0% (8.0%\u2060\u2013\u206012.0%) 8.8%\u201311.4%",
        "7.5% 6.7%\u20138.4%",
        "above",
        "1 of 2",
        "\u2197 latest value higher",
    ]
    assert "12 Markt\t25.0% 23.7%\u201326.4%" in table


def test_the_smallest_areas_have_no_parts(town: Town) -> None:
    hafen = of(town, "11")
    assert NOTHING in sa.profiles.parts(hafen).metadata
    assert hafen.parts("older").areas.empty
    assert "In brackets" not in str(sa.profiles.target_group(hafen, "older"))


def test_changes_are_those_that_chance_does_not_explain(nord: Profile) -> None:
    said = str(sa.profiles.changes(nord)).splitlines()
    assert said[0] == "Of 4 indicators 1 have changed by more than chance explains."
    assert [line.split("\t")[0] for line in said if "\u2197" in line] == ["Old-age basic income support, per cent"]


def test_since_leaves_earlier_values_out(town: Town) -> None:
    assert [row.first_end.year for row in of(town, since="2023-01-01").courses.values()] == [2024] * 4
    with pytest.raises(UsageError, match="must be a day: year, month and day"):
        of(town, since="yesterday")


def test_the_opening_sums_up_without_any_order_of_values(nord: Profile) -> None:
    title, place, *_ = str(sa.profiles.opening(nord)).splitlines()
    assert (title, place) == ("Profile", "Klein, 1 Nord")


def test_gathering_leaves_the_town_as_it_was(town: Town, nord: Profile) -> None:
    assert "profile" not in {group.id for group in town.catalogue.target_groups}
    assert nord.view.indicators == [town.catalogue.indicator(row.indicator) for row in nord.own]
