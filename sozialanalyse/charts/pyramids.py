"""Population pyramid of two dates: the later one as bars, the earlier one as a line around them.

Age groups are of unequal width, so the length of a bar is persons a year of age: the area shows how many they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialanalyse.age_bands import BOTH
from sozialanalyse.amounts import NUMBER
from sozialanalyse.charts.drawing import style
from sozialanalyse.charts.drawing.scale import scales
from sozialanalyse.charts.drawing.time_axis import period
from sozialanalyse.comparison.ages import ages_and_sexes
from sozialanalyse.findings import _keys, signs
from sozialanalyse.findings._table import Table, beside
from sozialanalyse.findings.display import Shown, figure, nothing, paragraphs
from sozialanalyse.language import EN_DASH, key, keyed
from sozialanalyse.periods import OPEN_AGE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.view import View

OPEN_YEARS = 10
"""So many years the open-ended last age group is drawn to be wide."""

HEIGHT = 240.0
LABELS = {"female": "Women and girls", "male": "Men and boys"}
"""Message ids."""


def population(view: View) -> Shown:
    """Draw who lives in the view's area by age and sex, where its target group is everybody.

    Parameters
    ----------
    view
        Whose area, target group and language count.

    Returns
    -------
    Shown
        The pyramid of the first and the last date; where the counts by age and sex are not known or not public, a sentence
        that says so; nothing of target groups that do not count everybody.
    """
    everybody = next((entry.numerator.measure for entry in view.indicators if _counts_everybody(entry)), None)
    if everybody is None:
        return nothing()
    people = ages_and_sexes(view.town, view.area, measure=everybody)
    message = "There is no population pyramid here: counts by age and sex of two dates are not known, or not public."
    return pyramid(view, people) if len(people) else paragraphs([view.words.text(message)])


def _counts_everybody(indicator: Indicator) -> bool:
    part = indicator.numerator
    return indicator.kind == "count" and not part.age and not part.sex


def pyramid(view: View, people: pd.DataFrame) -> Shown:
    """Draw who lives in an area by age and sex, at two dates.

    Parameters
    ----------
    view
        Whose area and language count.
    people
        Result of :func:`sozialanalyse.comparison.ages_and_sexes`.

    Returns
    -------
    Shown
        The pyramid with its table; nothing where the ages are not delivered by sex at two dates.
    """
    dates = people["period_end"].unique()
    if len(dates) != 2 or not people["value"].notna().any():
        return nothing()
    rows = _placed(people)
    top = float(np.nanmax(rows["length"])) * 1.06 or 1.0
    panels = style.Panels(columns=2, height=HEIGHT, left=22, right=14, top=38, bottom=26)
    first = rows.iloc[0]
    with style.look():
        drawn, axes = panels.draw(2)
        for panel, sex in zip(axes, BOTH, strict=True):
            _draw_side(view, panel, rows[rows["sex"] == sex], top)
    keys = [key("drawn_ages", first["measure"], first["area"], *dates)]
    picture = figure(drawn, _alt(view, rows), _caption(view, rows), keys=keys)
    return beside(view.words, picture, _table(view, rows))


def _placed(people: pd.DataFrame) -> pd.DataFrame:
    """Say from where to where a bar goes, and how long it is."""
    end = people["age_to"].where(people["age_to"] < OPEN_AGE, people["age_from"] + OPEN_YEARS - 1) + 1
    last = people["period_end"].max()
    return people.assign(
        end=end, length=people["value"] / (end - people["age_from"]), is_last=people["period_end"] == last
    )


def _key(row: pd.Series) -> str:
    return key("count", *(row[name] for name in ("measure", "area", "period_end", "sex", "age_from", "age_to")))


def _draw_side(view: View, axes: Axes, rows: pd.DataFrame, top: float) -> None:
    sex, measure = str(rows["sex"].iloc[0]), rows["measure"].iloc[0]
    is_left = sex == BOTH[0]
    axes.set_gid(f"panel-{measure}.{sex}")
    axes.set_xlim((top, 0) if is_left else (0, top))
    high = float(rows["end"].max())
    axes.set_ylim(0, high)
    ages = [float(age) for age in range(0, int(high) - OPEN_YEARS + 1, OPEN_YEARS)]
    upright = ([], []) if is_left else (ages, [view.words.number(age) for age in ages])
    scales(axes, style.number_ticks(view, 0, top, 3), upright)
    axes.spines[["top", "right", "left"]].set_visible(False)
    _draw_bars(axes, rows[rows["is_last"]])
    _draw_outline(axes, rows[~rows["is_last"]])
    _mark_states(axes, rows, is_left=is_left)
    first, last = (_date(rows, is_last=is_last) for is_last in (False, True))
    note = view.words.text("persons a year of age; bars: {last}, line: {first}", last=last, first=first)
    style.title(axes, view.words.text(LABELS[sex]), note)


def _date(rows: pd.DataFrame, *, is_last: bool) -> str:
    return period(rows[rows["is_last"] == is_last].iloc[0])


def _draw_bars(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the bars of the later date as one path; a count that is not known has none."""
    from matplotlib.patches import PathPatch  # noqa: PLC0415 - heavy
    from matplotlib.path import Path  # noqa: PLC0415 - heavy

    known = rows[rows["length"].notna()]
    if known.empty:
        return
    corners = [
        Path([(0, low), (length, low), (length, high), (0, high), (0, low)], closed=True)
        for length, low, high in zip(known["length"], known["age_from"], known["end"], strict=True)
    ]
    look = {"facecolor": style.AREA_COLOURS[0], "edgecolor": "white", "linewidth": 0.4}
    axes.add_patch(PathPatch(Path.make_compound_path(*corners), gid="bars", **look))


