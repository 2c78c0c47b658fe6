"""Evidence: what a result row becomes before something is said about it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from sozialanalyse.evidence import CAVEATS, Evidence, evidence, to_evidence

ROWS = pd.DataFrame(
    {
        "finding": ["rising", "hidden"],
        "indicator": "share",
        "area": ["a", "b"],
        "level": "quarter",
        "first": pd.to_datetime(["2011-12-31", "NaT"]),
        "size": [1.5, float("nan")],
        "grade": ["limited", ""],
        "caveats": ["fragile broken", ""],
    }
)


def test_rows_become_evidence_with_nothing_for_what_is_not_known():
    first, second = to_evidence(ROWS, {"claim": "finding"}, reference="earlier")
    assert first == Evidence(
        claim="rising",
        indicator="share",
        area="a",
        level="quarter",
        first=dt.date(2011, 12, 31),
        size=1.5,
        reference="earlier",
        grade="limited",
        caveats=("fragile", "broken"),
    )
    assert (second.first, second.size, second.grade, second.caveats) == (None, None, None, ())


@pytest.mark.parametrize(
    ("field", "found", "message"),
    [
        ("claim", "soaring", "claim is 'soaring', but must be one of 'rising', 'falling'"),
        ("reference", "neighbour", "reference is 'neighbour', but must be one of '', 'town'"),
        ("grade", "good", "grade is 'good', but must be one of 'reliable', 'limited', 'indicative'"),
        ("caveats", "odd", "caveat is 'odd', but must be one of 'same_people'"),
    ],
)
def test_what_is_not_known_is_refused(field, found, message):
    row = {"claim": "rising", "indicator": "share", "area": "a", "level": "quarter", field: found}
    with pytest.raises(ValueError, match=message):
        evidence(row)


def test_caveats_are_sentences():
    assert all(text[0].isupper() and text.endswith(".") for text in CAVEATS.values())
