"""Plans: what they expand to, and what is said of a wrong one before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialanalyse.batch.parameters import read_parameters
from sozialanalyse.batch.plan import read_plan
from sozialanalyse.batch.runs import choose, filled
from sozialanalyse.errors import DataError, Fault, Place, UsageError
from tests.batch_samples import GOOD, PARAMETERS, code, markdown, notebook, write
from tests.plan_samples import facts_of_quarters

HEAD = "schema: 1\ntitle: {de: Plan, en: Plan}\nruns:\n"


@pytest.fixture
def notebooks(tmp_path):
    write(tmp_path / "notebooks" / "trend.ipynb", GOOD)
    write(tmp_path / "secret.ipynb", GOOD)
    return tmp_path / "notebooks"


def read(notebooks, entries, language=None, check=None, head=HEAD):
    plan = write(notebooks / "plans" / "p.yml", head + entries)
    facts = None if check is None else facts_of_quarters(check=check)
    return read_plan(plan, notebooks, language, facts)


def faults(notebooks, entries, check=None):
    with pytest.raises(DataError) as caught:
        read(notebooks, entries, check=check)
    return [str(fault) for fault in caught.value.faults]


def test_a_matrix_makes_a_run_for_each_combination(notebooks):
    runs = read(
        notebooks,
        "  - id: trend-{target_group}-{area}\n    notebook: trend\n"
        "    matrix: {target_group: [older, children], area: ['041', '042']}\n    parameters: {years: 5}\n",
    )
    assert [(run.id, run.address, dict(run.parameters)) for run in runs] == [
        ("trend-older-041", "trend/older-041.de.html", {"years": 5, "target_group": "older", "area": "041"}),
        ("trend-older-042", "trend/older-042.de.html", {"years": 5, "target_group": "older", "area": "042"}),
        ("trend-children-041", "trend/children-041.de.html", {"years": 5, "target_group": "children", "area": "041"}),
        ("trend-children-042", "trend/children-042.de.html", {"years": 5, "target_group": "children", "area": "042"}),
    ]


BOTH = HEAD.replace("runs:", "languages: [en, de]\nruns:")


@pytest.mark.parametrize(
    ("head", "language", "made"),
    [
        (HEAD, None, ["x-a.de", "x-b.de"]),
        (BOTH, None, ["x-a.en", "x-b.en", "x-a.de", "x-b.de"]),
        (BOTH, "de", ["x-a.de", "x-b.de"]),
        (BOTH.replace("en, de", "en, en"), None, ["x-a.en", "x-b.en"]),
    ],
    ids=["German", "those of the plan", "the one ordered", "each once"],
)
def test_a_plan_names_its_languages(notebooks, head, language, made):
    asked = []
    entry = "  - {id: 'x-{area}', notebook: trend, matrix: {area: [a, b]}, title: {de: Gebiet, en: Area}}\n"
    runs = read(notebooks, entry, language, lambda run: asked.append(run.id) or [], head)
    assert [run.key for run in runs] == made
    assert asked == ["x-a", "x-b"]
    assert {(run.language, run.title) for run in runs} <= {("de", "Gebiet"), ("en", "Area")}
    assert [run.address for run in runs] == [f"trend/{key}.html" for key in made]
    assert {run.id for run in choose(runs, ["x-b"])} == {"x-b"}


@pytest.mark.parametrize("languages", ["[]", "[fr]", "de"])
def test_languages_that_pages_cannot_have_are_refused(notebooks, languages):
    with pytest.raises(DataError, match="line 3, languages"):
        read(notebooks, "  - {id: a, notebook: trend}\n", head=BOTH.replace("[en, de]", languages))


def test_leading_zeros_stay_text(notebooks):
    (run,) = read(notebooks, "  - {id: a, notebook: trend, parameters: {area: 042}}\n")
    assert run.parameters["area"] == "042"


def test_address_and_title_follow_the_language(notebooks):
    entry = "  - {id: 'x-{area}', notebook: trend, matrix: {area: [a]}, title: {de: Gebiet {area}, en: Area {area}}}\n"
    entry = entry.replace("Gebiet {area}", "'Gebiet {area}'").replace("Area {area}", "'Area {area}'")
    (run,) = read(notebooks, entry, "en")
    assert (run.address, run.title) == ("trend/x-a.en.html", "Area a")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            "{taget_group: older}",
            "no parameter 'taget_group'; nearest: target_group; it has: target_group, area, years, share",
        ),
        ("{years: many}", "'years' is of the type int | None, found 'many'"),
        ("{years: true}", "'years' is of the type int | None, found True"),
        ("{years: 2.5}", "'years' is of the type int | None, found 2.5"),
        ("{area: 42}", "'area' is of the type str, found 42; put it in quotes"),
        ("{area: [a, b]}", "'area' is of the type str, found ['a', 'b']"),
        ("{area: null}", "'area' is of the type str, found None"),
        ("{town: elsewhere}", "'town' is set by the program's options, not by a plan"),
        ("{audience: public}", "'audience' is set by the program's options, not by a plan"),
        ("{language: en}", "'language' is set by the program's options, not by a plan"),
        ("{raw: x}", "'raw' is set by the program's options, not by a plan"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_line(notebooks, parameters, message):
    (fault,) = faults(notebooks, f"  - id: a\n    notebook: trend\n    parameters: {parameters}\n")
    assert fault.startswith("plans/p.yml, line 6, runs.0.parameters.")
    assert message in fault


@pytest.mark.parametrize("value", ["years: null", "years: 5", "share: 1", "share: 0.25"])
def test_values_of_the_declared_types_are_taken(notebooks, value):
    assert len(read(notebooks, f"  - {{id: a, notebook: trend, parameters: {{{value}}}}}\n")) == 1


def test_all_faults_come_at_once(notebooks):
    found = faults(
        notebooks,
        "  - {id: a, notebook: trent}\n"
        "  - {id: b, notebook: trend, parameters: {years: x, ares: y}}\n"
        "  - {id: c, notebook: trend, matrix: {area: []}}\n",
    )
    assert [fault.split(", ")[1] for fault in found] == ["line 4", "line 5", "line 5", "line 6"]


@pytest.mark.parametrize("name", ["../secret", "plans/../trend", "/etc/passwd", "trend.ipynb", "", "TREND"])
def test_a_notebook_cannot_be_outside_its_folder(notebooks, name):
    (fault,) = faults(notebooks, f"  - {{id: a, notebook: '{name}'}}\n")
    assert fault.endswith(f"there is no notebook '{name}'; there are: trend")


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a b", "Ä", "a.b", "", "-a", "a" * 81, "con", "trend-nul", "{target_group.__class__}", "{0}"],
)
def test_an_id_is_a_plain_name(notebooks, name):
    (fault,) = faults(notebooks, f"  - {{id: '{name}', notebook: trend, parameters: {{target_group: older}}}}\n")
    assert "cannot be an id" in fault


def test_a_value_of_the_matrix_cannot_lead_out_either(notebooks):
    assert (
        "cannot be an id" in faults(notebooks, "  - {id: 'a-{area}', notebook: trend, matrix: {area: [../../x]}}\n")[0]
    )


def test_ids_are_unique_also_without_case(notebooks):
    (fault,) = faults(notebooks, "  - {id: 'a-{area}', notebook: trend, matrix: {area: [x, X]}}\n")[:1]
    assert "two runs have the same id or address 'a-x'; put the matrix keys into the id: {key}" in fault


def test_addresses_are_unique(notebooks):
    found = faults(notebooks, "  - {id: trend-a, notebook: trend}\n  - {id: a, notebook: trend}\n")
    message = "two runs have the same id or address 'trend/a.de.html'; put the matrix keys into the id: {key}"
    assert found == [f"plans/p.yml, line 5, runs.1.id: {message}"]


def test_a_key_stands_in_matrix_or_parameters(notebooks):
    entry = "  - {id: 'a-{area}', notebook: trend, matrix: {area: [x]}, parameters: {area: y}}\n"
    assert "'area' stands in matrix and in parameters" in faults(notebooks, entry)[0]


def test_a_matrix_of_everything_is_refused_before_it_is_built(notebooks):
    values = ", ".join(f"a{number}" for number in range(200))
    entry = f"  - {{id: x, notebook: trend, matrix: {{area: [{values}], target_group: [{values}]}}}}\n"
    assert "more than 10000 runs" in faults(notebooks, entry)[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema: 2\ntitle: {de: a, en: b}\nruns: []\n", "schema version 2 is not known"),
        (HEAD.replace("runs", "rnus") + "  - {id: a, notebook: trend}\n", "this key is not known here"),
        (HEAD + "  - {id: a, notebook: trend, command: rm}\n", "this key is not known here"),
        (HEAD.rstrip() + " []\n", "the plan has no runs"),
        (HEAD + "  - &a {id: a, notebook: trend}\n  - *a\n", "aliases"),
        (HEAD + "  - !!python/object/apply:os.system [x]\n", "tags"),
    ],
)
def test_a_plan_of_another_form_is_refused(notebooks, text, message):
    plan = write(notebooks / "plans" / "p.yml", text)
    with pytest.raises(DataError, match=message):
        read_plan(plan, notebooks)


def test_the_caller_checks_what_needs_the_town(notebooks):
    def check(run):
        if run.parameters.get("area") == "99":
            yield Fault("unknown area '{found}'", {"found": "99"}, Place(key="area"))

    entries = "  - id: 'a-{area}'\n    notebook: trend\n    matrix:\n      area: ['01', '99']\n"
    assert faults(notebooks, entries, check) == ["plans/p.yml, line 7, runs.0.matrix.area: unknown area '99'"]


def test_only_known_keys_in_braces_are_replaced():
    assert filled("{a} {b} {a.__class__} {0} {{a}}", {"a": "{b}"}) == "{b} {b} {a.__class__} {0} {{b}}"


def test_runs_are_chosen_by_id(notebooks):
    runs = read(notebooks, "  - {id: 'a-{area}', notebook: trend, matrix: {area: [x, y]}}\n")
    assert [run.id for run in choose(runs, ["a-y"])] == ["a-y"]
    assert choose(runs, []) == runs
    with pytest.raises(UsageError, match="the plan has no run 'a-z'; nearest: a-y, a-x"):
        choose(runs, ["a-z"])


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        (["a-*"], ["a-x", "a-y"]),
        (["*-y"], ["a-y", "b-y"]),
        (["?-x"], ["a-x", "b-x"]),
        (["b-y", "a-x"], ["a-x", "b-y"]),
        (["a-x", "a-*"], ["a-x", "a-y"]),
        (["*"], ["a-x", "a-y", "b-x", "b-y"]),
    ],
)
def test_a_pattern_chooses_many_runs_each_once_and_in_the_order_of_the_plan(notebooks, only, chosen):
    entries = "".join(f"  - {{id: '{e}-{{area}}', notebook: trend, matrix: {{area: [x, y]}}}}\n" for e in "ab")
    assert [run.id for run in choose(read(notebooks, entries), only)] == chosen


def test_a_pattern_that_chooses_nothing_is_refused(notebooks):
    runs = read(notebooks, "  - {id: 'a-{area}', notebook: trend, matrix: {area: [x, y]}}\n")
    with pytest.raises(UsageError, match=r"the plan has no run 'b-\*'; nearest: a-x, a-y"):
        choose(runs, ["b-*"])


def test_the_parameters_cell_is_the_whitelist(tmp_path):
    declared = read_parameters(write(tmp_path / "n.ipynb", GOOD))
    assert list(declared) == [
        "release",
        "town",
        "raw",
        "language",
        "audience",
        "target_group",
        "area",
        "years",
        "share",
    ]
    assert declared["years"].types == (int, type(None))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([code("parameters", PARAMETERS + "\nx = 1", "parameters")], "not of the form name: type = value: x = 1"),
        ([code("parameters", PARAMETERS + "\nx: list = []", "parameters")], "not of the form"),
        ([code("parameters", PARAMETERS + "\nimport os", "parameters")], "not of the form"),
        ([code("parameters", "town: str = ''", "parameters")], "does not declare the parameter 'audience'"),
        ([code("parameters", "town: str = (", "parameters")], "not valid Python"),
        ([markdown("a", "b")], "one cell tagged 'parameters', found 0"),
    ],
)
def test_a_notebook_without_sound_parameters_is_refused(tmp_path, cells, message):
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        read_parameters(write(tmp_path / "n.ipynb", notebook(*cells)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    with pytest.raises(DataError, match="not a notebook"):
        read_parameters(write(tmp_path / "n.ipynb", text))


def test_the_standard_plan_covers_the_four_target_groups():
    notebooks = Path(__file__).parents[1] / "notebooks"
    runs = read_plan(notebooks / "plans" / "standard.yml", notebooks)
    groups = ["older", "children", "disability", "families"]
    expected = [f"trend-{group}" for group in groups] + [f"comparison-{group}" for group in [*groups, "residents"]]
    assert [run.id for run in runs] == expected
