"""`lookout demo`: the bot on a miniature Commons."""

import argparse
import math
from typing import TYPE_CHECKING

from bot.cli.options import add_command
from model.bundle import DEFAULT_BUNDLE

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

UPLOAD_SECONDS = 20.0


def register(subparsers: "Subparsers") -> None:
    """Add `demo`."""
    parser = add_command(
        subparsers,
        "demo",
        summary="see the bot work on a miniature Commons, offline",
        description=(
            "Run the unchanged bot, dry-run, against a small look-alike of Wikimedia Commons and\n"
            "its event stream on this machine. The files are harmless, and the rule asks for\n"
            "drawings, so that the way of a suggestion can be seen. Ends by itself."
        ),
        example="lookout demo",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=UPLOAD_SECONDS,
        metavar="N",
        help="spread the uploads over N seconds (default: %(default)g)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the bot's settings, ledger and pages"
    )
    parser.add_argument(
        "--model",
        default=DEFAULT_BUNDLE,
        help="an installed model with the label `drawing` (default: %(default)s)",
    )
    parser.set_defaults(run=demo)


def demo(arguments: argparse.Namespace) -> int:
    """Run the demonstration."""
    from bot.demo.show import show  # noqa: PLC0415 - keeps `lookout --help` quick

    show(arguments.seconds, keep=arguments.keep, model=arguments.model)
    return 0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("should be a number of seconds above 0")
    return value
