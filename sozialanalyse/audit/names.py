"""Names: of files and findings; a numeral in one must be the id of an area, a year, or part of an indicator's id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sozialanalyse.audit.numerals import numerals

if TYPE_CHECKING:
    from sozialanalyse.audit.judging import Judge


def strange_parts(name: str, judge: Judge) -> list[str]:
    """Find the parts of a name whose numerals are no area, no year and no indicator.

    Parameters
    ----------
    name
        Small letters and digits, its parts set off by ``/``, ``.``, ``-`` or ``_``.
    judge
        Knows areas, periods and indicators.
    """
    if not numerals(name):
        return []
    known = judge.figures.knowledge
    years = {str(day.year) for column in ("period_start", "period_end") for day in known.cells[column].unique()}
    plain = name.replace("_", "-")
    for entry in sorted([*known.indicators, *known.measures, *known.document.levels], key=len, reverse=True):
        plain = re.sub(rf"(?<![^/.-]){re.escape(entry.replace('_', '-'))}(?![^/.-])", "", plain)
    words = years | set(known.areas)
    return [part for part in re.split(r"[/.-]", plain) if numerals(part) and part not in words]
