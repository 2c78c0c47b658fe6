"""Marks: what the marks of deliverers tell by themselves, before a release publishes anything.

Where four areas bear a mark for 1 to 9 and so does the one that they make up, each of the four is 6 at most. No release
can take that back; what it must not do is to make these bounds narrower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.audit.bounds import Wanted, bounds
from sozialanalyse.audit.knowledge import MISSING, PUBLIC, Knowledge
from sozialanalyse.audit.relations import relations_of

if TYPE_CHECKING:
    from sozialanalyse.audit.relations import Relations

UNKNOWN = "unknown"
"""State of a cell of which there is a count, before anything is published."""


def bounds_of_marks(knowledge: Knowledge) -> dict[str, tuple[float, float]]:
    """Bound each marked cell by the marks and by public numbers alone.

    Parameters
    ----------
    knowledge
        A release; what it publishes of the measures with marks is left out.

    Returns
    -------
    dict
        Least and greatest value of each marked cell by its id.
    """
    marked = {entry.cell for entry in knowledge.document.excluded if entry.reason == "marked"}
    cells = knowledge.cells[knowledge.cells["measure"].isin(set(_measures_of(knowledge, marked)))]
    kept = cells["cell"].isin(marked) | (cells["state"] == PUBLIC)
    known = {name: cells[name].where(kept) for name in ("value", "least", "greatest")}
    state = cells["state"].where(kept | (cells["state"] == MISSING), UNKNOWN)
    before = cells.assign(state=state, **known).reset_index(drop=True)
    relations = relations_of(Knowledge(knowledge.document, before))
    return _bounds_of(relations, marked) if marked else {}


def _measures_of(knowledge: Knowledge, marked: set[str]) -> list[str]:
    return knowledge.cells.loc[knowledge.cells["cell"].isin(marked), "measure"].tolist()


def _bounds_of(relations: Relations, marked: set[str]) -> dict[str, tuple[float, float]]:
    targets = [target for target in relations.targets() if target.cell in marked]
    system = relations.draft.system()
    flags = np.zeros(len(system.lower), dtype=bool)
    flags[[target.count for target in targets]] = True
    infinite = np.full(len(system.lower), np.inf)
    found = bounds(system, Wanted(flags, flags, infinite, infinite))
    return {target.cell: (float(found.least[target.count]), float(found.greatest[target.count])) for target in targets}
