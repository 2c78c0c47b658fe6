"""What a notebook cell shows: safe HTML for people, plain text where there is no HTML, data for the renderer.

All text passes through markupsafe: names that planners write appear as text, never as markup. It is also the one way out
for keyed texts (:func:`sozialanalyse.language.keyed`): in markup a written number becomes a ``data`` element whose value is
its key; in plain text, attributes and pictures there are no keys, and the element lists them in ``data-told``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sozialanalyse.language import KEYED, keys_of, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.figure import Figure

METADATA = "application/vnd.sozialanalyse.finding+json"
"""Media type of a page's metadata: title, area, data state, summary, notices."""

NOTHING = "application/vnd.sozialanalyse.nothing+json"
"""Media type that says: nothing to show here; a section with nothing else is left out of the page."""


@dataclass(frozen=True)
class Shown:
    """Something to show.

    Parameters
    ----------
    html
        Safe markup; keyed texts in it become ``data`` elements.
    text
        The same for readers of plain text, without keys.
    metadata
        What the renderer needs besides, by media type.
    """

    html: Markup
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "html", _with_data_elements(self.html))
        object.__setattr__(self, "text", without_keys(self.text))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return {"text/html": str(self.html), "text/plain": self.text, **self.metadata}

    def __str__(self) -> str:
        return self.text


def _with_data_elements(html: Markup) -> Markup:
    """Write keyed texts as ``data`` elements; they have been escaped before, and no key holds what markup minds."""
    elements = KEYED.sub(r'<data value="\1">\2</data>', str(html))
    return Markup(without_keys(elements))  # noqa: S704 - was markup and still is


def with_keys_apart(texts: dict[str, Any]) -> dict[str, Any]:
    """Take the keys out of texts that are written as JSON, and list beside them where they were.

    Parameters
    ----------
    texts
        By name; what is no text is left as it is.

    Returns
    -------
    dict
        The same without keys, and ``told``: for each text with keys its name, and a triple for each key in their order:
        first letter, letter after the last one, key.

    Examples
    --------
    >>> from sozialanalyse.language import keyed
    >>> with_keys_apart({"state": "Stand: " + keyed("2011", "date|2011-12-31")})
    {'state': 'Stand: 2011', 'told': {'state': [[7, 11, 'date|2011-12-31']]}}
    """
    keyed = {name: text for name, text in texts.items() if isinstance(text, str) and keys_of(text)}
    plain = {name: without_keys(text) for name, text in keyed.items()}
    return {**texts, **plain, "told": {name: _places(text) for name, text in keyed.items()}}


def _places(text: str) -> list[list[Any]]:
    places = []
    for found in KEYED.finditer(text):
        start = len(without_keys(text[: found.start()]))
        places.append([start, start + len(found[2]), found[1]])
    return places


def told(keys: Iterable[str]) -> Markup:
    """Write the attribute that lists the keys of what an element's attributes and its picture tell; each once."""
    listed = " ".join(dict.fromkeys(keys))
    return Markup(" data-told='{}'").format(listed) if listed else Markup("")


def nothing() -> Shown:
    """Show nothing; where a whole section shows nothing, the page leaves it out."""
    return Shown(Markup(""), "", {NOTHING: {}})


def paragraphs(sentences: list[str]) -> Shown:
    """Show sentences as a list of findings; without a sentence, nothing."""
    if not sentences:
        return nothing()
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Shown(Markup("<ul class='findings'>{}</ul>").format(items), "\n".join(sentences))


def folded(heading: str, shown: Shown, *, is_open: bool = False) -> Shown:
    """Fold something behind a heading that readers open; plain text has it all."""
    template = Markup("<details{}><summary>{}</summary>{}</details>")
    return Shown(template.format(Markup(" open") if is_open else "", heading, shown.html), shown.text)


def stacked(parts: Iterable[Shown]) -> Shown:
    """Put one part below the other; of none there is nothing to show."""
    parts = list(parts)
    if not parts:
        return nothing()
    return Shown(Markup("").join(part.html for part in parts), "\n\n".join(part.text for part in parts))


def figure(drawn: Figure, alt: str, caption: str, *, wide: bool = False, keys: Iterable[str] = ()) -> Shown:
    """Show a chart as an SVG picture with a text alternative and a caption.

    Parameters
    ----------
    drawn
        The matplotlib figure; it is closed.
    alt
        What the picture tells, in words; must not be empty.
    caption
        Stands under the picture.
    wide
        The picture needs the full width of the page.
    keys
        What is drawn, beside the keys of its texts (:func:`sozialanalyse.charts.drawing.style.told`).
    """
    if not alt.strip():
        problem = "a figure needs a text alternative that tells what it shows"
        raise ValueError(problem)
    all_keys = told([*keys_of(alt), *keys, *getattr(drawn, "told", ())])
    template = Markup("<figure class='chart{}'><img src='{}' alt='{}'{}><figcaption>{}</figcaption></figure>")
    html = template.format(
        " wide" if wide else "", _address(as_svg(drawn)), escape(without_keys(alt)), all_keys, caption
    )
    return Shown(html, f"{caption}\n{alt}")


_NOT_IN_ADDRESSES = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%#<>&'\n\r\t"})
"""What would end an address, its attribute or its data, or be left out by browsers."""


def _address(svg: bytes) -> Markup:
    """Write a picture as an address that holds it: as text, which takes a sixth less than base64."""
    return Markup("data:image/svg+xml,") + Markup(svg.decode().translate(_NOT_IN_ADDRESSES))  # noqa: S704 - holds no markup


def as_svg(drawn: Figure) -> bytes:
    """Draw a figure as SVG; the same figure gives the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy
    from matplotlib import pyplot as plt  # noqa: PLC0415 - heavy

    target = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "sozialanalyse", "svg.fonttype": "none"}):
        drawn.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawn)
    return target.getvalue()
