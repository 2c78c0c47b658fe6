"""The audit passes a small site written by hand, and fails on every byte that gives a hidden count away."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re

import pytest
from typer.testing import CliRunner

from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.cli import app
from sozialanalyse.errors import DataError
from tests.audit_site import (
    DAY,
    DOCUMENT,
    EARLIER_DAY,
    HEAD,
    PAGE,
    POOR_BEFORE,
    ROWS,
    SVG,
    cells,
    key,
    level,
    mark,
    named,
    page,
    row,
    write_site,
)

HIDDEN_CELL = "02|sgb2_recipients|all|0-14|2024-12-31"


@pytest.fixture
def site(tmp_path):
    return write_site(tmp_path / "site")


def edit(site, before, after, file=PAGE):
    """Replace bytes of a published file."""
    content = (site / file).read_bytes()
    assert content.count(before.encode()) >= 1
    (site / file).write_bytes(content.replace(before.encode(), after.encode(), 1))


def redraw(site, before, after):
    """Replace bytes inside the page's picture."""
    assert before in SVG
    (site / PAGE).write_text(page(SVG.replace(before, after, 1)), encoding="utf-8")


def reasons(report):
    """What the report says is wrong, each with its kind."""
    said = [f"{problem.kind} {problem.file}: {problem.describe(str.format)}" for problem in report.problems]
    said += [
        f"{entry.kind} {entry.area}|{entry.what}|{entry.period} {entry.least:.0f}"
        for entry in report.attack.disclosures
    ]
    return said + [f"contradiction {cell}" for cell in report.attack.contradictions]


def assert_caught(site, *fragments, earlier=(), knowledge=()):
    """The audit fails, and says why: one of its reasons holds all words of a fragment."""
    report = audit_folder(site, knowledge, earlier)
    assert not report.is_safe
    for fragment in fragments:
        assert any(all(word in said for word in fragment.split()) for said in reasons(report)), reasons(report)


class TestASafeFolder:
    def test_passes_with_every_numeral_mapped(self, site):
        report = audit_folder(site)
        assert reasons(report) == []
        assert report.is_safe
        assert all(file.mapped == file.total for file in report.coverage)
        assert sum(file.total for file in report.coverage) > 50

    def test_leaves_the_hidden_count_open_between_0_and_15(self, site):
        """03 and 02 are 15 together, and nothing tells how they share."""
        narrowest = audit_folder(site).attack.intervals[0]
        assert (narrowest.area, narrowest.least, narrowest.greatest) == ("02", 0, 15)

    def test_counts_what_an_insider_could_compute(self, site):
        """Who knows 03 knows 02, at both dates: four cells of pairs."""
        assert audit_folder(site).attack.insider == 4

    @pytest.mark.parametrize("language", ["de", "en"])
    def test_is_said_so_on_the_command_line(self, site, language):
        done = CliRunner().invoke(app, ["audit", str(site), "--language", language])
        assert done.exit_code == 0
        if language == "en":
            assert done.output.splitlines()[-1] == "safe: nothing that was to be protected can be computed"

    def test_is_said_as_json(self, site):
        done = CliRunner().invoke(app, ["audit", str(site), "--json"])
        assert json.loads(done.output)["safe"] is True


class TestLanguages:
    def test_the_nearest_element_says_how_numbers_are_written(self, site):
        edit(
            site,
            "</body>",
            f'<div lang="en">{mark("value", "0", "8.0%")} of {mark("denominator", "0", "1,000")}</div></body>',
        )
        assert reasons(audit_folder(site)) == []

    def test_a_number_in_the_way_of_another_language_is_a_fault(self, site):
        edit(site, "</body>", f"<div>{mark('value', '0', '8.0%')}</div></body>")
        assert_caught(site, "unmapped '8.0%' is not one number")


