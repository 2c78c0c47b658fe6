"""Rounding and the cell-key method from a rule of a town to what its readers see: release, file, indicators, audit."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

import sozialanalyse as sa
from sozialanalyse.audit import audit_folder
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.errors import UsageError
from tests.released import RULES, rows, write_grouped

OWN = "sgb2_recipients"
CHILDREN = {"11": 3, "12": 41, "13": 26, "21": 58, "22": 31, "23": 17}
ROUNDED = RULES + "    method: {name: rounding, base: 5}\n"
SMALL = RULES + "    method: {name: rounding, base: 5, small_only: true}\n"
NOISY = RULES + "    method: {name: cell_key, deviation: 2, variance: 1.05}\n"
METHODS = {"rounding": ROUNDED, "small": SMALL, "cell_key": NOISY}


@pytest.fixture(scope="module", params=METHODS)
def made(request, tmp_path_factory):
    """The town, its Release as it comes out of its file, and the folder that an attacker has."""
    folder = tmp_path_factory.mktemp(request.param)
    town_folder = write_grouped(folder / "town", rows(CHILDREN), rules=METHODS[request.param])
    (town_folder / "cell_key.secret").write_text("7" * 64, encoding="utf-8")
    town = sa.open_town(town_folder)
    sa.write_release(sa.release(town), folder / "town.release")
    output = folder / "output"
    output.mkdir()
    release = sa.open_release(folder / "town.release")
    with zipfile.ZipFile(folder / "town.release") as archive:
        (output / "cells.csv").write_bytes(archive.read("cells.csv"))
    (output / "knowledge.json").write_text(json.dumps(knowledge_of(release)), encoding="utf-8")
    return town, release, output


def own(release):
    frame = release.states
    return frame[(frame["measure"] == OWN) & (frame["state"] != "missing")]


def true_of(town, table):
    frame = cells_of(town).frame.query("kind == 'term'")
    key = ["area", "measure", "age_from", "age_to"]
    return table.astype({"measure": str})[key].merge(frame.astype({"measure": str}), on=key)["value"].to_numpy()


def test_nothing_is_hidden_and_everything_is_near_the_truth(made):
    town, release, _ = made
    table = own(release)
    assert set(table["state"]) == {"published"}
    (altered,) = release.about.altered
    distance = np.abs(table["value"].to_numpy() - true_of(town, table))
    assert distance.max() <= altered.off
    assert distance.max() == altered.largest > 0


def test_the_truth_lies_within_what_is_said_that_a_number_stands_for(made):
    town, release, _ = made
    table = own(release)
    true = true_of(town, table)
    assert ((table["least"] <= true) & (true <= table["greatest"])).all()
    assert ((table["greatest"] - table["least"]) >= 2).all()


def test_indicators_are_made_of_what_is_shown(made):
    _, release, _ = made
    shown = own(release).query("age_to == 14").set_index("area")["value"]
    frame = release.indicators().query("indicator == 'kinderarmut'").set_index("area")
    assert frame["numerator"].to_dict() == shown.to_dict()
    assert (frame["lower"] <= frame["value"]).all()
    assert frame.loc["0", "value"] == pytest.approx(100 * shown["0"] / 1200)


def test_method_and_loss_are_said(made):
    _, release, output = made
    (altered,) = release.about.altered
    (known,) = json.loads((output / "knowledge.json").read_text(encoding="utf-8"))["altered"]
    assert known == altered.model_dump()
    assert (altered.measure, altered.method) in {(OWN, "rounding"), (OWN, "cell_key")}
    assert 0 < altered.changed <= 1
    rules = [rule["en"] for rule in knowledge_of(release)["rules"]]
    assert not any("Counts from 1 to 4 are not shown" in rule for rule in rules)
    assert any(rule.startswith(("Rounded to multiples of 5", "Small random noise")) for rule in rules)


def test_the_audit_finds_nothing_in_what_is_shown(made):
    _, _, output = made
    report = audit_folder(output)
    assert report.attack.disclosures == ()
    assert report.attack.contradictions == ()
    assert report.is_safe


def test_the_same_counts_give_the_same_numbers_again(made):
    town, release, _ = made
    again = own(sa.release(town))
    assert again["value"].tolist() == own(release)["value"].tolist()


def test_rounded_numbers_are_multiples_and_add_up(tmp_path):
    release = sa.release(sa.open_town(write_grouped(tmp_path, rows(CHILDREN), rules=ROUNDED)))
    (altered,) = release.about.altered
    shown = own(release).query("age_to == 14").set_index("area")["value"]
    assert (shown % 5 == 0).all()
    assert (altered.base, altered.additive) == (5, True)
    assert shown["0"] == shown["1"] + shown["2"] == shown["kreis:West"] + shown["kreis:Ost"]


def test_without_the_secret_nothing_is_released(tmp_path):
    town = sa.open_town(write_grouped(tmp_path, rows(CHILDREN), rules=NOISY))
    with pytest.raises(UsageError, match=r"cell_key\.secret"):
        sa.release(town)
