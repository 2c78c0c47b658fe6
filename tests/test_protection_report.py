"""What is hidden, counted and said: in the house with the reasons, to the public only how much."""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from sozialanalyse import quality
from sozialanalyse.disclosure import preview as previews
from sozialanalyse.disclosure.about import AlteredMeasure, Excluded
from sozialanalyse.disclosure.costs import OTHERS, WHY, costs_of
from sozialanalyse.disclosure.ledger import record
from sozialanalyse.disclosure.protection import protect
from sozialanalyse.errors import UsageError
from sozialanalyse.findings import protection
from sozialanalyse.language import keys_of
from tests.released import RULES, write_town

if TYPE_CHECKING:
    from pathlib import Path

OWN = "sgb2_recipients"
YEARS = ("2023-12-31", "2024-12-31")
CHILDREN = {
    "2023-12-31": {"11": 20, "12": 40, "13": 25, "21": 60, "22": 31, "23": 18},
    "2024-12-31": {"11": 3, "12": 40, "13": 25, "21": 60, "22": 31, "23": 18},
}
"""Only in the last year something is too small: three children in Anger. Berg and Camp are hidden with them, since Nord is shown."""

PEOPLE = {"0-14": 200, "15-64": 700, "65+": 100}


def counts(children: dict[str, dict[str, int]] = CHILDREN) -> str:
    rows = []
    for day, areas in children.items():
        rows += [f"{area},{day},{OWN},,0-14,{count}," for area, count in areas.items()]
        rows += [f"{area},{day},population,,{age},{number}," for area in areas for age, number in PEOPLE.items()]
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    """Keep what is made out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOZIALANALYSE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_town(tmp_path_factory.mktemp("town") / "klein", counts())


@pytest.fixture(scope="module")
def examined(folder):
    return quality.examine(folder)


@pytest.fixture(scope="module")
def released(folder):
    return sa.open_for("public", town=folder)


@pytest.fixture(scope="module")
def in_house(folder, released):
    return costs_of(released, sa.open_town(folder))


# ------------------------------------------------------------------------------------------------------------------- counted


def test_hidden_counts_of_each_measure_and_date(released):
    found = costs_of(released).tables
    assert [(row.measure, str(row.period_end.date()), row.cells, row.hidden) for row in found.itertuples()] == [
        (OWN, "2023-12-31", 9, 0),
        (OWN, "2024-12-31", 9, 3),
    ]
    assert found["share"].tolist() == [0, 3 / 9]


def test_the_house_knows_why(in_house):
    last = in_house.tables.iloc[-1]
    assert {name: last[name] for name in WHY if last[name]} == {"too_few": 1, OTHERS: 2}


def test_reasons_add_up_to_what_is_hidden(in_house):
    assert in_house.tables[list(WHY)].sum(axis="columns").tolist() == in_house.tables["hidden"].tolist()


def test_areas_and_people_without_a_value(in_house):
    found = in_house.indicators
    last = found[(found["indicator"] == "kinderarmut") & (found["period_end"] == "2024-12-31")]
    assert [(row.level, row.areas, row.hidden, row.residents, row.people) for row in last.itertuples()] == [
        ("stadt", 1, 0, 0.0, 0),
        ("bezirk", 2, 0, 0.0, 0),
        ("ortsteil", 6, 3, 0.5, 3 + 40 + 25),
    ]


def test_the_public_learns_neither_reasons_nor_people(released):
    """Reasons would tell small counts from those that protect them."""
    found = costs_of(released)
    assert not found.is_internal
    assert not {*WHY, "people"} & {*found.tables, *found.indicators}


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Path:
    """Another town: four children live in Anger, as everybody knows; in Feld two of 200 are not concerned; no old people."""
    rows = counts({YEARS[1]: CHILDREN[YEARS[1]] | {"23": 198}})
    rows = rows.replace(f"11,{YEARS[1]},population,,0-14,200", f"11,{YEARS[1]},population,,0-14,4")
    kept = [line for line in rows.splitlines() if ",65+," not in line]
    return write_town(tmp_path_factory.mktemp("town") / "other", "\n".join(kept) + "\n")


def test_other_reasons(other):
    town = sa.open_town(other)
    tables = costs_of(sa.open_for("public", town=other), town).tables
    assert {name: tables[name].sum() for name in WHY if tables[name].any()} == {
        "public_denominator_too_small": 1,
        "complement_too_few": 1,
        OTHERS: 4,
    }


def test_without_residents_their_share_is_not_known(other):
    found = costs_of(sa.open_for("public", town=other)).indicators
    assert found.loc[found["hidden"] > 0, "residents"].isna().all()


# ------------------------------------------------------------------------------------------------------- the page of the house


@pytest.fixture(scope="module")
def shown(examined):
    return protection.of_public_release(examined, "en")


def test_the_page_says_how_much_why_and_at_what_cost(examined, shown):
    lines = shown.text.splitlines()
    assert lines[0] == (
        "Of 18 counts that are not public anyway, 3 would be hidden (16.7%): 1 because of what they count, 2 to protect those."
    )
    poor, counted = examined.data.catalogue.indicator("kinderarmut"), examined.data.catalogue.measure(OWN).label.en
    assert f"{poor.label.en}\tquarters\t31\xa0December\xa02024\t6\t3\t50.0%\t68" in lines
    assert f"{counted}\t0/9\t3/9" in lines  # 2023 and 2024
    assert "Measure\tHidden\ttoo few\tprotects others" in lines
    assert f"{counted}\t3\t1\t2" in lines
    (protected,) = [line for line in lines if "proven: at most 5 % more is hidden than must be\t" in line]
    assert protected.split("\t")[:2] + protected.split("\t")[3::2] == [counted, "1", "3", "0%"]


def test_tables_can_be_read_aloud(shown):
    html = str(shown.html)
    assert html.count("<table>") == html.count("<caption>") == 4
    assert html.count("<th scope='row'>") >= 4
    assert html.count("<details>") == html.count("<summary>") == 3


def test_the_page_names_the_proof_that_was_asked_for():
    assert inspect.signature(protect).parameters["gap"].default == 0.05, "pages say: at most 5 % more"


def test_what_cannot_be_protected_is_a_page_and_no_traceback(tmp_path):
    """All was shown; now 17 of Anger's 20 children are moved to Berg. Whoever knows one of the two would know the other."""
    before = {YEARS[1]: CHILDREN[YEARS[0]]}
    folder = write_town(tmp_path / "town", counts(before))
    record(
        sa.write_release(sa.release(sa.open_town(folder)), tmp_path / "first.release"),
        folder / "releases",
        date(2025, 3, 1),
    )
    write_town(folder, counts({YEARS[1]: before[YEARS[1]] | {"11": 3, "12": 57}}))
    first, second, *_, last = protection.of_public_release(quality.examine(folder), "en").text.splitlines()
    assert (
        first == "Nothing can be released to the public: these counts cannot be protected, whatever is hidden besides."
    )
    assert second.startswith(f"area 11: {OWN} (0-14, {YEARS[1]})")
    assert "12 Berg" in second, "the cells that give it away"
    assert "zeros: may_be_hidden" in last, "the remedies"


