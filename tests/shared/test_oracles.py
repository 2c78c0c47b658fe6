"""Every folder of vectors that has an adapter, with literal counts, so that a vector that drops out is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oracles.runner import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(
    ("folder", "calls", "values", "skipped"),
    [
        ("dsr_dobson_byar", 15, 406, 1),
        ("esp2013", 1, 1, 0),
        ("funnel", 15, 5293, 0),
        ("inequality", 26, 41, 0),
        ("isr_smr", 7, 280, 0),
        ("kitagawa_dasgupta", 8, 56, 0),
        ("life_expectancy_chiang", 3, 678, 1),
        ("mean_t", 4, 113, 0),
        ("proportion_wilson", 18, 900, 2),
        ("quantile", 10, 718, 0),
        ("rate_byar_exact", 14, 916, 1),
        ("segregation", 16, 16, 0),
        ("standardisation_epitools", 2, 9, 0),
    ],
)
def test_all_vectors_of_a_folder(shared: Path, folder: str, calls: int, values: int, skipped: int) -> None:
    tally = run(shared / "oracles" / folder)
    assert tally.failures == []
    assert tally.calls == {"passed": calls, "failed": 0, "skipped": skipped}
    assert (tally.values["passed"], tally.values["failed"]) == (values, 0)


@pytest.mark.parametrize(("folder", "calls", "skipped"), [("trend_mk_sen", 13, 2), ("trend_pymannkendall", 4, 0)])
def test_vectors_of_the_trends_that_we_have(shared: Path, folder: str, calls: int, skipped: int) -> None:
    """Seasonal, corrected and regional tests and the one for a change point are not there yet."""
    tally = run(shared / "oracles" / folder)
    assert {failure.split(": ", 1)[1].split(" '")[0] for failure in tally.failures} <= {
        "unknown function",
        "LookupError: unknown arguments",
    }
    assert (tally.calls["passed"], tally.calls["skipped"]) == (calls, skipped)


def test_vectors_of_gradients(shared: Path) -> None:
    """Of 29 calls two may be skipped; a third demands simulated limits to 1e-7, a fourth simulates skewed values."""
    tally = run(shared / "oracles" / "sii_rii")
    assert tally.calls == {"passed": 25, "failed": 2, "skipped": 2}
    assert all("lower95_0" in failure or "upper95_0" in failure for failure in tally.failures)
