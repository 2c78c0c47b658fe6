"""Compact pictures: fewer bytes, the same shapes and looks, and text that stays as it was."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from sozialanalyse.charts.drawing.compact import compact

PICTURE = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" height="9pt" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><creator>of no use</creator></metadata>
 <defs>
  <style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>
 </defs>
 <g id="figure_1">
  <defs><path id="m0123456789" d="M 0 3
C 0.795609 3 1.55874 2.683901 2.12132 2.12132
z
" style="stroke: #1b2530"/></defs>
  <g>
   <use xlink:href="#m0123456789" x="1.23456" y="2" style="fill: #1b2530"/>
   <use xlink:href="#m0123456789" x="4" y="5" style="fill: #1b2530"/>
  </g>
  <path d="M 0 0
L 1.005 2
L 3 4
M 5 5
L 6 6
" clip-path="url(#p0123456789)" style="fill: none; stroke-dashoffset: 0; stroke: #1b2530"/>
  <path d="M 1 1
L 2 2
" style="fill: none; stroke-dashoffset: 0; stroke: #1b2530"/>
  <text style="font-size: 7px; font-family: 'DejaVu Sans', sans-serif; text-anchor: end" x="1" y="2">TEXT</text>
 </g>
 <defs><clipPath id="p0123456789"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>
</svg>
"""


def test_a_picture_is_shorter_and_says_the_same():
    short = compact(PICTURE.encode())
    assert len(short) < 0.7 * len(PICTURE)
    assert short.decode().partition("</style></defs>")[2].partition("<text")[0] == (
        '<g id="figure_1"><defs><path id="s0" d="M 0 3 C 0.8 3 1.56 2.68 2.12 2.12 z" style="stroke: #1b2530"/></defs>'
        '<g style="fill: #1b2530"><use xlink:href="#s0" x="1.23" y="2"/><use xlink:href="#s0" x="4" y="5"/></g>'
        '<path d="M 0 0 L 1 2 3 4 M 5 5 L 6 6" clip-path="url(#s1)" class="l0"/><path d="M 1 1 L 2 2" class="l0"/>'
    )
    assert b"*{stroke-linejoin: round; stroke-linecap: butt}.l0{fill: none; stroke: #1b2530}" in short
    ET.fromstring(short)  # our own


@pytest.mark.parametrize(
    "name",
    [
        "1.23456",
        ' style="fill: none; stroke: #1b2530"  id="m0123456789" ',
        "url(#m0123456789) L 1 1 L 2 2 \n L 3 3",
        "font-family: 'DejaVu Sans', sans-serif; ",
        "&lt;/style&gt;  &lt;g&gt;",
        "  ",
    ],
)
def test_text_stays_as_it_was(name):
    written = re.search(r"<text[^>]*>([^<]*)</text>", compact(PICTURE.replace("TEXT", f"x{name}y").encode()).decode())
    assert written[1] == f"x{name}y"


def test_signs_that_look_different_keep_their_looks():
    other = PICTURE.replace('y="5" style="fill: #1b2530"', 'y="5" style="fill: white"')
    assert '<use xlink:href="#s0" x="4" y="5" style="fill: white"/></g>' in compact(other.encode()).decode()


def test_an_outline_is_written_step_by_step():
    """Each step from the rounded place before, so that the last corner is where it was, however many there are."""
    picture = (
        '<svg><path d="M 147.3 157.601 L 143 157.6 L 138.6 158.6 L 132.6 150.5 L 123.8 152.6 L 119.3 153 z"/></svg>'
    )
    assert compact(picture.encode()) == b'<svg><path d="M 147.3 157.6 l -4.3 0-4.4 1-6-8.1-8.8 2.1-4.5 0.4 z"/></svg>'


def test_an_outline_stays_where_steps_are_no_shorter():
    assert b'd="M 1 1 L 9 1 9 9 1 9 1 5 1 3 z"' in compact(
        b'<svg><path d="M 1 1 L 9 1 L 9 9 L 1 9 L 1 5 L 1 3 z"/></svg>'
    )
