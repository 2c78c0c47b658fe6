"""Every message that readers see has a German form with the same placeholders."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from babel.messages import pofile

from tests.messages import collect, tables_not_collected

if TYPE_CHECKING:
    from pathlib import Path

PLACEHOLDER = re.compile(r"\{(\w+)")


@pytest.fixture(scope="module")
def german() -> dict[str, tuple[str, ...]]:
    """Each message id of the catalogue with its German forms."""
    source = resources.files("sozialanalyse") / "locale" / "de" / "LC_MESSAGES" / "sozialanalyse.po"
    with source.open("rb") as file:
        catalogue = pofile.read_po(file, locale="de")
    forms: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        forms.update(dict.fromkeys(ids, texts))
    return forms


def test_every_message_is_translated(german: dict[str, tuple[str, ...]]) -> None:
    missing = {text: place for text, place in collect().items() if not all(german.get(text, ("",)))}
    assert missing == {}


def test_tables_of_messages_say_by_their_names_that_they_are() -> None:
    assert tables_not_collected() == set()


def test_templates_are_translated(root: Path, german: dict[str, tuple[str, ...]]) -> None:
    used = {
        text
        for path in (root / "sozialanalyse" / "batch" / "templates").rglob("*.j2")
        for text in re.findall(r'text\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert {text for text in used if not all(german.get(text, ("",)))} == set()


def test_translations_fill_the_same_placeholders(german: dict[str, tuple[str, ...]]) -> None:
    wrong = {
        text: forms
        for text, forms in german.items()
        if text and any(set(PLACEHOLDER.findall(form)) - set(PLACEHOLDER.findall(text)) for form in forms)
    }
    assert wrong == {}


def test_no_translation_is_left_over(german: dict[str, tuple[str, ...]], root: Path) -> None:
    """A message that nothing says any more is taken out of the catalogue."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("*.py", "*.j2")
        for path in (root / "sozialanalyse").rglob(folder)
    )
    flat = re.sub(r'"\s*\n\s*(?:f?)"', "", source).replace('\\"', '"')
    assert {text for text in german if text and text not in flat} == set()
