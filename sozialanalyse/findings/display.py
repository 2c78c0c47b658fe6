"""What a notebook cell shows: safe HTML for people, plain text where there is no HTML, data for the renderer.

All text passes through markupsafe: names that planners write appear as text, never as markup.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
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
        Safe markup.
    text
        The same for readers of plain text.
    metadata
        What the renderer needs besides, by media type.
    """

    html: Markup
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return {"text/html": str(self.html), "text/plain": self.text, **self.metadata}

    def __str__(self) -> str:
        return self.text


def nothing() -> Shown:
    """Show nothing; where a whole section shows nothing, the page leaves it out."""
    return Shown(Markup(""), "", {NOTHING: {}})


def paragraphs(sentences: list[str]) -> Shown:
    """Show sentences as a list of findings; without a sentence, nothing."""
    if not sentences:
        return nothing()
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Shown(Markup("<ul class='findings'>{}</ul>").format(items), "\n".join(sentences))


def figure(drawn: Figure, alt: str, caption: str, *, wide: bool = False) -> Shown:
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
    """
    if not alt.strip():
        problem = "a figure needs a text alternative that tells what it shows"
        raise ValueError(problem)
    source = base64.b64encode(as_svg(drawn)).decode()
    template = Markup(
        "<figure class='chart{}'><img src='data:image/svg+xml;base64,{}' alt='{}'><figcaption>{}</figcaption></figure>"
    )
    return Shown(template.format(" wide" if wide else "", source, escape(alt), caption), f"{caption}\n{alt}")


def as_svg(drawn: Figure) -> bytes:
    """Draw a figure as SVG; the same figure gives the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - heavy
    from matplotlib import pyplot as plt  # noqa: PLC0415 - heavy

    target = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "sozialanalyse", "svg.fonttype": "none"}):
        drawn.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(drawn)
    return target.getvalue()
