"""Places that are needed, as a planner declares them: what is right is read, what is not is named with file, line and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.small_town import TIDY, faults_of, open_town, write_town

COUNTS = "01,2011-12-31,population,,,1200,\n02,2011-12-31,population,,,900,\n"
WITH_NEEDS = TIDY + "needs: needs.yml\n"

NEEDS = """\
schema: 1
needs:
  - id: nursery
    label: {de: Krippenplätze, en: Nursery places}
    target_group: children
    planning: child_care
    age: 0-2
    rates: {low: 35, medium: 42, high: 50}
    basis: {de: erfunden, en: invented}
    review: open
    decision: open
"""


def faults(tmp_path, before="", after=""):
    assert before in NEEDS
    return faults_of(write_town(tmp_path, COUNTS, town__yml=WITH_NEEDS, needs__yml=NEEDS.replace(before, after)))


def test_needs_are_read_with_the_town(tmp_path):
    town = open_town(write_town(tmp_path, COUNTS, town__yml=WITH_NEEDS, needs__yml=NEEDS))
    (need,) = town.file.needs.needs
    assert (need.id, need.ages, need.rate_of) == ("nursery", (0, 2), {"low": 35.0, "medium": 42.0, "high": 50.0})
    assert need.is_open
    assert "needs.yml" in dict(town.files)


def test_a_town_without_needs_has_none(tmp_path):
    assert open_town(write_town(tmp_path, COUNTS)).file.needs is None


def test_a_file_that_is_not_there_is_named(tmp_path):
    found = faults_of(write_town(tmp_path, COUNTS, town__yml=WITH_NEEDS))
    assert found == ["needs.yml: the file does not exist"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("low: 35", "low: 43", "medium is 42, below low with 43; rates rise from low to medium to high"),
        ("high: 50", "high: 41", "high is 41, below medium with 42"),
        ("high: 50", "high: 101", "less than or equal to 100"),
        ("children\n", "childern\n", "target group 'childern' is not in the catalogue; did you mean: children"),
        ("age: 0-2", "age: 0-2\n    sex: female", "this key is not known here"),
        ("age: 0-2", "age: kids", "kids"),
        ("    decision: open\n", "", "say who has decided the rates and when"),
        ("decision: open", "decision: open\n    decided: 2025-01-01", "exclude each other"),
        ("child_care", "child_car", "child_care"),
        ("schema: 1", "schema: 2", "schema version 2 is not known"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path, before, after, said):
    found = faults(tmp_path, before, after)
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith("needs.yml")


def test_the_same_rate_for_all_variants_is_allowed(tmp_path):
    text = NEEDS.replace("{low: 35, medium: 42, high: 50}", "{low: 0, medium: 0, high: 100}")
    town = open_town(write_town(tmp_path, COUNTS, town__yml=WITH_NEEDS, needs__yml=text))
    assert town.file.needs.needs[0].rate_of["high"] == 100


def test_two_needs_of_one_id_are_refused(tmp_path):
    twice = NEEDS + NEEDS.partition("needs:\n")[2]
    found = faults_of(write_town(tmp_path, COUNTS, town__yml=WITH_NEEDS, needs__yml=twice))
    assert "the id nursery stands twice" in found[0]


def test_the_examples_of_the_document_are_read(tmp_path):
    text = (Path(__file__).resolve().parent.parent / "docs" / "outlook.md").read_text(encoding="utf-8")
    declared, needs = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    town = open_town(write_town(tmp_path, COUNTS, town__yml=TIDY + declared, needs__yml=needs))
    assert town.file.needs.needs[0].decided.year == 2025
