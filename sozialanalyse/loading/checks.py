"""What must hold for every row of a delivery, and how it is said when it does not: all faults in one table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.amounts import NUMBER, SEXES, STATES, ZERO
from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.loading.csv_files import FILE_ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.town_file import TownFile

    Test = Callable[[pd.DataFrame], pd.Series]
    Hint = Callable[[int], str]

KEY = ["area", "measure", "period_start", "period_end", "sex", "age_from", "age_to"]
"""What makes a count the only one of its kind."""

WHOLE_UNITS = ("persons", "households", "dwellings", "cases")
"""Units that are counted in whole numbers; living space is not."""

OTHERS_SHOWN = 3
"""So many of the other rows that say the same are named."""


@dataclass(frozen=True)
class Declared:
    """What a delivery may speak of."""

    town: TownFile
    areas: AreaTree
    catalogue: Catalogue


MESSAGES = {
    "area": "area '{area}' is not in the table of areas; did you mean: {hint}?",
    "measure": "measure '{measure}' is not in the catalogue; did you mean: {hint}?",
    "period": "'{period}' is no period of this measure; a stock needs a date (2011-12-31), a flow a span (2011, 2011/12)",
    "expected": "the period '{period}' is not among the reference dates declared in town.yml",
    "valid": "the area did not exist on the date '{period}'",
    "sex": "sex '{sex}' is not known; allowed: female, male, diverse, or empty for all",
    "age": "'{age}' is no age group; write 0-4, 85+, a single year, or nothing for all ages",
    "number": "'{value}' is no number; write 1234 or 1234.5, or declare the decimal sign and marks in a mapping",
    "negative": "the count {value} is negative",
    "whole": "the count {value} is not a whole number; has a decimal point slipped?",
    "status": "status '{status}' is not known; allowed: number, zero, missing, suppressed, not_applicable",
    "both": "value '{value}' and status '{status}' contradict each other",
    "duplicate": "area, period, measure, sex and age stand more than once (also in {hint})",
}


def refuse_faults(typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> None:
    """Check parsed counts.

    Parameters
    ----------
    typed
        The parsed rows; what could not be parsed is NaN, NaT or -1.
    text
        The same rows as they were delivered, with the same index.
    declared
        Town, areas and catalogue.

    Raises
    ------
    DataError
        With all faults at once, in the order of the rows.
    """
    import pandera.pandas as pa  # noqa: PLC0415 - heavy
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - heavy

    tests = _tests(text, declared)
    checks = [pa.Check(test, name=name, error=name, ignore_na=False) for name, test in tests.items()]
    schema = pa.DataFrameSchema(checks=checks)
    try:
        schema.validate(typed, lazy=True)
    except SchemaErrors as errors:
        raise DataError(_faults(errors.failure_cases, typed, text, declared)) from None


def _tests(text: pd.DataFrame, declared: Declared) -> dict[str, Test]:
    """List what must hold, by the name of its message; what another test names already is passed over."""
    units = {measure.id: measure.unit for measure in declared.catalogue.measures}
    whole = [name for name, unit in units.items() if unit in WHOLE_UNITS]
    expected = pd.DatetimeIndex(pd.to_datetime(list(declared.town.periods)))
    is_given = text["value"] != ""
    is_share = text["share"].notna()
    return {
        "area": lambda frame: frame["area"].isin(declared.areas.frame["area"]),
        "measure": lambda frame: frame["measure"].isin(units),
        "period": lambda frame: frame["period_end"].notna() | ~frame["measure"].isin(units),
        "expected": lambda frame: (
            frame["period_end"].isin(expected)
            | frame["period_end"].isna()
            | (frame["period_kind"] != "stock")
            | expected.empty
        ),
        "valid": lambda frame: _exists(frame, declared.areas),
        "sex": lambda frame: frame["sex"].isin(SEXES),
        "age": lambda frame: frame["age_from"] >= 0,
        "number": lambda frame: frame["value"].notna() | ~is_given,
        "negative": lambda frame: ~(frame["value"] < 0),
        "whole": lambda frame: (frame["value"].fillna(0) % 1 == 0) | is_share | ~frame["measure"].isin(whole),
        "status": lambda frame: frame["status"].isin(STATES),
        "both": lambda frame: (is_given == frame["status"].isin([NUMBER, ZERO])) | ~frame["status"].isin(STATES),
        "duplicate": lambda frame: ~frame.duplicated(KEY, keep=False),
    }


def _exists(frame: pd.DataFrame, areas: AreaTree) -> pd.Series:
    dates = areas.frame.set_index("area")
    start, end = frame["area"].map(dates["valid_from"]), frame["area"].map(dates["valid_to"])
    date = frame["period_end"]
    return start.isna() | date.isna() | ((start <= date) & (date <= end))


def _faults(cases: pd.DataFrame, typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> list[Fault]:
    """Turn pandera's table of failures into faults with file and row, in the order of the rows."""
    broken = cases[cases["index"].isna()]
    if len(broken):
        message = f"the check '{broken['check'].iloc[0]}' could not be run: {broken['failure_case'].iloc[0]}"
        raise RuntimeError(message)
    failed = cases[["index", "check"]].drop_duplicates().astype({"index": int}).sort_values("index", kind="stable")
    rows = text.loc[failed["index"].unique()].to_dict("index")
    hints = _hints(typed, text, declared)
    return [
        Fault(
            MESSAGES[check],
            {name: rows[index][name] for name in _SHOWN} | {"hint": hints[check](index) if check in hints else ""},
            Place(rows[index]["file"], rows[index][FILE_ROW], area=rows[index]["area"]),
        )
        for index, check in zip(failed["index"], failed["check"], strict=True)
    ]


_SHOWN = ("area", "period", "measure", "sex", "age", "value", "status")


def _hints(typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> dict[str, Hint]:
    """For some messages, what tells of a row where it went wrong: the nearest names, the other rows."""
    areas = declared.areas.frame["area"].tolist()
    measures = [measure.id for measure in declared.catalogue.measures]
    near_area = cache(lambda found: nearest(found, areas))
    near_measure = cache(lambda found: nearest(found, measures))
    others = _others(typed, text)
    return {
        "area": lambda index: near_area(text.at[index, "area"]),
        "measure": lambda index: near_measure(text.at[index, "measure"]),
        "duplicate": others.__getitem__,
    }


def _others(typed: pd.DataFrame, text: pd.DataFrame) -> dict[int, str]:
    """For each row that says the same as others, where those stand."""
    places = text["file"] + ":" + text[FILE_ROW].astype(str)
    twice = typed[typed.duplicated(KEY, keep=False)]
    return {
        index: ", ".join(places[[other for other in group[: OTHERS_SHOWN + 1] if other != index][:OTHERS_SHOWN]])
        for group in twice.groupby(KEY, dropna=False).groups.values()
        for index in group
    }
