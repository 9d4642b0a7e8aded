"""What several commands share."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import DEFAULT_PATH, Settings
from bot.configfile import load

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - no public name

CONFIG_VARIABLE = "LOOKOUT_CONFIG"


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


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add `--config`."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_PATH),
        metavar="FILE",
        help=f"the settings (default: ${CONFIG_VARIABLE}, else config.yaml)",
    )


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the validated settings of `--config`."""
    path: Path = arguments.config
    return load(path)
