"""`lookout model`: install, verify, sign, list and show classifier bundles."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import add_command
from bot.home import home, models_folder
from model.bundle import DEFAULT_BUNDLE, installed_bundles, open_bundle
from model.card_text import card_as_markdown
from model.sources.catalogue import DESCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.cli.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Add `model` and its sub-commands."""
    parser = add_command(
        subparsers,
        "model",
        summary="install, verify, list and show classifiers",
        description="Install, verify, list and show classifiers.",
        example="lookout model install",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _named(actions, "install", install, "fetch a published model and convert it")
    _add_verify(actions)
    _add_sign(actions)
    _named(actions, "show", show, "print the model card")
    _action(actions, "list", list_models, "list the models, installed or not")
    _add_compare(actions)


def install(arguments: argparse.Namespace) -> int:
    """Install one model; says so if it is there already."""
    from model.install import install as install_bundle  # noqa: PLC0415 - torch is slow to import

    install_bundle(arguments.name, models_folder(), say=print)
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Check who signed a model, if asked; then compare its scores with its original's."""
    from model.install import verify as verify_bundle  # noqa: PLC0415 - torch is slow to import

    if arguments.public_key is not None:
        from model.signature import check  # noqa: PLC0415 - cryptography is slow to import

        check(open_bundle(models_folder(), arguments.name), arguments.public_key)
        print(f"{arguments.name}: signed by the key in {arguments.public_key}")
    difference = verify_bundle(arguments.name, models_folder())
    print(f"{arguments.name}: hashes match, scores differ by at most {difference:.1e}")
    return 0


def sign_model(arguments: argparse.Namespace) -> int:
    """Sign one installed model's card, which holds the hashes of all its files."""
    from model.signature import sign  # noqa: PLC0415 - cryptography is slow to import

    bundle = open_bundle(models_folder(), arguments.name)
    print(f"{bundle.name} signed: {sign(bundle, arguments.key)}")
    return 0


def compare(arguments: argparse.Namespace) -> int:
    """Measure models side by side: all that are installed, and what common networks would cost."""
    from model.comparison.backbones import BACKBONES, torchvision_is_installed  # noqa: PLC0415 - slow to import
    from model.comparison.compare import compare as measure  # noqa: PLC0415 - likewise
    from model.comparison.report import as_markdown, write_report  # noqa: PLC0415 - likewise

    folder = models_folder()
    if arguments.trained:
        return _compare_trained(arguments)
    backbones = BACKBONES if torchvision_is_installed() else ()
    names = arguments.names or [*(installed_bundles(folder) or [DEFAULT_BUNDLE]), *backbones]
    rows = measure(folder, names, data=arguments.data, labels=arguments.positive, say=_aside)
    if arguments.write is None:
        print(as_markdown(rows))
    else:
        print(write_report(arguments.write, rows))
    return 0


def _compare_trained(arguments: argparse.Namespace) -> int:
    from model.comparison.report import write_trained  # noqa: PLC0415 - slow to import
    from model.comparison.trained import trained_rows, trained_section  # noqa: PLC0415 - likewise

    rows = trained_rows(models_folder(), home() / "runs", arguments.names, say=_aside)
    if arguments.write is None:
        print(trained_section(rows), end="")
    else:
        print(write_trained(arguments.write, rows))
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print one installed model's card as Markdown."""
    print(card_as_markdown(open_bundle(models_folder(), arguments.name).card))
    return 0


def list_models(_: argparse.Namespace) -> int:
    """Print every known model, its size and whether it is installed."""
    installed = installed_bundles(models_folder())
    for name in sorted({*DESCRIPTIONS, *installed}):
        state = "installed" if name in installed else "not installed"
        print(f"{name:<28}{state:<15}{_summary(name)}")
    return 0


def _add_verify(actions: "Subparsers") -> None:
    parser = _named(actions, "verify", verify, "check an installed model against its original")
    parser.add_argument(
        "--public-key", type=Path, metavar="FILE", help="also check that this key signed its card"
    )


def _add_sign(actions: "Subparsers") -> None:
    parser = _named(actions, "sign", sign_model, "sign an installed model's card")
    parser.epilog = f"example: lookout model sign {DEFAULT_BUNDLE} --key signing.pem"
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="private Ed25519 key, PEM"
    )


def _add_compare(actions: "Subparsers") -> None:
    parser = _action(actions, "compare", compare, "measure models side by side")
    parser.epilog = "example: lookout model compare --data my-pictures --write docs"
    parser.add_argument(
        "names",
        nargs="*",
        help="models (default: all that are installed, and common networks for cost only)",
    )
    parser.add_argument(
        "--trained", action="store_true", help="models trained here on one data set, side by side"
    )
    parser.add_argument("--data", type=Path, help="folder with positive/ and negative/ pictures")
    parser.add_argument(
        "--positive",
        nargs="+",
        default=["porn", "hentai", "nsfw"],
        metavar="LABEL",
        help="labels that count as positive (default: porn hentai nsfw)",
    )
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write comparison.md there")


def _aside(line: str) -> None:
    print(line, file=sys.stderr)


def _summary(name: str) -> str:
    description = DESCRIPTIONS.get(name)
    if description is None:
        return ""
    return f"{description.parameters / 1e6:.1f} M parameters, {description.licence.spdx}"


def _action(
    actions: "Subparsers", name: str, run: "Callable[[argparse.Namespace], int]", about: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name, help=about, description=run.__doc__, epilog=f"example: lookout model {name}"
    )
    parser.set_defaults(run=run)
    return parser


def _named(
    actions: "Subparsers", name: str, run: "Callable[[argparse.Namespace], int]", about: str
) -> argparse.ArgumentParser:
    parser = _action(actions, name, run, about)
    parser.epilog = f"example: lookout model {name} {DEFAULT_BUNDLE}"
    parser.add_argument(
        "name", nargs="?", default=DEFAULT_BUNDLE, help=f"model name (default: {DEFAULT_BUNDLE})"
    )
    return parser
