"""Pages: what of a notebook is shown, what never is, and what stops a page."""

from __future__ import annotations

import base64
import re

import pytest

from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pages import PageAudit
from sozialanalyse.batch.edition import Entry, Hashes, Manifest
from sozialanalyse.batch.frame import EMPTY
from sozialanalyse.batch.rendering import render
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.scripting import POLICY, SCRIPT
from sozialanalyse.batch.sections import Finding
from sozialanalyse.batch.site.cards import notices_of_all
from sozialanalyse.batch.site.index import index_page
from sozialanalyse.batch.site.places import places_of
from sozialanalyse.errors import DataError
from sozialanalyse.language import Language
from tests.audit_site import DOCUMENT, write_site
from tests.batch_samples import (
    FINDING,
    FINDING_TYPE,
    NOTHING_TYPE,
    PIXEL,
    code,
    executed,
    markdown,
    notebook,
    shown,
    write,
)

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">"\'&{{ 7 * 7 }}{% raw %}'
TABLE = (
    "<table><caption>Anteil</caption><thead><tr><th scope='col'>Gebiet</th></tr></thead>"
    "<tbody><tr><th scope='row'>Nord</th></tr></tbody></table>"
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def render_page(tmp_path):
    """Render executed cells below a title."""

    def make(*cells, language="de", finding=None, notices=()):
        path = write(tmp_path / "done.ipynb", executed(*cells, finding=finding))
        return render(path, language, "trend", notices).html

    return make


def html(text):
    return code("drawn", "", outputs=(shown({"text/html": text, "text/plain": "x"}),))


def faults(render_page, *cells, **given):
    with pytest.raises(DataError) as caught:
        render_page(*cells, **given)
    return str(caught.value)


def test_a_page_says_what_it_is_about(render_page):
    made = render_page()
    assert "<title>Ältere Menschen: Entwicklung – Probestadt</title>" in made
    assert re.findall(r"<h1>(.*)</h1>", made) == ["Ältere Menschen: Entwicklung"]
    assert '<html lang="de">' in made
    assert '<dd><data value="date|2024-12-31">31.12.2024</data></dd>' in made
    assert "<p>Erfundene Daten.</p>" in made
    assert '<div class="summary"><p>Der Anteil ist gestiegen.</p></div>' in made


WEB = "https://www.probestadt.example/bericht-4/"
ON_WEB = f"{WEB}trend/older-05.de.html"


def on_web(tmp_path, web=WEB, **given):
    path = write(tmp_path / "done.ipynb", executed())
    return render(path, "de", "trend", address="trend/older-05.de.html", frame={**EMPTY, "url": web}, **given).html


def test_a_page_says_where_it_stands_on_the_web(tmp_path):
    made = on_web(tmp_path)
    link = f'<a href="{ON_WEB}">{ON_WEB}</a>'
    assert f'<link rel="canonical" href="{ON_WEB}">' in made
    assert re.search(rf"<cite>.* {re.escape(link)}</cite>", made)
    assert f'{link} · <a href="https://www.probestadt.example/bericht-4/">Alle Befunde</a></p>' in made
    assert '<a href="../index.html">Alle Befunde</a>' in made, "inside the edition links stay as they are"


@pytest.mark.parametrize("given", [{"web": ""}, {"stands_alone": True}])
def test_a_page_without_an_address_names_none(tmp_path, given):
    made = on_web(tmp_path, **given)
    assert "canonical" not in made
    assert "probestadt.example" not in made


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("", 0),
        (
            "<p>https://www.probestadt.example/bericht-4/ und https://www.probestadt.example/bericht-4/trend/x-47.html</p>",
            1,
        ),
        ("<p>https://www.probestadt.example/bericht-4/trend/x-47.html</p>", 1),
        ("<a href='https://www.probestadt.example/bericht-4/trend/x-47.html'>Seite</a>", 1),
        ("<a href='https://elsewhere.example/bericht-4/'>Seite</a>", 1),
    ],
)
def test_the_audit_knows_the_addresses_of_the_edition_and_no_others(tmp_path, said, wrong):
    judge = Judge(Figures(read_knowledge(write_site(tmp_path / "site", {**DOCUMENT, "site": {"url": WEB}}))))
    made = on_web(tmp_path).replace("</main>", f"{said}</main>")
    audit = PageAudit("trend/older-05.de.html", made, judge, frozenset({"index.html", "trend/older-05.de.html"}))
    found = [problem for problem in audit.problems() if "bericht-4" in str(problem.values)]
    assert len(found) == wrong