def test_faulty_rules_are_a_page_too(tmp_path):
    town = quality.examine(write_town(tmp_path / "town", counts(), RULES.replace("public: 5", "public: 2")))
    text = protection.of_public_release(town, "en").text
    assert text.startswith("Nothing can be released to the public until these faults are mended.\ndisclosure.yml")


def test_what_the_promise_excludes_is_listed(other):
    town = quality.examine(other)
    lines = protection.of_public_release(town, "en").text.splitlines()
    label = town.data.catalogue.measure(OWN).label.en
    assert f"{label}\tbelongs to a group whose size everybody knows and which is too small itself\t–\t1" in lines


def test_a_release_that_was_made_before_is_used(examined, shown, released, tmp_path, monkeypatch):
    """The one that was kept has been used by all tests above; here it is a file that is given."""
    sa.write_release(released, tmp_path / "town.release")
    monkeypatch.setattr("sozialanalyse.disclosure.keeping.release", None)
    assert protection.of_public_release(examined, "en", tmp_path / "town.release").text == shown.text


def test_marks_with_their_bounds_tables_without_insiders_and_altered_measures_are_listed(examined, released, tmp_path):
    label = examined.data.catalogue.measure(OWN).label.en
    mark = {"measure": OWN, "sex": "all", "age_from": 0, "age_to": 14, "period_end": "2024-12-31", "reason": "marked"}
    bounds = {"11": (1, 9), "1": (2, 18)}
    marks = [Excluded(area=area, least=least, greatest=most, **mark) for area, (least, most) in bounds.items()]
    first, *others = released.about.hiding
    other = AlteredMeasure(
        measure=OWN, method="rounding", base=5, off=4, additive=True, changed=0.75, mean=1.25, largest=4
    )
    hiding = (first.model_copy(update={"insider": False}), *others)
    about = released.about.model_copy(update={"excluded": tuple(marks), "hiding": hiding, "altered": (other,)})
    sa.write_release(replace(released, about=about), tmp_path / "town.release")
    text = protection.of_public_release(examined, "en", tmp_path / "town.release").text
    assert f"{label}\tits deliverer has published the mark and its bounds\t1–18\t2" in text.splitlines()
    assert f"{label}\trounded\t75%\t1.3\t4\tyes" in text.splitlines()
    assert f"but for 1 of {len(hiding)} tables" in text
    assert "Where one hidden count may tell another" in text


