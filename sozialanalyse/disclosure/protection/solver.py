"""One linear program that is solved again and again with other bounds, costs and rows, each time from where the last one ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from sozialanalyse.disclosure.protection.effort import Effort

    Floats = NDArray[np.float64]

OPTIMAL: Final = "optimal"
INFEASIBLE: Final = "infeasible"
UNBOUNDED: Final = "unbounded"
STOPPED: Final = "stopped"


class Solution(NamedTuple):
    """What the solver found: values of the columns, the objective, a proven bound of it."""

    status: str
    values: Floats
    objective: float
    bound: float


class LinearProgram:
    """Minimise ``cost @ x`` where ``low <= matrix @ x <= high`` and ``lower <= x <= upper``.

    HiGHS is called as scipy ships it (``scipy.optimize.linprog`` and ``milp`` call the same module), because these two start
    anew each time, and thousands of small programs that differ in a few bounds take ten times as long then.

    Parameters
    ----------
    cost, lower, upper
        Shape (columns,).
    matrix
        Shape (rows, columns).
    low, high
        Shape (rows,).
    integer
        Whether all columns are whole numbers.
    effort
        What the work is added to.

    References
    ----------
    Huangfu Q, Hall JAJ (2018): Parallelizing the dual revised simplex method. Mathematical Programming Computation 10: 119-142.
    """

    def __init__(
        self,
        cost: Floats,
        bounds: tuple[Floats, Floats],
        matrix: csr_array,
        rows: tuple[Floats, Floats],
        *,
        integer: bool = False,
        effort: Effort | None = None,
    ) -> None:
        from scipy.optimize._highspy import _core as highs  # noqa: PLC0415 - heavy, and only who protects needs it

        self._highs: Any = highs
        self._integer, self._effort = integer, effort
        self._model: Any = highs._Highs()  # noqa: SLF001 - the name scipy gives it
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "on" if integer else "off"),
            ("random_seed", 1),
        ):
            self._model.setOptionValue(option, value)
        self._columns = np.arange(len(cost), dtype=np.int32)
        self._lower, self._upper = (np.array(side, dtype=float) for side in bounds)
        self._model.addVars(len(cost), self._lower, self._upper)
        self.price(cost)
        self.add(matrix, *rows)
        if integer:
            self._model.changeColsIntegrality(len(cost), self._columns, np.ones(len(cost), dtype=np.uint8))

    def price(self, cost: Floats) -> None:
        """Set what the columns cost."""
        self._model.changeColsCost(len(self._columns), self._columns, np.asarray(cost, float))

    def bound(self, lower: Floats, upper: Floats) -> None:
        """Set the bounds of all columns; the solver is told of those that change, for telling it takes long."""
        changed = np.flatnonzero((lower != self._lower) | (upper != self._upper)).astype(np.int32)
        self._lower[changed], self._upper[changed] = lower[changed], upper[changed]
        self._model.changeColsBounds(len(changed), changed, self._lower[changed], self._upper[changed])

    def price_one(self, column: int, cost: float) -> None:
        """Set what one column costs."""
        self._model.changeColCost(column, cost)

    def add(self, matrix: csr_array, low: Floats, high: Floats) -> None:
        """Add rows."""
        if matrix.shape[0]:
            self._model.addRows(
                matrix.shape[0],
                np.asarray(low, float),
                np.asarray(high, float),
                matrix.nnz,
                matrix.indptr[:-1].astype(np.int32),
                matrix.indices.astype(np.int32),
                matrix.data.astype(float),
            )

    def suggest(self, values: Floats) -> None:
        """Tell a solution to start from."""
        self._model.setSolution(len(values), self._columns, np.asarray(values, float))

    def solve(self, *, gap: float = 0.0, end: float = 0.0) -> Solution:
        """Solve it; of whole numbers, stop within the relative gap, or where the effort reaches its end."""
        if self._integer:
            self._limit(gap, end)
        self._run()
        if self._status() == STOPPED and not self._integer:
            # Now and then where the last one ended is no good place to start from.
            self._model.clearSolver()
            self._run()
        info = self._model.getInfo()
        values = np.array(self._model.getSolution().col_value)
        return Solution(self._status(), values, float(info.objective_function_value), float(info.mip_dual_bound))

    def _limit(self, gap: float, end: float) -> None:
        self._model.setOptionValue("mip_rel_gap", gap)
        if self._effort is not None:
            self._model.setOptionValue("mip_max_nodes", self._effort.nodes(self._places(), end))
            # The solver's clock runs on over all its runs.
            self._model.setOptionValue("time_limit", self._model.getRunTime() + self._effort.seconds_left())

    def _run(self) -> None:
        self._model.run()
        if self._effort is not None:
            steps = max(self._model.getInfo().simplex_iteration_count, 0)
            self._effort.charge(self._places(), steps, whole_numbers=self._integer)
            self._effort.by_clock |= self._model.getModelStatus() == self._highs.HighsModelStatus.kTimeLimit

    def _places(self) -> int:
        return int(self._model.getNumRow()) + len(self._columns)

    def reduced_costs(self) -> Floats:
        """Give the reduced costs of the columns in the last solution."""
        return np.array(self._model.getSolution().col_dual)

    def multipliers(self) -> Floats:
        """Give the multipliers of the rows in the last solution."""
        return np.array(self._model.getSolution().row_dual)

    def _status(self) -> str:
        names = self._highs.HighsModelStatus
        return {
            names.kOptimal: OPTIMAL,
            names.kInfeasible: INFEASIBLE,
            names.kUnbounded: UNBOUNDED,
            names.kUnboundedOrInfeasible: UNBOUNDED,
        }.get(self._model.getModelStatus(), STOPPED)