def _draw_outline(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw the earlier date as one line of steps, interrupted where a count is not known."""
    ordered = rows.sort_values("age_from")
    x = np.repeat(ordered["length"].to_numpy(dtype=float), 2)
    y = ordered[["age_from", "end"]].to_numpy(dtype=float).ravel()
    axes.plot(x, y, color=style.INK, linewidth=1.3, solid_joinstyle="miter", gid="earlier", zorder=3)


def _mark_states(axes: Axes, rows: pd.DataFrame, *, is_left: bool) -> None:
    """Write signs of the later date at the middle line, of the earlier one outside of them."""
    for _, row in rows[rows["status"].isin(list(signs.MARKS))].iterrows():
        place = (6 if row["is_last"] else 16) / axes.get_window_extent().width
        x = 1 - place if is_left else place
        middle = (row["age_from"] + row["end"]) / 2
        look = {"transform": axes.get_yaxis_transform(), "ha": "center", "va": "center", "fontsize": 6.5}
        style.write(axes, x, middle, signs.MARKS[row["status"]], weight="bold", gid="sign", **look)


def _caption(view: View, rows: pd.DataFrame) -> str:
    text = view.words.text
    texts = [
        text(
            "{area} by age and sex. Bars: {last}; line: {first}.",
            area=_keys.area(view, rows["area"].iloc[0]),
            last=_date(rows, is_last=True),
            first=_date(rows, is_last=False),
        )
    ]
    texts.append(
        text(
            "The age groups are of unequal width: a bar is as long as there are persons for each year of age. Both axes begin at zero."
        )
    )
    if (rows["age_to"] >= OPEN_AGE).any():
        texts.append(text("The oldest group has no upper end; it is drawn as if it were ten years wide."))
    texts.append(signs.explain(view, set(rows["status"]) & set(signs.MARKS)))
    return " ".join(part for part in texts if part)


def _alt(view: View, rows: pd.DataFrame) -> str:
    """Tell the pyramid by the age groups with the most people a year of age."""
    text = view.words.text
    area = _keys.area(view, rows["area"].iloc[0])
    texts = [
        text(
            "Population pyramid of {area}, {first} and {last}.",
            area=area,
            first=_date(rows, is_last=False),
            last=_date(rows, is_last=True),
        )
    ]
    for sex, label in LABELS.items():
        is_closed = rows["age_to"] < OPEN_AGE  # how wide an open group is drawn is our choice
        part = rows[(rows["sex"] == sex) & rows["is_last"] & rows["length"].notna() & is_closed]
        if (rows["status"].isin(list(signs.MARKS))).any() or part.empty:
            continue
        widest = part.iloc[int(np.argmax(part["length"]))]
        before = rows[(rows["sex"] == sex) & ~rows["is_last"] & (rows["age_from"] == widest["age_from"])].iloc[0]
        message = "{sex}: the longest bar is that of ages {ages}, with {count} persons; before: {before}."
        values = {"ages": _ages(widest), "count": _count(view, widest), "before": _count(view, before)}
        texts.append(text(message, sex=text(label), **values))
    return signs.plain(" ".join(texts))


def _ages(row: pd.Series) -> str:
    first, last = int(row["age_from"]), int(row["age_to"])
    written = f"{first}+" if last >= OPEN_AGE else f"{first}" if first == last else f"{first}{EN_DASH}{last}"
    return keyed(written, key("ages", first, "" if last >= OPEN_AGE else last))


def _count(view: View, row: pd.Series) -> str:
    return signs.MARKS.get(row["status"]) or keyed(view.words.number(row["value"]), _key(row))


def _table(view: View, rows: pd.DataFrame) -> Table:
    text = view.words.text
    sides = [(sex, is_last) for sex in BOTH for is_last in (False, True)]
    headings = [f"{text(LABELS[sex])}, {_date(rows, is_last=is_last)}" for sex, is_last in sides]
    found = {(row["sex"], row["is_last"], row["age_from"]): row for _, row in rows.iterrows()}
    cells = []
    for _, band in rows.drop_duplicates("age_from").sort_values("age_from").iterrows():
        of_band = [found.get((*side, band["age_from"])) for side in sides]
        cells.append([_ages(band), *("" if row is None else _count(view, row) for row in of_band)])
    return Table(
        caption=text("{area} by age and sex", area=_keys.area(view, rows["area"].iloc[0])),
        headings=[text("Age"), *headings],
        rows=cells,
        numeric=frozenset(range(1, len(headings) + 1)),
        notes=[signs.explain(view, set(rows["status"]) - {NUMBER})],
    )
