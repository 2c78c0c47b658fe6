"""Loading: a town's deliveries become checked counts.

One way in, :func:`load_town`; the modules below it read one kind of file each.
"""

from sozialanalyse.loading.corrections import CORRECTIONS_FILE, AppliedCorrection
from sozialanalyse.loading.deliveries import Delivery
from sozialanalyse.loading.opening import TownData, load_town
from sozialanalyse.loading.raw_folder import RAW_VARIABLE

__all__ = ["CORRECTIONS_FILE", "RAW_VARIABLE", "AppliedCorrection", "Delivery", "TownData", "load_town"]
