"""What lies beside the pages of an edition so that everybody can check them, and the check before they are published."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from sozialanalyse.batch.gate import PUBLIC
from sozialanalyse.batch.publishing import KNOWLEDGE, SHARED
from sozialanalyse.batch.store.scratch import scratch
from sozialanalyse.batch.store.trees import write
from sozialanalyse.errors import Fault, SozialanalyseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sozialanalyse.batch.orders import Order
    from sozialanalyse.batch.runs import Run
    from sozialanalyse.language import Language


class AuditError(SozialanalyseError):
    """An attack on the pages found something; nothing was published."""


def shared_files(order: Order, runs: Sequence[Run], names: Iterable[str] = ()) -> dict[str, str]:
    """Take what everybody may know out of the file of a public Release, and add the texts that may stand on its pages.

    Parameters
    ----------
    order
        With the file of the Release.
    runs
        Of the plan: their ids, titles and notebooks hold numerals that are no results.
    names
        Others that do, such as names of programs in the run report.
    """
    if order.release is None or order.audience != PUBLIC:
        return {}
    from sozialanalyse.audit.numerals import has_numeral  # noqa: PLC0415 - heavy

    with zipfile.ZipFile(order.release) as archive:
        texts = {name: archive.read(name).decode("utf-8") for name in SHARED if name in archive.namelist()}
    if KNOWLEDGE in texts:
        content = json.loads(texts[KNOWLEDGE])
        # Their numbers are thresholds, no results.
        rules = (text for rule in content.get("rules", ()) for text in rule.values())
        static = {*order.static, *(text for run in runs for text in _texts_of(run)), *names, *rules}
        content["static"] = sorted(filter(has_numeral, static))
        texts[KNOWLEDGE] = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return texts


def _texts_of(run: Run) -> Iterator[str]:
    """Give what a run's page and its entries in the reports say of themselves: id, title, and the text of the notebook."""
    yield from filter(None, (run.id, run.title))
    for cell in json.loads(run.path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield from filter(None, map(str.strip, _plain("".join(cell["source"])).splitlines()))


def _plain(markdown: str) -> str:
    """Take the markup out of a text."""
    import mistune  # noqa: PLC0415 - heavy
    from markupsafe import Markup  # noqa: PLC0415 - only here

    return "\n".join(Markup(line).striptags() for line in str(mistune.html(markdown)).splitlines())  # noqa: S704 - only its text is taken


def verdicts() -> Path:
    """Give the folder of what the audit remembers of pages that have not changed: beside the Releases, in the cache of the user."""
    named = os.environ.get("SOZIALANALYSE_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    own = Path(named) if named else (Path(base) if base else Path.home() / ".cache") / "sozialanalyse"
    return own / "audit"


def require_safe(
    output: Path,
    kept: Iterable[str],
    pages: Mapping[str, str | bytes],
    side: Mapping[str, str | bytes],
    words: Language,
) -> None:
    """Attack an edition as it would be published.

    Parameters
    ----------
    output
        The output folder with the pages of the edition before.
    kept
        Addresses of all pages of the edition; those not in ``pages`` stay as they are.
    pages, side
        New pages by their address, and the files beside them.
    words
        The language in which it is said what was found.

    Raises
    ------
    AuditError
        With what the attack found.
    """
    from sozialanalyse.audit import audit_folder  # noqa: PLC0415 - heavy

    with scratch() as folder:
        for address in kept:
            (folder / address).parent.mkdir(parents=True, exist_ok=True)
            if address not in pages:
                shutil.copyfile(output / address, folder / address)
        for address, text in {**pages, **side}.items():
            write(folder / address, text)
        report = audit_folder(folder, memory=verdicts())
    if not report.is_safe:
        said = [Fault("{found}", {"found": line}) for line in report.lines(words.text)]
        raise AuditError([Fault("the audit of the pages failed, so nothing was published"), *said])
