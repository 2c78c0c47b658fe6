"""What must hold for every row of a delivery, and how it is said when it does not: all faults in one table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from sozialanalyse.amounts import NUMBER, SEXES, STATES, ZERO
from sozialanalyse.errors import DataError, Fault, Place, nearest
from sozialanalyse.loading.csv_files import FILE_ROW
from sozialanalyse.loading.places import AMBIGUOUS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue
    from sozialanalyse.loading.town_file import TownFile

    Test = Callable[[pd.DataFrame], pd.Series]
    Hint = Callable[[int], str]

KEY = ["area", "measure", "period_start", "period_end", "sex", "age_from", "age_to"]
"""What makes a count the only one of its kind; of rows that belong to no area, their label too."""

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
    "name": "there is no area named '{area}'; did you mean: {hint}? Declare it under area_names, totals or unassigned",
    "ambiguous": "'{area}' is the name of several areas: {hint}; declare area.level, area.order or area.within",
    "measure": "measure '{measure}' is not in the catalogue; did you mean: {hint}?",
    "period": "'{period}' is no period of this measure; a stock needs a date (2011-12-31), a flow a span (2011, 2011/12)",
    "expected": "the period '{period}' is not among the reference dates declared in town.yml",
    "valid": "the area did not exist on the date '{period}'",
    "sex": "sex '{sex}' is not known; allowed: female, male, diverse, or empty for all",
    "age": "'{age}' is no age group; write 0-4, 85+, a single year, or nothing for all ages",
    "fix": "'{value}' is no number as the mapping declares them; if it is right, write there: {fix}",
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

    def column(tests: dict[str, Test]) -> pa.Column:
        checks = [pa.Check(partial(_outcome, test, typed), error=name, ignore_na=False) for name, test in tests.items()]
        return pa.Column(checks=checks, nullable=True)

    schema = pa.DataFrameSchema({name: column(tests) for name, tests in _tests(text, declared).items()})
    try:
        schema.validate(typed, lazy=True)
    except SchemaErrors as errors:
        raise DataError(_faults(errors.failure_cases, typed, text, declared)) from None


def _outcome(test: Test, typed: pd.DataFrame, _: pd.Series) -> pd.Series:
    """Test whole rows where pandera looks at a column, so that its table names each failure once."""
    return test(typed)


def _tests(text: pd.DataFrame, declared: Declared) -> dict[str, dict[str, Test]]:
    """List by column what must hold, with the name of its message; what another test says already is passed over."""
    units = {measure.id: measure.unit for measure in declared.catalogue.measures}
    dates = pd.DatetimeIndex(pd.to_datetime(list(declared.town.periods)))
    return {
        "area": _tests_of_areas(text, declared.areas),
        "measure": {"measure": lambda rows: rows["measure"].isin(units)},
        "period_end": {
            "period": lambda rows: rows["period_end"].notna() | ~rows["measure"].isin(units),
            "expected": lambda rows: (
                rows["period_end"].isin(dates)
                | rows["period_end"].isna()
                | (rows["period_kind"] != "stock")
                | dates.empty
            ),
        },
        "sex": {"sex": lambda rows: rows["sex"].isin(SEXES)},
        "age_from": {"age": lambda rows: rows["age_from"] >= 0},
        **_tests_of_values(text, [name for name, unit in units.items() if unit in WHOLE_UNITS]),
        "row": {"duplicate": lambda rows: ~rows.duplicated([*KEY, "label"], keep=False)},
    }


def _tests_of_areas(text: pd.DataFrame, areas: AreaTree) -> dict[str, Test]:
    """Rows of no area, and names that a mapping could not find, are no unknown ids."""
    known = areas.frame["area"]
    is_id = (text["area_problem"] == "") & (text["label"] == "")
    return {
        "area": lambda rows: rows["area"].isin(known) | ~is_id,
        "name": lambda _: text["area_problem"] != UNKNOWN,
        "ambiguous": lambda _: text["area_problem"] != AMBIGUOUS,
        "valid": lambda rows: exist(rows, areas) | ~rows["area"].isin(known),
    }


def _tests_of_values(text: pd.DataFrame, whole: list[str]) -> dict[str, dict[str, Test]]:
    """Tests of value and status; ``whole`` are the measures that are counted in whole numbers."""
    is_given = text["value"] != ""
    is_share = text["share"].notna()
    has_fix = text["fix"] != ""
    return {
        "value": {
            "fix": lambda rows: rows["value"].notna() | ~has_fix,
            "number": lambda rows: rows["value"].notna() | ~is_given | has_fix,
            "negative": lambda rows: ~(rows["value"] < 0),
            "whole": lambda rows: (rows["value"].fillna(0) % 1 == 0) | is_share | ~rows["measure"].isin(whole),
        },
        "status": {
            "status": lambda rows: rows["status"].isin(STATES),
            "both": lambda rows: (
                (is_given == rows["status"].isin([NUMBER, ZERO])) & ~((rows["status"] == ZERO) & (rows["value"] > 0))
                | ~rows["status"].isin(STATES)
            ),
        },
    }


def exist(frame: pd.DataFrame, areas: AreaTree) -> pd.Series:
    """Tell for each row whether its area is in the table and existed at the end of the period, where that is known."""
    dates = areas.frame.set_index("area")
    start, end = frame["area"].map(dates["valid_from"]), frame["area"].map(dates["valid_to"])
    date = frame["period_end"]
    return start.notna() & (date.isna() | ((start <= date) & (date <= end)))


def _faults(cases: pd.DataFrame, typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> list[Fault]:
    """Turn pandera's table of failures into faults with file and row, in the order of the rows."""
    broken = cases[cases["index"].isna()]
    if len(broken):
        message = f"the check '{broken['check'].iloc[0]}' could not be run: {broken['failure_case'].iloc[0]}"
        raise RuntimeError(message)
    failed = cases[["index", "check"]].drop_duplicates().astype({"index": int})
    failed = failed.sort_values(["index", "check"], key=lambda column: column.replace(_ORDER))
    rows = text.loc[failed["index"].unique()].to_dict("index")
    hints = _hints(typed, text, declared)
    return [
        Fault(
            MESSAGES[check],
            {name: rows[index][name] for name in _SHOWN} | {"hint": hints[check](index) if check in hints else ""},
            Place(rows[index]["file"], rows[index][FILE_ROW], area=rows[index]["area"] or rows[index]["label"]),
        )
        for index, check in zip(failed["index"], failed["check"], strict=True)
    ]


