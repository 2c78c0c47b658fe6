"""The page of an outlook: what it says of a small town, and that the audit computes each of its numbers again and finds a planted fault."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

import sozialanalyse as sa
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pages import PageAudit
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.findings.display import NOTHING
from sozialanalyse.findings.static import static_texts
from tests.pictures import svgs_in, with_picture
from tests.small_town import HEADER, TIDY

AREAS = "area,name,level,parent\n0,Klein,stadt,\n" + "".join(
    f"0{number},{name},ortsteil,0\n" for number, name in enumerate(["Anger", "Berg", "Camp", "Dorf", "Esch"], start=1)
)
AGES = {"0-2": 30, "3-5": 30, "6-14": 90, "15-29": 150, "30-64": 350, "65-79": 150, "80+": 100}
YEARS = range(2013, 2025)

NEEDS = """\
schema: 1
needs:
  - id: nursery
    label: {de: Krippenplätze, en: Nursery places}
    target_group: children
    planning: child_care
    age: 0-2
    rates: {low: 35, medium: 42.5, high: 50}
    basis: {de: erfunden, en: invented}
    review: open
    decided_by: {de: Rat, en: council}
    decided: 2025-03-20
"""

RULES = """\
schema: 1
rules:
  - id: einwohner
    measures: [population]
    public: true
    basis: {de: Jahrbuch, en: yearbook}
    review: open
    approval: open
"""


def persons(area: int, year: int, band: int) -> int:
    """Each area goes up and down in its own way; those of 65 to 79 grow by 4 a year."""
    more = 4 * (year - 2013) if band == 5 else 0
    return [*AGES.values()][band] + more + (area * 7 + year * 13 + band * 5) % 11


def counts() -> str:
    return "".join(
        f"0{area},{year}-12-31,population,{sex},{age},{persons(area, year, band)},\n"
        for area in range(1, 6)
        for year in YEARS
        for sex in ("female", "male")
        for band, age in enumerate(AGES)
    )


def write(folder, rules=RULES):
    texts = {
        "town.yml": TIDY.replace("synthetic", "confidential") + "needs: needs.yml\n",
        "areas.csv": AREAS,
        "counts.csv": HEADER + counts(),
        "needs.yml": NEEDS,
        "disclosure.yml": rules,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return sa.release(sa.open_town(write(tmp_path_factory.mktemp("town"))))


@pytest.fixture(scope="module")
def judge(released, tmp_path_factory):
    """Knows what everybody knows of the release."""
    folder = tmp_path_factory.mktemp("published")
    sa.write_release(released, folder / "x.release")
    with zipfile.ZipFile(folder / "x.release") as archive:
        (folder / "cells.csv").write_bytes(archive.read("cells.csv"))
    static = static_texts(released.catalogue, released.data.file, "en")
    (folder / "knowledge.json").write_text(json.dumps(knowledge_of(released) | {"static": static}), encoding="utf-8")
    return Judge(Figures(read_knowledge(folder)))


@pytest.fixture(scope="module")
def children(released):
    return sa.outlooks.outlook(released, "children", language="en")


PARTS = ("courses", "tested", "places", "narrowing", "limits")


@pytest.fixture(scope="module")
def document(children):
    """All sections of the page."""
    shown = [getattr(sa.outlooks, name)(children) for name in PARTS]
    shown.insert(1, sa.charts.outlook(children))
    body = "".join(str(part.html) for part in shown)
    return f"<!DOCTYPE html><html lang='en'><head><title>Klein</title></head><body><main>{body}</main></body></html>"


def problems(judge, document):
    found = PageAudit("outlook.en.html", document, judge, frozenset()).problems()
    return [f"{problem.kind}: {problem.describe(str.format)}" for problem in found]


def test_every_number_is_computed_again_by_the_audit(judge, document):
    assert problems(judge, document) == []
    audit = PageAudit("outlook.en.html", document, judge, frozenset())
    audit.problems()
    assert audit.coverage.total > 200
    assert audit.coverage.mapped == audit.coverage.total


def altered(document, statistic, change):
    """Change the first number of a statistic."""
    found = re.search(rf'<data value="{statistic}\|[^"]*">([^<]*)</data>', document)
    assert found, statistic
    return document[: found.start(1)] + change(found[1]) + document[found.end(1) :]


def one_more(text):
    """The last digit of a number, one higher or lower."""
    place = max(number for number, sign in enumerate(text) if sign.isdigit())
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


@pytest.mark.parametrize(
    "statistic",
    [
        *("counted", "projected", "projected_lower", "projected_upper", "places_lower", "places_upper", "rate"),
        *("past_error", "past_naive", "past_inside", "past_tested", "reach_now", "reach_next_count", "reach_births"),
        "years_ahead",
    ],
)
def test_a_number_that_is_one_off_in_its_last_digit_is_found(judge, document, statistic):
    (found,) = problems(judge, altered(document, statistic, one_more))
    assert found.startswith("wrong: ")
    assert statistic in found


def test_places_may_be_rounded_up_or_down_and_no_further(judge, document):
    """Those of the areas add up to the town's, so that some are not the nearest whole number."""
    near, far = (altered(document, "places", lambda text, by=by: str(int(text) + by)) for by in (1, 2))
    assert len(problems(judge, near)) <= 1
    assert len(problems(judge, far)) == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("projected|population|01|", "projected|population|02|", "is not what the published cells give"),
        ("|2030-12-31|ortsteil|0|2", "|2031-12-31|ortsteil|0|2", "follows from no published cell"),
        ("|2030-12-31|ortsteil|0|2", "|2030-12-31|ortsteil|0|3", "follows from no published cell"),
        ("places|nursery|low", "places|nurseri|low", "no rate low of nurseri is declared"),
        ("rate|nursery|high", "rate|nursery|highest", "no rate highest of nursery is declared"),
        ("past_error|population|town", "past_error|population|all", "past errors are of the town or of its areas"),
    ],
)
def test_a_number_of_something_else_is_found(judge, document, before, after, said):
    assert before in document
    assert any(said in found for found in problems(judge, document.replace(before, after, 1)))


