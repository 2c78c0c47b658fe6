"""The site around the findings: an index that stays short, and a page for each area with findings."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from sozialanalyse.batch.assembling import assemble
from sozialanalyse.batch.edition import Download, Entry, Hashes, Manifest, Withdrawal
from sozialanalyse.batch.publishing import INDEX, KNOWLEDGE
from sozialanalyse.batch.safety import problems
from sozialanalyse.batch.sections import Finding
from sozialanalyse.batch.site.index import MOST_CARDS
from sozialanalyse.batch.site.news import news_page
from sozialanalyse.batch.site.pages import site_of
from sozialanalyse.batch.site.places import area_of, places_of
from tests.batch_samples import FINDING

HASHES = Hashes(data="d", catalogue="c", notebook="n", parameters="p", library="l")

AREAS = """
    id   name         parent
    0    Probestadt   -
    05   Mühlental    0
    051  Wehr         05
    052  Furt         05
    07   Heide        0
    A 1  Quer         0
"""
KNOWN = json.dumps(
    {
        "areas": [
            {"id": area, "name": name, "parent": None if parent == "-" else parent}
            for area, name, parent in (re.split(r" {2,}", line.strip()) for line in AREAS.strip().splitlines()[1:])
        ]
    }
)
TOWN, MILL, WEIR, HEATH = "Probestadt", "05 Mühlental", "051 Wehr", "07 Heide"


def entry(name, area=TOWN, **changes):
    """A finding of an area; one of a part of the town tells the id of that area, as pages do."""
    number = area.partition(" ")[0]
    told = {} if area == TOWN else {"area": ((0, len(area), f"area|{number}"),)}
    given = {
        "id": name,
        "language": "de",
        "address": f"trend/{name}.de.html",
        "state": "current",
        "group": "older",
        "sha256": "0",
        "hashes": HASHES,
        "finding": Finding(**FINDING | {"town": TOWN, "area": area, "told": told}),
    }
    return Entry(**(given | changes))


def manifest(*entries):
    return Manifest(town="probestadt", audience="public", findings=entries)


def site(*entries, known=KNOWN):
    return site_of(manifest(*entries), known)


def links(page):
    return re.findall(r'<a href="([^"#]+)"', page)


def outline(spots):
    """Write areas as text: those in brackets have no page."""
    return [
        f"{spot.label.striptags()}{f' ({chr(44).join(outline(spot.parts))})' if spot.parts else ''}" for spot in spots
    ]


def test_each_area_with_findings_has_a_page_with_all_of_them():
    made = site(entry("a"), entry("b", MILL), entry("c", WEIR), entry("d", MILL, group="children"))
    assert sorted(made) == ["areas/05.de.html", "areas/051.de.html", "index.html"]
    assert links(made["areas/05.de.html"]) == [
        "../index.html",
        "../trend/b.de.html",
        "../trend/d.de.html",
        "../areas/051.de.html",
    ]
    assert links(made["areas/051.de.html"]) == ["../index.html", "../areas/05.de.html", "../trend/c.de.html"]


def test_the_index_names_areas_as_they_lie_in_one_another():
    spots = places_of(manifest(entry("a", WEIR), entry("b", HEATH)), KNOWN).spots
    assert outline(spots) == ["05 Mühlental (051 Wehr)", "07 Heide"]
    assert [(spot.id, spot.address) for spot in spots] == [("05", ""), ("07", "areas/07.de.html")]


def test_without_knowledge_areas_stand_side_by_side():
    assert outline(places_of(manifest(entry("a", WEIR), entry("b", MILL))).spots) == ["05 Mühlental", "051 Wehr"]


def test_an_edition_of_the_town_alone_has_no_pages_of_areas():
    assert list(site(entry("a"), entry("b", finding=None, state="failed", sha256=None))) == ["index.html"]


def test_an_address_is_the_same_whichever_areas_have_findings():
    """``A 1`` and ``a-1`` are written alike; the second one in the town's order gets a number, findings or not."""
    known = json.loads(KNOWN)
    known["areas"].append({"id": "a-1", "name": "Strich", "parent": "0"})
    quoted = Finding(**FINDING | {"town": TOWN, "area": "A 1 Quer", "told": {"area": ((0, 8, "area|A%201"),)}})
    first, second = entry("a", finding=quoted), entry("b", "a-1 Strich")
    assert area_of(first) == "A 1"
    assert set(site(first, second, known=json.dumps(known))) == {
        "areas/a-1.de.html",
        "areas/a-1-2.de.html",
        "index.html",
    }
    assert set(site(second, known=json.dumps(known))) == {"areas/a-1-2.de.html", "index.html"}


@pytest.mark.parametrize(("parts", "cards"), [(MOST_CARDS - 1, MOST_CARDS), (MOST_CARDS, 1)])
def test_a_large_index_only_names_the_findings_of_parts(parts, cards):
    made = site(entry("town"), *(entry(f"p{number}", MILL) for number in range(parts)))[INDEX]
    assert made.count("<h3>") == cards
    assert len([link for link in links(made) if link.startswith("trend/")]) == parts + 1


def test_what_is_not_current_keeps_its_card_in_a_large_index():
    """A reader must not miss that a page is of an earlier state."""
    many = [entry(f"p{number}", MILL) for number in range(MOST_CARDS)]
    made = site(*many, entry("old", MILL, state="earlier", reason="Frist"))[INDEX]
    assert re.findall(r'<li class="(.*?)">\s*<h3><a href="(.*?)"', made) == [("earlier", "trend/old.de.html")]