_ORDER = {check: number for number, check in enumerate(MESSAGES)}
_SHOWN = ("area", "period", "measure", "sex", "age", "value", "status", "fix")


def _hints(typed: pd.DataFrame, text: pd.DataFrame, declared: Declared) -> dict[str, Hint]:
    """For some messages, what tells of a row where it went wrong: the nearest names, the other rows."""
    areas = declared.areas.frame["area"].tolist()
    measures = [measure.id for measure in declared.catalogue.measures]
    near_area = cache(lambda found: nearest(found, areas))
    near_measure = cache(lambda found: nearest(found, measures))
    others = _others(typed, text)
    return {
        "area": lambda index: near_area(text.at[index, "area"]),
        **dict.fromkeys(["name", "ambiguous"], lambda index: str(text.at[index, "candidates"])),
        "measure": lambda index: near_measure(text.at[index, "measure"]),
        "duplicate": others.__getitem__,
    }


def _others(typed: pd.DataFrame, text: pd.DataFrame) -> dict[int, str]:
    """For each row that says the same as others, where the first of those stand."""
    key = [*KEY, "label"]
    twice = typed[typed.duplicated(key, keep=False)]
    place = (text["file"] + ":" + text[FILE_ROW].astype(str)).to_dict()
    groups = twice.index.to_series().groupby([twice[name] for name in key], dropna=False).agg(list)
    return {
        row: ", ".join([place[other] for other in group[: OTHERS_SHOWN + 1] if other != row][:OTHERS_SHOWN])
        for group in groups
        for row in group
    }
