"""`lookout train`: a model of your own, from a data set of your own."""

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from bot.cli import progress
from bot.cli.options import add_command
from bot.home import home, models_folder
from model.bundle import DEFAULT_BUNDLE
from model.errors import TrainingRefused
from model.processors import available
from model.training.dataset.manifest import Dataset
from model.training.recipe import Recipe

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

HUB = "imagenet"
Item = TypeVar("Item")


def register(subparsers: "Subparsers") -> None:
    """Add `train`."""
    parser = add_command(
        subparsers,
        "train",
        summary="train a model on a data set",
        description=(
            "Train a new head on a known model's features, which takes seconds, then the whole\n"
            "network, gently. Ends by itself when the validation loss no longer falls. Killed at\n"
            "any time, the same command goes on, and gives the same model, bit by bit. The result\n"
            "is a bundle: name it as `model.name` in config.yaml."
        ),
        example="lookout train var/datasets/mine --name mine",
    )
    parser.add_argument("dataset", type=Path, metavar="DATASET")
    parser.add_argument("--name", required=True, help="of the new model")
    parser.add_argument(
        "--start",
        default=DEFAULT_BUNDLE,
        metavar="MODEL",
        help="an installed model, or mobilenet-v2, mobilenet-v3-large, "
        "mobilenet-v3-small, efficientnet-b0, inception-v3, resnet-50 (default: %(default)s)",
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help=f"torchvision's ImageNet weights for --start: a file, or `{HUB}` to fetch them",
    )
    parser.add_argument("--restart", action="store_true", help="forget an earlier run of that name")
    _add_recipe(parser)
    parser.set_defaults(run=train)


def train(arguments: argparse.Namespace) -> int:
    """Train a model; go on with it if it was interrupted."""
    from model.training.train import train as train_model  # noqa: PLC0415 - torch is slow to import

    folder = run_folder(arguments)
    bundle = train_model(
        Dataset.read(arguments.dataset),
        _recipe(arguments),
        name=arguments.name,
        models=models_folder(),
        folder=folder,
        weights=weights_of(arguments),
        say=progress.say,
        bar=progress.bar,
    )
    print(f"Trained {arguments.name}: {bundle}; what happened is in {folder / 'log.csv'}")
    return 0


def run_folder(arguments: argparse.Namespace) -> Path:
    """Return where the run of that name keeps its state, emptied by --restart.

    Raises:
        TrainingRefused: the name is none for a model, or a published one's.
    """
    from model.training.trained import check_name  # noqa: PLC0415 - torch is slow to import

    check_name(arguments.name)
    folder: Path = home() / "runs" / arguments.name
    if arguments.restart:
        shutil.rmtree(folder, ignore_errors=True)
    return folder


def weights_of(arguments: argparse.Namespace) -> Path | None:
    """Return the file of torchvision's weights that was asked for, fetched if need be."""
    from model.training.hub import fetched  # noqa: PLC0415 - torch is slow to import

    if arguments.weights == HUB:
        return fetched(arguments.start, say=progress.say)
    return Path(arguments.weights) if arguments.weights else None


def _recipe(arguments: argparse.Namespace) -> Recipe:
    try:
        return Recipe(**{name: getattr(arguments, name) for name in Recipe.model_fields})
    except ValidationError as error:
        raise refusal(error) from error


def refusal(error: ValidationError) -> TrainingRefused:
    """Return what a person is told of a setting that is out of its range."""
    first = error.errors()[0]
    option = str(first["loc"][0]).replace("_", "-")
    return TrainingRefused(f"--{option}: {first['msg']}.")


def add_numbers(
    parser: argparse.ArgumentParser, recipe: type[Recipe], numbers: Mapping[str, str]
) -> None:
    """Add options for some of a recipe's fields, with the recipe's defaults."""
    for option, meaning in numbers.items():
        default = recipe.model_fields[option.replace("-", "_")].default
        parser.add_argument(
            f"--{option}", type=type(default), default=default, help=f"{meaning} (%(default)s)"
        )


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    numbers = {
        "seed": "of every random number",
        "batch": "pictures per step",
        "head-epochs": "most passes for the head alone",
        "epochs": "most passes for the whole network; 0 trains the head alone",
        "head-rate": "learning rate of the head",
        "rate": "learning rate of the whole network",
        "patience": "passes without improvement after which a stage ends",
        "smoothing": "share of certainty that labels give up, such as 0.1",
    }
    add_numbers(parser, Recipe, numbers)
    parser.add_argument("--threads", type=int, default=available(), help="(default: %(default)s)")
    parser.add_argument(
        "--keep",
        choices=["best", "last"],
        default="best",
        help="the pass that counts: of the lowest validation loss, or the last (%(default)s)",
    )
    parser.add_argument(
        "--size", type=int, metavar="PIXELS", help="of the input, a multiple of 32, if not its own"
    )
    parser.add_argument(
        "--adversarial",
        type=float,
        default=0.0,
        metavar="EPSILON",
        help="withstand changes of each value by so much of 255; needs --epochs (%(default)s)",
    )
    parser.add_argument(
        "--adversarial-steps", type=int, default=2, help="to make a picture hard (%(default)s)"
    )
    parser.add_argument(
        "--adversarial-share",
        type=float,
        default=0.8,
        help="share of each batch that is made hard; the rest stays as it is (%(default)s)",
    )
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--no-augment", dest="augment", action="store_false")
    parser.add_argument("--no-class-weights", dest="class_weights", action="store_false")
