"""People by age and sex, of measures that everybody knows: what a population pyramid shows and an outlook begins with.

No indicator is made of them, so they are no cells: nothing can be hidden among public counts, and nothing need be decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialanalyse.age_bands import BOTH, bands_of_both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.release import Release


def people_of(release: Release) -> list[dict[str, Any]]:
    """List the counts by age and sex of public measures: at the first and the last date of each area, and of large areas at all dates.

    Parameters
    ----------
    release
        Its counts of public measures are those that were delivered.

    Returns
    -------
    list of dict
        ``measure, sex, age_from, age_to, period_start, period_end`` and ``counts`` by area; plain values.
    """
    public = [rule.measure for rule in release.about.rules if rule.public]
    return [entry for measure in public for entry in _of_measure(release, measure)]


def _of_measure(release: Release, measure: str) -> Iterator[dict[str, Any]]:
    cells = [(sex, *ages) for sex in BOTH for ages in bands_of_both(release.counts, measure)]
    if not cells:
        return
    rows = pd.concat([release.amounts(measure, cell).assign(cell=number) for number, cell in enumerate(cells)])
    told = _told(rows[rows["value"].notna()], release.areas)
    for (_, start, end), at_date in told.groupby(["cell", "period_start", "period_end"], sort=True):
        sex, first, last = cells[int(at_date["cell"].iloc[0])]
        yield {
            "measure": measure,
            "sex": sex,
            "age_from": first,
            "age_to": last,
            "period_start": f"{start:%Y-%m-%d}",
            "period_end": f"{end:%Y-%m-%d}",
            "counts": dict(zip(at_date["area"].astype(str), at_date["value"].tolist(), strict=True)),
        }


def _told(known: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Keep the first and the last date of each area; of the town and of the level below it, where an outlook begins, all."""
    dates = known.groupby("area", observed=True)["period_end"]
    first, last = dates.transform("min"), dates.transform("max")
    large = known["area"].map(areas.level).isin(areas.levels[-2:]) if len(areas.levels) > 1 else False
    return known[(known["period_end"] == first) | (known["period_end"] == last) | large]
