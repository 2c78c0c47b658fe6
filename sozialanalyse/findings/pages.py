"""What stands around the results on a page: opening, limits, definitions and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sozialanalyse import indicators, trends
from sozialanalyse.catalogue import HOUSEHOLD_DESIGN_EFFECT
from sozialanalyse.caveats import STANDING_CAVEATS
from sozialanalyse.findings import _keys, figures, signs, summary
from sozialanalyse.findings.display import METADATA, Shown, nothing, with_keys_apart
from sozialanalyse.findings.gaps import unassigned
from sozialanalyse.findings.reforms import conversions
from sozialanalyse.language import EN_DASH, key, keyed
from sozialanalyse.quality.irregularity import age_text

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.catalogue import Indicator
    from sozialanalyse.comparison import Comparison
    from sozialanalyse.language import Language
    from sozialanalyse.loading.town_file import Source
    from sozialanalyse.town import Town
    from sozialanalyse.view import View


MOST_ON_INDEX = 3
"""So many sentences of the summary stand in the list of all findings: what and how much, since when, how sure."""


def opening_of_comparison(view: View, compared: Comparison) -> Shown:
    """Open a page that compares areas: title, place, data state, notices; and the data that index and template need."""
    title = view.words.text(
        "{group}: comparison of the {level}", group=_group(view), level=view.level_name(plural=True)
    )
    rows = in_order(view, compared.summary)
    said = summary.of_comparison(view, rows)
    return opening(view, title, compared.areas, said, figures.of_comparison(view, rows, compared.areas))


def opening_of_development(view: View, developed: pd.DataFrame) -> Shown:
    """Open a page about developments; as :func:`opening_of_comparison`."""
    title = view.words.text("{group}: development", group=_group(view))
    rows = in_order(view, developed[developed["area"] == view.area])
    said = summary.of_development(view, rows)
    return opening(view, title, view.frame, said, figures.of_development(view, rows))


def in_order(view: View, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Find the row of each indicator of the target group, the leading one first."""
    found = {row["indicator"]: row for _, row in rows.iterrows()}
    return {name: found[name] for name in _lead_first(view) if name in found}


def opening(view: View, title: str, rows: pd.DataFrame, said: list[str], key_figures: list[dict[str, Any]]) -> Shown:
    """Open a page: title, place, data state, notices; and the data that index and template need.

    Parameters
    ----------
    view
        What it is about.
    title
        What it is called where the plan does not say it.
    rows
        Whose last value is the data state.
    said, key_figures
        Sentences of the summary, and what :mod:`.findings.figures` gives.
    """
    words = view.words
    known = rows[rows["value"].notna()] if len(rows) else rows
    state = _keys.date(words, known["period_end"].max()) if len(known) else EN_DASH
    said = said or [_absence(view)]
    place = view.town.name if view.area == view.town.areas.root else f"{view.town.name}, {view.area_name()}"
    metadata = {
        "title": title,
        "town": view.town.name,
        "area": _keys.area(view),
        "target_group": _group(view),
        "data_state": state,
        "summary": " ".join(said[:MOST_ON_INDEX]),
        "sentences": with_keys_apart({"summary": " ".join(said)}),
        "synthetic": view.town.data.file.confidentiality == "synthetic",
        "notices": notices(view),
        "figures": key_figures,
    }
    missing = _nothing_delivered(view)
    return Shown(missing.html, f"{title}\n{place}\n{state}\n{missing.text}", {METADATA: with_keys_apart(metadata)})


def _absence(view: View) -> str:
    if view.indicators:
        return view.words.text("There are no data for this area and date.")
    return view.words.text("There are no data for this target group.")


def _lead_first(view: View) -> list[str]:
    group = view.town.catalogue.target_group(view.target_group)
    return [group.lead, *group.indicators]


def _group(view: View) -> str:
    return view.words.of(view.town.catalogue.target_group(view.target_group).label)


def notices(view: View) -> list[str]:
    """Say what everyone must know before reading on."""
    words, declared = view.words, view.town.data.file.confidentiality
    texts = []
    if declared == "synthetic":
        texts.append(
            words.text(
                "Invented data: this town does not exist, and the values of its areas are invented; the page shows how findings "
                "look."
            )
        )
    if declared == "confidential":
        texts.append(
            words.text(
                "Not for sharing: the page holds confidential counts and is for {audience} only.",
                audience=words.text(view.audience),
            )
        )
    return texts


def _nothing_delivered(view: View) -> Shown:
    """Where a town has no data for the target group: say so, and what would be needed."""
    if view.indicators:
        return nothing()
    words = view.words
    first = words.text(
        "For this target group {town} has no data so far. These indicators could be shown:", town=_keys.town(view)
    )
    wanted = unavailable(view.town, view.target_group, words)
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in wanted)
    return Shown(Markup("<p>{}</p><ul>{}</ul>").format(first, items), "\n".join([first, *wanted]))


