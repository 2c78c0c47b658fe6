"""Compact pictures: an SVG of matplotlib in about half of its bytes, to the same picture.

Nothing that is read is touched: only what stands inside of tags, blank text between them, and what is said of the file itself.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_UNREAD = re.compile(rb"<\?xml.*?\?>|<!DOCTYPE[^>]*>|<metadata>.*?</metadata>", re.DOTALL)
_BETWEEN = re.compile(rb">\s+<")
_TAG = re.compile(rb"<[^>]*>")
_LONG_NUMBER = re.compile(rb"-?\d+\.\d{3,}")
_NO_ROTATION = re.compile(rb' transform="rotate\(-0 [^)]*\)"')
_LINE_END = re.compile(rb"\s*\n\s*")
_LINES = re.compile(rb"(?:L [-\d.e]+ [-\d.e]+ ?){2,}")
_OUTLINE = re.compile(rb"M ([-\d.]+) ([-\d.]+) L ((?:[-\d.]+ [-\d.]+ ){5,})z")
_SIGNS = re.compile(rb"<g((?: clip-path=\"[^\"]*\")?)>((?:<use [^>]*/>){2,})</g>")
_STYLE = re.compile(rb' style="[^"]*"')
_NAME = re.compile(rb' id="([a-z][0-9a-f]{10})"')
_REFERENCE = re.compile(rb'( id="|href="#|url\(#)([a-z][0-9a-f]{10})(?=["\)])')
_HUNDREDTHS = 100
_TYPE = b"font-family: 'DejaVu Sans', sans-serif"


def compact(svg: bytes) -> bytes:
    r"""Write a picture in fewer bytes.

    Numbers are rounded to a hundredth of a point, which nobody sees; the type of all texts is named once, and
    so is each look.

    Parameters
    ----------
    svg
        As matplotlib wrote it.

    Examples
    --------
    >>> compact(b'<svg>\n <path d="M 0 0 \nL 1.23456 2 \nL 3 4 \n"/>\n</svg>')
    b'<svg><path d="M 0 0 L 1.23 2 3 4"/></svg>'
    """
    short = _BETWEEN.sub(b"><", _in_tags(_shortened, _UNREAD.sub(b"", svg))).strip()
    short = _SIGNS.sub(_looking_alike, _with_short_names(short))
    return _with_looks_named(short.replace(b"<svg ", b'<svg style="' + _TYPE + b'" ', 1))


def _in_tags(change: Callable[[bytes], bytes], svg: bytes) -> bytes:
    """Change what stands inside of tags; text is never touched."""
    return _TAG.sub(lambda tag: change(tag[0]), svg)


def _with_looks_named(svg: bytes) -> bytes:
    """Write looks that occur again as classes of the picture's own style sheet."""
    place = svg.find(b"</style>")
    looks = Counter(look for tag in _TAG.findall(svg) for look in _STYLE.findall(tag))
    often = [look for look, count in looks.items() if count > 1]
    if place < 0 or not often:
        return svg
    names = {look: b"l%d" % number for number, look in enumerate(often)}
    sheet = b"".join(b".%s{%s}" % (name, look[len(b' style="') : -1]) for look, name in names.items())

    def named(tag: bytes) -> bytes:
        return _STYLE.sub(lambda look: b' class="%s"' % names[look[0]] if look[0] in names else look[0], tag)

    return svg[:place] + sheet + _in_tags(named, svg[place:])


def _looking_alike(group: re.Match[bytes]) -> bytes:
    """Say once how the signs of a group look, where all look alike."""
    looks = set(_STYLE.findall(group[2]))
    if len(looks) != 1 or group[2].count(b"<use ") != group[2].count(b" style="):
        return group[0]
    return b"<g" + group[1] + looks.pop() + b">" + _STYLE.sub(b"", group[2]) + b"</g>"


def _with_short_names(svg: bytes) -> bytes:
    """Number the shapes and edges to which others refer, in place of names that are hashes."""
    found = (name for tag in _TAG.findall(svg) for name in _NAME.findall(tag))
    names = {name: b"s%d" % number for number, name in enumerate(dict.fromkeys(found))}

    def numbered(tag: bytes) -> bytes:
        return _REFERENCE.sub(lambda found: found[1] + names.get(found[2], found[2]), tag)

    return _in_tags(numbered, svg) if names else svg


def _shortened(tag: bytes) -> bytes:
    """Shorten numbers, blanks and lines inside a tag, and leave out what is said once for all texts."""
    short = _LONG_NUMBER.sub(lambda number: b"%.10g" % round(float(number[0]), 2), tag)
    short = (
        _LINE_END.sub(b" ", _NO_ROTATION.sub(b"", short)).replace(b' "', b'"').replace(b"stroke-dashoffset: 0; ", b"")
    )
    short = short.replace(_TYPE + b"; ", b"").replace(b"; " + _TYPE, b"")
    return _OUTLINE.sub(_stepwise, _LINES.sub(lambda lines: b"L " + lines[0].replace(b"L ", b""), short))


def _stepwise(outline: re.Match[bytes]) -> bytes:
    """Write each corner of an outline of six or more by its distance from the one before: neighbours are near, so that takes fewer digits.

    In whole hundredths, as which all numbers are written, so that nothing adds up along the way.
    """
    numbers = [round(float(number) * _HUNDREDTHS) for number in (*outline.group(1, 2), *outline[3].split())]
    steps = [after - before for before, after in zip(numbers, numbers[2:], strict=False)]
    written = b" ".join(b"%.10g" % (step / _HUNDREDTHS) for step in steps).replace(b" -", b"-")
    short = b"M %s %s l %s z" % (outline[1], outline[2], written)
    return min(outline[0], short, key=len)
