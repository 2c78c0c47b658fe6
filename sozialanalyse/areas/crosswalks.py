"""Crosswalks: which share of an old area became part of which new one, from a date on.

A crosswalk is a table that a planner writes or :mod:`~sozialanalyse.areas.interpolation` makes of polygons. Areas that stand
in none have kept their territory as long as they exist. An area that was only renamed has one row with the share 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.periods import parse_ages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialanalyse.areas.tree import AreaTree

COLUMNS = ("from_area", "to_area", "date", "share", "weight", "measure", "sex", "age", "basis")
NEEDED = COLUMNS[:3]
RESULT = ["from_area", "to_area", "date", "measure", "cell", "share", "clustering"]
KEY = ["from_area", "date", "cell"]
COUNTED, POPULATION, AREA = "counted", "population", "area"

CLUSTERING: Final = {COUNTED: 0.006, POPULATION: 0.03, AREA: 0.25}
"""How uncertain shares are, by what they are based on (see :func:`sozialanalyse.statistics.split_variance`).

``counted``: the same measure was counted on the new boundaries at another date; ``population``: residents or dwellings
stand for the measure; ``area``: square metres do. Set so that 95 % ranges hold at least about 95 % of the true counts in
two tests: an invented reform whose truth is known, and Berlin's district regions cut into planning areas (2016).
"""

PRINTED = 0.0005
"""By so much may a share differ from the true one because it was printed with three decimals; sums are mended by it."""

NO_CELL = "?"
DAY = np.timedelta64(1, "D")


def _without_rows() -> pd.DataFrame:
    types = dict.fromkeys(RESULT, "object") | {"date": "datetime64[s]", "share": "float64", "clustering": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


@dataclass(frozen=True, eq=False)
class Crosswalks:
    """Checked crosswalks of all reforms of a town.

    Parameters
    ----------
    frame
        ``from_area, to_area, date, measure, cell, share, clustering``: from ``date`` on the new boundaries hold. ``cell`` says
        of what the shares are (see :func:`cell_name`): one count by sex and age, a whole measure, or, empty, all that
        have no shares of their own. Shares of an old area add up to 1.
    """

    frame: pd.DataFrame = field(default_factory=_without_rows)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, areas: AreaTree, file: str = "crosswalks.csv") -> Crosswalks:
        """Check a table of shares.

        Parameters
        ----------
        frame
            Text columns ``from_area, to_area, date`` and ``share`` (from 0 to 1) or ``weight`` (residents, dwellings,
            or the counts of ``measure`` themselves); also ``measure``, ``sex`` and ``age`` of which these are the shares,
            and ``basis`` (one of :data:`CLUSTERING`; default ``area``, the most cautious one). The index holds the row in
            the file.
        areas
            The tree with old and new areas.
        file
            Name of the file for messages.

        Raises
        ------
        DataError
            With all faults at once: columns missing, unknown areas, no date, no share, areas that do not exist then or
            are of different levels, rows that stand twice, shares that do not add up to 1, an area that gives
            everything away and goes on.
        """
        missing = [name for name in NEEDED if name not in frame]
        if missing or not {"share", "weight"} & set(frame):
            message = "columns are missing: {missing}; needed are from_area, to_area, date, and share or weight"
            values = {"missing": ", ".join(missing) or "share"}
            raise DataError(Fault(message, values, Place(file, 1)))
        text = pd.DataFrame(
            {name: frame[name].fillna("").astype(str).str.strip() if name in frame else "" for name in COLUMNS},
            index=frame.index,
            dtype=object,
        )
        typed = _typed(text)
        faults = list(_faults_of_rows(typed, text, areas, file)) or list(_faults_of_areas(typed, areas, file))
        if faults:
            raise DataError(faults)
        shares = typed.assign(share=typed["share"] / _sums(typed, "share"))[RESULT]
        return cls(pd.concat([shares, _growing(typed, areas)], ignore_index=True).astype({"date": "datetime64[s]"}))

    @property
    def dates(self) -> list[pd.Timestamp]:
        """First days of the new boundaries, in order."""
        return sorted(pd.Timestamp(date) for date in self.frame["date"].unique())

    def at(self, date: pd.Timestamp) -> pd.DataFrame:
        """Rows of one reform."""
        return self.frame[self.frame["date"] == date]

    def merged_before(self, day: pd.Timestamp) -> dict[str, str]:
        """Map each area that is newer than a day to the one whose part it was then, where it was part of only one.

        With it, polygons of today draw a map of that day.
        """
        merged: dict[str, str] = {}
        for date in (date for date in reversed(self.dates) if date > day):
            rows = self.at(date)[["from_area", "to_area"]].drop_duplicates()
            rows = rows[~rows["to_area"].duplicated(keep=False)]
            step: dict[str, str] = dict(zip(rows["to_area"], rows["from_area"], strict=True))
            merged = {area: step.get(old, old) for area, old in (step | merged).items()}
        return dict(sorted(pair for pair in merged.items() if pair[0] != pair[1]))


def _growing(typed: pd.DataFrame, areas: AreaTree) -> pd.DataFrame:
    """Rows of the areas that keep all they have and get something: their own people are part of the new count."""
    begins = areas.frame.set_index("area")["valid_from"]
    grown = typed.loc[typed["to_area"].map(begins) < typed["date"], ["to_area", "date"]].drop_duplicates()
    given = typed[["from_area", "date"]].drop_duplicates().rename(columns={"from_area": "to_area"})
    kept = grown.merge(given, on=["to_area", "date"], how="left", indicator=True)
    kept = kept[kept["_merge"] == "left_only"]
    return kept.assign(from_area=kept["to_area"], measure="", cell="", share=1.0, clustering=0.0)[RESULT]


def _typed(text: pd.DataFrame) -> pd.DataFrame:
    """Read dates and numbers; what is none is NaT or NaN. Weights become shares of their old area."""
    share, weight = (pd.to_numeric(text[name].replace("", None), errors="coerce") for name in ("share", "weight"))
    typed = text.assign(
        date=pd.to_datetime(text["date"], format="%Y-%m-%d", errors="coerce").astype("datetime64[s]"),
        share=share.astype("float64"),
        weight=weight.astype("float64"),
        basis=text["basis"].replace("", AREA),
        cell=[_cell(*cell) for cell in text[["measure", "sex", "age"]].itertuples(index=False, name=None)],
    )
    people = _sums(typed, "weight")
    clustering = typed["basis"].map(CLUSTERING) + (1 / people).where((typed["basis"] == COUNTED) & (people > 0), 0)
    share = typed["share"].where(typed["weight"].isna(), typed["weight"] / people.where(people > 0))
    return typed.assign(share=share, clustering=clustering.clip(upper=1.0))


def _sums(typed: pd.DataFrame, name: str) -> pd.Series:
    return typed.groupby(KEY, dropna=False)[name].transform("sum")


def cell_name(measure: str, sex: str, age_from: int, age_to: int) -> str:
    """Name one count by sex and age, as shares are looked up: ``population|female|0|4``."""
    return f"{measure}|{sex}|{age_from}|{age_to}"


def _cell(measure: str, sex: str, age: str) -> str:
    """Name what a row's shares are of; with an age that is none, a name that says so."""
    if not (sex or age):
        return measure
    try:
        return cell_name(measure, sex or "all", *parse_ages(age))
    except ValueError:
        return NO_CELL


