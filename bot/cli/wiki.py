"""`lookout wiki`: the pages the bot's outputs rest on, and what the wiki did not take."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.ledger import Refusal

LIMIT = 100
SOMETHING_REFUSED = 1


def register(subparsers: "Subparsers") -> None:
    """Add `wiki` and its sub-commands."""
    parser = add_command(
        subparsers,
        "wiki",
        summary="make the templates and pages on the wiki; see what it refused",
        description=(
            "The log pages use a template, and the category, the index and the status have pages\n"
            "of their own. `setup` makes them. `refused` shows the effects that the wiki did not\n"
            "take, such as an entry that an edit filter stopped."
        ),
        example="lookout wiki setup",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_setup(actions)
    _add_refused(actions)


def setup(arguments: argparse.Namespace) -> int:
    """Write the pages, and say what became of each."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.patience import Patience  # noqa: PLC0415
    from bot.publish.assembly import Wikis  # noqa: PLC0415
    from bot.publish.setup import Result, set_up  # noqa: PLC0415

    settings = settings_of(arguments)
    settings = settings.gone_live() if arguments.live else settings.dry()
    wiki = Wikis(settings, Patience(), lambda: None).of("live")
    refused = False
    try:
        with Ledger(settings.ledger.address) as ledger:
            for title, result in set_up(wiki, ledger, settings.publish, force=arguments.force):
                print(f"{title}: {result}", flush=True)
                refused |= result.startswith(Result.REFUSED)
    finally:
        wiki.close()
    if not arguments.live:
        print("This was a dry run: the pages are in dry-run/ of the state folder. --live writes.")
    if page := settings.control.run_page:
        print(f"People make the run page: {page} has to say true (docs/control.md)")
    return SOMETHING_REFUSED if refused else 0


def refused(arguments: argparse.Namespace) -> int:
    """List what the wiki did not take, the newest first, or have it tried again."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick

    with Ledger(settings_of(arguments).ledger.address) as ledger:
        if arguments.again:
            print(f"tried again: {ledger.outbox.try_again(arguments.ids or None)}")
            return 0
        for refusal in ledger.outbox.refused(limit=LIMIT):
            print(_told(refusal))
    return 0


def _add_setup(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "setup",
        summary="make or renew templates, index, category page, status page and change tag",
        description=(
            "Write pages that are absent or differ; what people have changed is left as it is.\n"
            "Without --live this is a dry run: the pages are files in the state folder."
        ),
        example="lookout wiki setup --live",
    )
    add_config(parser)
    parser.add_argument("--live", action="store_true", help="write to the wiki of config.yaml")
    parser.add_argument("--force", action="store_true", help="overwrite what people have changed")
    parser.set_defaults(run=setup)


def _add_refused(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "refused",
        summary="what the wiki did not take, and why",
        description=(
            "List the newest effects that were given up: an edit filter, a protected file page,\n"
            "{{nobots}}, a file that is gone. With --again they are tried once more."
        ),
        example="lookout wiki refused --again 17 18",
    )
    add_config(parser)
    parser.add_argument("ids", type=int, nargs="*", metavar="ID", help="with --again: only these")
    parser.add_argument("--again", action="store_true", help="have them tried again")
    parser.set_defaults(run=refused)


def _told(refusal: "Refusal") -> str:
    at = datetime.fromtimestamp(refusal.refused_at, UTC)
    head = f"{refusal.id:<8}{at:%Y-%m-%d %H:%M} UTC  {refusal.kind:<10}"
    return f"{head}{refusal.log_id:<12}{refusal.trouble}"
