"""Fingerprints of a Release: a hash for each part that a page can be made of, so that it can be told which pages a change concerns.

They are hashes of what is released, nothing else, and are no part of the hash of the Release.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure.texts import csv_text, json_text
from sozialanalyse.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sozialanalyse.catalogue import Catalogue, Indicator, Measure, TargetGroup
    from sozialanalyse.disclosure.release import Release
    from sozialanalyse.scope import Scope

FINGERPRINTS = "fingerprints.json"
"""Name of the text in the file of a Release."""


def fingerprints_of(release: Release) -> dict[str, Any]:
    """Hash the parts of a Release.

    Whatever else a page shows is computed of these: amounts and indicators on any boundaries, and places among all areas.

    Parameters
    ----------
    release
        On the boundaries as delivered.

    Returns
    -------
    dict
        ``whole``: of what every page depends on, by the file that declares it. ``misplaced``: of :meth:`.Release.misplaced`.
        ``entries``: of each entry of the catalogue. ``groups``: measures of each target group, and indicators with the measures that
        each is made of. ``measures``: of the counts and states of each measure, with the rule by which it is protected and what came
        of that.
    """
    catalogue = release.catalogue
    scopes = [scope_of(group.id, catalogue) for group in catalogue.target_groups]
    return {
        "whole": _of_whole(release),
        "misplaced": _text(csv_text(release.misplaced())),
        "entries": {name: _by_id(getattr(catalogue, name)) for name in ("measures", "indicators", "target_groups")},
        "groups": {one.target_group: _of_group(one, catalogue) for one in scopes},
        "measures": _of_measures(release),
    }


def _of_whole(release: Release) -> dict[str, str]:
    """Hash what every page depends on: areas, polygons, crosswalks, and what ``town.yml`` says."""
    data = release.data
    declared = data.file.model_dump(mode="json", by_alias=True)
    return {
        "town.yml": _text([declared, release.audience]),
        "areas.csv": _text([csv_text(data.areas.frame), data.areas.all_levels]),
        "crosswalks.csv": _text([csv_text(data.crosswalks.frame), _boundaries(release)]),
        "areas.geojson": "" if data.geometry is None else hashlib.sha256(data.geometry.read_bytes()).hexdigest(),
    }


def _of_group(scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    """List what a target group is made of."""
    used = {
        name: sorted({part.measure for part in catalogue.indicator(name).amounts.values()}) for name in scope.indicators
    }
    return {"indicators": used, "measures": scope.measures}


def _boundaries(release: Release) -> str:
    """Name the boundaries of the last date that was counted: by the last reform until then."""
    last = release.counts["period_end"].max()
    return f"{max((date for date in release.data.crosswalks.dates if date <= last), default='')}"


def _of_measures(release: Release) -> dict[str, str]:
    """Hash what is released of each measure, and what is said of its protection."""
    about, counts, states = release.about, _by(release.counts, "measure"), _by(release.states, "measure")
    lists = (about.rules, about.excluded, about.altered)
    said: dict[str, list[Any]] = {name: [] for name in {**counts, **states}}
    for one in (one for listed in lists for one in listed):
        said.setdefault(one.measure, []).append(one.model_dump(mode="json"))
    return {
        name: _text([counts.get(name), states.get(name), found, name in about.without_shares])
        for name, found in sorted(said.items())
    }


def _by_id(entries: Iterable[Measure | Indicator | TargetGroup]) -> dict[str, str]:
    return {entry.id: _text(entry.model_dump(mode="json")) for entry in entries}


def _by(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """Hash the rows of a frame by the name in a column, in their order."""
    groups: Iterable[tuple[Any, pd.DataFrame]] = frame.groupby(column, observed=True, sort=False)
    return {str(name): _text(csv_text(rows)) for name, rows in groups}


def _text(value: Any) -> str:
    return hashlib.sha256(json_text(value).encode()).hexdigest()
