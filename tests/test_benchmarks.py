"""The benchmarks of statistics run in a tiny size and print their tables; what they show there means little."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import _coverage_exact as exact
from benchmarks import _coverage_limits as limits
from benchmarks import _index_towns as index_towns
from benchmarks import _printing as printing
from benchmarks import _simulated as simulated
from benchmarks import _trend_verbs as verbs
from sozialanalyse import statistics

RANDOM = 20261123


def run(capsys, *arguments):
    """Run a benchmark and return what it printed."""
    code = benchmarks.main(list(arguments))
    printed = capsys.readouterr().out
    assert code == int("FAIL: " in printed)
    assert "== criteria: " in printed
    return printed


@pytest.mark.parametrize("name", ["coverage", "disclosure", "index", "statistics", "suppression"])
def test_are_listed_by_name(name):
    assert name in benchmarks.names()


def test_coverage_of_intervals_names_estimand_seed_and_criteria(capsys):
    printed = run(capsys, "coverage", "--small", "--only", "intervals")
    for part in (
        "seed 20261123",
        "Wilson: coverage in per cent",
        "Wilson: mean width in points",
        "estimand: the area's own probability",
        "Byar: lowest coverage",
        "children of one household",
        "DSR (Dobson, Byar)",
        "life expectancy",
        "Theil-Sen slope",
        "naive way",
    ):
        assert part in printed


def test_coverage_of_areas_shows_shrunken_rates_extremes_and_ranks(capsys):
    printed = run(capsys, "coverage", "--small", "--only", "areas")
    for part in ("empirical Bayes", "highest %", "simultaneous pairwise", "naive: redrawn from the observed"):
        assert part in printed


@pytest.mark.slow
def test_coverage_of_trends_shows_alarms_power_and_refusals_of_every_verb(capsys):
    printed = run(capsys, "coverage", "--small", "--only", "trends")
    assert all(f"{name}: false alarms" in printed for name in verbs.VERBS)
    assert all(f"{name}: power" in printed for name in verbs.VERBS)
    for part in ("refused (no statement about significance)", "stock, 0.8 remain", "declared break", "estimand"):
        assert part in printed


@pytest.mark.slow
def test_coverage_of_lists_shows_the_share_of_false_ones(capsys):
    printed = run(capsys, "coverage", "--small", "--only", "lists")
    for part in ("level: noticeable.find", "change: noticeable.find", "rank moved by", "false share %"):
        assert part in printed


def test_coverage_of_limits_shows_funnels_indices_of_inequality_and_fifths(capsys):
    printed = run(capsys, "coverage", "--small", "--only", "limits")
    for part in (
        "outside the inner limits",
        "outside the outer limits",
        "overdispersed funnel",
        "SII and RII: lowest coverage",
        "in their true fifth",
    ):
        assert part in printed


def test_lying_outside_a_funnel_is_summed_not_simulated():
    # Of 4 at one half 0 and 4 lie just outside 1.96 standard deviations: 2 of 16 outcomes, none outside 3.09.
    assert limits.of_proportion(4, 0.5) == pytest.approx({"inner": 0.125, "outer": 0.0})
    assert limits.of_ratio(0.25)["inner"] == pytest.approx(0.0022, abs=1e-4)


def test_statistics_prints_ratios_and_equality(capsys):
    printed = run(capsys, "statistics", "--small")
    for part in ("Wilson intervals of", "pandas by group", "pymannkendall", "times faster", "apart", "of rows"):
        assert part in printed


def test_disclosure_protects_what_can_be_and_confirms_what_cannot(capsys):
    assert "FAIL: " not in run(capsys, "disclosure", "--small")


def test_suppression_shows_full_ours_and_naive(capsys):
    printed = run(capsys, "suppression", "--small")
    for part in (
        "those of 5 and more 7.09",
        "ours given %",
        "naive bias %",
        "Gini",
        "rises or falls",
        "not in full",
        "larger counts",
    ):
        assert part in printed


def test_a_benchmark_can_be_run_as_a_program():
    done = subprocess.run([sys.executable, "-m", "benchmarks"], capture_output=True, text=True, check=True)
    assert "suppression" in done.stdout


def test_coverage_of_a_count_is_summed_not_simulated():
    # Of 1 event among 2 at p = 0.5 Wilson holds 0.5 whatever is counted: (0, 0.66), (0.09, 0.91), (0.34, 1).
    assert exact.of_proportion(statistics.wilson_interval, 2, 0.5)[0] == pytest.approx(1.0)
    assert exact.of_proportion(exact.wald, 2, 0.5)[0] == pytest.approx(0.5)


def test_who_stays_keeps_the_correlation_of_neighbouring_years_and_the_share():
    random = np.random.default_rng(RANDOM)
    true = np.broadcast_to(simulated.rates(0.2, 3, factor=1.2), (20_000, 3))
    counts = simulated.stock(random, np.full(20_000, 400), true, 0.8)
    assert (counts.mean(axis=0) / 400).round(3).tolist() == pytest.approx(true[0].round(3).tolist(), abs=0.002)
    still = simulated.stock(random, np.full(20_000, 400), np.full((20_000, 2), 0.2), 0.8)
    assert np.corrcoef(still.T)[0, 1] == pytest.approx(0.8, abs=0.02)


def test_children_of_a_household_are_poor_together():
    poor, sizes = simulated.households(np.random.default_rng(RANDOM), areas=3, persons=50, share=0.3, alike=1.0)
    assert sizes.sum(axis=1).tolist() == [50, 50, 50]
    assert set((poor / np.where(sizes > 0, sizes, 1)).ravel().tolist()) == {0.0, 1.0}


def test_the_naive_slope_has_no_answer_for_a_first_value_of_0():
    case = verbs.Case(
        np.array([[0.0, 4.0, 8.0], [4.0, 4.0, 4.0]]),
        np.array([100.0, 100.0]),
        0.0,
        (0.0, 0.0),
        None,
        np.zeros(2, dtype=int),
    )
    direction, refused = verbs.slope_in_per_cent(case)
    assert (direction.tolist(), refused.tolist()) == ([0, 0], [True, False])


def test_the_public_verb_is_asked_of_the_stretch_since_the_break():
    rising = [10.0, 12.0, 14.0, 16.0, 18.0, 20.0]
    jump = [10.0, 10.0, 10.0, 40.0, 40.0, 40.0]
    case = verbs.Case(
        np.array([rising, jump]), np.array([1_000.0, 1_000.0]), 0.0, (0.0, 0.0), 3, np.zeros(2, dtype=int)
    )
    direction, _ = verbs.development(case)
    assert direction.tolist() == [0, 0]


def test_criteria_decide_the_exit_code(capsys):
    criteria = printing.Criteria()
    criteria.judge(True, "2 is at most 3")
    assert criteria.conclude() == 0
    criteria.judge(False, "4 is at most 3")
    assert criteria.conclude() == 1
    assert "1 pass, 1 fail" in capsys.readouterr().out


def test_index_shows_coverage_of_ranks_and_classes_with_ties(capsys):
    printed = run(capsys, "index", "--small")
    for part in (
        "seed 20261123",
        "three types with ties",
        "all alike, ranks",
        "naive classes",
        "changes of stocks, classes",
    ):
        assert part in printed
    assert printed.count("at least 95%") == 2 * 2 * 16  # as it is judged, and together at the end


def test_true_ties_of_a_drawn_town_share_their_ranks():
    town = index_towns.draw(np.random.default_rng(RANDOM), index_towns.World("", 10, 500, 800, truth="types"))
    assert sorted(zip(town.best, town.worst, strict=True)) == [(1, 2)] * 2 + [(3, 4)] * 2 + [(5, 10)] * 6
