"""Areal interpolation: counts of one set of areas become counts of another, and how wrong that may be.

Sources are the areas that were counted, targets those that are asked for. Everything is carried over by shares: which
part of a source lies in a target, by area, by residents, or as counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.statistics._arguments import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

ROUNDING = 1e-6
"""By so much may the shares of a source exceed 1 together; more is no rounding of floats."""


def overlap_shares(overlap: ArrayLike, whole: ArrayLike | None = None) -> Floats:
    """Which share of each source lies in each target.

    Parameters
    ----------
    overlap
        What source and target have in common (square metres, residents), shape (sources, targets).
    whole
        All that a source has, shape (sources,). Default: what it shares with the targets, so that nothing is lost of a
        source that reaches beyond them. Targets that reach beyond the sources get nothing for that in either case.

    Returns
    -------
    numpy.ndarray
        Shape (sources, targets); a source that has nothing in common with any target gives zeros. The precision is that
        of `overlap`.

    Raises
    ------
    ValueError
        If an overlap is negative, or the overlaps of a source exceed its whole.

    Examples
    --------
    >>> overlap_shares([[50, 25], [0, 100]]).round(3).tolist()
    [[0.667, 0.333], [0.0, 1.0]]
    >>> overlap_shares([[50, 25]], whole=[100]).tolist()
    [[0.5, 0.25]]
    """
    common = _real(overlap)
    refuse(common < 0, "overlaps are negative")
    sums = common.sum(axis=-1)
    full = sums if whole is None else _real(whole)
    refuse(sums > full * (1 + ROUNDING), "sources overlap with the targets by more than they have")
    return np.asarray(common / np.where(full > 0, full, 1)[..., np.newaxis])


def _real(given: ArrayLike) -> Floats:
    numbers = np.asarray(given)
    return numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64)


def interpolate_counts(counts: ArrayLike, shares: ArrayLike) -> Floats:
    """Carry counts over: a target gets of each source its share (areal weighting; the pycnophylactic sum is kept).

    Parameters
    ----------
    counts
        Shape (..., sources); NaN (missing) makes every target missing that gets a part of the source.
    shares
        Shape (sources, targets), see :func:`overlap_shares`. Where those of each source add up to 1, the targets add up
        to the sources.

    Returns
    -------
    numpy.ndarray
        Shape (..., targets).

    References
    ----------
    Goodchild, Lam (1980), Geo-Processing 1, 297-312.

    Examples
    --------
    >>> interpolate_counts([100, 200], [[0.25, 0.75], [0, 1]]).tolist()
    [25.0, 275.0]
    """
    n, w = np.asarray(counts, dtype=np.float64), _checked(shares)
    unknown = np.isnan(n).astype(np.float64) @ (w > 0) > 0
    return np.asarray(np.where(unknown, np.nan, np.nan_to_num(n) @ w))


def interpolate_means(values: ArrayLike, overlap: ArrayLike, whole: ArrayLike | None = None) -> Floats:
    """Carry rates or shares over: a target gets the mean of its sources, weighted by what it has in common with each.

    Better carry over numerator and denominator; this is for values of which the counts are not known.

    Parameters
    ----------
    values
        Shape (..., sources).
    overlap
        Shape (sources, targets).
    whole
        By what to divide, shape (targets,). Default: what the target has in common with all sources. For shares of
        categories the target's own area: the part outside all sources then belongs to no category.

    Returns
    -------
    numpy.ndarray
        Shape (..., targets); NaN for a target without sources, or with one of unknown value.

    Examples
    --------
    >>> interpolate_means([5, 15], [[30, 0], [10, 50]]).tolist()
    [7.5, 15.0]
    """
    common = _real(overlap)
    refuse(common < 0, "overlaps are negative")
    full = common.sum(axis=0) if whole is None else np.asarray(whole, dtype=np.float64)
    return interpolate_counts(values, common / np.where(full > 0, full, np.nan))


def split_variance(counts: ArrayLike, shares: ArrayLike, clustering: ArrayLike = 0.0) -> Floats:
    r"""Variance of counts that were carried over by shares.

    Which of the n people of a source live in a target is a draw with the share w. Neighbours resemble each other and
    the share itself is uncertain, so the draw is beta-binomial, with the correlation :math:`\rho` (`clustering`):

    .. math:: V = \sum n w (1 - w) (1 + (n - 1) \rho)

    With :math:`\rho = 0` each person is drawn alone; with 1 all go to the same side. A share that was itself counted on m
    people adds 1 / m to :math:`\rho`. Sources that go to a target as a whole, or not at all, add nothing.

    Parameters
    ----------
    counts
        Shape (..., sources).
    shares
        Shape (sources, targets).
    clustering
        From 0 to 1, of a shape that fits `shares`.

    Returns
    -------
    numpy.ndarray
        Shape (..., targets); NaN where a part is of a source without a count.

    Raises
    ------
    ValueError
        If shares or clustering are not between 0 and 1.

    References
    ----------
    Skellam (1948), Journal of the Royal Statistical Society B 10, 257-261 (the beta-binomial distribution).

    Examples
    --------
    >>> split_variance([100], [[0.5, 0.5]]).tolist()
    [25.0, 25.0]
    >>> split_variance([100], [[0.5, 0.5]], clustering=0.01).tolist()
    [49.75, 49.75]
    """
    n, w, rho = np.asarray(counts, dtype=np.float64), _checked(shares), np.asarray(clustering, dtype=np.float64)
    refuse((rho < 0) | (rho > 1), "values of clustering are not between 0 and 1")
    among = interpolate_counts(n, np.broadcast_to(w * (1 - w), w.shape))
    return among + interpolate_counts(n * np.maximum(n - 1, 0), w * (1 - w) * rho)


def estimate_clustering(counts: ArrayLike, shares: ArrayLike, truth: ArrayLike) -> float:
    r"""Estimate the clustering of :func:`split_variance` where the true counts of the targets are known.

    By moments over all split pairs of source and target: the squared error beyond the binomial one, as a share of what it
    would be if all went to the same side.

    Parameters
    ----------
    counts, shares, truth
        Shape (pairs,): the count of the source, the share of it that is expected in the target, what was found there.

    Returns
    -------
    float
        From 0 to 1; NaN without a split pair.

    Examples
    --------
    >>> round(estimate_clustering([100, 100], [0.5, 0.5], [60, 40]), 3)
    0.03
    """
    n, w, found = np.broadcast_arrays(*(np.asarray(given, dtype=np.float64) for given in (counts, shares, truth)))
    split = (w > 0) & (w < 1) & (n > 1) & ~np.isnan(found)
    single = (n * w * (1 - w))[split]
    if not single.sum():
        return float("nan")
    beyond = ((found - n * w)[split] ** 2 - single).sum()
    return float(np.clip(beyond / (single * (n - 1)[split]).sum(), 0, 1))


def misplaced_share(estimate: ArrayLike, truth: ArrayLike) -> Floats:
    """Share of the people whom an estimate puts into a wrong area: half the sum of absolute differences over the total.

    Parameters
    ----------
    estimate, truth
        Counts of the same areas, shape (..., areas). Areas of which either is NaN are left out.

    Returns
    -------
    numpy.ndarray
        Shape (...); from 0 to 1 where both add up to the same; NaN where nobody is counted.

    Examples
    --------
    >>> float(misplaced_share([60, 40], [50, 50]))
    0.1
    """
    mine, theirs = np.broadcast_arrays(np.asarray(estimate, dtype=np.float64), np.asarray(truth, dtype=np.float64))
    unknown = np.isnan(mine) | np.isnan(theirs)
    mine, theirs = np.where(unknown, 0, mine), np.where(unknown, 0, theirs)
    total = theirs.sum(axis=-1)
    return np.asarray(np.abs(mine - theirs).sum(axis=-1) / 2 / np.where(total > 0, total, np.nan))


def _checked(shares: ArrayLike) -> Floats:
    w = _real(shares)
    refuse((w < 0) | (w > 1 + ROUNDING), "shares are not between 0 and 1")
    return w
