"""What a reader sees of a reform: converted values are marked in charts, tables and sentences, and the page says how well
the conversion works. Small Klein split its quarter 01 into 11 and 12 in 2009; Musterstadt did so with eight areas.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sozialanalyse as sa
from sozialanalyse.areas import Crosswalks
from sozialanalyse.findings import signs
from sozialanalyse.findings.reforms import conversions
from sozialanalyse.language import without_keys
from sozialanalyse.loading.counted_shares import counted_shares
from tests.drawn_town import group, marks, squares, svg_of
from tests.small_town import TIDY, write_town

pytestmark = pytest.mark.slow

AREAS = """\
area,name,level,parent,valid_from,valid_to
0,Klein,stadt,,,
01,Nord,ortsteil,0,,2008-12-31
11,Nord,ortsteil,0,2009-01-01,
12,Nordend,ortsteil,0,2009-01-01,
02,Süd,ortsteil,0,,
"""
WALK = "from_area,to_area,date,weight,basis\n01,11,2009-01-01,4000,counted\n01,12,2009-01-01,1000,counted\n"
YEARS = range(2009, 2014)
CHANGED = TIDY + "crosswalks: crosswalks.csv\ngeometry: {file: map.geojson, area: area, source: register}\n"


def rows(foreign_2007: str) -> str:
    """Foreign nationals in 11 rise by 20 a year from 400 of 4,000; 12 and 02 stay; before the reform there was 01."""
    before = f"01,2007-12-31,population,,,5000,\n01,2007-12-31,population_foreign,,,{foreign_2007},\n"
    south = (
        f"02,{year}-12-31,population,,,3000,\n02,{year}-12-31,population_foreign,,,300,\n" for year in (2007, *YEARS)
    )
    lines = [before, *south]
    for year in YEARS:
        people, foreign = 4000 - 10 * (year - 2009), 400 + 20 * (year - 2009)
        lines.append(f"11,{year}-12-31,population,,,{people},\n11,{year}-12-31,population_foreign,,,{foreign},\n")
        lines.append(f"12,{year}-12-31,population,,,1000,\n12,{year}-12-31,population_foreign,,,100,\n")
    return "".join(lines)


@pytest.fixture
def reformed(tmp_path):
    files = {"areas__csv": AREAS, "crosswalks__csv": WALK, "town__yml": CHANGED}
    write_town(tmp_path, rows("1000"), **files, map__geojson=squares(("11", "12", "02")))
    return sa.open_town(tmp_path)


def of_today(town, area="11", **options):
    view = sa.View(town.on_boundaries(), "residents", area, **({"language": "en"} | options))
    return view, sa.trends.development(view.frame)


def page_of(town, area):
    """What stands on a page about developments."""
    view = sa.View(town, "residents", area, language="en")
    developed = sa.trends.development(view.frame)
    parts = (
        sa.words.development(view, developed),
        sa.charts.development(view, view.frame),
        sa.charts.deviating(view, sa.trends.deviating(view.frame, view.members)),
        sa.tables.development(view, developed),
        sa.pages.limits(view, developed),
    )
    return [str(part.html) for part in parts]


def foreign(frame, area):
    found = frame[(frame["indicator"] == "foreign_share") & (frame["area"] == area)]
    return found.sort_values("period_end") if "period_end" in found else found.iloc[0]


# ------------------------------------------------------------------------------------------------------ results about time


def test_the_test_leaves_converted_values_out_and_the_change_begins_with_them(reformed):
    """20 % before the reform, 10 % after it: the whole area's 20 % say nothing of how its halves moved."""
    _, developed = of_today(reformed)
    row = foreign(developed, "11")
    assert (row["method"], row["finding"], row["points"]) == ("count_trend", "rising", 5)
    assert (round(row["first_value"], 1), row["converted"]) == (20.0, True)
    assert row["change"] == pytest.approx(100 * 480 / 3960 - 20.0)
    assert foreign(developed, "02")[["points", "converted"]].tolist() == [6, False]


def test_a_change_from_a_converted_value_has_a_wider_interval(reformed):
    """As wide as if the 4,000 people of 11 in 2007 had been counted, and more."""
    _, developed = of_today(reformed)
    row = foreign(developed, "11")
    assert row["change_upper"] - row["change_lower"] > 2 * (22.0 - 18.0)


def test_with_four_counted_dates_two_are_compared_even_if_the_first_is_converted(reformed):
    view, _ = of_today(reformed)
    developed = sa.trends.development(view.frame[view.frame["period_end"] != "2013-12-31"])
    row = foreign(developed, "11")
    assert (row["method"], row["points"], row["first_end"].year) == ("two_dates", 5, 2007)


def test_a_town_as_delivered_has_nothing_converted(reformed):
    assert not sa.trends.converted(reformed.indicators()).any()