class TestPlantedOnThePage:
    def test_a_total_published_too_much(self, site):
        edit(site, ROWS[2], row("03", "8,0 %", "12", "150"))
        assert_caught(site, "hidden '12' numerator|kinderarmut|03", "hidden '8,0 %'", f"exact {HIDDEN_CELL} 3")

    def test_a_rate_that_gives_its_numerator_away(self, site):
        """1.6 % of 190 children can only be 3 of them."""
        edit(site, "<td class='number'>•</td>", f"<td class='number'>{mark('value', '02', '1,6 %')}</td>")
        assert_caught(site, "hidden '1,6 %' needs 02", f"exact {HIDDEN_CELL} 3")

    def test_a_rate_with_two_decimals(self, site):
        edit(site, ">9,6 %</data></td>", ">9,62 %</data></td>")
        assert_caught(site, "wrong '9,62 %' more than 1 decimals")

    def test_a_rate_rounded_wrongly(self, site):
        edit(site, ">9,6 %</data></td>", ">9,7 %</data></td>")
        assert_caught(site, "wrong '9,7 %' 9.62")

    def test_a_range_over_all_areas(self, site):
        """The least of all areas is 1.6 %, that of the published ones 9.6 %: one of both hidden areas has it."""
        edit(site, level("level_min", "9,6 %"), level("level_min", "1,6 %"))
        assert_caught(site, "wrong '1,6 %' level_min 9.62")

    def test_a_mean_over_all_areas(self, site):
        edit(site, level("level_min", "9,6 %"), level("level_mean", "7,3 %"))
        assert_caught(site, "wrong '7,3 %' level_mean")

    def test_a_change_of_a_hidden_area(self, site):
        planted = mark("change", "02", "−0,5", EARLIER_DAY, DAY)
        edit(site, mark("change", "0", "+0,2", EARLIER_DAY, DAY), planted)
        assert_caught(site, "hidden '−0,5' change|kinderarmut|02")

    def test_a_number_in_the_text_alternative(self, site):
        edit(site, "von 9,6 % bis", "von 3,3 % bis")
        assert_caught(site, "unmapped img alt nobody tells what 3,3 is")

    def test_a_tooltip(self, site):
        edit(site, "<td class='number'>•</td>", "<td class='number' title='3 Kinder'>•</td>")
        assert_caught(site, "unmapped td title '3 Kinder'")

    def test_an_attribute_for_scripts(self, site):
        edit(site, "<td class='number'>•</td>", "<td class='number' data-sort='3.3'>•</td>")
        assert_caught(site, "unmapped data-sort 3.3")

    def test_a_sentence_without_a_key(self, site):
        edit(site, "</table>", "</table><p>In Lindenau sind es drei, genauer ３.</p>")
        assert_caught(site, "unmapped nobody tells what ３ is")

    def test_a_key_of_a_statistic_that_nobody_knows(self, site):
        edit(site, "</table>", f"</table><p>Rang {mark('median', '02', '4')}</p>")
        assert_caught(site, "unmapped median is not registered")

    def test_a_comment(self, site):
        edit(site, "</body>", "<!-- 02: 3 --></body>")
        assert_caught(site, "unmapped comment '02: 3'")

    def test_the_description_of_the_page(self, site):
        edit(site, "<title>", '<meta name="description" content="Lindenau: 3 Kinder"><title>')
        assert_caught(site, "unmapped meta content 3")

    def test_the_title_of_the_page(self, site):
        edit(site, "im Vergleich – Musterstadt</title>", "im Vergleich: 3 in Lindenau</title>")
        assert_caught(site, "unmapped title 3")

    def test_a_style_sheet_that_writes(self, site):
        edit(site, "</head>", "<style>.number::after { content: '3'; }</style></head>")
        assert_caught(site, "unmapped style '3'")

    def test_the_width_of_a_bar(self, site):
        edit(site, "<td class='number'>•</td>", "<td class='number' style='width: 3.3%'>•</td>")
        assert_caught(site, "unmapped td style 3.3")

    def test_the_order_of_the_rows(self, site):
        """From the highest to the lowest value: 03 comes before 02, and both after 04."""
        edit(site, "".join(ROWS), "".join([ROWS[0], ROWS[3], ROWS[2], ROWS[1]]))
        assert_caught(site, "order the hidden value of the area 03 stands in its place")

    def test_the_order_of_published_values_is_no_fault(self, site):
        """Hidden ones stand last, in the order of their numbers."""
        edit(site, "".join(ROWS), "".join([ROWS[0], ROWS[3], ROWS[1], ROWS[2]]))
        assert reasons(audit_folder(site)) == []


