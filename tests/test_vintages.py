"""Definitions have versions: declared breaks of measures and of towns stop the trends of all that is made of them."""

from __future__ import annotations

import datetime as dt

import pytest

from sozialanalyse.catalogue import Catalogue, Measure, shipped
from sozialanalyse.indicators import compute
from sozialanalyse.town import open_town as open_whole_town
from tests.small_town import TIDY, faults_of, open_town, write_town
from tests.tables import BOTH, counts, indicator, tree

AREAS = tree("""
    area level   parent
    t    town    .
    a    quarter t
""")

COUNTS = """
    area period     measure value
    a    2010-12-31 people  100
    a    2010-12-31 poor    10
    a    2011-12-31 people  100
    a    2011-12-31 poor    11
    a    2012-12-31 people  100
    a    2012-12-31 poor    20
"""


def version(date, **changes):
    return {"valid_from": date, "note": {"de": f"neu {date}", "en": f"new {date}"}, "review": "open"} | changes


def measure(name, *versions):
    return Measure(id=name, label=BOTH, unit="persons", period_kind="stock", ages=True, source=BOTH, versions=versions)


def segments(*measures, **changes):
    """Number the stretches of the share of the poor, year by year, in a town with these measures."""
    catalogue = Catalogue(measures=measures, indicators=(indicator(**changes),))
    frame = compute(counts(COUNTS), AREAS, catalogue).frame
    return frame.loc[frame["area"] == "a", "segment"].tolist()


def test_a_version_of_numerator_or_denominator_stops_the_trend():
    assert segments(measure("poor"), measure("people")) == [0, 0, 0]
    assert segments(measure("poor", version("2012-01-01"))) == [0, 0, 1]
    assert segments(measure("people", version("2012-01-01"))) == [0, 0, 1]
    assert segments(measure("rich", version("2012-01-01"))) == [0, 0, 0]


@pytest.mark.parametrize(
    ("date", "expected"), [("2011-12-30", [0, 1, 1]), ("2011-12-31", [0, 1, 1]), ("2012-01-01", [0, 0, 1])]
)
def test_the_first_day_of_a_version_belongs_to_it(date, expected):
    assert segments(measure("poor", version(date))) == expected


def test_two_breaks_of_one_day_are_one():
    breaks = [{"date": "2012-01-01", "note": BOTH, "review": "open"}]
    both = measure("poor", version("2012-01-01")), measure("people", version("2012-01-01"))
    assert segments(*both, breaks=breaks) == [0, 0, 1]


def test_what_bounds_carry_is_said_but_stops_nothing():
    assert segments(measure("poor", version("2012-01-01", stops_trend=False))) == [0, 0, 0]


def test_breaks_of_an_indicator_stand_in_order_of_time_each_once():
    both = measure("poor", version("2012-01-01"), version("2016-01-01")), measure("people", version("2012-01-01"))
    share = indicator(breaks=[{"date": "2014-01-01", "note": BOTH, "review": "open"}])
    breaks = Catalogue(measures=both, indicators=(share,)).breaks_of(share)
    assert [(str(entry.date), entry.note.en) for entry in breaks] == [
        ("2012-01-01", "new 2012-01-01"),
        ("2014-01-01", "text"),
        ("2016-01-01", "new 2016-01-01"),
    ]


def test_versions_stand_in_order_of_time():
    with pytest.raises(ValueError, match="versions stand in the order of their dates, each date once"):
        measure("poor", version("2012-01-01"), version("2011-01-01"))


@pytest.mark.parametrize(
    "entry", [measure for measure in shipped().measures if measure.versions], ids=lambda one: one.id
)
def test_each_shipped_version_names_its_source_or_says_that_it_has_none(entry):
    assert all(bool(one.reference) != one.is_open for one in entry.versions)


