"""A loaded town made of a small table, and its irregularities as lines that a test can show."""

from __future__ import annotations

from typing import Any

from sozialanalyse import quality
from sozialanalyse.catalogue import shipped
from sozialanalyse.loading import TownData
from sozialanalyse.loading.expectations import Expectations
from sozialanalyse.loading.totals import gaps_of_totals
from sozialanalyse.loading.town_file import TownFile
from tests.tables import counts, tree

TOWN = {
    "schema": 1,
    "name": "Klein",
    "levels": [{"id": "quarter", "label": {"de": "x", "en": "x"}, "plural": {"de": "x", "en": "x"}}],
    "confidentiality": "synthetic",
    "population_base": {"de": "x", "en": "x"},
    "sources": {},
}


def town(text: str, checks: dict[str, Any] | None = None) -> TownData:
    """Make a town of a table of counts (see :func:`tables.counts`); ``T`` is the whole town, without a measure it is people."""
    delivered = counts(text).reset_index(drop=True)
    delivered["measure"] = delivered["measure"].replace("people", "population").astype("category")
    delivered["source"] = "register"
    names = sorted(set(delivered["area"]) - {"T"})
    areas = tree("area level parent\nT town .\n" + "\n".join(f"{name} quarter T" for name in names))
    file = TownFile.model_validate({**TOWN, "checks": Expectations.model_validate(checks or {})})
    gaps = gaps_of_totals(delivered, areas)
    return TownData(file, areas, shipped(), delivered, gaps, (), None)


def findings(data: TownData, *, repairs: bool = False, coverage: bool = False) -> list[str]:
    """Write each irregularity as severity, check, area, measure and message; those of coverage only on request."""
    found = [one for one in quality.inspect(data) if coverage or one.check != "coverage"]
    lines = []
    for one in found:
        message = one.fault.message.format(**one.fault.values)
        mended = f" -> {one.repair}" if repairs and one.repair else ""
        lines.append(f"{one.severity} {one.check} {one.area or '*'} {one.measure}: {message}{mended}")
    return lines
