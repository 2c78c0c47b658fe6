"""Needed: places that a town declares for every hundred persons of an age, as a release tells them."""

from __future__ import annotations

from sozialanalyse.documents import Model


class Need(Model):
    """Places for every hundred persons, by variant."""

    id: str
    measure: str
    age_from: int
    age_to: int
    rates: dict[str, float]
