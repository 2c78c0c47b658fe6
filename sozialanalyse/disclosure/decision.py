"""The decision: which cells of a town are hidden from an audience, found part by part, each part proven safe by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.disclosure.nodes import COMPLEMENT, REST, TERM
from sozialanalyse.disclosure.primary import Primary, complement_flags, primary_flags
from sozialanalyse.disclosure.problem import Problem
from sozialanalyse.disclosure.solving import patterns
from sozialanalyse.disclosure.withholding import NO_GROUP, without_groups

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.cells import Cells
    from sozialanalyse.disclosure.contributions import Contributed
    from sozialanalyse.disclosure.problem import Certificate, Pattern
    from sozialanalyse.disclosure.rules import Rules

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

EFFORT = 10.0
"""So much work is spent on a better pattern in each part, about a second of one core a unit; a safe one is there before."""

PARTS = ["measures", "period_end", "cells", "primary", "hidden", "weight", "bound", "method", "seconds", "insider"]


@dataclass(frozen=True, eq=False)
class Standing:
    """What earlier releases have done with each cell, shape (cells,).

    ``published``: shown before with the value that it has now; ``hidden``: hidden before; ``unused``: of a term that only
    earlier releases used, so that it is never shown now.
    """

    published: Flags
    hidden: Flags
    unused: Flags

    @classmethod
    def nothing(cls, size: int) -> Standing:
        """Give the standing of cells that were never released."""
        never = np.zeros(size, dtype=bool)
        return cls(never, never, never)


@dataclass(frozen=True, eq=False)
class Decision:
    """What is hidden and what can be known of it; arrays have the shape (cells,).

    Parameters
    ----------
    cells
        What was decided upon.
    reasons
        Why a cell is primary (sum of :class:`~sozialanalyse.disclosure.primary.Reason`).
    hidden
        Not shown; of cells that are never shown, whether they remain unknown.
    least, greatest
        Between which values a hidden cell can be anywhere; of the others their value.
    exposed
        Primary, but published before, so that the promise excludes it.
    unused
        Of terms that only earlier releases used.
    parts
        A row each problem (:data:`PARTS`): how much it hides and how far from the least possible that may be.
    refused
        Certificates of primary cells that cannot be protected, with the numbers of cells; if there are any, nothing may
        be released.
    """

    cells: Cells
    reasons: NDArray[np.uint16]
    hidden: Flags
    least: Floats
    greatest: Floats
    exposed: Flags
    unused: Flags
    parts: pd.DataFrame
    refused: tuple[Certificate, ...]


def decide(
    cells: Cells,
    rules: Rules,
    audience: str,
    areas: AreaTree,
    standing: Standing | None = None,
    contributed: Contributed | None = None,
) -> Decision:
    """Decide which cells are hidden.

    Parameters
    ----------
    cells
        Of the town.
    rules
        Of the town.
    audience
        Who is to see what is left.
    areas
        The tree, by which totals weigh more than small areas.
    standing
        What earlier releases have done.
    contributed
        Who brings what to amounts, where rules ask for dominance or p-percent.

    Notes
    -----
    Cells that sums tie together make up a part; parts do not touch each other. A cell that was shown before is known and
    stays shown; one that was hidden before stays hidden, and may be used to protect others.
    """
    standing = standing or Standing.nothing(len(cells.frame))
    primary = primary_of(cells, rules, audience, areas.root, contributed)
    exposed = primary.flags & standing.published
    problem = _whole_problem(cells, primary, standing, areas)
    value = cells.frame["value"].to_numpy(dtype=np.float64)
    hidden = np.isnan(value)
    least, greatest = (np.where(hidden, cells.frame[name], value) for name in ("lower", "upper"))
    rows, refused = [], []
    parts = list(_parts(cells, problem))
    problems = [_of_part(problem, part) for part in parts]
    marked = [cells.frame["marked"].to_numpy()[part] for part in parts]
    group = _groups(cells.frame, areas)
    for part, own, bad, found in zip(parts, problems, marked, patterns(problems, marked, EFFORT), strict=True):
        pattern = without_groups(own, found, group[part], bad, EFFORT) if found.impossible else found
        refused += [_numbered(certificate, part) for certificate in pattern.impossible]
        hidden[part], least[part], greatest[part] = pattern.hidden, pattern.least, pattern.greatest
        rows.append(_row(cells.frame, part, own, pattern))
    # What is left over where a total and all its parts are shown can be computed by everybody.
    hidden &= ~((cells.frame["kind"] == REST).to_numpy() & (least == greatest))
    table = pd.DataFrame(rows, columns=PARTS)
    return Decision(cells, primary.reasons, hidden, least, greatest, exposed, standing.unused, table, tuple(refused))


def primary_of(cells: Cells, rules: Rules, audience: str, root: str, contributed: Contributed | None = None) -> Primary:
    """Find the primary cells, measure by measure, each under its own rule."""
    frame = cells.frame
    found = _nothing_primary(len(frame))
    groups: Any = frame.groupby(["measure", frame["kind"] == COMPLEMENT], observed=True).indices
    for (measure, kind), rows in groups.items():
        rule = rules.of(str(measure), audience)
        own = frame.iloc[rows]
        if kind:
            part, whole = (frame["value"].to_numpy()[own[name].to_numpy()] for name in ("part", "of"))
            primary = complement_flags(part, whole, rule)
            primary = replace(primary, reasons=np.where(whole == 0, 0, primary.reasons).astype(np.uint16))
        else:
            most = own["most"].to_numpy(dtype=np.float64)
            primary = primary_flags(
                own["value"].to_numpy(dtype=np.float64),
                rule,
                denominator=most,
                known=~np.isnan(most),
                lower=own["lower"].to_numpy(dtype=np.float64),
                upper=own["upper"].to_numpy(dtype=np.float64),
                marked=own["marked"].to_numpy(),
                shown=(own["kind"] == TERM).to_numpy(),
                whole_town=(own["area"] == root).to_numpy(),
                contributions=None if contributed is None else contributed.to(own, rule),
            )
        for name in PRIMARY_ARRAYS:
            getattr(found, name)[rows] = getattr(primary, name)
    return found


PRIMARY_ARRAYS = ("reasons", "lower", "upper", "at_most", "at_least", "fixed")


def _nothing_primary(size: int) -> Primary:
    return Primary(
        np.zeros(size, dtype=np.uint16),
        np.zeros(size),
        np.full(size, np.inf),
        np.full(size, np.nan),
        np.full(size, np.nan),
        np.zeros(size, dtype=bool),
    )


def _whole_problem(cells: Cells, primary: Primary, standing: Standing, areas: AreaTree) -> Problem:
    """State everything as one problem; rounded cells stand for what their deliverer wrote."""
    frame = cells.frame
    value = frame["value"].to_numpy(dtype=np.float64)
    is_term = (frame["kind"] == TERM).to_numpy()
    fixed = (primary.fixed | standing.published) & ~np.isnan(value)
    shown = is_term & ~np.isnan(value) & ~(standing.hidden & ~fixed) & ~(standing.unused & ~fixed)
    lower, upper = primary.lower, primary.upper
    return Problem(
        value=value,
        lower=np.where(shown, lower, np.minimum(lower, np.nan_to_num(value, nan=np.inf))),
        upper=np.fmax(upper, np.nan_to_num(value)),
        relations=cells.relations,
        constants=cells.constants,
        primary=primary.flags & ~standing.published,
        at_most=primary.at_most,
        at_least=primary.at_least,
        shown=shown,
        fixed=fixed,
        weight=_weights(frame, areas),
    )


def _weights(frame: pd.DataFrame, areas: AreaTree) -> Floats:
    """Say what it costs to hide a cell: as much as the areas of the smallest level that it counts."""
    leaves = areas.at(areas.levels[0])["area"]
    inside = pd.concat([areas.ancestors_at(level).reindex(leaves) for level in areas.all_levels])
    counted = inside.dropna().value_counts()
    return np.asarray(frame["area"].map(counted).fillna(1.0).clip(lower=1.0), dtype=np.float64)


def _groups(frame: pd.DataFrame, areas: AreaTree) -> Numbers:
    """Number the group of each cell that counts one."""
    number = {group: place for place, group in enumerate(areas.members)}
    return np.asarray(frame["area"].map(number).fillna(NO_GROUP), dtype=np.int64)


def _parts(cells: Cells, problem: Problem) -> Iterator[Numbers]:
    """Yield the cells of each connected part in which something must be hidden."""
    from scipy.sparse import block_array  # noqa: PLC0415 - heavy
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - heavy

    sums = problem.relations
    graph = block_array([[None, sums.T], [sums, None]])
    _, label = connected_components(graph, directed=False)
    label = label[: len(problem.value)]
    wanted = problem.primary | (~problem.shown & (cells.frame["kind"] == TERM).to_numpy() & ~problem.fixed)
    wanted &= ~cells.frame["public"].to_numpy()
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    alone = [group for group in groups if len(group) == 1 and wanted[group[0]]]
    if alone:
        yield np.concatenate(alone)
    yield from (group for group in groups if len(group) > 1 and wanted[group].any())


def _of_part(problem: Problem, cells: Numbers) -> Problem:
    """Take some cells out of a problem, with the sums over them."""
    columns = problem.relations[:, cells].tocsr()
    rows = np.flatnonzero(np.diff(columns.indptr) > 0)
    arrays = {
        name: getattr(problem, name)[cells]
        for name in ("value", "lower", "upper", "primary", "at_most", "at_least", "shown", "fixed", "weight")
    }
    return replace(problem, relations=columns[rows], constants=problem.constants[rows], **arrays)


def _numbered(certificate: Certificate, cells: Numbers) -> Certificate:
    """Name the cells of a certificate by their numbers among all cells."""
    because = tuple(int(cells[cell]) for cell in certificate.because)
    return replace(certificate, cell=int(cells[certificate.cell]), because=because)


def _row(frame: pd.DataFrame, cells: Numbers, problem: Problem, pattern: Pattern) -> tuple[object, ...]:
    own = frame.iloc[cells]
    measures = ", ".join(sorted(own["measure"].astype(str).unique()))
    hidden = int((pattern.hidden & problem.shown).sum())
    ends = own["period_end"]
    end = ends.iloc[0] if (ends == ends.iloc[0]).all() else None
    primary = int(problem.primary.sum())
    return (
        measures,
        end,
        len(own),
        primary,
        hidden,
        pattern.weight,
        pattern.bound,
        pattern.method,
        pattern.seconds,
        pattern.insider,
    )
