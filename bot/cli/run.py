"""`lookout run`: the bot."""

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, host_and_port, recent_moment, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.config import Settings


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
    parser.add_argument(
        "--listen",
        type=host_and_port,
        metavar="HOST:PORT",
        help="where /livez, /readyz and /metrics answer, instead of watch.host and watch.port",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run until told to stop."""
    settings = settings_of(arguments)
    from bot.patrol import Patrol  # noqa: PLC0415 - keeps `lookout --help` quick

    since = arguments.since and int(arguments.since.timestamp() * 1000)
    Patrol(arguments.config, listening(settings, arguments.listen), since).run()
    return 0


def listening(settings: "Settings", place: tuple[str, int] | None) -> "Settings":
    """Return the settings with another place for the health checks, if one is given."""
    if place is None:
        return settings
    watch = settings.watch.model_copy(update=dict(zip(("host", "port"), place, strict=True)))
    return settings.model_copy(update={"watch": watch})
