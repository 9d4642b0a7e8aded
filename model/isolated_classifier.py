"""`model.classifier.Classifier` in a process of its own: torch's memory and faults stay there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import BundleCorrupt, BundleError
from model.isolation import IsolatedWorker, ProcessLimits

CLASSIFY_TIMEOUT_S: Final = 60.0
HANDLER: Final = "model.classifier_child:serve"
# Weights in pages of 2 MiB take some 3 % less time: fewer addresses to look up. Where there are
# none, or the C library does not know of them, nothing changes.
# https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html
LARGE_PAGES: Final = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
# The models take up to 300 MB; each thread has a stack of 8 MiB.
PROCESS: Final = ProcessLimits(
    memory_bytes=None,
    data_bytes=3 * 2**29,
    calls_before_recycling=100_000,
    environment=LARGE_PAGES,
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
        alone_threads: int = 1,
    ) -> None:
        """Open the bundle `name` in the folder `models`, in the child, as `Classifier` does.

        With a `second`, pictures in its band also get that model's scores, with its name in front
        of its labels: `open-nsfw/nsfw`. A `candidate` that cannot be opened is no error: then
        `self.candidate` says so. `aclassify` may use `alone_threads` for a picture, where these
        are more.

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
            "alone_threads": alone_threads,
        }
        limits = replace(PROCESS, processors=max(threads, alone_threads))
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
        return _checked(scores, self.version)

    async def aclassify(self, picture: NDArray[np.uint8], *, alone: bool) -> dict[str, float]:
        """Score one picture as `classify` does, for an event loop; see `IsolatedWorker.acall`.

        With `alone_threads` if it is `alone`: sooner, and at a higher cost.
        """
        request = {"alone": picture} if alone else [picture]
        scores = await self._worker.acall(request, timeout_s=CLASSIFY_TIMEOUT_S)
        return _checked(scores, self.version)[0]

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
        return _checked(scores, self.candidate.version)

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


def _checked(scores: list[dict[str, float]], version: str) -> list[dict[str, float]]:
    for score in scores:
        _refuse_what_is_no_probability(score, version)
    return scores


def _refuse_what_is_no_probability(score: Mapping[str, float], version: str) -> None:
    """Stop at NaN above all: it reaches no threshold, so that everything would be cleared."""
    bad = {label: p for label, p in score.items() if not -ROUNDING <= p <= 1 + ROUNDING}
    if bad:
        raise BundleCorrupt(
            f"the model {version} gives {bad}, which are no probabilities. Run "
            "lookout model verify; if it finds nothing, set model.precision: fp32, or "
            "another model.name"
        )
