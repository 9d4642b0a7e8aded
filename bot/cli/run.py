"""`lookout run`: the bot."""

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, recent_moment, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `run`."""
    parser = add_command(
        subparsers,
        "run",
        summary="watch uploads and suggest files for review",
        description=(
            "Follow the event stream, score every new upload, and put suggestions on the review\n"
            "page. A dry run unless config.yaml says `mode: live`. Ends cleanly on SIGTERM and\n"
            "Ctrl-C, and goes on where it ended when started again."
        ),
        example="lookout run --config config.yaml",
    )
    add_config(parser)
    parser.add_argument(
        "--since",
        type=recent_moment,
        metavar="TIME",
        help="uploads from then on, too: 2026-11-22T14:00 (UTC) or '2 days ago'; what the stream "
        "has passed already is read from the wiki's log",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until told to stop."""
    settings = settings_of(arguments)
    from bot.patrol import Patrol  # noqa: PLC0415 - keeps `lookout --help` quick

    since = arguments.since and int(arguments.since.timestamp() * 1000)
    Patrol(arguments.config, settings, since).run()
    return 0