def test_a_release_for_others_is_refused(examined, released, tmp_path):
    about = released.about.model_copy(update={"audience": "administration"})
    sa.write_release(replace(released, about=about), tmp_path / "town.release")
    with pytest.raises(UsageError, match="a release of Klein for administration"):
        protection.of_public_release(examined, "en", tmp_path / "town.release")


def test_a_page_never_waits_for_the_release_of_a_large_town(examined, tmp_path, monkeypatch):
    monkeypatch.setattr(previews, "MOST_COUNTS", 3)
    monkeypatch.setenv("SOZIALANALYSE_CACHE", str(tmp_path))
    assert "too large to make one for this page" in protection.of_public_release(examined, "en").text


def test_of_faulty_files_nothing_is_shown(tmp_path):
    assert protection.of_public_release(quality.examine(write_town(tmp_path / "town", "01,x,\n")), "de").text == ""


# ---------------------------------------------------------------------------------------------------------------- public pages


def view_of(released, **changes):
    return sa.View(released, "children", **({"language": "en", "level": "ortsteil"} | changes))


def test_a_public_page_says_how_many_of_its_values_are_confidential(released):
    view = view_of(released)
    shown = protection.on_this_page(view, view.frame)
    first, second, third = shown.text.splitlines()
    assert first == "Kept confidential are 3 of the 14 values that this page could show."
    assert second.startswith("Confidential does not mean zero and does not mean not delivered")
    assert "docs/disclosure.md" in third


def test_its_numbers_have_keys(released):
    view = view_of(released)
    html = str(protection.on_this_page(view, view.frame).html)
    assert '<data value="number|found|hidden">3</data> of the <data value="number|shown|all">14</data>' in html
    assert keys_of(html) == []


def test_only_the_areas_of_the_page_count(released):
    """South has nothing to hide, and its page is silent on what North hides."""
    view = view_of(released, area="2")
    assert protection.on_this_page(view, view.frame).text.startswith("No value of this page is kept confidential.")


def test_pages_of_those_who_see_the_counts_say_nothing(folder):
    everything = sa.View(sa.open_for("statistics_unit", town=folder), "children", audience="statistics_unit")
    assert protection.on_this_page(everything, everything.frame).text == ""


@pytest.mark.parametrize("name", ["trend", "comparison"])
def test_every_page_for_the_public_ends_with_it(root, name):
    cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    assert "sa.protection.on_this_page(view, " in "".join(cells[-1]["source"])
