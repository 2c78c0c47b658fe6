"""Pictures as they stand in pages: addresses that hold an SVG, as text (ours) or in base64 (of others)."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote, unquote

PICTURE = re.compile(r"(?<=data:image/svg\+xml,)[^']+(?=')")
"""What an address of ours holds; it stands in single quotes."""


def svgs_in(html: str) -> list[str]:
    """Read all pictures of ours in a page, in their order."""
    return [unquote(found) for found in PICTURE.findall(html)]


def svg_at(address: str) -> str:
    """Read the picture that an address holds."""
    kind, _, held = address.partition(",")
    return base64.b64decode(held).decode() if kind.endswith(";base64") else unquote(held)


def with_picture(html: str, number: int, svg: str) -> str:
    """Put another picture in the place of one."""
    found = list(PICTURE.finditer(html))[number]
    return html[: found.start()] + quote(svg) + html[found.end() :]
