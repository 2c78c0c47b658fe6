"""Colours of a town, held to what everybody can see: contrast as WCAG defines it, and the nearest colour that has enough of it.

Text needs a contrast of 4.5:1, lines and other graphics need 3:1 (WCAG 2.1, success criteria 1.4.3 and 1.4.11); relative
luminance and ratio are those of its glossary, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio.
"""

from __future__ import annotations

from typing import NamedTuple

TEXT, GRAPHIC = 4.5, 3.0
"""Least contrast of text, and of lines."""

LIGHT = ("#fcfbf8", "#ffffff", "#eaf1f3", "#fdf3d7")
DARK = ("#14191f", "#1c232b", "#1b2a33", "#33290f")
"""What stands behind colours on our pages, light and dark: paper, cards, tint and notice of the style sheet; a test compares them."""

_CHANNEL = 255
_WEIGHTS = (0.2126, 0.7152, 0.0722)


class Colour(NamedTuple):
    """Red, green and blue, each from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def of(cls, text: str) -> Colour:
        """Read a colour such as ``#17506b``."""
        red, green, blue = (int(text[place : place + 2], 16) for place in (1, 3, 5))
        return cls(red, green, blue)

    @property
    def text(self) -> str:
        """The colour as style sheets write it."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 (black) to 1 (white)."""
    shares = (value / _CHANNEL for value in Colour.of(colour))
    linear = (share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return sum(weight * value for weight, value in zip(_WEIGHTS, linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def least(colour: str, grounds: tuple[str, ...]) -> float:
    """Return the contrast of a colour on the ground on which it has least."""
    return min(contrast(colour, ground) for ground in grounds)


def passing(colour: str, needed: float, grounds: tuple[str, ...]) -> str:
    """Find the nearest colour of the same hue that has enough contrast: darker on light grounds, lighter on dark ones.

    Parameters
    ----------
    colour
        Such as ``#17506b``; it comes back where it has enough.
    needed
        The contrast.
    grounds
        What it stands on, all light or all dark.

    Examples
    --------
    >>> passing("#ff8800", TEXT, ("#ffffff",))
    '#b46000'
    """
    end = 0 if luminance(grounds[0]) > luminance("#777777") else _CHANNEL
    start = Colour.of(colour)
    mixed = (
        Colour(*(round(value + (end - value) * step / _CHANNEL) for value in start)).text
        for step in range(_CHANNEL + 1)
    )
    return next(one for one in mixed if least(one, grounds) >= needed)
