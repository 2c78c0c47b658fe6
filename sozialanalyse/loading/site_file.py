"""What a planner declares of the pages in ``town.yml``: who answers for them, how they look, with whom they were discussed.

A public body owes its readers a statement on accessibility, a way to report barriers, and the name of who settles disputes
(Directive (EU) 2016/2102, article 7; in North Rhine-Westphalia BGG NRW § 10b and BITV NRW; elsewhere the law of the Land). No
program can know these, so that nothing is said where nothing is declared.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from sozialanalyse.catalogue import Text
from sozialanalyse.documents import Model


def _written_out(date: Any) -> Any:
    """Lest a bare year is taken for seconds since 1970."""
    if not isinstance(date, dt.date) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(date)):
        message = "a date like 2011-12-31 is expected"
        raise ValueError(message)
    return date


Date = Annotated[dt.date, BeforeValidator(_written_out)]


def _ends_in_a_folder(address: str | None) -> str | None:
    """Refuse what is no address of a folder that everybody may open, and let it end with its slash."""
    if address is None:
        return None
    if not _ADDRESS.fullmatch(address):
        message = (
            "an address like https://www.example.org/sozialbericht/ is expected: of a folder, without a user's name, a question mark, "
            "a hash or umlauts (the browser's address bar shows how they are written)"
        )
        raise ValueError(message)
    return address.rstrip("/") + "/"


_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?(?:/[\w.~%-]+)*/?", re.ASCII | re.IGNORECASE)
Hex = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Accessibility(Model):
    """The statement on accessibility: what somebody has found out, and nothing beyond it."""

    law: Text = Field(description="by which law the statement is made, for example BGG NRW and BITV NRW")
    status: Literal["full", "partial", "none"] = Field(description="how far the pages meet what the law asks")
    assessed: Date = Field(description="the day of the assessment")
    method: Literal["self", "external"] = Field(
        description="self: the town has assessed its pages, external: others have"
    )
    barriers: tuple[Text, ...] = Field(
        default=(), validate_default=True, description="what is not accessible, why, and what helps instead"
    )
    enforcement: Text = Field(description="who settles disputes: name, address, web page")

    @field_validator("barriers")
    @classmethod
    def _fit(cls, barriers: tuple[Text, ...], info: ValidationInfo) -> tuple[Text, ...]:
        status = info.data.get("status")
        if status == "full" and barriers:
            message = "the status is full, so there are no barriers; write partial, or take them away"
            raise ValueError(message)
        if status in {"partial", "none"} and not barriers:
            message = "the status is not full; name at least one barrier, for readers must know what does not work"
            raise ValueError(message)
        return barriers


class Colours(Model):
    """Colours of the town: one for links and headings, one for lines; those of dark pages follow where they are not declared."""

    accent: Hex | None = Field(
        default=None, description="colour of links and other text, such as #17506b; 4.5:1 on the page"
    )
    accent_dark: Hex | None = Field(default=None, description="the same on dark pages; default: lighter than accent")
    band: Hex | None = Field(
        default=None, description="colour of the lines that set off the head and key figures; 3:1 on the page"
    )
    band_dark: Hex | None = Field(default=None, description="the same on dark pages; default: lighter than band")


class Site(Model):
    """Who answers for the pages, and how they look."""

    publisher: Text = Field(description="the public body and its office that publish the pages")
    feedback: Text = Field(description="whom readers tell of barriers and faults: name, e-mail, telephone")
    accessibility: Accessibility | None = Field(default=None, description="the statement, once somebody has assessed")
    url: Annotated[str | None, AfterValidator(_ends_in_a_folder)] = Field(
        default=None,
        pattern=r"^https?://",
        description="address at which the output folder can be opened by everybody, for citations and pages sent by mail",
    )
    logo: str | None = Field(
        default=None,
        pattern=r"^[^{}]+\.(?:svg|png)$|^data:image/",
        description="file of the logo in the town folder, SVG or PNG, at most 20,000 bytes",
    )
    colours: Colours = Field(default=Colours(), description="colours of the town, where they can be read")


class Consulted(Model):
    """With whom the findings were discussed before they were published, and of which data."""

    body: Text = Field(description="a body such as a neighbourhood conference or an advisory council")
    date: Date = Field(description="the day on which it met")
    data_until: Date = Field(description="the last day of the data that it was shown")


class Consultation(Model):
    """The step before publication in which those whom findings concern have their say."""

    required: bool = Field(
        default=False, description="true: nothing is published of data that nobody was shown; such a run is refused"
    )
    consulted: tuple[Consulted, ...] = ()

    @property
    def data_until(self) -> dt.date | None:
        """The last day of the data that somebody was shown."""
        return max((entry.data_until for entry in self.consulted), default=None)
