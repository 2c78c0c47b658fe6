"""Where towns, notebooks and plans stand, and what is checked of them before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from sozialanalyse.errors import UsageError
from sozialanalyse.language import Language, LanguageCode

if TYPE_CHECKING:
    from sozialanalyse.town import Town

STANDARD_PLAN = Path("plans") / "standard.yml"
"""The plan of a town, where it has one, and of the notebooks."""

QUALITY_PLAN = Path("plans") / "quality.yml"
"""The plan of the report on a town's data."""

PUBLIC = "public"

SHARING_MESSAGES = {
    True: "Not for sharing: the page holds confidential counts and is for {audience} only.",
    False: "Not for sharing: the page is for {audience} only.",
}
"""Of a page that is not for the public, by whether its counts are confidential."""


def root() -> Path:
    """Give the folder with notebooks and data: the current one, or the checkout that this library runs from."""
    here = Path.cwd()
    return here if (here / "notebooks" / STANDARD_PLAN).is_file() else Path(__file__).parents[2]


def notebooks() -> Path:
    """Give the folder of the notebooks."""
    return root() / "notebooks"


def town_folder(town: Path | None) -> Path:
    """Give the folder of a town, without one that of the town that comes with the program."""
    return root() / "data" / "musterstadt" if town is None else town.resolve()


def plan_of(town: Path, given: Path | None) -> Path:
    """Choose the plan: the one that was named, that of the town, or the standard one."""
    if given is not None and not given.is_file():
        message = "there is no plan {plan}"
        raise UsageError(message, plan=given.name)
    if given is not None:
        return given
    own = town / STANDARD_PLAN
    return own if own.is_file() else notebooks() / STANDARD_PLAN


def require_raw(raw: Path | None) -> None:
    """Refuse a folder of raw files that is not there."""
    if raw is not None and not raw.is_dir():
        message = "there is no folder of raw files {folder}"
        raise UsageError(message, folder=raw.name)


def notices_of(town: Town, audience: str, impossible: int) -> dict[LanguageCode, tuple[str, ...]]:
    """Give what every page must say of its data in each language: for whom it is, and what cannot be right."""
    notices: dict[LanguageCode, tuple[str, ...]] = {}
    for code in get_args(LanguageCode):
        words = Language(code)
        said = []
        if audience != PUBLIC:
            is_confidential = town.data.file.confidentiality == "confidential"
            said.append(words.text(SHARING_MESSAGES[is_confidential], audience=words.text(audience)))
        if impossible:
            said.append(
                words.plural(
                    "{count} number of this town cannot be right; what it enters is to be read with care until it is mended.",
                    "{count} numbers of this town cannot be right; what they enter is to be read with care until they "
                    "are mended.",
                    impossible,
                )
            )
        notices[code] = tuple(said)
    return notices


def static_of(town: Town, audience: str) -> tuple[str, ...]:
    """Give the texts with numerals in them that are no results, in all languages, for the audit of public pages."""
    if audience != PUBLIC:
        return ()
    from sozialanalyse.findings.static import static_texts  # noqa: PLC0415 - heavy

    return tuple(text for code in get_args(LanguageCode) for text in static_texts(town.catalogue, town.data.file, code))
