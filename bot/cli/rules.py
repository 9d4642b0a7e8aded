"""`lookout rules`: what other rules would have done, and why the rules said what they said."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from tqdm import tqdm

from bot.cli.options import add_command, add_config, moment, settings_of
from bot.cli.rules_text import explained, told
from bot.rules import Facts, View
from bot.rules.trial import Trial, readings, table, tried

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.ledger import Ledger, Precedent
    from bot.settings.rules import Rule

NOT_FOUND = 1
SHOWN = 50


def register(subparsers: "Subparsers") -> None:
    """Add `rules` and its sub-commands."""
    parser = add_command(
        subparsers,
        "rules",
        summary="try other rules on what was scored, or explain a verdict",
        description=(
            "Apply rules to the scores that are stored. Nothing is fetched, and nothing is\n"
            "written: neither to the ledger nor to the wiki."
        ),
        example="lookout rules test --since '7 days ago' --config changed.yaml",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_test(actions)
    _add_explain(actions)


def test(arguments: argparse.Namespace) -> int:
    """Print old verdicts against new ones, and the files that change."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick

    settings = settings_of(arguments)
    with Ledger(settings.ledger.address) as ledger:
        trials = [_tried(one, settings.rules) for one in _chosen(ledger, arguments)]
    if not trials:
        print("lookout: the ledger has no verdict on such a file", file=sys.stderr)
        return NOT_FOUND
    if arguments.json:
        print(json.dumps(_plain(trials)))
    else:
        print(told(trials, shown=arguments.limit))
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Print each rule with what it asks of one file and what was found."""
    from bot.ledger import Ledger  # noqa: PLC0415 - likewise

    settings = settings_of(arguments)
    with Ledger(settings.ledger.address) as ledger:
        found = list(ledger.precedents.of([_title(arguments.file)]))
    if not found:
        print(f"lookout: the ledger has no verdict on {_title(arguments.file)}", file=sys.stderr)
        return NOT_FOUND
    for one in found:
        found_out = readings(settings.rules, _views(one), facts_known(one))
        print(explained(one, list(found_out), _tried(one, settings.rules).new))
    return 0


def facts_known(precedent: "Precedent") -> Facts:
    """Return what was known when a verdict was made."""
    return Facts.then(
        precedent.facts,
        medium=precedent.medium,
        uploaded_at=precedent.uploaded_at,
        judged_at=precedent.decided_at,
    )


def _add_test(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "test",
        summary="what other rules would have done with files scored before",
        description=(
            "Apply the rules of --config to stored scores. Prints how many files had which\n"
            "verdict and would have which, and the files that change. `depends`: the rules ask\n"
            "for something nobody asked the wiki for then, such as the uploader's edits."
        ),
        example="lookout rules test --since 2026-11-20 --config changed.yaml",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--file", action="append", metavar="TITLE", help="a file; may be repeated")
    which.add_argument(
        "--since", type=moment, metavar="TIME", help="as in 2026-11-20, or '7 days ago'"
    )
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument(
        "--limit", type=int, default=SHOWN, help="changed files shown (default: %(default)s)"
    )
    parser.set_defaults(run=test)


def _add_explain(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "explain",
        summary="why the rules say what they say of one file",
        description=(
            "Print every rule of --config with all it asks of a file that was scored, and what\n"
            "was found then."
        ),
        example='lookout rules explain "File:Example.jpg"',
    )
    parser.add_argument("file", metavar="TITLE", help="the file's title")
    add_config(parser)
    parser.set_defaults(run=explain)


def _chosen(ledger: "Ledger", arguments: argparse.Namespace) -> Iterator["Precedent"]:
    if arguments.file:
        return ledger.precedents.of([_title(name) for name in arguments.file])
    found = ledger.precedents.since(arguments.since)
    return iter(tqdm(found, unit="file", file=sys.stderr, disable=None, leave=False))


def _tried(precedent: "Precedent", rules: "Sequence[Rule]") -> Trial:
    return tried(
        rules,
        _views(precedent),
        facts_known(precedent),
        title=precedent.title,
        old=precedent.verdict,
        partial=precedent.partial,
    )


def _views(precedent: "Precedent") -> list[View]:
    return [View(one["scores"], one["place"]) for one in precedent.views]


def _title(name: str) -> str:
    plain = " ".join(name.replace("_", " ").split()).removeprefix("File:")
    return f"File:{plain[:1].upper()}{plain[1:]}"


def _plain(trials: Sequence[Trial]) -> dict[str, object]:
    counts = table(trials)
    return {
        "counts": [{"old": old, "new": new, "files": n} for (old, new), n in counts.items()],
        "changed": [asdict(trial) for trial in trials if trial.changed],
    }
