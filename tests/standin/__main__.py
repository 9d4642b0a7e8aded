"""`PYTHONPATH=tests python -m standin FOLDER`: write the stand-in task."""

import argparse
from pathlib import Path

from standin.task import make


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument(
        "--overlapping", action="store_true", help="some can be told by degree only"
    )
    arguments = parser.parse_args()
    make(arguments.folder, arguments.pictures, overlapping=arguments.overlapping)


main()
