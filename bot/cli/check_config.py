"""`lookout check-config`: is config.yaml good, and what is in force."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of
from bot.configfile import describe
from bot.configreference import comments_of, reference

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

PROJECT_FILE = Path(__file__).parents[2] / "config.yaml"  # its comments are the meanings


def register(subparsers: "Subparsers") -> None:
    """Add `check-config`."""
    parser = add_command(
        subparsers,
        "check-config",
        summary="check config.yaml and print the settings in force",
        description=(
            "Check config.yaml and print every setting in force, defaults included and secrets\n"
            "masked. What is wrong is named with its line, key, value and what is allowed;\n"
            "the exit code is then 1."
        ),
        example="lookout check-config --config config.yaml",
    )
    add_config(parser)
    parser.add_argument(
        "--reference",
        action="store_true",
        help="print every key there is: type, range, default and meaning, as docs/settings.md has",
    )
    parser.set_defaults(run=check_config)


def check_config(arguments: argparse.Namespace) -> int:
    """Print the effective settings, or every setting there is."""
    if arguments.reference:
        text = PROJECT_FILE.read_text(encoding="utf-8") if PROJECT_FILE.exists() else ""
        print(reference(comments_of(text)), end="")
        return 0
    print(describe(settings_of(arguments)), end="")
    return 0
