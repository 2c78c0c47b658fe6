"""Files that a finding offers beside its page: how they come with its notebook, where they stand, how the page links to them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from sozialanalyse.language import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

DOWNLOADS = "application/vnd.sozialanalyse.downloads+json"
"""Output type of files that stand beside the page: ``files``, each with ``ending``, ``name``, ``use`` and its bytes in base64."""

ENDINGS = ("csv", "xlsx", "tidy.csv", "tidy.csv-metadata.json")
"""Endings that such a file can have."""

NAME = b"{file}"
"""What stands in a file where the name of the table beside it will be."""

THOUSAND = 1000
"""Bytes of a kilobyte."""


class OfferError(ValueError):
    """What a notebook offers is no file that can stand beside a page."""


def offered(data: Any, address: str) -> dict[str, bytes]:
    """Read the files of an output, by their address below the output folder.

    Parameters
    ----------
    data
        Of the output.
    address
        Of the page.

    Raises
    ------
    OfferError
        It is not as agreed.
    """
    found: dict[str, bytes] = {}
    try:
        for file in data["files"]:
            if file["ending"] not in ENDINGS:
                raise OfferError(str(file["ending"])[:40])
            found[beside(address, file["ending"])] = base64.b64decode(file["content"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise OfferError(type(error).__name__) from error
    name = beside(address, "tidy.csv").rpartition("/")[2].encode()
    return {file: content.replace(NAME, name) if file.endswith(".json") else content for file, content in found.items()}


def beside(page: str, ending: str) -> str:
    """Give the address of a file beside a page.

    Examples
    --------
    >>> beside("trend/children.de.html", "csv")
    'trend/children.de.csv'
    """
    return f"{page.removesuffix('.html')}.{ending}"


def links(data: Any, files: Mapping[str, bytes], address: str, language: str) -> Markup:
    """Write the list of the files, each with its size and what it is for.

    Parameters
    ----------
    data, files
        The output, and its files by their address.
    address
        Of the page.
    language
        Of the page.
    """
    words = Language(language)  # type: ignore[arg-type]  # that of the run
    entries = ((beside(address, file["ending"]), file) for file in data["files"])
    items = Markup().join(
        Markup("<li>{}: {}</li>").format(
            link(place, str(file["name"]), len(files[place]), words, from_root=False), file["use"]
        )
        for place, file in entries
    )
    hint = words.text("The files stand beside this page. Anyone who has only the page finds the numbers in its tables.")
    return Markup('<ul class="downloads">{}</ul><p>{}</p>').format(items, hint)


def link(address: str, name: str, size: int, words: Language, *, from_root: bool = True) -> Markup:
    """Link to a file, with its size in kilobytes; the number has a key, so that the audit can hold it to the file."""
    href = address if from_root else address.rpartition("/")[2]
    key = f"size|{quote(address, safe='')}"
    template = Markup('<a href="{}" download>{}</a> (<data value="{}">{}</data> kB)')
    return template.format(href, name, key, words.number(-(-size // THOUSAND)))
