"""A plan that extends another: what is added, changed and dropped, and what is said of one that cannot be put together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.batch.plan import read_plan
from sozialanalyse.errors import DataError
from tests.batch_samples import GOOD, write

HEAD = "schema: 1\ntitle: {de: Plan, en: Plan}\n"
STANDARD = HEAD + (
    "languages: [de, en]\n"
    "runs:\n"
    "  - {id: 'trend-{target_group}', notebook: trend, matrix: {target_group: [older, children]}, parameters: {years: 5}}\n"
    "  - {id: town, notebook: trend, title: {de: Stadt, en: Town}}\n"
)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "notebooks" / "trend.ipynb", GOOD)
    write(tmp_path / "notebooks" / "plans" / "standard.yml", STANDARD)
    return tmp_path


def read(folder, text, name="data/klein/plans/own.yml"):
    return read_plan(write(folder / name, HEAD + text), folder / "notebooks", "de")


def made(folder, text, name="data/klein/plans/own.yml"):
    return [(run.id, dict(run.parameters)) for run in read(folder, text, name)]


def fault(folder, text, name="data/klein/plans/own.yml"):
    with pytest.raises(DataError) as caught:
        read(folder, text, name)
    (found,) = caught.value.faults
    return str(found)


FAMILIES = "runs: [{id: 'trend-{target_group}', notebook: trend, matrix: {target_group: [families]}}]\n"
OLDER = ("trend-older", {"years": 5, "target_group": "older"})
CHILDREN = ("trend-children", {"years": 5, "target_group": "children"})
TOWN = ("town", {})


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("extends: standard.yml\n", [OLDER, CHILDREN, TOWN]),
        ("extends: standard.yml\nruns: [{id: own, notebook: trend}]\n", [OLDER, CHILDREN, TOWN, ("own", {})]),
        ("extends: standard.yml\ndrop: [town]\n", [OLDER, CHILDREN]),
        (
            "extends: standard.yml\nruns: [{id: 'trend-{target_group}', matrix: {target_group: [older]}}]\n",
            [OLDER, TOWN],
        ),
        (
            "extends: standard.yml\nruns: [{id: town, parameters: {years: 3, area: a}}]\n",
            [OLDER, CHILDREN, ("town", {"years": 3, "area": "a"})],
        ),
        (
            "extends: standard.yml\nruns: [{id: 'trend-{target_group}', matrix: {years: [2]}}]\n",
            [
                ("trend-older", {"target_group": "older", "years": 2}),
                ("trend-children", {"target_group": "children", "years": 2}),
                TOWN,
            ],
        ),
        (
            "extends: standard.yml\ndrop: ['trend-{target_group}']\n" + FAMILIES,
            [("trend-families", {"target_group": "families"}), TOWN],
        ),
    ],
    ids=["as it is", "one more", "one less", "other values", "a parameter more", "a parameter varied", "replaced"],
)
def test_what_a_plan_says_takes_the_place_of_what_it_extends(folder, text, runs):
    assert made(folder, text) == runs


def test_what_is_not_said_stays_as_it_was(folder):
    plan = write(
        folder / "notebooks" / "plans" / "own.yml",
        HEAD + "extends: standard.yml\nruns: [{id: town, parameters: {years: 3}}]\n",
    )
    runs = [run for run in read_plan(plan, folder / "notebooks") if run.id == "town"]
    assert [(run.language, run.title, run.notebook) for run in runs] == [
        ("de", "Stadt", "trend"),
        ("en", "Town", "trend"),
    ]


def test_a_plan_beside_comes_before_a_shared_one(folder):
    write(folder / "data" / "klein" / "plans" / "standard.yml", HEAD + "runs: [{id: klein, notebook: trend}]\n")
    assert made(folder, "extends: standard.yml\n") == [("klein", {})]


def test_the_standard_plan_of_a_town_extends_the_shared_one(folder):
    own = "extends: standard.yml\nruns: [{id: own, notebook: trend}]\n"
    assert made(folder, own, "data/klein/plans/standard.yml") == [OLDER, CHILDREN, TOWN, ("own", {})]


def test_plans_extend_each_other_in_a_row(folder):
    write(folder / "data" / "klein" / "plans" / "first.yml", HEAD + "extends: standard.yml\ndrop: [town]\n")
    assert made(folder, "extends: first.yml\ndrop: ['trend-{target_group}']\nruns: [{id: own, notebook: trend}]\n") == [
        ("own", {})
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: standart.yml\n", "line 3, extends: there is no plan 'standart.yml', neither beside this one nor in notebooks/plans; nearest: standard.yml"),
        ("extends: ../secret.yml\n", "line 3, extends: '../secret.yml' is not the name of a plan; write it without a folder, such as standard.yml"),
        ("extends: own.yml\n", "line 3, extends: the plans extend each other in a circle: own.yml -> own.yml"),
        ("extends: standard.yml\ndrop: [town, twon]\n", "line 4, drop.1: no plan that this one extends has an entry 'twon'; nearest: town"),
        ("extends: standard.yml\nruns: [{id: twon, parameters: {years: 3}}]\n", "line 4, runs.0.notebook: this key is missing; an entry without it changes one of an extended plan with the same id; nearest: town"),
        ("extends: standard.yml\nruns: [{id: town, parameters: {years: many}}]\n", "line 4, runs.0.parameters.years: 'years' is of the type int | None, found 'many'"),
        ("extends: standard.yml\nruns: [{id: own, notebook: trend}, {id: own, notebook: trend}]\n", "line 4, runs.1.id: two runs have the same id or address 'own'; put the matrix keys into the id: {key}"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_together_is_a_fault_with_file_line_and_key(folder, text, said):
    assert fault(folder, text) == f"plans/own.yml, {said}"


def test_plans_in_a_circle_are_refused(folder):
    write(folder / "data" / "klein" / "plans" / "b.yml", HEAD + "extends: own.yml\n")
    said = fault(folder, "extends: b.yml\n")
    assert (
        said
        == "klein/plans/b.yml, line 3, extends: the plans extend each other in a circle: own.yml -> b.yml -> own.yml"
    )


def test_a_fault_of_an_extended_plan_names_its_file(folder):
    text = STANDARD.replace("years: 5", "years: five")
    write(folder / "notebooks" / "plans" / "standard.yml", text)
    assert fault(folder, "extends: standard.yml\n").startswith(
        "notebooks/plans/standard.yml, line 5, runs.0.parameters.years: "
    )


def test_a_change_that_makes_two_runs_alike_is_a_fault_where_the_change_is(folder):
    said = fault(folder, "extends: standard.yml\nruns: [{id: 'trend-{target_group}', matrix: {years: [1, 2]}}]\n")
    assert said.startswith("plans/own.yml, line 4, runs.0.id: two runs have the same id or address 'trend-older'")


def test_defaults_are_for_entries_that_declare_and_do_not_set_them(folder):
    write(folder / "notebooks" / "other.ipynb", GOOD.replace("years: int | None = None  # how many\\n", ""))
    text = "extends: standard.yml\ndefaults: {years: 9, area: a}\nruns: [{id: other, notebook: other}]\n"
    assert made(folder, text) == [
        ("trend-older", {"area": "a", "years": 5, "target_group": "older"}),
        ("trend-children", {"area": "a", "years": 5, "target_group": "children"}),
        ("town", {"years": 9, "area": "a"}),
        ("other", {"area": "a"}),
    ]


def test_defaults_of_the_plan_take_the_place_of_those_that_it_extends(folder):
    write(folder / "notebooks" / "plans" / "standard.yml", STANDARD + "defaults: {area: a, share: 0.1}\n")
    assert made(folder, "extends: standard.yml\ndefaults: {area: b}\n")[-1] == ("town", {"area": "b", "share": 0.1})


@pytest.mark.parametrize(
    ("defaults", "said"),
    [
        ("{ares: a}", "defaults.ares: no notebook of this plan has the parameter 'ares'; nearest: area"),
        ("{area: 5}", "defaults.area: 'area' is of the type str, found 5; put it in quotes"),
        ("{audience: public}", "defaults.audience: 'audience' is set by the program's options, not by a plan"),
    ],
)
def test_a_wrong_default_is_one_fault_with_its_line(folder, defaults, said):
    assert fault(folder, f"extends: standard.yml\ndefaults: {defaults}\n") == f"plans/own.yml, line 4, {said}"


KNOWN = ["trend-{target_group}", "town"]
CHANGES = st.fixed_dictionaries(
    {
        "drop": st.lists(st.sampled_from(KNOWN), unique=True),
        "years": st.integers(1, 9),
        "named": st.lists(st.sampled_from([*KNOWN, "own", "more"]), unique=True),
    }
)


@settings(deadline=None, max_examples=25)
@given(change=CHANGES)
def test_what_is_said_twice_is_as_if_it_were_said_once(tmp_path_factory, change):
    """A plan that extends another one with the same text makes the same runs, in the same order."""
    folder = tmp_path_factory.getbasetemp() / "twice"
    write(folder / "notebooks" / "trend.ipynb", GOOD)
    write(folder / "notebooks" / "plans" / "standard.yml", STANDARD)
    groups = "matrix: {target_group: [older, families]}"
    runs = "".join(
        f"  - {{id: '{name}', notebook: trend, parameters: {{years: {change['years']}}}{', ' + groups if '{' in name else ''}}}\n"
        for name in change["named"]
    )
    said = f"drop: {change['drop']}\n" + (f"runs:\n{runs}" if runs else "") + "title: {de: Plan, en: Plan}\nschema: 1\n"
    once = write(folder / "notebooks" / "plans" / "once.yml", "extends: standard.yml\n" + said)
    twice = write(folder / "notebooks" / "plans" / "twice.yml", "extends: once.yml\n" + said)
    if set(change["drop"]) == set(KNOWN) and not runs:
        return
    assert read_plan(twice, folder / "notebooks") == read_plan(once, folder / "notebooks")
