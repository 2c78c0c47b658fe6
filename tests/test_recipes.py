"""Recipes of an index: what a file may say, and what is wrong with it."""

from __future__ import annotations

import json

import pytest
import yaml

from sozialanalyse.catalogue import RECIPES, Recipe, shipped, with_town
from sozialanalyse.catalogue.recipes import IndexClass
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.index.making import neutral


def content(**changes: object) -> dict[str, object]:
    """A recipe of two indicators."""
    return {
        "schema": 1,
        "id": "ours",
        "label": {"de": "Unser Index", "en": "Our index"},
        "about": {"de": "Worum es geht.", "en": "What it is about."},
        "decided": {"de": "der Rat", "en": "the council"},
        "source": {"de": "eigenes Verfahren", "en": "own method"},
        "review": "open",
        "ingredients": [
            {"indicator": "kinderarmut", "direction": "higher_is_worse"},
            {"indicator": "childcare_under_3", "direction": "higher_is_better", "weight": 0.5},
        ],
        "transformation": "z",
        "status": {
            "classes": [
                {"id": "low", "below": 0, "label": {"de": "klein", "en": "small"}},
                {"id": "high", "label": {"de": "groß", "en": "great"}},
            ]
        },
        **changes,
    }


def write(folder, name="ours.yml", **changes):
    (folder / RECIPES).mkdir(exist_ok=True)
    plain = json.loads(json.dumps(content(**changes)))  # lest what stands twice becomes an alias
    text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)
    (folder / RECIPES / name).write_text(text, encoding="utf-8")
    return folder


def faults(folder):
    with pytest.raises(DataError) as caught:
        with_town(shipped(), folder)
    return str(caught.value)


def test_a_town_brings_its_own(tmp_path):
    found = with_town(shipped(), write(tmp_path)).recipe("ours")
    assert found.indicators == ("kinderarmut", "childcare_under_3")
    assert [entry.sign * entry.weight for entry in found.ingredients] == [1, -0.5]


def test_one_with_the_id_of_a_shipped_one_takes_its_place(tmp_path):
    catalogue = with_town(shipped(), write(tmp_path, id="plain"))
    assert [entry.id for entry in catalogue.recipes] == [entry.id for entry in shipped().recipes]
    assert catalogue.recipe("plain").label.en == "Our index"


def test_without_recipes_the_catalogue_stays_as_it_is(tmp_path):
    assert with_town(shipped(), tmp_path) is shipped()


def test_unknown_names_are_told_with_the_nearest(tmp_path):
    with pytest.raises(UsageError, match="unknown recipe 'hamburg'; did you mean: hamburg_rise"):
        shipped().recipe("hamburg")
    wrong = [{"indicator": "kinderarmt", "direction": "higher_is_worse"}]
    assert "ours.yml, line 17, ingredients.0.indicator: indicator 'kinderarmt' is not in the catalogue" in faults(
        write(tmp_path, ingredients=wrong)
    )


@pytest.mark.parametrize(
    ("ingredient", "said"),
    [
        ({"indicator": "population", "direction": "higher_is_worse"}, "cannot be part of an index: it is a count"),
        ({"indicator": "kinderarmut", "direction": "higher_is_better"}, "an index may not turn that round"),
        ({"indicator": "kinderarmut", "direction": "neutral"}, "ingredients.0.direction"),
        ({"indicator": "kinderarmut", "direction": "higher_is_worse", "weight": 0}, "ingredients.0.weight"),
    ],
)
def test_ingredients_that_cannot_be(ingredient, said, tmp_path):
    assert said in faults(write(tmp_path, ingredients=[ingredient]))


def test_an_indicator_twice(tmp_path):
    twice = [{"indicator": "kinderarmut", "direction": "higher_is_worse"}] * 2
    assert "an indicator stands twice" in faults(write(tmp_path, ingredients=twice))


def test_a_recipe_twice(tmp_path):
    assert "id 'ours' stands twice" in faults(write(write(tmp_path), "again.yml"))


def test_a_later_schema_is_refused(tmp_path):
    assert "schema version 2 is not known" in faults(write(tmp_path, schema=2))


LABEL = {"de": "x", "en": "x"}


@pytest.mark.parametrize(
    "classes",
    [
        [{"id": "a", "label": LABEL}, {"id": "b", "label": LABEL}],
        [{"id": "a", "below": 1, "label": LABEL}, {"id": "b", "up_to": 2, "label": LABEL}],
        [{"id": "a", "below": 1, "label": LABEL}, {"id": "b", "below": 1, "label": LABEL}, {"id": "c", "label": LABEL}],
        [{"id": "a", "below": 1, "label": LABEL}, {"id": "a", "label": LABEL}],
        [{"id": "a", "label": LABEL}],
    ],
    ids=["no limit", "limit of the last", "not rising", "id twice", "one class"],
)
def test_classes_that_cannot_be(classes, tmp_path):
    assert "status.classes" in faults(write(tmp_path, status={"classes": classes}))


def test_a_class_has_one_limit():
    with pytest.raises(ValueError, match="a class has one limit"):
        IndexClass(id="a", label=LABEL, below=1, up_to=1)


def test_a_limit_may_be_below_and_the_next_up_to_the_same_number(tmp_path):
    """Just the one value: below 0, 0 itself, above 0."""
    classes = [
        {"id": "a", "below": 0, "label": LABEL},
        {"id": "b", "up_to": 0, "label": LABEL},
        {"id": "c", "label": LABEL},
    ]
    found = with_town(shipped(), write(tmp_path, status={"classes": classes})).recipe("ours")
    assert [entry.limit for entry in found.status.classes] == [0, 0, None]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("plain", ()),
        ("berlin_mss", ()),
        ("hamburg_rise", ("migration_background_under_18", "children_of_lone_parents_share")),
    ],
)
def test_which_shipped_recipes_need_a_decision_of_the_town(name, found):
    assert neutral(shipped().recipe(name), shipped()) == found


def test_a_recipe_is_the_same_after_it_was_written_and_read():
    for recipe in shipped().recipes:
        assert Recipe.model_validate(recipe.model_dump(mode="json", by_alias=True)) == recipe
