"""`lookout calibrate`: make a trained model's probabilities mean what they say."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.cli import progress
from bot.cli.options import add_command
from bot.home import models_folder
from model.training.dataset.entry import SPLITS
from model.training.dataset.manifest import Dataset

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

ALL = "all"
Item = TypeVar("Item")


def register(subparsers: "Subparsers") -> None:
    """Add `calibrate`."""
    parser = add_command(
        subparsers,
        "calibrate",
        summary="make a trained model's probabilities mean what they say",
        description=(
            "Fit on one half of the data set's validation pictures, measure on the other half,\n"
            "store what was fitted inside the model's graphs. The model gets a new version, so\n"
            "look at your thresholds again. A temperature changes no decision; vector scaling and\n"
            "isotonic maps treat each label apart and need more pictures. Pictures count by their\n"
            "weight: with a set of people's decisions (`lookout dataset build --reviewed`) the\n"
            "audit sample speaks for all that was not suggested."
        ),
        example="lookout calibrate var/datasets/mine --model mine",
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("--model", required=True, help="a model trained here")
    parser.add_argument(
        "--method",
        choices=["temperature", "vector", "isotonic"],
        default="temperature",
        help="(default: %(default)s)",
    )
    parser.add_argument(
        "--side",
        choices=[*SPLITS, ALL],
        default="validation",
        help=f"`{ALL}` for a set that the model was not trained on (default: %(default)s)",
    )
    parser.set_defaults(run=calibrate)


def calibrate(arguments: argparse.Namespace) -> int:
    """Fit and store a model's calibration."""
    from model.training.calibrate import calibrate as fit  # noqa: PLC0415 - torch is slow to import

    dataset = Dataset.read(arguments.dataset)
    found = fit(
        models_folder(),
        arguments.model,
        dataset,
        bar=progress.bar,
        method=arguments.method,
        side=None if arguments.side == ALL else arguments.side,
    )
    print(
        f"{arguments.model}: {found.described}\nexpected calibration error on {found.measured} "
        f"other pictures: {found.before:.4f} before, {found.after:.4f} after"
    )
    return 0
