"""What the commands can be told, said once for all of them."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

RAW_VARIABLE = "SOZIALANALYSE_RAW"
"""As in :mod:`sozialanalyse.loading`, which the help must not load; a test keeps both alike."""


class LanguageName(enum.StrEnum):
    """Languages of pages and messages."""

    de = "de"
    en = "en"


class AudienceName(enum.StrEnum):
    """For whom pages are."""

    public = "public"
    administration = "administration"
    statistics_unit = "statistics_unit"


TownOption = Annotated[
    Path | None, typer.Option("--town", help="Folder of the town.", show_default="data/musterstadt", metavar="DIR")
]
RawOption = Annotated[
    Path | None,
    typer.Option("--raw", help="Folder of raw files, where the town needs them.", envvar=RAW_VARIABLE, metavar="DIR"),
]
LedgerOption = Annotated[
    Path | None,
    typer.Option("--ledger", metavar="DIR", help="Ledger of releases; default: releases in the town's folder."),
]
LanguageOption = Annotated[LanguageName, typer.Option("--language", help="Language of pages and messages.")]
OnlyLanguageOption = Annotated[
    LanguageName | None,
    typer.Option(
        "--language",
        help="The only language of the pages; default: the languages of the plan, else German. Also of messages.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write events and results as JSON, a line each.")]
