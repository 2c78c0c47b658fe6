"""The downloads of one finding: its values as files that the batch puts beside the page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sozialanalyse.downloads import describing
from sozialanalyse.downloads.formats import FORMATS
from sozialanalyse.downloads.frames import labels_of, rows_of
from sozialanalyse.downloads.table import Table
from sozialanalyse.errors import unknown
from sozialanalyse.findings.display import Shown, nothing
from sozialanalyse.findings.pages import notices

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.view import View

DOWNLOADS = "application/vnd.sozialanalyse.downloads+json"
"""Media type of the files of a finding: what each is called and for, and its bytes."""


def offer(view: View, summary: pd.DataFrame | None = None, formats: str = "csv xlsx") -> Shown:
    """Offer the values of a page for download.

    Parameters
    ----------
    view
        Its area, the areas of its level, and the whole town are offered.
    summary
        Only the indicators and dates of its rows, as :attr:`.Comparison.summary`; default: all.
    formats
        Names of :data:`FORMATS`, parted by blanks; empty: nothing is offered.

    Raises
    ------
    UsageError
        An unknown format.
    """
    wanted = formats.split()
    for name in wanted:
        if name not in FORMATS:
            what = "format"
            raise unknown(what, name, list(FORMATS))
    rows = _shown(view, summary)
    if not wanted or rows.empty:
        return nothing()
    table = table_of(view, rows)
    files = [_file(table, name) for name in FORMATS if name in wanted or (name == "csvw" and "tidy" in wanted)]
    listed = Markup("").join(Markup("<li>{}: {}</li>").format(file["name"], file["use"]) for file in files)
    text = "\n".join(f"{file['name']}: {file['use']}" for file in files)
    return Shown(Markup("<ul>{}</ul>").format(listed), text, {DOWNLOADS: {"files": files}})


def table_of(view: View, rows: pd.DataFrame) -> Table:
    """Make the table of a page's values with all that must be known of it."""
    words, town = view.words, view.town
    group = words.of(town.catalogue.target_group(view.target_group).label)
    shown = set(rows["indicator"].unique())
    indicators = [indicator for indicator in view.indicators if indicator.id in shown]
    opening = ((words.text("Target group"), group), (words.text("Area"), view.area_name()))
    return Table(
        words=words,
        title=group,
        rows=rows_of(rows, town, words),
        about=describing.about(town, words, rows, indicators, *opening),
        notes=describing.notes(town, words, notices(view)),
        labels=labels_of(town, words),
    )


def _shown(view: View, summary: pd.DataFrame | None) -> pd.DataFrame:
    """Choose the rows of what the page looks at."""
    frame = view.frame
    if frame.empty:
        return frame
    areas = {view.town.areas.root, view.area, *view.members}
    rows = frame[frame["area"].isin(areas)]
    if summary is None:
        return rows
    wanted = set(zip(summary["indicator"].astype(str), summary["period_end"], strict=True))
    pairs = zip(rows["indicator"].astype(str), rows["period_end"], strict=True)
    return rows[[pair in wanted for pair in pairs]]


def _file(table: Table, name: str) -> dict[str, Any]:
    form = FORMATS[name]
    content = base64.b64encode(form.write(table)).decode("ascii")
    text = table.words.text
    return {"ending": form.ending, "name": text(form.name), "use": text(form.use), "content": content}
