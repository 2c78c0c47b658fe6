"""Releases of towns that need not be opened, since every file is what it was when the Release was made.

Nothing here reads what is in the files: only their bytes are hashed, in the process of the gate, before it imports anything
heavy. A memo in the cache holds hashes, the result that the gate gave, and which kept Release goes with it. Where anything is
missing, damaged or other than it was, the town is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import posixpath
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialanalyse.disclosure.places import LEDGER_FOLDER, cache_folder, require_writable
from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

SCHEMA = 1
MEMO = ".memo.json"
"""Ending of the name of a memo."""

MOST_KEPT = 100
"""So many memos are kept; the oldest go first."""

RAW_VARIABLE = "SOZIALANALYSE_RAW"
"""As :data:`sozialanalyse.loading.raw_folder.RAW_VARIABLE`, which is heavy to import; a test keeps both alike."""

NOT_OF_THE_GATE = ("withdrawals.jsonl",)
"""Files in the folder of the ledger that no Release depends on."""

_PACKAGE = Path(__file__).parents[1]

Job = dict[str, Any]


def recalled(job: Job) -> dict[str, Any] | None:
    """Give the result of a job again, and the file of its Release, where nothing that it is made of has changed.

    Parameters
    ----------
    job
        As of :func:`sozialanalyse.disclosure.process.make`.

    Returns
    -------
    dict or None
        None: the town must be opened.
    """
    memo = _read(_place_of(job))
    with contextlib.suppress(OSError, KeyError, TypeError, ValueError, UsageError):
        if memo["inputs"] == inputs_of(job, memo["raw"]) and memo["ledger"] == ledger_state(ledger_of(job)):
            content = (cache_folder() / memo["release"]).read_bytes()
            if _sha256(content) == memo["file"]:
                if not job["only_look"]:
                    require_writable(ledger_of(job))
                Path(job["file"]).write_bytes(content)
                return dict(memo["result"])
    return None


def remember(job: Job, result: Mapping[str, Any], kept: Path, read: Iterable[str], before: str) -> None:
    """Keep a memo of a result; that this fails must not stop anything.

    Parameters
    ----------
    job, result
        What was asked for, and what came of it.
    kept
        The Release in the cache.
    read
        Names of the raw files that were read.
    before
        What :func:`snapshot` gave before the town was opened: where it gives something else now, nobody knows what was read.
    """
    with contextlib.suppress(OSError, KeyError):
        file, raw = _sha256(Path(job["file"]).read_bytes()), sorted({_stem(name) for name in read})
        inputs, ledger = inputs_of(job, raw), ledger_state(ledger_of(job))
        if inputs is None or snapshot(job) != before or _sha256(kept.read_bytes()) != file:
            return
        memo = {
            "inputs": inputs,
            "raw": raw,
            "ledger": ledger,
            "result": dict(result),
            "release": kept.name,
            "file": file,
        }
        _write(_place_of(job), {"schema": SCHEMA, **memo})
        by_age = sorted(cache_folder().glob(f"*{MEMO}"), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-MOST_KEPT]:
            path.unlink(missing_ok=True)


def entered(sha256: str, before: str, after: str) -> None:
    """Note that a Release was entered into its ledger: made anew, it would come out the same.

    Parameters
    ----------
    sha256
        Of the Release.
    before, after
        :func:`ledger_state` of the ledger.
    """
    with contextlib.suppress(OSError, KeyError):
        for path in cache_folder().glob(f"*{MEMO}"):
            memo = _read(path)
            if memo and (memo["result"]["sha256"], memo["ledger"]) == (sha256, before):
                _write(path, {**memo, "ledger": after})


def hand_over(job: Job, result: Mapping[str, Any]) -> None:
    """Write the result of a job, whole or not at all, for whoever started this process."""
    _write(Path(job["result"]), result)


def ledger_of(job: Job) -> Path:
    """Name the folder of the ledger."""
    return Path(job["ledger"]) if job["ledger"] else Path(job["town"]) / LEDGER_FOLDER


def inputs_of(job: Job, raw: Collection[str]) -> str | None:
    """Hash all that a Release is made of but the ledger: the town's files, the raw files that are read, the program, the libraries.

    Parameters
    ----------
    job
        With the places and the audience.
    raw
        Hashes of the names (without their endings, so that what belongs to a file stands by it) of raw files that are read. Of all
        others only the names count: a mapping may ask for all files of a pattern.

    Returns
    -------
    str or None
        None where one of the raw files cannot be found.
    """
    town, folder, ledger = Path(job["town"]), _raw_of(job), ledger_of(job).resolve()
    own = [(name, _content(path)) for name, path in _files(town, without=ledger)]
    named = [] if folder is None else [(name, path, _stem(name)) for name, path in _files(folder)]
    missing = set(raw) - {_stem(name) for name, _ in own} - {stem for *_, stem in named}
    if missing:
        return None
    delivered = [(name, _content(path) if stem in raw else "") for name, path, stem in named]
    return _sha256(json.dumps([own, delivered, job["audience"], _program(), _libraries()]).encode())


def ledger_state(folder: Path) -> str:
    """Hash the files of a ledger."""
    files = [(name, _content(path)) for name, path in _files(folder) if name not in NOT_OF_THE_GATE]
    return _sha256(json.dumps(files).encode())


def snapshot(job: Job) -> str:
    """Describe all files that a job may read by their sizes and times, which is quick and tells whether one was changed meanwhile."""
    folders = [Path(job["town"]), ledger_of(job), *filter(None, [_raw_of(job)])]
    found = [(name, (state := path.stat()).st_size, state.st_mtime_ns) for one in folders for name, path in _files(one)]
    return _sha256(json.dumps(found).encode())


def _raw_of(job: Job) -> Path | None:
    named = job["raw"] or os.environ.get(RAW_VARIABLE)
    return Path(named) if named else None


def _place_of(job: Job) -> Path:
    """Name the memo of a town's place, its ledger, its raw files and an audience."""
    about = [str(job["town"]), str(_raw_of(job)), str(ledger_of(job)), str(job["audience"])]
    return cache_folder() / f"{_sha256(json.dumps(about).encode())}{MEMO}"


def _files(folder: Path, without: Path | None = None) -> Iterator[tuple[str, Path]]:
    """List all files of a folder with their names in it, in the same order everywhere; each folder once, links followed."""
    seen = {without and str(without)}
    for parent, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            yield path.relative_to(folder).as_posix(), path


def _stem(name: str) -> str:
    """Hash a name without its ending: the same name on every file system, and no name in the cache."""
    plain = unicodedata.normalize("NFC", posixpath.splitext(posixpath.normpath(name))[0]).casefold()
    return _sha256(plain.encode())


def _program() -> list[tuple[str, str]]:
    sources = ((name, path) for name, path in _files(_PACKAGE) if path.suffix in {".py", ".yml"})
    return [(name, _content(path)) for name, path in sources]


def _libraries() -> list[str]:
    """Name the interpreter and what is installed, with versions, as the folders of distributions are called."""
    endings = (".dist-info", ".egg-info")
    places = [Path(place) for place in sys.path if place and Path(place).is_dir()]
    return [sys.version, *sorted(name for place in places for name in _names(place) if name.endswith(endings))]


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("schema") == SCHEMA else {}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file for nobody else to read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(content), encoding="utf-8")
    partial.replace(path)
