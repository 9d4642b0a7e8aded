"""`lookout work`: one more process that scores."""

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, host_and_port, settings_of
from bot.cli.run import listening

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `work`."""
    parser = add_command(
        subparsers,
        "work",
        summary="score uploads beside the bot, on the same ledger",
        description=(
            "Only score what `lookout run` has put into the ledger; the bot does all the rest.\n"
            "Any number of processes may do so, on any machine that reaches the ledger: a MariaDB\n"
            "then, and fleet.redis, by which all keep to Wikimedia's limits together."
        ),
        example="lookout work --config config.yaml",
    )
    add_config(parser)
    parser.add_argument(
        "--listen",
        type=host_and_port,
        metavar="HOST:PORT",
        help="where /livez, /readyz and /metrics answer, instead of watch.host and watch.port",
    )
    parser.set_defaults(run=work)


def work(arguments: argparse.Namespace) -> int:
    """Score until told to stop."""
    settings = settings_of(arguments)
    from bot.patrol import Patrol  # noqa: PLC0415 - keeps `lookout --help` quick

    Patrol(arguments.config, listening(settings, arguments.listen)).score()
    return 0
