"""`lookout evaluate`: how good a model is on a data set's test pictures."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import progress
from bot.cli.options import add_command
from bot.home import models_folder
from model.bundle import open_bundle
from model.training.dataset.entry import SPLITS
from model.training.dataset.manifest import Dataset
from model.training.evaluation.answers import answers_of
from model.training.evaluation.doubts import wrong_folders
from model.training.evaluation.report import Question, sections_of, write_report
from model.training.evaluation.sections import as_markdown

ALL = "all"

if TYPE_CHECKING:
    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `evaluate`."""
    parser = add_command(
        subparsers,
        "evaluate",
        summary="how good a model is on labelled pictures",
        description=(
            "Score a data set's test pictures and report accuracy, precision and recall, areas\n"
            "under the curves with 95 % intervals, calibration, precision where positives are\n"
            "rare, thresholds for a precision, and each slice apart."
        ),
        example="lookout evaluate var/datasets/mine --model mine --positive drawing --write report",
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("--model", required=True, help="an installed model with the same labels")
    parser.add_argument(
        "--positive", nargs="+", required=True, metavar="LABEL", help="labels to be found"
    )
    parser.add_argument(
        "--side",
        choices=[*SPLITS, ALL],
        default="test",
        help=f"`{ALL}` finds wrong labels everywhere; its figures are too good where the model was "
        "trained on these pictures (default: %(default)s)",
    )
    parser.add_argument(
        "--prevalence",
        nargs="+",
        type=_share,
        default=(0.001, 0.01, 0.1),
        metavar="SHARE",
        help="shares of positives among uploads (default: 0.001 0.01 0.1)",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FOLDER", help="write there Markdown, HTML and plots"
    )
    parser.set_defaults(run=evaluate)


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate a model; print or write the report."""
    bundle = open_bundle(models_folder(), arguments.model)
    dataset = Dataset.read(arguments.dataset)
    entries = dataset.entries if arguments.side == ALL else dataset.side(arguments.side)
    answers = answers_of(bundle, entries, progress=progress.files)
    question = Question(tuple(arguments.positive), tuple(arguments.prevalence))
    title = f"{bundle.name} on the {arguments.side} pictures of data set {dataset.version}"
    if arguments.write is None:
        print(as_markdown(title, sections_of(answers, question)), end="")
    else:
        write_report(arguments.write, title, answers, question)
        print(arguments.write / "evaluation.html")
    for line in wrong_folders(answers):
        print(line, file=sys.stderr)
    return 0


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} does not lie between 0 and 1")
    return value
