"""Loading the statistics is cheap: what is heavy and seldom needed loads with the function that needs it."""

import subprocess
import sys

HEAVY = ("pandas", "scipy.stats", "scipy.optimize", "scipy.sparse", "scipy.linalg", "statsmodels", "esda", "libpysal")


def test_the_statistics_load_nothing_heavy():
    program = f"import sys, sozialanalyse.statistics; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
