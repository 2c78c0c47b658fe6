"""Choices of a plan read as sentences: every sozialraum with more than 1,000 inhabitants. What they come to, and what is said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.batch.choices import areas_of
from sozialanalyse.batch.plan import read_plan
from sozialanalyse.batch.plan_file import AreaChoice
from sozialanalyse.batch.runs import Selection, choose
from sozialanalyse.errors import DataError, UsageError
from tests.batch_samples import GOOD, write
from tests.plan_samples import PEOPLE, facts_of_quarters

HEAD = "schema: 1\ntitle: {de: Plan, en: Plan}\nruns:\n"
DATED = GOOD.replace("years: int", 'date: str = \\"\\"\\nyears: int')


@pytest.fixture
def notebooks(tmp_path):
    write(tmp_path / "notebooks" / "trend.ipynb", DATED)
    return tmp_path / "notebooks"


def entry(matrix, parameters="{}", name="x-{area}"):
    return HEAD + f"  - id: '{name}'\n    notebook: trend\n    matrix: {matrix}\n    parameters: {parameters}\n"


def read(notebooks, text, facts=True):
    plan = write(notebooks / "plans" / "p.yml", text)
    return read_plan(plan, notebooks, facts=facts_of_quarters() if facts else None)


def faults(notebooks, text):
    with pytest.raises(DataError) as caught:
        read(notebooks, text)
    return [str(fault) for fault in caught.value.faults]


def chosen(**choice):
    found = areas_of(AreaChoice(**choice), facts_of_quarters())
    assert found.faults == ()
    return " ".join(found.values)


@pytest.mark.parametrize(
    ("choice", "areas"),
    [
        ({"every": "sozialraum"}, "1 2 3"),
        ({"every": "lebensraum"}, "11 12 21 22"),
        ({"every": "area"}, "1 2 3 11 12 21 22"),
        ({"every": "divided_area"}, "1 2"),
        ({"every": "lebensraum", "within": "1"}, "11 12"),
        ({"every": "lebensraum", "within": ["1", "22"]}, "11 12 22"),
        ({"every": "area", "within": "2"}, "2 21 22"),
        ({"every": "sozialraum", "except": ["2"]}, "1 3"),
        ({"every": "lebensraum", "except": "2"}, "11 12"),
        ({"every": "sozialraum", "with_more_than": {"population": 1500}}, "1"),
        ({"every": "sozialraum", "with_at_least": {"population": 1500}}, "1 2"),
        ({"every": "sozialraum", "with_fewer_than": {"population": 1500}}, "3"),
        ({"every": "sozialraum", "with_at_most": {"population": 1500}}, "2 3"),
        (
            {"every": "area", "with_at_least": {"population": 1000}, "with_fewer_than": {"population": 1500}},
            "3 12",
        ),
    ],
)
def test_areas_are_chosen_by_level_place_and_size(choice, areas):
    assert chosen(**choice) == areas


def test_an_area_whose_size_is_hidden_is_left_out_and_said():
    """Be the limit above or below: the page itself would tell on which side it lies."""
    for limit in ({"with_more_than": {"population": 500}}, {"with_fewer_than": {"population": 5000}}):
        found = areas_of(AreaChoice(every="lebensraum", **limit), facts_of_quarters())
        assert (found.values, found.unknown, found.of) == (("11", "12", "21"), ("22",), 4)


SIZES = st.dictionaries(st.sampled_from(sorted(PEOPLE)), st.integers(0, 30), min_size=1)


@settings(deadline=None, max_examples=25)
@given(sizes=SIZES, limit=st.integers(0, 30), more=st.integers(0, 10))
@pytest.mark.parametrize(
    ("key", "sign"), [("with_more_than", 1), ("with_at_least", 1), ("with_fewer_than", -1), ("with_at_most", -1)]
)
def test_a_stricter_limit_never_adds_an_area(key, sign, sizes, limit, more):
    facts = facts_of_quarters(sizes)
    mild, strict = (
        set(areas_of(AreaChoice.model_validate({"every": "area", key: {"population": max(0, number)}}), facts).values)
        for number in (limit, limit + sign * more)
    )
    assert strict <= mild
    assert mild <= set(sizes)


@settings(deadline=None, max_examples=25)
@given(
    within=st.sets(st.sampled_from(["1", "2", "3", "11", "21"]), min_size=1), other=st.sampled_from(["1", "3", "22"])
)
def test_a_wider_place_never_takes_an_area_away_and_an_exception_adds_none(within, other):
    def found(**place):
        return set(areas_of(AreaChoice.model_validate({"every": "area", **place}), facts_of_quarters()).values)

    assert found(within=sorted(within)) <= found(within=sorted({*within, other})) <= found()
    assert (
        found(**{"except": sorted({*within, other})})
        <= found(**{"except": sorted(within)})
        == found() - found(within=sorted(within))
    )


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("{every: sozialraume}", "matrix.area.every: unknown level 'sozialraume'; did you mean: sozialraum?"),
        ("{every: stadt, within: '1'}", "within: no area of the level stadt lies within 1; the levels there are: lebensraum, sozialraum"),
        ("{every: sozialraum, within: ['1', '4']}", "within.1: unknown area '4'; did you mean: 0, 1, 2?"),
        ("{every: sozialraum, except: ['11']}", "except.0: '11' is not among the areas chosen; remove it"),
        ("{every: sozialraum, except: ['1', '2', '3']}", "except: nothing is left of the 3 areas"),
        ("{every: sozialraum, with_more_than: {people: 1}}", "with_more_than.people: unknown measure 'people'"),
        ("{every: sozialraum, with_more_than: {population: 9000}}", "with_more_than.population: none of 3 areas fits; the nearest is 1 with 2500"),
        ("{every: lebensraum, with_fewer_than: {population: 10}}", "with_fewer_than.population: none of 4 areas fits; the nearest is 21 with 900"),
        ("{every: sozialraum, with_more_than: {households: 1}}", "with_more_than.households: 'households' is hidden or missing in all 3 areas"),
    ],
)  # fmt: skip
def test_a_choice_that_comes_to_nothing_is_a_fault_with_the_nearest_that_would(notebooks, choice, said):
    (fault,) = faults(notebooks, entry(f"{{area: {choice}}}"))
    assert fault.startswith("plans/p.yml, line 6, runs.0.matrix.area.")
    assert fault.endswith(said)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("{level: sozialraum}", "matrix.area.level: this key is not known here"),
        ("{every: sozialraum, with_more_than: 1000}", "matrix.area.with_more_than: "),
        ("{every: sozialraum, with_more_than: {population: many}}", "matrix.area.with_more_than.population: "),
        ("{every: sozialraum, with_more_than: {population: -1}}", "matrix.area.with_more_than.population: "),
        ("{within: '1'}", "matrix.area.every: this key is missing"),
        ("sozialraum", "matrix.area: "),
        ("all", "matrix.area: 'area' takes a list, or: {every: LEVEL}"),
        ("{last: 2}", "matrix.area: 'area' takes a list, or: {every: LEVEL}"),
    ],
)
def test_a_choice_of_another_form_is_a_fault_with_its_line(notebooks, choice, said):
    found = faults(notebooks, entry(f"{{area: {choice}}}"))
    assert {fault.split(", ")[1] for fault in found} == {"line 6"}
    assert said in "\n".join(found)


def test_a_choice_makes_a_run_each_and_every_run_says_where_it_comes_from(notebooks):
    runs = read(
        notebooks,
        entry("{target_group: [older], area: {every: sozialraum, except: ['3']}}", name="x-{target_group}-{area}"),
    )
    assert [(run.id, run.parameters["area"]) for run in runs] == [("x-older-1", "1"), ("x-older-2", "2")]
    selection = Selection("x-{target_group}-{area}", "area", ("1", "2"), of=2)
    assert [run.selections for run in runs] == [(selection,)] * 2


def test_a_title_may_name_the_area(notebooks):
    text = entry("{area: {every: divided_area}}") + "    title: {de: 'In {area_name} ({area})', en: 'In {area_name}'}\n"
    assert [run.title for run in read(notebooks, text)] == ["In Nord (1)", "In Süd (2)"]


@pytest.mark.parametrize(
    ("group", "date", "dates"),
    [
        ("older", "all", ["2007-12-31", "2011-12-31"]),
        ("children", "all", ["2011-12-31"]),
        ("older", "last", ["2011-12-31"]),
        ("older", "{last: 1}", ["2011-12-31"]),
        ("older", "{last: 9}", ["2007-12-31", "2011-12-31"]),
        ("older", "{since: 2007-12-31}", ["2007-12-31", "2011-12-31"]),
        ("older", "{since: 2008-01-01}", ["2011-12-31"]),
    ],
)
def test_dates_are_those_of_the_target_group(notebooks, group, date, dates):
    runs = read(notebooks, entry(f"{{date: {date}}}", f"{{target_group: {group}}}", "x-{date}"))
    assert [run.parameters["date"] for run in runs] == dates


def test_each_target_group_has_dates_of_its_own_wherever_it_stands(notebooks):
    for matrix in ("{date: all, target_group: [older, children]}", "{target_group: [older, children], date: all}"):
        ids = [run.id for run in read(notebooks, entry(matrix, name="{target_group}-{date}"))]
        assert ids == ["older-2007-12-31", "older-2011-12-31", "children-2011-12-31"]


@pytest.mark.parametrize(
    ("matrix", "parameters", "said"),
    [
        ("{date: {since: 2012-01-01}}", "{target_group: older}", "date.since: the target group older has no values since 2012-01-01; the last ones are of 2011-12-31"),
        ("{date: all}", "{target_group: families}", "date: the target group families has no values at any date"),
        ("{date: {every: sozialraum}}", "{}", "date: 'date' takes a list, or: all, last, {last: 3}, {since: 2015-12-31}"),
        ("{target_group: last}", "{}", "target_group: 'target_group' takes a list, or: all"),
        ("{years: all}", "{}", "'years' is of the type int | None"),
    ],
)  # fmt: skip
def test_a_choice_of_dates_or_groups_that_comes_to_nothing_is_a_fault(notebooks, matrix, parameters, said):
    assert said in faults(notebooks, entry(matrix, parameters, "x"))[0]


def test_all_target_groups_are_those_with_values(notebooks):
    runs = read(notebooks, entry("{target_group: all}", name="x-{target_group}"))
    assert [run.id for run in runs] == ["x-older", "x-children"]
    assert runs[0].selections[0].unknown == ("families",)


def test_an_entry_may_have_languages_of_its_own(notebooks):
    text = HEAD.replace("runs:", "languages: [en, de]\nruns:")
    text += "  - {id: a, notebook: trend}\n  - {id: b, notebook: trend, languages: [de]}\n"
    assert [run.key for run in read(notebooks, text)] == ["a.en", "a.de", "b.de"]
    plan = notebooks / "plans" / "p.yml"
    assert [run.key for run in read_plan(plan, notebooks, "en")] == ["a.en", "b.en"]


OPEN = "{target_group: [older], area: {every: sozialraum}}"


@pytest.mark.parametrize("only", ["x-older-1", "x-older-99", "x-*", "*-1"])
def test_before_the_town_is_opened_an_id_may_be_one_that_a_choice_makes(notebooks, only):
    runs = read(notebooks, entry(OPEN, name="x-{target_group}-{area}"), facts=False)
    assert [run.id for run in choose(runs, [only])] == ["x-older-{area}"]


@pytest.mark.parametrize("only", ["x-children-1", "older-1"])
def test_before_the_town_is_opened_an_id_that_no_choice_can_make_is_refused(notebooks, only):
    runs = read(notebooks, entry(OPEN, name="x-{target_group}-{area}"), facts=False)
    with pytest.raises(UsageError, match=only):
        choose(runs, [only])


@pytest.mark.parametrize("name", ["x-{0}", "x-{are}", "{area.__class__}"])
def test_only_what_is_chosen_may_stay_open_in_an_id(notebooks, name):
    with pytest.raises(DataError, match="cannot be an id"):
        read(notebooks, entry("{area: {every: sozialraum}}", name=name), facts=False)


ENTRIES = [
    "  - {id: 'a-{area}', notebook: trend, matrix: {area: {every: sozialraum}}}\n",
    "  - {id: 'b-{target_group}', notebook: trend, matrix: {target_group: all}}\n",
    "  - {id: 'c-{date}-{area}', notebook: trend, matrix: {date: all, area: ['1', '2']}}\n",
    "  - {id: d, notebook: trend}\n",
]


@settings(deadline=None, max_examples=6)
@given(order=st.permutations(ENTRIES))
def test_the_order_of_entries_does_not_change_ids(tmp_path_factory, order):
    notebooks = tmp_path_factory.getbasetemp() / "ordered"
    write(notebooks / "trend.ipynb", DATED)
    made = {json.dumps([run.id, run.address, dict(run.parameters)]) for run in read(notebooks, HEAD + "".join(order))}
    assert made == {
        json.dumps([run.id, run.address, dict(run.parameters)]) for run in read(notebooks, HEAD + "".join(ENTRIES))
    }