def _faults_of_rows(typed: pd.DataFrame, text: pd.DataFrame, areas: AreaTree, file: str) -> Iterator[Fault]:
    """Yield what is wrong with single rows, so that sums need not be looked at yet."""
    known = areas.frame["area"].tolist()

    def at(rows: pd.Series, message: str, near: str = "") -> Iterator[Fault]:
        for row in text.index[rows.to_numpy(dtype=bool)]:
            values = text.loc[row].to_dict()
            hint = {"near": nearest(values[near], known)} if near else {}
            yield Fault(message, values | hint, Place(file, int(row), area=values["from_area"] or None))

    message = "area '{from_area}' is not in the table of areas; did you mean: {near}?"
    yield from at(~text["from_area"].isin(known), message, near="from_area")
    message = "area '{to_area}' is not in the table of areas; did you mean: {near}?"
    yield from at(~text["to_area"].isin(known), message, near="to_area")
    yield from at(typed["date"].isna(), "'{date}' is no date like 2009-01-01, the first day of the new areas")
    both = (text["share"] != "") == (text["weight"] != "")
    yield from at(both, "either a share or a weight is expected; found share '{share}' and weight '{weight}'")
    no_share = ~both & (text["share"] != "") & ~typed["share"].between(0, 1)
    yield from at(no_share, "'{share}' is no share from 0 to 1, such as 0.25")
    no_weight = ~both & (text["weight"] != "") & ~(typed["weight"].between(0, np.inf, inclusive="left"))
    yield from at(no_weight, "'{weight}' is no weight, a number of 0 or more such as 1234")
    strange = ~typed["basis"].isin(list(CLUSTERING))
    yield from at(strange, "basis '{basis}' is not known; allowed: counted, population, area")
    strange = (typed["cell"] == NO_CELL) | ((text["measure"] == "") & (typed["cell"] != ""))
    yield from at(strange, "sex '{sex}' and age '{age}' need a measure, and an age group like 0-4 or 85+")
    twice = typed.duplicated(["from_area", "to_area", "date", "cell"], keep="first")
    yield from at(twice, "from_area, to_area, date, measure, sex and age stand more than once; keep one row")
    yield from _faults_of_times(typed, areas, at)


