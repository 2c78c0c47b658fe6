"""Which cells are hidden beside the small ones, what can still be known of them, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from sozialanalyse.disclosure.protection import intervals, protect
from tests.disclosure_tables import INF, NAN, cell, grid, problem, shown

ALONE = [
    [3, 20, 30],
    [40, 50, 60],
    [70, 80, 90],
]
"""One count under 5; with totals a table of 4 rows by 4 columns."""


def bounds(table, pattern_hidden, *cells):
    least, greatest = intervals(table, pattern_hidden, np.array(cells))
    return list(zip(least.tolist(), greatest.tolist(), strict=True))


# What is hidden


def test_nothing_is_hidden_where_nothing_is_small():
    pattern = protect(grid([[10, 20], [30, 40]]))
    assert (pattern.hidden.sum(), pattern.weight, pattern.bound, pattern.method) == (0, 0, 0, "optimal")
    assert pattern.least.tolist() == pattern.greatest.tolist() == [10, 20, 30, 30, 40, 70, 40, 60, 100]


def test_a_count_under_the_threshold_takes_three_others_with_it():
    pattern = protect(grid(ALONE), insider=False, exact=True)
    assert (pattern.hidden.sum(), pattern.weight, pattern.bound, pattern.method) == (4, 4, 4, "optimal")
    assert pattern.hidden[0]
    rows, columns = pattern.hidden.reshape(4, 4).sum(axis=1), pattern.hidden.reshape(4, 4).sum(axis=0)
    assert sorted(rows.tolist()) == sorted(columns.tolist()) == [0, 0, 2, 2]


def test_an_insider_who_knows_one_of_two_in_a_row_computes_the_other_so_three_are_hidden():
    pattern = protect(grid(ALONE), exact=True)
    assert pattern.hidden.reshape(4, 4)[0].sum() == 3
    assert pattern.hidden.reshape(4, 4)[:, 0].sum() == 3
    for known in np.flatnonzero(pattern.hidden)[1:]:
        fewer = pattern.hidden.copy()
        fewer[known] = False
        [(least, greatest)] = bounds(grid(ALONE), fewer, 0)
        assert greatest - least >= 1, known


def test_the_threshold_itself_must_be_possible():
    assert protect(grid([[5, 20], [30, 40]])).hidden.sum() == 0
    table = grid([[4, 20], [30, 40]], fixed=[(2, 2)])
    pattern = protect(table, insider=False)
    assert (pattern.method, pattern.hidden.sum()) == ("optimal", 4)
    assert pattern.greatest[0] >= 5


def test_it_is_not_enough_that_two_values_are_possible_if_all_are_under_the_threshold():
    # 3 + 2 = 5, and 5 is public. Where 0 is possible the first is at most 5; where zeros are published, at most 4.
    for lower, method, greatest in ((0, "optimal", 5), (1, "refused", 4)):
        only_the_first = [True, False, False]
        table = problem([3, 2, 5], [[2, 0, 1]], primary=only_the_first, lower=[lower] * 3, fixed=[False, False, True])
        pattern = protect(table, insider=False)
        assert (pattern.method, pattern.greatest[0]) == (method, greatest)


def test_cells_of_small_weight_are_hidden_rather_than_dear_ones():
    weight = np.ones(16)
    # Total row and total column are dear; so is the middle row.
    weight[[3, 7, 11, 12, 13, 14, 15]] = 10
    weight[4:7] = 5
    pattern = protect(grid(ALONE, weight=weight), insider=False, exact=True)
    assert (pattern.weight, pattern.bound) == (4, 4)
    assert not pattern.hidden[[4, 5, 6]].any()


def test_one_dear_cell_or_two_cheap_ones():
    # The first is hidden with its total; or with the second, and that with one of its own parts.
    values, sums = [3, 20, 23, 10, 10], [[2, 0, 1], [1, 3, 4]]
    for dear, weight, total_hidden in ((1.5, 2.5, True), (2.5, 3, False)):
        pattern = protect(problem(values, sums, weight=[1, 1, dear, 1, 1]), insider=False, exact=True)
        assert (pattern.method, pattern.weight, bool(pattern.hidden[2])) == ("optimal", weight, total_hidden)


def test_a_fixed_cell_is_never_hidden():
    table = grid(ALONE, fixed=[(0, 3), (3, 0), (3, 3)])
    pattern = protect(table)
    assert pattern.method == "optimal"
    assert not (pattern.hidden & table.fixed).any()


def test_published_zeros_stay_and_the_others_are_known_to_be_one_or_more():
    table = grid([[1, 0, 9], [8, 7, 6], [5, 4, 20]], k=3, zeros_published=True)
    pattern = protect(table, exact=True)
    assert pattern.method == "optimal"
    assert not pattern.hidden[1]
    assert (pattern.least[pattern.hidden] >= 1).all()
    assert pattern.greatest[0] >= 3


def test_a_zero_that_may_be_hidden_helps():
    inner, totals = [[2, 0], [0, 2]], [(0, 2), (1, 2), (2, 0), (2, 1), (2, 2)]
    assert protect(grid(inner, k=3, zeros_published=True, fixed=totals), insider=False).method == "refused"
    pattern = protect(grid(inner, k=3, fixed=totals, at_least=[2] * 9), insider=False)
    assert (pattern.method, shown(pattern.hidden, 3)) == ("optimal", "xx.\nxx.\n...")


def test_parts_that_no_sum_ties_together_are_protected_each():
    values = [3, 20, 23, 2, 30, 32, 40, 50, 90]
    sums = [[2, 0, 1], [5, 3, 4], [8, 6, 7]]
    pattern = protect(problem(values, sums), insider=False)
    assert pattern.hidden.reshape(3, 3).sum(axis=1).tolist() == [2, 2, 0]


# Never shown, and hidden by the deliverer


def test_a_number_that_is_never_shown_must_not_be_computed_from_what_is():
    # A term of 20, of which a part is published: the rest, never shown, is 3.
    values, sums = [20, 17, 3], [[0, 1, 2]]
    pattern = protect(problem(values, sums, shown=[True, True, False], lower=[0, 0, 0]), insider=False)
    assert (pattern.method, pattern.weight) == ("optimal", 1)
    assert pattern.hidden[2]
    assert pattern.greatest[2] >= 5


def test_a_complement_to_a_public_number_is_the_same_statement_and_no_insider_of_its_count():
    # 3 of 900 residents, 897 not; a second area makes the total.
    #         count, complement, residents
    values = [3, 897, 900, 20, 480, 500, 30, 470, 500, 53]
    sums = [[2, 0, 1], [5, 3, 4], [8, 6, 7], [9, 0, 3, 6]]
    public = [False, False, True] * 3 + [False]
    unseen = [True, False, True] * 3 + [True]
    pattern = protect(problem(values, sums, fixed=public, shown=unseen), exact=True)
    assert (pattern.method, pattern.weight) == ("optimal", 3)
    assert pattern.hidden[1]


def test_two_that_are_shown_and_add_up_to_a_public_total_give_each_other_away_to_insiders():
    table = problem([3, 20, 23], [[2, 0, 1]], fixed=[False, False, True])
    assert protect(table, insider=False).method == "optimal"
    pattern = protect(table)
    assert (pattern.method, pattern.bound) == ("refused", INF)
    [certificate] = pattern.impossible
    assert (certificate.cell, certificate.least, certificate.greatest) == (0, 3, 3)
    assert certificate.because == (1, 2)


def test_an_area_that_is_alone_in_its_district_is_the_same_statement_as_the_district():
    # District 3 = its only area 0; town 4 = district 3 + areas 1 and 2.
    table = problem([3, 20, 30, 3, 53], [[3, 0], [4, 3, 1, 2]])
    pattern = protect(table, exact=True)
    assert (pattern.method, pattern.weight) == ("optimal", 4)
    assert pattern.hidden[[0, 3]].all()


def test_of_what_the_deliverer_hid_only_bounds_are_known():
    # * is 1 to 9, the total 30 is published, so the other is 21 to 29: both are left as wide as they were.
    table = problem(
        [NAN, NAN, 30],
        [[2, 0, 1]],
        lower=[1, 0, 0],
        upper=[9, INF, INF],
        primary=[True, False, False],
        at_most=[1, 0, 30],
        at_least=[9, 0, 30],
    )
    pattern = protect(table, insider=False)
    assert (pattern.method, pattern.weight) == ("optimal", 0)
    assert pattern.hidden.tolist() == [True, True, False]
    assert list(zip(pattern.least.tolist(), pattern.greatest.tolist(), strict=True)) == [(1, 9), (21, 29), (30, 30)]


def test_a_mark_that_the_other_numbers_would_narrow_takes_one_of_them_with_it():
    table = problem(
        [NAN, 25, 30],
        [[2, 0, 1]],
        lower=[1, 0, 0],
        upper=[9, INF, INF],
        primary=[True, False, False],
        at_most=[1, 0, 0],
        at_least=[9, 0, 0],
    )
    pattern = protect(table, insider=False)
    assert (pattern.method, pattern.weight, pattern.least[0], pattern.greatest[0]) == ("optimal", 1, 1, 9)
    refused = protect(replace(table, fixed=np.array([False, True, True])), insider=False)
    assert (refused.method, refused.least[0], refused.greatest[0]) == ("refused", 5, 5)


def test_an_insider_of_a_marked_area_does_not_learn_the_marked_parts_if_there_is_more_than_one_way():
    # An area marked 1 to 9 and its four parts, all marked: the area is at least 4, no part above 6.
    table = problem(
        [NAN] * 5,
        [[4, 0, 1, 2, 3]],
        lower=[1] * 5,
        upper=[9] * 5,
        primary=[True] * 5,
        at_most=[1, 1, 1, 1, 4],
        at_least=[6, 6, 6, 6, 9],
    )
    pattern = protect(table)
    assert (pattern.method, pattern.weight) == ("optimal", 0)
    assert list(zip(pattern.least.tolist(), pattern.greatest.tolist(), strict=True)) == [(1, 6)] * 4 + [(4, 9)]


def test_marks_that_contradict_the_other_numbers_are_said():
    table = problem([NAN, 10, 30], [[2, 0, 1]], lower=[1, 0, 0], upper=[9, INF, INF], primary=[True, False, False])
    with pytest.raises(ValueError, match=r"no values fit the sums and the bounds of the cells \[0\]"):
        protect(table)


# Refusals


def test_a_small_count_that_cannot_be_hidden_is_refused():
    pattern = protect(problem([3, 20, 23], [[2, 0, 1]], fixed=[True, False, False]))
    assert pattern.method == "refused"
    assert [(one.cell, one.least, one.greatest, one.because) for one in pattern.impossible] == [(0, 3, 3, (0,))]


def test_a_small_count_that_a_sum_leaves_alone_is_refused_with_the_numbers_that_give_it_away():
    table = grid([[3, 20], [30, 40]], fixed=[(0, 1), (0, 2)])
    pattern = protect(table)
    assert (pattern.method, pattern.bound) == ("refused", INF)
    [certificate] = pattern.impossible
    assert (certificate.cell, certificate.least, certificate.greatest) == (0, 3, 3)
    assert certificate.because == (cell(0, 1, 3), cell(0, 2, 3))


def test_a_count_that_stays_under_the_threshold_for_all_that_is_hidden_is_refused():
    #  1 + 2 = 3, which is public: both are 1 or 2.
    pattern = protect(problem([1, 2, 3], [[2, 0, 1]], k=3, lower=[1, 1, 0], fixed=[False, False, True]), insider=False)
    assert [(one.cell, one.least, one.greatest) for one in pattern.impossible] == [(0, 1, 2), (1, 1, 2)]


def test_the_remedy_works_where_zeros_are_hidden_what_was_refused_is_protected():
    inner = [[2, 0, 12], [0, 9, 8], [10, 8, 7]]
    fixed = [(0, 3), (3, 0), (3, 3)]
    assert protect(grid(inner, k=3, zeros_published=True, fixed=fixed)).method == "refused"
    assert protect(grid(inner, k=3, fixed=fixed)).method == "optimal"


def test_values_that_do_not_agree_with_their_sums_are_said():
    with pytest.raises(ValueError, match=r"do not agree with the sums \[0\]"):
        protect(problem([3, 20, 24], [[2, 0, 1]]))


def test_a_value_outside_what_is_known_beforehand_is_said():
    with pytest.raises(ValueError, match=r"cells \[1\] lie outside their bounds"):
        protect(problem([3, 0, 3], [[2, 0, 1]], lower=[1, 1, 0]))


# What can be known


PEERS = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
"""The table of sdcTable's own test of its attack (tests/testthat/test-simpleheuristic.R), rows w x y z, columns a b c d."""

