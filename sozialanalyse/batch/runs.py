"""A run: one notebook with one set of parameters, what becomes one page; and how runs are chosen by their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from sozialanalyse.errors import Fault, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sozialanalyse.batch.parameters import Value
    from sozialanalyse.language import LanguageCode

_OPEN = re.compile(r"\{\w+\}")
"""A parameter that is chosen in a town, as long as the town is not known."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a choice of a plan, such as every sozialraum with more than 1,000 inhabitants, came to in a town.

    Parameters
    ----------
    entry, key
        Id of the entry as the plan has it, and the parameter.
    values
        What fits the choice.
    unknown
        What is left out as it is hidden, or missing, whether it fits.
    of
        How many there were to choose from.
    target_group
        For which target group, where that matters.
    """

    entry: str
    key: str
    values: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    of: int = 0
    target_group: str | None = None


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters: what becomes one page.

    Parameters
    ----------
    id
        Stable name, the handle of ``--only``.
    notebook
        Name of the notebook.
    path
        Its file.
    parameters
        What the plan sets; the batch adds :data:`.SET_BY_BATCH`.
    address
        Where the page stands below the output folder, always with ``/``.
    language
        Language of the page.
    title
        Title of the plan, for the index while there is no page.
    of_town
        Whether the notebook reads the town itself and not a Release.
    selections
        The choices of the plan that it comes from.
    """

    id: str
    notebook: str
    path: Path
    parameters: Mapping[str, Value]
    address: str
    language: LanguageCode
    title: str | None = None
    of_town: bool = False
    selections: tuple[Selection, ...] = ()

    @property
    def key(self) -> str:
        """Its name among all runs of a plan, in every language."""
        return f"{self.id}.{self.language}"


def choose(runs: Sequence[Run], only: Sequence[str]) -> list[Run]:
    """Take the runs named by their ids, all when none is named.

    Parameters
    ----------
    runs
        All runs of a plan.
    only
        Ids, or patterns such as ``trend-*``.

    Raises
    ------
    UsageError
        When the plan has no run of that id.
    """
    known = list(dict.fromkeys(run.id for run in runs))
    meant = {asked: [run for run in known if _means(asked, run)] for asked in only}
    message = "the plan has no run '{found}'; nearest: {nearest}"
    faults = [Fault(message, {"found": a, "nearest": nearest(a, known)}) for a, found in meant.items() if not found]
    if faults:
        raise UsageError(faults)
    wanted = {run for found in meant.values() for run in found}
    return [run for run in runs if not only or run.id in wanted]


def _means(asked: str, run: str) -> bool:
    """Say whether an id or a pattern means a run, or may mean it as long as what the run is about is not known."""
    if not _OPEN.search(run):
        return fnmatchcase(run, asked)
    return "*" in asked or "?" in asked or fnmatchcase(asked, _OPEN.sub("*", run))


def filled(text: str, values: Mapping[str, object]) -> str:
    """Replace ``{key}`` by the value of each known key and leave every other brace as it stands.

    Examples
    --------
    >>> filled("trend-{target_group} {0.__class__}", {"target_group": "older"})
    'trend-older {0.__class__}'
    """
    return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