def test_an_index_of_a_thousand_findings_is_light():
    """One file that opens at once: some 150 bytes a finding."""
    many = [entry(f"p{number}", f"{number:03} Quartier") for number in range(1000)]
    known = {"areas": [{"id": f"{number:03}", "name": "Quartier", "parent": None} for number in range(1000)]}
    made = site(*many, known=json.dumps(known))
    assert len(made) == 1001
    assert len(made[INDEX].encode()) < 400_000


def test_what_is_new_is_what_the_edition_before_had_not_or_otherwise():
    before = manifest(entry("same"), entry("other", MILL), entry("gone"))
    now = manifest(entry("same"), entry("other", MILL, sha256="1"), entry("new", HEATH), entry("old", state="earlier"))
    assert links(news_page(now, before)) == ["index.html", "feed.xml", "trend/other.de.html", "trend/new.de.html"]
    assert links(news_page(now, now)) == ["index.html", "feed.xml"]
    assert len(links(news_page(now, None))) == 5


def test_what_was_taken_back_stands_first_with_its_reason():
    taken = Withdrawal(id="bad", withdrawn=dt.date(2026, 11, 20), reason="Falsche Lieferung")
    now = Manifest(
        town="probestadt",
        audience="public",
        withdrawals=(taken,),
        findings=(entry("new", sha256="1"), entry("bad", state="withdrawn", sha256=None, reason=taken.reason)),
    )
    page = news_page(now, manifest(entry("new"), entry("bad")))
    assert page.index("Falsche Lieferung") < page.index("trend/new.de.html")
    assert "Falsche Lieferung" not in news_page(now, now)


def test_pages_of_areas_are_files_of_the_edition():
    found = assemble(manifest(entry("b", MILL)), {"trend/b.de.html": "<p>"}, {KNOWLEDGE: KNOWN})
    assert "areas/05.de.html" in found.texts
    assert found.manifest.hashes.keys() >= {"areas/05.de.html", "trend/b.de.html", "index.html"}


def drawn(*areas):
    """What everybody knows, with an outline of each of these areas."""
    outlines = {area: f"M{number} 0l1 0 0 1z" for number, area in enumerate(areas)}
    levels = {"0": "stadt", "05": "raum", "07": "raum", "A 1": "raum", "051": "viertel", "052": "viertel"}
    known = json.loads(KNOWN)
    rows = [row | {"level": levels[row["id"]]} for row in known["areas"]]
    outlined = {"width": 9, "height": 8, "areas": outlines}
    return json.dumps({"areas": rows, "levels": ["viertel", "raum", "stadt"], "outlines": outlined})


def test_the_map_shows_the_level_of_which_most_areas_have_a_page():
    """Areas without a page are drawn and cannot be chosen; hostile or not, names are text."""
    made = site(entry("a", MILL), entry("b", HEATH), entry("c", WEIR), known=drawn("05", "07", "A 1", "051", "052"))
    svg = re.search("<svg.*?</svg>", made[INDEX], re.DOTALL)[0]
    assert svg.startswith('<svg viewBox="0 0 9 8" aria-hidden="true">')
    assert re.findall(r'<a href="(.*?)" tabindex="-1" aria-label="(.*?)" data-told="(.*?)"><path d="(.*?)"/>', svg) == [
        ("areas/05.de.html", MILL, "area|05", "M0 0l1 0 0 1z"),
        ("areas/07.de.html", HEATH, "area|07", "M1 0l1 0 0 1z"),
    ]
    assert re.findall(r'^<path d="(.*?)"/>', svg, re.MULTILINE) == ["M2 0l1 0 0 1z"]
    assert links(made[INDEX])[-3:] == ["areas/05.de.html", "areas/051.de.html", "areas/07.de.html"]  # the list has all


@pytest.mark.parametrize("known", [KNOWN, drawn("05"), drawn("051", "052"), None])
def test_there_is_no_map_without_outlines_or_with_one_area_to_choose(known):
    assert "<svg" not in site(entry("a", MILL), entry("b", HEATH), known=known)[INDEX]


def test_hostile_names_are_text_on_pages_of_areas():
    hostile = "<script>x</script> =cmd| \u202e"
    finding = Finding(**FINDING | {"town": TOWN, "area": hostile, "told": {"area": ((0, len(hostile), "area|05"),)}})
    known = json.dumps(
        {"areas": [{"id": "0", "name": hostile, "parent": None}, {"id": "05", "name": hostile, "parent": "0"}]}
    )
    made = site(entry("a", finding=finding), known=known)
    assert problems(made["areas/05.de.html"], page=True) == []
    assert all(page.count("<script") == 1 for page in made.values())


def test_the_contents_of_the_index_lead_to_each_of_its_sections():
    file = Download(address="downloads/all.csv", sha256="0", name="all", bytes=1, use="x")
    for findings, downloads, listed in (
        ([entry("a")], (), []),
        ([entry("a")], (file,), ["group-older", "downloads"]),
        ([entry("a", MILL)], (file,), ["group-older", "areas", "downloads"]),
    ):
        made = manifest(*findings).model_copy(update={"downloads": downloads})
        index = site_of(made, KNOWN)["index.html"]
        contents = re.findall(r'<li><a href="#(.*?)">', index)
        assert contents == listed
        assert set(contents) <= set(re.findall(r'<h2 id="(.*?)">', index))
