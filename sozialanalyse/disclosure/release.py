"""A Release: what an audience may know of a town. To everything downstream it is a town; it holds nothing else.

There is a row for every term of every area and period, on all levels, so that a total can be shown though a part of it is
hidden. A hidden one is ``suppressed``, and its bounds are what anybody can compute from all that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialanalyse.amounts import MISSING, NUMBER, PERIOD, SUPPRESSED, ZERO
from sozialanalyse.areas import Crosswalks
from sozialanalyse.disclosure.about import About, about_decision
from sozialanalyse.disclosure.cells import CELL
from sozialanalyse.disclosure.nodes import REST, TERM
from sozialanalyse.disclosure.offers import protected_offers
from sozialanalyse.loading import TownData
from sozialanalyse.loading.counts import CATEGORIES, COLUMNS
from sozialanalyse.loading.marks import CONFIDENTIAL, FREE, OF_STATE
from sozialanalyse.loading.totals import GAPS
from sozialanalyse.town import Town

if TYPE_CHECKING:
    from collections.abc import Collection

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.disclosure.decision import Decision
    from sozialanalyse.disclosure.rules import Rules
    from sozialanalyse.scope import Scope

UNPROTECTED = "statistics_unit"
"""The audience that holds the counts themselves."""

PUBLISHED, PUBLIC, HIDDEN, ABSENT = "published", "public", "hidden", "missing"
"""States of a cell: shown or free to be shown; known to everybody; protected; not delivered."""

UNASSIGNED = "unassigned:"
"""Before the id of an area: what counts for it but for none of the areas below it."""

STATES = ["area", *CELL, *PERIOD, "state", "value", "least", "greatest"]
"""Columns of the states of cells."""


@dataclass(frozen=True)
class Release(Town):
    """A town as an audience may know it.

    Parameters
    ----------
    about
        Audience, number, hashes, rules, and how much is hidden.
    states
        A row for each cell (:data:`STATES`), those included that nobody sees; empty where everything is released.
    kept
        What must live as long as the Release: the folder of its polygons.
    """

    about: About = field(default_factory=lambda: About(town="", audience=UNPROTECTED))
    states: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=STATES))
    kept: Any = None

    @property
    def audience(self) -> str:
        """For whom it was made."""
        return self.about.audience

    @property
    def number(self) -> int:
        """Its number in the ledger of the town; 0 of what is never entered there."""
        return self.about.number

    @property
    def sha256(self) -> str:
        """Hash of all that it holds."""
        return self.about.sha256

    def _counted_once(self) -> pd.DataFrame:
        """Terms of one measure overlap; of those that are protected the widest is taken."""
        counts, overlapping = self.counts, {rule.measure for rule in self.about.rules if not rule.public}
        span = (counts["age_to"] - counts["age_from"]).astype("int64")
        widest = span == span.groupby(counts["measure"], observed=True).transform("max")
        return counts[widest | ~counts["measure"].isin(overlapping)]


def unprotected(town: Town) -> Release:
    """Release everything, as those hold it who keep the data."""
    about = About(town=town.data.file.name, audience=UNPROTECTED)
    offers = protected_offers(town.data.offers, town.areas, UNPROTECTED)  # a page goes from hand to hand
    return Release(replace(town.data, files=(), offers=offers), about=about)


def protected(town: Town, decision: Decision, rules: Rules, audience: str, public: Collection[str]) -> Release:
    """Make the Release of a decision in which nothing was refused.

    Parameters
    ----------
    town
        The town with its counts.
    decision
        What is hidden.
    rules, audience
        By which it was decided, and for whom.
    public
        Measures whose numbers everybody knows; they keep all their delivered counts.
    """
    states = _states(decision, town.areas)
    counts = pd.concat(
        [
            _released(states, town.counts, public),
            town.counts[town.counts["measure"].isin(list(public))].assign(file="", row=0, footnote=""),
            _ages_that_do_not_fit(town, states),
        ],
        ignore_index=True,
    )
    data = TownData(
        file=_file(town, audience),
        areas=town.data.areas,
        catalogue=town.data.catalogue,
        counts=_typed(counts, town.counts),
        gaps=pd.DataFrame(columns=GAPS),
        files=(),
        geometry=town.data.geometry,
        unassigned=town.data.unassigned.head(0),
        revisions=town.data.revisions.head(0),
        crosswalks=_public_shares(town.data.crosswalks, public),
        offers=protected_offers(town.data.offers, town.areas, audience),
    )
    about = about_decision(data.file.name, decision, rules, audience)
    dropped = set(town.data.crosswalks.frame["measure"]) - set(data.crosswalks.frame["measure"])
    return Release(data, about=about.model_copy(update={"without_shares": tuple(sorted(dropped))}), states=states)


def _file(town: Town, audience: str) -> Any:
    """Take out of ``town.yml`` what names deliveries or single counts; what is public is confidential no more."""
    file = town.data.file
    changed: dict[str, Any] = {
        "counts": (),
        "mappings": (),
        "checks": type(file.checks)(),
        "crosswalks": None,
        "offers": None,
    }
    if audience == "public" and file.confidentiality == "confidential":
        changed["confidentiality"] = "published"
    return file.model_copy(update=changed)


def _states(decision: Decision, areas: AreaTree) -> pd.DataFrame:
    """Say of each cell what becomes of it; parts that nobody delivers or sees, such as complements, have no row."""
    frame, hidden = decision.cells.frame, decision.hidden
    rounded = ~frame["exact"].to_numpy()
    bounds = {
        "least": np.where(hidden, decision.least, np.where(rounded, frame["lower"], np.nan)),
        "greatest": np.where(hidden, decision.greatest, np.where(rounded, frame["upper"], np.nan)),
    }
    states = frame.assign(
        area=frame["area"].where(frame["kind"] != REST, UNASSIGNED + frame["area"]),
        state=np.select([hidden, frame["public"]], [HIDDEN, PUBLIC], default=PUBLISHED),
        value=frame["value"].where(~hidden),
        # adding zero makes a plain zero of the negative one that a solver may give
        **{name: np.where(np.isfinite(values), values + 0.0, np.nan) for name, values in bounds.items()},
    )
    kept = (frame["kind"] == TERM).to_numpy() & ~decision.unused | (frame["kind"] == REST).to_numpy()
    missing = decision.cells.missing
    missing = missing[missing["area"].isin(areas.places["area"])]
    absent = missing.assign(state=ABSENT, value=np.nan, least=np.nan, greatest=np.nan)
    plain: dict[str, Any] = dict.fromkeys(("area", "measure", "sex", "period_kind", "state"), object)
    plain |= dict.fromkeys(("age_from", "age_to"), "int16")
    both = pd.concat([states.loc[kept, STATES].astype(plain), absent[STATES].astype(plain)], ignore_index=True)
    order = ["measure", "sex", "age_from", "age_to", "period_end", "period_start", "area"]
    return both.sort_values(order, kind="stable", ignore_index=True)


def _released(states: pd.DataFrame, counts: pd.DataFrame, public: Collection[str]) -> pd.DataFrame:
    """Write the states of terms as counts."""
    own = states[~states["area"].str.startswith(UNASSIGNED) & ~states["measure"].isin(list(public))]
    is_hidden, is_absent = own["state"] == HIDDEN, own["state"] == ABSENT
    upper = own["greatest"].where(is_hidden, own["greatest"].fillna(own["value"]))
    chosen = [is_hidden, is_absent, (own["value"] == 0) & (upper == 0)]
    status = np.select(chosen, [SUPPRESSED, MISSING, ZERO], default=NUMBER)
    rows = own.assign(
        status=status,
        lower=own["least"].where(is_hidden, own["least"].fillna(own["value"])).fillna(0.0),
        upper=upper,
        # No mark: that of a deliverer would tell its cells from those that are hidden to protect them.
        **dict.fromkeys(("mark", "footnote"), ""),
        file="",
        row=0,
        obs_status=[OF_STATE[state] for state in status],
        conf_status=np.where(is_hidden, CONFIDENTIAL, FREE),
    )
    return rows.merge(_sources(counts), on=["measure", "period_end"], how="left").fillna({"source": ""})


def _sources(counts: pd.DataFrame) -> pd.DataFrame:
    """Name the source of each measure in each period."""
    named = counts[["measure", "period_end", "source"]].astype({"measure": object, "source": object})
    return named.drop_duplicates(["measure", "period_end"])


def _ages_that_do_not_fit(town: Town, states: pd.DataFrame) -> pd.DataFrame:
    """Name the ages of measures of which no indicator can be made, so that a page can say so; without any count."""
    rows = town.counts[~town.counts["measure"].isin(states["measure"].unique())]
    used = {amount.measure for entry in town.catalogue.indicators for amount in entry.amounts.values()}
    rows = rows[rows["measure"].isin(list(used))].drop_duplicates(["measure", "sex", "age_from", "age_to"])
    nothing = dict.fromkeys(("mark", "footnote", "file"), "")
    states_of = {"status": MISSING, "obs_status": OF_STATE[MISSING], "conf_status": FREE}
    return rows.assign(area=town.areas.root, value=np.nan, lower=0.0, upper=np.nan, row=0, **nothing, **states_of)


def _typed(counts: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Give released counts the types of a town's counts."""
    frame = counts[COLUMNS].astype(dict.fromkeys(CATEGORIES, object)).astype(dict.fromkeys(CATEGORIES, "category"))
    kinds = {name: like[name].dtype for name in COLUMNS if name not in CATEGORIES}
    key = ["area", "measure", "period_end", "sex", "age_from", "age_to"]
    return frame.astype(kinds).sort_values(key, kind="stable", ignore_index=True)


def _public_shares(crosswalks: Crosswalks, public: Collection[str]) -> Crosswalks:
    """Keep of the shares by which counts are carried over those of everybody and of public counts.

    Shares of a measure are its first counts after the reform in other words: with the total they give each of them.
    """
    frame = crosswalks.frame
    return Crosswalks(frame[frame["measure"].isin(["", *public])].reset_index(drop=True))


def narrow_states(states: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Keep the states of the cells that a scope holds."""
    return states[states["measure"].isin(scope.measures)].reset_index(drop=True)
