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


class EngineName(enum.StrEnum):
    """How notebooks are run."""

    fork = "fork"
    plain = "plain"


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
EngineOption = Annotated[
    EngineName | None,
    typer.Option(
        "--engine",
        help="How notebooks are run: forked from one warm process, or plainly by papermill with a kernel for each.",
        show_default="fork on Linux, plain elsewhere",
    ),
]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", help="The plan; default: the town's, else the standard plan.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Have the workers of a dask cluster run the notebooks: the address of its scheduler, such as tcp://HOST:8786.",
    ),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID", help="Only this finding, or these: trend-*; can be repeated."),
]
AudienceOption = Annotated[AudienceName, typer.Option("--audience", help="For whom the pages are.")]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="Notebooks at once; default: at most 4, with --cluster 256.")
]
DeadlineOption = Annotated[
    float, typer.Option("--deadline", min=1, metavar="SECONDS", help="Time that each notebook may take.")
]
KeepOption = Annotated[int, typer.Option("--keep", min=1, metavar="N", help="So many earlier editions are kept.")]
KeepDaysOption = Annotated[
    int,
    typer.Option(
        "--keep-days", min=1, metavar="DAYS", help="Earlier editions older than this go, but for the last one."
    ),
]
OutputOption = Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the pages.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be made, and why.")]
DownloadsOption = Annotated[
    bool,
    typer.Option(
        "--downloads/--no-downloads", help="Offer all that was released for download, beside what each finding offers."
    ),
]
PdfOption = Annotated[
    bool,
    typer.Option(
        "--pdf", help="Print the published findings as PDF as well, into a folder beside the pages; needs Chromium."
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Make also what is unchanged.")]
