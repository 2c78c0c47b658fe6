"""Primary cells: why a count must not become known, and how far from the truth it must remain possible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.disclosure.amounts import (
    Contributions,
    dominated,
    estimated_too_closely,
    largest,
    upper_protection,
)
from sozialanalyse.disclosure.primary import Reason, complement_flags, primary_flags, reason_names
from sozialanalyse.disclosure.rules import AUDIENCES, Rules, load_rules, shipped_default, sources_of
from sozialanalyse.disclosure.rules_file import ZEROS, Dominance

NAN, INF = np.nan, np.inf

RULE = replace(Rules(shipped_default()).of("unemployed", "public"), k=5, zeros="may_be_hidden")
PUBLISHED = replace(RULE, zeros="published")
HIDDEN = replace(RULE, zeros="hidden")


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def reasons(found) -> list[tuple[str, ...]]:
    return [reason_names(code) for code in found.reasons]


def of_group(value, denominator, rule=RULE, **more):
    """One count of a group whose size everybody knows."""
    return primary_flags(array(value), rule, denominator=array(denominator), known=np.array([True]), **more)


@pytest.mark.parametrize(
    ("value", "published", "may_be_hidden", "hidden"),
    [
        (0, False, False, True),
        (1, True, True, True),
        (4, True, True, True),
        (5, False, False, False),
        (NAN,) + (False,) * 3,
    ],
)
def test_too_few_ends_below_the_threshold_and_begins_where_zeros_say(value, published, may_be_hidden, hidden):
    found = [bool(primary_flags(array(value), rule).flags[0]) for rule in (PUBLISHED, RULE, HIDDEN)]
    assert found == [published, may_be_hidden, hidden]


@pytest.mark.parametrize(
    ("value", "rule", "lower", "at_most", "at_least"),
    [
        (1, RULE, 0, 1, 5),
        (4, RULE, 0, 4, 5),
        (4, replace(RULE, width=3), 0, 4, 7),  # a wider rest of uncertainty
        (4, PUBLISHED, 1, 4, 5),  # every zero is shown, so this is known to be none
        (0, HIDDEN, 0, 0, 5),
    ],
)
def test_a_small_count_remains_possible_at_the_threshold(value, rule, lower, at_most, at_least):
    found = primary_flags(array(value), rule)
    assert (found.lower[0], found.upper[0], found.at_most[0], found.at_least[0]) == (lower, INF, at_most, at_least)
    assert not found.fixed[0]


@pytest.mark.parametrize(("rule", "fixed"), [(PUBLISHED, True), (RULE, False), (HIDDEN, False)])
def test_a_zero_that_is_always_shown_cannot_be_hidden(rule, fixed):
    found = primary_flags(array(0), rule)
    assert (bool(found.fixed[0]), found.lower[0]) == (fixed, 0)
    of_what_is_computed = primary_flags(array(0), rule, shown=np.array([False]))
    assert not of_what_is_computed.fixed[0]


@pytest.mark.parametrize(
    ("value", "denominator", "said"),
    [
        (20, 20, ("saturated",)),
        (16, 20, ("complement_too_few",)),
        (15, 20, ()),
        (4, 8, ("too_few", "complement_too_few")),
        (0, 20, ()),
        (0, 0, ()),
        (3, 4, ("too_few", "complement_too_few", "public_denominator_too_small")),
        (0, 4, ("complement_too_few", "public_denominator_too_small")),  # the whole is hidden, zeros too
        (5, 5, ("saturated",)),
        (7, 6, ()),  # no part of the other: they were counted apart
    ],
)
def test_all_or_nearly_all_of_a_group(value, denominator, said):
    assert reasons(of_group(value, denominator)) == [said]
    few_only = tuple(name for name in said if name not in {"saturated", "complement_too_few"})
    assert reasons(of_group(value, denominator, replace(RULE, saturated=False))) == [few_only]


@pytest.mark.parametrize(
    ("value", "denominator", "at_most", "at_least", "upper"),
    [
        (20, 20, 15, 20, 20),  # that five of the group are left out must remain possible
        (16, 20, 15, 16, 20),
        (4, 8, 3, 5, 8),
        (3, 4, 0, 4, 4),  # excluded: nothing narrower than what is known anyway
    ],
)
def test_bounds_of_a_group_that_is_known(value, denominator, at_most, at_least, upper):
    found = of_group(value, denominator)
    assert (found.at_most[0], found.at_least[0], found.upper[0]) == (at_most, at_least, upper)


def test_a_known_group_of_the_threshold_is_too_small_where_zeros_are_published():
    """Its count is known to be 1 or more, so its complement 4 or fewer."""
    for size, is_excluded in [(5, True), (6, False)]:
        assert of_group(size, size, PUBLISHED).excluded[0] == is_excluded
        assert not of_group(size, size, RULE).excluded[0]
    assert not of_group(3, 5, replace(PUBLISHED, saturated=False)).excluded[0]


def test_a_group_that_nobody_knows_bounds_nothing():
    found = primary_flags(array(20), RULE, denominator=array(20))
    assert (found.flags[0], found.upper[0]) == (False, INF)


def test_of_nobody_everybody_knows_the_count():
    for rule in (RULE, HIDDEN, replace(RULE, single_building=True)):
        found = of_group(0, 0, rule)
        assert (bool(found.fixed[0]), bool(found.flags[0])) == (True, False)
        assert (found.lower[0], found.upper[0]) == (0, 0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "said", "at_least"),
    [
        (20, 20, ("saturated",), 5),
        (16, 20, ("complement_too_few",), 5),
        (15, 20, (), NAN),
        (21, 20, (), NAN),
        (0, 0, (), NAN),
        (NAN, 20, (), NAN),
    ],
)
def test_complements_are_cells_of_their_own(numerator, denominator, said, at_least):
    found = complement_flags(array(numerator), array(denominator), PUBLISHED)
    assert reasons(found) == [said]
    assert found.at_least[0] == at_least or np.isnan(at_least)
    assert not found.fixed[0]
    unprotected = replace(PUBLISHED, saturated=False)
    assert reasons(complement_flags(array(numerator), array(denominator), unprotected)) == [()]


def test_a_mark_of_the_deliverer_keeps_the_whole_of_its_bounds():
    found = primary_flags(
        array(NAN, NAN, NAN),
        RULE,
        marked=np.array([True, True, False]),
        lower=array(1, NAN, NAN),
        upper=array(9, NAN, NAN),
    )
    assert reasons(found) == [("marked",), ("marked",), ()]
    assert found.excluded.tolist() == [True, True, False]
    assert found.at_most[:2].tolist() == found.lower[:2].tolist() == [1, 0]
    assert found.at_least[:2].tolist() == [9, 5]
    assert found.upper.tolist() == [9, INF, INF]


def test_a_mark_within_a_known_group_is_bounded_by_it():
    found = of_group(NAN, 7, marked=np.array([True]), lower=array(1), upper=array(9))
    assert (found.at_most[0], found.at_least[0], found.upper[0]) == (1, 7, 7)


@pytest.mark.parametrize(
    ("value", "lower", "upper", "k", "is_primary"),
    [(5, 3, 7, 5, False), (5, 3, 7, 8, True), (5, 3, 7, 7, False), (0, 0, 2, 5, False), (10, 8, 12, 13, True)],
)
def test_a_rounded_count_is_too_few_if_all_it_may_stand_for_is(value, lower, upper, k, is_primary):
    found = primary_flags(array(value), replace(RULE, k=k), lower=array(lower), upper=array(upper))
    assert bool(found.flags[0]) == is_primary


def test_counts_that_point_to_one_building_are_hidden_whatever_their_size():
    rule = replace(PUBLISHED, single_building=True)
    found = primary_flags(array(0, 3, 250, 250, NAN), rule, whole_town=np.array([False, False, False, True, False]))
    assert reasons(found) == [("single_building",), ("too_few", "single_building"), ("single_building",), (), ()]
    assert found.lower[:3].tolist() == [0, 0, 0]
    assert found.at_most[:3].tolist() == [0, 0, 0]
    assert found.at_least[:3].tolist() == [5, 5, 251]
    assert not found.fixed.any()


def test_what_is_public_is_known_and_what_an_audience_may_see_is_free():
    public = primary_flags(array(3, NAN), replace(RULE, public=True, is_open=True))
    assert (public.fixed.tolist(), public.flags.tolist()) == ([True, False], [False, False])
    assert (public.lower[0], public.upper[0]) == (3, 3)
    inside = primary_flags(array(3), Rules(shipped_default()).of("unemployed", "statistics_unit"))
    assert (inside.fixed[0], inside.flags[0]) == (False, False)


# Amounts

CASES = {
    "one alone": [100],
    "90 and 10": [90, 10],
    "80 and 20": [80, 20],
    "80, 10, 10": [80, 10, 10],
    "80, 10, 8": [80, 10, 8],
    "80, 10, 7": [80, 10, 7],
    "four": [40, 30, 20, 10],
    "nothing": [0, 0],
}


@pytest.mark.parametrize(
    ("case", "n1_75", "n2_80", "n2_90", "p10", "p20"),
    [
        ("one alone", True, True, True, True, True),
        ("90 and 10", True, True, True, True, True),
        ("80 and 20", True, True, True, True, True),
        ("80, 10, 10", True, True, True, False, True),  # exactly 90 per cent dominates
        ("80, 10, 8", True, True, True, False, True),  # exactly 10 per cent of 80 is enough
        ("80, 10, 7", True, True, True, True, True),
        ("four", False, False, False, False, False),
        ("nothing", False, False, False, False, False),
    ],
)
def test_dominance_and_p_percent(case, n1_75, n2_80, n2_90, p10, p20):
    given_ = Contributions(array(*CASES[case]), np.zeros(len(CASES[case]), dtype=int))
    dominance = [bool(dominated(given_, 1, n, share)[0]) for n, share in [(1, 0.75), (2, 0.8), (2, 0.9)]]
    percent = [bool(estimated_too_closely(given_, 1, p)[0]) for p in (10, 20)]
    assert (dominance, percent) == ([n1_75, n2_80, n2_90], [p10, p20])


def test_contributors_in_any_order_and_of_many_cells():
    given_ = Contributions(array(5, 80, 10, 1, 7), np.array([2, 0, 0, 2, 0]))
    found = largest(given_, 4)
    assert found.total.tolist() == [97, 0, 6, 0]
    assert (found.first.tolist(), found.second.tolist()) == ([80, 0, 5, 0], [10, 0, 1, 0])
    assert found.number.tolist() == [3, 0, 2, 0]


def test_a_negative_contribution_is_refused():
    with pytest.raises(ValueError, match="negative or missing"):
        largest(Contributions(array(5, -1), np.array([0, 0])), 1)


def test_a_sensitive_amount_must_remain_possible_where_the_rule_would_hold():
    """Of 80, 10 and 7 the others bring 7; at 10 per cent they would have to bring 8."""
    given_ = Contributions(array(80, 10, 7), np.zeros(3, dtype=int))
    assert upper_protection(given_, 1, None, 10).tolist() == [1]
    assert upper_protection(given_, 1, (2, 0.9), None).round(9).tolist() == [3]
    rule = replace(RULE, k=2, dominance=Dominance(n=2, share=0.9), p_percent=10)
    found = primary_flags(array(97), rule, contributions=given_)
    assert reasons(found) == [("dominance", "p_percent")]
    assert found.at_least.round(9).tolist() == [100]
    assert found.at_most.round(9).tolist() == [94]


def test_an_amount_of_too_few_contributors_is_too_few_however_large():
    rule = replace(RULE, k=3)
    for amounts, is_few in [([500.0, 400], True), ([500, 400, 300], False), ([500, 400, 0], True)]:
        given_ = Contributions(array(*amounts), np.zeros(len(amounts), dtype=int))
        found = primary_flags(array(sum(amounts)), rule, contributions=given_)
        assert bool(found.is_because(Reason.TOO_FEW)[0]) == is_few
    assert found.at_least.tolist() == [1080]


def test_an_amount_of_which_nobody_knows_who_brings_it_is_too_few():
    given_ = Contributions(array(), np.zeros(0, dtype=int))
    assert reasons(primary_flags(array(900, 0), RULE, contributions=given_)) == [("too_few",), ()]


def test_who_brings_what_must_be_known_where_the_rule_asks_for_it():
    with pytest.raises(ValueError, match="the rule default asks who brings what to the amounts"):
        primary_flags(array(900), replace(RULE, p_percent=10))


# Laws

COUNTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=20)
RULES = st.builds(
    lambda k, zeros, saturated, width, single: replace(
        RULE, k=k, zeros=zeros, saturated=saturated, width=width, single_building=single
    ),
    st.integers(2, 12),
    st.sampled_from(ZEROS),
    st.booleans(),
    st.integers(1, 4),
    st.booleans(),
)


@given(COUNTS, RULES)
def test_bounds_hold_the_truth_and_never_ask_for_more_than_is_possible(pairs, rule):
    value, rest = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    found = primary_flags(value, rule, denominator=value + rest, known=np.full(value.size, fill_value=True))
    assert ((found.lower <= value) & (value <= found.upper)).all()
    primary = found.flags
    assert (found.lower[primary] <= found.at_most[primary]).all()
    assert (found.at_most[primary] <= value[primary]).all()
    assert (value[primary] <= found.at_least[primary]).all()
    assert (found.at_least[primary] <= found.upper[primary]).all()
    assert not (primary & found.fixed).any()
    assert np.isnan(found.at_most[~primary]).all()


@given(COUNTS, RULES)
def test_what_the_bounds_leave_possible_is_neither_too_few_nor_nearly_all(pairs, rule):
    """The promise itself: of no cell that it covers is it certain that the count, or its complement, is below the threshold."""
    value, rest = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    size = value + rest
    found = primary_flags(value, rule, denominator=size, known=np.full(value.size, fill_value=True))
    covered = found.flags & ~found.excluded
    few = covered & found.is_because(Reason.TOO_FEW)
    assert (found.at_least[few] >= rule.k).all()
    nearly_all = covered & found.is_because(Reason.SATURATED | Reason.COMPLEMENT_TOO_FEW)
    assert ((size - found.at_most)[nearly_all] >= rule.k).all()
    assert (found.at_least[covered] > found.at_most[covered]).all()


@given(COUNTS, st.integers(2, 12))
def test_a_stricter_rule_hides_no_less(pairs, k):
    value, rest = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    known = {"denominator": value + rest, "known": np.full(value.size, fill_value=True)}
    flags = [
        primary_flags(value, replace(RULE, k=threshold, zeros=zeros), **known).flags
        for threshold, zeros in [(k, "published"), (k, "may_be_hidden"), (k, "hidden"), (k + 3, "hidden")]
    ]
    assert (flags[1] <= flags[2]).all()
    assert (flags[2] <= flags[3]).all()
    assert ((flags[0] & (value > 0) & (value + rest > k)) <= flags[1]).all()


def test_the_marked_and_the_missing_are_told_apart_from_numbers():
    found = primary_flags(array(7, NAN), RULE, marked=np.array([True, False]))
    assert not found.flags.any()


def test_the_counts_of_musterstadt_by_audience(musterstadt, root):
    """Of delivered counts of unemployed people, every one below the threshold of the audience and none else; marks too."""
    rules = load_rules(
        root / "data" / "musterstadt", musterstadt.data.file, musterstadt.catalogue, sources_of(musterstadt.counts)
    )
    counts = musterstadt.counts[musterstadt.counts["measure"].isin(["unemployed", "unemployed_severely_disabled"])]
    value, marked = counts["value"].to_numpy(), (counts["status"] == "suppressed").to_numpy()
    hidden = {}
    for audience in AUDIENCES:
        found = primary_flags(
            value,
            rules.of("unemployed", audience),
            lower=counts["lower"].to_numpy(),
            upper=counts["upper"].to_numpy(),
            marked=marked,
        )
        hidden[audience] = int((found.flags & ~marked).sum())
        assert hidden[audience] == ((value > 0) & (value < rules.of("unemployed", audience).k)).sum()
        assert (found.flags[marked] == (audience != "statistics_unit")).all()
        assert set(found.upper[found.excluded]) <= {9}
    assert hidden["statistics_unit"] == 0 < hidden["administration"] < hidden["public"]
