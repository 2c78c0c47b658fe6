"""A view: what a page looks at, and for whom."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sozialanalyse.catalogue import Catalogue, TargetGroup
from sozialanalyse.errors import UsageError
from sozialanalyse.loading import TownData
from sozialanalyse.loading.town_file import Level
from sozialanalyse.town import Town
from sozialanalyse.view import UNITS, View
from tests.tables import BOTH, COUNT, counts, indicator, shown, tree

AREAS = tree(
    """
    area  name   level    parent
    0     Klein  town     .
    1     Nord   part     0
    2     Süd    part     0
    11    Nord   quarter  1
    """,
    ("quarter", "part", "town"),
)

INDICATORS = (
    indicator("share"),
    indicator("people", **COUNT),
    indicator("rate", kind="rate", unit="per_1000"),
    indicator("dogs", numerator={"measure": "dogs"}),
)

CATALOGUE = Catalogue(
    indicators=INDICATORS,
    target_groups=(
        TargetGroup(id="residents", label=BOTH, question=BOTH, indicators=("people", "dogs", "share"), lead="share"),
        TargetGroup(id="rates", label=BOTH, question=BOTH, indicators=("share", "people", "rate"), lead="rate"),
        TargetGroup(id="dogs", label=BOTH, question=BOTH, indicators=("dogs",), lead="dogs"),
    ),
)


def town(confidentiality: str = "synthetic") -> Town:
    delivered = counts("area measure value\n 11 people 2000\n 11 poor 85\n 2 people 1000\n 2 poor 45")
    levels = [Level(id=name, label={"de": name.upper(), "en": name}, plural=BOTH) for name in AREAS.levels]
    file = SimpleNamespace(name="Klein", confidentiality=confidentiality, all_levels=levels)
    nothing = delivered.head(0)
    return Town(TownData(file, AREAS, CATALOGUE, delivered, gaps=nothing, files=(), geometry=None))


def view(**changes: str) -> View:
    return View(town(), "residents", **changes)


def test_by_default_a_german_public_page_on_the_whole_town_by_its_parts():
    page = view()
    assert (page.area, page.level, page.language, page.audience) == ("0", "part", "de", "public")
    assert page.members == ["1", "2"]


@pytest.mark.parametrize(
    ("area", "level", "members"),
    [("0", "part", ["1", "2"]), ("1", "quarter", ["11"]), ("2", "part", ["2"]), ("11", "quarter", ["11"])],
)
def test_the_level_is_the_one_below_the_area_on_which_there_are_areas(area, level, members):
    assert (view(area=area).level, view(area=area).members) == (level, members)


def test_a_level_may_be_named():
    assert view(level="quarter").members == ["11"]


def test_indicators_come_in_reading_order_and_only_those_with_data():
    assert [entry.id for entry in view().indicators] == ["people", "share"]
    assert list(dict.fromkeys(view().frame["indicator"])) == ["people", "share"]
    assert view().town.unavailable() == {"dogs": "measure_not_delivered"}


def test_a_group_without_data_is_empty_and_no_error():
    page = View(town(), "dogs")
    assert page.indicators == []
    assert page.frame.empty


def test_the_frame_may_be_of_one_level():
    rows = town().indicators("residents", level="town")
    assert shown(rows, "indicator area value", 2) == ["people 0 3000", "share 0 4.33"]
    with pytest.raises(UsageError, match="unknown level 'parts'; did you mean: part"):
        town().indicators(level="parts")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("share", 4.25, "4,3\N{NO-BREAK SPACE}%"),
        ("people", 3000.0, "3.000"),
        ("rate", 42.25, "42,3"),
        ("share", float("nan"), "–"),
    ],
)
def test_amounts_are_written_with_their_unit(name, value, text):
    assert View(town(), "rates").amount(name, value) == text


def test_every_unit_has_a_name():
    from sozialanalyse.catalogue.model import FACTORS

    assert set(UNITS) == set(FACTORS)


def test_names():
    page = view(language="en")
    assert [page.area_name(), page.area_name("1"), page.area_name("11")] == ["Klein", "1 Nord", "11 Nord"]
    assert [page.level_name(), page.level_name("town"), page.level_name(plural=True)] == ["part", "town", "text"]
    assert view().level_name() == "PART"
    assert (page.label("share"), page.short("share")) == ("text", "text")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"area": "3"}, "unknown area '3'"),
        ({"level": "kiez"}, "unknown level 'kiez'"),
        ({"audience": "press"}, "unknown audience 'press'"),
    ],
)
def test_unknown_names_are_refused(changes, message):
    with pytest.raises(UsageError, match=message):
        view(**changes)


def test_an_unknown_language_is_refused_when_the_view_is_made():
    with pytest.raises(UsageError, match="unknown language 'fr'"):
        view(language="fr")


def test_an_unknown_target_group_is_refused():
    with pytest.raises(UsageError, match="unknown target group 'cats'; did you mean"):
        View(town(), "cats")


@pytest.mark.parametrize(
    ("confidentiality", "audience", "is_refused"),
    [
        ("confidential", "public", True),
        ("confidential", "administration", True),
        ("confidential", "statistics_unit", False),
        ("published", "public", False),
        ("synthetic", "public", False),
    ],
)
def test_confidential_counts_are_not_shown_before_they_are_released(confidentiality, audience, is_refused):
    if is_refused:
        with pytest.raises(UsageError, match=f"the counts of Klein have not been released for {audience}"):
            View(town(confidentiality), "residents", audience=audience)
    else:
        assert View(town(confidentiality), "residents", audience=audience).audience == audience
