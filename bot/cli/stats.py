"""`lookout stats`: what people made of the suggestions."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

DAYS = 90
DAY_S = 86_400.0


def register(subparsers: "Subparsers") -> None:
    """Add `stats`."""
    parser = add_command(
        subparsers,
        "stats",
        summary="precision, review latency, volumes and what is missed",
        description=(
            "Print how many suggestions were worth a look, by tier, rule, label, medium and\n"
            "month, with 95 % intervals; how long people took; and what is missed, as far as the\n"
            "audit sample tells.\n"
            "What counts as what: docs/decisions.md."
        ),
        example="lookout stats --days 30 --csv figures/",
    )
    add_config(parser)
    add_days(parser)
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="also write a CSV a table")
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.set_defaults(run=stats)


def add_days(parser: argparse._ActionsContainer) -> None:
    """Add `--days`."""
    parser.add_argument(
        "--days",
        type=positive,
        default=DAYS,
        metavar="N",
        help=f"what was suggested in the last N days (default: {DAYS})",
    )


def positive(text: str) -> int:
    """Return a whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not above 0")
    return number


def stats(arguments: argparse.Namespace) -> int:
    """Print the report."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.statistics import tables, text  # noqa: PLC0415 - likewise
    from bot.statistics.recent import recent  # noqa: PLC0415 - likewise

    settings = settings_of(arguments)
    with Ledger(settings.ledger.address) as ledger:
        made = recent(ledger, settings.reviews, days=arguments.days)
    if arguments.csv:
        tables.write(made, arguments.csv)
    print(json.dumps(asdict(made)) if arguments.json else text.table(made))
    return 0
