"""Boundaries that change: what a crosswalk may say, and what becomes of counts, states, sums and series."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialanalyse.areas import Crosswalks, boundaries_of, territory_breaks
from sozialanalyse.errors import DataError
from sozialanalyse.loading.counted_shares import counted_shares, misplaced
from sozialanalyse.loading.reforms import LARGEST_RELATIVE_ERROR, carry_over
from sozialanalyse.town import Town
from tests.small_town import TIDY, faults_of, open_town, write_town
from tests.tables import counts, shown, table, tree

AREAS = tree("""
    area  level    parent  valid_from  valid_to
    0     town     .       .           .
    A     quarter  0       .           2008-12-31
    A1    quarter  0       2009-01-01  .
    A2    quarter  0       2009-01-01  .
    B     quarter  0       .           .
    C     quarter  0       .           2008-12-31
    D     quarter  0       .           2008-12-31
    CD    quarter  0       2009-01-01  .
    E     quarter  0       .           2008-12-31
    F     quarter  0       2009-01-01  .
""")
"""A was split, C and D were put together, E was renamed to F, B stayed."""

SPLIT = """
    from_area  to_area  date        share
    A          A1       2009-01-01  0.25
    A          A2       2009-01-01  0.75
    C          CD       2009-01-01  1
    D          CD       2009-01-01  1
    E          F        2009-01-01  1
