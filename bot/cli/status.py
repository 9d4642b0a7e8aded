"""`lookout status`: what the ledger holds."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.ledger import Counts
    from bot.publish.quota import Quota


def register(subparsers: "Subparsers") -> None:
    """Add `status`."""
    parser = add_command(
        subparsers,
        "status",
        summary="counts per state, lag, and the oldest unfinished upload",
        description=(
            "Print how many uploads were seen and where they stand, how far the bot lies behind\n"
            "the stream, and the age of the oldest upload that is not finished."
        ),
        example="lookout status --json",
    )
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.set_defaults(run=status)


def status(arguments: argparse.Namespace) -> int:
    """Print the counts."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.publish.quota import quota_of  # noqa: PLC0415

    settings = settings_of(arguments)
    with Ledger(settings.ledger.address) as ledger:
        counts = ledger.census.take()
        quota = quota_of(ledger, settings.publish)
    if arguments.json:
        print(json.dumps({**asdict(counts), "quota": asdict(quota)}))
    else:
        print(_table(counts, quota))
    return 0


def _table(counts: "Counts", quota: "Quota") -> str:
    rows = [
        ("seen", str(counts.seen)),
        *((f"  {state}", str(number)) for state, number in counts.states.items()),
        *((f"    waiting: {lane}", str(number)) for lane, number in counts.waiting.items()),
        *((f"    skipped: {reason}", str(number)) for reason, number in counts.skipped.items()),
        *((f"    dead: {error}", str(number)) for error, number in counts.dead.items()),
        *((f"    scored: {verdict}", str(number)) for verdict, number in counts.verdicts.items()),
        ("effects on the wiki", str(counts.published)),
        ("effects waiting", str(counts.unpublished)),
        ("effects refused", str(counts.refused)),
        *((f"decided: {word}", str(number)) for word, number in counts.reviews.items()),
        ("  held by the daily quota", str(quota.held)),
        ("edits left today", f"{quota.edits_left} of {quota.edits_per_day}"),
        ("suggestions left today", f"{quota.flags_left} of {quota.flags_per_day}"),
        ("unreadable events", str(counts.rejected_events)),
        ("lag behind the stream", _seconds(counts.lag_seconds)),
        ("gaps still to be filled", _seconds(counts.gap_seconds)),
        ("oldest unfinished", _seconds(counts.oldest_unfinished_seconds)),
    ]
    return "\n".join(f"{name:<28}{value:>12}" for name, value in rows)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} s"
