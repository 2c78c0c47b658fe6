"""Opening the offers of a town: the table that it declares or that stands beside ``town.yml``, and where its people live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialanalyse.errors import DataError, Fault, Place
from sozialanalyse.loading.csv_files import FILE_ROW, quoted, require_columns
from sozialanalyse.loading.deliveries import read_table
from sozialanalyse.loading.offers import Known, Offers, check_offers
from sozialanalyse.loading.offers_file import OFFERS_FILES, OffersDeclared, faults_of_needs, kinds_of, needs_of
from sozialanalyse.loading.polygons import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sozialanalyse.documents import Document
    from sozialanalyse.loading.checks import Declared
    from sozialanalyse.loading.raw_folder import RawFolder
    from sozialanalyse.loading.town_file import TownFile

NEAR = 1.0
"""By so many times its own extent a point may lie outside of the town: an offer of a neighbouring town."""

LARGEST_DEGREES = 180.0

ROUNDED_TO = 100.0
"""Centres of where people live are rounded to so many metres: finer, one of few people would point at a house."""

METRES_OF_A_DEGREE = 111_320.0

MESSAGES = {
    "two": "there are {files}; remove one, or declare under offers.file which is meant",
    "numbers": "x, y and persons must be numbers, and persons not negative; found: {found}",
}


def read_offers(
    document: Document[TownFile],
    declared: Declared,
    folder: Path,
    own: Callable[[str], RawFolder],
    geometry: Path | None,
) -> Offers:
    """Read and check the offers of a town; where it has none, an empty inventory.

    Parameters
    ----------
    document
        ``town.yml``.
    declared
        Areas and catalogue.
    folder
        Of the town.
    own
        Gives the town folder to the readers, and notes what is read.
    geometry
        The file of polygons.

    Raises
    ------
    DataError
        With all faults of the declaration, or of the table.
    """
    said = document.content.offers or OffersDeclared()
    file = said.file or _found_in(folder)
    if faults := list(faults_of_needs(document, said, declared.catalogue)):
        raise DataError(faults)
    if file is None:
        return Offers()
    shapes = _Shapes(document, declared, geometry)
    known = Known(declared.areas, declared.catalogue, kinds_of(said), shapes.locate)
    offers = check_offers(read_table(file, own(file)), file, known)
    return Offers(
        kinds=known.kinds,
        needs=needs_of(said, declared.catalogue),
        detour=said.detour,
        offers=offers,
        centres=shapes.centres(said.population_points, own),
        degrees=shapes.is_degrees,
    )


def _found_in(folder: Path) -> str | None:
    """Find the table that nobody declared; of two nobody can tell which is meant."""
    found = [name for name in OFFERS_FILES if (folder / name).is_file()]
    if len(found) > 1:
        raise DataError(Fault(MESSAGES["two"], {"files": quoted(found)}, Place(found[0])))
    return next(iter(found), None)


class _Shapes:
    """The polygons of the smallest areas, read when first a point is asked for."""

    def __init__(self, document: Document[TownFile], declared: Declared, geometry: Path | None) -> None:
        self._declared, self._geometry, self._file = declared, geometry, document.content.geometry
        self._read: dict[str, Any] | None = None

    @property
    def _shapes(self) -> dict[str, Any]:
        if self._read is None:
            known = self._geometry is not None and self._file is not None
            self._read = shapes_of(self._geometry, self._file) if known else {}  # type: ignore[arg-type]
        return self._read

    @property
    def is_degrees(self) -> bool:
        bounds = [shape.bounds for shape in self._shapes.values()]
        return bool(bounds) and max(abs(end) for found in bounds for end in found) <= LARGEST_DEGREES

    def locate(self, x: float, y: float) -> str | None:
        """Find the area in which a point lies (see :class:`.offers.Known`)."""
        from shapely import Point  # noqa: PLC0415 - heavy

        if not self._shapes:
            return ""
        point = Point(x, y)
        found = next((area for area, shape in self._shapes.items() if shape.covers(point)), "")
        if found:
            return found
        west, south, east, north = self._bounds()
        wide, high = NEAR * (east - west), NEAR * (north - south)
        is_near = west - wide <= x <= east + wide and south - high <= y <= north + high
        return "" if is_near else None

    def _bounds(self) -> tuple[float, float, float, float]:
        west, south, east, north = zip(*(shape.bounds for shape in self._shapes.values()), strict=True)
        return min(west), min(south), max(east), max(north)

    def centres(self, points: str | None, own: Callable[[str], RawFolder]) -> dict[str, tuple[float, float]]:
        """Say where the people of each smallest area live on average: by points where they are given, else the middle of its shape."""
        step = ROUNDED_TO / METRES_OF_A_DEGREE if self.is_degrees else ROUNDED_TO
        of_shapes = {area: (shape.centroid.x, shape.centroid.y) for area, shape in self._shapes.items()}
        found = {**of_shapes, **(self._by_people(points, own) if points else {})}
        return {area: _rounded(found[area], step) for area in sorted(found)}

    def _by_people(self, file: str, own: Callable[[str], RawFolder]) -> dict[str, tuple[float, float]]:
        import pandas as pd  # noqa: PLC0415 - without points not needed

        table = read_table(file, own(file))
        require_columns(table, ("x", "y", "persons"), file)
        numbers = table[["x", "y", "persons"]].apply(pd.to_numeric, errors="coerce")
        wrong = numbers.isna().any(axis=1) | (numbers["persons"] < 0)
        if wrong.any():
            rows = table[wrong]
            raise DataError(
                Fault(MESSAGES["numbers"], {"found": ", ".join(map(str, row[:3]))}, Place(file, int(line)))
                for row, line in zip(rows[["x", "y", "persons"]].to_numpy(), rows[FILE_ROW], strict=True)
            )
        areas = [self.locate(x, y) or "" for x, y in zip(numbers["x"], numbers["y"], strict=True)]
        weighted = numbers.assign(area=areas, x=numbers["x"] * numbers["persons"], y=numbers["y"] * numbers["persons"])
        sums = weighted[weighted["area"] != ""].groupby("area")[["x", "y", "persons"]].sum()
        sums = sums[sums["persons"] > 0]
        return {str(area): (x / of, y / of) for area, x, y, of in sums.itertuples()}


def _rounded(place: tuple[float, float], step: float) -> tuple[float, float]:
    x, y = (round(round(value / step) * step, 6) for value in place)
    return x, y
