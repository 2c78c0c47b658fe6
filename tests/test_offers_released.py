"""What leaves of local offers: no private data, no hidden place, in no file of an edition and in no Release; the audit sees to it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sozialanalyse as sa
from sozialanalyse.audit import audit_folder
from sozialanalyse.audit.inventory import misplaced
from sozialanalyse.audit.knowledge import read_knowledge
from sozialanalyse.disclosure.knowledge import knowledge_of
from sozialanalyse.disclosure.offers import protected_offers
from sozialanalyse.errors import DataError
from sozialanalyse.loading.offers import HiddenOffers, Offer, Offers
from tests.canary_town import write_canaries
from tests.pictures import svgs_in, with_picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialanalyse.areas import AreaTree

ROOT = Path(__file__).resolve().parent.parent

HEADER = "offer,name,kind,address,area,x,y,places,contact,location_visibility,lessons_learned\n"
PHONE, SHELTER, HIDDEN_ADDRESS, HIDDEN_NAME = (
    "0241 7654301",
    ("1457.318", "1613.947"),
    "Fliederstieg 71",
    "Haus Zuflucht",
)
ROWS = (
    f"kita,Krippe Anger 7,nursery,Am Anger 5,11,1500,1700,24,{PHONE},,\n"
    "kita2,Krippe Dorf,nursery,,21,1250,2700,40,,,\n"
    f"versteck_eins,{HIDDEN_NAME},shelter,{HIDDEN_ADDRESS},11,{SHELTER[0]},{SHELTER[1]},9,{PHONE},,\n"
    f"treff,Treff Berg,youth,{HIDDEN_ADDRESS},12,2431.519,1627.283,50,{PHONE},area_only,Die Jugend hat selbst entschieden.\n"
)
SECRETS = (
    PHONE,
    "7654301",
    HIDDEN_ADDRESS,
    HIDDEN_NAME,
    *(place[:6] for place in SHELTER),
    "2431.5",
    "1627.2",
    "versteck_eins",
)
"""What stands in no file: a telephone number, where the shelter is and what it is called, where the meeting place is."""

NEEDS = """\
offers:
  needs:
    - id: nursery
      label: {de: Krippen, en: Nurseries}
      kinds: [nursery]
      persons: {indicator: kinderarmut, part: denominator}
      need: kinderarmut
"""

PLAN = """\
schema: 1
title: {de: Probe, en: Sample}
languages: [de, en]
runs:
  - {id: offers, notebook: offers, parameters: {level: ortsteil}, title: {de: Angebote, en: Offers}}
"""


def offer(name: str, kind: str = "shelter", visibility: str = "never", area: str = "11", **more: object) -> Offer:
    given = {
        "id": name,
        "name": name,
        "kind": kind,
        "area": area,
        "location_visibility": visibility,
        "contact": PHONE,
        **more,
    }
    return Offer.model_validate(given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = write_canaries(tmp_path_factory.mktemp("offers") / "kanarienvogel")
    (found / "offers.csv").write_text(HEADER + ROWS, encoding="utf-8")
    with (found / "town.yml").open("a", encoding="utf-8") as file:
        file.write(NEEDS)
    return found


@pytest.fixture(scope="module")
def tree(folder: Path) -> AreaTree:
    return sa.open_town(folder).areas


# ----------------------------------------------------------------------------------------------------------- what is protected


def test_contacts_stay_at_home_and_hidden_places_are_counted_for_the_town(tree):
    found = protected_offers(
        Offers(
            offers=(
                offer("a", "nursery", "public", address="Weg 1", x=1.0, y=2.0),
                offer("b", "youth", "area_only", address="Weg 2", x=3.0, y=4.0),
                offer("c", places=7),
                offer("d", places=5),
            )
        ),
        tree,
        "public",
    )
    kita, treff = found.offers
    assert (kita.contact, kita.address, kita.x, kita.y) == ("", "Weg 1", 1, 2)
    assert (treff.contact, treff.address, treff.x, treff.y, treff.area) == ("", "", None, None, "11")
    assert found.hidden == (HiddenOffers(area="0", kind="shelter", offers=2, places=12),)


def test_the_administration_may_call_but_is_not_shown_where(tree):
    found = protected_offers(
        Offers(offers=(offer("a", "youth", "area_only", address="Weg 1"), offer("b"))), tree, "administration"
    )
    (treff,) = found.offers
    assert (treff.contact, treff.address) == (PHONE, "")


@pytest.mark.parametrize(
    ("areas", "told"),
    [
        (["11", "12"], {}),
        (["11", "12", "13"], {"1": 3}),
        (["11", "12", "13", "21"], {}),  # one is left in Süd
        (["11", "12", "13", "21", "22"], {}),
        (["11", "12", "13", "21", "22", "23"], {"1": 3, "2": 3}),
    ],
)
def test_larger_areas_tell_how_many_are_hidden_only_where_several_are_and_several_are_left(tree, areas, told):
    hidden = Offers(offers=tuple(offer(f"o{number}", area=area) for number, area in enumerate(areas)))
    found = protected_offers(hidden, tree, "public").hidden
    assert {entry.area: entry.offers for entry in found if entry.kind == ""} == told


@pytest.mark.parametrize("audience", ["public", "administration", "statistics_unit"])
def test_what_is_protected_stays_as_it_is(tree, audience):
    once = protected_offers(Offers(offers=(offer("a"), offer("b", "youth", "area_only", x=1.0, y=1.0))), tree, audience)
    assert protected_offers(once, tree, audience) == once


# ------------------------------------------------------------------------------------------------------------------ the Release


def all_texts(file: Path) -> str:
    with zipfile.ZipFile(file) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("audience", ["public", "administration", "statistics_unit"])
def test_a_release_holds_no_hidden_place(folder, tmp_path, audience):
    file = tmp_path / "town.release"
    sa.write_release(sa.open_for(audience, town=folder), file)
    text = all_texts(file)
    secrets = [secret for secret in SECRETS if audience == "public" or secret not in (PHONE, "7654301")]
    assert [secret for secret in secrets if secret in text] == []
    found = sa.open_release(file).offers
    assert [entry.id for entry in found.offers] == ["kita", "kita2", "treff"]
    assert [(entry.kind, entry.offers, entry.places) for entry in found.hidden] == [("shelter", 1, 9)]


def knowledge(folder: Path, tmp_path: Path, **changes: object) -> Path:
    """Write what lies beside pages, with an offer told too much of."""
    released = sa.open_for("public", town=folder)
    told = knowledge_of(released)
    told["offers"]["offers"][-1] |= changes
    sa.write_release(released, tmp_path / "town.release")
    with zipfile.ZipFile(tmp_path / "town.release") as archive:
        (tmp_path / "cells.csv").write_bytes(archive.read("cells.csv"))
    (tmp_path / "knowledge.json").write_text(json.dumps(told), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        {"x": 1.0, "y": 1.0},
        {"address": "Weg 1"},
        {"location_visibility": "never"},
        {"contact": PHONE},
        {"kind": "shelter", "x": 1.0},
    ],
)
def test_the_audit_refuses_a_release_that_tells_too_much_of_an_offer(folder, tmp_path, change):
    with pytest.raises(DataError, match="the offer treff is told although its place is hidden"):
        read_knowledge(knowledge(folder, tmp_path, **change))


def test_what_may_be_told_passes(folder, tmp_path):
    known = read_knowledge(knowledge(folder, tmp_path))
    assert misplaced(known.document.offers, "public") == []


# ----------------------------------------------------------------------------------------------------------------- the edition


@pytest.fixture(scope="module")
def edition(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the page of offers for the public, in both languages."""
    project = tmp_path_factory.mktemp("project")
    (project / "notebooks").mkdir()
    (project / "plan.yml").write_text(PLAN, encoding="utf-8")
    (project / "notebooks" / "offers.ipynb").write_bytes((ROOT / "notebooks" / "offers.ipynb").read_bytes())
    command = [
        sys.executable,
        "-m",
        "sozialanalyse",
        "run",
        "--town",
        str(folder),
        "--plan",
        "plan.yml",
        "--output",
        "out",
    ]
    environment = os.environ | {"SOZIALANALYSE_CACHE": str(project / "cache")}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "out"


