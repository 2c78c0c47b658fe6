"""Loading: a town's deliveries become checked counts.

One way in, :func:`load_town`; the modules below it read one kind of file each.
"""

from sozialanalyse.loading.opening import RAW_VARIABLE, TownData, load_town

__all__ = ["RAW_VARIABLE", "TownData", "load_town"]
