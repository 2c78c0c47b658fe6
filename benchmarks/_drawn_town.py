"""A town drawn by chance as the program itself sees it: an area tree, a catalogue, counts with hidden ones among them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks._simulated import FIRST_YEAR
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
PERIOD_OF = {"flow": "01-01", "stock": "12-31"}


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


def counts(events: Integers, residents: Floats, *, kind: str = "stock", hidden_below: int = 0) -> pd.DataFrame:
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
    """
    people = np.broadcast_to(residents[:, np.newaxis], events.shape[1:])
    named = [
        (PEOPLE, people, "stock", 0),
        *((f"m{place}", one, kind, hidden_below) for place, one in enumerate(events)),
    ]
    rows = pd.concat([_rows(*one) for one in named], ignore_index=True)
    first, last = parse_ages("")
    return rows.assign(sex="all", age_from=first, age_to=last, file="drawn.csv", row=rows.index + 2)


def _rows(measure: str, values: Floats | Integers, kind: str, hidden_below: int) -> pd.DataFrame:
    areas, years = values.shape
    whole = np.vstack([values.sum(axis=0), values]).astype(np.float64)
    hidden = (whole > 0) & (whole < hidden_below)
    hidden[0] = False
    year = [str(FIRST_YEAR + place) for place in range(years)]
    ends = pd.to_datetime([f"{one}-12-31" for one in year]).astype("datetime64[s]")
    starts = pd.to_datetime([f"{one}-{PERIOD_OF[kind]}" for one in year]).astype("datetime64[s]")
    place = np.tile(np.arange(years), areas + 1)
    value = whole.ravel()
    return pd.DataFrame(
        {
            "area": np.repeat([TOWN, *(f"q{area:03}" for area in range(areas))], years),
            "measure": measure,
            "period_kind": kind,
            "period_start": starts[place],
            "period_end": ends[place],
            "value": np.where(hidden.ravel(), np.nan, value),
            "status": np.select([hidden.ravel(), value == 0], ["suppressed", "zero"], "number"),
            "lower": np.where(hidden.ravel(), 1.0, value),
            "upper": np.where(hidden.ravel(), hidden_below - 1.0, value),
        }
    )


def frame(counted: pd.DataFrame, declared: Catalogue) -> pd.DataFrame:
    """Compute the indicator frame of a drawn town, all levels."""
    areas = tree(counted["area"].nunique() - 1)
    return compute(counted, areas, declared).frame
