"""The report page of a run: what ran, how long, what failed and why. For the house, so it lies beside the logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.schedule import words as said

if TYPE_CHECKING:
    from sozialanalyse.language import Language
    from sozialanalyse.schedule.record import Finding, Record


def run_page(record: Record, language: Language) -> str:
    """Write the page.

    Parameters
    ----------
    record
        Of the run, with all details.
    language
        Language of the page.
    """
    from sozialanalyse.batch.templating import page  # noqa: PLC0415 - Jinja is heavy

    return page(
        "run.html.j2",
        "the report of the run",
        language,
        record=record,
        failed=record.of("failed"),
        ran=sorted(record.of("made", "failed"), key=lambda finding: -(finding.seconds or 0)),
        slowest=record.slowest,
        said=said,
        state=_state,
    )


def _state(finding: Finding, language: Language) -> str:
    """Say what became of a finding and why it was made."""
    names = {
        "made": language.text("made"),
        "failed": language.text("could not be made"),
        "kept": language.text("unchanged"),
    }
    why = said.reason(finding, language)
    return f"{names[finding.state]} ({why})" if why else names[finding.state]
