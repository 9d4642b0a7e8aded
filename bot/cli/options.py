"""What several commands share."""

import argparse
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import DEFAULT_PATH, Settings
from bot.configfile import load
from bot.moments import parse_moment

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no public name

LONGEST_AGO = timedelta(days=90)  # two million uploads lie in a month
CONFIG_VARIABLE = "LOOKOUT_CONFIG"
LAST_PORT = 65_535


def add_command(
    subparsers: "Subparsers", name: str, *, summary: str, description: str, example: str
) -> argparse.ArgumentParser:
    """Add a command whose --help ends with an example."""
    return subparsers.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_config(parser: argparse._ActionsContainer) -> None:
    """Add `--config`."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_PATH),
        metavar="FILE",
        help=f"the settings (default: ${CONFIG_VARIABLE}, else config.yaml)",
    )


def moment(text: str) -> datetime:
    """Return a time in the past, as an argument names it."""
    return _moment(text)


def recent_moment(text: str) -> datetime:
    """Return a time in the past, as an argument names it, at most `LONGEST_AGO` ago."""
    return _moment(text, longest=LONGEST_AGO)


def host_and_port(text: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT, such as 127.0.0.1:8000")
    return host, int(port)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the validated settings of `--config`."""
    path: Path = arguments.config
    return load(path)


def _moment(text: str, longest: timedelta | None = None) -> datetime:
    try:
        return parse_moment(text, datetime.now(UTC), longest=longest)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
