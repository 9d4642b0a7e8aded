"""`python -m support.litserving_child PORT`: the default bundle behind LitServe."""

import sys
from typing import Any

import litserve
import numpy as np
from fastapi import Request
from numpy.typing import NDArray

from bot.home import models_folder
from model.bundle import open_bundle
from model.classifier import Classifier
from model.image import decode

BATCH = 8


class Scores(litserve.LitAPI):  # type: ignore[misc]  # it publishes no types
    """Decode, score in batches, answer with all probabilities."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - the base class has it
        """Load the model."""
        bundle = open_bundle(models_folder())
        self._edge = bundle.card.input.size
        self._classifier = Classifier(bundle)

    def decode_request(self, request: Request) -> NDArray[np.uint8]:
        """Return the picture of a form."""
        data: bytes = request["file"].file.read()
        return decode(data, target=self._edge).frames[0].pixels

    def batch(self, inputs: list[Any]) -> list[Any]:
        """Leave pictures of different sizes as they are."""
        return inputs

    def predict(self, pictures: list[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Score a batch."""
        return self._classifier.classify(pictures)

    def unbatch(self, output: Any) -> Any:
        """Hand scores back, one by one."""
        return list(output)

    def encode_response(self, output: dict[str, float]) -> dict[str, Any]:
        """Return what is sent."""
        return {"scores": output}


if __name__ == "__main__":
    server = litserve.LitServer(
        Scores(max_batch_size=BATCH, batch_timeout=0.001), accelerator="cpu", timeout=60
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
