"""Sentences under headings that state what was found, so that a reader who takes in the headings alone has the gist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.findings.display import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sozialanalyse.view import View

MOST_NAMED = 3
"""So many indicators a sentence or a heading names; more would hide what it says."""

Groups = list[tuple[str, list[str]]]


def by_verdict(view: View, said: Iterable[tuple[str, str, str]], headings: Mapping[str, str]) -> Groups:
    """Put sentences of the same verdict under one heading, which names their indicators.

    Parameters
    ----------
    view
        Whose language counts.
    said
        Indicator, verdict and sentence of each, in reading order.
    headings
        Message id of each verdict's heading, in their order; those of the same text share one.

    Returns
    -------
    list of tuple
        Heading and sentences; none without a sentence.
    """
    groups: dict[str, list[tuple[str, str]]] = {message: [] for message in headings.values()}
    for indicator, verdict, sentence in said:
        groups[headings[verdict]].append((indicator, sentence))
    return [
        (_heading(view, message, [indicator for indicator, _ in parts]), [sentence for _, sentence in parts])
        for message, parts in groups.items()
        if parts
    ]


def _heading(view: View, message: str, indicators: list[str]) -> str:
    return view.words.text(message, indicators=listed(view, [view.label(name) for name in indicators]))


def listed(view: View, names: list[str]) -> str:
    """List the first names; of more, it is said that there are others."""
    more = [view.words.text("others")] if len(names) > MOST_NAMED else []
    return view.words.listing([*names[:MOST_NAMED], *more])


def headed(groups: Groups) -> Shown:
    """Show sentences as lists of findings, each under its heading."""
    item, part = Markup("<li>{}</li>"), Markup("<h3>{}</h3><ul class='findings'>{}</ul>")
    lists = [part.format(heading, Markup("").join(map(item.format, said))) for heading, said in groups]
    return Shown(Markup("").join(lists), "\n".join(line for heading, said in groups for line in (heading, *said)))