@pytest.mark.parametrize(
    ("link", "is_quiet"),
    [
        ("<link rel='canonical' href='https://a.example/b'>", True),
        ("<link rel='canonical' href='http://a.example/b'>", True),
        ("<link rel='icon' href='data:,'>", True),
        ("<link rel='icon' href='https://a.example/b'>", False),
        ("<link rel='canonical stylesheet' href='https://a.example/b'>", False),
        ("<link rel='stylesheet' rel='canonical' href='https://a.example/b'>", False),
        ("<link rel='canonical' href='javascript:x()'>", False),
        ("<link rel='preconnect' href='https://a.example'>", False),
        ("<link rel='canonical' href='https://a.example/b' imagesrcset='https://a.example/c'>", False),
    ],
)
def test_a_link_of_the_head_asks_for_nothing(link, is_quiet):
    assert (problems(f"<h1>a</h1>{link}", page=True) == []) == is_quiet


def test_a_page_of_a_part_of_the_town_names_it_in_its_heading(render_page):
    made = render_page(finding={**FINDING, "area": "05 Mühlental", "told": {"area": [[0, 12, "area|05"]]}})
    assert "<title>Ältere Menschen: Entwicklung, 05 Mühlental – Probestadt</title>" in made
    assert re.findall("<h1>(.*)</h1>", made) == [
        'Ältere Menschen: Entwicklung, <data value="area|05">05 Mühlental</data>'
    ]


def test_the_question_leads_and_the_title_of_the_notebook_is_not_shown(render_page):
    made = render_page()
    assert '<div class="lead"><p>Wie entwickelt es sich?</p>' in made
    assert "Titel" not in made


def test_each_notice_stands_once(render_page):
    made = render_page(notices=("Nicht zur Weitergabe.", "Erfundene Daten."))
    assert re.findall(r"<p>(Nicht zur Weitergabe\.|Erfundene Daten\.)</p>", made) == [
        "Nicht zur Weitergabe.",
        "Erfundene Daten.",
    ]


def test_only_the_language_of_the_page_is_kept(render_page):
    cells = [
        markdown("a", "## Verlauf", "lang-de"),
        markdown("b", "## Course", "lang-en"),
        markdown("c", "## Beides"),
    ]
    assert re.findall(r"<h2.*?>(.*?)</h2>", render_page(*cells)) == ["Verlauf", "Beides"]
    english = render_page(*cells, language="en")
    assert re.findall(r"<h2.*?>(.*?)</h2>", english) == ["Course", "Beides"]
    assert '<html lang="en">' in english


def test_sections_are_listed_under_ids_of_their_own(render_page):
    made = render_page(markdown("a", "## Größe & Lage\n\nText.\n\n## Größe & Lage"), markdown("b", "## ???"))
    assert re.findall(r'<li><a href="#(.*?)">(.*?)</a>', made) == [
        ("groesse-lage", "Größe &amp; Lage"),
        ("groesse-lage-2", "Größe &amp; Lage"),
        ("section", "???"),
    ]
    assert re.findall(r'<h2 id="(.*?)">', made) == ["groesse-lage", "groesse-lage-2", "section"]


def test_a_section_with_nothing_to_show_is_left_out(render_page):
    empty = code("none", "", outputs=(shown({NOTHING_TYPE: {}, "text/html": "", "text/plain": ""}),))
    full = html("<p>etwas</p>")
    made = render_page(
        markdown("a", "## Leer"), empty, markdown("a2", "Lesehilfe zu Leerem"),
        markdown("b", "## Halb"), {**empty, "id": "none-2"}, full,
        markdown("c", "## Nur Text\n\nGrenzen"),
    )  # fmt: skip
    assert re.findall(r"<h2.*?>(.*?)</h2>", made) == ["Halb", "Nur Text"]
    assert "Lesehilfe zu Leerem" not in made


def test_what_is_shown_beside_the_metadata_is_kept(render_page):
    about = code("again", "", outputs=(shown({FINDING_TYPE: FINDING, "text/html": "<p>Keine Daten.</p>"}),))
    assert "<p>Keine Daten.</p>" in render_page(about)


def test_code_and_prints_are_not_shown(render_page):
    printed = {"output_type": "stream", "name": "stderr", "text": "secret warning"}
    made = render_page(code("quiet", "secret = 1", outputs=(printed,)))
    assert "secret" not in made


def test_markdown_is_text_never_markup(render_page):
    made = render_page(markdown("a", f"## {HOSTILE}\n\n{HOSTILE}\n\n<iframe src='https://example.org'></iframe>"))
    assert problems(made, page=True) == []
    assert "&lt;script&gt;alert(1)" in made
    assert "49" not in made.split("<body>")[1].split("<script>")[0]


