"""Run one benchmark by its name, or list them: ``python -m benchmarks [NAME]``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def names() -> list[str]:
    """List the benchmarks: the modules of this package that are not private."""
    return sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named; the rest of the arguments are its own."""
    if not arguments or arguments[0] not in names():
        sys.stdout.write("python -m benchmarks NAME, where NAME is one of:\n")
        for name in names():
            module = importlib.import_module(f"benchmarks.{name}")
            sys.stdout.write(f"  {name:12} {(module.__doc__ or '').partition(chr(10))[0]}\n")
        return 2 if arguments else 0
    return int(importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
