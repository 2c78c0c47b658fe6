"""The table esp2013 of PHEindicatormethods: ours, which also must be that of the inputs, band by band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialanalyse.statistics import ESP_2013
from tests.oracles.runner import Answer, Function

if TYPE_CHECKING:
    from tests.oracles.vectors import Call


def _table(call: Call) -> Answer:
    if call.numbers("esp2013").tolist() != list(ESP_2013):
        msg = "the bands differ from ours"
        raise LookupError(msg)
    return lambda wanted: {("sum", "value"): sum(ESP_2013)}[wanted.key["what"], wanted.statistic]


FUNCTIONS = {"data(esp2013)": Function(_table)}