"""
DAY = pd.Timestamp("2010-12-31")


def crosswalks(text=SPLIT, areas=AREAS):
    return Crosswalks.from_frame(table(text), areas)


def carried(text, areas=AREAS, walk=SPLIT, day=DAY):
    return carry_over(counts(text), areas, crosswalks(walk, areas), day)


def faults(text, areas=AREAS):
    with pytest.raises(DataError) as error:
        crosswalks(text, areas)
    return [str(fault).removeprefix("crosswalks.csv, ") for fault in error.value.faults]


def test_counts_of_old_areas_become_counts_of_new_ones():
    result = carried("""
        area  period      value
        A     2007-12-31  100
        B     2007-12-31  50
        C     2007-12-31  30
        D     2007-12-31  20
        E     2007-12-31  10
        A1    2009-12-31  40
    """)
    assert shown(result.counts, "area period_end value obs_status") == [
        "A1 2007-12-31 25 E",
        "A1 2009-12-31 40 A",
        "A2 2007-12-31 75 E",
        "B 2007-12-31 50 A",
        "CD 2007-12-31 50 A",
        "F 2007-12-31 10 A",
    ]
    assert result.areas.at("quarter")["area"].tolist() == ["A1", "A2", "B", "CD", "F"]


def test_fractions_are_not_rounded_and_bounds_are_wide():
    """Of 99 people a quarter: 24.75. By area the standard error is 4.3 for chance alone, 21.8 with its uncertainty."""
    result = carried("""
        area  period      value
        A     2007-12-31  99
    """)
    assert shown(result.counts, "area value lower upper") == ["A1 24.75 0 67.3927", "A2 74.25 31.6073 99"]
    estimate = result.estimates.iloc[0]
    assert estimate["error"] == pytest.approx((99 * 0.25 * 0.75 * (1 + 98 * 0.25)) ** 0.5)
    assert estimate["estimated_share"] == 1


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("0", "A", ["A1 0 0 0 zero", "A2 0 0 0 zero"]),
        ("*", "A", ["A1 * 0 9 suppressed", "A2 * 0 9 suppressed"]),
        ("-", "A", ["A1 - 0 . missing", "A2 - 0 . missing"]),
        ("x", "A", ["A1 x 0 0 not_applicable", "A2 x 0 0 not_applicable"]),
        ("*", "E", ["F * 1 9 suppressed"]),
        ("~20", "E", ["F 20 18 22 number"]),
    ],
)
def test_the_five_states(text, old, new):
    result = carried(f"""
        area  period      value
        {old} 2007-12-31  {text}
    """)
    assert shown(result.counts, "area value lower upper status") == new
    assert result.estimates.empty


def test_sums_with_a_hidden_or_absent_part_are_never_silently_smaller():
    result = carried("""
        area  period      value  measure
        C     2007-12-31  30     people
        D     2007-12-31  *      people
        C     2007-12-31  5      poor
    """)
    assert shown(result.counts, "area measure value lower upper status") == [
        "CD people * 31 39 suppressed",
        "CD poor - 5 . missing",
    ]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 5000), min_size=5, max_size=5), st.integers(0, 1000))
def test_the_total_of_all_new_areas_is_that_of_the_old_ones(values, permille):
    rows = "\n".join(f"{area}  2007-12-31  {value}" for area, value in zip("ABCDE", values, strict=True))
    shares = SPLIT.replace("0.25", str(permille / 1000)).replace("0.75", str((1000 - permille) / 1000))
    result = carried("area period value\n" + rows, walk=shares)
    assert result.counts["value"].sum() == pytest.approx(sum(values))
    assert (result.counts["lower"] <= result.counts["value"] + 1e-9).all()
    assert (result.counts["value"] <= result.counts["upper"] + 1e-9).all()


def test_estimates_too_uncertain_say_so_on_both_sides_of_the_threshold():
    """Of 1,000 people shared by residents (clustering 0.03), three quarters have a relative error of 10 %, a quarter 30 %."""
    result = carried(
        "area period value\nA 2007-12-31 1000",
        walk="""
            from_area  to_area  date        share  basis
            A          A1       2009-01-01  0.25   population
            A          A2       2009-01-01  0.75   population
        """,
    )
    assert LARGEST_RELATIVE_ERROR == 0.15
    assert [(row.area, round(row.relative_error, 2), row.do_not_use) for row in result.estimates.itertuples()] == [
        ("A1", 0.3, True),
        ("A2", 0.1, False),
    ]


def test_shares_of_a_measure_and_of_its_ages_go_before_those_of_all():
    result = carried(
        """
        area  period      value  measure  age
        A     2007-12-31  100    people   .
        A     2007-12-31  100    poor     .
        A     2007-12-31  100    poor     0-17
        """,
        walk="""
        from_area  to_area  date        weight  measure  age   basis
        A          A1       2009-01-01  300     .        .     population
        A          A2       2009-01-01  100     .        .     population
        A          A1       2009-01-01  40      poor     .     counted
        A          A2       2009-01-01  60      poor     .     counted
        A          A2       2009-01-01  30      poor     0-17  counted
        """,
    )
    assert shown(result.counts, "area measure age_to value status") == [
        "A1 people 999 75 number",
        "A1 poor 17 0 zero",
        "A1 poor 999 40 number",
        "A2 people 999 25 number",
        "A2 poor 17 100 number",
        "A2 poor 999 60 number",
    ]


def test_shares_counted_among_few_people_are_more_uncertain():
    few, many = (
        crosswalks(f"""
            from_area  to_area  date        weight  basis
            A          A1       2009-01-01  {weight}  counted
            A          A2       2009-01-01  {weight}  counted
        """).frame["clustering"]
        for weight in (25, 2500)
    )
    assert (few.iloc[0], many.iloc[0]) == pytest.approx((0.006 + 1 / 50, 0.006 + 1 / 5000))


# Two reforms, one after the other; and an area that gets something while it keeps its id.

TWICE = tree("""
    area  level    parent  valid_from  valid_to
    0     town     .       .           .
    A     quarter  0       .           2008-12-31
    B     quarter  0       2009-01-01  2014-12-31
    C     quarter  0       2009-01-01  .
    D     quarter  0       2015-01-01  .
    Z     quarter  0       .           .
""")
TWO = """
    from_area  to_area  date        share
    A          B        2009-01-01  0.5
    A          C        2009-01-01  0.5
    B          D        2015-01-01  0.8
    B          Z        2015-01-01  0.2
"""


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2008-12-31", ["A 100", "Z 10"]),
        ("2012-12-31", ["B 50", "C 50", "Z 10"]),
        ("2015-01-01", ["C 50", "D 40", "Z 20"]),
    ],
)
def test_one_reform_after_the_other_up_to_the_day(day, expected):
    text = "area period value\nA 2007-12-31 100\nZ 2007-12-31 10"
    assert shown(carried(text, TWICE, TWO, pd.Timestamp(day)).counts, "area value") == expected


def test_an_area_that_grew_keeps_its_own_people_exactly():
    result = carried("area period value\nA 2007-12-31 100\nZ 2007-12-31 90", TWICE, TWO, pd.Timestamp("2015-01-01"))
    estimate = result.estimates.set_index("area").loc["Z"]
    assert (estimate["value"], estimate["estimated_share"]) == (100, 0.1)
    assert result.counts.set_index("area").loc["Z", "lower"] == 90


def test_an_id_that_means_another_territory_breaks_its_series():
    found = territory_breaks(TWICE, crosswalks(TWO, TWICE))
    assert list(found.itertuples(index=False, name=None)) == [("Z", pd.Timestamp("2015-01-01"))]


LARGER = tree(
    """
    area  level     parent  valid_from  valid_to
    0     town      .       .           .
    N     district  0       .           .
    S     district  0       .           .
    A     quarter   N       .           2008-12-31
    A1    quarter   N       2009-01-01  .
    A2    quarter   S       2009-01-01  .
    B     quarter   S       .           .
    """,
    ("quarter", "district", "town"),
)
ACROSS = """
    from_area  to_area  date        share
    A          A1       2009-01-01  0.5
    A          A2       2009-01-01  0.5
