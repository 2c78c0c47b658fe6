"""On small tables the pattern hides as few cells as the best of all patterns; laws that hold on any table."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from benchmarks import _disclosure_checks as checks
from benchmarks._disclosure_tables import Case, Size, draw
from sozialanalyse.disclosure.protection import protect
from tests.disclosure_tables import INF, brute_force, demands, grid, limit, unmet


def drawn(seed):
    """A table of 2 to 3 rows by 2 to 3 columns with totals, of which at most 12 cells may be hidden; some with published zeros."""
    random = np.random.default_rng(seed)
    inner = random.poisson(random.choice([3, 4, 6]), size=random.integers(2, 4, size=2))
    inner[0, 0] = 1 + seed % 3
    rows, columns = inner.shape
    last_row = [(rows, column) for column in range(columns + 1)]
    fixed = last_row if inner.size == 9 else last_row[-1:] if seed % 2 else []
    return grid(inner, k=int(random.choice([4, 5])), zeros_published=seed % 4 == 0, fixed=fixed)


@pytest.mark.parametrize("seed", range(27))
def test_as_few_as_the_best_of_all_patterns(seed):
    table = drawn(seed)
    pattern = protect(table, insider=False, exact=True)
    best = brute_force(table, insider=False)
    assert (pattern.method == "refused") == (best == INF)
    if best < INF:
        assert (pattern.hidden.sum(), pattern.weight, pattern.bound, pattern.method) == (best, best, best, "optimal")


def quick(seed):
    """Say whether at most seven cells are left to choose from: with insiders each pattern takes long to try."""
    table = drawn(seed)
    return (~table.primary & ~table.fixed).sum() <= 7


@pytest.mark.parametrize("seed", [seed for seed in range(30) if quick(seed)][:6])
def test_as_few_as_the_best_of_all_patterns_against_insiders(seed):
    table = drawn(seed)
    pattern = protect(table, exact=True)
    best = brute_force(table, insider=True)
    assert (pattern.method == "refused") == (best == INF)
    if best < INF:
        assert (pattern.hidden.sum(), pattern.bound) == (best, best)


@pytest.mark.parametrize("seed", range(4))
def test_as_few_as_a_compact_model_of_a_tree_of_areas(seed):
    table = draw(np.random.default_rng(seed), Size(5, 2, 2), Case(below=5, mean=8, zeros_published=seed % 2 == 0))
    pattern, best = protect(table, insider=False, exact=True), checks.least_cost(table, insider=False)
    assert (pattern.weight if pattern.method == "optimal" else INF) == pytest.approx(best)
    assert (pattern.method == "refused") == checks.impossible(table, insider=False)


tables = st.builds(
    lambda seed, rows, columns, k, zeros: grid(
        np.random.default_rng(seed).poisson(7, size=(rows, columns)), k=k, zeros_published=zeros
    ),
    st.integers(0, 10_000),
    st.integers(2, 4),
    st.integers(2, 4),
    st.sampled_from([3, 5, 10]),
    st.booleans(),
)
few = settings(max_examples=6, deadline=None)


@few
@given(tables, st.booleans())
def test_every_pattern_is_safe(table, insider):
    pattern = protect(table, insider=insider)
    if pattern.method != "refused":
        assert pattern.bound <= pattern.weight <= pattern.bound * 1.05 + 1e-6
        assert not (pattern.hidden & table.fixed).any()
        asked = demands(table, insider=False)
        if insider:
            asked += [(p, q) for p, q in demands(table, insider=True)[len(asked) :] if pattern.hidden[q]][:40]
        assert [one for one in asked if unmet(table, pattern.hidden, *one)] == []


@few
@given(tables)
def test_what_a_pattern_says_can_be_known_is_what_another_program_finds(table):
    pattern = protect(table, insider=False, effort=0)
    assert (pattern.least <= table.value).all()
    assert (pattern.greatest >= table.value).all()
    if pattern.method == "refused":
        return
    for place in np.flatnonzero(pattern.hidden)[:6].tolist():
        least, greatest = (limit(table, pattern.hidden, place, sign) for sign in (-1, 1))
        assert pattern.least[place] == pytest.approx(least, abs=1e-5)
        assert pattern.greatest[place] == pytest.approx(greatest if greatest < 1e4 else INF, abs=1e-5)


@settings(max_examples=4, deadline=None)
@given(tables, st.booleans())
def test_what_is_refused_cannot_be_protected_and_what_is_not_can(table, insider):
    pattern = protect(table, insider=insider, effort=0)
    assert (pattern.method == "refused") == checks.impossible(table, insider=insider)
    assert (pattern.impossible == ()) == (pattern.method != "refused")


@few
@given(tables, st.integers(0, 100))
def test_more_primary_cells_are_never_cheaper(table, pick):
    candidates = np.flatnonzero(~table.primary & ~table.fixed & (table.value > 0))
    if not len(candidates):
        return
    more = table.primary.copy()
    more[candidates[pick % len(candidates)]] = True
    wider = replace(table, primary=more, at_least=np.where(more & ~table.primary, table.value + 1, table.at_least))
    fewer, many = protect(table, exact=True), protect(wider, exact=True)
    assert fewer.method != "heuristic"
    assert many.method == "refused" or (fewer.method == "optimal" and many.weight >= fewer.weight)


@few
@given(tables, st.integers(0, 10_000), st.booleans())
def test_the_order_of_cells_and_sums_does_not_matter(table, seed, insider):
    random = np.random.default_rng(seed)
    cells, rows = random.permutation(len(table.value)), random.permutation(table.relations.shape[0])
    names = ("value", "lower", "upper", "primary", "at_most", "at_least", "shown", "fixed", "weight")
    other = replace(
        table,
        **{name: getattr(table, name)[cells] for name in names},
        relations=csr_array(table.relations.toarray()[rows][:, cells]),
        constants=table.constants[rows],
    )
    one, two = protect(table, insider=insider, exact=True), protect(other, insider=insider, exact=True)
    assert one.method == two.method
    assert one.method == "refused" or one.weight == two.weight
    assert {c.cell for c in one.impossible} == {int(cells[c.cell]) for c in two.impossible}
