"""Number words: German and English words that tell a number, as "drei" or "twenty-three" do.

Articles ("ein", "one") are none, unless a word beside them makes a count of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_GERMAN = (
    r"(?:(?:ein|eins|und|null|zwei|zwo|drei|vier|f(?:ü|ue)nf|sechs?|sieb(?:en)?|acht|neun|zehn|elf|zw(?:ö|oe)lf|zwan"
    r"|zig|(?:ß|ss)ig|hundert|tausend)+(?:er|en|mal|fache?[nmrs]?|tel)?)"
)
_ENGLISH = (
    r"(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|dozens?|twice|half|thirds?)"
)
_OTHER = (
    r"Dutzend|H(?:ä|ae)lfte|doppelt|Drittel|(?:nur|genau|lediglich|blo(?:ß|ss)) ein(?:e[rnms]?)?"
    r"|einzig(?:e[rnms]?)?|(?:only|exactly|just) one"
)
_WORD = re.compile(rf"(?<![\w-])(?:{_GERMAN}|{_ENGLISH}|{_OTHER})(?!\w)", re.IGNORECASE)
_NO_NUMBER = re.compile(r"(?:ein|eins|und)+(?:er|en|mal|fache?[nmrs]?)?|viertel", re.IGNORECASE)
"""Articles, what only looks like a number, and a word that mostly means a part of a town."""


def number_words(text: str) -> Iterator[tuple[int, str]]:
    """Find the number words of a text.

    Returns
    -------
    iterator
        Where each begins, and the word.

    Examples
    --------
    >>> [word for _, word in number_words("Dreizehn von einundzwanzig, nur eine mehr; ein Vergleich")]
    ['Dreizehn', 'einundzwanzig', 'nur eine']
    >>> [word for _, word in number_words("twenty-three of a hundred; one of the three")]
    ['twenty', 'hundred', 'three']
    """
    for found in _WORD.finditer(text):
        if not _NO_NUMBER.fullmatch(found.group()):
            yield found.start(), found.group()
