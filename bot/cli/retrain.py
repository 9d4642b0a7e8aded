"""`lookout retrain`: a candidate from people's decisions, side by side with the live model."""

import argparse
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.cli import progress
from bot.cli.options import add_command, add_config, settings_of
from bot.cli.stats import DAY_S, positive
from bot.home import home, models_folder
from model.errors import TrainingRefused
from model.processors import available

if TYPE_CHECKING:
    from bot.cli.options import Subparsers
    from bot.config import Settings
    from bot.retraining.plan import Plan
    from bot.retraining.retrain import Ended

FOLDER = "retraining"
DAYS = 365
FEWEST = 300
FEWEST_EACH = 60
MOST = 5000
KEEP = 0.95
Item = TypeVar("Item")


def register(subparsers: "Subparsers") -> None:
    """Add `retrain`."""
    parser = add_command(
        subparsers,
        "retrain",
        summary="a candidate from people's decisions; it recommends, and never switches",
        description=(
            "Build a data set of the pictures that people decided about, train a candidate on the\n"
            "live model's features, and compare both on the same held-out files. The report says\n"
            "which is better, by how much, and which files would change. Nothing is switched.\n"
            "Killed at any time, the same command goes on; done, it says so and changes nothing.\n"
            "See docs/improvement.md."
        ),
        example="lookout retrain --days 365",
    )
    add_config(parser)
    parser.add_argument(
        "--name", help="of the candidate (default: retrained-YEAR-MONTH, of today, UTC)"
    )
    for option, default, meaning in (
        ("days", DAYS, "what was suggested in the last N days"),
        ("fewest", FEWEST, "decided pictures below which nothing is trained"),
        ("fewest-each", FEWEST_EACH, "the same, of each answer"),
        ("most", MOST, "pictures at most; the newest count"),
        ("threads", available(), "processor threads"),
    ):
        parser.add_argument(
            f"--{option}",
            type=positive,
            default=default,
            metavar="N",
            help=f"{meaning} (default: {default})",
        )
    parser.add_argument(
        "--epochs",
        type=int,
        default=0,
        metavar="N",
        help="most passes for the whole network; 0 trains the head alone (default: 0)",
    )
    parser.add_argument(
        "--keep",
        type=_share,
        default=KEEP,
        metavar="SHARE",
        help="how much of what the live model finds the candidate's threshold has to find "
        f"(default: {KEEP})",
    )
    parser.add_argument("--restart", action="store_true", help="forget an earlier run of that name")
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="where a folder of the pictures lies until the end (default: beside the report)",
    )
    parser.add_argument(
        "--keep-pictures", action="store_true", help="do not remove the pictures in the end"
    )
    parser.set_defaults(run=retrain)


def retrain(arguments: argparse.Namespace) -> int:
    """Go on with the retraining of this name, or begin it."""
    from bot.ledger import Ledger  # noqa: PLC0415 - keeps `lookout --help` quick
    from bot.retraining.lock import alone  # noqa: PLC0415 - likewise
    from bot.retraining.plan import PLAN  # noqa: PLC0415 - likewise
    from bot.retraining.retrain import (  # noqa: PLC0415 - likewise
        Enough,
        Retraining,
        result_of,
    )

    settings = settings_of(arguments)
    name = arguments.name or f"retrained-{datetime.now(UTC):%Y-%m}"
    folder = home() / FOLDER / name
    with alone(folder.parent):
        begun = (folder / PLAN).exists()
        if arguments.restart:
            shutil.rmtree(folder, ignore_errors=True)
        if not begun:
            _check_name(name)
        if ended := result_of(folder):
            print(f"{name} is done; --restart begins anew.")
            return _tell(ended, folder)
        plan = _plan(arguments, name, folder, settings)
        pictures = (arguments.pictures or folder) / f"{name}.pictures"
        work = Retraining(
            plan,
            folder,
            pictures,
            models_folder(),
            settings,
            say=progress.say,
            progress=progress.files,
        )
        with Ledger(settings.ledger.address) as ledger:
            ended = work.run(ledger, Enough(arguments.fewest, arguments.fewest_each))
        if not arguments.keep_pictures:
            work.forget_pictures()
    if ended.threshold is None:
        shutil.rmtree(folder)  # the next run takes what is decided by then
    return _tell(ended, folder)


def _plan(arguments: argparse.Namespace, name: str, folder: Path, settings: "Settings") -> "Plan":
    from bot.retraining.plan import Plan, acting  # noqa: PLC0415 - as above
    from bot.retraining.retrain import version_of  # noqa: PLC0415 - likewise
    from model.bundle import open_bundle  # noqa: PLC0415 - likewise

    live = version_of(open_bundle(models_folder(), settings.model.name))
    if begun := Plan.read(folder):
        if begun.live != live:
            raise TrainingRefused(
                f"{name} was begun beside {begun.live}, and {live} is live now: begin anew with "
                "--restart."
            )
        progress.say(f"Going on with {name}")
        return begun
    sums, threshold = acting(settings)
    until = time.time()
    plan = Plan(
        name=name,
        start=settings.model.name,
        live=live,
        since=until - arguments.days * DAY_S,
        until=until,
        most=arguments.most,
        epochs=arguments.epochs,
        threads=arguments.threads,
        keep=arguments.keep,
        sums=sums,
        threshold=threshold,
    )
    plan.write(folder)
    return plan


def _check_name(name: str) -> None:
    """Refuse the name of a model that no retraining of this name has made."""
    from model.bundle import installed_bundles  # noqa: PLC0415 - as above
    from model.training.trained import check_name  # noqa: PLC0415 - likewise

    check_name(name)
    if name in installed_bundles(models_folder()):
        raise TrainingRefused(f"A model called {name} is installed: choose another --name.")


def _tell(ended: "Ended", folder: Path) -> int:
    from bot.retraining.retrain import PAGE, REPORT  # noqa: PLC0415 - as above

    print(f"{ended.word[0].upper()}{ended.word[1:]}{': ' if ended.reason else ''}{ended.reason}")
    if ended.threshold is not None:
        print(f"Nothing was switched. The report: {folder / REPORT / PAGE}")
    return 0


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and up to 1")
    return value
