"""Who brings what to an amount: read from a table of the town folder, summed up the area tree, judged by dominance and p-percent."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.contributions import contributions_to, read_contributions
from sozialanalyse.disclosure.costs import costs_of
from sozialanalyse.disclosure.keeping import key_of
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.primary import primary_flags, reason_names
from sozialanalyse.disclosure.rules import Rules, load_rules, shipped_default, sources_of
from sozialanalyse.disclosure.texts import json_text
from sozialanalyse.errors import DataError
from tests.released import RULES, rows
from tests.released import write_town as write_released
from tests.small_town import write_town

COUNTS = """\
01,2011-12-31,living_space,,,97,
02,2011-12-31,living_space,,,100,
01,2011-12-31,population,,,10,
02,2011-12-31,population,,,12,
"""

HEADER = "area,period,measure,sex,age,contributor,value\n"

WHO = """\
01,2011-12-31,living_space,,,wohnbau,80
01,2011-12-31,living_space,,,erika,10
01,2011-12-31,living_space,,,max,7
02,2011-12-31,living_space,,,wohnbau,20
02,2011-12-31,living_space,,,erika,30
02,2011-12-31,living_space,,,otto,49.5
02,2011-12-31,living_space,,,otto,0.5
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return sa.open_town(write_town(tmp_path_factory.mktemp("town"), COUNTS))


@pytest.fixture(scope="module")
def cells(town):
    frame = cells_of(town).frame
    return frame[frame["measure"] == "living_space"]


def read_who(folder, town, text=WHO):
    (folder / "who.csv").write_text(HEADER + text, encoding="utf-8")
    return read_contributions("who.csv", folder, town.areas, town.catalogue)


def test_what_an_area_gets_goes_to_all_areas_above_it(tmp_path, town, cells):
    given = contributions_to(cells, read_who(tmp_path, town), town.areas, "who.csv")
    found = pd.DataFrame({"area": cells["area"].to_numpy()[given.cell], "amount": given.amount})
    assert found.groupby("area")["amount"].apply(sorted).to_dict() == {
        "0": [7, 40, 50, 100],  # max, erika, otto, wohnbau
        "01": [7, 10, 80],
        "02": [20, 30, 50],
    }


def test_one_area_is_dominated_the_other_is_not(tmp_path, town, cells):
    rule = replace(Rules(shipped_default()).of("living_space", "public"), k=3, p_percent=10)
    given = contributions_to(cells, read_who(tmp_path, town), town.areas, "who.csv")
    found = primary_flags(cells["value"].to_numpy(), rule, contributions=given)
    said = dict(zip(cells["area"], map(reason_names, found.reasons), strict=True))
    assert said == {"0": (), "01": ("p_percent",), "02": ()}


