"""Downloads: the values of the Release as files, for spreadsheets, programs and maps.

One small module a format over one common table (:mod:`.table`), which is made of an indicator frame of the Release
(:mod:`.frames`). ``sa.downloads.offer`` gives the files of a finding; ``python -m sozialanalyse.downloads`` those of an edition.
"""

from __future__ import annotations

from sozialanalyse.downloads.finding import offer

__all__ = ["offer"]