def unavailable(town: Town, target_group: str, words: Language) -> list[str]:
    """Name the indicators of a target group that cannot be computed, each with the reason."""
    indicators_of = town.catalogue.indicator
    return [
        f"{words.of(indicators_of(name).label)}: {_why_not(town, indicators_of(name), reason, words)}"
        for name, reason in town.unavailable(target_group).items()
    ]


def _why_not(town: Town, indicator: Indicator, reason: str, words: Language) -> str:
    """Say why an indicator cannot be computed; of ages also which are needed and which have come."""
    said = words.text(_REASONS[reason])
    if reason != indicators.AGES_DO_NOT_FIT:
        return said
    parts = [part for part in indicator.amounts.values() if part.age]
    wanted = words.listing([f"{part.measure} {keyed(part.age, key('ages', *part.ages))}" for part in parts])
    rows = town.counts[town.counts["measure"].isin([part.measure for part in parts])]
    came = rows[["measure", "age_from", "age_to"]].drop_duplicates().itertuples(index=False, name=None)
    found = [f"{measure} {_ages(words, first, last)}" for measure, first, last in came]
    return words.text(
        "{reason} (needed: {wanted}; delivered: {found})",
        reason=said,
        wanted=wanted,
        found=", ".join(found[:MOST_AGES]),
    )


def _ages(words: Language, first: int, last: int) -> str:
    written = age_text(first, last)
    return keyed(written, key("ages", first, last)) if written else words.text("all ages")


MOST_AGES = 12
"""So many delivered age groups are named."""


_REASONS = {
    indicators.NOT_DELIVERED: "the counts have not been delivered",
    indicators.AGES_DO_NOT_FIT: "the delivered age groups do not fit the definition",
    indicators.NO_COMMON_PERIOD: "numerator and denominator have no common date",
}


def limits(view: View, developed: pd.DataFrame | None = None) -> Shown:
    """Say what the numbers of the page can carry and what they cannot.

    Parameters
    ----------
    view
        The view.
    developed
        Result of :func:`sozialanalyse.trends.development`, on pages about time.
    """
    if not view.indicators:
        return nothing()
    texts = [
        *(*_limits_of_all(view), *_limits_of_counts(view), *unassigned(view), *conversions(view)),
        *(*_limits_of_trends(view, developed), *_open_reviews(view)),
    ]
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(texts))


def _limits_of_all(view: View) -> list[str]:
    words = view.words
    return [
        *(words.text(message) for message in STANDING_CAVEATS.values()),
        words.text("Population base: {base}.", base=words.of(view.town.data.file.population_base)),
    ]


def _with_effect(view: View, indicator: Indicator) -> str:
    """Name an indicator and its design effect."""
    effect = keyed(view.words.number(indicator.design_effect, 1), key("constant", "design_effect"))
    return f"{view.label(indicator.id)} ({effect})"


def _limits_of_counts(view: View) -> list[str]:
    """Limits that follow from how the shown counts came about."""
    words = view.words
    bundled = [view.label(entry.id) for entry in view.indicators if entry.bundled and entry.declared_effect is None]
    without = [view.label(entry.id) for entry in view.indicators if entry.kind not in {"proportion", "rate"}]
    states = set(signs.states(view.frame))
    texts = []
    if bundled:
        message = (
            "People come in households: for {indicators} the intervals are widened by a design effect of {effect} (our "
            "assumption, review open), since whole households enter and leave the count."
        )
        effect = keyed(words.number(HOUSEHOLD_DESIGN_EFFECT, 1), key("constant", "design_effect"))
        texts.append(words.text(message, indicators=words.listing(bundled), effect=effect))
    if estimated := [_with_effect(view, entry) for entry in view.indicators if entry.declared_effect is not None]:
        message = "For {indicators} the intervals are widened by the design effect that the town estimated."
        texts.append(words.text(message, indicators=words.listing(estimated)))
    if without:
        message = "Without interval, since numerator and denominator are not of the same people or it is a plain count: {indicators}."
        texts.append(words.text(message, indicators=words.listing(without)))
    if _rounded(view):
        message = "Delivered rounded counts: {sources}. The intervals are widened by the rounding; parts need not add up to totals."
        texts.append(words.text(message, sources=words.listing(_rounded(view))))
    if "missing" in states:
        texts.append(
            words.text("Some counts were not delivered; sums that need them are not shown, rather than too small.")
        )
    if "suppressed" in states and view.town.audience in {
        None,
        "statistics_unit",
    }:  # else our own rules hid most of them
        texts.append(
            words.text("Some counts are kept confidential by the deliverer; they are not zero and not missing.")
        )
    return texts