def test_amounts_of_which_somebody_is_missing_are_refused(tmp_path, town, cells):
    given = read_who(tmp_path, town, WHO.replace("erika,10", "erika,9"))
    with pytest.raises(DataError) as error:
        contributions_to(cells, given, town.areas, "who.csv")
    assert [str(fault) for fault in error.value.faults] == [
        (
            "who.csv, area 0: the contributions to living_space, 2011-12-31, add up to 196, but 197 was delivered; who brings the "
            "rest?"
        ),
        (
            "who.csv, area 01: the contributions to living_space, 2011-12-31, add up to 96, but 97 was delivered; who brings the "
            "rest?"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("01,", "09,", "area: area '09' is not in the table of areas"),
        ("living_space", "livingspace", "measure: measure 'livingspace' is not in the catalogue"),
        ("2011-12-31", "2011", "period: '2011' is no period of this measure"),
        (",,wohnbau", ",x,wohnbau", "age: 'x' is no age group"),
        ("wohnbau", " ", "contributor: the contributor is not named"),
        ("80", "-80", "value: '-80' is no amount"),
        ("80", "viel", "value: 'viel' is no amount"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path, town, old, new, said):
    with pytest.raises(DataError) as error:
        read_who(tmp_path, town, WHO.replace(old, new, 1))
    (fault,) = map(str, error.value.faults)
    assert fault.startswith(f"who.csv, line 2, {said}")


def test_a_table_without_its_columns_is_refused(tmp_path, town):
    (tmp_path / "who.csv").write_text("area,value\n01,3\n", encoding="utf-8")
    with pytest.raises(DataError, match="the columns period, measure, sex, age, contributor are missing"):
        read_contributions("who.csv", tmp_path, town.areas, town.catalogue)


AMOUNTS = {"11": 9000, "12": 4000, "13": 5000, "21": 6000, "22": 7000, "23": 8000}
"""Square metres by quarter; nearly all of those in Anger (11) are of one owner."""

OWNERS = "".join(
    f"{area},2024-12-31,living_space,,,{owner},{amount * share / 100:g}\n"
    for area, amount in AMOUNTS.items()
    for owner, share in {"canarybau": 88 if area == "11" else 30, "erika": 7 if area == "11" else 40, "max": 5}.items()
) + "".join(
    f"{area},2024-12-31,living_space,,,otto,{amount * 0.25:g}\n" for area, amount in AMOUNTS.items() if area != "11"
)

AMOUNT_RULES = """\
  - id: wohnungen
    measures: [living_space]
    basis: {de: Gesetz, en: law}
    review: open
    approval: open
    audiences: {statistics_unit: 1, public: 3}
    contributions: owners.csv
    dominance: {n: 2, share: 0.913}
    p_percent: 25.125
"""


def write_amounts(folder, owners=OWNERS):
    counts = rows() + "".join(f"{area},2024-12-31,living_space,,,{amount},\n" for area, amount in AMOUNTS.items())
    write_released(folder, counts, RULES + AMOUNT_RULES)
    (folder / "owners.csv").write_text(HEADER + owners, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("amounts")
    return sa.write_release(sa.release(sa.open_town(write_amounts(folder / "town"))), folder / "town.release"), folder


def test_an_amount_that_one_owner_dominates_is_hidden_and_no_difference_gives_it_away(released):
    release, _ = released
    frame = release.states[release.states["measure"] == "living_space"].set_index("area")
    hidden = set(frame.index[frame["state"] == "hidden"])
    assert frame.loc["0", "value"] == sum(AMOUNTS.values())
    assert "11" in hidden
    assert len(hidden & {"12", "13", "1"}) >= 2
    least, greatest = frame.loc["11", ["least", "greatest"]]
    assert least <= 9000 - (25.125 / 100 * 7920 - 450)
    assert greatest >= 9000 + 25.125 / 100 * 7920 - 450


def test_what_is_said_of_the_rule_tells_none_of_its_numbers(released):
    release, _ = released
    known = knowledge_of(release)
    (measure,) = (entry for entry in known["measures"] if entry["id"] == "living_space")
    assert measure["contributors"] is True
    assert release.about.rule("living_space").amounts == ("dominance", "p_percent")
    said = [rule["en"] for rule in known["rules"] if "floor" in rule["en"].lower() or "space" in rule["en"].lower()]
    assert said[0].startswith(
        "Amounts to which fewer than 3 contribute, or of which one or a few bring almost all, are not shown"
    )
    assert not re.search(r"25[.,]125|0[.,]913|91[.,]3", json_text(known))


def test_no_contribution_and_no_contributor_leaves_the_gate(released):
    release, folder = released
    with zipfile.ZipFile(folder / "town.release") as archive:
        content = b"\n".join(archive.read(name) for name in archive.namelist()).decode() + json_text(
            knowledge_of(release)
        )
    assert not re.search(r"canarybau|erika|otto|owners\.csv", content)
    assert not re.search(r"\b(7920|630|450)\b", content)
    assert not re.search(r"25[.,]125|0[.,]913", content)


def test_the_hash_of_the_rules_does_not_tell_their_numbers(released, tmp_path):
    release, _ = released
    folder = write_amounts(tmp_path)
    text = (folder / "disclosure.yml").read_text(encoding="utf-8").replace("25.125", "24")
    (folder / "disclosure.yml").write_text(text, encoding="utf-8")
    town = sa.open_town(folder)
    assert load_rules(folder, town.data.file, town.catalogue, sources_of(town.counts)).hash == release.about.rules_hash


def test_a_bad_table_stops_the_gate_with_file_and_row(tmp_path):
    folder = write_amounts(
        tmp_path, OWNERS.replace("11,2024-12-31,living_space,,,erika,630", "11,2024-12-31,living_space,,,,x")
    )
    with pytest.raises(DataError) as error:
        sa.release(sa.open_town(folder))
    assert [str(fault).partition(":")[0] for fault in error.value.faults] == [
        "owners.csv, line 3, contributor",
        "owners.csv, line 3, value",
    ]
    (folder / "owners.csv").unlink()
    with pytest.raises(DataError, match=r"owners\.csv"):
        sa.release(sa.open_town(folder))


def test_the_kept_release_is_made_anew_when_the_table_changes(tmp_path):
    folder = write_amounts(tmp_path)
    town = sa.open_town(folder)
    before = key_of(town, "public")
    (folder / "owners.csv").write_text(HEADER + OWNERS.replace("max", "moritz"), encoding="utf-8")
    assert key_of(town, "public") != before


def test_who_keeps_the_data_sees_why_an_amount_is_hidden(released):
    release, folder = released
    tables = costs_of(release, sa.open_town(folder / "town")).tables.set_index("measure")
    assert tables.loc["living_space", "dominance"] == 1
