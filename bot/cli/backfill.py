"""`lookout backfill`: old files, looked at beside the new ones."""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from bot.backfill.stopping import stopping
from bot.cli.options import add_command, add_config, moment, settings_of

if TYPE_CHECKING:
    from bot.backfill.listing import Source
    from bot.cli.options import Subparsers
    from bot.config import Settings
    from bot.ledger import Ledger

CATEGORY_PREFIX = "Category:"
DEEPEST = 10
CHANGES = {
    "pause": "keep a backfill from going on, until it is resumed",
    "resume": "let a paused backfill go on",
    "cancel": "end a backfill; what was found stays",
}


def register(subparsers: "Subparsers") -> None:
    """Add `backfill` and its actions."""
    parser = add_command(
        subparsers,
        "backfill",
        summary="have files looked at that were uploaded long ago",
        description=(
            "Have old files looked at by the same rules, beside the bot, which goes first. What\n"
            "is wanted is noted in the ledger; `lookout backfill work` does it, or this process\n"
            "with --here. Suggestions stay in the ledger: `lookout backfill flags` lists them."
        ),
        example="lookout backfill --category 'Drawings of cats' --here",
    )
    add_config(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--category", metavar="NAME", help="the files of a category")
    what.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help="files whose newest version is from then on: 2026-11-22T14:00 (UTC) or '2 days ago'",
    )
    what.add_argument("--allimages", action="store_true", help="every file of the wiki")
    parser.add_argument(
        "--depth",
        type=int,
        choices=range(DEEPEST + 1),
        default=0,
        metavar="STEPS",
        help=f"with --category: into its sub-categories, so many steps down, {DEEPEST} at most; "
        "without it, none",
    )
    parser.add_argument("--here", action="store_true", help="do it in this process, without Redis")
    parser.set_defaults(run=start, parser=parser)
    _add_actions(parser)


def start(arguments: argparse.Namespace) -> int:
    """Note what is wanted, and do it if that is asked for."""
    if arguments.category is None and arguments.since is None and not arguments.allimages:
        arguments.parser.error("say which files: --category, --since or --allimages")
    if arguments.depth and arguments.category is None:
        arguments.parser.error("--depth goes with --category")
    settings = settings_of(arguments)
    from bot.backfill.assembly import listing  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.backfill.walk import Walk  # noqa: PLC0415 - likewise
    from bot.ledger import Ledger  # noqa: PLC0415 - likewise

    source, target = _source(arguments)
    token = Walk.begin(target, arguments.depth).text if arguments.depth else None
    with Ledger(settings.ledger.address) as ledger:
        with listing(settings) as one:
            expected = one.expected(source, target)
        number = ledger.backfills.make(source, target, expected, token)
        print(f"backfill {number}: {source} {target}".rstrip())
        if arguments.here:
            return _here(settings, ledger, number)
    print("lookout backfill work --here: works on it. lookout backfill status: how far it is")
    return 0


def status(arguments: argparse.Namespace) -> int:
    """Print how far each backfill is."""
    from bot.backfill.report import as_json, lines  # noqa: PLC0415 - keeps `lookout --help` quick

    with _ledger(arguments) as ledger:
        every = ledger.backfills.progress(arguments.number)
    if arguments.number is not None and not every:
        return _unknown(arguments.number)
    if arguments.json:
        print(json.dumps([as_json(one) for one in every], indent=2))
    else:
        print(lines(every))
    return 0


def change(arguments: argparse.Namespace) -> int:
    """Pause, resume or cancel a backfill."""
    from bot.ledger import Phase  # noqa: PLC0415 - keeps `lookout --help` quick

    phases = {"pause": Phase.PAUSED, "resume": Phase.RUNNING, "cancel": Phase.CANCELLED}
    phase = phases[arguments.action]
    with _ledger(arguments) as ledger:
        if ledger.backfills.change(arguments.number, phase):
            print(f"backfill {arguments.number} is {phase} now")
            return 0
        every = ledger.backfills.progress(arguments.number)
    if not every:
        return _unknown(arguments.number)
    print(f"lookout: backfill {arguments.number} is {every[0].state}", file=sys.stderr)
    return 1


def work(arguments: argparse.Namespace) -> int:
    """Work on whatever backfills are running, until told to stop."""
    settings = settings_of(arguments)
    if arguments.here:
        with _ledger(arguments) as ledger:
            return _here(settings, ledger, None)
    from bot.backfill.jobs import work_for  # noqa: PLC0415 - keeps `lookout --help` quick

    with stopping() as stop:
        work_for(settings, stop)
    return 0


