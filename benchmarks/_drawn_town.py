"""A town drawn by chance as the program itself sees it: an area tree, a catalogue, counts with hidden ones among them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks._simulated import periods
from sozialanalyse.areas import AreaTree
from sozialanalyse.catalogue import Catalogue, Indicator
from sozialanalyse.catalogue.model import Measure
from sozialanalyse.indicators import compute
from sozialanalyse.periods import parse_ages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

TOWN, PEOPLE = "town", "people"


@cache
def tree(areas: int) -> AreaTree:
    """Make the tree of a town of so many quarters."""
    names = [f"q{area:03}" for area in range(areas)]
    frame = pd.DataFrame(
        {
            "area": [TOWN, *names],
            "name": [TOWN, *names],
            "level": ["town", *["quarter"] * areas],
            "parent": ["", *[TOWN] * areas],
        },
        dtype=object,
    )
    return AreaTree.from_frame(frame, ("quarter", "town"))


@cache
def catalogue(
    indicators: int,
    kind: str = "stock",
    *,
    persistence: tuple[float, float] | None = None,
    relevant_difference: float | None = None,
) -> Catalogue:
    """Make a catalogue of proportions in per cent, each with a measure of its own among all people.

    `kind` is that of the numerators' periods, `persistence` the bounds declared for a stock, `relevant_difference` that of
    all indicators, in points.
    """
    both = {"de": "Text", "en": "text"}
    measured: dict[str, Any] = {"label": both, "source": both, "unit": "persons", "ages": False}
    measures = [Measure.model_validate({"id": PEOPLE, "period_kind": "stock"} | measured)]
    shared: dict[str, Any] = {
        **dict.fromkeys(("label", "short", "source", "definition", "reading"), both),
        "field": "population",
        "tier": "core",
        "kind": "proportion",
        "unit": "percent",
        "direction": "higher_is_worse",
        "review": "open",
        "denominator": {"measure": PEOPLE},
        "relevant_difference": relevant_difference,
    }
    made = []
    for number in range(indicators):
        own = {"id": f"m{number}", "period_kind": kind, "persistence": persistence}
        measures.append(Measure.model_validate(own | measured))
        named = {"id": f"share_{number}", "code": f"X{number:02}", "numerator": {"measure": f"m{number}"}}
        made.append(Indicator.model_validate(named | shared))
    return Catalogue(measures=tuple(measures), indicators=tuple(made))


def counts(
    events: Integers,
    residents: Floats,
    *,
    kind: str = "stock",
    hidden_below: int = 0,
    also_hidden: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Lay counts out as loading gives them, the whole town delivered beside its quarters.

    Parameters
    ----------
    events
        Shape (indicators, areas, years).
    residents
        Shape (areas,).
    kind
        'stock' or 'flow'.
    hidden_below
        Counts of quarters from 1 to below this are confidential, zeros are not.
    also_hidden
        Shape of the events: larger counts hidden to protect the small ones; known is that they lie between half and one and
        a half of themselves.
    """
    people = np.broadcast_to(residents[:, np.newaxis], events.shape[1:])
    named = [
        _rows(PEOPLE, people, "stock"),
        *(
            _rows(f"m{place}", one, kind, hidden_below, None if also_hidden is None else also_hidden[place])
            for place, one in enumerate(events)
        ),
    ]
    rows = pd.concat(named, ignore_index=True)
    first, last = parse_ages("")
    return rows.assign(sex="all", age_from=first, age_to=last, file="drawn.csv", row=rows.index + 2)


def _rows(
    measure: str,
    values: Floats | Integers,
    kind: str,
    hidden_below: int = 0,
    also_hidden: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    areas, years = values.shape
    whole = np.vstack([values.sum(axis=0), values]).astype(np.float64)
    small = (whole > 0) & (whole < hidden_below)
    large = np.zeros_like(small) if also_hidden is None else np.vstack([np.zeros_like(small[:1]), also_hidden]) & ~small
    small[0] = False
    hidden = small | large
    value = whole.ravel()
    dates = periods(kind, years).take(np.tile(np.arange(years), areas + 1)).reset_index(drop=True)
    return dates.assign(
        area=np.repeat([TOWN, *(f"q{area:03}" for area in range(areas))], years),
        measure=measure,
        value=np.where(hidden.ravel(), np.nan, value),
        status=np.select([hidden.ravel(), value == 0], ["suppressed", "zero"], "number"),
        lower=np.select([small.ravel(), large.ravel()], [1.0, np.floor(value / 2)], value),
        upper=np.select([small.ravel(), large.ravel()], [hidden_below - 1.0, np.ceil(1.5 * value)], value),
    )


def frame(counted: pd.DataFrame, declared: Catalogue) -> pd.DataFrame:
    """Compute the indicator frame of a drawn town, all levels."""
    areas = tree(counted["area"].nunique() - 1)
    return compute(counted, areas, declared).frame
