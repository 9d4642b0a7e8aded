"""Bytes to scores in this process: what much else is set beside."""

from bot.home import models_folder
from model.bundle import open_bundle
from model.classifier import Classifier
from model.image import decode


class Scoring:
    """The default model on one thread."""

    def __init__(self) -> None:
        bundle = open_bundle(models_folder())
        self.classifier = Classifier(bundle)
        self.edge = bundle.card.input.size
        self.precision = self.classifier.provenance.precision

    def scores(self, data: bytes) -> dict[str, float]:
        """Decode and score one picture."""
        return self.classifier.classify([decode(data, target=self.edge).frames[0].pixels])[0]
