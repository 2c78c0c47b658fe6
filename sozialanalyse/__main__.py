"""``python -m sozialanalyse``."""

from sozialanalyse.cli import main

if __name__ == "__main__":
    main()
