"""`lookout robustness`: how far answers move when pictures are damaged, disguised or attacked."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from bot.cli import progress
from bot.cli.options import add_command
from bot.home import models_folder
from model.errors import TrainingRefused

if TYPE_CHECKING:
    from bot.cli.options import Subparsers

Item = TypeVar("Item")
PARTS = ("corruptions", "obfuscations", "scaling", "attacks")


def register(subparsers: "Subparsers") -> None:
    """Add `robustness`."""
    parser = add_command(
        subparsers,
        "robustness",
        summary="how far a model's answers move under damage and attack",
        description=(
            "Try a model on pictures that are damaged in fifteen ways, at five severities,\n"
            "disguised as people disguise them, and attacked by FGSM, PGD, APGD-CE, Square and\n"
            "by image scaling. DATA is a data set, of which the test pictures are used, or\n"
            "a folder of pictures without labels, for which flips are told instead of accuracy."
        ),
        example="lookout robustness mine var/datasets/mine --quick --write report",
    )
    parser.add_argument("model", metavar="MODEL", help="an installed model")
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--against", metavar="MODEL", help="another model, side by side")
    parser.add_argument(
        "--positive", nargs="+", default=[], metavar="LABEL", help="labels that make up the score"
    )
    parser.add_argument("--quick", action="store_true", help="few pictures and steps: a first look")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="(default: all)")
    parser.add_argument("--epsilon", type=float, help="largest change by an attack, of 255 (4)")
    parser.add_argument("--pictures", type=int, help="how many are drawn (40; 16 with --quick)")
    parser.add_argument("--pgd-steps", type=int, help="(20; 10 with --quick)")
    parser.add_argument("--apgd-steps", type=int, help="(30; 10 with --quick)")
    parser.add_argument("--square-queries", type=int, help="(200; 30 with --quick)")
    parser.add_argument("--seed", type=int, help="of every random number (8)")
    parser.add_argument(
        "--threads", type=int, default=len(os.sched_getaffinity(0)), help="(default: %(default)s)"
    )
    parser.add_argument(
        "--write", type=Path, metavar="FOLDER", help="write there Markdown, HTML, JSON and plots"
    )
    parser.set_defaults(run=robustness)


def robustness(arguments: argparse.Namespace) -> int:
    """Try a model, or two; print or write the report."""
    # Imported here, because torch is slow to import.
    from model.robustness.report import sections_of, write_report  # noqa: PLC0415
    from model.robustness.run import run  # noqa: PLC0415
    from model.training.evaluation.sections import as_markdown  # noqa: PLC0415

    plan = _plan(arguments)
    names = [arguments.model, *([arguments.against] if arguments.against else [])]
    title, findings = run(
        names,
        models_folder(),
        arguments.data,
        plan,
        positive=arguments.positive,
        threads=arguments.threads,
        say=progress.say,
        bar=progress.bar,
    )
    if arguments.write is None:
        print(as_markdown(title, sections_of(findings, plan, arguments.positive)), end="")
    else:
        print(write_report(arguments.write, title, findings, plan, arguments.positive))
    return 0


def _plan(arguments: argparse.Namespace) -> Any:
    from model.robustness.plan import QUICK, Plan  # noqa: PLC0415 - opencv is slow to import

    given = {
        name: getattr(arguments, name)
        for name in Plan.model_fields
        if getattr(arguments, name, None) is not None
    }
    try:
        return Plan.model_validate({**(QUICK if arguments.quick else {}), **given})
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise TrainingRefused(f"--{option}: {first['msg']}.") from error
