"""A town, opened: its counts, areas and catalogue, and the indicators computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse import indicators
from sozialanalyse.loading import TownData, load_town

if TYPE_CHECKING:
    import pandas as pd

    from sozialanalyse.areas import AreaTree
    from sozialanalyse.catalogue import Catalogue, Indicator


@dataclass(frozen=True)
class Town:
    """A town with checked data."""

    data: TownData

    @property
    def name(self) -> str:
        """Name of the town as it is declared."""
        return self.data.file.name

    @property
    def areas(self) -> AreaTree:
        """The area tree."""
        return self.data.areas

    @property
    def catalogue(self) -> Catalogue:
        """Measures, indicators and target groups, the town's own included."""
        return self.data.catalogue

    @property
    def counts(self) -> pd.DataFrame:
        """Frame of counts (see :func:`sozialanalyse.loading.counts.check_counts`)."""
        return self.data.counts

    @cached_property
    def _computed(self) -> dict[str | None, indicators.IndicatorFrame]:
        """What has been computed so far, by target group (None: the whole catalogue)."""
        return {}

    def _compute(self, target_group: str | None) -> indicators.IndicatorFrame:
        """Compute the indicators of a target group once; a page of one group need not wait for the others."""
        if target_group not in self._computed:
            wanted = None
            if target_group is not None:
                ids = self.catalogue.target_group(target_group).indicators
                wanted = [self.catalogue.indicator(name) for name in ids]
            self._computed[target_group] = indicators.compute(self.counts, self.areas, self.catalogue, wanted)
        return self._computed[target_group]

    def unavailable(self, target_group: str | None = None) -> dict[str, str]:
        """Return why indicators could not be computed, by their ids (see :class:`~.indicators.IndicatorFrame`)."""
        return self._compute(target_group).unavailable

    def indicators(self, target_group: str | None = None, level: str | None = None) -> pd.DataFrame:
        """Return the indicator frame (see :func:`sozialanalyse.indicators.compute`).

        Parameters
        ----------
        target_group
            Only the indicators of this group, in its reading order.
        level
            Only areas of this level.

        Raises
        ------
        UsageError
            Unknown target group or level.
        """
        frame = self._compute(target_group).frame
        if level is not None:
            frame = frame[frame["level"] == self.areas.require_level(level)]
        return frame.reset_index(drop=True)

    def indicators_of(self, target_group: str) -> list[Indicator]:
        """Return the indicators of a target group for which there are data, in reading order."""
        ids = self.catalogue.target_group(target_group).indicators
        return [self.catalogue.indicator(name) for name in ids if name not in self.unavailable(target_group)]


def open_town(folder: str | Path, raw: str | Path | None = None) -> Town:
    """Open a town folder.

    Parameters
    ----------
    folder
        The folder that holds ``town.yml``.
    raw
        Folder of raw files, where the town's mappings need them; default: environment variable ``SOZIALANALYSE_RAW``.

    Raises
    ------
    SozialanalyseError
        With all faults of the town's files at once.
    """
    return Town(load_town(Path(folder), None if raw is None else Path(raw)))
