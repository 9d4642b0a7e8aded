"""Lets chaos loose: `python -m chaos [--short] [--seed N] [--ledger sqlite|mariadb]`."""

import argparse
import random
import sys
from collections.abc import Sequence

from chaos.plan import LONG, SHORT
from chaos.run import run

KINDS = ("sqlite", "mariadb")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few troubles, for a minute")
    parser.add_argument("--seed", type=int, help="repeat the order of a run; random unless given")
    parser.add_argument("--ledger", choices=KINDS, help="one of them only")
    chosen = parser.parse_args(arguments)
    seed = random.randrange(10**6) if chosen.seed is None else chosen.seed
    reckonings = [
        run(kind, SHORT if chosen.short else LONG, seed)
        for kind in KINDS
        if chosen.ledger in (None, kind)
    ]
    for reckoning in reckonings:
        sys.stdout.write(f"{reckoning}\n")
    return int(not all(reckoning.good for reckoning in reckonings))


if __name__ == "__main__":
    raise SystemExit(main())