# ---------------------------------------------------------------------------------------- areas that kept their territory


def test_values_of_the_whole_town_stay_exactly_as_delivered(musterstadt):
    """Bounds of two halves, added up, would be too wide for their sum, which is known."""
    before, after = (town.indicators("residents") for town in (musterstadt, musterstadt.on_boundaries()))
    shown = [frame[frame["level"] != "lebensraum"].reset_index(drop=True) for frame in (before, after)]
    columns = ["area", "indicator", "period_end", "numerator", "denominator", "value", "lower", "upper", "status"]
    pd.testing.assert_frame_equal(shown[0][columns], shown[1][columns], check_exact=True, check_dtype=False)
    assert not shown[1]["interpolated"].any()


def test_a_larger_area_that_got_a_part_of_a_split_one_rests_on_an_estimate(tmp_path):
    """A fifth of 01 went to the district S."""
    levels = TIDY.replace(
        "  - {id: stadt,", "  - {id: bezirk, label: {de: B, en: b}, plural: {de: B, en: b}}\n  - {id: stadt,"
    )
    areas = AREAS.replace("ortsteil,0", "ortsteil,N").replace("12,Nordend,ortsteil,N", "12,Nordend,ortsteil,S")
    areas = areas.replace("02,Süd,ortsteil,N", "02,Süd,ortsteil,S") + "N,N,bezirk,0,,\nS,S,bezirk,0,,\n"
    files = {"areas__csv": areas, "crosswalks__csv": WALK, "town__yml": levels + "crosswalks: crosswalks.csv\n"}
    frame = sa.open_town(write_town(tmp_path, rows("1000"), **files)).on_boundaries().indicators()
    district = foreign(frame, "S")
    assert district["interpolated"].tolist() == [True, *[False] * 5]
    assert district["denominator"].iloc[0] == pytest.approx(3000 + 5000 / 5)
    # What 12 got may be wrong, the 3,000 of 02 are not: the error of the sum is that of 12, over more people.
    assert 0 < district["relative_error"].iloc[0] < foreign(frame, "12")["relative_error"].iloc[0]
    assert not foreign(frame, "0")["interpolated"].any()


# ------------------------------------------------------------------------------------------------------------- line charts


def test_converted_points_are_hollow_and_their_line_is_dotted(reformed):
    view, _ = of_today(reformed)
    shown = sa.charts.development(view, view.frame)
    svg = svg_of(shown)
    # A point in each of the two panels: residents and foreign nationals.
    assert marks(svg, "converted") == 2
    points = [part for found in group(svg, "converted") for part in found.iter() if part.tag.endswith("}use")]
    assert all("fill: #ffffff" in str(point.get("style")) for point in points)
    dotted = [part.get("style") for found in group(svg, "until reform") for part in found.iter() if part.get("d")]
    assert len(dotted) == 2
    assert all("stroke-dasharray" in str(style) for style in dotted)
    assert "Hollow points and dotted line: converted to today's areas, an estimate." in shown.text
    assert shown.text.endswith("Converted to today's areas, as estimates: 2007.")


def test_charts_without_converted_values_say_nothing_of_them(reformed):
    view, _ = of_today(reformed, area="02")
    shown = sa.charts.development(view, view.frame)
    assert "onverted" not in shown.text
    assert marks(svg_of(shown), "converted") == 0


def test_charts_of_several_areas_say_it_too(reformed):
    view, _ = of_today(reformed, area="")
    shown = sa.charts.deviating(view, sa.trends.deviating(view.frame, view.members))
    assert "Hollow points" in shown.text
    assert "as estimates: 2007." in shown.text


# ---------------------------------------------------------------------------------------------------- tables and sentences


def test_the_first_value_is_marked_in_the_table_and_the_sign_is_explained(reformed):
    view, developed = of_today(reformed)
    text = sa.tables.development(view, developed).text
    assert f"{signs.CONVERTED} 20.0%" in text
    assert "It is part of the change and its interval, not of the test." in text
    other, developed = of_today(reformed, area="02")
    assert signs.CONVERTED not in sa.tables.development(other, developed).text


def test_sentences_say_that_the_first_value_is_converted(reformed):
    view, developed = of_today(reformed)
    sentences = sa.words.development(view, developed).text
    assert "an estimate that takes no part in the test." in sentences
    two = developed.assign(method="two_dates", finding="lower", caveats="converted")
    assert "an estimate with a wide interval." in sa.words.development(view, two).text


