"""The logo of a town: a small SVG or PNG, of which only what is drawn is kept, as an address that holds all of it (``data:``).

Pages embed it, so that each can be sent as one file. What acts, loads or tells of the machine that drew it does not pass: elements and
attributes of an SVG not listed here are refused, but for those of drawing programs, which go, and so do the notes in a PNG.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, register_namespace, tostring

from sozialanalyse.errors import DataError, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from sozialanalyse.errors import Place

MOST_BYTES = 20_000
"""So large is a logo at most: it stands in every page."""

MOST_PIXELS = 2000
"""So wide and so high is a PNG at most."""

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"

ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "use",
        "symbol",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "style",
    ]
)
"""Elements of an SVG that draw and nothing else."""

DROPPED = frozenset({"metadata"})
"""Elements that draw nothing: who made the picture, with what, when."""

_PNG = b"\x89PNG\r\n\x1a\n"
_DRAWN = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_LOADS = re.compile(r"url\(\s*['\"]?(?!#)|@|\\|expression|javascript:|https?:|//", re.IGNORECASE)

MESSAGES = {
    "large": "the logo has {found} bytes, at most {limit} are allowed, for it stands in every page; simplify it",
    "strange": "the logo is no SVG and no PNG that can be read; save it as one of these",
    "acts": "the logo holds {found}, which could act or load something; draw it with plain shapes",
    "wide": "the logo is {width} x {height} pixels, at most {limit} each way are allowed; make it smaller",
}


def embedded(data: bytes, place: Place) -> str:
    """Write a logo as a ``data:`` address, with nothing in it but what is drawn.

    Parameters
    ----------
    data
        Bytes of the file.
    place
        Where the logo is declared, for messages.

    Raises
    ------
    DataError
        It is too large, cannot be read, or holds what could act.
    """
    if len(data) > MOST_BYTES:
        raise DataError(Fault(MESSAGES["large"], {"found": len(data), "limit": MOST_BYTES}, place))
    if data.startswith(_PNG):
        return _address("image/png", _plain_png(data, place))
    return _address("image/svg+xml", _plain_svg(data, place))


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _plain_svg(data: bytes, place: Place) -> bytes:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # noqa: PLC0415 - few towns have a logo
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # noqa: PLC0415 - see above

    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise DataError(Fault(MESSAGES["strange"], {}, place)) from error
    if root.tag != f"{{{SVG}}}svg":
        raise DataError(Fault(MESSAGES["strange"], {}, place))
    _clear(root)
    faults = [Fault(MESSAGES["acts"], {"found": found}, place) for found in dict.fromkeys(_acting(root))]
    if faults:
        raise DataError(faults)
    register_namespace("", SVG)
    register_namespace("xlink", XLINK)
    return bytes(tostring(root, encoding="utf-8"))


def _clear(element: Element) -> None:
    """Take out what drawing programs keep for themselves: elements and attributes of their own, and notes of the author."""
    for name in [name for name in element.attrib if name.startswith("{") and not name.startswith(f"{{{XLINK}}}")]:
        del element.attrib[name]
    for child in [*element]:
        space, _, name = str(child.tag).rpartition("}")
        if space != f"{{{SVG}" or name in DROPPED:
            element.remove(child)
        else:
            _clear(child)


def _acting(root: Element) -> Iterator[str]:
    """Name what could act or load something."""
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name not in ELEMENTS:
            yield f"<{name}>"
        for attribute, value in element.attrib.items():
            plain = attribute.rpartition("}")[2]
            is_link = plain == "href"
            if plain.lower().startswith("on") or (is_link and not value.startswith("#")) or _LOADS.search(value):
                yield f"{plain}='{value[:30]}'"
        if name == "style" and _LOADS.search(element.text or ""):
            yield "<style>"


def _plain_png(data: bytes, place: Place) -> bytes:
    """Keep the parts that are drawn, whose sums are right."""
    strange = DataError(Fault(MESSAGES["strange"], {}, place))
    kept, at = [], len(_PNG)
    while at < len(data):
        head = data[at : at + 8]
        if len(head) < 8:
            raise strange
        size, name = struct.unpack(">I4s", head)
        part = data[at : at + 12 + size]
        if len(part) < 12 + size or struct.unpack(">I", part[-4:])[0] != zlib.crc32(part[4:-4]):
            raise strange
        kept += [(name, part)] if name in _DRAWN else []
        at += 12 + size
        if name == b"IEND":
            break
    names = [name for name, _ in kept]
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or b"IDAT" not in names:
        raise strange
    width, height = struct.unpack(">II", kept[0][1][8:16])
    if max(width, height) > MOST_PIXELS:
        raise DataError(Fault(MESSAGES["wide"], {"width": width, "height": height, "limit": MOST_PIXELS}, place))
    return _PNG + b"".join(part for _, part in kept)
