"""A model on disk: `<models>/<name>/{model.ts, model.bf16.ts, model.pt2, card.json, card.md}`.

`model.ts` is what is run, `model.bf16.ts` the same in bfloat16, `model.pt2` the same for
torch.export, TorchScript's successor.

The card records the hash of every artefact, and nothing that does not match is opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from model.card import Artefact, Card
from model.card_text import card_as_markdown
from model.errors import BundleCorrupt, BundleMissing
from model.files import sha256_of
from model.sources.catalogue import DESCRIPTIONS

DEFAULT_BUNDLE = "nsfwjs-mobilenet-v2-mid"
TORCHSCRIPT = "model.ts"
TORCHSCRIPT_BFLOAT16 = "model.bf16.ts"
TORCHSCRIPT_INT8 = "model.int8.ts"
"""Where there is one: of a model compressed here."""
EXPORTED = "model.pt2"
WEIGHTS = "weights.pt"
"""Of a model trained here, to go on from."""
CARD = "card.json"
CARD_TEXT = "card.md"


@dataclass(frozen=True)
class Bundle:
    """An installed model whose files matched its card when it was opened."""

    folder: Path
    card: Card

    @property
    def name(self) -> str:
        """Name of the bundle, which is also the name of its folder."""
        return self.card.name

    def artefact(self, file: str) -> Path:
        """Return the path of one of the card's artefacts."""
        return self.folder / file


def open_bundle(models: Path, name: str = DEFAULT_BUNDLE) -> Bundle:
    """Open `<models>/<name>` and check its artefacts against its card.

    Raises:
        BundleMissing: It is not installed.
        BundleCorrupt: The card is unreadable, or an artefact is absent or does not match.
    """
    folder = models / name
    bundle = Bundle(folder, _read_card(folder, name))
    for file, expected in bundle.card.artefacts.items():
        _check(bundle.artefact(file), expected, name)
    return bundle


def read_card(models: Path, name: str) -> Card:
    """Return the card of `<models>/<name>`; its artefacts are not checked.

    Raises:
        BundleMissing: It is not installed.
        BundleCorrupt: The card is unreadable.
    """
    return _read_card(models / name, name)


def write_bundle(folder: Path, card: Card, artefacts: Mapping[str, bytes]) -> Bundle:
    """Write a bundle's files into an existing, empty folder."""
    for file, content in artefacts.items():
        (folder / file).write_bytes(content)
    (folder / CARD).write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / CARD_TEXT).write_text(card_as_markdown(card), encoding="utf-8")
    return Bundle(folder, card)


def installed_bundles(models: Path) -> list[str]:
    """Return the names of the bundles under `models`, checked or not, sorted."""
    return sorted(card.parent.name for card in models.glob(f"[!.]*/{CARD}"))


def _read_card(folder: Path, name: str) -> Card:
    try:
        card = Card.model_validate_json((folder / CARD).read_bytes())
    except FileNotFoundError as error:
        raise BundleMissing(
            f"The model {name} is not installed in {folder.parent}: {_advice(name)}."
        ) from error
    except ValidationError as error:
        raise BundleCorrupt(
            f"The card of the model {name} cannot be read: {_advice(name)}."
        ) from error
    if card.name != name:
        raise BundleCorrupt(f"{folder} holds the model {card.name}: {_advice(name)}.")
    return card


def _check(path: Path, expected: Artefact, name: str) -> None:
    try:
        sha256 = sha256_of(path)
    except FileNotFoundError as error:
        raise BundleCorrupt(f"{path} is gone: {_advice(name)}.") from error
    if sha256 != expected.sha256:
        raise BundleCorrupt(
            f"{path} has sha256 {sha256}, its card says {expected.sha256}: {_advice(name)}."
        )


def _advice(name: str) -> str:
    if name in DESCRIPTIONS:
        return f"run `lookout model install {name}`"
    return (
        f"train it with `lookout train DATASET --name {name}`, or get one of "
        f"{', '.join(DESCRIPTIONS)} with `lookout model install`"
    )
