"""The check ``identities``: what is said of sums that do not hold, and how grave it is."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sozialanalyse.errors import Fault
from sozialanalyse.quality.identities import AGE_SUM, AREA_SUM, SEX_SUM, Broken, Suspect, is_transposed
from sozialanalyse.quality.irregularity import Irregularity, Severity, of_count, row_of
from sozialanalyse.quality.thresholds import LARGEST_UNASSIGNED, MOST_UNASSIGNED, USUALLY_EXACT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sozialanalyse.loading.expectations import Check, Expectations

MESSAGES = {
    SEX_SUM: "{what} is {stated:.0f} on {date}, but the sexes add up to {added:.0f} (difference {gap:+.0f})",
    AGE_SUM: "{what} is {stated:.0f} on {date}, but the ages add up to {added:.0f} (difference {gap:+.0f})",
    AREA_SUM: "{what} is {stated:.0f} on {date}, but the areas add up to {added:.0f} (difference {gap:+.0f})",
}

REPAIRS = {
    "point": "has a decimal point slipped? should it be {proposed:.0f}?",
    "digits": "are two digits transposed? should it be {proposed:.0f}?",
    "value": "should it be {proposed:.0f}?",
    "unassigned": "say with the source how many are assigned to no area; if the sum must hold, ask the deliverer",
    "ask": "one of the numbers is wrong; ask the deliverer which",
}


def of_suspects(found: list[Suspect], counts: pd.DataFrame) -> Iterator[Irregularity]:
    """Name the numbers that alone explain several broken sums."""
    message = "{what} is {found:.0f} on {date}, and {number} sums do not hold with it; with {proposed:.0f} they all do"
    for suspect in found:
        row = row_of(counts, suspect.row)
        values = {"found": row["value"], "proposed": suspect.proposed, "number": len(suspect.sums)}
        said = of_count(row, message, values, severity="error", check="identities")
        yield mended(said, suspect.proposed)


def mended(said: Irregularity, proposed: float) -> Irregularity:
    """Add the likely repair: what the number should be, and how it went wrong where that shows."""
    found = said.found or 0.0
    kind = "point" if is_slipped(found, proposed) else "digits" if is_transposed(found, proposed) else "value"
    repair = Fault(REPAIRS[kind], {"proposed": proposed, "found": found})
    return dataclasses.replace(said, repair=repair, proposed=proposed)


def is_slipped(found: float, proposed: float) -> bool:
    """Say whether one number is the other with its decimal point moved by up to four places, digits beyond it cut.

    Examples
    --------
    >>> is_slipped(130660, 13066), is_slipped(625, 6250), is_slipped(626, 6250)
    (True, True, False)
    """
    less, more = sorted((found, proposed))
    return (
        less > 0
        and any(abs(more - less * 10.0**places) < 10.0**places * 0.51 for places in (1, 2, 3, 4))
        and (round(more / less) >= 9)
    )


def of_broken(broken: list[Broken], counts: pd.DataFrame, expectations: Expectations) -> Iterator[Irregularity]:
    """Name the total of each broken sum that no single number explains."""
    for one in broken:
        row = row_of(counts, one.total)
        values = {"stated": one.stated, "added": one.added, "gap": one.gap}
        severity = _severity(one, expectations)
        check: Check = "identities" if severity != "note" else "totals"
        said = of_count(row, MESSAGES[one.of], values, severity=severity, check=check)
        repair = Fault(REPAIRS["unassigned" if one.of == AREA_SUM and one.gap > 0 else "ask"])
        yield dataclasses.replace(said, repair=repair)


def _severity(one: Broken, expectations: Expectations) -> Severity:
    """An error where such sums hold elsewhere; less where people may be assigned to no area, a note where that is usual."""
    share = one.gap / max(one.stated, 1.0) if one.of == AREA_SUM else -1.0
    if one.usually_holds >= USUALLY_EXACT:
        return "warning" if 0 < share <= LARGEST_UNASSIGNED else "error"
    if share > MOST_UNASSIGNED:
        return "error"
    return "note" if 0 < share <= expectations.unassigned_share else "warning"
