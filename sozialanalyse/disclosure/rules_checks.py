"""What is wrong with the rules of a town although each is right in itself: names that nobody knows, and rules that meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.disclosure.rules_file import DisclosureRule, RulesFile
    from sozialanalyse.documents import Document
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading.town_file import TownFile

MESSAGES = {
    "source": "'{name}' is no source of the town; did you mean: {near}?",
    "measure": "measure '{name}' is not in the catalogue; did you mean: {near}?",
    "id": "the id '{name}' stands twice, also in line {line}; call one of them otherwise",
    "default": "the id '{name}' is that of the default; choose another",
    "twice": "'{name}' is already in the rule of line {line}; a source or measure has one rule",
    "rounding": "the source '{name}' is rounded to {found} in the town's file, here to {said}; say it once, or the same",
}


def find_faults(document: Document[RulesFile], town: TownFile, catalogue: Catalogue, default: str) -> Iterator[Fault]:
    """List what does not fit the town, its catalogue, or another rule.

    Parameters
    ----------
    document
        The rules.
    town, catalogue
        What the town declares.
    default
        Id that no rule may have.
    """
    known = {"sources": list(town.sources), "measures": [measure.id for measure in catalogue.measures]}
    seen: dict[tuple[str, str], int] = {}
    for number, rule in enumerate(document.content.rules):
        yield from _faults_of_id(document, number, default, seen)
        for key, names in known.items():
            for position, name in enumerate(getattr(rule, key)):
                place = ("rules", number, key, position)
                if name not in names:
                    yield document.fault(place, MESSAGES[key[:-1]], name=name, near=nearest(name, names))
                elif (key, name) in seen:
                    line = document.place(("rules", seen[key, name])).row
                    yield document.fault(place, MESSAGES["twice"], name=name, line=line)
                seen.setdefault((key, name), number)
        yield from _faults_of_rounding(document, number, rule, town)


def _faults_of_id(
    document: Document[RulesFile], number: int, default: str, seen: dict[tuple[str, str], int]
) -> Iterator[Fault]:
    place, name = ("rules", number, "id"), document.content.rules[number].id
    if name == default:
        yield document.fault(place, MESSAGES["default"], name=name)
    elif ("id", name) in seen:
        line = document.place(("rules", seen["id", name])).row
        yield document.fault(place, MESSAGES["id"], name=name, line=line)
    seen.setdefault(("id", name), number)


def _faults_of_rounding(
    document: Document[RulesFile], number: int, rule: DisclosureRule, town: TownFile
) -> Iterator[Fault]:
    for name in rule.sources:
        source = town.sources.get(name)
        if source and source.rounded_to and rule.rounded_to and source.rounded_to != rule.rounded_to:
            said = {"name": name, "found": source.rounded_to, "said": rule.rounded_to}
            yield document.fault(("rules", number, "rounded_to"), MESSAGES["rounding"], **said)
