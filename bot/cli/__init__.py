"""`lookout`: one command with sub-commands, each in a file of its own."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from bot import __version__
from bot.errors import LookoutError
from bot.logs import configure

COMMANDS: Final = (
    "run",
    "work",
    "replay",
    "backfill",
    "status",
    "dead",
    "wiki",
    "rules",
    "check_config",
    "models",
    "dataset",
    "train",
    "retrain",
    "evaluate",
    "calibrate",
    "robustness",
    "compress",
    "distil",
    "score",
    "serve",
    "stats",
    "shadow",
    "thresholds",
    "demo",
)
FAILED: Final = 1
INTERRUPTED: Final = 130

DESCRIPTION = """\
Watches new uploads to Wikimedia Commons, scores them with an image classifier, and hands
patrollers a short list of files that are worth a human look. Advisory only: it never deletes,
hides or notifies, and it starts as a dry run.
"""
EPILOG = """\
first steps:
  lookout demo                  see it work on a miniature Commons, offline
  lookout model install         get the default classifier
  lookout score picture.jpg     score files of your own
  lookout check-config          see the settings in force
  lookout serve                 answer over HTTP: the REST API
  lookout run                   watch the real uploads, dry-run unless configured otherwise
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        configure(verbose=options.verbose)
        code: int = options.run(options)
    except LookoutError as error:
        print(f"lookout: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="lookout",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lookout {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log more")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for name in COMMANDS:
        importlib.import_module(f"bot.cli.{name}").register(subparsers)
    return parser
