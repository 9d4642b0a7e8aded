"""`lookout distil`: a smaller network that learns from a model, if it gives the same scores."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.cli import progress
from bot.cli.options import add_command
from bot.cli.train import add_numbers, refusal, run_folder, weights_of
from bot.home import models_folder
from model.processors import available
from model.training.dataset.manifest import Dataset
from model.training.recipe import StudentRecipe

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

STUDENT = "mobilenet-v3-small"
NUMBERS = {
    "seed": "of every random number",
    "batch": "pictures per step",
    "epochs": "most passes",
    "rate": "learning rate; a tenth for a --start that knows pictures",
    "patience": "passes without improvement after which it ends",
    "temperature": "the higher, the more the teacher's doubts count",
    "hard-share": "share of the labels themselves in the loss, 0 to 1",
}


def register(subparsers: "Subparsers") -> None:
    """Add `distil`."""
    parser = add_command(
        subparsers,
        "distil",
        summary="a smaller network that learns from a model, if it gives the same scores",
        description=(
            "Train a student on what a model, its teacher, says of a data set's pictures. It is\n"
            "refused where a reference picture's score is further from the teacher's than\n"
            "--bound, or where accuracy on the validation pictures is lower by more than a\n"
            "point. Killed at any time, the same command goes on, and gives the same student."
        ),
        example="lookout distil mine var/datasets/mine --name mine-small",
    )
    parser.add_argument("teacher", metavar="MODEL", help="an installed model")
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="of its labels")
    parser.add_argument("--name", required=True, help="of the student")
    parser.add_argument(
        "--start",
        default=STUDENT,
        metavar="MODEL",
        help="the student before it learns: as for `lookout train` (default: %(default)s)",
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="torchvision's ImageNet weights: as for `lookout train`"
    )
    parser.add_argument("--restart", action="store_true", help="forget an earlier run of that name")
    parser.add_argument(
        "--bound",
        type=float,
        metavar="CHANGE",
        help="largest change of a reference picture's probability (default: of MODEL's card, 0.05)",
    )
    add_numbers(parser, StudentRecipe, NUMBERS)
    parser.add_argument("--threads", type=int, default=available(), help="(default: %(default)s)")
    parser.add_argument("--no-augment", dest="augment", action="store_false")
    parser.set_defaults(run=distil)


def distil(arguments: argparse.Namespace) -> int:
    """Distil a model; go on with it if it was interrupted."""
    from model.compression.distil import distil as teach  # noqa: PLC0415 - torch is slow to import

    folder = run_folder(arguments)
    kept = teach(
        Dataset.read(arguments.dataset),
        _recipe(arguments),
        name=arguments.name,
        models=models_folder(),
        folder=folder,
        weights=weights_of(arguments),
        bound=arguments.bound,
        say=progress.say,
        bar=progress.bar,
    )
    print(
        f"{arguments.name}: scores of the reference pictures differ from the teacher's by at most "
        f"{kept.drift:.4f}; accuracy on the validation pictures {kept.before:.4f} of the teacher, "
        f"{kept.after:.4f} of the student; what happened is in {folder / 'log.csv'}"
    )
    return 0


def _recipe(arguments: argparse.Namespace) -> StudentRecipe:
    from model.bundle import open_bundle  # noqa: PLC0415 - keeps `lookout --help` quick
    from model.compression.distil import recipe_for  # noqa: PLC0415 - likewise

    options = (*(name.replace("-", "_") for name in NUMBERS), "threads", "augment")
    settings = {name: getattr(arguments, name) for name in options}
    try:
        return recipe_for(
            open_bundle(models_folder(), arguments.teacher), arguments.start, **settings
        )
    except ValidationError as error:
        raise refusal(error) from error
