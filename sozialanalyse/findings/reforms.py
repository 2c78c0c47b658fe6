"""What a page says about areas that changed: which values were converted to today's areas, and how well that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.findings import _keys
from sozialanalyse.language import key, keyed
from sozialanalyse.loading.counted_shares import RESIDENTS
from sozialanalyse.loading.reforms import LARGEST_RELATIVE_ERROR
from sozialanalyse.trends import converted

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.view import View

SMALLEST_SHARE = 1e-6
"""Less is no error: at the date whose counts are the shares, everybody is where they were counted."""


def conversions(view: View) -> list[str]:
    """Say from what date on the areas are today's, how many people a conversion misplaces, and what is left out.

    Nothing is said where no shown value was converted.
    """
    rows = _shown(view)
    estimates = rows[converted(rows)]
    if estimates.empty:
        return []
    texts = [text for date in _reforms(view, estimates) for text in _of_reform(view, date)]
    return [*texts, *_left_out(view, estimates)]


def _shown(view: View) -> pd.DataFrame:
    """Rows of the view's area and of the areas inside it that its page shows."""
    return view.frame[view.frame["area"].isin([view.area, *view.members])]


def _reforms(view: View, estimates: pd.DataFrame) -> list[pd.Timestamp]:
    """Dates of the reforms that made the areas of these estimates, or larger areas of them, what they are today."""
    shares = view.town.crossed.frame
    tree = view.town.areas
    inside = {part for area in estimates["area"].unique() for part in tree.below(area, tree.levels[0])}
    dates = shares.loc[shares["to_area"].isin(inside) & (shares["share"] < 1), "date"]
    return sorted(date for date in dates.unique() if date > estimates["period_end"].min())


def _of_reform(view: View, date: pd.Timestamp) -> list[str]:
    """Say that counts of before a reform are converted, and what that does where the true ones are known."""
    words = view.words
    texts = [words.text("Counts of before {date} are converted to today's areas.", date=_keys.date(words, date))]
    known = view.town.misplaced()
    known = known[(known["date"] == date) & (known["measure"] == RESIDENTS) & (known["share"] > SMALLEST_SHARE)]
    if known.empty:
        texts.append(words.text("How many people that puts into the wrong area is not known."))
        return [" ".join(texts)]
    nearest = known.sort_values("period_end").iloc[0]
    message = (
        "Tried out on {period}, when the true counts are known, the conversion puts {share} of the people in divided areas "
        "into the wrong area ({of_town} of the whole town)."
    )
    period = nearest["period_end"]
    values = {
        name: keyed(words.percent(nearest[column] * 100, 1), key(_STATISTICS[name], RESIDENTS, date, period))
        for name, column in _SHARES.items()
    }
    texts.append(words.text(message, period=_keys.date(words, period), **values))
    return [" ".join(texts)]


_SHARES = {"share": "share", "of_town": "share_of_town"}
_STATISTICS = {"share": "misplaced", "of_town": "misplaced_of_town"}


def _left_out(view: View, estimates: pd.DataFrame) -> list[str]:
    """Name the indicators of which converted values are too uncertain to be shown."""
    words = view.words
    uncertain = set(estimates.loc[estimates["do_not_use"], "indicator"])
    labels = [view.label(indicator.id) for indicator in view.indicators if indicator.id in uncertain]
    if not labels:
        return []
    message = "Converted values whose standard error is above {limit} of the value are too uncertain and left out: {indicators}."
    limit = keyed(words.percent(LARGEST_RELATIVE_ERROR * 100, 0), key("constant", "largest_relative_error"))
    return [words.text(message, limit=limit, indicators=words.listing(labels))]
