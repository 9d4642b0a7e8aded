"""`lookout calibrate`: make a trained model's probabilities mean what they say."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tqdm import tqdm

from bot.cli.options import add_command
from bot.home import models_folder
from model.training.dataset.manifest import Dataset

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

Item = TypeVar("Item")


def register(subparsers: "Subparsers") -> None:
    """Add `calibrate`."""
    parser = add_command(
        subparsers,
        "calibrate",
        summary="make a trained model's probabilities mean what they say",
        description=(
            "Fit one temperature on the data set's validation pictures and store it inside the\n"
            "model's graphs. Which label is the most probable stays as it is; the model gets a\n"
            "new version, so look at your thresholds again."
        ),
        example="lookout calibrate var/datasets/mine --model mine",
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("--model", required=True, help="a model trained here")
    parser.set_defaults(run=calibrate)


def calibrate(arguments: argparse.Namespace) -> int:
    """Fit and store a model's temperature."""
    from model.training.calibrate import calibrate as fit  # noqa: PLC0415 - torch is slow to import

    dataset = Dataset.read(arguments.dataset)
    found = fit(models_folder(), arguments.model, dataset, bar=_bar)
    print(
        f"{arguments.model}: temperature {found.temperature:.3f}; expected calibration error on "
        f"the validation pictures {found.before:.4f} before, {found.after:.4f} after"
    )
    return 0


def _bar(batches: Iterable[Item], total: int, what: str) -> Iterable[Item]:
    return tqdm(
        batches, total=total, desc=what, unit="batch", file=sys.stderr, disable=None, leave=False
    )
