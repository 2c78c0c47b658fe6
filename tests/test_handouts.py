"""The handout of a neighbourhood conference: five findings by a rule, three questions, everything in plain words as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from tests.small_town import TIDY, write_town
from tests.test_profiles import AREAS, LEVELS, rows

if TYPE_CHECKING:
    from sozialanalyse.findings.handouts import Handout
    from sozialanalyse.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("handout")
    three_levels = TIDY.replace("  - {id: stadt", LEVELS)
    return sa.open_town(write_town(folder, rows(), town__yml=three_levels, areas__csv=AREAS))


@pytest.fixture(scope="module")
def nord(town: Town) -> Handout:
    return sa.handouts.handout(town, "1", "en")


@pytest.fixture(scope="module")
def sued(town: Town) -> Handout:
    return sa.handouts.handout(town, "2", "en")


def test_who_lives_there_comes_first_then_what_differs_then_what_leads_a_group(nord: Handout) -> None:
    names = [row.indicator for row in nord.chosen]
    assert names == ["population", "grundsicherung_im_alter", "share_65plus", "foreign_share"]


def test_findings_are_chosen_by_the_rule_and_not_by_the_size_of_a_value(sued: Handout) -> None:
    """In Süd the same benefits are a strength: they stand at the same place."""
    assert [row.indicator for row in sued.chosen][:2] == ["population", "grundsicherung_im_alter"]


def test_each_finding_stands_in_numbers_and_in_plain_words(nord: Handout) -> None:
    said = str(sa.handouts.findings(nord)).splitlines()
    numbers = next(line for line in said if line.startswith("Old-age basic income support"))
    assert "10.0% (interval from 8.8% to 11.4%); in Klein it was 7.5%" in numbers
    after = said[said.index(numbers) + 1 :]
    assert after[0].startswith("This is about ")
    assert "That is about 10 in 100 " in after[1]
    assert said[-1].startswith("Chosen by a rule and not by the size of a value")


def test_three_questions_are_asked_of_a_need_of_what_is_good_and_of_what_is_missing(nord: Handout) -> None:
    said = str(sa.handouts.questions(nord)).splitlines()
    assert said == [
        "Old-age basic income support: does that fit what you see in 1 Nord, and whom does the number not show?",
        "Is that true? What do you see here?",
        "What is going well in 1 Nord and stands in no number?",
        "What is good here? What should stay?",
        "What is missing in 1 Nord for people to live well here, and who could do what about it together?",
        "What do we need here? Who can help?",
    ]


def test_a_strength_is_asked_about_by_its_name_and_no_need_is_invented(sued: Handout) -> None:
    said = str(sa.handouts.questions(sued)).splitlines()
    assert said[0].startswith("No number points to a need that can be told from chance")
    assert said[2].startswith("Old-age basic income support: what is going well in 2 Süd")


def test_it_ends_with_what_numbers_do_not_say_in_plain_words(nord: Handout) -> None:
    assert str(sa.handouts.limits(nord)).splitlines()[0] == "The numbers do not show reasons."
