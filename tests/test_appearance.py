"""How the pages of a town look, and what must be said before they are published: colours, logo, placeholders, consultation."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import struct
import zlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialanalyse.batch.frame import EMPTY, frame_of
from sozialanalyse.disclosure.consulting import require_consulted
from sozialanalyse.disclosure.process import make
from sozialanalyse.documents import parse_document
from sozialanalyse.errors import DataError, Place
from sozialanalyse.findings.delivery import faults
from sozialanalyse.language import Language
from sozialanalyse.loading.appearance import placeholders, with_appearance
from sozialanalyse.loading.contrast import DARK, GRAPHIC, LIGHT, TEXT, Colour, contrast, least, passing
from sozialanalyse.loading.logos import MOST_BYTES, embedded
from sozialanalyse.loading.town_file import TownFile
from sozialanalyse.quality import examine
from sozialanalyse.town import open_town
from tests.small_town import TIDY, TOWN, write_town

SITE = """\
site:
  publisher: {de: Stadt Klein, en: Town of Klein}
  feedback: {de: amt@klein.de, en: amt@klein.de}
"""
COUNTS = "01,2011-12-31,population,,,1250,\n02,2011-12-31,population,,,890,\n"
CONFIDENTIAL = TIDY.replace("confidentiality: synthetic", "confidentiality: confidential")


def declared(more, site=SITE, town=TOWN):
    return parse_document(f"{town}{site}{more}", TownFile, "town.yml")


def looks(more, find=None):
    return with_appearance(declared(more), find).site


class TestColours:
    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21.0),
            ("#767676", "#ffffff", 4.54),  # the lightest grey that passes as text, and the next
            ("#777777", "#ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
        ],
    )
    def test_contrast_is_that_of_wcag(self, one, other, ratio):
        assert round(contrast(one, other), 2) == round(contrast(other, one), 2) == ratio

    def test_the_grounds_are_those_of_the_style_sheet(self):
        css = (files("sozialanalyse.batch") / "templates" / "page.css").read_text(encoding="utf-8")
        roots = [
            dict(re.findall(r"--(\w+): (#\w{6});", root)) for root in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
        ]
        assert [tuple(root[name] for name in ("paper", "card", "tint", "note")) for root in roots[:2]] == [LIGHT, DARK]

    def test_a_pale_colour_is_refused_with_its_ratio_and_the_nearest_that_passes(self):
        with pytest.raises(DataError) as caught:
            looks('  colours: {accent: "#ff8800", band: "#ffd000"}\n')
        said = [str(fault) for fault in caught.value.faults]
        assert [line.partition(": ")[0] for line in said] == [
            "town.yml, line 13, site.colours.accent",
            "town.yml, line 13, site.colours.band",
        ]
        assert "#ff8800 has a contrast of 2.09 : 1 with the page behind it (#eaf1f3), 4.5 : 1 are needed" in said[0]
        assert "#ffd000 has a contrast of 1.28 : 1 with the page behind it (#eaf1f3), 3 : 1 are needed" in said[1]
        nearest = [line.rpartition(" ")[2] for line in said]
        assert looks(f'  colours: {{accent: "{nearest[0]}", band: "{nearest[1]}"}}\n')

    def test_a_dark_colour_gets_a_lighter_one_for_dark_pages(self):
        colours = looks('  colours: {accent: "#7a1f3d"}\n').colours
        assert colours.accent_dark != "#7a1f3d"
        assert least(colours.accent_dark, DARK) >= TEXT
        assert colours.band is None

    def test_one_that_is_declared_for_dark_pages_is_checked_there(self):
        with pytest.raises(DataError, match=r"site\.colours\.accent_dark: #7a1f3d has a contrast of"):
            looks('  colours: {accent: "#7a1f3d", accent_dark: "#7a1f3d"}\n')

    @pytest.mark.parametrize("colour", ["red", "#123", "#12345g", "#17506b; } body { display: none"])
    def test_what_is_no_colour_is_refused(self, colour):
        with pytest.raises(DataError, match=r"site\.colours\.accent"):
            looks(f"  colours: {{accent: '{colour}'}}\n")

    @given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
    def test_the_nearest_passes_and_one_that_passes_stays(self, red, green, blue):
        colour = Colour(red, green, blue).text
        for needed, grounds in ((TEXT, LIGHT), (GRAPHIC, LIGHT), (TEXT, DARK), (GRAPHIC, DARK)):
            found = passing(colour, needed, grounds)
            assert least(found, grounds) >= needed
            assert (found == colour) == (least(colour, grounds) >= needed)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">{}</svg>'
GOOD = SVG.format('<path d="M1 1h7v7z" fill="#17506b"/>')


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=2, height=1, more=b""):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    drawn = zlib.compress(b"".join(b"\0" + b"\x80" * 2 for _ in range(1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", drawn) + chunk(b"IEND", b"")


def kept(data):
    address = embedded(data if isinstance(data, bytes) else data.encode(), Place("town.yml"))
    kind, _, coded = address.partition(";base64,")
    return kind, base64.b64decode(coded)


class TestLogo:
    def test_an_svg_is_kept_as_it_is_drawn(self):
        assert kept(GOOD) == (
            "data:image/svg+xml",
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z" fill="#17506b" /></svg>',
        )

    def test_what_a_drawing_program_keeps_for_itself_goes(self):
        drawn = SVG.format(
            "<!-- erika --><metadata>erika</metadata><ink:view xmlns:ink='http://inkscape.example' ink:path='/home/erika/a.svg'/>"
            "<g xmlns:ink='http://inkscape.example' ink:label='erika'><path d='M0 0h1'/></g>"
        )
        assert b"erika" not in kept(drawn)[1]

    @pytest.mark.parametrize(
        ("drawn", "found"),
        [
            ("<script>x()</script>", "<script>"),
            ("<image href='https://example.org/a.png'/>", "<image>"),
            ("<foreignObject/>", "<foreignObject>"),
            ("<a href='#x'><path d='M0 0'/></a>", "<a>"),
            ("<set attributeName='x'/>", "<set>"),
            ("<path onclick='x()' d='M0 0'/>", "onclick='x()'"),
            ("<use xlink:href='https://example.org/a.svg#b'/>", "href='https://example.org/a.svg#b'"),
            ("<path fill='url(//example.org/a)' d='M0 0'/>", "fill='url(//example.org/a)'"),
            ("<style>@import 'a.css'</style>", "<style>"),
            ("<style>path { fill: url(https://example.org) }</style>", "<style>"),
        ],
    )
    def test_what_acts_or_loads_is_refused(self, drawn, found):
        with pytest.raises(DataError) as caught:
            kept(SVG.format(drawn))
        assert f"the logo holds {found}, which could act or load something" in str(caught.value)

    def test_colours_within_the_picture_may_be_used(self):
        drawn = "<defs><linearGradient id='g'><stop/></linearGradient></defs><path fill='url(#g)' d='M0 0'/><use xlink:href='#g'/>"
        assert b"url(#g)" in kept(SVG.format(drawn))[1]

    def test_of_a_png_only_the_picture_is_kept(self):
        assert kept(png(more=chunk(b"tEXt", b"Author\0erika"))) == ("data:image/png", png())

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"GIF89a", "no SVG and no PNG"),
            (b"<html/>", "no SVG and no PNG"),
            (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>', "no SVG and no PNG"),
            (png()[:-3], "no SVG and no PNG"),
            (png().replace(b"IDAT", b"IDAX"), "no SVG and no PNG"),
            (png(width=2001), "2001 x 1 pixels, at most 2000 each way"),
            (GOOD.encode().ljust(MOST_BYTES + 1), "20001 bytes, at most 20000 are allowed"),
        ],
    )
    def test_what_is_no_logo_is_refused(self, data, message):
        with pytest.raises(DataError, match=message):
            kept(data)

    def test_it_is_read_from_the_town_folder_and_from_nowhere_else(self, tmp_path):
        (tmp_path / "a").mkdir()
        for logo, message in (
            ("logo.svg", "there is no file logo.svg"),
            ("../logo.svg", "leads out of the town folder"),
        ):
            write_town(tmp_path / "a", COUNTS, town__yml=f"{TIDY}{SITE}  logo: {logo}\n")
            with pytest.raises(DataError, match=message):
                open_town(tmp_path / "a")
        (tmp_path / "a" / "logo.svg").write_text(GOOD, encoding="utf-8")
        write_town(tmp_path / "a", COUNTS, town__yml=f"{TIDY}{SITE}  logo: logo.svg\n")
        town = open_town(tmp_path / "a")
        assert town.data.file.site.logo.startswith("data:image/svg+xml;base64,")
        assert "logo.svg" in {name for name, _ in town.data.files}


class TestAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "https://www.klein.de/soziales/bericht/",
            "https://www.klein.de/soziales/bericht",
            "http://xn--klein-gro-c2a.de:8080/~soz/2024_a-b.c/%C3%BC/",
            "https://klein.de",
        ],
    )
    def test_it_is_that_of_a_folder(self, address):
        assert declared(f"  url: {address}\n").content.site.url == address.rstrip("/") + "/"

    @pytest.mark.parametrize(
        "address",
        [
            "https://amt:geheim@klein.de/",
            "https://klein.de/?edition=3",
            "https://klein.de/#oben",
            "https://klein.de//bericht/",
            "https://klein.de/ bericht/",
            "https://klein.de/'onload='x",
            "https://grün.de/",
            "https:///bericht/",
            "ftp://klein.de/",
            "klein.de/bericht/",
            "//klein.de/bericht/",
        ],
    )
    def test_anything_else_is_refused(self, address):
        with pytest.raises(DataError, match=r"site\.url"):
            declared(f'  url: "{address}"\n')

    def test_an_invented_one_is_a_placeholder(self):
        site = f"{SITE}  url: https://www.example.org/bericht/\n"
        assert list(placeholders(declared("", site, CONFIDENTIAL).content)) == [("site.url", "www.example.org")]


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("TODO", "TODO"),
            ("Amt, Telefon 000000", "000000"),
            ("amt@example.org", "amt@example.org"),
            ("Stadt ... , Amt", "..."),
            ("[Name des Amts]", "[Name des Amts]"),
            ("<Name>", "<Name>"),
            ("Erika Mustermann", "Mustermann"),
        ],
    )
    def test_what_is_still_to_be_filled_in_is_named(self, text, found):
        site = SITE.replace("de: amt@klein.de", f"de: '{text}'")
        assert list(placeholders(declared("", site, CONFIDENTIAL).content)) == [("site.feedback.de", found)]

    @pytest.mark.parametrize(
        "text", ["amt@klein.de, Telefon 0241 432-0", "Haus der Begegnung (2. Stock)", "z. B. per Post"]
    )
    def test_what_is_filled_in_is_not(self, text):
        site = SITE.replace("de: amt@klein.de", f"de: '{text}'")
        assert list(placeholders(declared("", site, CONFIDENTIAL).content)) == []

    def test_an_invented_town_may_keep_them(self):
        assert list(placeholders(declared("", SITE.replace("Stadt Klein", "TODO")).content)) == []

    def test_check_warns_of_them(self, tmp_path):
        write_town(tmp_path, COUNTS, town__yml=CONFIDENTIAL + SITE.replace("Stadt Klein", "TODO"))
        said = faults(examine(tmp_path), Language("en"))
        assert (
            said[-1]
            == "Warning: town.yml, site.publisher.de: 'TODO' looks like a placeholder; readers would see it on every page"
        )


CONSULTED = """\
consultation:
  required: {required}
  consulted:
    - {{body: {{de: Beirat, en: council}}, date: 2012-03-01, data_until: {until}}}
