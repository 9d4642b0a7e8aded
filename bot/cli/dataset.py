"""`lookout dataset`: labelled pictures, made ready for training."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import progress
from bot.cli.collecting import add_collecting, collect, is_collecting
from bot.cli.options import add_command
from model.errors import DatasetUnusable
from model.training.dataset.build import build
from model.training.dataset.duplicates import NEAR_BITS
from model.training.dataset.examine import SHORTEST_EDGE
from model.training.dataset.manifest import REPORT, Dataset
from model.training.dataset.report import as_markdown

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `dataset` and its sub-commands."""
    parser = add_command(
        subparsers,
        "dataset",
        summary="labelled pictures, made ready for training",
        description=(
            "Turn folders of pictures, one sub-folder per label, into a data set: each picture\n"
            "once, in 60 % training, 20 % validation and 20 % test pictures. Use only pictures\n"
            "that you may lawfully have and label; see docs/training.md."
        ),
        example="lookout dataset build pictures --to var/datasets/mine",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_build(actions)
    _add_show(actions)


def build_dataset(arguments: argparse.Namespace) -> int:
    """Build a data set from labelled folders and from the wiki."""
    if not arguments.folders and not is_collecting(arguments):
        raise DatasetUnusable("Name a labelled folder, --commons CATEGORY=LABEL or --reviewed.")
    collected = [collect(arguments)] if is_collecting(arguments) else []
    dataset = build(
        [*arguments.folders, *collected],
        arguments.to,
        shortest_edge=arguments.shortest_edge,
        near_bits=arguments.near_bits,
        drop_conflicts=arguments.drop_conflicts,
        progress=progress.files,
    )
    print(
        f"{len(dataset.entries)} pictures with {len(dataset.labels)} labels, "
        f"{len(dataset.removed)} left out: see {arguments.to / REPORT}"
    )
    return 0


def show_dataset(arguments: argparse.Namespace) -> int:
    """Print what a data set holds and what was left out."""
    print(as_markdown(Dataset.read(arguments.dataset)), end="")
    return 0


def _add_build(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "build",
        summary="build a data set from labelled folders and from the wiki",
        description=(
            "Read FOLDER/LABEL/…/picture, and FOLDER/metadata.csv if there is one (columns path,\n"
            "source, uploader, tags, medium, licence, author, page, weight). Unreadable, tiny and\n"
            "repeated pictures are left out and listed. Pictures alike, and those of one\n"
            "uploader, stay on one side of the split. --commons and --reviewed fetch thumbnails,\n"
            "which stay on this machine; interrupted, the same command goes on."
        ),
        example="lookout dataset build pictures --to var/datasets/mine",
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--to", type=Path, required=True, metavar="DATASET", help="where to write")
    parser.add_argument(
        "--shortest-edge",
        type=int,
        default=SHORTEST_EDGE,
        metavar="PIXELS",
        help="leave out smaller pictures (default: %(default)s)",
    )
    parser.add_argument(
        "--near-bits",
        type=int,
        default=NEAR_BITS,
        choices=range(17),
        metavar="BITS",
        help="bits of 64 in which near-duplicates may differ (0 to 16, default: %(default)s)",
    )
    parser.add_argument(
        "--drop-conflicts",
        action="store_true",
        help="leave out files with two labels, instead of stopping",
    )
    add_collecting(parser)
    parser.set_defaults(run=build_dataset)


def _add_show(actions: "Subparsers") -> None:
    parser = add_command(
        actions,
        "show",
        summary="print what a data set holds",
        description="Print pictures per label and side, slices, and what was left out and why.",
        example="lookout dataset show var/datasets/mine",
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.set_defaults(run=show_dataset)
