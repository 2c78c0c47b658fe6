"""People by age and sex, as a release tells them of measures that no rule protects."""

from __future__ import annotations

import datetime as dt

from sozialanalyse.documents import Model


class People(Model):
    """People of an age and a sex at a date, by area."""

    measure: str
    sex: str
    age_from: int
    age_to: int
    period_start: dt.date
    period_end: dt.date
    counts: dict[str, float]