def _rounded(view: View) -> list[str]:
    """Name the shown sources that deliver rounded counts."""
    return [view.words.of(source.name) for source in _shown_sources(view) if source.rounded_to]


def _shown_sources(view: View) -> list[Source]:
    """Find the sources of the counts and polygons that the view's page is made of, in the order of town.yml."""
    measures = {part.measure for indicator in view.indicators for part in indicator.amounts.values()}
    counts = view.town.counts
    used = set(counts.loc[counts["measure"].isin(measures), "source"].unique())
    if view.town.data.file.geometry:
        used.add(view.town.data.file.geometry.source)
    return [source for key, source in view.town.data.file.sources.items() if key in used]


def _limits_of_trends(view: View, developed: pd.DataFrame | None) -> list[str]:
    if developed is None or developed.empty:
        return []
    words = view.words
    texts = [
        words.text(
            "Trend, from five values on, on the real dates: where each year counts other events, Mann-Kendall's test with "
            "exact p values; of stocks a line through the counts. With two to four values only the first and the last are "
            "compared."
        ),
        words.text(
            "Stocks of successive years are mostly the same people, so that their years are no independent witnesses. The test "
            "allows for the share that remains from one year to the next; it is our assumption, a span for each stock (review "
            "open)."
        ),
        words.text("Changes are computed from unrounded values, so that they may differ in the last digit."),
    ]
    shown = developed[developed["area"] == view.area]
    for indicator in view.indicators:
        texts += [f"{view.label(indicator.id)}: {text}" for text in _breaks(view, indicator)]
    if (shown["method"] == trends.TWO_DATES).any():
        texts.append(words.text("A comparison of two dates says nothing about the course in between."))
    return texts


def _breaks(view: View, indicator: Indicator) -> list[str]:
    """Name the declared breaks inside the shown span of an indicator."""
    words = view.words
    ends = view.frame.loc[view.frame["indicator"] == indicator.id, "period_end"]
    declared = view.town.breaks_of(indicator.id)
    inside = [entry for entry in declared if ends.min().date() < entry.date <= ends.max().date()]
    return [
        words.text(_BREAK_MESSAGES[entry.stops_trend], date=_keys.date(words, entry.date), note=words.of(entry.note))
        + ("" if entry.reference else " " + words.text("(review open)"))
        for entry in inside
    ]


_BREAK_MESSAGES = {True: "break on {date}: {note}", False: "to mind from {date} on: {note}"}
"""How a declared break is said, by whether it stops a trend line."""


def _open_reviews(view: View) -> list[str]:
    open_ = [view.label(indicator.id) for indicator in view.indicators if indicator.review]
    if not open_:
        return []
    message = "Definition not yet checked against a named source (review open): {indicators}."
    return [view.words.text(message, indicators=view.words.listing(open_))]


def definitions(view: View) -> Shown:
    """Show for each indicator how it is defined and read, its source and what to mind."""
    blocks = Markup("").join(_definition(view, indicator) for indicator in view.indicators)
    absent = unavailable(view.town, view.target_group, view.words) if view.indicators else []
    if absent:
        lead = view.words.text("Not shown, since data are missing:")
        items = Markup("").join(Markup("<li>{}</li>").format(text) for text in absent)
        blocks += Markup("<p>{}</p><ul>{}</ul>").format(lead, items)
    if not blocks:
        return nothing()
    return Shown(blocks, "\n".join(view.label(indicator.id) for indicator in view.indicators))


def _definition(view: View, indicator: Indicator) -> Markup:
    words = view.words
    rows = [
        (words.text("Definition"), words.of(indicator.definition)),
        (words.text("How to read it"), words.of(indicator.reading)),
        (words.text("Unit"), view.unit(indicator.id)),
        (words.text("Source"), words.of(indicator.source)),
        (words.text("Checked against"), indicator.reference or words.text("no named source yet (review open)")),
    ]
    if indicator.notes:
        rows.append((words.text("To mind"), words.of(indicator.notes)))
    block = Markup("<details><summary>{} <span class='code'>{}</span></summary><dl>{}</dl></details>")
    return block.format(view.label(indicator.id), indicator.code, _definition_list(rows))


def sources(view: View) -> Shown:
    """Name the sources of what is shown with publisher and licence, as their licences ask."""
    if not view.indicators:
        return nothing()
    lines = [_source(view.words, source) for source in _shown_sources(view)]
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(lines))


def _source(words: Language, source: Source) -> str:
    message = "{name}. {publisher}. Licence: {licence}."
    named = words.text(message, name=words.of(source.name), publisher=source.publisher, licence=source.licence)
    return f"{named} {words.of(source.note)}" if source.note else named


def _definition_list(rows: list[tuple[str, str]]) -> Markup:
    return Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(term, text) for term, text in rows)
