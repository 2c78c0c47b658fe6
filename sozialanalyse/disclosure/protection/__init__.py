"""Secondary suppression: the fewest cells to hide so that nobody can compute the primary ones, or know too much of them."""

from sozialanalyse.disclosure.protection.attack import intervals
from sozialanalyse.disclosure.protection.suppression import protect

__all__ = ["intervals", "protect"]
