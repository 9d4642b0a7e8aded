"""`model.classifier.Classifier` in a process of its own: torch's memory and faults stay there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import BundleCorrupt, BundleError
from model.isolation import IsolatedWorker, ProcessLimits

CLASSIFY_TIMEOUT_S: Final = 60.0
HANDLER: Final = "model.isolated_classifier:serve"
# The models take up to 300 MB; each thread has a stack of 8 MiB.
PROCESS: Final = ProcessLimits(
    memory_bytes=None, data_bytes=3 * 2**29, calls_before_recycling=100_000
)
ROUNDING: Final = 1e-3  # of a probability in bfloat16


@dataclass(frozen=True)
class Second:
    """A second model, asked where the first's sum of `of` lies from `low` to below `high`."""

    name: str
    of: tuple[str, ...]
    labels: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True)
class Candidate:
    """A further model in the same process, which only answers when it is asked by name.

    Attributes:
        version: The key of its scores; empty when it cannot be used.
        labels: Its labels.
        trouble: Why it cannot be used; empty when it can.
    """

    version: str
    labels: tuple[str, ...]
    trouble: str


class IsolatedClassifier:
    """Scores in one child process. Safe to share between threads."""

    def __init__(
        self,
        models: Path,
        name: str,
        *,
        threads: int = 1,
        precision: str = "auto",
        second: Second | None = None,
        candidate: str = "",
    ) -> None:
        """Open the bundle `name` in the folder `models`, in the child, as `Classifier` does.

        With a `second`, pictures in its band also get that model's scores, with its name in front
        of its labels: `open-nsfw/nsfw`. A `candidate` that cannot be opened is no error: then
        `self.candidate` says so.

        Raises:
            BundleError: one is missing or corrupt, other than the candidate.
        """
        options = {
            "models": str(models),
            "name": name,
            "threads": threads,
            "precision": precision,
            "second": asdict(second) if second else None,
            "candidate": candidate,
        }
        limits = replace(PROCESS, processors=threads)
        self._worker = IsolatedWorker(HANDLER, options=options, limits=limits)
        about = self._worker.call(None, timeout_s=CLASSIFY_TIMEOUT_S)
        self.labels: tuple[str, ...] = tuple(about["labels"])
        self.input_edge: int = about["edge"]
        self.version: str = about["version"]
        self.provenance: dict[str, str] = about["provenance"]
        told = about["candidate"]
        self.candidate = Candidate(told["version"], tuple(told["labels"]), told["trouble"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def classify(
        self, pictures: Sequence[NDArray[np.uint8]], *, hurried: bool = False
    ) -> list[dict[str, float]]:
        """Score pictures as `Classifier.classify` does.

        `hurried` ones have as long together as one has otherwise.

        Raises:
            WorkerDied: the child crashed or took too long.
            BundleCorrupt: what the model gives are no probabilities.
        """
        timeout_s = CLASSIFY_TIMEOUT_S * (1 if hurried else max(1, len(pictures)))
        scores: list[dict[str, float]] = self._worker.call(list(pictures), timeout_s=timeout_s)
        for score in scores:
            _refuse_what_is_no_probability(score, self.version)
        return scores

    def classify_by_candidate(
        self, pictures: Sequence[NDArray[np.uint8]], *, timeout_s: float
    ) -> list[dict[str, float]]:
        """Score pictures as `classify` does, by the candidate, within `timeout_s` seconds.

        Raises:
            WorkerDied: the child crashed or took too long; the next call has a fresh one.
            BundleError: the candidate cannot be used, or gives no probabilities.
        """
        if self.candidate.trouble:
            raise BundleError(self.candidate.trouble)
        request = {"candidate": list(pictures)}
        scores: list[dict[str, float]] = self._worker.call(request, timeout_s=timeout_s)
        for score in scores:
            _refuse_what_is_no_probability(score, self.candidate.version)
        return scores

    def explain(self, picture: NDArray[np.uint8], label: str) -> NDArray[np.float32]:
        """Return each place's share in `label` as `Classifier.explain` does.

        Raises:
            WorkerDied: the child crashed or took too long.
        """
        request = {"explain": label, "picture": picture}
        shares: NDArray[np.float32] = self._worker.call(request, timeout_s=CLASSIFY_TIMEOUT_S)
        return shares

    def close(self) -> None:
        """End the child."""
        self._worker.close()


def _refuse_what_is_no_probability(score: Mapping[str, float], version: str) -> None:
    """Stop at NaN above all: it reaches no threshold, so that everything would be cleared."""
    bad = {label: p for label, p in score.items() if not -ROUNDING <= p <= 1 + ROUNDING}
    if bad:
        raise BundleCorrupt(
            f"the model {version} gives {bad}, which are no probabilities. Run "
            "lookout model verify; if it finds nothing, set model.precision: fp32, or "
            "another model.name"
        )


def serve(options: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return the child's handler.

    It answers None with what the model is, a list of pictures with their scores,
    `{"candidate": pictures}` with the candidate's, and `{"explain": label, "picture": picture}`
    with each place's share in the label.
    """
    from model.bundle import Bundle, open_bundle  # noqa: PLC0415 - torch is for the child alone
    from model.classifier import Classifier  # noqa: PLC0415
    from model.consultation import Consultation  # noqa: PLC0415

    def opened(bundle: Bundle) -> Classifier:
        return Classifier(bundle, threads=options["threads"], precision=options["precision"])

    models, second = Path(options["models"]), options["second"]
    bundle = open_bundle(models, options["name"])
    classifier = opened(bundle)
    scorer: Classifier | Consultation = classifier
    if second:
        scorer = Consultation(classifier, opened(open_bundle(models, second["name"])), **second)
    candidate, trouble = None, ""
    if options["candidate"]:
        # Opened now: a child that grew by a model later on would be replaced for it.
        try:
            candidate = opened(open_bundle(models, options["candidate"]))
        except (BundleError, RuntimeError, MemoryError) as error:  # RuntimeError: torch's, of all
            trouble = f"{type(error).__name__}: {error}"
    about = {
        "labels": scorer.labels,
        "edge": bundle.card.input.size,
        "version": scorer.version,
        "provenance": asdict(classifier.provenance),
        "candidate": {
            "version": candidate.version if candidate else "",
            "labels": candidate.labels if candidate else (),
            "trouble": trouble,
        },
    }

    def handle(request: Any) -> Any:
        match request:
            case None:
                return about
            case {"explain": label, "picture": picture}:
                return classifier.explain(picture, label)
            case {"candidate": pictures} if candidate:
                return candidate.classify(pictures)
            case pictures:
                return scorer.classify(pictures)

    return handle