def redrawn(document, group, change):
    """Change the corners of a line or fan of the page's picture."""
    svg = svgs_in(document)[0]
    drawn = re.search(rf'<g id="{group}">\s*<path d="([^"]*)"', svg)
    assert drawn, group
    changed = svg[: drawn.start(1)] + change(drawn[1]) + svg[drawn.end(1) :]
    assert changed != svg
    return with_picture(document, 0, changed)


def last_corner_up(path):
    """Move the last corner by 2 points."""
    number = re.findall(r"[-\d.]+", path)[-1]
    return path[: path.rindex(number)] + f"{float(number) - 2:.2f}" + path[path.rindex(number) + len(number) :]


@pytest.mark.parametrize("group", ["counted", "computed", "fan"])
def test_a_line_that_shows_another_number_is_found(judge, document, group):
    (found,) = problems(judge, redrawn(document, group, last_corner_up))
    assert found.startswith("drawing: ")
    assert f"as {group}, which no published counts give" in found


def test_a_line_that_goes_on_beyond_its_outlook_is_found(judge, document):
    def goes_on(path):
        x, y = re.findall(r"[-\d.]+", path)[-2:]
        return f"{path} L {float(x) + 9:.2f} {y}"

    assert any("as computed" in found for found in problems(judge, redrawn(document, "computed", goes_on)))


def test_a_further_shape_is_found(judge, document):
    def beside(path):
        return f'{path}"/></g><g id="secret"><path d="M 50 50 L 60 60'

    assert any("the group secret" in found for found in problems(judge, redrawn(document, "fan", beside)))


# ------------------------------------------------------------------ what the page says


def test_each_age_group_is_told_with_its_interval_and_what_that_bears(children):
    said = str(sa.outlooks.courses(children)).splitlines()
    assert len(said) == len(children.groups)
    pattern = (
        r"0 to 2 years: \d+ residents on 31\u00a0December\u00a02024; there would be \d+ on 31\u00a0December\u00a02030 "
        r"\(interval from \d+ to \d+\)\. The interval holds today's number: more or fewer cannot be told\."
    )
    assert re.fullmatch(pattern, said[0])


def test_a_rise_beyond_past_errors_is_said(released):
    older = sa.outlooks.outlook(released, "older", language="en")
    said = str(sa.outlooks.courses(older))
    assert "65 years and over" in said
    assert "That is more than today, beyond what such calculations were wrong by." in said


def test_places_stand_for_areas_in_the_order_of_their_numbers_and_the_town_last(children):
    table = str(sa.outlooks.places(children)).splitlines()
    assert table[0] == "Nursery places, 31\u00a0December\u00a02030"
    assert table[1].split("\t")[2:] == ["Places, low (35%)", "Places, medium (42.5%)", "Places, high (50%)"]
    assert [line.split("\t")[0] for line in table[2:8]] == [
        "01 Anger",
        "02 Berg",
        "03 Camp",
        "04 Dorf",
        "05 Esch",
        "Klein",
    ]
    low = [int(line.split("\t")[2].split()[0]) for line in table[2:8]]
    assert sum(low[:-1]) == low[-1]
    assert "Decided by: council, 20\u00a0March\u00a02025." in table


def test_an_area_has_its_own_row_and_that_of_the_town(released):
    anger = sa.outlooks.outlook(released, "children", "01", "en")
    rows = [line.split("\t")[0] for line in str(sa.outlooks.places(anger)).splitlines()[2:4]]
    assert rows == ["01 Anger", "Klein"]


def test_a_group_without_declared_needs_has_no_places(released):
    older = sa.outlooks.outlook(released, "older", language="en")
    assert NOTHING in sa.outlooks.places(older).metadata
    assert "rates of places" not in str(sa.outlooks.limits(older))
    assert "rates of places" in str(sa.outlooks.limits(sa.outlooks.outlook(released, "children", language="en")))


def test_births_would_narrow_the_youngest_and_are_said_first(children):
    said = str(sa.outlooks.narrowing(children)).splitlines()
    assert said[0].startswith("A delivery of births by area could narrow most: 0 to 2 years")


def test_residents_that_are_not_public_are_not_carried_forward(tmp_path):
    """Whoever may not know the counts learns nothing that follows from them."""
    hidden = (
        RULES.replace("    public: true\n", "") + "    audiences: {statistics_unit: 1, administration: 3, public: 5}\n"
    )
    found = sa.outlooks.outlook(sa.release(sa.open_town(write(tmp_path, hidden))), "children", language="en")
    assert found.found is None
    assert str(sa.outlooks.courses(found)).startswith("No outlook is computed here")
    for name in ("tested", "places", "narrowing", "limits"):
        assert NOTHING in getattr(sa.outlooks, name)(found).metadata
    assert NOTHING in sa.charts.outlook(found).metadata


def test_what_everybody_knows_of_the_areas_holds_every_yearly_count(released):
    told = knowledge_of(released)["people"]
    assert {entry["period_end"][:4] for entry in told} == {str(year) for year in YEARS}
    assert all(set(entry["counts"]) == {"0", "01", "02", "03", "04", "05"} for entry in told)
