"""`lookout check-config`: is config.yaml good, and what is in force."""

import argparse
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of
from bot.configfile import describe

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


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
    parser.set_defaults(run=check_config)


def check_config(arguments: argparse.Namespace) -> int:
    """Print the effective settings."""
    print(describe(settings_of(arguments)), end="")
    return 0
