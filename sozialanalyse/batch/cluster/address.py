"""What can be seen of ``--cluster`` before anything is begun."""

from __future__ import annotations

import importlib.util
import re

from sozialanalyse.batch.gate import UNPROTECTED
from sozialanalyse.errors import UsageError

_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}", re.ASCII)


def require_usable(address: str, audience: str) -> None:
    """Refuse an address that is none, an installation without dask, and an audience whose data stay here.

    Parameters
    ----------
    address
        Of a scheduler, such as ``tcp://10.0.0.5:8786``.
    audience
        For whom the pages are.

    Raises
    ------
    UsageError
        Saying what to do instead.
    """
    if not _ADDRESS.fullmatch(address):
        message = "--cluster {found}: this is no address of a scheduler; write tcp://HOST:PORT or tls://HOST:PORT"
        raise UsageError(message, found=address)
    if audience == UNPROTECTED:
        message = (
            "--cluster with --audience {audience}: the town's own data do not leave this machine; leave --cluster out"
        )
        raise UsageError(message, audience=audience)
    if importlib.util.find_spec("distributed") is None:
        message = "--cluster needs the package distributed: pip install 'sozialanalyse[cluster]'"
        raise UsageError(message)
