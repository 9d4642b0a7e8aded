"""Options of `lookout dataset build` that fetch pictures from the wiki, and what they do."""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.cli import progress
from bot.cli.options import add_config, settings_of
from bot.cli.stats import DAY_S, add_days, positive
from bot.collecting.categories import Categories, CategoryLabel, category_label
from bot.errors import LookoutError
from model.training.dataset.collection import check_label

if TYPE_CHECKING:
    from bot.collecting.fetching import Collector
    from bot.collecting.reviewed import Reviewed
    from bot.collecting.wanted import Wanted
    from bot.config import Settings

FILES = 2000
DEEPEST = 8
Item = TypeVar("Item")


def add_collecting(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    group = parser.add_argument_group("pictures from the wiki that config.yaml names")
    group.add_argument(
        "--commons",
        action="append",
        type=_category_label,
        default=[],
        metavar="CATEGORY=LABEL",
        help='label the files of a category, such as "Category:Pencil drawings=drawing"; tags may '
        'follow, such as "=drawing+art"; may be given several times',
    )
    group.add_argument(
        "--depth",
        type=int,
        choices=range(DEEPEST + 1),
        default=0,
        metavar="N",
        help=f"steps down into sub-categories (0 to {DEEPEST}, default: %(default)s)",
    )
    group.add_argument(
        "--files",
        type=positive,
        default=FILES,
        metavar="N",
        help="files of each category at most, drawn by lot (default: %(default)s)",
    )
    group.add_argument(
        "--reviewed",
        action="store_true",
        help="label the files that people decided about, and the audit sample with its weights",
    )
    group.add_argument(
        "--hit-label",
        default="worth-a-look",
        metavar="LABEL",
        help="of files that people found worth a look (default: %(default)s)",
    )
    group.add_argument(
        "--miss-label", default="fine", metavar="LABEL", help="of the others (default: %(default)s)"
    )
    group.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="where the pictures lie (default: DATASET.pictures, beside the data set)",
    )
    add_days(group)
    add_config(group)


def is_collecting(arguments: argparse.Namespace) -> bool:
    """Tell whether anything is to be fetched."""
    return bool(arguments.commons or arguments.reviewed)


def collect(arguments: argparse.Namespace) -> Path:
    """Fetch what the options name; return the labelled folder.

    Raises:
        RetryLater: The wiki gives no answer; what was fetched stays.
    """
    from bot.collecting.fetching import Collector  # noqa: PLC0415 - keeps `lookout --help` quick

    settings = settings_of(arguments)
    folder: Path = arguments.pictures or arguments.to.with_name(f"{arguments.to.name}.pictures")
    wanted = _reviewed(arguments, settings) if arguments.reviewed else []
    with Collector(settings, say=progress.say) as collector:
        wanted += _categories(arguments.commons, arguments, collector)
        try:
            found = collector.collect(wanted, folder, progress=progress.files)
        except (LookoutError, KeyboardInterrupt):
            progress.say(
                f"What was fetched stays in {folder}: the same command goes on from there."
            )
            raise
    print(
        f"{len(found.pictures)} pictures in {folder}, {found.fetched} of them new"
        f"{_listed('; not there', found.left_out)}"
    )
    if found.removed:
        print(f"{found.removed} pictures were removed: no longer wanted, or gone from the wiki")
    if found.unlicensed:
        print(f"{found.unlicensed} pages state no licence: look at these files before you go on")
    return found.folder


def _categories(
    asked: Sequence[CategoryLabel], arguments: argparse.Namespace, collector: "Collector"
) -> "list[Wanted]":
    categories = Categories(collector.commons.api, collector.waiting)
    wanted = []
    for one in asked:
        files = categories.files(one, depth=arguments.depth, most=arguments.files)
        progress.say(f"{one.category}: {len(files)} files as {one.label}")
        wanted += files
    return wanted


def _reviewed(arguments: argparse.Namespace, settings: "Settings") -> "list[Wanted]":
    from bot.collecting.reviewed import reviewed_files  # noqa: PLC0415 - as above
    from bot.ledger import Ledger  # noqa: PLC0415 - likewise
    from bot.review.outcomes import Answer  # noqa: PLC0415 - likewise

    labels = {
        Answer.HIT: check_label(arguments.hit_label),
        Answer.MISS: check_label(arguments.miss_label),
    }
    until = time.time()
    since = until - arguments.days * DAY_S
    with Ledger(settings.ledger.address) as ledger:
        found: Reviewed = reviewed_files(
            ledger, settings.reviews, since=since, until=until, labels=labels
        )
    progress.say(
        f"{len(found.wanted)} files were decided about{_listed('; left out', found.left_out)}"
    )
    return list(found.wanted)


def _listed(title: str, counts: Mapping[str, int]) -> str:
    text = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
    return f"{title}: {text}" if text else ""


def _category_label(text: str) -> CategoryLabel:
    try:
        return category_label(text)
    except LookoutError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