def test_a_script_as_link_stops_at_the_renderer(render_page):
    assert "javascript:" not in render_page(markdown("a", "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1))"))


def test_a_picture_from_elsewhere_stops_the_page(render_page):
    assert "cell a: the text holds what a page must not have" in faults(
        render_page, markdown("a", "![x](https://example.org/x.png)")
    )


@pytest.mark.parametrize("field", ["title", "town", "area", "target_group", "data_state", "summary", "notices"])
def test_names_with_markup_are_text_everywhere(render_page, field):
    value = [HOSTILE] if field == "notices" else HOSTILE
    made = render_page(finding={**FINDING, field: value, "told": {}})
    assert problems(made, page=True) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    assert "{{ 7 * 7 }}{% raw %}" in made


def test_key_figures_stand_before_the_summary(render_page):
    figure = {
        "label": "Anteil",
        "value": "16,6 %",
        "when": "31.12.2024",
        "told": {"value": [[0, 6, "value|a|0|2024-12-31"]]},
    }
    made = render_page(finding={**FINDING, "figures": [figure, {"label": HOSTILE, "value": "1", "when": HOSTILE}]})
    assert '<div><dt>Anteil</dt><dd><data value="value|a|0|2024-12-31">16,6 %</data> <span' in made
    assert made.index("16,6 %") < made.index("Der Anteil ist gestiegen.")
    assert made.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_a_page_without_key_figures_has_no_place_for_them(render_page):
    assert "Kennzahlen" not in render_page().split("<body>")[1].split("<script>")[0]


def test_a_page_says_how_it_is_cited(render_page):
    cited = re.findall("<cite>(.*?)</cite>", render_page())
    assert [re.sub("<.*?>", "", text) for text in cited] == [
        "Probestadt, Sozialberichterstattung: Ältere Menschen: Entwicklung, Probestadt. Datenstand: 31.12.2024."
    ]


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        (f"<h1>a</h1><script>{SCRIPT}</script>", []),
        (f"<h1>a</h1><script>{SCRIPT} </script>", ["a script that is not ours"]),
        ("<h1>a</h1><script></script>", ["a script that is not ours"]),
        (f"<h1>a</h1><script>{SCRIPT}</script><script>{SCRIPT}</script>", ["more than one script"]),
        (f"<h1>a</h1><script src='x.js'>{SCRIPT}</script>", ["element <script>", "attribute 'src' of <script>"]),
        (f"<h1>a</h1><script type='module'>{SCRIPT}</script>", ["element <script>"]),
        (f"<h1>a</h1><script>{SCRIPT}", ["a part that does not end", "an end that cannot be read"]),
    ],
)
def test_a_page_runs_our_script_and_no_other(html, problem):
    assert problems(html, page=True) == problem


def test_an_output_runs_not_even_our_script():
    assert problems(f"<script>{SCRIPT}</script>") == ["element <script>"]


def test_our_script_writes_text_and_asks_for_nothing():
    """What a script could do to make names act or to phone home does not stand in it."""
    assert (
        re.findall(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp|Storage|cookie|</|<!",
            SCRIPT,
        )
        == []
    )


def test_a_page_loads_nothing_and_runs_one_script(render_page):
    made = render_page(html(TABLE), markdown("a", "## A\n\n[Quelle](https://example.org/x)"))
    assert POLICY.replace("'", "&#39;") in made
    assert re.findall("<script.*?>(.*?)</script>", made, re.DOTALL) == [SCRIPT]
    assert re.findall(r'(?:src|href)="(.*?)"', made) == ["data:,", "#content", "../index.html", "https://example.org/x"]


def test_tables_scroll_in_a_named_region(render_page):
    made = render_page(html(TABLE), markdown("a", "## Zeichen\n\n| Z | B |\n|---|---|\n| – | fehlt |"))
    assert re.findall(r'<div class="scroll" role="region" tabindex="0" aria-label="(.*?)">', made) == [
        "Anteil",
        "Zeichen",
    ]
    assert '<th scope="col">Z</th>' in made


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml"])
@pytest.mark.parametrize("by_type", [True, False])
def test_a_figure_needs_a_text_alternative(render_page, kind, by_type):
    source = PIXEL if kind == "image/png" else SVG
    told = {"alt": "Linie von 1 auf 2 < 3", "caption": "Bild"}
    output = shown({kind: source, "text/plain": "<Figure>"}, {kind: told} if by_type else told)
    made = render_page(code("drawn", "", outputs=(output,)))
    encoded = PIXEL if kind == "image/png" else base64.b64encode(SVG.encode()).decode()
    assert f'<img src="data:{kind};base64,{encoded}" alt="Linie von 1 auf 2 &lt; 3">' in made
    assert "<figcaption>Bild</figcaption>" in made
    bare = code("bare", "", outputs=(shown({kind: source}),))
    assert "cell bare: a figure has no text alternative" in faults(render_page, bare)


