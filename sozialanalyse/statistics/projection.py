"""Population of areas by age carried forward: Hamilton-Perry and the cohort-component method.

Both compute what follows from assumptions; neither foretells. Ages stand in bands as wide as a step of time, the youngest first and
an open-ended one last, so that a step moves everybody by one band.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class CohortChange(NamedTuple):
    """Result of `cohort_change`: how one step of time changed each cohort."""

    ratios: Floats  # (..., bands): persons of the band per person of the one below, a step before; band 0 is NaN
    child_ratio: Floats  # (...): children of the youngest band per person of the parents' bands, at the later time


class Components(NamedTuple):
    """Assumptions of `cohort_component` for one step; shapes broadcast with the population."""

    survival: Floats  # (..., sexes, bands): share that is alive a step later; of the last band, in it
    birth_survival: Floats  # (..., sexes): share of the newborn that is alive at the end of the step
    fertility: Floats  # (..., bands): births per woman and step
    migration: Floats  # (..., sexes, bands): net migrants of the step, in the band that they have at its end


def cohort_change(
    earlier: ArrayLike,
    later: ArrayLike,
    parents: Sequence[int],
    *,
    reference: CohortChange | None = None,
    borrowed: float = 0.0,
) -> CohortChange:
    r"""Cohort change ratios between two counts, one step apart.

    .. math:: R_a = \frac{P_a(t)}{P_{a-1}(t - 1)}, \quad R_{top} = \frac{P_{top}(t)}{P_{top-1}(t - 1) + P_{top}(t - 1)},
        \quad C = \frac{P_0(t)}{\sum_{a \in parents} P_a(t)}

    With a reference (the town) each area borrows as many persons from it as declared: :math:`(P_a(t) + b R^{ref}_a) / (P_{a-1}(t-1) + b)`.

    Parameters
    ----------
    earlier, later
        Shape (..., bands), at least 3 bands; both sexes together or one of them, areas in front.
    parents
        Positions of the bands whose persons the youngest are related to (women's, where there are only women).
    reference
        Ratios that small areas borrow from.
    borrowed
        b, in persons. 0: an area without a cohort has no ratio (NaN).

    Returns
    -------
    CohortChange
        They hold all of survival, migration and changes of boundary: only what may go on belongs between the two counts.

    Raises
    ------
    ValueError
        If counts are negative, shapes differ, there are fewer than 3 bands, or persons are borrowed from nobody.

    References
    ----------
    Hamilton, Perry (1962), Social Forces 41, 163-170. Baker, Swanson, Tayman, Tedrow (2017), Cohort Change Ratios.

    Examples
    --------
    >>> found = cohort_change([100, 80, 60, 40], [90, 95, 84, 50], parents=[1, 2])
    >>> found.ratios.tolist(), float(found.child_ratio.round(4))
    ([nan, 0.95, 1.05, 0.5], 0.5028)
    """
    before, after = np.asarray(earlier, dtype=np.float64), np.asarray(later, dtype=np.float64)
    _check(before, after, borrowed, reference)
    base = np.concatenate([before[..., :-2], before[..., -2:].sum(axis=-1, keepdims=True)], axis=-1)
    mothers = after[..., list(parents)].sum(axis=-1)
    ratios, child = (0.0, 0.0) if reference is None else (reference.ratios[..., 1:], reference.child_ratio)
    grown = _per(after[..., 1:] + borrowed * ratios, base + borrowed)
    born = _per(after[..., 0] + borrowed * child, mothers + borrowed)
    return CohortChange(np.concatenate([np.full((*grown.shape[:-1], 1), np.nan), grown], axis=-1), born)


def hamilton_perry(population: ArrayLike, change: CohortChange, parents: Sequence[int], *, steps: int = 1) -> Floats:
    """Carry a population forward as if its cohorts went on to change as they did.

    Parameters
    ----------
    population
        Shape (..., bands), at the start.
    change
        Of `cohort_change`, with the same bands.
    parents
        As there.
    steps
        How many steps, each as long as a band is wide.

    Returns
    -------
    ndarray
        Shape (steps, ..., bands). NaN where a ratio is missing and from there on.

    Raises
    ------
    ValueError
        If persons are negative, bands do not fit, or there is no step.

    Notes
    -----
    Ratios of small areas vary by chance and compound: borrow (see `cohort_change`), rake to the town's total (`rake`), and show
    the error of the past (`empirical_interval`). Homes, student halls, accommodation and prisons do not age in place:
    leave their residents out and add them again.

    Examples
    --------
    >>> found = cohort_change([100, 80, 60, 40], [90, 95, 84, 50], parents=[1, 2])
    >>> hamilton_perry([90, 95, 84, 50], found, [1, 2]).round(2).tolist()
    [[93.14, 85.5, 99.75, 67.0]]
    """
    now = np.asarray(population, dtype=np.float64)
    refuse(now < 0, "persons are negative")
    if now.shape[-1] != change.ratios.shape[-1] or steps < 1:
        msg = f"{now.shape[-1]} bands do not fit {change.ratios.shape[-1]} ratios, or {steps} steps are none"
        raise ValueError(msg)
    carried = []
    for _ in range(steps):
        base = np.concatenate([now[..., :-2], now[..., -2:].sum(axis=-1, keepdims=True)], axis=-1)
        grown = base * change.ratios[..., 1:]
        mothers = sum(grown[..., band - 1] for band in parents)
        now = np.concatenate([(mothers * change.child_ratio)[..., np.newaxis], grown], axis=-1)
        carried.append(now)
    return np.stack(carried)


def cohort_component(
    population: ArrayLike, components: Sequence[Components], *, women: int = 0, girls: float = 0.4878
) -> Floats:
    r"""Carry a population forward by survival, births and net migration.

    In each step survivors move up a band, the last two bands into the last; migrants are added; births are fertility times the
    women of a band, averaged over start and end, and survive in part.

    Parameters
    ----------
    population
        Shape (..., sexes, bands), at the start.
    components
        Assumptions, one a step.
    women
        Position of the women among the sexes.
    girls
        Share of girls among the newborn; by default there are 105 boys to 100 girls.

    Returns
    -------
    ndarray
        Shape (steps, ..., sexes, bands), persons. No cell falls below 0: where more leave than are there, all leave.

    Raises
    ------
    ValueError
        If persons are negative, a survival is no fraction, fertility is negative or `girls` no fraction.

    References
    ----------
    Preston, Heuveline, Guillot (2001), Demography, chapter 6.

    Examples
    --------
    >>> step = Components(np.array([0.99, 0.98, 0.5]), np.array(0.99), np.array([0, 0.5, 0]), np.zeros(3))
    >>> cohort_component([[100.0, 100, 50], [100, 100, 40]], [step]).round(1).tolist()
    [[[24.0, 99.0, 123.0], [25.2, 99.0, 118.0]]]
    """
    now = np.asarray(population, dtype=np.float64)
    refuse(now < 0, "persons are negative")
    if not 0 <= girls <= 1:
        msg = f"girls is {girls!r}, but must be a fraction from 0 to 1"
        raise ValueError(msg)
    shares = np.full(now.shape[-2], (1 - girls) / max(now.shape[-2] - 1, 1))
    shares[women] = girls
    carried = []
    for step in components:
        now = _step(now, step, women, shares)
        carried.append(now)
    return np.stack(carried)


def _step(now: Floats, step: Components, women: int, shares: Floats) -> Floats:
    survival, fertility = np.asarray(step.survival, dtype=np.float64), np.asarray(step.fertility, dtype=np.float64)
    refuse((survival < 0) | (survival > 1), "survivals are no fractions from 0 to 1")
    refuse(fertility < 0, "fertilities are negative")
    alive = now * survival
    aged = np.concatenate([0 * alive[..., :1], alive[..., :-2], alive[..., -2:].sum(axis=-1, keepdims=True)], axis=-1)
    after = np.maximum(aged + np.asarray(step.migration, dtype=np.float64), 0.0)
    mothers = (now[..., women, :] + after[..., women, :]) / 2
    births = (mothers * fertility).sum(axis=-1)[..., np.newaxis] * shares
    after[..., 0] += births * np.asarray(step.birth_survival, dtype=np.float64)
    return after


def _per(over: Floats, under: Floats) -> Floats:
    return np.asarray(over / np.where(under > 0, under, np.nan))


def _check(before: Floats, after: Floats, borrowed: float, reference: CohortChange | None) -> None:
    refuse(before < 0, "earlier persons are negative")
    refuse(after < 0, "later persons are negative")
    if before.shape != after.shape or before.shape[-1] < 3:
        msg = f"both counts need the same shape (..., bands) with at least 3 bands; found {before.shape} and {after.shape}"
        raise ValueError(msg)
    if borrowed < 0 or (borrowed > 0 and reference is None):
        msg = f"{borrowed!r} persons cannot be borrowed; give a number from 0 and the reference to borrow from"
        raise ValueError(msg)
