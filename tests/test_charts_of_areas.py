"""Further charts: what they draw of a small town, that all of it is checked by the audit, and that changed signs are found."""

from __future__ import annotations

import html
import itertools
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

import sozialanalyse as sa
from sozialanalyse import gallery
from sozialanalyse.audit.drawn import faults_of_drawing
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.funnels import Course
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pictures import read_drawing
from sozialanalyse.charts import two_dates
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.errors import DataError, UsageError
from sozialanalyse.findings.display import nothing
from sozialanalyse.findings.static import static_texts
from tests.chart_text import looked_at, outside, overlapping, rooms, structure
from tests.colours import DEFICIENCIES, contrast_on_white, lab
from tests.drawn_town import SCRIPT, group, marks, svg_of, texts, with_status
from tests.small_town import TIDY, write_town

AREAS = f"""\
area,name,level,parent
0,Klein,stadt,
01,{SCRIPT},ortsteil,0
02,Berg,ortsteil,0
03,Camp,ortsteil,0
04,Dorf,ortsteil,0
"""

RULES = """\
schema: 1
rules:
  - id: alles
    measures: [population, sgb2_recipients]
    public: true
    basis: {de: Jahrbuch, en: yearbook}
    review: open
    approval: open
"""

FIRST, LAST = "2017-12-31", "2021-12-31"
CHILDREN = {"01": 4000, "02": 4000, "03": 4000, "04": 400}
POOR = {
    FIRST: {"01": 800, "02": 1000, "03": 800, "04": 80},
    LAST: {"01": 400, "02": 1200, "03": 800, "04": 80},
}
"""At first 20, 25, 20 and 20 per cent; at last 10, 30, 20 and 20, and 20 in the town."""

SEXES = {("female", "15-64"): 6400, ("male", "15-64"): 5000, ("female", "65+"): 1500, ("male", "65+"): 1000}


