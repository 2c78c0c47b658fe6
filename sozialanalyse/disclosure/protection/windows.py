"""Windows: the surroundings of primary cells, each small enough to be solved fast and together as good as the whole.

Inside a window a pattern is found as if everything outside were published; it is safe in the whole too, for what the window leaves
open stays open whatever else is hidden. How little any pattern costs is found as if everything outside could move freely;
windows that do not overlap add up. Where both agree nothing is lost. Where they do not, the window grows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sozialanalyse.disclosure.protection.parts import Part

    Flags = NDArray[np.bool_]
    Places = NDArray[np.int64]

NEAREST: Final = 2
"""A window begins with the cells that are so many sums away from a primary cell: enough for a cell, others in its sums, and theirs."""

FARTHEST: Final = 5
"""A window that must grow beyond this is the whole part."""

LARGE: Final = 0.5
"""So is one that holds more than this share of the cells: it would save nothing."""


def windows(part: Part, distances: Places) -> Iterator[Places]:
    """Yield the cells of each window; they do not overlap, and no sum ties two of them together.

    Parameters
    ----------
    part
        The whole.
    distances
        Shape (primaries,): how many sums away from each primary cell its window reaches.
    """
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

    inside = _inside(part, distances)
    if inside.sum() > LARGE * len(inside):
        yield np.arange(len(inside))
        return
    cells = np.flatnonzero(inside)
    tied = abs(part.relations[:, cells])
    count, label = connected_components(tied.T @ tied, directed=False)
    yield from (cells[label == number] for number in range(count))


def _inside(part: Part, distances: Places) -> Flags:
    if (distances > FARTHEST).any():
        return np.ones(len(part.cells), dtype=bool)
    tied = abs(part.relations).sign()
    back = tied.T.tocsr()
    inside = np.zeros(len(part.cells), dtype=bool)
    for cell, distance in zip(part.primaries.tolist(), distances.tolist(), strict=True):
        reached = np.zeros(len(part.cells))
        reached[cell] = 1.0
        for _ in range(distance):
            reached = np.minimum(reached + back @ (tied @ reached), 1.0)
        inside |= reached > 0
    return inside


def seen_through(part: Part, cells: Places) -> Part:
    """Cut a window out of a part; the whole is given as it is.

    Parameters
    ----------
    part
        The whole.
    cells
        Shape (cells,): positions in it, in ascending order.
    """
    if len(cells) == len(part.cells):
        return part
    columns = part.relations[:, cells]
    held, all_ = np.diff(columns.indptr), np.diff(part.relations.indptr)
    mine = np.isin(part.primaries, cells)
    return replace(
        part,
        cells=part.cells[cells],
        relations=columns[np.flatnonzero(held)],
        inner=columns[np.flatnonzero((held > 0) & (held == all_))],
        primaries=np.searchsorted(cells, part.primaries[mine]),
        down=part.down[mine],
        up=part.up[mine],
        **{name: getattr(part, name)[cells] for name in ("below", "above", "always", "weight", "twin")},
    )
