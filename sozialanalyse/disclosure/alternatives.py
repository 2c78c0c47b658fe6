"""Where a rule asks for it, counts are rounded or get noise instead of being hidden: before the decision what is hidden.

An altered measure leaves the problem of suppression: its sums are not those of the counts any more, and nothing of it is primary.
What is never published of it (differences of age groups, complements) is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sozialanalyse.disclosure.cell_key import keys_of_counts, perturb
from sozialanalyse.disclosure.loss import InformationLoss, information_loss
from sozialanalyse.disclosure.nodes import COMPLEMENT, REST, TERM
from sozialanalyse.disclosure.perturbation import perturbation_table
from sozialanalyse.disclosure.rounding import controlled_rounding, small_count_rounding
from sozialanalyse.disclosure.rules_file import CellKey, Rounding
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialanalyse.disclosure.cells import Cells
    from sozialanalyse.disclosure.rules import Rules

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Keys = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

SECRET_FILE = "cell_key.secret"  # noqa: S105 - the name of a file
IDENTITY = ["area", "measure", "sex", "age_from", "age_to", "period_start", "period_end", "kind"]
"""What tells a part of a table from any other."""


@dataclass(frozen=True, eq=False)
class Altered:
    """Cells of which some are shown with another value.

    Parameters
    ----------
    cells
        With what is shown in place of what was counted, its bounds, and without the sums that do not hold any more.
    rules
        Under which the altered measures are open: nothing of them need be hidden.
    loss
        What that costs, by measure.
    additive
        Whether all sums of what is shown of a measure hold.
    off
        By how much what is shown of a measure may be off at most.
    """

    cells: Cells
    rules: Rules
    loss: Mapping[str, InformationLoss] = field(default_factory=dict)
    additive: Mapping[str, bool] = field(default_factory=dict)
    off: Mapping[str, float] = field(default_factory=dict)


class _Shown(NamedTuple):
    """What is shown of the cells of a measure, by how much each may be off, and whether sums hold."""

    value: Floats
    off: Floats
    additive: bool


def alter(cells: Cells, rules: Rules, audience: str, folder: Path) -> Altered:
    """Round the counts of measures whose rule asks for it, or add noise to them.

    Parameters
    ----------
    cells
        Of a town.
    rules, audience
        By which, and for whom.
    folder
        The town folder, which holds the secret of the cell-key method in :data:`SECRET_FILE`.

    Raises
    ------
    UsageError
        The cell-key method is asked for and there is no secret.
    """
    measures = [str(name) for name in cells.frame["measure"].unique()]
    methods = {name: rules.of(name, audience).method for name in measures}
    loss: dict[str, InformationLoss] = {}
    additive: dict[str, bool] = {}
    off: dict[str, float] = {}
    altered = cells
    for measure, method in sorted(methods.items(), key=lambda item: _height(cells, item[0])):
        published = _published(cells, measure)
        if not published.any():
            continue
        if isinstance(method, Rounding):
            shown = _rounded(cells, published, method)
        elif isinstance(method, CellKey):
            shown = _with_noise(altered, published, method, read_secret(folder))
        else:
            continue
        loss[measure] = information_loss(cells.frame["value"].to_numpy()[published], shown.value[published])
        additive[measure], off[measure] = shown.additive, float(shown.off[published].max())
        altered = _replaced(altered, measure, published, shown)
    return Altered(altered, replace(rules, opened=frozenset(loss)), loss, additive, off)


def read_secret(folder: Path) -> bytes:
    """Return the secret of the cell-key method, or raise a UsageError that says how to make one."""
    path = folder / SECRET_FILE
    if not path.is_file():
        message = (
            "the cell-key method needs a secret in {file} of the town folder: 64 random digits and letters, written once, never "
            "changed and never published"
        )
        raise UsageError(message, file=SECRET_FILE)
    return path.read_bytes().strip()


def _published(cells: Cells, measure: str) -> Flags:
    frame = cells.frame
    is_own = (frame["measure"] == measure) & frame["kind"].isin([TERM, REST]) & ~frame["public"]
    return np.asarray(is_own & frame["value"].notna(), dtype=np.bool_)


def _rounded(cells: Cells, published: Flags, method: Rounding) -> _Shown:
    """Round part by part, each made of the cells that sums tie together."""
    value = np.where(published, cells.frame["value"].to_numpy(dtype=np.float64), np.nan)
    off = np.full(len(value), method.base - 1.0)
    sums = _within(cells, published)
    additive = True
    for part in _tied_together(sums, published):
        own = sums[:, part]
        used = own[np.flatnonzero(np.diff(own.indptr) > 0)]
        if method.small_only:
            is_whole = np.asarray((used > 0).sum(axis=0)).ravel() > 0
            found = small_count_rounding(value[part], used, method.base, ~is_whole)
            off[part] = _reach(used, method.base - 1.0, is_whole)
        else:
            found = controlled_rounding(value[part], used, method.base)
        value[part] = found.value
        additive &= found.additive
    return _Shown(value, off, additive)


def _reach(sums: csr_array, off: float, is_whole: Flags) -> Floats:
    """By how much sums that are added up anew may be off: by as much as all their parts together."""
    reach = np.where(is_whole, np.inf, off)
    rows, wholes = (sums > 0).nonzero()
    parts = (sums < 0).astype(np.float64)
    for _ in range(len(rows)):
        before = reach.copy()
        known = np.where(np.isinf(reach), np.finfo(np.float64).max / len(reach), reach)
        added = parts @ known
        np.minimum.at(reach, wholes, added[rows])
        if np.array_equal(before, reach):
            break
    return reach


def _with_noise(cells: Cells, published: Flags, method: CellKey, secret: bytes) -> _Shown:
    """Add noise by the keys of the smallest parts that make up each cell."""
    frame = cells.frame
    own = np.flatnonzero((frame["measure"] == frame.loc[published, "measure"].iloc[0]) & (frame["kind"] != COMPLEMENT))
    keys = np.zeros(len(frame), dtype=np.uint64)
    counts = frame["value"].fillna(0.0).to_numpy(dtype=np.float64)
    names = ["|".join(map(str, row)) for row in frame.loc[own, IDENTITY].itertuples(index=False, name=None)]
    keys[own] = keys_of_counts(names, counts[own], secret)
    inside = np.isin(np.arange(len(frame)), own)
    _add_up(keys, _within(cells, inside), frame["area"].to_numpy())
    table = perturbation_table(method.deviation, method.variance, method.not_shown)
    value = np.where(published, frame["value"].to_numpy(dtype=np.float64), np.nan)
    shown = np.fmin(perturb(value, keys, table).value, _most(cells))
    return _Shown(shown, np.full(len(shown), float(method.deviation)), additive=False)


def _most(cells: Cells) -> Floats:
    """What is shown of the whole that a cell is part of: more than all cannot be; NaN where there is none that is altered.

    If the true part is within the deviation of its noisy value, and the true whole of its own, both are of this value too.
    """
    frame = cells.frame
    most = frame["most"].to_numpy(dtype=np.float64).copy()
    rest = frame[frame["kind"] == COMPLEMENT]
    part, whole = (rest[name].to_numpy(dtype=np.int64) for name in ("part", "of"))
    shown = frame["value"].mask(frame["exact"]).to_numpy(dtype=np.float64)
    np.fmin.at(most, part, shown[whole])
    return most


def _height(cells: Cells, measure: str) -> int:
    """How many measures lie between this one and one that is part of no other: wholes are altered before their parts."""
    rest = cells.frame[cells.frame["kind"] == COMPLEMENT]
    pairs = rest[["measure", "whole"]].astype(str).drop_duplicates()
    above = dict(pairs.groupby("measure")["whole"].apply(set))
    height, found = 0, {measure}
    while (higher := set().union(*(above.get(name, set()) for name in found)) - found) and height < len(above):
        height, found = height + 1, higher
    return height


def _add_up(keys: Keys, sums: csr_array, areas: NDArray[np.object_]) -> None:
    """Give each whole the sum of the keys of its parts, those of other areas before those of other ages."""
    parts_of: dict[int, Numbers] = {}
    for row in range(sums.shape[0]):
        cells, signs = (part[sums.indptr[row] : sums.indptr[row + 1]] for part in (sums.indices, sums.data))
        whole = int(cells[signs > 0][0])
        if whole not in parts_of or (areas[cells[signs < 0]] != areas[whole]).any():
            parts_of[whole] = cells[signs < 0]
    done: set[int] = set()

    def settle(cell: int) -> None:
        if cell in parts_of and cell not in done:
            done.add(cell)
            for part in parts_of[cell]:
                settle(int(part))
            keys[cell] = np.add.reduce(keys[parts_of[cell]], dtype=np.uint64)

    for cell in parts_of:
        settle(cell)


def _within(cells: Cells, inside: Flags) -> csr_array:
    """Keep the sums of a whole and its parts that lie wholly among some cells."""
    outside = abs(cells.relations) @ (~inside).astype(np.float64)
    wholes = (cells.relations > 0).sum(axis=1)
    return cells.relations[np.flatnonzero((outside == 0) & (cells.constants == 0) & (wholes == 1))]


def _tied_together(sums: csr_array, cells: Flags) -> Iterator[Numbers]:
    """Yield the cells of each connected part."""
    from scipy.sparse import block_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - slow to import

    _, label = connected_components(block_array([[None, sums.T], [sums, None]]), directed=False)
    chosen = np.flatnonzero(cells)
    order = chosen[np.argsort(label[chosen], kind="stable")]
    yield from np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def _replaced(cells: Cells, measure: str, published: Flags, shown: _Shown) -> Cells:
    """Put what is shown in place of what was counted."""
    frame = cells.frame
    computed = (frame["measure"] == measure).to_numpy() & ~frame["kind"].isin([TERM, REST]).to_numpy()
    for name in ("part", "of"):
        number = frame[name].to_numpy()
        computed |= (number >= 0) & published[number]
    touched = published | computed
    kept = np.flatnonzero(abs(cells.relations) @ touched.astype(np.float64) == 0)
    changed = frame.assign(
        value=frame["value"].where(~published, shown.value).mask(computed),
        lower=frame["lower"].where(~published, np.maximum(shown.value - shown.off, 0.0)),
        upper=frame["upper"].where(~published, shown.value + shown.off),
        exact=frame["exact"] & ~published,
    )
    return replace(cells, frame=changed, relations=cells.relations[kept], constants=cells.constants[kept])