def test_a_comparison_of_converted_areas_marks_values_and_those_too_uncertain(tmp_path):
    """Of 30 foreign nationals about 6 belong to 12: too few to say more."""
    files = {"areas__csv": AREAS, "crosswalks__csv": WALK, "town__yml": CHANGED}
    folder = write_town(tmp_path, rows("30"), **files, map__geojson=squares(("11", "12", "02")))
    view, _ = of_today(sa.open_town(folder), area="")
    compared = sa.comparison.compare(view.frame, view.town.areas, level="ortsteil", date="2007-12-31")
    text = sa.tables.comparison(view, compared).text
    assert f"11 Nord\t4,000\t{signs.CONVERTED}\u00a04,000" in text
    assert "12 Nordend\t?\t?\t" in text
    assert "?\u00a0too uncertain after the conversion to today's areas." in text
    assert "not delivered" not in text
    assert "too uncertain after the conversion" in sa.charts.comparison(view, compared).text
    assert "Some values are converted to today's areas: estimates." in sa.maps.comparison(view, compared).text
    limits = sa.pages.limits(view).text
    assert "too uncertain and left out: Resident population and Share of foreign nationals." in limits
    assert "Some counts were not delivered" not in limits


# ------------------------------------------------------------------------------------------------------------------ limits


def test_the_page_says_how_many_people_end_in_the_wrong_area(reformed):
    """In 2010 3,990 + 1,000 people: by the shares of 2009 the crosswalk puts 3,992 into 11, two too many."""
    view, developed = of_today(reformed)
    wrong = abs(4990 * 0.8 - 3990)
    assert (f"{wrong / 4990:.1%}", f"{wrong / 7990:.1%}") == ("0.0%", "0.0%")
    assert (
        "Counts of before 1 January 2009 are converted to today's areas. Tried out on 31 December 2010, when the true counts "
        "are known, the conversion puts 0.0% of the people in divided areas into the wrong area (0.0% of the whole town)."
    ) in sa.pages.limits(view, developed).text.replace("\u00a0", " ").splitlines()


def test_musterstadt_puts_six_in_a_thousand_into_the_wrong_area(musterstadt):
    view = sa.View(musterstadt.on_boundaries(), "children", "03", language="en")
    texts = [without_keys(text).replace("\u00a0", " ") for text in conversions(view)]
    assert texts[0].startswith(
        "Counts of before 1 January 2009 are converted to today's areas. Tried out on 31 December 2011"
    )
    assert "0.6% of the people in divided areas into the wrong area (0.1% of the whole town)" in texts[0]
    assert texts[1].startswith(
        "Converted values whose standard error is above 15% of the value are too uncertain and left out: "
    )


@pytest.mark.parametrize("options", [{"area": "02"}, {"area": "05"}, {}])
def test_pages_on_which_nothing_was_converted_say_nothing(musterstadt, reformed, options):
    town = reformed if options.get("area") == "02" else musterstadt
    assert conversions(of_today(town, **({"area": ""} | options))[0]) == []


@pytest.mark.parametrize("area", ["", "05"])
def test_pages_on_which_nothing_was_converted_are_the_same_to_the_byte(musterstadt, area):
    without = sa.Town(replace(musterstadt.data, crosswalks=Crosswalks()))
    assert page_of(without, area) == page_of(musterstadt.on_boundaries(), area)


# --------------------------------------------------------------------------------------------------------- at an old date


def test_an_old_date_is_compared_on_the_areas_of_that_date(reformed):
    """Counts as they were delivered need no estimate, and the map puts the halves together."""
    view = sa.View(reformed, "residents", language="en")
    compared = sa.comparison.compare(view.frame, reformed.areas, level="ortsteil", date="2007-12-31")
    assert list(compared.areas["area"].unique()) == ["01", "02"]
    assert signs.CONVERTED not in sa.tables.comparison(view, compared).text
    shown = sa.maps.comparison(view, compared)
    assert "Without a shape in the map file" not in shown.text
    assert "values from 10.0% to 20.0% in 2 areas" in shown.text


# ------------------------------------------------------------------------------------------------ Musterstadt's crosswalk


def test_musterstadts_crosswalk_is_the_one_that_its_counts_give(musterstadt):
    frame = musterstadt.areas.at("lebensraum")
    halves = frame[frame["valid_from"] == "2009-01-01"]["area"]
    pairs = pd.DataFrame({"from_area": [f"{half[:2]}0" for half in halves], "to_area": halves, "date": "2009-01-01"})
    expected = Crosswalks.from_frame(counted_shares(musterstadt.counts, pairs), musterstadt.areas).frame
    found = musterstadt.data.crosswalks.frame
    key = ["from_area", "to_area", "cell"]
    both = found.merge(expected, on=key, how="outer", suffixes=("", "_expected"), indicator=True)
    assert set(both["_merge"]) == {"both"}
    np.testing.assert_allclose(both[["share", "clustering"]], both[["share_expected", "clustering_expected"]])
