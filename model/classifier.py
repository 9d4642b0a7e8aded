"""Pictures in, named probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from model import torchscript
from model.bundle import TORCHSCRIPT, Bundle

_HASH_DIGITS = 12


@dataclass(frozen=True)
class Provenance:
    """Exactly what produced a score.

    Attributes:
        model: Name of the bundle.
        weights: sha256 of the graph that was run, hexadecimal.
        preprocessing: Version of the step from pixels to network input.
        precision: Arithmetic of the network, `fp32`.
    """

    model: str
    weights: str
    preprocessing: str
    precision: str

    @property
    def version(self) -> str:
        """A short key under which scores can be stored and never be mixed up."""
        parts = (self.model, self.weights[:_HASH_DIGITS], self.preprocessing, self.precision)
        return "/".join(parts)


class Classifier:
    """An open bundle, ready to score.

    Args:
        bundle: From `open_bundle`, which has checked its hashes.
        threads: Processor threads per picture. The setting is torch's own and holds for the
            whole process.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self.labels = bundle.card.labels
        self.provenance = Provenance(
            model=bundle.name,
            weights=bundle.card.artefacts[TORCHSCRIPT].sha256,
            preprocessing=bundle.card.input.preprocessing,
            precision="fp32",
        )
        self._graph = torchscript.load(bundle.artefact(TORCHSCRIPT))

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Score pictures, each uint8 RGB (H, W, 3) of its own size.

        Returns:
            For each picture, in order, label to probability; a picture's values sum to 1.
        """
        return [self._classify_one(picture) for picture in pictures]

    def _classify_one(self, picture: NDArray[np.uint8]) -> dict[str, float]:
        # torch shares memory with the array, and warns when it is read-only, as Pillow's are.
        pixels = torch.from_numpy(np.require(picture, requirements=("C", "W"))).unsqueeze(0)
        probabilities = torchscript.predict(self._graph, pixels)[0].tolist()
        return dict(zip(self.labels, probabilities, strict=True))