def dispatch(arguments: argparse.Namespace) -> int:
    """Hand shards to the workers, until told to stop."""
    settings = settings_of(arguments)
    from bot.backfill.jobs import dispatch_for  # noqa: PLC0415 - keeps `lookout --help` quick

    with stopping() as stop:
        dispatch_for(settings, stop)
    return 0


def flags(arguments: argparse.Namespace) -> int:
    """List what the rules suggest."""
    with _ledger(arguments) as ledger:
        if not ledger.backfills.progress(arguments.number):
            return _unknown(arguments.number)
        for flag in ledger.backfills.flags(arguments.number):
            finished = datetime.fromtimestamp(flag.finished_at, UTC)
            print(f"{flag.confidence:.2f}  {flag.rule:<16}  {finished:%Y-%m-%d}  {flag.title}")
            for copy in flag.copies:
                print(f"{'the same content':>34}  {copy}")
    return 0


def _here(settings: "Settings", ledger: "Ledger", number: int | None) -> int:
    """List and work in this process: until one backfill is over, or for ever."""
    from bot.backfill import assembly  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.backfill.here import Here  # noqa: PLC0415 - likewise
    from bot.backfill.report import lines  # noqa: PLC0415 - likewise

    with ExitStack() as stack:
        stop = stack.enter_context(stopping()).event
        patience = assembly.gate(settings, stop)
        bar = stack.enter_context(tqdm(unit=" contents", disable=None, leave=False))
        lister = stack.enter_context(assembly.lister(settings, ledger, patience))
        shown = _shown(bar, ledger, number)
        worker = stack.enter_context(assembly.worker(settings, ledger, patience, stop, shown))
        here = Here(ledger.backfills, lister, worker, settings.backfill, stop)
        here.run(for_ever=number is None)
    if number is not None:
        print(lines(ledger.backfills.progress(number)))
    return 0


def _shown(bar: "tqdm[Any]", ledger: "Ledger", number: int | None) -> Callable[[], None]:
    """Return what brings the bar up to date."""

    def show() -> None:
        if number is None or bar.disable:
            return
        (one,) = ledger.backfills.progress(number)
        bar.total = one.contents
        bar.n = one.finished
        bar.refresh()

    return show


def _source(arguments: argparse.Namespace) -> "tuple[Source, str]":
    from bot.backfill.listing import Source  # noqa: PLC0415 - keeps `lookout --help` quick

    if arguments.category is not None:
        name = arguments.category.removeprefix(CATEGORY_PREFIX)
        source = Source.CATEGORIES if arguments.depth else Source.CATEGORY
        return source, CATEGORY_PREFIX + name.replace("_", " ")
    if arguments.since is not None:
        return Source.SINCE, arguments.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Source.ALL, ""


def _add_actions(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", title="actions", dest="action")
    listed = _add(actions, "status", "how far each backfill is, and how much longer it takes")
    listed.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="one backfill alone")
    listed.add_argument("--json", action="store_true", help="for programs")
    listed.set_defaults(run=status)
    for name, summary in CHANGES.items():
        one = _add(actions, name, summary)
        one.add_argument("number", type=int, metavar="NUMBER")
        one.set_defaults(run=change)
    found = _add(actions, "flags", "what the rules suggest, the surest first")
    found.add_argument("number", type=int, metavar="NUMBER")
    found.set_defaults(run=flags)
    working = _add(actions, "work", "work on the running backfills until told to stop")
    working.add_argument("--here", action="store_true", help="take them from the ledger, no Redis")
    working.set_defaults(run=work)
    sending = _add(actions, "dispatch", "hand shards to workers by Redis, until told to stop")
    sending.set_defaults(run=dispatch)


def _add(actions: "Subparsers", name: str, summary: str) -> argparse.ArgumentParser:
    example = f"lookout backfill {name}" + (" 1" if name in {*CHANGES, "flags"} else "")
    action = add_command(actions, name, summary=summary, description=summary, example=example)
    add_config(action)
    return action


def _ledger(arguments: argparse.Namespace) -> "Ledger":
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick

    return Ledger(settings_of(arguments).ledger.address)


def _unknown(number: int) -> int:
    print(f"lookout: there is no backfill {number}. See: lookout backfill status", file=sys.stderr)
    return 1