@pytest.mark.parametrize(
    ("name", "date", "word"),
    [
        ("sgb2_quote", "2016-04-01", "Revision"),
        ("pflegequote_65plus", "2017-01-01", "Pflegegrade"),
        ("eingliederungshilfe_18_64", "2020-01-01", "Bundesteilhabegesetz"),
        ("grundsicherung_im_alter", "2020-01-01", "Bundesteilhabegesetz"),
        ("kinderarmut", "2022-06-01", "Ukraine"),
        ("asylblg_rate", "2022-06-01", "Ukraine"),
        ("sgb2_quote", "2016-01-01", "Wohngeldreform 2016"),
        ("sgb2_quote", "2020-01-01", "Wohngeldreform 2020"),
        ("grundsicherung_im_alter", "2023-01-01", "Wohngeld-Plus"),
        ("grundsicherung_im_alter", "2012-01-01", "von 65 auf 67 Jahre"),
        ("living_space_per_resident", "2011-05-09", "Zensus 2011"),
        ("living_space_per_resident", "2022-05-15", "Zensus 2022"),
        ("language_findings", "2019-08-01", "Corona"),
        ("schwerbehindertenquote_65plus", "2021-12-31", "Vielfache von 5"),
    ],
)
def test_nation_wide_breaks_ship_with_their_dates(name, date, word):
    breaks = shipped().breaks_of(shipped().indicator(name))
    assert any(entry.date == dt.date.fromisoformat(date) and word in entry.note.de for entry in breaks)


# ---------------------------------------------------------------------------------------------- breaks of one town

ROWS = "".join(
    f"{area},{year}-12-31,{measure},,{age},{value},\n"
    for area in ("01", "02")
    for year in (2010, 2011, 2012)
    for measure, age, value in (("population", "0-17", 50), ("population", "18+", 200), ("unemployed", "15-64", 9))
)


def town_with(folder, entry):
    said = "note: {de: Neue Software, en: new software}, review: open"
    return write_town(folder, ROWS, town__yml=TIDY + f"breaks: [{{{entry}, {said}}}]\n")


def stretches(folder, name="share_under_18"):
    frame = open_whole_town(folder).indicators()
    return frame.loc[(frame["indicator"] == name) & (frame["area"] == "01"), "segment"].tolist()


def test_a_town_declares_its_own_breaks(tmp_path):
    assert stretches(write_town(tmp_path, ROWS)) == [0, 0, 0]
    assert stretches(town_with(tmp_path, "measures: [population], date: 2012-01-01")) == [0, 0, 1]
    assert stretches(town_with(tmp_path, "measures: [unemployed], date: 2012-01-01")) == [0, 0, 0]


def test_a_break_of_a_source_concerns_all_that_it_delivers(tmp_path):
    data = open_town(town_with(tmp_path, "source: register, date: 2011-01-01"))
    broken = [
        entry.id for entry in data.catalogue.measures if any(one.note.en == "new software" for one in entry.versions)
    ]
    assert broken == ["population", "unemployed"]
    assert stretches(tmp_path) == [0, 1, 1]


def test_a_break_of_some_measures_of_a_source(tmp_path):
    data = open_town(town_with(tmp_path, "source: register, measures: [unemployed], date: 2011-01-01"))
    assert [str(one.valid_from) for one in data.catalogue.measure("unemployed").versions] == ["2011-01-01"]
    assert data.catalogue.measure("population").versions == ()
    assert shipped().measure("unemployed").versions == ()


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("measures: [populaton], date: 2012-01-01", "'populaton' is not known here; did you mean: population"),
        ("source: registry, date: 2012-01-01", "'registry' is not known here; did you mean: register"),
        ("date: 2012-01-01", "say what the break concerns: measures, a source, or both"),
        ("measures: [population], date: 2012", "a date like 2011-12-31 is expected"),
        (
            "source: register, measures: [households], date: 2012-01-01",
            "source 'register' delivers none of the measures of this break; check both",
        ),
    ],
)
def test_a_break_that_would_be_lost_is_refused(tmp_path, entry, said):
    (fault,) = faults_of(town_with(tmp_path, entry))
    assert fault.startswith("town.yml, line")
    assert said in fault
