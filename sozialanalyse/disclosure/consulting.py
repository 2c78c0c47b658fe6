"""Before publication: where a town has it so, nothing of data that nobody was shown goes to the public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.errors import DataError, Fault, Place

if TYPE_CHECKING:
    from sozialanalyse.town import Town

PUBLIC = "public"


def require_consulted(town: Town, audience: str) -> None:
    """Refuse to publish what was to be discussed before and was not.

    Parameters
    ----------
    town
        With its counts and what it declares under ``consultation``.
    audience
        For whom the pages are; only the public must wait.

    Raises
    ------
    DataError
        The data go on after the last day of those that were discussed.
    """
    declared = town.data.file.consultation
    if audience != PUBLIC or declared is None or not declared.required:
        return
    last = town.counts["period_end"].max().date()
    if declared.data_until is None or declared.data_until < last:
        message = (
            "the data until {last} have been discussed with nobody, and town.yml requires that before publication; run for --audience "
            "administration to have pages to discuss, then enter under consultation.consulted with whom and when (data_until: {last})"
        )
        raise DataError(Fault(message, {"last": last}, Place("town.yml", key="consultation")))
