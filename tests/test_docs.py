"""What the documentation says of files is true: each example is read by the model of its file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from sozialanalyse.batch.plan import read_plan
from sozialanalyse.catalogue import RECIPES, shipped, with_town
from sozialanalyse.cli.facts import facts_of
from sozialanalyse.documents import parse_document
from sozialanalyse.loading.appearance import with_appearance
from sozialanalyse.loading.corrections import CorrectionsFile
from sozialanalyse.loading.expectations import Check, Expectations
from sozialanalyse.loading.mapping import Mapping
from sozialanalyse.loading.offers import NEEDED, OPTIONAL
from sozialanalyse.loading.town_file import TownBreak, TownFile
from sozialanalyse.town import open_town
from tests import small_town

DOCS = Path(__file__).resolve().parent.parent / "docs"
DELIVERIES = (DOCS / "deliveries.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", DELIVERIES, re.MULTILINE | re.DOTALL)


PLANS = re.findall(r"^```yaml\n(.*?)^```$", (DOCS / "plans.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

INDICES = re.findall(
    r"^```yaml\n(.*?)^```$", (DOCS / "indices.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


def with_key(key: str) -> list[str]:
    return [text for text in EXAMPLES if f"\n{key}:" in f"\n{text}"]


@pytest.mark.parametrize("text", with_key("values"), ids=lambda text: text.splitlines()[1])
def test_examples_of_mappings_are_mappings(text):
    assert parse_document(text, Mapping, "example.yml").content.values


@pytest.mark.parametrize("text", [*PLANS, INDICES[1]], ids=lambda text: text.splitlines()[1])
def test_examples_of_plans_can_be_carried_out(text, root, tmp_path):
    """On the invented town: notebooks, parameters, areas and dates are there."""
    (tmp_path / "example.yml").write_text(text, encoding="utf-8")
    (tmp_path / "standard.yml").write_text((root / "notebooks/plans/standard.yml").read_text("utf-8"), "utf-8")
    assert read_plan(tmp_path / "example.yml", root / "notebooks", facts=facts_of(open_town(root / "data/musterstadt")))


def test_the_example_of_a_correction_is_one():
    (text,) = with_key("corrections")
    (correction,) = parse_document(text, CorrectionsFile, "corrections.yml").content.corrections
    assert (correction.expected, correction.value) == ("15260", "12560")


def test_the_example_of_a_break_is_one():
    (text,) = with_key("breaks")
    assert TownBreak.model_validate(yaml.safe_load(text)["breaks"][0]).measures == ("unemployed",)


def test_the_example_of_what_is_accepted_is_read():
    (text,) = with_key("checks")
    assert Expectations.model_validate(yaml.safe_load(text)["checks"]).accept[0].area == "0103"


def test_the_example_of_what_stands_on_pages_is_read():
    (text,) = re.findall(
        r"^```yaml\n(.*?)^```$", (DOCS / "pages.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    town = with_appearance(
        parse_document(small_town.TOWN + text.replace("  logo: logo.svg\n", ""), TownFile, "town.yml"), Path
    )
    assert town.site.colours.accent_dark
    assert town.consultation.required


def test_the_examples_of_an_index_are_read(tmp_path):
    recipe, _, decision = INDICES
    (tmp_path / RECIPES).mkdir()
    (tmp_path / RECIPES / "ours.yml").write_text(recipe, encoding="utf-8")
    assert with_town(shipped(), tmp_path).recipe("unser_index").status.limits == "share"
    assert parse_document(small_town.TOWN + decision, TownFile, "town.yml").content.indices["hamburg_rise"].by.en


def test_the_examples_of_offers_are_read():
    text = (DOCS / "offers.md").read_text(encoding="utf-8")
    named, declared = (
        parse_document(small_town.TOWN + example, TownFile, "town.yml").content.offers
        for example in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    )
    assert named.file == "bestand.xlsx"
    assert declared.needs[0].kinds[-1] == declared.kinds[0].id == "repair_cafe"
    assert [name for name in (*NEEDED, *OPTIONAL) if f"`{name}`" not in text] == []


def test_every_check_is_described():
    assert [name for name in get_args(Check) if f"`{name}`" not in DELIVERIES] == []


@pytest.mark.parametrize("document", sorted(DOCS.glob("*.md")), ids=lambda document: document.stem)
def test_links_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []
