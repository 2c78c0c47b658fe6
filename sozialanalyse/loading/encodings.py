"""Turning the bytes of a text file into text: the encoding is declared, or detected and stated; a wrong one is a fault.

Strict UTF-8 tells itself: text in another encoding practically never happens to be valid UTF-8 with letters beyond ASCII.
Between cp1252 and ISO-8859-1 the bytes 0x80 to 0x9f decide: in cp1252 they are letters and signs such as €, in
ISO-8859-1 control characters that no table holds.
"""

from __future__ import annotations

import codecs
import re
from typing import NoReturn

from sozialanalyse.errors import DataError, Fault, Place

UTF_8 = "utf-8"

BYTE_ORDER_MARKS = (
    # A mark of UTF-32 begins like one of UTF-16, so it comes first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

BEYOND_LATIN_1 = re.compile(rb"[\x80-\x9f]")

NOT_IN_A_WORD = re.compile(rb"[A-Za-z][\x81\x82\x84\x87\x8d\x8f\x90\x94\x9d][a-z]|[a-z][\x8a\x8c\x8e\x9f][a-z]")
"""What ä, ö and ü of DOS (cp850) and old Macintosh files are in cp1252: quotation marks and capitals within words."""


def decode(raw: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """Return the text of a file without its byte order mark, and its encoding.

    Parameters
    ----------
    raw
        The file's bytes.
    name
        How the file is called in messages.
    declared
        The encoding that a planner declared; without it, it is detected.

    Raises
    ------
    DataError
        The bytes are not text of the declared encoding, or plainly are text of another; none can be detected.

    Examples
    --------
    >>> decode("Köln".encode("cp1252"), "x.csv")
    ('Köln', 'iso-8859-1')
    >>> decode("Köln 5 €".encode("cp1252"), "x.csv")
    ('Köln 5 €', 'cp1252')
    """
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if raw.startswith(mark)), None)
    encoding = _agreed(declared, marked, raw, name) if declared else marked or _detected(raw, name)
    text = _strictly(raw, encoding, name)
    if "\x00" in text:
        message = "the file holds NUL characters and is not {encoding} text; is it UTF-16 or no text file?"
        raise DataError(Fault(message, {"encoding": _plain(encoding)}, Place(name)))
    return text, _plain(encoding)


def _plain(encoding: str) -> str:
    return UTF_8 if encoding == "utf-8-sig" else encoding


def _agreed(declared: str, marked: str | None, raw: bytes, name: str) -> str:
    """Refuse a declared encoding that decodes the bytes, but into other letters than were meant."""
    family = codecs.lookup(declared).name
    if marked and not family.startswith(_plain(marked)):
        _refuse(name, declared, found=_plain(marked))
    if marked:
        return marked
    if _is_single_byte(family) and not raw.isascii() and _is_utf_8(raw):
        _refuse(name, declared, found=UTF_8)
    if family == "iso8859-1" and BEYOND_LATIN_1.search(raw):
        _refuse(name, declared, found="cp1252")
    return declared


def _refuse(name: str, declared: str, *, found: str) -> NoReturn:
    message = "the file is declared as {encoding}, but it is written in {found}; declare that, or leave encoding out"
    raise DataError(Fault(message, {"encoding": declared, "found": found}, Place(name)))


def _is_single_byte(family: str) -> bool:
    """Tell whether each byte is a character, so that every sequence of bytes is some text."""
    return family.startswith(("cp125", "iso8859", "cp8", "cp4", "mac"))


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _detected(raw: bytes, name: str) -> str:
    if _is_utf_8(raw):
        return UTF_8
    if b"\x00" in raw:
        message = "the file holds NUL characters and is not {encoding} text; is it UTF-16 or no text file?"
        raise DataError(Fault(message, {"encoding": UTF_8}, Place(name)))
    if odd := NOT_IN_A_WORD.search(raw):
        message = (
            "the encoding of the file cannot be told: it is not UTF-8, and as cp1252 a word would read '{word}'; "
            "declare encoding, often cp850 or mac-roman"
        )
        word = odd.group().decode("cp1252", errors="replace")
        raise DataError(Fault(message, {"word": word}, Place(name, _line(raw, odd.start()))))
    return "cp1252" if BEYOND_LATIN_1.search(raw) else "iso-8859-1"


def _strictly(raw: bytes, encoding: str, name: str) -> str:
    if encoding.lower() in {"utf-8", "utf8"}:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        message = "the file is not {encoding} text (found the byte 0x{byte:02x}); declare its encoding, often cp1252"
        values = {"encoding": _plain(encoding), "byte": raw[min(error.start, len(raw) - 1)]}
        raise DataError(Fault(message, values, Place(name, _line(raw, error.start)))) from error


def _line(raw: bytes, position: int) -> int:
    return raw.count(b"\n", 0, position) + 1
