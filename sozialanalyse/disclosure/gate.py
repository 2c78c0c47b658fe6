"""The gate: from a town to a Release, or to a refusal that says what cannot be protected and what would help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sozialanalyse.disclosure.about import AlteredMeasure
from sozialanalyse.disclosure.alternatives import alter
from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.contributions import read_contributed
from sozialanalyse.disclosure.decision import decide
from sozialanalyse.disclosure.ledger import Ledger, cells_hash, read_ledger
from sozialanalyse.disclosure.places import LEDGER_FOLDER
from sozialanalyse.disclosure.release import UNPROTECTED, Release, protected, unprotected
from sozialanalyse.disclosure.rules import Rounding, known_audience, load_rules, sources_of
from sozialanalyse.disclosure.terms import name_of_part, terms_of
from sozialanalyse.errors import Fault, Place, SozialanalyseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.alternatives import Altered
    from sozialanalyse.disclosure.decision import Decision
    from sozialanalyse.disclosure.rules import Rules
    from sozialanalyse.town import Town

TOWN_FILE = "town.yml"
MOST_NAMED = 5
"""So many of the cells that give another one away are named."""


class DisclosureRefused(SozialanalyseError):  # noqa: N818 - a refusal, as its readers call it
    """A count cannot be protected, so nothing is released."""


def release(town: Town, audience: str = "public", *, ledger: Path | Ledger | None = None) -> Release:
    """Release a town to an audience: hide what must not become known, prove it, and let nothing else through.

    Parameters
    ----------
    town
        A town as it was opened.
    audience
        ``public``, ``administration`` or ``statistics_unit``; the last one holds the counts themselves and gets everything.
    ledger
        What was published before, or its folder; default: the folder ``releases`` of the town.

    Returns
    -------
    Release
        A town to everything downstream. Entering it into the ledger is for whoever publishes it.

    Raises
    ------
    DisclosureRefused
        Some count cannot be protected; with the cells and the remedies.
    DataError
        Faults of the rules or of the ledger.
    UsageError
        Unknown audience, or a town that has been released already.
    """
    audience = known_audience(audience)
    if town.audience is not None:
        message = "the town has been released for {audience} already; release it from its deliveries (sa.open_town)"
        raise UsageError(message, audience=town.audience)
    town = town.entire.delivered or town.entire
    if audience == UNPROTECTED:
        return unprotected(town)
    folder = town_folder(town)
    rules = load_rules(folder, town.data.file, town.catalogue, sources_of(town.counts))
    book = ledger if isinstance(ledger, Ledger) else read_ledger(ledger or folder / LEDGER_FOLDER)
    return _entered(_made(town, audience, rules, book), book)


def town_folder(town: Town) -> Path:
    """Return the folder from which a town was opened."""
    return next(path.parent for name, path in town.data.files if name == TOWN_FILE)


def _made(town: Town, audience: str, rules: Rules, book: Ledger) -> Release:
    sources = sources_of(town.counts)
    public = [measure for measure in sources if rules.of(measure, audience).public]
    before, earlier = book.terms(town.areas.root), book.groupings(town.areas)
    unused = frozenset(before) - frozenset(terms_of(town.catalogue.indicators))
    cells = cells_of(town, public, before, earlier.areas)
    altered = alter(cells, rules, audience, town_folder(town))
    standing, revised = book.standing(altered.cells, audience, unused, earlier)
    contributed = read_contributed(altered.rules, sources, audience, town_folder(town), earlier.areas, town.catalogue)
    decision = decide(altered.cells, altered.rules, audience, earlier.areas, standing, contributed)
    if decision.refused:
        raise DisclosureRefused([*_refusals(decision, earlier.areas), Fault(REMEDIES)])
    made = protected(town, decision, rules, audience, public)
    return _with(made, revised=revised, altered=tuple(_losses(altered, rules, audience)))


def _losses(altered: Altered, rules: Rules, audience: str) -> Iterator[AlteredMeasure]:
    """Say of each measure that is rounded or noisy how far what is shown is from what was counted."""
    for measure, loss in altered.loss.items():
        method = rules.of(measure, audience).method
        yield AlteredMeasure(
            measure=measure,
            method="rounding" if isinstance(method, Rounding) else "cell_key",
            base=method.base if isinstance(method, Rounding) else None,
            off=altered.off[measure],
            additive=altered.additive[measure],
            changed=loss.changed / loss.cells if loss.cells else 0.0,
            mean=loss.mean,
            largest=loss.largest,
        )


def _entered(made: Release, book: Ledger) -> Release:
    """Give a Release its number: that of the last one of its audience, where it shows the same cells."""
    last, cells = book.last(made.audience), cells_hash(made.states)
    if last is not None and last.cells == cells:
        return _with(made, number=last.number, before=last.before)
    return _with(made, number=len(book.entries) + 1, before=book.head)


def _with(made: Release, **changes: object) -> Release:
    return replace(made, about=made.about.model_copy(update=changes))


REFUSED = {
    "term": "{measure} ({ages}, {period_end:%Y-%m-%d}) is a count that is too small and cannot be protected, so nothing is "
    "released; it can be computed from what must stay visible: {because}",
    "atom": "{measure} ({ages}, {period_end:%Y-%m-%d}) is a difference of two counts that is too small and cannot be protected, so "
    "nothing is released; it can be computed from what must stay visible: {because}",
    "complement": "those whom {measure} ({ages}, {period_end:%Y-%m-%d}) leaves out are too few and cannot be protected, so nothing is "
    "released; it can be computed from what must stay visible: {because}",
    "rest": "those of {measure} ({ages}, {period_end:%Y-%m-%d}) who are assigned to no area are too few and cannot be protected, so "
    "nothing is released; it can be computed from what must stay visible: {because}",
}

REMEDIES = (
    "what helps: let the rule hide zeros (zeros: may_be_hidden in disclosure.yml); use coarser ages in the catalogue; merge small "
    "areas, or leave the smallest level out"
)


def _refusals(decision: Decision, areas: AreaTree) -> Iterator[Fault]:
    """Name each cell that cannot be protected and the cells that give it away; no count is named."""
    frame = decision.cells.frame
    for certificate in decision.refused:
        cell = frame.iloc[certificate.cell]
        reasons = [_name(frame.iloc[number], areas) for number in certificate.because[:MOST_NAMED]]
        values = {
            "measure": cell["measure"],
            "ages": name_of_part((cell["sex"], int(cell["age_from"]), int(cell["age_to"]))),
            "period_end": cell["period_end"],
            "because": "; ".join(reasons) or "-",
        }
        yield Fault(REFUSED[str(cell["kind"])], values, Place(area=str(cell["area"])))


def _name(cell: object, areas: AreaTree) -> str:
    part = (cell["sex"], int(cell["age_from"]), int(cell["age_to"]))  # type: ignore[index]  # a row
    return f"{cell['measure']} {name_of_part(part)}, {cell['area']} {areas.name(str(cell['area']))}"  # type: ignore[index]
