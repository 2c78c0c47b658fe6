"""Cells of a release: terms, what can be had by differencing them, and the sums that tie all together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.disclosure.cells import cells_of
from sozialanalyse.disclosure.terms import Term, atoms_of, terms_of
from sozialanalyse.town import open_town
from tests.released import rows, write_town

OWN = "sgb2_recipients"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return open_town(write_town(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="module")
def large(musterstadt):
    """Give the cells of the invented town."""
    return cells_of(musterstadt, {"population"})


def opened(folder, counts):
    return open_town(write_town(folder, counts))


def cells_by_area(cells, measure=OWN, ages=(0, 14), kind="term"):
    frame = cells.frame
    chosen = frame[(frame["measure"] == measure) & (frame["kind"] == kind) & (frame["age_from"] == ages[0])]
    chosen = chosen[chosen["age_to"] == ages[1]]
    return dict(zip(chosen["area"], chosen["value"].tolist(), strict=True))


def sums(cells):
    """Write each sum as text, with the cells by area and ages."""
    frame = cells.frame
    names = [f"{row.area}:{row.kind[0]}{row.age_from}-{row.age_to}" for row in frame.itertuples()]
    written = []
    for row, constant in zip(cells.relations.toarray(), cells.constants, strict=True):
        parts = [f"{'+' if weight > 0 else '-'}{name}" for weight, name in zip(row, names, strict=True) if weight]
        written.append(f"{' '.join(parts)} = {constant:g}")
    return written


@pytest.mark.parametrize(
    ("parts", "boxes"),
    [
        ([("all", 0, 64)], ((("all", 0, 64),),)),
        ([("all", 0, 64), ("all", 0, 14)], ((("all", 0, 14),), (("all", 15, 64),))),
        ([("all", 0, 999), ("all", 15, 64)], ((("all", 0, 14), ("all", 65, 999)), (("all", 15, 64),))),
        (
            [("all", 0, 64), ("all", 18, 999)],
            ((("all", 0, 17),), (("all", 18, 64),), (("all", 65, 999),)),
        ),
        (
            [("all", 0, 14), ("female", 0, 14)],
            ((("female", 0, 14),), (("diverse", 0, 14), ("male", 0, 14))),
        ),
    ],
)
def test_ages_and_sexes_are_cut_as_coarsely_as_the_terms_allow(parts, boxes):
    assert atoms_of(parts).boxes == boxes


@given(st.lists(st.tuples(st.just("all"), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=5, unique=True))
def test_every_term_is_the_sum_of_its_atoms_and_no_two_atoms_share_an_age(parts):
    parts = [(sex, min(ages), max(ages)) for sex, *ages in parts]
    atoms = atoms_of(parts)
    ages_of = [{age for _, first, last in boxes for age in range(first, last + 1)} for boxes in atoms.boxes]
    assert sum(map(len, ages_of)) == len(set().union(*ages_of))
    for (_, first, last), members in zip(parts, atoms.made_of, strict=True):
        assert set().union(*(ages_of[number] for number in np.flatnonzero(members))) == set(range(first, last + 1))


def test_terms_are_what_indicators_use_and_town_only_ones_are_marked(town):
    terms = terms_of(town.catalogue.indicators)
    assert terms[Term(OWN, "all", 0, 14)] is False
    assert terms[Term("asylblg_recipients", "all", 0, 999)] is True
    assert terms[Term("population", "all", 0, 999)] is False  # a town-only rate has it, too, but so have others


def test_terms_are_laid_out_on_every_level(town):
    cells = cells_of(town, {"population"})
    assert cells_by_area(cells) == {
        "0": 177,
        "1": 68,
        "2": 109,
        "11": 3,
        "12": 40,
        "13": 25,
        "21": 60,
        "22": 31,
        "23": 18,
    }


def test_what_differencing_gives_is_a_cell_too(town):
    cells = cells_of(town, {"population"})
    assert cells_by_area(cells, ages=(15, 64), kind="atom")["11"] == 80  # everybody under 65 less those under 15


def test_sums_over_ages_and_over_areas(town):
    found = sums(cells_of(town, {"population"}))
    assert any(set(text.split()) == {"+11:t0-64", "-11:t0-14", "-11:a15-64", "=", "0"} for text in found)
    assert any(set(text.split()) == {"+1:t0-14", "-11:t0-14", "-12:t0-14", "-13:t0-14", "=", "0"} for text in found)
    assert any(set(text.split()) == {"+0:t0-14", "-1:t0-14", "-2:t0-14", "=", "0"} for text in found)
    assert len(found) == 9 + 2 * 3  # ages in nine areas; two terms over three areas that have areas below


def test_all_sums_hold(large):
    value = large.frame["value"].to_numpy()
    known = np.asarray(abs(large.relations) @ np.isnan(value).astype(float)) == 0
    residual = large.relations @ np.nan_to_num(value) - large.constants
    assert known.sum() > 15_000
    assert abs(residual[known]).max() == 0


def test_a_public_whole_is_no_cell_but_a_bound(town):
    frame = cells_of(town, {"population"}).frame
    own = frame[(frame["measure"] == OWN) & (frame["area"] == "11") & (frame["kind"] == "term")]
    assert dict(zip(own["age_to"], own["most"], strict=True)) == {14: 200, 64: 1000}
    assert not (frame["kind"] == "complement").any()


def test_of_a_whole_that_is_not_public_those_left_out_are_cells(town):
    cells = cells_of(town)
    assert cells_by_area(cells, kind="complement")["11"] == 197
    assert any(
        set(text.split()) == {"+11:t0-14", "-11:t0-14", "-11:c0-14", "=", "0"} for text in sums(cells)
    )  # of the population, of the recipients, those left out


def test_a_delivered_total_counts_some_in_none_of_its_areas(tmp_path):
    counts = rows() + "1,2024-12-31,sgb2_recipients,,0-14,70,\n"
    cells = cells_of(opened(tmp_path, counts), {"population"})
    rest = cells.frame[cells.frame["kind"] == "rest"]
    assert rest[["area", "value", "lower", "upper"]].to_numpy().tolist() == [["1", 2.0, 0.0, np.inf]]


def test_totals_smaller_than_their_parts_differ_by_what_the_period_shows(tmp_path):
    counts = rows() + "1,2024-12-31,sgb2_recipients,,0-14,66,\n" + "2,2024-12-31,sgb2_recipients,,0-14,110,\n"
    rest = cells_of(opened(tmp_path, counts), {"population"}).frame.query("kind == 'rest'")
    assert rest[["area", "value", "lower", "upper"]].to_numpy().tolist() == [
        ["1", -2.0, -2.0, 1.0],
        ["2", 1.0, -2.0, 1.0],
    ]


def test_a_sum_that_we_made_ourselves_has_nothing_left_over(town):
    assert not (cells_of(town, {"population"}).frame["kind"] == "rest").any()


def test_of_rounded_counts_there_are_no_sums(large):
    frame = large.frame
    rounded = np.flatnonzero((frame["measure"] == "mobility_marks").to_numpy() & ~frame["exact"].to_numpy())
    assert len(rounded) > 0
    assert large.relations[:, rounded].nnz == 0


def test_what_was_not_delivered_is_no_cell_but_is_named(tmp_path):
    counts = rows().replace("11,2024-12-31,sgb2_recipients,,0-14,3,", "11,2024-12-31,sgb2_recipients,,0-14,,missing")
    cells = cells_of(opened(tmp_path, counts), {"population"})
    assert "11" not in cells_by_area(cells)
    missing = cells.missing[cells.missing["measure"] == OWN]
    assert set(zip(missing["area"], missing["age_to"], strict=True)) == {
        *(("11", age) for age in (14, 64)),
        *(("1", age) for age in (14, 64)),
        *(("0", age) for age in (14, 64)),
    }


def test_an_area_without_a_count_leaves_its_place_to_those_below_it(tmp_path):
    """Of Nord (1) nothing is known, for Berg (12) was not delivered; the town less Süd is what is left of Nord all the same."""
    counts = rows().replace("12,2024-12-31,sgb2_recipients,,0-14,40,", "12,2024-12-31,sgb2_recipients,,0-14,,missing")
    cells = cells_of(opened(tmp_path, counts + "0,2024-12-31,sgb2_recipients,,0-14,172,\n"), {"population"})
    rest = cells.frame[cells.frame["kind"] == "rest"]
    assert rest[["area", "value"]].to_numpy().tolist() == [["0", 172 - 109 - 3 - 25]]
    wanted = {"+0:t0-14", "-11:t0-14", "-13:t0-14", "-2:t0-14", "-0:r0-14", "=", "0"}
    assert any(set(text.split()) == wanted for text in sums(cells))


def test_of_measures_of_protected_places_only_the_whole_town_is_a_cell(large, musterstadt):
    own = large.frame[large.frame["measure"] == "asylblg_recipients"]
    assert set(own["area"]) == {musterstadt.areas.root}
    assert "asylblg_recipients" not in set(large.missing["measure"])


def test_a_part_of_a_measure_is_never_more_than_the_whole(large):
    frame = large.frame
    rest = frame[(frame["kind"] == "complement") & (frame["measure"] == "long_term_unemployed")]
    assert set(rest["whole"]) == {"unemployed"}
    assert (rest["value"] >= 0).all()
