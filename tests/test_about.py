"""Pages about the pages: the statement on accessibility says what a town declares and nothing beyond; method and terms."""

from __future__ import annotations

import json
import re

import pydantic
import pytest

from sozialanalyse.audit.figures import Figures
from sozialanalyse.audit.judging import Judge
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.audit.pages import PageAudit
from sozialanalyse.batch.edition import Manifest, is_address
from sozialanalyse.batch.site.about import about_pages
from sozialanalyse.batch.site.pages import site_of
from sozialanalyse.language import Language
from sozialanalyse.loading.site_file import Site
from tests.audit_site import DOCUMENT, write_site
from tests.test_rendering import HOSTILE
from tests.test_site import MILL, entry


def both(text):
    return {"de": f"{text} (de)", "en": f"{text} (en)"}


ACCESSIBILITY = {
    "law": both("BGG NRW"),
    "status": "partial",
    "assessed": "2026-11-20",
    "method": "self",
    "barriers": [both("Karten haben keine Beschriftung")],
    "enforcement": both("Ombudsstelle"),
}
SITE = {"publisher": both("Stadt Probestadt"), "feedback": both("sozialplanung@probestadt.example")}
EDITION = Manifest(town="probestadt", audience="public", findings=(entry("a", MILL),))


def known(**accessibility):
    declared = Site.model_validate(SITE | ({"accessibility": ACCESSIBILITY | accessibility} if accessibility else {}))
    terms = [{"label": both("Kinderarmut"), "definition": both("Anteil der Kinder")}]
    return json.dumps(
        {
            "areas": [],
            "rules": [both("Unter drei ist geheim")],
            "site": declared.model_dump(mode="json") | {"terms": terms},
        }
    )


def pages(content, code="de"):
    return about_pages(EDITION, content, Language(code))


def said(page):
    """Each section as its heading and its text."""
    parts = re.findall(r"<h2[^>]*>(.*?)</h2>(.*?)</section>", page, re.DOTALL)
    return {title: " ".join(re.sub("<[^>]*>", " ", text).split()) for title, text in parts}


def test_nothing_is_said_where_nothing_is_declared():
    assert pages(None) == pages(json.dumps({"areas": []})) == {}
    made = site_of(EDITION, json.dumps({"areas": []}))
    assert "about/" not in made["index.html"]


def test_index_and_areas_lead_to_the_statement_and_to_the_method():
    made = site_of(EDITION, known(law=both("BGG NRW")))
    assert [address for address in made if address.startswith("about/")] == [
        "about/accessibility.de.html",
        "about/method.de.html",
    ]
    assert all(is_address(address) for address in made if address != "index.html")
    assert 'href="about/accessibility.de.html"' in made["index.html"]
    assert 'href="../about/method.de.html"' in made["areas/05.de.html"]


def test_the_statement_says_who_assessed_what_and_when():
    page = pages(known(status="partial"), "en")["about/accessibility.en.html"]
    found = said(page)
    assert list(found) == [
        "Publisher",
        "Accessibility",
        "What is not accessible",
        "What is checked by program",
        "Report a barrier or a fault",
        "If you get no answer",
    ]
    assert found["Accessibility"] == (
        "These pages meet in part what the law asks (BGG NRW (en)). Where they fall short is said below. "
        "Assessed on 20 November 2026 by the publisher itself."
    )
    assert found["What is not accessible"] == "Karten haben keine Beschriftung (en)"
    assert '<data value="date|2026-11-20">' in page


def test_without_an_assessment_no_conformity_is_claimed():
    found = said(pages(known(), "en")["about/accessibility.en.html"])
    assert list(found) == ["Publisher", "What is checked by program", "Report a barrier or a fault"]


def test_method_names_rules_and_terms():
    found = said(pages(known(), "en")["about/method.en.html"])
    assert list(found) == ["How to read the numbers", "What is kept confidential", "Terms"]
    assert found["Terms"] == "Kinderarmut (en) Anteil der Kinder (en)"


@pytest.mark.parametrize("name", ["publisher", "feedback"])
def test_hostile_texts_are_text(name):
    content = json.loads(known(status="partial"))
    content["site"][name] = content["site"]["accessibility"]["law"] = {"de": HOSTILE, "en": HOSTILE}
    content["site"]["accessibility"]["enforcement"] = {"de": HOSTILE, "en": HOSTILE}
    page = pages(json.dumps(content))["about/accessibility.de.html"]
    assert page.count("&lt;script&gt;alert(1)") == 3
    assert page.count("<script") == 1


def test_the_audit_explains_every_number_of_the_statement(tmp_path):
    """What we say in number words ("genau eine Hauptüberschrift") is static, as in any edition."""
    page = pages(known(status="partial"))["about/accessibility.de.html"]
    document = {**DOCUMENT, "site": json.loads(known())["site"], "static": [*said(page).values()]}
    judge = Judge(Figures(read_knowledge(write_site(tmp_path / "site", document))))
    links = frozenset({"index.html", "about/accessibility.de.html", "about/method.de.html"})
    assert PageAudit("about/accessibility.de.html", page, judge, links).problems() == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"status": "full"}, "there are no barriers"),
        ({"status": "partial", "barriers": []}, "name at least one barrier"),
        ({"status": "none", "barriers": []}, "name at least one barrier"),
        ({"assessed": "2026"}, "a date like 2011-12-31 is expected"),
        ({"status": "yes"}, "'full', 'partial' or 'none'"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(changed, message):
    with pytest.raises(pydantic.ValidationError, match=message):
        Site.model_validate(SITE | {"accessibility": ACCESSIBILITY | changed})


def test_full_conformity_needs_no_barriers():
    assert Site.model_validate(SITE | {"accessibility": ACCESSIBILITY | {"status": "full", "barriers": []}})