"""


class TestConsultation:
    @pytest.mark.parametrize(
        ("required", "until", "audience", "is_refused"),
        [
            ("true", "2011-12-30", "public", True),
            ("true", "2011-12-31", "public", False),
            ("true", "2011-12-30", "administration", False),
            ("false", "2011-12-30", "public", False),
        ],
    )
    def test_where_it_is_required_nothing_goes_to_the_public_without(
        self, tmp_path, required, until, audience, is_refused
    ):
        write_town(tmp_path, COUNTS, town__yml=TIDY + CONSULTED.format(required=required, until=until))
        town = open_town(tmp_path)
        if not is_refused:
            require_consulted(town, audience)
            return
        with pytest.raises(
            DataError, match=r"town\.yml, consultation: the data until 2011-12-31 have been discussed with nobody"
        ):
            require_consulted(town, audience)

    @pytest.mark.parametrize("only_look", [True, False])
    def test_the_gate_refuses_it_also_where_nobody_is_named(self, tmp_path, only_look):
        write_town(tmp_path, COUNTS, town__yml=f"{TIDY}consultation: {{required: true}}\n")
        job = {"town": tmp_path, "raw": None, "ledger": None, "audience": "public", "only_look": only_look, "file": ""}
        with pytest.raises(DataError, match="discussed with nobody"):
            make(job)


class TestFrame:
    def test_without_a_site_nothing_is_added(self):
        assert frame_of(None, Language("de")) == frame_of("{}", Language("de")) == EMPTY

    def test_it_says_who_was_consulted_and_when(self):
        known = {"consulted": [{"body": {"de": "Beirat", "en": "council"}, "date": "2012-03-01"}]}
        assert frame_of(json.dumps(known), Language("en"))["consulted"] == [
            {"name": "council", "day": Language("en").date(dt.date(2012, 3, 1)), "told": "date|2012-03-01"}
        ]

    def test_colours_are_written_over_those_of_the_style_sheet_for_screens_in_the_dark(self):
        colours = {"accent": "#7a1f3d", "accent_dark": "#d9b0bf", "band": None, "band_dark": None}
        known = json.dumps({"site": {"logo": None, "colours": colours}})
        assert frame_of(known, Language("de"))["style"] == (
            ":root { --accent: #7a1f3d; } @media screen and (prefers-color-scheme: dark) {:root { --accent: #d9b0bf; } }"
        )
