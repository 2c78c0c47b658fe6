"""A table as plain markup that screen readers read, and as text.

The markup is our own and not that of great-tables: its HTML has no ``<caption>``, its heading is a cell, the corner of
a table with row names is an empty heading, and each table brings a style sheet of several kilobytes in fixed light
colours, two rules of which apply to the whole page. A page of findings needs the opposite: plain tables that screen
readers read and that follow the page's own style, on paper and in the dark. All text is escaped by markupsafe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from sozialanalyse.findings.display import Shown
from sozialanalyse.language import NO_NUMBER, without_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sozialanalyse.language import Language


@dataclass(frozen=True)
class Table:
    """A table to write.

    Parameters
    ----------
    caption
        What the table shows, of what and when.
    headings
        Heading of each column.
    rows
        Cells of each row; the first is the row's heading.
    numeric
        Columns that are aligned as numbers.
    notes
        What stands under the table.
    totals
        How many of the last rows are set apart as totals.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int]
    notes: Sequence[str] = ()
    totals: int = 0

    def html(self) -> Markup:
        """Write the markup; every text in it is escaped, keyed ones stay keyed."""
        parts = len(self.rows) - self.totals
        body = self._rows(self.rows[:parts])
        foot = Markup("<tfoot>{}</tfoot>").format(self._rows(self.rows[parts:])) if self.totals else Markup("")
        notes = Markup("").join(Markup("<p class='note'>{}</p>").format(note) for note in self.notes if note)
        template = Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody>{}</table>{}")
        return template.format(self.caption, self._headings(), body, foot, notes)

    def text(self) -> str:
        """Write the same for readers of plain text, columns parted by tabs."""
        lines = ["\t".join(without_markup(cell) for cell in row) for row in (self.headings, *self.rows)]
        return "\n".join([self.caption, *lines, *filter(None, self.notes)])

    def shown(self) -> Shown:
        """Return both."""
        return Shown(self.html(), self.text())

    def _headings(self) -> Markup:
        cells = (
            Markup("<th scope='col'{}>{}</th>").format(self._class(column), text)
            for column, text in enumerate(self.headings)
        )
        return Markup("").join(cells)

    def _rows(self, rows: Sequence[Sequence[str]]) -> Markup:
        lines = []
        for heading, *cells in rows:
            first = Markup("<th scope='row'>{}</th>").format(heading)
            others = (
                Markup("<td{}>{}</td>").format(self._class(column), text) for column, text in enumerate(cells, start=1)
            )
            lines.append(Markup("<tr>{}</tr>").format(Markup("").join([first, *others])))
        return Markup("").join(lines)

    def _class(self, column: int) -> Markup:
        return Markup(" class='number'") if column in self.numeric else Markup("")


def in_two_lines(first: str, second: str) -> Markup:
    """Put a remark under a value."""
    return Markup("{} <br><small>{}</small>").format(first, second)


def without_markup(cell: str) -> str:
    """Read a cell as plain text."""
    return without_keys(cell.striptags() if isinstance(cell, Markup) else cell)


def note_on_dashes(words: Language, rows: Sequence[Sequence[str]]) -> list[str]:
    """Explain the dash where one stands in a table."""
    occurs = any(without_markup(cell).startswith(NO_NUMBER) for row in rows for cell in row)
    return [words.text("{sign} cannot be given.", sign=NO_NUMBER)] if occurs else []


def beside(words: Language, picture: Shown, *tables: Table) -> Shown:
    """Put what a chart shows beside it, as tables that open; of several, each under its caption.

    Parameters
    ----------
    words
        Language of the readers.
    picture
        The chart.
    tables
        All that it shows, as numbers.
    """
    heading = words.text("Figures of the chart")
    template = Markup("<details class='figures'><summary>{}</summary>{}</details>")
    html = template.format(heading, Markup("").join(table.html() for table in tables))
    return Shown(picture.html + html, "\n\n".join([picture.text, *(table.text() for table in tables)]))
