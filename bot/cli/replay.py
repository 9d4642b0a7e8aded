"""`lookout replay`: uploads from the past, once more."""

import argparse
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from bot.cli.options import add_command, add_config, moment, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.config import Settings
    from bot.ledger import Ledger
    from bot.replay import LoggedUploads, RecordedEvents, Tally


def register(subparsers: "Subparsers") -> None:
    """Add `replay`."""
    parser = add_command(
        subparsers,
        "replay",
        summary="hand the bot uploads from the past, from a file or from the wiki's log",
        description=(
            "Store uploads in the ledger as if the stream had just announced them: those of a\n"
            "file of recorded events, or those that the wiki's log has between two times. What\n"
            "the ledger knows already stays as it is, so that a replay can be repeated, or cut\n"
            "short and begun again. `lookout run` scores what is new, now or once it is started."
        ),
        example="lookout replay --from '2 days ago' --to '1 day ago'",
    )
    add_config(parser)
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="recorded events: a JSON object a line, or the stream as it came over the wire",
    )
    parser.add_argument("--from", type=moment, dest="since", metavar="TIME", help="ISO 8601 or ago")
    parser.add_argument("--to", type=moment, dest="until", metavar="TIME", help="default: now")
    parser.set_defaults(run=replay, parser=parser)


def replay(arguments: argparse.Namespace) -> int:
    """Replay one source; print the counts."""
    _check_choice(arguments)
    settings = settings_of(arguments)
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick

    with Ledger(settings.ledger.address) as ledger:
        if arguments.file:
            tally = _replay_file(arguments.file, ledger, settings)
        else:
            until = arguments.until or datetime.now(UTC)
            tally = _replay_log(arguments.since, until, ledger, settings)
    print(_table(tally))
    return 0


def _check_choice(arguments: argparse.Namespace) -> None:
    parser: argparse.ArgumentParser = arguments.parser
    if bool(arguments.file) == bool(arguments.since):
        parser.error("name a FILE, or a time with --from")
    if arguments.until and not arguments.since:
        parser.error("--to goes with --from")
    if arguments.until and arguments.until < arguments.since:
        parser.error("--to should not be before --from")
    if arguments.file and not arguments.file.is_file():
        parser.error(f"{arguments.file} is no file")


def _replay_file(file: Path, ledger: "Ledger", settings: "Settings") -> "Tally":
    from bot.replay import RecordedEvents  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.stream import NUL_FOR_BAD_BYTES  # noqa: PLC0415 - likewise

    done = Event()
    with file.open(encoding="utf-8", errors=NUL_FOR_BAD_BYTES) as lines:
        return _work(RecordedEvents(lines, ledger.intake, settings.stream, done), done)


def _replay_log(
    since: datetime, until: datetime, ledger: "Ledger", settings: "Settings"
) -> "Tally":
    from bot.identity import user_agent  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.logevents import WikiLog  # noqa: PLC0415 - likewise
    from bot.replay import LoggedUploads  # noqa: PLC0415 - likewise
    from bot.wikiapi import WikiApi  # noqa: PLC0415 - likewise

    done = Event()
    window = (int(since.timestamp() * 1000), int(until.timestamp() * 1000))
    with closing(WikiApi(settings.wiki, user_agent=user_agent(settings.wiki.contact))) as api:
        log = WikiLog(api, settings.stream.wiki)
        return _work(LoggedUploads(log, window, ledger.intake, settings.stream.url, done), done)


def _work(source: "RecordedEvents | LoggedUploads", done: Event) -> "Tally":
    """Take turns until nothing is left, and wait where wiki or ledger ask for it."""
    from bot.turns import repeat  # noqa: PLC0415 - keeps `lookout --help` quick

    with tqdm(unit="event", disable=None, leave=False) as progress:
        repeat(lambda: _count(progress, source.turn()), stop=done, idle_s=lambda: 0.0)
    return source.tally


def _count(progress: "tqdm[Any]", events: int) -> int:
    progress.update(events)
    return events


def _table(tally: "Tally") -> str:
    rows = [
        ("events", tally.events),
        ("  uploads, new", tally.new),
        ("  uploads, known", tally.known),
        ("  unreadable", tally.unreadable),
        ("  other", tally.other),
    ]
    return "\n".join(f"{name:<20}{value:>12}" for name, value in rows)
