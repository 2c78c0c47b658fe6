"""What a planner declares in ``town.yml``: levels, sources, files, and how confidential the counts are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from sozialanalyse.areas import Grouping
from sozialanalyse.catalogue import Break, Text
from sozialanalyse.documents import Model, Versioned
from sozialanalyse.loading.expectations import Expectations
from sozialanalyse.loading.needs_file import NeedsFile
from sozialanalyse.loading.offers_file import OffersDeclared
from sozialanalyse.loading.site_file import Consultation, Date, Site

Confidentiality = Literal["synthetic", "published", "confidential"]


class Level(Model):
    """A level of the area tree, for example Sozialraum."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Text
    plural: Text


class Division(Level):
    """A grouping of areas that cuts across the tree, for example statistical districts; its groups are published as areas are."""

    names: dict[str, str] = Field(
        default={}, description="names of the groups by what the table of areas says, where they are called otherwise"
    )


class Source(Model):
    """Where counts come from, and what the deliverer did to them."""

    name: Text
    publisher: str
    licence: str
    url: str | None = Field(default=None, pattern=r"^https?://")
    rounded_to: int | None = Field(default=None, ge=2, description="each count is rounded to a multiple of it")
    suppressed_between: tuple[int, int] | None = Field(
        default=None, description="smallest and largest count that the deliverer hides, for example [1, 9]"
    )
    note: Text | None = Field(default=None, description="what readers must know of it, where no other key says it")

    @field_validator("suppressed_between")
    @classmethod
    def _rises(cls, bounds: tuple[int, int] | None) -> tuple[int, int] | None:
        if bounds and not 0 <= bounds[0] <= bounds[1]:
            message = "the smallest hidden count stands first, then the largest, for example [1, 9]"
            raise ValueError(message)
        return bounds


class CountsFile(Model):
    """A tidy file of counts from one source."""

    file: str = Field(pattern=r"^[^{}]+$")
    source: str
    delivered: Date | None = Field(
        default=None, description="when it came; of two deliveries that differ, the later is used"
    )


class TownBreak(Break):
    """A break that only this town knows of: a change of its software, of a survey, of who delivers."""

    measures: tuple[str, ...] = Field(
        default=(), description="what it concerns; without them, all that the source delivers"
    )
    source: str | None = Field(
        default=None, validate_default=True, description="only measures that this source delivers; one of the sources"
    )

    @field_validator("source")
    @classmethod
    def _names_something(cls, source: str | None, info: ValidationInfo) -> str | None:
        if not source and "measures" in info.data and not info.data["measures"]:
            message = "say what the break concerns: measures, a source, or both"
            raise ValueError(message)
        return source


class Geometry(Model):
    """The file of polygons; ``merge`` joins polygons of areas that the counts take as one."""

    file: str
    area: str = Field(default="area", description="property of each polygon that holds the area's id")
    layer: str | None = Field(default=None, description="of a GeoPackage that has several")
    merge: dict[str, str] = Field(default={}, description="id of a polygon and of the area that it belongs to")
    source: str | None = Field(default=None, description="one of the sources, where the polygons come from elsewhere")
    raw: bool = Field(default=False, description="true: in the folder of raw files, false: in the town folder")


class ReadersCheck(Model):
    """A check of the summary in plain words by people who read Leichte Sprache: only then it may be called that."""

    by: Text = Field(description="the group that has read it, for example Prüfgruppe der Lebenshilfe Musterstadt")
    checked: Date = Field(description="the day of the check")


class IndexDecision(Model):
    """A decision of the town to have an index that counts as need what the catalogue calls neutral."""

    by: Text = Field(description="who decided: a council, a committee, an office")
    on: Date = Field(description="the day of the decision")


class TownFile(Versioned):
    """The whole of ``town.yml``."""

    name: str = Field(min_length=1)
    levels: tuple[Level, ...] = Field(description="from the smallest to the whole town")
    groupings: tuple[Division, ...] = Field(
        default=(),
        description="groupings beside the tree that are published: the column group_<id> of the table of areas says to which "
        "group an area belongs",
    )
    confidentiality: Confidentiality
    population_base: Text
    periods: tuple[Date, ...] = Field(default=(), description="reference dates that stocks may have; empty: any")
    totals: Literal["exact", "reported"] = Field(
        default="reported",
        description="exact: a total that is not the sum of its areas is a fault; reported: it is said",
    )
    sources: dict[str, Source]
    counts: tuple[CountsFile, ...] = ()
    mappings: tuple[str, ...] = Field(default=(), description="mapping files for raw deliveries of other shapes")
    breaks: tuple[TownBreak, ...] = Field(default=(), description="breaks of measures that only this town knows of")
    design_effects: dict[str, Annotated[float, Field(ge=1)]] = Field(
        default={},
        description="id of an indicator and how many times larger its chance variation is because persons are counted by "
        "household; estimated from the town's own households",
    )
    areas: str = Field(
        default="areas.csv",
        pattern=r"^[^{}]+$",
        description="the table of areas, or the mapping (.yml) of raw files to it",
    )
    geometry: Geometry | None = None
    crosswalks: str | None = Field(
        default=None, description="the table of shares by which old areas became new ones, for example crosswalks.csv"
    )
    checks: Expectations = Field(
        default=Expectations(), description="what to look for in the counts, and what is known"
    )
    indices: dict[str, IndexDecision] = Field(
        default={},
        description="id of a recipe of an index that counts neutral indicators (migration background, lone parents ...) as need, and "
        "who decided to have it; without a decision there is no such index",
    )
    offers: OffersDeclared | None = Field(
        default=None,
        description="local offers: their table, kinds of the town's own, and needs that they are held against",
    )
    contact: str | None = None
    leichte_sprache: ReadersCheck | None = Field(
        default=None, description="who has checked the summaries in plain words as readers of Leichte Sprache, and when"
    )
    site: Site | None = Field(
        default=None, description="who answers for the pages, their statement on accessibility, logo and colours"
    )
    consultation: Consultation | None = Field(
        default=None, description="with whom findings are discussed before they are published"
    )
    needs: str | NeedsFile | None = Field(
        default=None, description="the file of the places that will be needed, for example needs.yml"
    )

    @property
    def all_levels(self) -> tuple[Level, ...]:
        """The levels of the tree, then the groupings beside it."""
        return (*self.levels, *self.groupings)

    @property
    def beside(self) -> tuple[Grouping, ...]:
        """The groupings as the area tree takes them."""
        return tuple(Grouping(entry.id, entry.names) for entry in self.groupings)

    @field_validator("levels")
    @classmethod
    def _once_each(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        ids = [level.id for level in levels]
        if not ids or len(set(ids)) < len(ids):
            message = f"levels stand from the smallest to the whole town, each once; found: {', '.join(ids) or 'none'}"
            raise ValueError(message)
        return levels
