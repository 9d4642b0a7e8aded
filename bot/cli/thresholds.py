"""`lookout thresholds suggest`: which threshold would reach a wished-for precision."""

import argparse
import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of
from bot.cli.stats import DAY_S, add_days

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.statistics.thresholds import Advice

PRECISION = 0.6


def register(subparsers: "Subparsers") -> None:
    """Add `thresholds` and its one action."""
    parser = add_command(
        subparsers,
        "thresholds",
        summary="which threshold would reach a wished-for precision",
        description="Thresholds, from what people decided about past suggestions.",
        example="lookout thresholds suggest --precision 0.6",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    action = add_command(
        actions,
        "suggest",
        summary="the lowest threshold that reaches a precision",
        description=(
            "Print, for each rule and kind of file, the lowest score from which on suggestions\n"
            "reached the precision wished for with 95 % confidence, and how long the queue would\n"
            "be. Where decisions do not suffice, it says so. Nothing is changed: thresholds\n"
            "stand in config.yaml."
        ),
        example="lookout thresholds suggest --precision 0.6 --days 60",
    )
    add_config(action)
    add_days(action)
    action.add_argument(
        "--precision",
        type=_share,
        default=PRECISION,
        metavar="SHARE",
        help=f"the share of suggestions that should be worth a look (default: {PRECISION})",
    )
    action.add_argument("--json", action="store_true", help="one JSON list, for programs")
    action.set_defaults(run=suggest)


def suggest(arguments: argparse.Namespace) -> int:
    """Print the advice."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.ledger.suggestions import AUDIT  # noqa: PLC0415 - likewise
    from bot.statistics.cases import gather  # noqa: PLC0415 - likewise
    from bot.statistics.thresholds import advise  # noqa: PLC0415 - likewise

    settings = settings_of(arguments)
    until = time.time()
    since = until - arguments.days * DAY_S
    with Ledger(settings.ledger.address) as ledger:
        cases = gather(ledger, since, until, settings.reviews)
    asked = [case for case in cases if case.suggestion.kind != AUDIT]
    covered = (until - asked[0].suggestion.suggested_at) / DAY_S if asked else 0.0
    advice = advise(asked, arguments.precision, days=max(1.0, covered))
    if arguments.json:
        print(json.dumps([asdict(one) for one in advice]))
    else:
        print("\n".join(map(_line, advice)) or "nothing was suggested in this time")
    return 0


def _line(advice: "Advice") -> str:
    from bot.statistics.text import interval  # noqa: PLC0415 - likewise

    place = f"{advice.rule}, {advice.medium} ({advice.model})"
    figures = f"precision {interval(advice.precision)}, {advice.per_day:.1f} suggestions a day"
    if advice.threshold is None:
        return f"{place}: no threshold: {advice.reason}; at best {figures}"
    return f"{place}: at_least {advice.threshold:.4f}: {figures}"


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not between 0 and 1")
    return value
