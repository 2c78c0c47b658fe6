"""Charts: developments over time and comparisons of areas, with what chance alone can do.

Each chart takes a view and results and gives a picture with a text alternative that tells the finding. Areas stand in
the order of their ids; a second sign (filled or open, marker, line style, label) stands beside every colour.
"""

from __future__ import annotations

from sozialanalyse.findings._dots import comparison
from sozialanalyse.findings._lines import development, deviating

__all__ = ["comparison", "development", "deviating"]