SUPPRESSED = {"wa": (25, 94), "wb": (47, 47), "wc": (0, 69), "xa": (26, 95), "xc": (0, 69)} | {
    "yb": (0, 185),
    "yd": (0, 185),
    "zb": (906, 1091),
    "zd": (585, 770),
}
"""Nine suppressed cells and their bounds as GaussSuppression::ComputeIntervals states them: one is exactly known."""


def place(name):
    return cell("wxyz".index(name[0]), "abcd".index(name[1]), 5)


def test_bounds_are_those_that_peers_compute():
    table = grid(PEERS)
    hidden = np.zeros(25, dtype=bool)
    hidden[[place(name) for name in SUPPRESSED]] = True
    assert bounds(table, hidden, *map(place, SUPPRESSED)) == list(SUPPRESSED.values())
    hidden[place("xd")] = True
    assert bounds(table, hidden, place("wb")) == [(0, 78)]


def test_we_hide_no_more_than_the_peer_and_what_it_gave_away_is_safe():
    primary = np.zeros(25, dtype=bool)
    primary[[place(name) for name in ("wa", "wb", "xc", "yb", "yd", "zd")]] = True
    table = grid(PEERS, primary=primary, at_least=grid(PEERS).value + primary)
    pattern = protect(table, insider=False, exact=True)
    assert pattern.method == "optimal"
    assert pattern.weight <= 10
    assert (pattern.greatest - pattern.least)[primary].min() >= 1


