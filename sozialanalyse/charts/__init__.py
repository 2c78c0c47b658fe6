"""Charts: developments over time and comparisons of areas, with what chance alone can do.

Each chart takes a view and results and gives a picture with a text alternative that tells the finding, the newer ones with
the table of what they show beside it. Areas stand in the order of their ids; a second sign (filled or open, marker, line
style, label) stands beside every colour.

=================  =====================================================================  ==========================================
chart              what it takes beside the view                                          what it answers
=================  =====================================================================  ==========================================
`development`      indicator frame                                                        how did it go on here?
`deviating`        result of :func:`.trends.deviating`                                    where did it go on otherwise?
`multiples`        indicator frame                                                        how did it go on in each area?
`slopes`           result of :func:`.trends.development`                                  what changed between two dates?
`changes`          nothing                                                                the same of the leading indicator
`comparison`       result of :func:`.comparison.compare`                                  how do the areas differ?
`ranks`            the same                                                               how sure is a place among the areas?
`funnel`           the same                                                               what can be chance in areas of this size?
`heat`             the same                                                               where do many indicators point the same way?
`matrix`           :func:`status_and_dynamics`, or classes of an index                    where does it stand, and where does it go?
`index_matrix`     result of :func:`.composites.composite`                                the same of an index
`index_map`        the same                                                               where does an index see which need?
`location`         nothing                                                                where does it lie?
`pyramid`          result of :func:`.comparison.ages_and_sexes`                           who lives here, and who did?
`population`       nothing                                                                the same, where the group is everybody
`offers_map`       inventory of offers (in place of the view)                             which offers are where?
`niche_maps`       the same                                                               where does a greater need meet less?
`outlook`          :func:`.outlooks.outlook`, without a view                              how many would there be?
=================  =====================================================================  ==========================================
"""

from __future__ import annotations

from sozialanalyse.charts.dots import comparison
from sozialanalyse.charts.fans import outlook
from sozialanalyse.charts.funnels import funnel
from sozialanalyse.charts.heat_map import heat
from sozialanalyse.charts.indices import index_map, index_matrix
from sozialanalyse.charts.lines import development, deviating
from sozialanalyse.charts.locations import location
from sozialanalyse.charts.offered import niche_maps, offers_map
from sozialanalyse.charts.pyramids import population, pyramid
from sozialanalyse.charts.rank_spans import ranks
from sozialanalyse.charts.small_multiples import multiples
from sozialanalyse.charts.status_matrix import Classes, matrix, status_and_dynamics
from sozialanalyse.charts.two_dates import changes, slopes

__all__ = [
    "Classes",
    "changes",
    "comparison",
    "development",
    "deviating",
    "funnel",
    "heat",
    "index_map",
    "index_matrix",
    "location",
    "matrix",
    "multiples",
    "niche_maps",
    "offers_map",
    "outlook",
    "population",
    "pyramid",
    "ranks",
    "slopes",
    "status_and_dynamics",
]
