"""`lookout compress`: a smaller or faster form of a trained model, if its scores stay."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.cli import progress
from bot.cli.options import add_command
from bot.home import models_folder
from model.training.dataset.manifest import Dataset

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

Item = TypeVar("Item")


def register(subparsers: "Subparsers") -> None:
    """Add `compress`."""
    parser = add_command(
        subparsers,
        "compress",
        summary="a faster form of a trained model, if its scores stay",
        description=(
            "Add a graph in eight-bit integers to a copy of a model trained here. It is refused\n"
            "where a reference picture's score moves by more than the model's card allows, or\n"
            "where accuracy on the validation pictures falls by more than a point."
        ),
        example="lookout compress mine var/datasets/mine --name mine-int8",
    )
    parser.add_argument("model", metavar="MODEL", help="a model trained here")
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="of its labels")
    parser.add_argument("--name", required=True, help="of the new model")
    parser.add_argument(
        "--scheme",
        choices=["careful", "naive"],
        default="careful",
        help="one scale for each channel, sensitive layers left exact; or one for each tensor "
        "(%(default)s)",
    )
    parser.set_defaults(run=compress)


def compress(arguments: argparse.Namespace) -> int:
    """Compress a model."""
    # Imported here, because torch is slow to import.
    from model.compression.compress import quantise  # noqa: PLC0415
    from model.training.trained import check_name  # noqa: PLC0415

    check_name(arguments.name)
    kept = quantise(
        models_folder(),
        arguments.model,
        arguments.name,
        Dataset.read(arguments.dataset),
        arguments.scheme,
        bar=progress.bar,
    )
    print(
        f"{arguments.name}: scores of the reference pictures move by at most {kept.drift:.4f}; "
        f"accuracy on the validation pictures {kept.before:.4f} before, {kept.after:.4f} after"
    )
    return 0
