"""Pictures in, named probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.bundle import Bundle
from model.precision import ARCHIVES, Precision, open_engine

_HASH_DIGITS = 12


@dataclass(frozen=True)
class Provenance:
    """Exactly what produced a score.

    Attributes:
        model: Name of the bundle.
        weights: sha256 of the graph that was run, hexadecimal.
        preprocessing: Version of the step from pixels to network input.
        precision: Arithmetic of the network.
    """

    model: str
    weights: str
    preprocessing: str
    precision: Precision

    @property
    def version(self) -> str:
        """A short key under which scores can be stored and never be mixed up."""
        parts = (self.model, self.weights[:_HASH_DIGITS], self.preprocessing, self.precision)
        return "/".join(parts)


class Classifier:
    """An open bundle, ready to score.

    The defaults are the fastest that fit a small process. `precision="fp32", fused=False` gives
    the same bits on every run and for every grouping of pictures.

    Args:
        bundle: From `open_bundle`, which has checked its hashes.
        threads: Processor threads per picture. Another number may move a score in bfloat16 by
            some 0.002: sums are rounded in another order.
        batch: Pictures run at once; more take more memory, about 15 MB each.
        precision: `auto` takes bfloat16 where the processor is faster at it and the bundle's
            reference pictures keep their scores.
        fused: Whether oneDNN compiles the graph: a third less time, some 30 MB more.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        threads: int = 1,
        batch: int = 1,
        precision: Precision | Literal["auto"] = "auto",
        fused: bool = True,
    ) -> None:
        self._threads = threads
        self._set_threads()
        self.labels = bundle.card.labels
        self._engine, chosen = open_engine(bundle, precision=precision, batch=batch, fused=fused)
        self.provenance = Provenance(
            model=bundle.name,
            weights=bundle.card.artefacts[ARCHIVES[chosen]].sha256,
            preprocessing=bundle.card.input.preprocessing,
            precision=chosen,
        )

    @property
    def version(self) -> str:
        """The key of these scores, see `Provenance.version`."""
        return self.provenance.version

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Score pictures, each uint8 RGB (H, W, 3) of its own size.

        Returns:
            For each picture, in order, label to probability; a picture's values sum to 1.
        """
        self._set_threads()
        return [
            dict(zip(self.labels, probabilities.tolist(), strict=True))
            for probabilities in self._engine.score([_pixels(picture) for picture in pictures])
        ]

    def explain(self, picture: NDArray[np.uint8], label: str) -> NDArray[np.float32]:
        """Return each place's share in the logit of `label`, float32 (h, w), any sign.

        The exact class-activation map of `model.networks.pooled.Pooled.activation_map`.
        """
        self._set_threads()
        shares = self._engine.explain(_pixels(picture))[0, self.labels.index(label)]
        return shares.numpy()

    def _set_threads(self) -> None:
        # torch's number holds for the whole process, which may have classifiers of several.
        torch.set_num_threads(self._threads)


def _pixels(picture: NDArray[np.uint8]) -> Tensor:
    # torch shares memory with the array, and warns when it is read-only, as Pillow's are.
    return torch.from_numpy(np.require(picture, requirements=("C", "W")))[None]