"""


def test_larger_areas_change_with_their_parts_and_their_delivered_sums_are_of_another_territory():
    found = territory_breaks(LARGER, crosswalks(ACROSS, LARGER))
    assert found["area"].tolist() == ["N", "S"]
    text = "area period value\nN 2007-12-31 100\nA 2007-12-31 100\nB 2007-12-31 10\n0 2007-12-31 110"
    assert shown(carried(text, LARGER, ACROSS).counts, "area value") == ["0 110", "A1 50", "A2 50", "B 10"]


def test_the_tree_of_a_day_gives_new_areas_the_past_of_the_old_ones():
    then = boundaries_of(AREAS, crosswalks(), DAY).frame.set_index("area")
    assert then.loc["A1", "valid_from"] == AREAS.frame.set_index("area").loc["A", "valid_from"]
    assert "A" not in then.index


def test_an_area_that_ended_without_a_crosswalk_stays_and_its_series_ends():
    only_e = "from_area to_area date share\nE F 2009-01-01 1"
    result = carried("area period value\nA 2007-12-31 100\nE 2007-12-31 10\nA1 2009-12-31 40", walk=only_e)
    assert shown(result.counts, "area period_end value") == ["A 2007-12-31 100", "A1 2009-12-31 40", "F 2007-12-31 10"]
    assert {"A", "A1"} <= set(result.areas.frame["area"])


def test_polygons_of_today_draw_the_map_of_a_day():
    walk = crosswalks()
    assert walk.merged_before(pd.Timestamp("2007-12-31")) == {"A1": "A", "A2": "A", "F": "E"}
    assert walk.merged_before(pd.Timestamp("2009-01-01")) == {}
    twice = crosswalks(TWO, TWICE).merged_before(pd.Timestamp("2007-12-31"))
    assert twice == {"B": "A", "C": "A", "D": "A"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("X A1 2009-01-01 1", "line 2, area X: area 'X' is not in the table of areas; did you mean: 0, A, A1?"),
        ("E X 2009-01-01 1", "line 2, area E: area 'X' is not in the table of areas; did you mean: 0, A, A1?"),
        ("E F 1.1.2009 1", "line 2, area E: '1.1.2009' is no date like 2009-01-01, the first day of the new areas"),
        ("E F 2009-01-01 1.5", "line 2, area E: '1.5' is no share from 0 to 1, such as 0.25"),
        ("E F 2009-01-01 0,5", "line 2, area E: '0,5' is no share from 0 to 1, such as 0.25"),
        ("E F 2009-01-01 .", "line 2, area E: either a share or a weight is expected; found share '' and weight ''"),
        (
            "E F 2010-01-01 1",
            "line 2, area E: from_area did not exist on the day before 2010-01-01; mend its dates in the table of areas",
        ),
        (
            "B F 2008-01-01 1",
            "line 2, area B: to_area 'F' did not exist on 2008-01-01; mend its dates in the table of areas",
        ),
        ("E 0 2009-01-01 1", "line 2, area E: from_area and to_area '0' are not of the same level"),
        (
            "E F 2009-01-01 1\nE F 2009-01-01 1",
            "line 3, area E: from_area, to_area, date, measure, sex and age stand more than once; keep one row",
        ),
        (
            "A A1 2009-01-01 0.25\nA A2 2009-01-01 0.7",
            "line 2, area A: the shares of the area add up to 0.95; they must add up to 1",
        ),
        (
            "B F 2009-01-01 1",
            "line 2, area B: the area goes on after 2009-01-01; add a row with the share that stays in it, or end it",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_place(rows, message):
    assert faults("from_area to_area date share\n" + rows) == [message]


def test_shares_of_one_measure_alone_would_lose_all_others():
    text = "from_area to_area date share measure\nE F 2009-01-01 1 poor"
    message = "line 2, area E: there are shares for poor only; add rows without a measure for all the others"
    assert faults(text) == [message]


def test_an_unknown_basis_and_an_age_that_is_none_are_refused():
    text = "from_area to_area date share basis age\nE F 2009-01-01 1 guess .\nC CD 2009-01-01 1 area old"
    assert faults(text) == [
        "line 2, area E: basis 'guess' is not known; allowed: counted, population, area",
        "line 3, area C: sex '' and age 'old' need a measure, and an age group like 0-4 or 85+",
    ]


def test_columns_that_are_missing_are_named():
    assert faults("from_area to_area\nE F") == [
        "line 1: columns are missing: date; needed are from_area, to_area, date, and share or weight"
    ]


def test_shares_printed_with_three_decimals_are_mended_so_that_nobody_is_lost():
    areas = tree("""
        area  level    parent  valid_from  valid_to
        0     town     .       .           .
        A     quarter  0       .           2008-12-31
        X     quarter  0       2009-01-01  .
        Y     quarter  0       2009-01-01  .
        Z     quarter  0       2009-01-01  .
    """)
    walk = crosswalks("from_area to_area date share\n" + "\n".join(f"A {to} 2009-01-01 0.333" for to in "XYZ"), areas)
    assert walk.frame["share"].sum() == pytest.approx(1, abs=1e-15)


def test_shares_as_counted_on_the_new_boundaries_leave_to_the_residents_what_few_people_say():
    rows = counts("""
        area  period      measure     value
        A1    2009-12-31  population  400
        A2    2009-12-31  population  600
        A1    2011-12-31  population  900
        A2    2011-12-31  population  100
        A1    2009-12-31  poor        60
        A2    2009-12-31  poor        39
        A1    2009-12-31  people      60
        A2    2009-12-31  people      40
    """)
    pairs = table("from_area to_area date\nA A1 2009-01-01\nA A2 2009-01-01")
    found = counted_shares(rows, pairs)
    assert [" ".join(row) for row in found[["to_area", "measure", "weight", "basis"]].to_numpy()] == [
        "A1  400 population",
        "A2  600 population",
        "A1 people 60 counted",
        "A2 people 40 counted",
        "A1 population 400 counted",
        "A2 population 600 counted",
    ]


def test_people_in_the_wrong_area_where_both_are_counted():
    rows = counts("""
        area  period      value
        A1    2009-12-31  25
        A2    2009-12-31  75
        B     2009-12-31  100
        A1    2011-12-31  35
        A2    2011-12-31  65
        B     2011-12-31  100
        A1    2013-12-31  *
        A2    2013-12-31  65
    """)
    found = misplaced(rows, AREAS, crosswalks())
    assert shown(found, "period_end people misplaced share share_of_town") == [
        "2009-12-31 100 0 0 0",
        "2011-12-31 100 10 0.1 0.05",
    ]


# A town folder with a crosswalk: 01 Nord was split into 11 and 12.

REFORMED = """\
area,name,level,parent,valid_from,valid_to
0,Klein,stadt,,,
01,Nord,ortsteil,0,,2008-12-31
11,Nord,ortsteil,0,2009-01-01,
12,Nordend,ortsteil,0,2009-01-01,
02,Süd,ortsteil,0,,
"""
ROWS = """\
01,2007-12-31,population,,,1000,
02,2007-12-31,population,,,500,
11,2009-12-31,population,,,800,
12,2009-12-31,population,,,210,
02,2009-12-31,population,,,505,
"""
WALK = "from_area,to_area,date,weight,basis\n01,11,2009-01-01,800,counted\n01,12,2009-01-01,210,counted\n"


@pytest.fixture
def reformed(tmp_path):
    files = {"areas__csv": REFORMED, "crosswalks__csv": WALK, "town__yml": TIDY + "crosswalks: crosswalks.csv\n"}
    return write_town(tmp_path, ROWS, **files)


def series(town, area):
    frame = town.indicators()
    rows = frame[(frame["indicator"] == "population") & (frame["area"] == area)]
    return shown(rows, "period_end value")


def test_without_boundaries_asked_for_series_end_and_begin_with_their_areas(reformed):
    """11 bears the name of 01: still no line joins them."""
    town = Town(open_town(reformed))
    assert (town.areas.name("01"), town.areas.name("11")) == ("Nord", "Nord")
    assert series(town, "01") == ["2007-12-31 1000"]
    assert series(town, "11") == ["2009-12-31 800"]


def test_on_the_boundaries_of_a_day_series_go_back_and_are_marked(reformed):
    town = Town(open_town(reformed)).on_boundaries("2009-12-31")
    frame = town.indicators()
    frame = frame[frame["indicator"] == "population"].assign(
        interpolated=frame["interpolated"].map(str), do_not_use=frame["do_not_use"].map(str)
    )
    assert shown(frame, "area period_end value interpolated do_not_use") == [
        "0 2007-12-31 1500 False False",
        "0 2009-12-31 1515 False False",
        "02 2007-12-31 500 False False",
        "02 2009-12-31 505 False False",
        "11 2007-12-31 792.0792 True False",
        "11 2009-12-31 800 False False",
        # A fifth of 01: the error is more than 15 % of the estimate, so it is left out.
        "12 2007-12-31 - True True",
        "12 2009-12-31 210 False False",
    ]


def test_the_boundaries_of_before_the_reform_leave_everything_as_delivered(reformed):
    town = Town(open_town(reformed))
    then = town.on_boundaries("2008-12-31")
    assert then.counts["value"].tolist() == town.counts["value"].tolist()
    assert not then.indicators()["interpolated"].any()


def test_a_town_without_crosswalks_is_as_it_was(tmp_path):
    town = Town(open_town(write_town(tmp_path, "01,2007-12-31,population,,,1000,\n02,2007-12-31,population,,,500,\n")))
    assert town.on_boundaries() is town
    assert town.crossed.dates == []


def test_shares_that_may_not_be_used_do_not_hide_what_is_confidential(reformed):
    rows = ROWS + "01,2007-12-31,population_foreign,,,,suppressed\n02,2007-12-31,population_foreign,,,20,\n"
    write_town(
        reformed,
        rows + "11,2009-12-31,population_foreign,,,90,\n12,2009-12-31,population_foreign,,,9,\n",
        areas__csv=REFORMED,
        town__yml=TIDY + "crosswalks: crosswalks.csv\n",
    )
    frame = Town(open_town(reformed)).on_boundaries().indicators()
    rows = frame[(frame["indicator"] == "foreign_share") & (frame["period_end"] == pd.Timestamp("2007-12-31"))]
    assert rows.set_index("area")["status"].to_dict() == {
        "0": "suppressed", "02": "number", "11": "suppressed", "12": "suppressed",
    }  # fmt: skip


def test_the_default_is_the_last_date_counted(reformed):
    assert "01" not in Town(open_town(reformed)).on_boundaries().areas


def test_an_id_with_another_territory_begins_a_new_segment(reformed):
    data = open_town(reformed)
    areas = tree(
        """
        area  level     parent  valid_from  valid_to
        0     stadt     .       .           .
        02    ortsteil  0       .           .
        01    ortsteil  0       .           2008-12-31
        11    ortsteil  0       2009-01-01  .
        12    ortsteil  0       2009-01-01  .
        """,
        ("ortsteil", "stadt"),
    )
    walk = Crosswalks.from_frame(
        table("from_area to_area date share\n01 11 2009-01-01 0.9\n01 02 2009-01-01 0.1"), areas
    )
    frame = Town(replace(data, areas=areas, crosswalks=walk)).indicators()
    rows = frame[(frame["area"] == "02") & (frame["indicator"] == "population")]
    assert rows.sort_values("period_end")["segment"].tolist() == [0, 1]


def test_a_crosswalk_that_is_wrong_is_said_when_the_town_is_opened(reformed):
    (reformed / "crosswalks.csv").write_text(WALK.replace("12,2009", "99,2009"), encoding="utf-8")
    assert faults_of(reformed) == [
        "crosswalks.csv, line 3, area 01: area '99' is not in the table of areas; did you mean: 0, 01, 02?"
    ]


def test_shares_of_a_measure_that_nobody_knows_are_refused(reformed):
    walk = "from_area,to_area,date,share,measure\n01,11,2009-01-01,1,\n01,11,2009-01-01,1,populaton\n"
    (reformed / "crosswalks.csv").write_text(walk, encoding="utf-8")
    assert faults_of(reformed)[0].startswith("crosswalks.csv, line 3: measure 'populaton' is not in the catalogue")