def test_plain_text_is_shown_where_there_is_nothing_else(render_page):
    made = render_page(code("said", "", outputs=(shown({"text/plain": "a < b"}),)))
    assert "<pre>a &lt; b</pre>" in made


def test_an_object_without_a_form_stops_the_page(render_page):
    output = shown({"text/plain": "<sozialanalyse.Thing at 0x7f2b1c0d5e10>"})
    assert "an object without a form of its own" in faults(render_page, code("raw", "", outputs=(output,)))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<script>x()</script>", "element <script>"),
        ("<SCRIPT src=//example.org></SCRIPT>", "element <script>"),
        ("<p onclick='x()'>a</p>", "attribute 'onclick' of <p>"),
        ("<svg aria-label='a' onload='x()'></svg>", "attribute 'onload' of <svg>"),
        ("<svg aria-label='a'><foreignObject></foreignObject></svg>", "element <foreignobject>"),
        ("<svg aria-label='a'><animate/></svg>", "element <animate>"),
        ("<svg aria-label='a'><image href='https://example.org/x'/></svg>", "element <image>"),
        ("<svg aria-label='a'><use href='https://example.org/x#y'/></svg>", "attribute 'href' of <use>"),
        ("<svg><path/></svg>", "a drawing without a text alternative"),
        ("<img alt='a' src='https://example.org/x.png'>", "attribute 'src' of <img>"),
        ("<img alt='a' src='data:text/html,x'>", "attribute 'src' of <img>"),
        ("<img alt=' ' src='data:image/png;base64,x'>", "a figure without a text alternative"),
        ("<img alt='a' src='data:image/png;base64,x' srcset='https://example.org/x 2x'>", "attribute 'srcset'"),
        ("<iframe src='x'></iframe>", "element <iframe>"),
        ("<object data='x'></object>", "element <object>"),
        ("<embed src='x'>", "element <embed>"),
        ("<form action='x'></form>", "element <form>"),
        ("<link rel=stylesheet href='https://example.org/x.css'>", "element <link>"),
        ("<meta http-equiv=refresh content='0;url=https://example.org'>", "element <meta>"),
        ("<base href='https://example.org'>", "element <base>"),
        ("<style>@import 'https://example.org/x.css';</style>", "a style that loads something"),
        ("<style>p { background: url(https://example.org/x) }</style>", "a style that loads something"),
        ("<p style='background: url(//example.org/x)'>a</p>", "attribute 'style' of <p>"),
        ("<p style='background: ur\\6c(//example.org/x)'>a</p>", "attribute 'style' of <p>"),
        ("<a href='javascript:x()'>a</a>", "attribute 'href' of <a>"),
        ("<a href='&#106;avascript:x()'>a</a>", "attribute 'href' of <a>"),
        ("<a href='data:text/html,x'>a</a>", "attribute 'href' of <a>"),
        ("<a href='https://example.org' ping='https://example.org'>a</a>", "attribute 'ping' of <a>"),
        ("<h1>zweite</h1>", "element <h1>"),
        ("<table><tr><td>1</td></tr></table>", "a table without a caption"),
        ("<table><caption>a</caption><tr><th>1</th></tr></table>", "a table heading without scope"),
        ("<table><caption>a</caption>", "a table that does not end"),
        ("<video src='x'></video>", "element <video>"),
        ("<!DOCTYPE html>", "declaration"),
        ("<?xml version='1.0'?>", "instruction"),
        ("<!--><script>x()</script>-->", "a comment"),
        ("<!--><meta http-equiv=refresh content='0;url=https://example.org'>-->", "a comment"),
        ("<!--><meta http-equiv=refresh content='0;url=https://example.org'>", "a part that does not end"),
        ("<p>a</p><!foo", "a part that does not end"),
        ("<p>a</p><style>p { color: #123 }", "a part that does not end"),
        ("<![x[ foo", "a declaration that cannot be read"),
        ("<!-- a -->", "a comment"),
    ],
)
def test_an_output_that_acts_or_loads_stops_the_page(render_page, text, problem):
    said = faults(render_page, html(text))
    assert said.startswith("trend, cell drawn: the output holds what a page must not have: ")
    assert problem in said


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        "<a href='https://example.org/a?b=c'>Quelle</a> <a href='mailto:a@example.org'>Post</a> <a href='#x'>unten</a>",
        "<a href='../index.html'>zurück</a>",
        "<svg role='img' aria-label='a'><g style='fill: url(#h)' clip-path='url(#c)'><use href='#p'/></g></svg>",
        "<style>p { color: #123 }</style><p class='x'>a</p>",
        f"<figure><img src='data:image/png;base64,{PIXEL}' alt='a'><figcaption>b</figcaption></figure>",
        "<details><summary>a</summary><dl><div><dt>b</dt><dd>c</dd></div></dl></details>",
        "&lt;script&gt;",
    ],
)
def test_what_findings_are_made_of_is_let_through(render_page, text):
    assert text[:7] in render_page(html(text))


