"""Rates freed from differences in age structure: direct and indirect standardisation, for many areas at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
from scipy.special import gammainccinv, gammaincinv

from sozialanalyse.statistics._arguments import error_share, normal_quantile, refuse
from sozialanalyse.statistics.rates import byar_interval, poisson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

DIRECT_FROM: Final = 10
"""Events from which a directly standardised rate is given, as in calculate_dsr of PHEindicatormethods: with fewer, single
cases in thinly populated bands decide it."""

ESP_2013: Final = (
    *(5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500),
    *(6000, 5500, 5000, 4000, 2500, 1500, 1000),
)
"""European Standard Population 2013: 0-4, 5-9 ... 85-89, 90 and older; in all 100,000. Eurostat (2013), Revision of the
European Standard Population, table of the recommended bands; its finer version splits 0-4 and 90+."""


class DirectRate(NamedTuple):
    """Result of `direct_standardisation`; every array has one entry an area."""

    value: Floats  # events per one unit of population
    lower: Floats
    upper: Floats
    events: Floats  # over all bands: whether there are at least DIRECT_FROM


class IndirectRatio(NamedTuple):
    """Result of `indirect_standardisation`; every array has one entry an area."""

    ratio: Floats  # observed / expected; 1 is the reference's level
    lower: Floats
    upper: Floats
    observed: Floats
    expected: Floats
    reference_rate: Floats  # crude; ratio x reference_rate is the indirectly standardised rate


def direct_standardisation(
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    confidence: float = 0.95,
    method: Literal["dobson", "gamma"] = "dobson",
    squared_bundles: ArrayLike | None = None,
) -> DirectRate:
    r"""Rate that each area would have with the age structure of a standard population.

    With events :math:`x_i`, population :math:`n_i` and standard :math:`w_i` (sum 1) in band i, :math:`x = \sum x_i`:

    .. math::
        D = \sum w_i \frac{x_i}{n_i}, \quad V = \sum w_i^2 \frac{x_i}{n_i^2}, \quad
        \text{limits } D + \sqrt{V / x} \, (L(x) - x)

    with :math:`L(x)` Byar's limits of the count.

    Parameters
    ----------
    events, population
        Shape (..., bands), usually (areas, bands).
    standard
        Shape (bands,) or that of `events`; any positive scale: `ESP_2013`, the town itself, one per band.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).
    method
        'dobson': Dobson's with Byar's limits. 'gamma': that of Fay and Feuer, wider, given for any number of events.
    squared_bundles
        Where events come in bundles (several children of one household), the sum of the squared sizes of the bundles in
        each band, in the shape of `events`; it takes the place of the events in V. Without: every event stands alone.

    Returns
    -------
    DirectRate
        Rates per one unit of population (multiply by 100,000), in the shape of `events` without the last axis.

    Raises
    ------
    ValueError
        If events, populations or weights are negative, a band has events but no residents, `confidence` is not a
        fraction or the method is unknown.

    Notes
    -----
    - 'dobson' below `DIRECT_FROM` events in all bands together: value and limits NaN, but `events` is there to say why.
    - NaN in one band makes the area's rate NaN; some peers count it as zero. So does a band with neither residents nor
      events, unless its weight is 0: its rate is unknown. `indirect_standardisation` does without.

    References
    ----------
    Dobson, Kuulasmaa, Eberle, Scherer (1991), Statistics in Medicine 10, 457-462.
    Fay, Feuer (1997), Statistics in Medicine 16, 791-801.

    Examples
    --------
    >>> young_and_old = direct_standardisation([[4, 30], [2, 7]], [[900, 600], [900, 600]], [0.7, 0.3])
    >>> (1000 * young_and_old.value).round(2).tolist(), (1000 * young_and_old.upper).round(2).tolist()
    ([18.11, nan], [25.41, nan])
    """
    if method not in {"dobson", "gamma"}:
        msg = f"method is {method!r}, but must be 'dobson' or 'gamma'"
        raise ValueError(msg)
    x, n, weight = (np.asarray(part, dtype=np.float64) for part in (events, population, standard))
    for numbers, name in ((x, "events"), (n, "populations"), (weight, "weights of the standard")):
        refuse(numbers < 0, f"{name} are negative")
    refuse((x > 0) & (n == 0), "bands have events but no residents")
    with np.errstate(invalid="ignore", divide="ignore"):  # no residents: unknown, see below
        per_event = weight / weight.sum(axis=-1, keepdims=True) / np.where(n > 0, n, np.nan)
    per_event = np.where(weight == 0, 0.0, per_event)
    squares = x if squared_bundles is None else np.asarray(squared_bundles, dtype=np.float64)
    value = np.asarray((per_event * x).sum(axis=-1))
    variance = np.asarray((per_event**2 * squares).sum(axis=-1))
    total = np.asarray(np.broadcast_to(x, per_event.shape).sum(axis=-1))
    if method == "gamma":
        return DirectRate(value, *_gamma_limits(value, variance, per_event.max(axis=-1), confidence), total)
    given = np.where(total >= DIRECT_FROM, value, np.nan)
    return DirectRate(given, *_dobson_limits(given, variance, total, confidence), total)


def _dobson_limits(value: Floats, variance: Floats, events: Floats, confidence: float) -> tuple[Floats, Floats]:
    lower, upper = byar_interval(events, confidence=confidence)
    scale = np.sqrt(variance / np.where(events > 0, events, np.nan))
    return value + scale * (lower - events), value + scale * (upper - events)


def _gamma_limits(value: Floats, variance: Floats, largest: Floats, confidence: float) -> tuple[Floats, Floats]:
    half = error_share(confidence) / 2
    shifted, widened = value + largest, variance + largest**2
    with np.errstate(invalid="ignore", divide="ignore"):  # no event: 0 / 0, the lower limit is 0
        lower = gammaincinv(value**2 / variance, half) * variance / value
    upper = gammainccinv(shifted**2 / widened, half) * widened / shifted
    return np.where(value == 0, 0.0, lower), upper


def indirect_standardisation(
    events: ArrayLike,
    population: ArrayLike,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    *,
    confidence: float = 0.95,
    method: Literal["poisson", "lognormal"] = "poisson",
) -> IndirectRatio:
    r"""Observed events against those expected at the reference's rates (SMR, ISR).

    .. math:: E = \sum n_i \frac{X_i}{N_i}, \quad \text{ratio } \frac{x}{E}, \quad \text{limits } \frac{L(x)}{E}

    with :math:`X_i, N_i` the events and population of the reference in band i and :math:`L(x)` as in `poisson_interval`.

    Parameters
    ----------
    events, population
        Shape (..., bands), usually (areas, bands). `events` may as well be given in one band with the others 0: only
        their sum counts, so an area whose events are not known by age can be compared.
    reference_events, reference_population
        Shape (bands,) or that of `events`: the town, the country.
    confidence
        A fraction strictly between 0 and 1 (95 is refused).
    method
        'poisson': exact below 10 events, Byar's from 10. 'lognormal': ratio times :math:`e^{\pm z / \sqrt{x}}`.

    Returns
    -------
    IndirectRatio
        Ratios (1 is the reference's level), in the shape of `events` without the last axis.

    Raises
    ------
    ValueError
        If an input is negative, `confidence` is not a fraction or the method is unknown.

    Notes
    -----
    - No event: ratio 0, lower limit 0, upper finite ('lognormal': NaN). Nothing expected: NaN.
    - NaN in one band makes the area's result NaN; some peers count it as zero. A band without residents in the
      area is no problem here: nothing is expected in it. One without residents in the reference is.
    - The reference's rates are taken as known. Two areas' ratios are each comparable with 1, not with each other.

    References
    ----------
    Breslow, Day (1987), Statistical Methods in Cancer Research II, IARC Scientific Publications 82, chapter 2.

    Examples
    --------
    >>> result = indirect_standardisation([[4, 30], [2, 3]], [[900, 600], [900, 600]], [400, 2800], [90000, 80000])
    >>> result.expected.tolist(), result.ratio.round(2).tolist(), result.lower.round(2).tolist()
    ([25.0, 25.0], [1.36, 0.2], [0.94, 0.06])
    """
    if method not in {"poisson", "lognormal"}:
        msg = f"method is {method!r}, but must be 'poisson' or 'lognormal'"
        raise ValueError(msg)
    x, n = np.asarray(events, dtype=np.float64), np.asarray(population, dtype=np.float64)
    upon, among = np.asarray(reference_events, dtype=np.float64), np.asarray(reference_population, dtype=np.float64)
    for numbers, name in ((x, "events"), (n, "populations"), (upon, "reference events")):
        refuse(numbers < 0, f"{name} are negative")
    refuse(among < 0, "reference populations are negative")
    expected = np.asarray((n * upon / np.where(among > 0, among, np.nan)).sum(axis=-1))
    observed = np.asarray(x.sum(axis=-1))
    lower, upper = _limits_of_ratio(observed, confidence, method)
    divisor = np.where(expected > 0, expected, np.nan)
    crude = np.broadcast_to(upon.sum(axis=-1) / among.sum(axis=-1), divisor.shape)
    return IndirectRatio(observed / divisor, lower / divisor, upper / divisor, observed, expected, crude)


def _limits_of_ratio(observed: Floats, confidence: float, method: str) -> tuple[Floats, Floats]:
    if method == "poisson":
        return poisson_interval(observed, confidence=confidence)
    factor = np.exp(normal_quantile(confidence) / np.sqrt(np.where(observed > 0, observed, np.nan)))
    return observed / factor, observed * factor
