"""The switch: two folders change places in one step, so that whoever looks sees the one or the other, whole.

On Linux ``renameat2`` with ``RENAME_EXCHANGE`` (since 3.15, https://man7.org/linux/man-pages/man2/rename.2.html), on macOS
``renamex_np`` with ``RENAME_SWAP`` (since 10.12). Windows has nothing like it, and neither have some file systems.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HERE = -100  # AT_FDCWD: names are those that open() would take
_EXCHANGE = 2  # RENAME_EXCHANGE of linux/fs.h, and RENAME_SWAP of macOS's sys/stdio.h

UNABLE = frozenset(
    {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EBUSY, errno.EPERM, errno.EACCES}
)
"""How a system says that these two folders cannot change places: it knows no such call, or its file system does not, they lie
on two of them, one is a mount point, or the folder around is not ours."""


class CannotSwitchError(Exception):
    """Two folders cannot change places here."""


def switch(one: Path, other: Path) -> None:
    """Let two folders change places at once.

    Parameters
    ----------
    one, other
        Both must exist, on the same file system.

    Raises
    ------
    CannotSwitchError
        When that cannot be done here; nothing has changed.
    OSError
        When it could have been done and went wrong; nothing has changed.
    """
    error = _exchange(os.fsencode(one), os.fsencode(other))
    if error in UNABLE:
        raise CannotSwitchError(os.strerror(error))
    if error:
        raise OSError(error, os.strerror(error), str(other))


def _exchange(one: bytes, other: bytes) -> int:
    """Call the system; return the number of its error, zero for none."""
    if sys.platform == "win32":
        return errno.ENOSYS
    system = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            failed = system.renamex_np(one, other, ctypes.c_uint(_EXCHANGE))
        else:
            failed = system.renameat2(_HERE, one, _HERE, other, ctypes.c_uint(_EXCHANGE))
    except AttributeError:  # a C library without the call
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0
