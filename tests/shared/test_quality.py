"""On real deliveries that are as they should be, the checks say little that is not so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialanalyse import quality
from sozialanalyse.loading import load_town

ROOT = Path(__file__).resolve().parents[2]
SERIES = ["area", "measure", "sex", "age_from", "age_to"]

MOST_WARNINGS = 0.02
"""Share of the series that may be named on a clean file."""


@pytest.mark.parametrize("town", ["koeln", "berlin"])
def test_clean_deliveries_have_no_error_and_few_warnings(shared, town):
    data = load_town(ROOT / "data" / town, shared / "data")
    found = quality.inspect(data)
    assert [str(one.fault) for one in found if one.severity == "error"] == []
    warnings = sum(one.severity == "warning" for one in found)
    assert warnings <= MOST_WARNINGS * len(data.counts.groupby(SERIES, observed=True))


def test_the_shelters_of_2015_in_berlin_are_named_as_jumps(shared):
    """In autumn 2015 the number of foreign nationals rose in few areas at once; the sums of the areas bear that out."""
    found = quality.inspect(load_town(ROOT / "data" / "berlin", shared / "data"))
    jumps = {one.area for one in found if one.check == "jumps" and one.measure == "population_foreign"}
    assert {"05010339", "11010103", "11020513"} <= jumps