def counts() -> str:
    """Write the rows of the tidy file."""
    rows = []
    for date, poor in POOR.items():
        for area, children in CHILDREN.items():
            ages = {("female", "0-14"): children // 2, ("male", "0-14"): children // 2, **SEXES}
            for (sex, age), people in ages.items():
                fewer = 500 if date == FIRST and age == "15-64" else 0
                rows.append(f"{area},{date},population,{sex},{age},{people - fewer},")
            rows.append(f"{area},{date},sgb2_recipients,all,0-14,{poor[area]},")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    texts_of_town = {"areas__csv": AREAS, "disclosure__yml": RULES, "town__yml": TIDY}
    return write_town(tmp_path_factory.mktemp("town"), counts(), **texts_of_town)


@pytest.fixture(scope="module")
def view(folder):
    return sa.View(sa.open_town(folder), "children", "", "ortsteil", "en")


@pytest.fixture(scope="module")
def compared(view):
    return sa.comparison.compare(view.frame, view.town.areas, level=view.level, catalogue=view.town.catalogue)


@pytest.fixture(scope="module")
def developed(view):
    return sa.trends.development(view.frame)


@pytest.fixture(scope="module")
def drawn(view, compared, developed):
    """Every chart of the town, by its name."""
    classes = sa.charts.status_and_dynamics(view, compared, developed)
    return {
        "slopes": sa.charts.slopes(view, developed),
        "ranks": sa.charts.ranks(view, compared),
        "funnel": sa.charts.funnel(view, compared),
        "heat": sa.charts.heat(view, compared),
        "multiples": sa.charts.multiples(view, view.frame),
        "matrix": sa.charts.matrix(view, classes),
        "pyramid": sa.charts.pyramid(view, sa.comparison.ages_and_sexes(view.town)),
    }


CHARTS = ("slopes", "ranks", "funnel", "heat", "multiples", "matrix", "pyramid")


@pytest.fixture(scope="module")
def released(folder, tmp_path_factory):
    """What was released of the town, as an edition tells it."""
    output = tmp_path_factory.mktemp("output")
    town = sa.open_town(folder)
    sa.write_release(sa.release(town), output / "town.release")
    with zipfile.ZipFile(output / "town.release") as archive:
        (output / "cells.csv").write_bytes(archive.read("cells.csv"))
    knowledge = knowledge_of(sa.open_release(output / "town.release"))
    knowledge["static"] = static_texts(town.catalogue, town.data.file, "en")
    (output / "knowledge.json").write_text(json.dumps(knowledge), encoding="utf-8")
    return output


@pytest.fixture(scope="module")
def judge(released):
    """Knows what was released of the town, and nothing else."""
    return Judge(Figures(read_knowledge(released)))


def of_children(svg):
    """Cut the panel of child poverty out of a picture."""
    start = svg.index('id="panel-kinderarmut"')
    after = svg.find('id="panel-', start + 10)
    return svg[start : after if after > 0 else None]


def said(judge, shown, svg=None):
    told = html.unescape(re.search(r"data-told='([^']*)'", str(shown.html))[1]).split(" ")
    faults = faults_of_drawing(read_drawing((svg or svg_of(shown)).encode()), tuple(told), judge, "en")
    return [fault.message.format(**fault.values) for fault in faults]


@pytest.mark.parametrize("name", CHARTS)
def test_audit_computes_again_what_a_chart_shows(drawn, judge, name):
    assert said(judge, drawn[name]) == []


@pytest.mark.parametrize("name", CHARTS)
def test_figures_of_a_chart_stand_beside_it_with_their_keys(drawn, judge, name):
    markup = str(drawn[name].html)
    assert "<details class='figures'><summary>Figures of the chart</summary><table><caption>" in markup
    numbers = re.findall(r'<data value="([^"]*)">([^<]*)</data>', markup.partition("<details")[2])
    assert numbers
    wrong = [(key, text) for key, text in numbers if judge.mark(html.unescape(key), html.unescape(text), "en")]
    assert wrong == []


@pytest.mark.parametrize("name", CHARTS)
def test_names_stay_text(drawn, name):
    assert "<script" not in str(drawn[name].html)
    assert "<script" not in svg_of(drawn[name])


@pytest.mark.parametrize("name", CHARTS)
def test_no_chart_uses_red_or_more_than_four_colours(drawn, name):
    used = set(re.findall(r"#[0-9a-f]{6}", svg_of(drawn[name])))
    coloured = {colour: rgb_to_hsv(to_rgb(colour)) for colour in used}
    hues = {colour: hue for colour, (hue, saturation, _) in coloured.items() if saturation >= 0.2}
    assert all(20 / 360 < hue < 330 / 360 for hue in hues.values()), hues
    assert len(hues) <= 4, hues


def test_lines_of_slopes_can_be_told_apart_with_every_colour_vision_and_on_white():
    used = [look["color"] for look in two_dates.LOOKS.values()]
    for matrix in DEFICIENCIES.values():
        seen = [lab(colour, matrix) for colour in used]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 20
    assert min(map(contrast_on_white, used)) >= 3
    assert len({look["marker"] for look in two_dates.LOOKS.values()}) == 3


def moved(svg, kind, by=1.0):
    """Move the first sign of a group of the panel of child poverty a little to the right."""
    start = svg.index(f'id="{kind}"', svg.index('id="panel-kinderarmut"'))
    place = re.compile(r'(<use [^>]*x=")([\d.]+)"').search(svg, start)
    return svg[: place.start()] + f'{place[1]}{float(place[2]) + by:.2f}"' + svg[place.end() :]


@pytest.mark.parametrize(("name", "kind"), [("ranks", "filled"), ("funnel", "within"), ("funnel", "beyond 99.8")])
def test_a_sign_that_was_moved_is_found(drawn, judge, name, kind):
    assert said(judge, drawn[name], moved(svg_of(drawn[name]), kind)) != []


def test_a_sign_that_says_above_in_place_of_below_is_found(drawn, judge):
    svg = svg_of(drawn["heat"])
    start = svg.index('id="panel-kinderarmut"')
    turned = svg[:start] + svg[start:].replace('id="below"', 'id="above"')
    (fault,) = said(judge, drawn["heat"], turned)
    assert fault == "the panel kinderarmut shows an area as above that is not"


def test_a_pane_with_the_line_of_another_area_is_found(drawn, judge):
    svg = svg_of(drawn["multiples"])
    assert "02 Berg" in svg
    swapped = svg.replace("02 Berg", "§").replace("03 Camp", "02 Berg").replace("§", "03 Camp")
    faults = said(judge, drawn["multiples"], swapped)
    assert "a line of the panel kinderarmut is not the series of one area at the days of its axis" in faults


@pytest.mark.parametrize("limit", ["limits beyond 95", "limits beyond 99.8"])
def test_a_limit_of_chance_that_was_moved_is_found(drawn, judge, limit):
    svg = svg_of(drawn["funnel"])
    start = svg.index(f'id="{limit}"')
    last = re.compile(r' d="[^"]* ([\d.]+)"').search(svg, start)
    lower = f"{svg[: last.start(1)]}{float(last[1]) + 0.5:.2f}{svg[last.end(1) :]}"
    assert said(judge, drawn["funnel"], lower) == [
        "the panel kinderarmut shows a limit of chance that the published values do not give"
    ]


def test_limits_of_rates_are_those_of_the_poisson_distribution():
    """Of 10 expected events 3 lie just below the lower limit, and 18 just above the upper one (tables of Garwood 1936)."""
    low, high = Course("rate", 0.01, 1.0).limits(1000.0, 0.95)
    lower, upper = sa.statistics.expected_at_limits([low * 1000, high * 1000])
    assert lower[0] == pytest.approx(10)
    assert upper[1] == pytest.approx(10)
    assert 3 < low * 1000 < 4
    assert 17 < high * 1000 < 18


def test_a_bar_that_was_lengthened_is_found(drawn, judge):
    svg = svg_of(drawn["pyramid"])
    start = svg.index('id="bars"')
    first = re.compile(r"L ([\d.]+) ").search(svg, start)
    longer = f"{svg[: first.start(1)]}{float(first[1]) - 2:.2f}{svg[first.end(1) :]}"
    assert said(judge, drawn["pyramid"], longer) == [
        "the panel population.female shows a bar that no published count gives"
    ]


def test_slopes_tell_what_changed_more_than_chance(drawn):
    alt = drawn["slopes"].text.splitlines()[1]
    assert "Child poverty, 2017 to 2021: higher in 1, lower in 1, not to be told apart in 2 areas." in alt
    assert "01 <script>alert(1)</script>\t20.0%\t10.0%\t−10.0\u00a0percentage points" in drawn["slopes"].text


def test_changes_are_the_slopes_of_the_leading_indicator(view, developed):
    of_lead = developed[developed["indicator"] == "kinderarmut"]
    assert sa.charts.changes(view) == sa.charts.slopes(view, of_lead)
    assert sa.charts.changes(view, fewest=5) == nothing()


def test_slopes_of_areas_without_both_dates_are_in_the_table_alone(view, developed):
    changed = developed.copy()
    chosen = (changed["area"] == "01") & (changed["indicator"] == "kinderarmut")
    changed.loc[chosen, ["first_value", "change", "change_lower", "change_upper"]] = np.nan
    changed.loc[chosen, "finding"] = sa.trends.HIDDEN
    shown = sa.charts.slopes(view, changed)
    assert "Areas without a value at both dates are only in the table." in shown.text
    assert "01 <script>alert(1)</script>\t•\t10.0%\t–" in shown.text
    assert "• confidential." in shown.text.replace("\u00a0", " ")


def test_estimates_are_hollow_in_slopes(view, developed):
    shown = sa.charts.slopes(view, developed.assign(converted=developed["area"] == "02"))
    assert marks(svg_of(shown), "converted") == 1
    assert "02 Berg\t≈\u00a025.0%" in shown.text


def test_ranks_stand_in_the_order_of_the_areas_and_share_the_middle(drawn):
    rows = [line.split("\t") for line in drawn["ranks"].text.partition("Child poverty")[2].splitlines() if "\t" in line]
    by_area = {row[0][:2]: row[1:] for row in rows if re.match(r"0\d ", row[0]) and row[1].endswith("%")}
    assert list(by_area) == ["01", "02", "03", "04"]
    assert [by_area[area][:2] for area in by_area] == [
        ["10.0%", "4"],
        ["30.0%", "1"],
        ["20.0%", "2.5"],
        ["20.0%", "2.5"],
    ]


@pytest.mark.parametrize("name", ["ranks"])
def test_nothing_is_ranked_where_a_value_is_confidential(view, compared, name):
    hidden = with_status(compared, "02", "suppressed")
    columns = ["rank_lower", "rank_upper"]
    assert (
        getattr(sa.charts, name)(view, replace(hidden, areas=hidden.areas.assign(**dict.fromkeys(columns, np.nan))))
        == nothing()
    )


def test_funnel_fills_what_lies_beyond_its_limits(drawn):
    assert (
        "Child poverty: 2 of 4 areas lie beyond the inner limits, 2 of them beyond the outer ones."
        in drawn["funnel"].text
    )
    panel = "<svg xmlns:xlink='http://www.w3.org/1999/xlink'><g " + of_children(svg_of(drawn["funnel"]))
    assert panel.count('id="limits beyond 95"') == panel.count('id="limits beyond 99.8"') == 2


def test_heat_map_judges_only_indicators_with_a_direction(drawn):
    text = drawn["heat"].text
    assert re.search(r"01 <script>alert\(1\)</script>.*\tbelow \(smaller need\)", text)
    assert re.search(r"02 Berg.*\tabove \(greater need\)", text)
    assert text.count("need)") == 2


def test_heat_map_marks_what_is_no_number(view, compared):
    shown = sa.charts.heat(view, with_status(compared, "02", "suppressed"))
    assert [text.strip() for text in texts(svg_of(shown))].count("•") == 1
    assert "• confidential." in shown.text.replace("\u00a0", " ")


def test_multiples_have_a_panel_for_each_area_on_the_same_axes(drawn):
    svg = svg_of(drawn["multiples"])
    assert len(group(svg, "panel-kinderarmut")) == 4
    assert texts(svg).count("20") == 4
    assert [text[:2] for text in texts(svg) if re.match(r"0\d ", text)] == ["01", "02", "03", "04"]


def test_matrix_lists_areas_by_number_and_shades_the_need(drawn):
    alt = drawn["matrix"].text.splitlines()[1]
    assert "above Klein, risen: 1" in alt
    assert "below Klein, fallen: 1" in alt
    assert "not to be told apart from Klein, no clear change: 2" in alt
    assert "Shaded with a thick border" in drawn["matrix"].text
    assert [text for text in texts(svg_of(drawn["matrix"])) if text.startswith("0")] == ["02", "03\u200204", "01"]


def test_matrix_of_a_neutral_indicator_shades_nothing(view, compared, developed):
    classes = sa.charts.status_and_dynamics(view, compared, developed, "share_under_18")
    assert classes.needy == frozenset()


def test_pyramid_has_a_bar_for_each_age_and_names_the_longest(drawn):
    text = drawn["pyramid"].text
    assert "Women and girls: the longest bar is that of ages 15–64, with 25,600 persons; before: 23,600." in text
    assert "65+\t6,000\t6,000\t4,000\t4,000" in text
    paths = [
        path for found in group(svg_of(drawn["pyramid"]), "bars") for path in found.iter() if path.tag.endswith("path")
    ]
    assert [path.get("d").count("M") for path in paths] == [3, 3]


def test_pyramid_leaves_out_and_marks_a_hidden_count(view):
    people = sa.comparison.ages_and_sexes(view.town, "01")
    chosen = (people["sex"] == "male") & (people["age_from"] == 65) & (people["period_end"] == pd.Timestamp(LAST))
    people.loc[chosen, ["value", "status"]] = np.nan, "suppressed"
    shown = sa.charts.pyramid(view, people)
    paths = [path for found in group(svg_of(shown), "bars") for path in found.iter() if path.tag.endswith("path")]
    assert [path.get("d").count("M") for path in paths] == [3, 2]
    assert texts(svg_of(shown)).count("•") == 1
    assert "longest bar" not in shown.text


def test_everybody_is_drawn_by_age_where_the_group_is_everybody(view, folder):
    residents = sa.View(sa.open_town(folder), "residents", "", "ortsteil", "en")
    assert sa.charts.population(residents).text == sa.charts.pyramid(view, sa.comparison.ages_and_sexes(view.town)).text
    assert sa.charts.population(view) == nothing()


def test_a_page_says_why_it_has_no_pyramid(folder):
    town = sa.open_town(folder)
    at_one_date = town.counts[town.counts["period_end"] == pd.Timestamp(LAST)]
    once = replace(town, data=replace(town.data, counts=at_one_date))
    shown = sa.charts.population(sa.View(once, "residents", "", "ortsteil", "en"))
    assert shown.text == (
        "There is no population pyramid here: counts by age and sex of two dates are not known, or not public."
    )


def test_people_of_a_protected_measure_are_refused(released, tmp_path):
    (tmp_path / "cells.csv").write_bytes((released / "cells.csv").read_bytes())
    knowledge = json.loads((released / "knowledge.json").read_text(encoding="utf-8"))
    assert {entry["measure"] for entry in knowledge["people"]} == {"population"}
    for measure in knowledge["measures"]:
        measure["k"] = 5
    (tmp_path / "knowledge.json").write_text(json.dumps(knowledge), encoding="utf-8")
    with pytest.raises(DataError, match="people of population are told by age and sex, though a rule protects"):
        read_knowledge(tmp_path)


def test_people_are_taken_at_the_first_and_the_last_date(view):
    people = sa.comparison.ages_and_sexes(view.town, "04")
    assert people[["period_end", "sex", "age_from", "value"]].astype({"period_end": str}).to_numpy().tolist()[:3] == [
        [FIRST, "female", 0, 200.0],
        [FIRST, "female", 15, 5900.0],
        [FIRST, "female", 65, 1500.0],
    ]
    assert len(people) == 12


@pytest.mark.parametrize(
    ("dates", "message"),
    [([LAST], "at two dates, not at 1"), ([FIRST, "2020-12-31"], "there are no counts by age and sex at 2020-12-31")],
)
def test_other_dates_are_refused(view, dates, message):
    with pytest.raises(UsageError, match=message):
        sa.comparison.ages_and_sexes(view.town, dates=dates)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A town of 447 areas in two districts, compared."""
    ids = [f"{number:08}" for number in range(1, 448)]
    areas = "".join(
        f"{area},Gebiet mit langem Namen {area},ortsteil,{'A' if area < '00000200' else 'B'}\n" for area in ids
    )
    head = "area,name,level,parent\n0,Groß,stadt,\nA,Nord,bezirk,0\nB,Süd,bezirk,0\n"
    town = TIDY.replace("levels:\n", "levels:\n").replace(
        "  - {id: stadt",
        "  - {id: bezirk, label: {de: Bezirk, en: district}, plural: {de: Bezirke, en: districts}}\n  - {id: stadt",
    )
    generator = np.random.default_rng(1)
    size, share = generator.integers(200, 5000, 447), generator.uniform(0.05, 0.4, 447)
    rows = "".join(
        f"{area},{LAST},population,all,0-14,{people},\n{area},{LAST},sgb2_recipients,all,0-14,{round(people * part)},\n"
        for area, people, part in zip(ids, size, share, strict=True)
    )
    folder = write_town(tmp_path_factory.mktemp("large"), rows, areas__csv=head + areas, town__yml=town)
    view = sa.View(sa.open_town(folder), "children", "", "ortsteil", "en")
    return view, sa.comparison.compare(view.frame, view.town.areas, level=view.level, catalogue=view.town.catalogue)


@pytest.mark.parametrize("name", ["comparison", "ranks", "funnel", "heat"])
def test_at_447_areas_no_two_texts_overlap(large, name):
    svg = svg_of(getattr(sa.charts, name)(*large))
    assert len(rooms(svg)) >= 2
    assert list(overlapping(svg)) == []
    assert outside(svg) == []


@pytest.mark.parametrize("name", CHARTS)
def test_a_small_picture_has_room_for_its_texts(drawn, name):
    assert list(overlapping(svg_of(drawn[name]))) == []
    assert outside(svg_of(drawn[name])) == []


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_built_as_it_was_when_it_was_last_looked_at(drawn, root, name):
    """Where a change is meant, change tests/chart_structures.txt with it, so that it is seen in review."""
    assert structure(svg_of(drawn[name])) == looked_at(root, name)


def test_gallery_shows_every_chart_and_names_what_the_data_do_not_show(view):
    page = gallery.page([view])
    sections = dict(re.findall(r'<h2 id="([a-z-]+)">[^<]+</h2>\n(.*?)(?=<h2|</div>)', page, re.DOTALL))
    assert len(sections) == 14
    shown = {name for name, body in sections.items() if "<figure" in body or "<table" in body}
    assert set(sections) - shown == {"maps"}
    assert "show nothing here" in sections["maps"]
    assert "<script>alert" not in page
