"""What dask calls on a worker: functions of a module, which it sends by their names, with plain values.

None raises: dask would write its arguments into the worker's log, and they can be what is protected.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from sozialanalyse.batch.cluster import likeness

if TYPE_CHECKING:
    from sozialanalyse.batch.cluster.parcels import Answer, Goods, Parcel
    from sozialanalyse.batch.cluster.site import Site

_SITES: dict[str, Site] = {}
_LOCK = threading.Lock()


def introduce() -> dict[str, str]:
    """Say what this worker makes pages with."""
    return likeness.own()


def settle(batch: str, goods: Goods) -> str | None:
    """Take what a batch sends, once; return why that cannot be."""
    from sozialanalyse.batch.cluster.site import Site  # noqa: PLC0415 - after the introduction, which must be possible

    with _LOCK:
        if batch not in _SITES:
            try:
                _SITES[batch] = Site(goods, lambda: _close(batch))
            except (OSError, ValueError) as error:
                return f"{type(error).__name__}: {error}"
    return None


def work(batch: str, name: str, parcel: Parcel) -> Answer:
    """Make a finding of a batch, and tell the batch that it has begun."""
    from distributed import get_worker  # noqa: PLC0415 - heavy

    worker = get_worker()
    site = _SITES.get(batch)
    if site is None:
        return {"stranger": worker.address}
    try:
        worker.log_event(batch, {"begun": name})
        return site.carry_out(parcel)
    except Exception as error:  # noqa: BLE001 - see above
        return {"lost": f"{type(error).__name__}: {error}"}


async def leave(batch: str) -> None:
    """End what a batch has here, beside the loop that the worker lives by."""
    await asyncio.to_thread(_close, batch)


def _close(batch: str) -> None:
    with _LOCK:
        site = _SITES.pop(batch, None)
    if site is not None:
        site.close()
