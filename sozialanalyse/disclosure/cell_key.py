"""The cell-key method: every count gets a small noise that depends only on who is counted, so the same people always give the same.

Each person has a secret key; the key of a cell is the sum of the keys of those it counts, without the whole turns. It
picks the noise from a perturbation table. A table that shows the same people in another arrangement shows the same number,
so that noise cannot be averaged away by asking again.

Where only counts are at hand and no persons, the smallest parts that are told apart (atoms) hold so many made-up persons as
they count: a cell that is put together of the same atoms has the same key, however it is asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sozialanalyse.disclosure.loss import InformationLoss, information_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sozialanalyse.disclosure.perturbation import PerturbationTable

    Floats = NDArray[np.float64]
    Keys = NDArray[np.uint64]
    Ints = NDArray[np.intp]

SHORTEST_SECRET: Final = 16
"""Bytes; a shorter secret could be found by trying."""


@dataclass(frozen=True, eq=False)
class Perturbed:
    """Counts with noise.

    Parameters
    ----------
    value, difference
        Shape (cells,): what is shown, and what was added to the count.
    loss
        What that costs.
    """

    value: Floats
    difference: Floats
    loss: InformationLoss


def keys_of_people(identities: Sequence[str], secret: bytes) -> Keys:
    """Give each person a key.

    Parameters
    ----------
    identities
        One text a person, the same wherever the person is counted.
    secret
        At least :data:`SHORTEST_SECRET` bytes, never published and never changed: who knows it can take the noise off.

    Returns
    -------
    numpy.ndarray
        Shape (people,): whole numbers, uniform below 2**64, so that their sums do not depend on the order of adding.

    Raises
    ------
    ValueError
        If the secret is too short.
    """
    digests = [_digest(name, secret) for name in identities]
    return np.array([int.from_bytes(digest[:8], "big") for digest in digests], dtype=np.uint64)


def keys_of_counts(identities: Sequence[str], counts: Floats, secret: bytes) -> Keys:
    """Give each smallest part of a table the summed keys of so many made-up people as it counts.

    Parameters
    ----------
    identities
        Shape (atoms,): which part of the table it is: measure, area, period, sex and ages.
    counts
        Shape (atoms,): whole numbers, none negative.
    secret
        As of :func:`keys_of_people`.

    Returns
    -------
    numpy.ndarray
        Shape (atoms,).

    Raises
    ------
    ValueError
        If the secret is too short, or a count is negative or missing.
    """
    if not (np.asarray(counts) >= 0).all():
        msg = "a count is negative or missing"
        raise ValueError(msg)
    streams = (np.random.Philox(key=int.from_bytes(_digest(name, secret), "big")) for name in identities)
    drawn = (stream.random_raw(int(count)) for stream, count in zip(streams, counts, strict=True))
    return np.array([np.add.reduce(keys, dtype=np.uint64) for keys in drawn], dtype=np.uint64)


def summed_keys(keys: Keys, part: Ints, cell: Ints, cells: int) -> Keys:
    """Sum the keys of what cells are made of.

    Parameters
    ----------
    keys
        Shape (parts,): keys of people or of atoms.
    part, cell
        Shape (pairs,): this part belongs to that cell; a part may belong to many.
    cells
        Number of cells.
    """
    total = np.zeros(cells, dtype=np.uint64)
    np.add.at(total, cell, keys[part])
    return total


def perturb(count: Floats, keys: Keys, table: PerturbationTable) -> Perturbed:
    """Add the noise to counts.

    Parameters
    ----------
    count
        Shape (cells,): whole numbers; NaN where there is none.
    keys
        Shape (cells,): keys of the cells (see :func:`summed_keys`).
    table
        With which probability a count is changed by how much.

    Returns
    -------
    Perturbed
        A zero stays a zero. Sums do not hold exactly: each cell has a noise of its own.
    """
    count = np.asarray(count, dtype=np.float64)
    counted = ~np.isnan(count)
    difference = np.full(count.shape, np.nan)
    difference[counted] = table.change(count[counted], _fractions(keys[counted]))
    shown = count + difference
    return Perturbed(shown, difference, information_loss(count, shown))


def _digest(name: str, secret: bytes) -> bytes:
    if len(secret) < SHORTEST_SECRET:
        msg = f"the secret has {len(secret)} bytes; at least {SHORTEST_SECRET} are needed"
        raise ValueError(msg)
    return hashlib.blake2b(name.encode(), key=hashlib.sha256(secret).digest(), digest_size=16).digest()


def _fractions(keys: Keys) -> Floats:
    """Turn keys into numbers from 0 to below 1; of 64 bits a float holds the first 53."""
    return np.asarray((keys >> np.uint64(11)).astype(np.float64) * 2.0**-53)