def test_of_a_published_cell_its_value_is_known_and_without_sums_only_what_was_known_before():
    table = problem([3, 20, 23], [[2, 0, 1]])
    assert bounds(table, np.array([True, True, False]), 0, 1, 2) == [(0, 23), (0, 23), (23, 23)]
    assert bounds(table, np.array([True, True, True]), 0, 1, 2) == [(0, INF), (0, INF), (0, INF)]


def test_limits_are_rounded_inward_for_counts_are_whole():
    # Twice the first and the second make 9: the first is at most 4.5, so 4.
    table = problem([3, 3, 9], [[2, 0, 1]], k=1)
    table.relations[[0], [0]] = 2.0
    assert bounds(table, np.array([True, True, False]), 0, 1) == [(0, 4), (0, 9)]


# Time


def test_without_time_the_first_safe_pattern_is_given_with_the_bound_that_is_known():
    random = np.random.default_rng(7)
    table = grid(random.poisson(8, size=(8, 6)))
    pattern = protect(table, insider=False, effort=0)
    assert pattern.method == "heuristic"
    assert table.primary.sum() <= pattern.bound <= pattern.weight
    assert (pattern.greatest >= table.at_least)[table.primary].all()
    better = protect(table, insider=False, exact=True)
    assert (better.method, better.weight) == ("optimal", better.bound)
    assert better.weight <= pattern.weight


def test_the_same_problem_gives_the_same_pattern():
    table = grid(np.random.default_rng(3).poisson(8, size=(6, 5)))
    assert protect(table).hidden.tolist() == protect(table).hidden.tolist()
