"""Rules of disclosure control: what holds for which counts and readers, what is refused, and that nothing is unprotected by oversight."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.catalogue import Catalogue, shipped, with_town
from sozialanalyse.disclosure.primary import Reason
from sozialanalyse.disclosure.rules import AUDIENCES, DEFAULTS, Rules, load_rules, shipped_default, sources_of
from sozialanalyse.disclosure.rules_file import CellKey, DisclosureRule, Dominance, RulesFile, Zeros
from sozialanalyse.documents import parse_document, read
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.loading.town_file import TownFile
from tests.small_town import TOWN

ROOT = Path(__file__).resolve().parent.parent

TOWN_FILE = parse_document(
    TOWN + "  agency: {name: {de: BA, en: BA}, publisher: BA, licence: CC0}\n"
    "  pensions: {name: {de: Rente, en: pensions}, publisher: RV, licence: CC0, rounded_to: 5}\n",
    TownFile,
    "town.yml",
).content

SOURCES = {
    "population": ("register",),
    "unemployed": ("agency",),
    "sgb2_recipients": ("agency", "register"),
    "severely_disabled": ("pensions",),
    "care_recipients": ("register", "nobody"),
}

SAID = "basis: {de: Satzung, en: by-law}, review: open, approved_by: Statistikstelle, approved: 2025-03-03"


def written(*rules: str) -> str:
    return "schema: 1\nrules:\n" + "".join(f"  - {{{rule}, {SAID}}}\n" for rule in rules)


REGISTER = "id: register, sources: [register], audiences: {statistics_unit: 1, administration: 3, public: 5}"
AGENCY = "id: agency, sources: [agency], audiences: {administration: 3, public: 10}, zeros: published, symbol: x"
KNOWN = "id: known, measures: [population], public: true"


def rules_of(folder: Path, *rules: str, text: str = "") -> Rules:
    if rules or text:
        (folder / "disclosure.yml").write_text(text or written(*rules), encoding="utf-8")
    return load_rules(folder, TOWN_FILE, shipped(), SOURCES)


def faults_of(folder: Path, *rules: str, text: str = "") -> list[str]:
    with pytest.raises(DataError) as error:
        rules_of(folder, *rules, text=text)
    return [str(fault) for fault in error.value.faults]


@pytest.mark.parametrize(
    ("measure", "audience", "id_", "k", "zeros", "is_open"),
    [
        ("population", "public", "known", 1, "may_be_hidden", True),  # the measure goes before its source
        ("unemployed", "public", "agency", 10, "published", False),
        ("unemployed", "administration", "agency", 3, "published", False),
        ("unemployed", "statistics_unit", "agency", 3, "published", False),  # not named: as the next stricter one
        (
            "sgb2_recipients",
            "public",
            "agency+register",
            10,
            "may_be_hidden",
            False,
        ),  # of two sources the strictest of each
        ("sgb2_recipients", "administration", "agency+register", 3, "may_be_hidden", False),
        ("severely_disabled", "public", "default", 10, "may_be_hidden", False),  # no rule: as strict as the strictest
        ("severely_disabled", "statistics_unit", "default", 3, "may_be_hidden", False),
        ("care_recipients", "public", "default+register", 10, "may_be_hidden", False),  # one of its sources has none
        ("dwellings", "public", "default", 10, "may_be_hidden", False),  # not delivered
    ],
)
def test_which_rule_holds(tmp_path, measure, audience, id_, k, zeros, is_open):
    rule = rules_of(tmp_path, REGISTER, AGENCY, KNOWN).of(measure, audience)
    assert (rule.id, rule.k, rule.zeros, rule.is_open) == (id_, k, zeros, is_open)


def test_a_rule_says_what_it_rests_on_and_who_answers_for_it(tmp_path):
    rule = rules_of(tmp_path, AGENCY).of("unemployed", "public")
    assert (rule.basis.de, rule.reference, rule.review) == ("Satzung", None, "open")
    assert (rule.approved_by, rule.approved, rule.symbol) == ("Statistikstelle", dt.date(2025, 3, 3), "x")


def test_a_town_without_a_file_is_protected(tmp_path):
    rules = rules_of(tmp_path)
    assert (rules.file, rules.rules) == (None, ())
    assert [rules.of("unemployed", audience).k for audience in AUDIENCES] == [1, 5, 5]
    assert rules.of("unemployed", "public").saturated
    assert rules.is_default("unemployed")


def test_the_default_is_no_more_generous_than_any_rule_but_locates_no_building(tmp_path):
    strict = (
        "id: strict, measures: [unemployed], audiences: {public: 25}, zeros: hidden, width: 4, single_building: true"
    )
    rule = rules_of(tmp_path, strict).of("dwellings", "public")
    assert (rule.k, rule.zeros, rule.width, rule.single_building, rule.method.name) == (
        25,
        "hidden",
        4,
        False,
        "suppression",
    )


def test_rounding_of_the_deliverer_comes_from_the_town_or_the_rule(tmp_path):
    assert rules_of(tmp_path).of("severely_disabled", "public").rounded_to == 5
    rules = rules_of(tmp_path, f"{AGENCY}, rounded_to: 3")
    assert rules.of("unemployed", "public").rounded_to == 3
    assert rules.of("sgb2_recipients", "public").rounded_to == 3
    assert rules.of("population", "public").rounded_to is None


def test_methods_and_rules_for_amounts_are_read(tmp_path):
    noisy = f"{AGENCY}, method: {{name: cell_key, deviation: 2, variance: 1.05}}"
    amounts = f"{REGISTER}, dominance: {{n: 2, share: 0.85}}, p_percent: 10, contributions: who.csv, method: {{name: rounding, base: 5}}"
    rules = rules_of(tmp_path, noisy, amounts)
    assert rules.of("unemployed", "public").method == CellKey(name="cell_key", deviation=2, variance=1.05)
    rule = rules.of("population", "public")
    assert (rule.dominance, rule.p_percent, rule.contributions) == (Dominance(n=2, share=0.85), 10, "who.csv")
    assert rule.method.name == "rounding"
    assert rules.of("sgb2_recipients", "public").method.name == "suppression"  # the two sources do not agree
    assert rules.of("population", "statistics_unit").method.name == "suppression"  # open: nothing is rounded


def test_an_unknown_audience_is_refused():
    with pytest.raises(UsageError, match="unknown audience 'pubic'; did you mean: public"):
        Rules(shipped_default()).of("population", "pubic")


def test_the_hash_depends_on_what_is_said_and_not_on_how(tmp_path):
    one = rules_of(tmp_path, REGISTER, AGENCY).hash
    assert rules_of(tmp_path, AGENCY, REGISTER).hash == one
    assert rules_of(tmp_path, text="# a comment\n" + written(REGISTER, AGENCY)).hash == one
    assert rules_of(tmp_path, REGISTER, AGENCY.replace("public: 10", "public: 9")).hash != one
    assert load_rules(tmp_path, TOWN_FILE, shipped(), SOURCES | {"unemployed": ("register",)}).hash != one


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (REGISTER.replace("[register]", "[registr]"), "sources.0: 'registr' is no source of the town; did you mean: register"),
        (KNOWN.replace("population", "populaton"), "measures.0: measure 'populaton' is not in the catalogue; did you mean: popu"),
        (REGISTER.replace("id: register", "id: default"), "id: the id 'default' is that of the default; choose another"),
        ("id: none, audiences: {public: 5}", "measures: say what the rule concerns: sources, measures, or both"),
        ("id: bare, sources: [agency]", "audiences: say what each audience may see under 'audiences', or that the counts are"),
        (f"{REGISTER}, public: true", "audiences: say what each audience may see under 'audiences', or that the counts are"),
        (
            "id: more, sources: [agency], audiences: {administration: 10, public: 5}",
            "audiences.public: no audience may see smaller counts than the one before",
        ),
        ("id: part, sources: [agency], audiences: {administration: 3}", "audiences.public: say the smallest count that the public"),
        (f"{KNOWN}, single_building: true", "single_building: counts that point to one building are never 'public: true'"),
        (f"{REGISTER}, symbol: '/'", "symbol: digits, blanks and the signs of deliverers ( - . / * ) mean something else"),
        (f"{REGISTER}, symbol: '<5'", "symbol: digits, blanks and the signs of deliverers ( - . / * ) mean something else"),
        (f"{REGISTER}, method: {{name: rounding, base: 4}}", "method.base: Input should be 3, 5 or 10"),
        (
            f"{REGISTER}, method: {{name: cell_key, deviation: 2, variance: 1, not_shown: 2}}",
            "method.not_shown: no noise so small keeps these counts from appearing",
        ),
        (f"{REGISTER}, p_percent: 10", "contributions: dominance and p_percent need to know who brings what; name the table"),
        (f"{REGISTER}, kk: 5", "kk: this key is not known here"),
        ("id: five, sources: [pensions], rounded_to: 10, audiences: {public: 5}", "rounded_to: the source 'pensions' is rounded to 5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, rule, said):
    (fault,) = faults_of(tmp_path, rule)
    assert fault.startswith(f"disclosure.yml, line 3, rules.0.{said}")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("approved_by: X", "approved_by and approved belong together"),
        ("approved: 2025-03-03", "approved_by and approved belong together"),
        ("", "say who approved this as 'approved_by' and 'approved', or write 'approval: open', not both"),
        (
            "approved_by: X, approved: 2025-03-03, approval: open",
            "say who approved this as 'approved_by' and 'approved', or",
        ),
    ],
)
def test_somebody_answers_for_a_rule_or_nobody_does_openly(tmp_path, answer, said):
    rule = f"{AGENCY}, basis: {{de: a, en: a}}, review: open" + (f", {answer}" if answer else "")
    (fault,) = faults_of(tmp_path, text=f"schema: 1\nrules:\n  - {{{rule}}}\n")
    assert fault.startswith(f"disclosure.yml, line 3, rules.0.approval: {said}")


def test_all_faults_are_told_at_once(tmp_path):
    twice = AGENCY.replace("[agency]", "[agency, registr]")
    assert faults_of(tmp_path, AGENCY, twice) == [
        "disclosure.yml, line 4, rules.1.id: the id 'agency' stands twice, also in line 3; call one of them otherwise",
        (
            "disclosure.yml, line 4, rules.1.sources.0: 'agency' is already in the rule of line 3; a source or measure has one "
            "rule"
        ),
        "disclosure.yml, line 4, rules.1.sources.1: 'registr' is no source of the town; did you mean: register?",
    ]


def test_a_newer_file_is_refused(tmp_path):
    (fault,) = faults_of(tmp_path, text="schema: 2\nrules: []\n")
    assert "schema version 2 is not known; this release reads 1" in fault


@given(st.lists(st.integers(1, 30), min_size=3, max_size=3))
def test_no_audience_sees_more_than_the_one_before(ks):
    named = "schema: 1\nrules:\n  - {{id: r, measures: [population], {}, audiences: {{{}}}}}\n"
    text = named.format(SAID, ", ".join(f"{name}: {k}" for name, k in zip(AUDIENCES, ks, strict=True)))
    if ks != sorted(ks):
        with pytest.raises(DataError, match="no audience may see smaller counts"):
            parse_document(text, RulesFile, "disclosure.yml")
    else:
        rules = Rules(shipped_default(), parse_document(text, RulesFile, "disclosure.yml").content.rules)
        assert [rules.of("population", audience).k for audience in AUDIENCES] == ks
        thresholds = [rules.of("unemployed", audience).k for audience in AUDIENCES]
        assert thresholds == [max(pair) for pair in zip(ks, [1, 5, 5], strict=True)]


def test_sources_of_measures_are_those_of_the_counts():
    counts = pd.DataFrame({"measure": ["b", "a", "b", "b"], "source": ["y", "x", "x", "y"]}).astype("category")
    assert sources_of(counts) == {"a": ("x",), "b": ("x", "y")}


TOWNS = sorted(path.parent for path in ROOT.glob("data/*/town.yml"))


def declared(folder: Path) -> tuple[TownFile, Catalogue]:
    return read(folder / "town.yml", TownFile), with_town(shipped(), folder)


@pytest.mark.parametrize("folder", TOWNS, ids=lambda folder: folder.name)
def test_the_rules_of_our_towns_name_every_source(folder):
    town, catalogue = declared(folder)
    rules = load_rules(folder, town, catalogue)
    unnamed = set(town.sources) - {source for rule in rules.rules for source in rule.sources}
    assert unnamed <= {"lor"}  # polygons, no counts


NAMED = "# yaml-language-server: $schema="


@pytest.mark.parametrize(
    "path", [DEFAULTS, *(folder / "disclosure.yml" for folder in TOWNS)], ids=lambda path: path.parent.name
)
def test_our_rules_name_the_schema_that_an_editor_completes_them_by(path):
    text = path.read_text(encoding="utf-8")
    schema = (path.parent / text.splitlines()[0].removeprefix(NAMED)).resolve()
    name = "default" if path == DEFAULTS else "disclosure"
    assert schema == ROOT / "sozialanalyse" / "schema" / f"{name}.schema.json"
    content = yaml.load(text, Loader=yaml.BaseLoader)  # everything is text to it, as dates are to a schema
    assert set(content) <= set(json.loads(schema.read_text(encoding="utf-8"))["properties"])


def test_musterstadt_shows_nobody_where_an_accommodation_is():
    folder = ROOT / "data" / "musterstadt"
    rules = load_rules(folder, *declared(folder))
    assert rules.of("asylblg_recipients", "public").single_building
    assert rules.of("population", "public").is_open


DOCS = (ROOT / "docs" / "disclosure.md").read_text(encoding="utf-8")
EXAMPLES = [text for text in re.findall(r"^```yaml\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL) if "rules:" in text]


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: re.search(r"id: (\w+)", text)[1])
def test_examples_of_the_documentation_are_rules_of_musterstadt(text):
    town, catalogue = declared(ROOT / "data" / "musterstadt")
    rules = parse_document(text, RulesFile, "disclosure.yml").content.rules
    assert {source for rule in rules for source in rule.sources} <= set(town.sources)
    assert {measure for rule in rules for measure in rule.measures} <= {one.id for one in catalogue.measures}


def test_the_documentation_names_every_key_and_every_reason():
    words = [*DisclosureRule.model_fields, *(reason.name.lower() for reason in Reason), *get_args(Zeros)]
    assert [word for word in words if f"`{word}" not in DOCS] == []