def test_all_faults_of_a_page_come_at_once(render_page):
    said = faults(render_page, html("<script></script>"), code("bare", "", outputs=(shown({"image/png": PIXEL}),)))
    assert said.count("\n") == 1


def test_a_notebook_must_say_what_its_page_is_about(tmp_path):
    path = write(tmp_path / "a.ipynb", notebook(markdown("a", "# A")))
    with pytest.raises(DataError, match="does not say what its page is about"):
        render(path, "de", "trend")


@pytest.mark.parametrize("finding", [{}, {**FINDING, "title": ""}, {**FINDING, "notices": 3}])
def test_incomplete_metadata_stop_the_page(render_page, finding):
    assert "what the page is about is not complete" in faults(render_page, finding=finding)


def test_a_second_title_stops_the_page(render_page):
    assert "only the first text has a heading '#'" in faults(render_page, markdown("a", "# Zweiter"))


def test_an_error_among_the_outputs_stops_the_page(render_page):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "x", "traceback": []}
    assert "the cell ended with KeyError" in faults(render_page, code("bad", "", outputs=(error,)))


def test_the_same_notebook_gives_the_same_bytes(render_page):
    cells = [markdown("a", "## A"), html(TABLE)]
    assert render_page(*cells) == render_page(*cells)


HASHES = Hashes(data="d", catalogue="c", notebook="n", parameters="p", library="l")


def entry(name, **changes):
    given = {
        "id": name,
        "language": "de",
        "address": f"trend/{name}.de.html",
        "state": "current",
        "group": "older",
        "sha256": "0",
        "hashes": HASHES,
        "finding": Finding(**FINDING),
    }
    return Entry(**(given | changes))


def index(*entries, language="de"):
    made = Manifest(town="probestadt", audience="public", findings=entries)
    words = Language(language)
    return index_page(made, places_of(made), words, notices_of_all(made, words))


def test_the_index_lists_findings_by_target_group():
    children = Finding(**(FINDING | {"target_group": "Kinder", "title": "Kinder: Entwicklung"}))
    made = index(entry("a"), entry("b", group="children", finding=children), entry("c"))
    assert re.findall(r"<h2.*?>(.*?)</h2>", made) == ["Ältere Menschen", "Kinder"]
    assert re.findall(r'<h3><a href="(.*?)"', made) == ["trend/a.de.html", "trend/c.de.html", "trend/b.de.html"]
    assert problems(made, page=True) == []


def test_the_index_names_what_failed_and_escapes_the_reason():
    failed = {
        "state": "failed",
        "sha256": None,
        "finding": None,
        "title": "<b>Titel</b>",
        "reason": "<script>x</script>",
    }
    made = index(entry("a", **failed), entry("b", state="earlier", reason="Frist"))
    assert problems(made, page=True) == []
    assert '<h3><a href="trend/a.de.html">&lt;b&gt;Titel&lt;/b&gt;</a></h3>' in made
    assert "&lt;script&gt;x&lt;/script&gt;" in made
    assert re.findall(r'<li class="(.*?)">', made) == ["failed", "earlier"]


def test_findings_in_another_language_are_marked():
    made = index(entry("a"), entry("a", language="en", address="trend/a.en.html"))
    assert 'href="trend/a.en.html" hreflang="en" lang="en"' in made
    assert "English" in made


def test_an_empty_index_says_so():
    assert "There are no findings yet." in index(language="en")


def test_hostile_names_are_text_in_the_index():
    finding = Finding(**(FINDING | {"title": HOSTILE, "area": HOSTILE, "target_group": HOSTILE, "summary": HOSTILE}))
    made = index(entry("a", finding=finding))
    assert problems(made, page=True) == []