class TestPlantedInThePicture:
    def test_a_point_more(self, site):
        """3.3 % stands at 77.8 on this axis."""
        redraw(
            site,
            '<use xlink:href="#dot" x="133.33"',
            '<use xlink:href="#dot" x="77.78" y="50"/><use xlink:href="#dot" x="133.33"',
        )
        assert_caught(site, "drawing point at 3.334")

    def test_a_point_for_an_area_that_has_none(self, site):
        """At a published value, but there are only three of those: of the town and of two areas."""
        points = "".join(f'<use xlink:href="#dot" x="133.33" y="{place}"/>' for place in (43, 57))
        redraw(site, '<use xlink:href="#dot" x="130.13"', f'{points}<use xlink:href="#dot" x="130.13"')
        assert_caught(site, "drawing 4 points for 3")

    def test_path_data(self, site):
        redraw(site, "M 116.67 20 L 116.67 80", "M 116.67 20 L 116.67 80 M 77.78 45 L 77.78 55")
        assert_caught(site, "drawing point at 3.334")

    def test_an_interval_of_a_hidden_area(self, site):
        redraw(site, "M 105 70 L 148 70", "M 105 70 L 148 70 M 60 50 L 100 50")
        assert_caught(site, "drawing interval without a published value")

    def test_a_guide_that_marks_a_value(self, site):
        redraw(site, '<g id="town">', '<g id="guides"><path d="M 77.78 20 L 77.78 80"/></g><g id="town">')
        assert_caught(site, "drawing a line of the panel stands at 77.78")

    def test_an_axis_that_goes_on_for_a_hidden_value(self, site):
        tick = '<g id="xtick_4"><g><use x="175" y="80"/></g><g><text x="175" y="90">15</text></g></g>'
        redraw(site, '<g id="xtick_3">', f'{tick}<g id="xtick_3">')
        assert_caught(site, "drawing axis goes on to 15")

    def test_a_text(self, site):
        redraw(site, "04 Seewiesen</text>", "04 Seewiesen, 3</text>")
        assert_caught(site, "unmapped the picture says 3")

    def test_a_description_that_nobody_sees(self, site):
        redraw(site, ' <g id="figure_1">', ' <desc>02: 3</desc><g id="figure_1">')
        assert_caught(site, "unmapped the picture holds 3")

    def test_a_shape_that_is_no_point(self, site):
        redraw(site, '<g id="filled">', '<g id="filled"><circle cx="77.78" cy="50" r="2"/>')
        assert_caught(site, "drawing shapes circle")

    def test_a_photograph(self, site):
        edit(site, "data:image/svg+xml;base64,", "data:image/png;base64,")
        assert_caught(site, "opaque picture cannot be read")


