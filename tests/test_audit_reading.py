"""Reading for the audit: numerals as they are written, pages and pictures as bytes, and what keys mean."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sozialanalyse.audit.claims import expected_of
from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.keys import ClaimError, read_key
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.lookup import Lookup
from sozialanalyse.audit.markup import read_page
from sozialanalyse.audit.names import strange_parts
from sozialanalyse.audit.numerals import Written, numerals, read_number
from sozialanalyse.audit.pages import SCRIPTS, PageAudit, hash_of, quotes, slug
from sozialanalyse.audit.pictures import read_drawing
from sozialanalyse.batch.scripting import POLICY, SCRIPT
from tests.audit_site import DAY, DOCUMENT, EARLIER_DAY, SVG, cells, write_site


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """All cells of the site, none hidden, with the design effect of kinderarmut."""
    document = {**DOCUMENT, "indicators": [{**DOCUMENT["indicators"][0], "design_effect": 2.5}]}
    values = iter(("4", "13", "3", "12"))
    rows = [line.replace("hidden,,", f"published,{next(values)},") if "hidden" in line else line for line in cells()]
    return Judge(Figures(read_knowledge(write_site(tmp_path_factory.mktemp("all") / "site", document, rows))))


@pytest.mark.parametrize(
    ("text", "language", "value", "decimals"),
    [
        ("4,3 %", "de", "4.3", 1),
        ("4.3%", "en", "4.3", 1),
        ("1.234", "de", "1234", 0),
        ("1,234.5", "en", "1234.5", 1),
        ("−0,9", "de", "-0.9", 1),
        ("+0,05", "de", "0.05", 2),
        ("±0,0", "de", "0", 1),
        ("p = 0,002", "de", "0.002", 3),
    ],
)
def test_numbers_as_each_language_writes_them(text, language, value, decimals):
    assert read_number(text, language) == Written(Fraction(value), decimals)


@pytest.mark.parametrize("text", ["", "vier", "4,3 und 5", "1.23", "4.3 Kinder", "31.12.2024"])
def test_what_is_not_one_number(text):
    assert read_number(text, "de") is None


def test_a_limit_is_known_as_one():
    assert read_number("p < 0,001", "de") == Written(Fraction("0.001"), 3, is_limit=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("am 31.12.2024", ["31.12.2024"]),
        ("½ von ٣", ["½", "٣"]),
        ("46,9 m²", ["46,9"]),
        ("Ⅲ. Quartal", ["Ⅲ"]),
        ("drei Kinder von hundertzwanzig", ["drei", "hundertzwanzig"]),
        ("ein Kind, eine Schule", []),
        ("two thirds of twenty-three", ["two", "thirds", "twenty"]),
    ],
)
def test_numerals_are_more_than_digits(text, found):
    assert [numeral.text for numeral in numerals(text)] == found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (f"value|kinderarmut|02|{DAY}", Fraction(300, 190)),
        (f"numerator|kinderarmut|02|{DAY}", Fraction(3)),
        (f"rest|kinderarmut|02|{DAY}", Fraction(7700, 810)),
        (f"difference|kinderarmut|01|{DAY}", Fraction(10) - Fraction(4000, 600)),
        (f"change|kinderarmut|02|{EARLIER_DAY}|{DAY}", Fraction(-100, 190)),
        (f"level_min|kinderarmut|0|{DAY}|sozialraum", Fraction(300, 190)),
        (f"level_mean|kinderarmut|0|{DAY}|sozialraum", (Fraction(300, 190) + 10 + 8 + Fraction(2500, 260)) / 4),
        (f"level_areas|kinderarmut|0|{DAY}|sozialraum", Fraction(4)),
        (f"level_tested|kinderarmut|0|{DAY}|sozialraum", Fraction(4)),
        (f"level_below|kinderarmut|0|{DAY}|sozialraum", Fraction(1)),  # 02: at most 7.3 %, the town has 8 %
        (f"level_around|kinderarmut|0|{DAY}|sozialraum", Fraction(3)),
    ],
)
def test_statistics_are_computed_from_cells(judge, key, value):
    assert expected_of(Lookup(judge.figures), read_key(key)).value == value


def test_limits_of_a_proportion_are_wilsons(judge):
    """40 of 400 with a design effect of 2.5 count as 16 of 160: 6.25 % to 15.63 %."""
    limits = [expected_of(judge.lookup, read_key(f"{side}|kinderarmut|01|{DAY}")).value for side in ("lower", "upper")]
    assert [round(float(limit), 2) for limit in limits] == [6.25, 15.63]


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("median|kinderarmut|02", "the statistic {statistic} is not registered"),
        ("value|kinderarmut|02", "{found} parts stand where {expected} are expected"),
        (f"value|kinderarmut|99|{DAY}", "there is no {what} {part}"),
        ("value|kinderarmut|02|gestern", "{part} is no day"),
    ],
)
def test_keys_that_mean_nothing(judge, key, problem):
    with pytest.raises(ClaimError, match=problem.replace("{", r"\{").replace("}", r"\}")):
        expected_of(judge.lookup, read_key(key))


@pytest.mark.parametrize(
    ("text", "told", "strange"),
    [
        ("8,0 % in der Stadt", [f"value|kinderarmut|0|{DAY}"], []),
        ("8,1 % in der Stadt", [f"value|kinderarmut|0|{DAY}"], ["8,1"]),
        ("um 0,2 gestiegen", [f"change|kinderarmut|0|{EARLIER_DAY}|{DAY}"], []),
        ("am 31.12.2024", [f"date|{DAY}"], []),
        ("am 30.12.2024", [f"date|{DAY}"], ["30.12.2024"]),
        ("02 Lindenau", ["area|02"], []),
        ("95-%-Intervall: 3", [], ["3"]),
        ("195-%-Intervall", [], ["195"]),
    ],
)
def test_what_the_keys_of_an_element_explain(judge, text, told, strange):
    assert judge.unexplained(text, told, "de") == strange


def test_a_page_as_its_bytes_say():
    page = read_page("<p lang='en'>one <b title='2'>two</b></p><!-- 3 --><img alt='4' data-told='a b'>")
    assert [(run.text, run.language) for run in page.runs] == [("one ", "en"), ("two", "en")]
    assert [(entry.name, entry.text, entry.told) for entry in page.attributes if entry.name != "lang"] == [
        ("title", "2", ()),
        ("alt", "4", ("a", "b")),
    ]
    assert [comment.text for comment in page.comments] == [" 3 "]


def test_a_picture_as_its_bytes_say():
    (panel,) = read_drawing(SVG.encode()).panels
    assert panel.name == "panel-kinderarmut"
    assert [point.x for point in panel.markers] == [133.33, 130.13]
    assert panel.scale("x", [0.0, 5.0, 10.0]) == pytest.approx((-6.0, 0.12), abs=0.01)
    assert [len(band) for band in panel.bands] == [2, 2]


@pytest.mark.parametrize("svg", [b"", b"<svg", b"\x89PNG", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'])
def test_a_picture_that_cannot_be_read(svg):
    assert read_drawing(svg) is None


@pytest.mark.parametrize(
    ("name", "strange"),
    [
        ("comparison/children.de.html", []),
        ("trend/children-02-2024.de.html", []),
        ("trend/lindenau-3.de.html", ["3"]),
        ("kinderarmut-2023.csv", []),
        ("2024-12.csv", ["12"]),
    ],
)
def test_names_of_files(judge, name, strange):
    assert strange_parts(name, judge) == strange


def test_quotes_are_whole_words_of_a_page():
    page = "Kinderarmut am 31.12.2024: 8,0 %"
    assert quotes("Kinderarmut am 31.12.2024: 8,0 %", page)
    assert not quotes("Kinderarmut am 31.12.202", page)
    assert not quotes("8,0", page)  # too short to be more than a coincidence


def test_addresses_of_headings():
    assert slug("Auffälligkeiten: Größe 3") == "auffaelligkeiten-groesse-3"


@pytest.mark.parametrize(
    ("html", "problems"),
    [
        (f"<script>{SCRIPT}</script>", 0),
        (f"<script>{SCRIPT}//</script>", 1),
        (f"<script src='https://example.org/x.js'>{SCRIPT}</script>", 1),
        ("<p onclick='x()'>a</p>", 1),
        ("<a href=' javascript:x()'>a</a>", 1),
        ("<a href='#a'>a</a>", 0),
        ("<meta content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-1'\">", 1),
        (f'<meta content="{POLICY}">', 0),
    ],
)
def test_a_script_that_the_audit_does_not_know_is_a_problem(judge, html, problems):
    assert len(PageAudit("a.html", html, judge, frozenset()).problems()) == problems


@pytest.mark.parametrize(
    ("svg", "problems"),
    [
        ('<svg viewBox="0 0 40 30"><path d="M1 2l3 4 5 6z"/></svg>', 0),
        ('<svg viewBox="0 0 40 30"><path d="M1 2l3 4 5 7z"/></svg>', 1),
        ('<svg viewBox="0 0 41 30"><path d="M1 2l3 4 5 6z"/></svg>', 1),
        ('<svg viewBox="0 0 40 30"><path d="M1 2l3 4 5 6z" opacity="0.43"/></svg>', 1),
        ('<svg viewBox="0 0 40 30"><rect d="M1 2l3 4 5 6z"/></svg>', 1),
    ],
)
def test_a_map_draws_areas_as_everybody_knows_them_and_nothing_else(tmp_path, svg, problems):
    document = {**DOCUMENT, "outlines": {"width": 40, "height": 30, "areas": {"05": "M1 2l3 4 5 6z"}}}
    knows = Judge(Figures(read_knowledge(write_site(tmp_path / "site", document))))
    assert len(PageAudit("a.html", svg, knows, frozenset()).problems()) == problems


def test_the_audit_knows_our_script_by_a_hash_of_its_own():
    """Who changes the script adds its hash to what the audit knows, and keeps those of pages that still stand."""
    assert hash_of(SCRIPT) in SCRIPTS
    assert f"'{hash_of(SCRIPT)}'" in POLICY
