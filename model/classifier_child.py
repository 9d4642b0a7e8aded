"""The child's side of `model.isolated_classifier`: the models, and what is asked of them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from model.bundle import Bundle, open_bundle
from model.classifier import Classifier
from model.consultation import Consultation
from model.errors import BundleError


def serve(options: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return the child's handler, with the options of `IsolatedClassifier`.

    It answers None with what the model is, a list of pictures with their scores, `{"alone":
    picture}` likewise, `{"candidate": pictures}` with the candidate's, and `{"explain": label,
    "picture": picture}` with each place's share in the label.
    """
    return _Models(options).answer


class _Models:
    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        bundle = self._found(options["name"])
        self._first = self._opened(bundle)
        lone = self._alone(bundle)
        if second := options["second"]:
            consulted = self._opened(self._found(second["name"]))
            self._scorer: Classifier | Consultation = Consultation(self._first, consulted, **second)
            self._lone: Classifier | Consultation = Consultation(lone, consulted, **second)
        else:
            self._scorer, self._lone = self._first, lone
        # Opened now: a child that grew by a model later on would be replaced for it.
        self._candidate, self._trouble = self._opened_candidate()
        self._edge = bundle.card.input.size

    def answer(self, request: Any) -> Any:
        match request:
            case None:
                return self._about()
            case {"explain": label, "picture": picture}:
                return self._first.explain(picture, label)
            case {"candidate": pictures} if self._candidate:
                return self._candidate.classify(pictures)
            case {"alone": picture}:
                return self._lone.classify([picture])
            case pictures:
                return self._scorer.classify(pictures)

    def _about(self) -> dict[str, Any]:
        candidate = self._candidate
        return {
            "labels": self._scorer.labels,
            "edge": self._edge,
            "version": self._scorer.version,
            "provenance": asdict(self._first.provenance),
            "candidate": {
                "version": candidate.version if candidate else "",
                "labels": candidate.labels if candidate else (),
                "trouble": self._trouble,
            },
        }

    def _found(self, name: str) -> Bundle:
        return open_bundle(Path(self._options["models"]), name)

    def _opened(self, bundle: Bundle) -> Classifier:
        options = self._options
        return Classifier(bundle, threads=options["threads"], precision=options["precision"])

    def _alone(self, bundle: Bundle) -> Classifier:
        """Return the first model as it scores a picture that is alone.

        A graph is compiled for a number of threads, so that it takes another copy of it.
        """
        threads = self._options["alone_threads"]
        if threads <= self._options["threads"]:
            return self._first
        return Classifier(bundle, threads=threads, precision=self._first.provenance.precision)

    def _opened_candidate(self) -> tuple[Classifier | None, str]:
        """Return the candidate, if there is one, or why it cannot be used."""
        name = self._options["candidate"]
        try:
            return (self._opened(self._found(name)) if name else None), ""
        except (BundleError, RuntimeError, MemoryError) as error:  # RuntimeError: torch's, of all
            return None, f"{type(error).__name__}: {error}"