def told_in(file: Path) -> str:
    """Everything that a file says, its pictures included."""
    text = file.read_bytes().decode("utf-8", "replace")
    return "\n".join([text, *svgs_in(text)])


def test_no_byte_of_an_edition_tells_a_contact_or_a_hidden_place(edition):
    files = [path for path in edition.parent.rglob("out*/**/*") if path.is_file() and path.suffix != ".log"]
    found = {(path.name, secret) for path in files for secret in SECRETS if secret in told_in(path)}
    assert found == set()
    assert any("Am Anger 5" in told_in(path) for path in files)


def test_the_page_shows_what_may_be_known(edition):
    (page,) = edition.rglob("offers.en.html")
    text = page.read_text(encoding="utf-8")
    assert "Krippe Anger 7" in text
    assert "Die Jugend hat selbst entschieden." in text
    assert "Besides there are places of protection and others whose location is not shown" in text
    assert audit_folder(edition).is_safe


# ------------------------------------------------------------------------------------------------------- what the audit refuses

MAP, GAPS = 0, 1
"""Pictures of the page, by their place on it."""
SIGN = re.compile(r"(<g id=\"offers 1\">.*?)(<use [^>]*?x=\")([\d.]+)(\"[^>]*/>)", re.DOTALL)


def redrawn(edition: Path, tmp_path: Path, number: int, change: Callable[[str], str]) -> list[str]:
    """Change a picture of the page and say what the audit finds."""
    folder = tmp_path / "changed"
    shutil.copytree(edition, folder)
    (page,) = folder.rglob("offers.en.html")
    text = page.read_text(encoding="utf-8")
    before = svgs_in(text)[number]
    after = change(before)
    assert after != before
    page.write_text(with_picture(text, number, after), encoding="utf-8")
    return [problem.message for problem in audit_folder(folder).problems if problem.kind == "drawing"]


def test_a_point_more_on_the_map_is_refused(edition, tmp_path):
    """As a shelter would be that slipped in."""
    said = redrawn(edition, tmp_path, MAP, lambda svg: SIGN.sub(r"\1\2\3\4\g<2>100\4", svg, count=1))
    assert said == ["the map {panel} shows {count} points for {told} offers whose point may be known"]


def test_colours_that_need_and_offers_do_not_give_are_refused(edition, tmp_path):
    """All areas of the first class are shown as those of another: a smaller need, and less within reach."""
    said = redrawn(edition, tmp_path, GAPS, lambda svg: re.sub(r'id="class [2-9]"', 'id="class 1"', svg))
    assert "the map {panel} colours the area {area} otherwise than need and offers are" in said
