"""`lookout shadow`: a candidate model beside the live one."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import add_command, add_config, settings_of
from bot.cli.stats import add_days, positive
from bot.configfile import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.options import Subparsers
    from bot.config import Settings
    from bot.ledger import Ledger
    from bot.statistics.beside import Pair

NOTHING = 1
SHOWN = 20


def register(subparsers: "Subparsers") -> None:
    """Add `shadow` and its sub-command."""
    parser = add_command(
        subparsers,
        "shadow",
        summary="a candidate model beside the live one, on the same uploads",
        description=(
            "`model.shadow` in config.yaml names a candidate. `lookout run` then has a share of\n"
            "the uploads scored by it too. Its scores decide nothing. See docs/improvement.md.\n"
            "(A rule with `shadow: true` is something else: see docs/rules.md.)"
        ),
        example="lookout shadow report --days 30",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    report = add_command(
        actions,
        "report",
        summary="agreement, flips, shift of the scores, precision of both",
        description=(
            "Print on how many files the models agree, which only one of them would suggest at\n"
            "the thresholds in force, how far the scores move, the precision of both on what\n"
            "people decided, and the files on which they differ most, to be looked at."
        ),
        example="lookout shadow report --days 30",
    )
    add_config(report)
    add_days(report)
    report.add_argument(
        "--candidate", metavar="MODEL", help="(default: model.shadow.name of the settings)"
    )
    report.add_argument(
        "--candidate-config",
        type=Path,
        metavar="FILE",
        help="settings with the rules for the candidate, if its labels or thresholds are others",
    )
    report.add_argument(
        "--limit", type=positive, default=SHOWN, help="files shown (default: %(default)s)"
    )
    report.add_argument("--json", action="store_true", help="one JSON object, for programs")
    report.set_defaults(run=report_beside)


def report_beside(arguments: argparse.Namespace) -> int:
    """Print the comparison."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.statistics.beside import compare  # noqa: PLC0415 - likewise
    from bot.statistics.beside_text import told  # noqa: PLC0415 - likewise

    settings = settings_of(arguments)
    name = arguments.candidate or settings.model.shadow.name
    if not name:
        return _nothing("name a candidate: model.shadow.name in the settings, or --candidate")
    with Ledger(settings.ledger.address) as ledger:
        pairs = list(_pairs(ledger, name, settings, arguments))
    if not pairs:
        return _nothing(f"{name} has scored none of the uploads of the last {arguments.days} days")
    comparisons = compare(pairs, shown=arguments.limit)
    if arguments.json:
        print(json.dumps([asdict(one) for one in comparisons]))
    else:
        print("\n\n".join(map(told, comparisons)))
    return 0


def _pairs(
    ledger: "Ledger", name: str, settings: "Settings", arguments: argparse.Namespace
) -> "Iterator[Pair]":
    from bot.statistics.beside import paired  # noqa: PLC0415 - as above
    from bot.statistics.cases import gather  # noqa: PLC0415 - likewise

    until = datetime.now(UTC)
    since = until - timedelta(days=arguments.days)
    given: Path | None = arguments.candidate_config
    rules = load(given).rules if given else settings.rules
    asked = gather(ledger, since.timestamp(), until.timestamp(), settings.reviews)
    cases = {case.suggestion.log_id: case for case in asked}
    for found in ledger.precedents.beside(name, since):
        yield paired(found, settings.rules, rules, cases.get(found.precedent.log_id))


def _nothing(why: str) -> int:
    print(f"lookout: {why}", file=sys.stderr)
    return NOTHING