class TestPlantedBesideThePage:
    def test_a_download(self, site):
        edit(site, f"kinderarmut,02,{DAY},,,190", f"kinderarmut,02,{DAY},,3,190", "children.csv")
        assert_caught(site, "hidden children.csv '3' 02", f"exact {HIDDEN_CELL} 3")

    def test_metadata_of_a_notebook(self, site):
        notebook = {"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"parameters": {"lindenau": 3}}}
        (site / "children.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        assert_caught(site, "unmapped metadata.parameters.lindenau 3")

    def test_a_summary_in_the_manifest(self, site):
        edit(site, ": 8,0 %", ": 8,0 %, Lindenau 3", "manifest.json")
        assert_caught(site, "unmapped manifest.json summary 3")

    def test_a_number_in_the_manifest_that_is_not_what_it_says(self, site):
        edit(site, "8,0 %", "3,3 %", "manifest.json")
        assert_caught(site, "wrong manifest.json '3,3 %'")

    def test_the_name_of_a_file(self, site):
        (site / "comparison/children.de.html").rename(site / "comparison/children-lindenau-3.de.html")
        assert_caught(site, "unmapped comparison/children-lindenau-3.de.html name 3")

    def test_a_file_that_cannot_be_read(self, site):
        (site / "map.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        assert_caught(site, "opaque map.png")


class TestKnownFromElsewhere:
    def test_a_second_grouping(self, tmp_path):
        """The district West is 01 and 02: of its 43 children 40 live in 01."""
        west = {"id": "group:district:West", "name": "West", "level": "group:district", "parts": ["01", "02"]}
        document = {**DOCUMENT, "areas": [*DOCUMENT["areas"], west]}
        rows = [*cells(), f"c99,group:district:West,sgb2_recipients,all,0,14,stock,{DAY},{DAY},published,43,,"]
        site = write_site(tmp_path / "site", document, rows)
        assert_caught(site, f"exact {HIDDEN_CELL} 3")

    @pytest.mark.parametrize(
        ("within", "found"),
        [("0", ["district:East", "district:West"]), ("district:West", ["district:West"]), ("01", [])],
    )
    def test_a_group_lies_where_all_its_parts_do(self, within, found, tmp_path):
        groups = [
            {"id": "district:East", "name": "East", "level": "district", "parts": ["03", "04"]},
            {"id": "district:West", "name": "West", "level": "district", "parts": ["01", "02"]},
        ]
        site = write_site(tmp_path / "site", {**DOCUMENT, "areas": [*DOCUMENT["areas"], *groups]})
        assert Figures(read_knowledge(site)).members(within, "district", dt.date(2024, 12, 31)) == found

    def test_the_edition_of_last_year(self, tmp_path, site):
        """It showed 02 and 03 for the day of then."""
        shown = [
            line.replace("hidden,,", f"published,{POOR_BEFORE[line.split(',')[1]]},") if EARLIER_DAY in line else line
            for line in cells()
        ]
        before = write_site(tmp_path / "before", rows=[line for line in shown if DAY not in line])
        assert_caught(site, "exact 02|sgb2_recipients|all|0-14|2023-12-31 4", earlier=[before])

    def test_a_revised_edition_is_said_and_not_compared(self, tmp_path, site):
        shown = [
            line.replace("hidden,,", "published,9,").replace(",38,", ",39,") for line in cells() if EARLIER_DAY in line
        ]
        before = write_site(tmp_path / "before", rows=shown)
        report = audit_folder(site, earlier=[before])
        assert report.revised == ("before: sgb2_recipients 2023-12-31",)
        assert report.is_safe

    def test_what_somebody_knows(self, tmp_path, site):
        """A school knows that 12 children of 03 are on benefits; that is no fault of the release, what follows is."""
        known = tmp_path / "known.csv"
        known.write_text(f"{HEAD}\n,03,sgb2_recipients,all,0,14,stock,{DAY},{DAY},published,12,,\n", encoding="utf-8")
        assert_caught(site, f"exact {HIDDEN_CELL} 3", knowledge=[known])
        assert not any("03|sgb2" in said for said in reasons(audit_folder(site, [known])))

    def test_a_contradiction(self, tmp_path):
        """No two counts of children make up 15 less than nothing."""
        rows = [line.replace("published,80,", "published,60,") for line in cells()]
        assert_caught(write_site(tmp_path / "site", rows=rows), "contradiction 0|sgb2_recipients|all|0-14|2024-12-31")

    def test_a_second_age_group(self, tmp_path):
        """Below 15 and below 18 are shown, so those from 15 to 17 can be computed: 2 in 04."""
        rows = [*cells(), f"c98,04,sgb2_recipients,all,0,17,stock,{DAY},{DAY},published,27,,"]
        assert_caught(write_site(tmp_path / "site", rows=rows), "small 04|sgb2_recipients|all|15-17|2024-12-31 2")

    def test_almost_everybody_of_a_group(self, tmp_path):
        """257 of 260 children: of the other 3 too much is known."""
        rows = [
            line.replace("published,25,", "published,257,").replace("published,80,", "published,312,")
            for line in cells()
        ]
        site = write_site(tmp_path / "site", rows=rows)
        assert_caught(site, "small 04|sgb2_recipients|all|0-14 kinderarmut 3")


def measured(**more):
    """The document with more said of the protected measure."""
    population, own = DOCUMENT["measures"]
    return {**DOCUMENT, "measures": [population, {**own, **more}]}


def without_pages(site):
    for file in (PAGE, "children.csv", "manifest.json"):
        (site / file).unlink()
    return site


class TestOtherProtections:
    def test_of_an_amount_the_threshold_counts_contributors(self, tmp_path):
        """2 of 15 to 17 are certainly below 5; but 2 euros are no secret, only who pays them is."""
        rows = [*cells(), f"c98,04,sgb2_recipients,all,0,17,stock,{DAY},{DAY},published,27,,"]
        assert audit_folder(write_site(tmp_path / "amount", measured(contributors=True), rows)).is_safe
        assert not audit_folder(write_site(tmp_path / "count", rows=rows)).is_safe

    def test_an_amount_that_can_be_computed_is_a_disclosure(self, tmp_path):
        rows = [
            line.replace("hidden,,", "published,12,") if ",03,sgb2" in line and DAY in line else line
            for line in cells()
        ]
        site = without_pages(write_site(tmp_path / "site", measured(contributors=True), rows))
        assert f"exact {HIDDEN_CELL} 3" in reasons(audit_folder(site))

    def test_of_altered_counts_the_bounds_hold_and_their_sums_need_not(self, tmp_path):
        """Rounded to 5: 40, 5, 10 and 25 are 80, but so are 42, 4, 11 and 23."""
        document = measured(k=None, additive=False)
        document["altered"] = [
            {"measure": "sgb2_recipients", "method": "rounding", "base": 5, "off": 4, "additive": False}
        ]
        rows = [
            f"{line.replace('hidden,,,', 'published,5,1,9').removesuffix(',,')}"
            + (",," if "hidden" not in line else "")
            for line in cells()
        ]
        assert audit_folder(write_site(tmp_path / "site", document, rows)).attack.contradictions == ()

    def test_bounds_beside_a_count_that_was_not_altered_weaken_no_attack(self, tmp_path):
        """A table of cells that states bounds of a published count might hide that it tells another one."""
        rows = [line.replace("hidden,,,", "published,12,0,99") if ",03,sgb2" in line else line for line in cells()]
        site = without_pages(write_site(tmp_path / "site", rows=rows))
        assert f"exact {HIDDEN_CELL} 3" in reasons(audit_folder(site))

    def test_parts_without_a_promise_against_insiders_are_accepted(self, tmp_path):
        document = {**DOCUMENT, "without_insiders": [{"measures": ["sgb2_recipients"], "period_end": DAY}]}
        assert audit_folder(write_site(tmp_path / "site", document)).is_safe


class TestWhatTheAuditRestsOn:
    def test_must_be_there(self, site):
        (site / "knowledge.json").unlink()
        with pytest.raises(DataError, match=re.escape("knowledge.json: the file does not exist")):
            audit_folder(site)

    def test_must_be_as_agreed(self, site):
        edit(site, '"parent": "0"', '"parent": "7"', "knowledge.json")
        with pytest.raises(DataError, match="the area 7 is not in the list of areas"):
            audit_folder(site)

    def test_hides_what_it_says_to_hide(self, site):
        edit(site, "hidden,,,", "hidden,3,,", "cells.csv")
        with pytest.raises(DataError, match=r"cells.csv, line \d+, area 02: a hidden cell has a value"):
            audit_folder(site)

    def test_is_said_in_one_message_on_the_command_line(self, tmp_path):
        done = CliRunner().invoke(app, ["audit", str(tmp_path), "--language", "en"])
        assert done.exit_code == 1
        assert "knowledge.json" in done.output


def test_pictures_in_pages_are_what_was_written():
    """The helper's page holds the picture as its bytes."""
    coded = re.search(r"base64,([^\"]+)", page())
    assert base64.b64decode(coded[1]).decode() == SVG
    assert named("02") in page()
    assert key("value", "02") not in page()
