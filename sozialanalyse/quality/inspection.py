"""All checks, run over a town that was loaded."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.quality import blocks, duplicates, jumps, matrix, notes, offers, parts, sums
from sozialanalyse.quality.expected import expect
from sozialanalyse.quality.identities import borne_out, broken_sums, suspects
from sozialanalyse.quality.panels import lay_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from sozialanalyse.loading import TownData
    from sozialanalyse.loading.expectations import Accepted, Expectations
    from sozialanalyse.quality.irregularity import Irregularity


def inspect(data: TownData) -> tuple[Irregularity, ...]:
    """Look for everything odd in the counts of a town.

    Parameters
    ----------
    data
        What was loaded; its ``town.yml`` tunes the checks under ``checks``.

    Returns
    -------
    tuple of Irregularity
        The gravest first, then in the order of files and rows; what the town accepts is a note.
    """
    expectations = data.file.checks
    found = (one for one in _all(data, expectations) if one.check not in expectations.off)
    judged = [_accepted(one, expectations.accept) for one in found]
    return tuple(sorted(judged, key=lambda one: one.order()))


def coverage(data: TownData) -> pd.DataFrame:
    """Lay out which counts are there, by area, measure and date (see :func:`sozialanalyse.quality.matrix.coverage`)."""
    return matrix.coverage(data.counts, data.areas)


def _all(data: TownData, expectations: Expectations) -> Iterator[Irregularity]:
    counts = data.counts.reset_index(drop=True)
    panels = lay_out(counts, data.areas)
    broken = broken_sums(counts, data.gaps, data.areas, panels)
    blamed = suspects(broken, counts["value"].to_numpy())
    explained = {id(one) for suspect in blamed for one in suspect.sums}
    expected = [expect(panel) for panel in panels]
    odd = jumps.odd_counts(panels, expected, expectations)
    yield from sums.of_suspects(blamed, counts)
    yield from sums.of_broken([one for one in broken if id(one) not in explained], counts, expectations)
    borne = borne_out(counts, data.areas, broken)
    yield from jumps.said_of(odd, counts, data.areas, {suspect.row for suspect in blamed}, borne)
    for panel, of_panel in zip(panels, expected, strict=True):
        yield from jumps.common_jumps(panel, of_panel.steps, declared_breaks(data, panel.measure), counts)
        yield from jumps.common_slips(panel, of_panel.steps, counts)
        yield from duplicates.equal_dates(panel, counts)
        yield from duplicates.equal_areas(panel, counts)
    find = parts.finder(counts, data.areas)
    yield from parts.unknown_wholes(data.catalogue)
    yield from parts.too_large(parts.pairs(data.catalogue, counts), find, counts)
    yield from parts.implausible(data.catalogue, find, counts)
    yield from parts.declared_sums(expectations.identities, find, counts)
    first = counts.drop_duplicates("measure")
    files = dict(zip(first["measure"].astype(str), first["file"].astype(str), strict=True))
    covered = coverage(data)
    yield from matrix.gaps(covered, files)
    yield from blocks.absent_levels(covered, files)
    yield from blocks.lost_numbers(covered, files)
    yield from blocks.expected_dates(data.file.periods, counts)
    yield from notes.revisions(data.revisions)
    yield from notes.unassigned(data.unassigned)
    yield from notes.corrections(data.corrections)
    yield from offers.left_open(data.offers, counts["period_end"].max())


def declared_breaks(data: TownData, measure: str) -> list[np.datetime64]:
    """Dates at which a measure is declared to change: by its versions, the town's breaks among them, and by its indicators.

    A measure that only stands below fraction lines changes with the indicators that divide by it; one that has an indicator
    of its own, as the population has, changes only with those.
    """
    above = [one for one in data.catalogue.indicators if one.numerator.measure == measure]
    below = [one for one in data.catalogue.indicators if one.denominator and one.denominator.measure == measure]
    dates = [entry.date for one in above or below for entry in one.breaks]
    dates += [entry.valid_from for entry in data.catalogue.measure(measure).versions]
    return [np.datetime64(date) for date in dates]


def _accepted(one: Irregularity, accepted: Iterable[Accepted]) -> Irregularity:
    """Turn what the town knows of into a note."""
    known = any(
        entry.check == one.check
        and entry.area in (None, one.area)
        and entry.measure in (None, one.measure)
        and entry.date in (None, one.period_end)
        for entry in accepted
    )
    return dataclasses.replace(one, severity="note") if known else one
