"""The page of an index: who decided, what is said of certainty, and why there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse import index
from sozialanalyse.catalogue import shipped
from sozialanalyse.errors import UsageError
from sozialanalyse.index.inputs import change_errors
from tests.small_town import TIDY, write_town

NAMES = {"01": "Anger", "02": "Berg", "03": "Camp", "04": "Dorf", "05": "Esch", "06": "Feld"}
AREAS = "area,name,level,parent\n0,Klein,stadt,\n" + "".join(
    f"{area},{name},ortsteil,0\n" for area, name in NAMES.items()
)

LONG = {"01": 20, "02": 25, "03": 30, "04": 22, "05": 28, "06": 90}
CHILDREN = {"01": 40, "02": 60, "03": 50, "04": 45, "05": 55, "06": 240}
OLD = {"01": 20, "02": 18, "03": 22, "04": 16, "05": 19, "06": 70}
"""Counted among 1,500 persons of 15 to 64, 400 children and 600 people from 65 on in every area; 06 stands apart."""


def counted(year: int, *, without: str = "", marks: dict[str, str] | None = None) -> str:
    """Rows of a tidy file of one date."""
    rows = []
    for area in NAMES:
        people = {"0-14": 400, "15-64": 1500, "65+": 600}
        rows += [f"{area},{year}-12-31,population,,{age},{count}," for age, count in people.items()]
        counts = {
            "long_term_unemployed": ("15-64", LONG[area] + (2024 - year)),
            "sgb2_recipients": ("0-14", CHILDREN[area]),
            "grundsicherung_im_alter_recipients": ("65+", OLD[area]),
        }
        for measure, (age, count) in counts.items():
            if measure != without:
                mark = (marks or {}).get(f"{area} {measure}", "")
                rows.append(f"{area},{year}-12-31,{measure},,{age},{'' if mark else count},{mark}")
    return "".join(f"{row}\n" for row in rows)


def town(folder, counts: str, more: str = ""):
    return sa.open_town(write_town(folder, counts, areas__csv=AREAS, town__yml=TIDY + more))


@pytest.fixture(scope="module")
def klein(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"), counted(2022) + counted(2024))


@pytest.fixture(scope="module")
def found(klein):
    return sa.composites.composite(klein, language="en")


class TestPage:
    def test_opens_with_what_is_compared(self, found):
        said = str(sa.composites.opening(found).metadata)
        assert "Plain social index: 6 quarters of Klein are compared with each other, 31\\xa0December\\xa02024" in said
        assert "The classes are relative" in said

    def test_says_who_decided(self, found):
        text = sa.composites.recipe(found).text
        assert "Indicators and weights were decided by: the makers of this program, as a proposal" in text
        assert "Areas with fewer than 300 residents take no part." in text
        assert "Classes of the status: smaller need (below −1); medium need (up to 1); greater need (above)." in text

    def test_stands_in_the_order_of_the_areas(self, found):
        lines = sa.composites.table(found).text.splitlines()
        assert [line[:2] for line in lines[2:8]] == list(NAMES)
        assert "more need" in lines[7]

    def test_tells_apart_chance_weights_and_what_is_left_out(self, found):
        text = sa.composites.stability(found).text
        assert "Status:\xa0in 1 of 6 areas chance leaves one class only" in text
        assert "Status:\xa0in 6 of 6 areas the class stays the same whatever the weights" in text
        assert "Dynamics:\xa0in 6 of 6 areas the class stays the same whichever indicator is left out." in text

    def test_lays_out_status_and_dynamics(self, found):
        assert "Matrix of status and development, Plain social index" in sa.charts.index_matrix(found).text

    def test_without_shapes_there_is_no_map(self, found):
        assert sa.charts.index_map(found).html == ""

    def test_gives_no_reasons_where_nothing_is_missing(self, found):
        assert sa.composites.reasons(found).text == ""

    def test_offers_the_values_that_went_in(self, found):
        assert set(found.used["indicator"]) == set(found.recipe.indicators)
        assert sorted(found.used["period_end"].dt.year.unique()) == [2022, 2024]

    def test_the_area_that_stands_apart_is_in_the_class_of_greater_need(self, found):
        status = found.index.status.set_index("area")
        assert status["class"].to_dict() == dict.fromkeys(NAMES, "2") | {"06": "3"}
        assert status.loc["06", ["rank", "rank_lower", "rank_upper"]].tolist() == [1, 1, 1]


class TestReasons:
    def test_what_was_not_delivered(self, tmp_path):
        made = sa.composites.composite(town(tmp_path, counted(2024, without="sgb2_recipients")), language="en")
        assert "No status: not delivered: Child poverty (SGB II under 15)." in sa.composites.reasons(made).text
        assert sa.composites.table(made).html == sa.charts.index_matrix(made).html == ""
        assert "This index cannot be computed here." in str(sa.composites.opening(made).metadata)

    def test_a_town_of_which_nothing_but_residents_is_known(self, tmp_path):
        rows = "".join(f"{row}\n" for row in counted(2024).splitlines() if ",population," in row)
        made = sa.composites.composite(town(tmp_path, rows), language="en")
        assert sa.composites.reasons(made).text.count("not delivered: Long-term unemployed share, Child poverty") == 1
        assert made.used.empty
        assert sa.composites.recipe(made).text
        assert sa.composites.opening(made).metadata

    def test_what_is_confidential(self, tmp_path):
        hidden = counted(2024, marks={"03 sgb2_recipients": "suppressed"})
        text = sa.composites.reasons(sa.composites.composite(town(tmp_path, hidden), language="en")).text
        assert "compared with something else: Child poverty (SGB II under 15) (areas: 1)." in text

    def test_of_the_first_date_only_the_dynamics_are_missing(self, tmp_path):
        gap = counted(2022, marks={"03 sgb2_recipients": "missing"}) + counted(2024)
        made = sa.composites.composite(town(tmp_path, gap), language="en")
        assert len(made.index.status) == 6
        assert made.index.dynamics.empty
        assert sa.composites.reasons(made).text.startswith(
            "No dynamics: not delivered for all areas that take part: Child poverty"
        )

    def test_a_first_date_that_was_not_counted(self, tmp_path):
        made = sa.composites.composite(town(tmp_path, counted(2020) + counted(2024)), language="en")
        assert "not counted in the year up to 31\xa0December\xa02022: Long-term" in sa.composites.reasons(made).text

    def test_a_break_between_the_dates(self, tmp_path):
        """Since June 2022 people from Ukraine are among the recipients."""
        made = sa.composites.composite(town(tmp_path, counted(2021) + counted(2023)), language="en")
        assert (
            "defined or delimited anew between the two dates: Child poverty (SGB II under 15) (areas: 6)"
            in sa.composites.reasons(made).text
        )


class TestDecision:
    def test_without_one_neutral_indicators_are_not_scored(self, klein):
        with pytest.raises(
            UsageError, match="counts as need what the catalogue does not judge: migration_background_under_18"
        ):
            sa.composites.composite(klein, "hamburg_rise")

    def test_with_one_the_page_says_whose_it_was(self, tmp_path):
        decided = "indices: {hamburg_rise: {by: {de: der Rat, en: the council}, on: 2026-03-12}}\n"
        made = sa.composites.composite(town(tmp_path, counted(2024), decided), "hamburg_rise", language="en")
        text = sa.composites.recipe(made).text
        assert "counts as need what our catalogue does not judge" in text
        assert "For Klein that was decided by the council on 12\xa0March\xa02026." in text


class TestInputs:
    def test_a_school_year_that_ended_in_july_belongs_to_the_date(self, klein):
        frame = klein.indicators("children")
        july = frame[frame["indicator"] == "kinderarmut"].assign(
            period_end=lambda rows: rows["period_end"] - pd.Timedelta(days=153)
        )
        other = frame[frame["indicator"] == "kinderarmut"].assign(indicator="unemployed_share")
        recipe = shipped().recipe("berlin_mss").keeping(("unemployed_share", "kinderarmut"))
        inputs = index.gather(pd.concat([july, other]), recipe, klein.areas, "ortsteil")
        assert {one.indicator: f"{one.end:%Y-%m-%d} {one.first:%Y}" for one in inputs.used} == {
            "unemployed_share": "2024-12-31 2022",
            "kinderarmut": "2024-07-31 2022",
        }

    def test_errors_are_read_off_the_intervals(self, found):
        frame = found.view.frame
        chosen = (frame["indicator"] == "kinderarmut") & (frame["area"] == "01") & (frame["period_end"].dt.year == 2024)
        (row,) = frame[chosen].itertuples()
        assert found.index.inputs.error.loc["01", "kinderarmut"] == pytest.approx(
            (row.upper - row.lower) / 3.92, rel=1e-4
        )

    def test_what_both_dates_share_makes_a_change_surer(self):
        one = pd.DataFrame([[3.0]])
        assert change_errors(one, one, one * 0).iloc[0, 0] == pytest.approx(3 * np.sqrt(2))
        assert change_errors(one, one, one * 0 + 0.5).iloc[0, 0] == pytest.approx(3)

    def test_what_is_no_day(self, klein):
        with pytest.raises(UsageError, match="'date' is yesterday; it must be a day"):
            sa.composites.composite(klein, date="yesterday")
