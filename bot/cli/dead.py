"""`lookout dead`: uploads that failed for good."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.cli.options import Subparsers
    from bot.ledger import DeadLetter, Ledger

LIST_LIMIT = 100


def register(subparsers: "Subparsers") -> None:
    """Add `dead` and its sub-commands."""
    parser = add_command(
        subparsers,
        "dead",
        summary="list, show and requeue uploads that failed for good",
        description=(
            "An upload is dead when it was tried as often as config.yaml allows, or cannot ever\n"
            "be scored. Nothing is lost: here a person sees why, and has it tried anew."
        ),
        example="lookout dead list",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_list(actions)
    _add_show(actions)
    _add_requeue(actions)


def list_dead(arguments: argparse.Namespace) -> int:
    """Print the newest dead uploads, one a line or as one JSON list."""
    with _ledger(arguments) as ledger:
        letters = ledger.dead.list(limit=arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(letter) for letter in letters]))
    else:
        for letter in letters:
            print(f"{letter.log_id:<12}{letter.error:<16}{letter.title}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print all that is known of one dead upload."""
    with _ledger(arguments) as ledger:
        letter = ledger.dead.show(arguments.log_id)
    if letter is None:
        return _not_dead([arguments.log_id])
    for name, value in _fields(letter):
        print(f"{name:<12}{value}")
    return 0


def requeue(arguments: argparse.Namespace) -> int:
    """Have uploads tried anew, by number or all."""
    _check_choice(arguments)
    with _ledger(arguments) as ledger:
        if arguments.all:
            print(f"requeued: {ledger.dead.requeue_all(arguments.error)}")
            return 0
        requeued = ledger.dead.requeue(arguments.log_ids)
    print(f"requeued: {len(requeued)}")
    missing = sorted({*arguments.log_ids} - requeued)
    return _not_dead(missing) if missing else 0


def _add_list(actions: "Subparsers") -> None:
    parser = _action(actions, "list", list_dead, example="lookout dead list --json")
    parser.add_argument("--json", action="store_true", help="one JSON list, for programs")
    parser.add_argument(
        "--limit",
        type=int,
        default=LIST_LIMIT,
        metavar="N",
        help=f"how many of the newest (default: {LIST_LIMIT})",
    )


def _add_show(actions: "Subparsers") -> None:
    parser = _action(actions, "show", show, example="lookout dead show 334455667")
    parser.add_argument("log_id", type=int, metavar="LOG_ID")


def _add_requeue(actions: "Subparsers") -> None:
    parser = _action(
        actions,
        "requeue",
        requeue,
        example="lookout dead requeue --all --error WorkerDied",
    )
    parser.add_argument("log_ids", type=int, nargs="*", metavar="LOG_ID")
    parser.add_argument("--all", action="store_true", help="all that are dead now")
    parser.add_argument("--error", metavar="CLASS", help="with --all: only those of this error")
    parser.set_defaults(parser=parser)


def _action(
    actions: "Subparsers", name: str, run: "Callable[[argparse.Namespace], int]", *, example: str
) -> argparse.ArgumentParser:
    summary = str(run.__doc__)
    parser = add_command(actions, name, summary=summary, description=summary, example=example)
    add_config(parser)
    parser.set_defaults(run=run)
    return parser


def _check_choice(arguments: argparse.Namespace) -> None:
    """End with the usage when the arguments leave open what is meant."""
    parser: argparse.ArgumentParser = arguments.parser
    if bool(arguments.log_ids) == arguments.all:
        parser.error("name some LOG_IDs, or say --all")
    if arguments.error and not arguments.all:
        parser.error("--error goes with --all")


def _ledger(arguments: argparse.Namespace) -> "Ledger":
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick

    return Ledger(settings_of(arguments).ledger.address)


def _fields(letter: "DeadLetter") -> list[tuple[str, object]]:
    moments = {"uploaded_at", "died_at"}
    return [
        (name, f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC")
        if name in moments
        else (name, value)
        for name, value in asdict(letter).items()
    ]


def _not_dead(log_ids: list[int]) -> int:
    numbers = ", ".join(map(str, log_ids))
    print(f"lookout: not dead, or never seen: {numbers}. See: lookout dead list", file=sys.stderr)
    return 1
