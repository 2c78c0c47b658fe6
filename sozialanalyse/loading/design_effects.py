"""Design effects that a town estimated from its own households take the place of our assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.documents import Document
    from sozialanalyse.errors import Fault
    from sozialanalyse.loading.town_file import TownFile


def with_design_effects(catalogue: Catalogue, document: Document[TownFile]) -> Catalogue:
    """Give the indicators that a town names the design effect that it declares for them.

    Parameters
    ----------
    catalogue
        Of the town; it stays as it is.
    document
        ``town.yml``. What it declares is the variance of the count over that of as many independent persons (Kish 1965,
        Survey Sampling); :func:`sozialanalyse.statistics.estimated_design_effect` estimates it from households.

    Raises
    ------
    DataError
        It names an indicator that is not in the catalogue, or one whose intervals know no design effect.
    """
    declared = document.content.design_effects
    if faults := list(_faults(catalogue, document)):
        raise DataError(faults)
    indicators = tuple(
        entry.model_copy(update={"declared_effect": declared.get(entry.id, entry.declared_effect)})
        for entry in catalogue.indicators
    )
    return catalogue.model_copy(update={"indicators": indicators}) if declared else catalogue


def _faults(catalogue: Catalogue, document: Document[TownFile]) -> Iterator[Fault]:
    kinds = {entry.id: entry.kind for entry in catalogue.indicators}
    for name in document.content.design_effects:
        if name not in kinds:
            message = "indicator '{indicator}' is not in the catalogue; did you mean: {hint}?"
            yield document.fault(("design_effects", name), message, indicator=name, hint=nearest(name, list(kinds)))
        elif kinds[name] not in {"proportion", "rate"}:
            message = "indicator '{indicator}' has no interval that a design effect could widen; remove the entry"
            yield document.fault(("design_effects", name), message, indicator=name)