def _faults_of_times(typed: pd.DataFrame, areas: AreaTree, at: Callable[..., Iterator[Fault]]) -> Iterator[Fault]:
    """Yield rows whose areas do not exist then, or are not of one level."""
    tree = areas.frame.set_index("area")
    old, new = (tree.reindex(typed[name]) for name in ("from_area", "to_area"))
    date = typed["date"].to_numpy()
    is_known = old["level"].notna().to_numpy() & new["level"].notna().to_numpy() & ~np.isnat(date)
    gone = ~_exists(old, date - DAY) & is_known
    yield from at(
        pd.Series(gone), "from_area did not exist on the day before {date}; mend its dates in the table of areas"
    )
    absent = ~_exists(new, date) & is_known
    yield from at(
        pd.Series(absent), "to_area '{to_area}' did not exist on {date}; mend its dates in the table of areas"
    )
    mixed = (old["level"].to_numpy() != new["level"].to_numpy()) & is_known
    yield from at(pd.Series(mixed), "from_area and to_area '{to_area}' are not of the same level")


def _exists(rows: pd.DataFrame, day: np.ndarray) -> np.ndarray:
    return np.asarray((rows["valid_from"].to_numpy() <= day) & (day <= rows["valid_to"].to_numpy()))


def _faults_of_areas(typed: pd.DataFrame, areas: AreaTree, file: str) -> Iterator[Fault]:
    """Yield old areas of which a part would be lost, or counted twice."""
    ends = areas.frame.set_index("area")["valid_to"]
    general = set(typed.loc[typed["cell"] == "", ["from_area", "date"]].itertuples(index=False, name=None))
    numbered = typed.assign(row=typed.index)
    groups = numbered.groupby(KEY, sort=True)
    looked_at = groups.agg(
        total=("share", "sum"), size=("share", "size"), row=("row", "first"), first=("measure", "first")
    )
    staying = set(typed.loc[typed["from_area"] == typed["to_area"], KEY].itertuples(index=False, name=None))
    for area, date, cell, total, size, row, measure in looked_at.reset_index().itertuples(index=False, name=None):
        place = Place(file, int(row), area=area)
        if not abs(total - 1) <= PRINTED * size:
            yield Fault("the shares of the area add up to {total:.6g}; they must add up to 1", {"total": total}, place)
        if ends[area] >= date and (area, date, cell) not in staying:
            message = "the area goes on after {date:%Y-%m-%d}; add a row with the share that stays in it, or end it"
            yield Fault(message, {"date": date}, place)
        if cell and (area, date) not in general:
            message = "there are shares for {measure} only; add rows without a measure for all the others"
            yield Fault(message, {"measure": measure}, place)
