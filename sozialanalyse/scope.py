"""The scope of a page: which indicators and measures it is given. What it is not given, it cannot read.

So a scope is a sound list of what a page was made of, and a page need not be made again while nothing in it has changed.
All areas are within: the town's value and the places among all areas stand beside every value, and the resemblance of
neighbouring years and what stands out are judged from all areas together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sozialanalyse.loading.offers import Offers

if TYPE_CHECKING:
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading import TownData
    from sozialanalyse.loading.reforms import Carried


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page is given of a town.

    Parameters
    ----------
    target_group
        Its target group.
    indicators, measures
        Of the target group in the order of the catalogue, and what these are made of.
    """

    target_group: str
    indicators: tuple[str, ...]
    measures: tuple[str, ...]


def scope_of(target_group: str, catalogue: Catalogue) -> Scope:
    """Find the scope of a page.

    Parameters
    ----------
    target_group
        Whom it is about.
    catalogue
        Of the town.

    Raises
    ------
    UsageError
        Unknown target group.
    """
    wanted = set(catalogue.target_group(target_group).indicators)
    indicators = [entry for entry in catalogue.indicators if entry.id in wanted]
    used = dict.fromkeys(part.measure for entry in indicators for part in entry.amounts.values())
    return Scope(target_group, tuple(entry.id for entry in indicators), tuple(used))


def narrow_catalogue(catalogue: Catalogue, scope: Scope) -> Catalogue:
    """Keep of a catalogue what a scope holds."""
    wanted = {"measures": scope.measures, "indicators": scope.indicators, "target_groups": (scope.target_group,)}
    kept = {name: tuple(entry for entry in getattr(catalogue, name) if entry.id in ids) for name, ids in wanted.items()}
    return catalogue.model_copy(update=kept)


def narrow_data(data: TownData, scope: Scope) -> TownData:
    """Keep of a town what a scope holds: its counts, its catalogue; of how the counts came in, nothing.

    What is declared of the whole town (areas, polygons, crosswalks, texts) stays.
    """
    nothing: dict[str, Any] = {name: getattr(data, name).head(0) for name in ("gaps", "unassigned", "revisions")}
    return replace(
        data,
        catalogue=narrow_catalogue(data.catalogue, scope),
        counts=data.counts[data.counts["measure"].isin(scope.measures)].reset_index(drop=True),
        files=(),
        corrections=(),
        deliveries=(),
        offers=Offers(),  # a page about offers asks the town itself, before a view is made of it
        **nothing,
    )


def narrow_carried(carried: Carried, scope: Scope) -> Carried:
    """Keep of what became of counts on other boundaries what a scope holds."""
    frames = {name: getattr(carried, name) for name in ("counts", "estimates")}
    own = {name: rows[rows["measure"].isin(scope.measures)].reset_index(drop=True) for name, rows in frames.items()}
    return replace(carried, **own)
