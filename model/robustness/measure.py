"""Tries everything that a plan asks for on one model."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from model.robustness import scaling
from model.robustness.attacks import ATTACKS, FGSM, PGD, SQUARE, Attacker, gradients
from model.robustness.corruptions.arrays import Pixels
from model.robustness.corruptions.registry import CORRUPTIONS
from model.robustness.obfuscations import OBFUSCATIONS
from model.robustness.outcome import Outcome
from model.robustness.plan import Plan
from model.robustness.sample import Sample
from model.robustness.subject import BATCH, Scores, Subject

CURVE: Final = (0.25, 0.5, 2.0)
"""Parts and multiples of epsilon at which PGD is tried, too, for the curve."""
OVERWHELMING: Final = 64.0
"""A change, of 255, under which no honest gradient attack fails."""


class Bar(Protocol):
    """Passes on items and shows how far they have come."""

    def __call__(
        self, items: Iterable[Sequence[Pixels]], total: int, what: str, /
    ) -> Iterable[Sequence[Pixels]]:
        """Pass on `total` batches."""
        ...


@dataclass
class Findings:
    """All that was found out about one model.

    Attributes:
        name: Of the bundle.
        labels: Of the scores.
        clean: Answers to the pictures as they are.
        corruptions: By name and severity.
        obfuscations: By name.
        attacks: By name, at the plan's epsilon.
        curve: Under PGD, by epsilon, of 255.
        scaling: Answers to large pictures that hide another, beside those to the same without.
        hidden_seen: Whether a careless resize would have shown another label, for each of those.
        gradient: Share of the pictures with a gradient.
        overwhelmed: Under PGD with a very large epsilon.
    """

    name: str
    labels: tuple[str, ...]
    clean: Outcome
    corruptions: dict[tuple[str, int], Outcome] = field(default_factory=dict)
    obfuscations: dict[str, Outcome] = field(default_factory=dict)
    attacks: dict[str, Outcome] = field(default_factory=dict)
    curve: dict[float, Outcome] = field(default_factory=dict)
    scaling: Outcome | None = None
    hidden_seen: Outcome | None = None
    gradient: float | None = None
    overwhelmed: Outcome | None = None

    @property
    def worst(self) -> NDArray[np.bool_]:
        """Whether no attack of the plan's epsilon succeeded, (N,)."""
        kept = np.array([outcome.kept for outcome in self.attacks.values()])
        every: NDArray[np.bool_] = kept.min(axis=0)
        return every

    @property
    def masked(self) -> bool:
        """Tell whether gradients mislead, by the signs of Carlini et al., 2019, section 5.

        "On Evaluating Adversarial Robustness": single steps beat many, random search beats
        gradients, or a boundless attack fails.
        """
        if self.overwhelmed is None:
            return False
        kept = {name: int(outcome.kept.sum()) for name, outcome in self.attacks.items()}
        slack = 1 + len(self.worst) // 20
        return (
            int(self.overwhelmed.kept.sum()) > slack
            or kept[PGD] > kept[FGSM] + slack
            or kept[PGD] > kept[SQUARE] + slack
        )


def measure(subject: Subject, sample: Sample, plan: Plan, *, bar: Bar) -> Findings:
    """Try corruptions, obfuscations, the scaling attack and gradient attacks.

    Raises:
        TrainingRefused: Attacks are asked for and ART is not installed.
        BundleCorrupt: The served graph is not made of the weights that would be attacked.
    """
    return _Measurement(subject, sample, plan, bar).run()


class _Measurement:
    def __init__(self, subject: Subject, sample: Sample, plan: Plan, bar: Bar) -> None:
        self._subject, self._sample, self._plan, self._bar = subject, sample, plan, bar
        subject.check(sample.pictures[:BATCH])
        attacks = "attacks" in plan.parts
        self._attacker = Attacker(subject, sample.pictures, plan) if attacks else None
        self._clean = subject.score(sample.pictures)

    def run(self) -> Findings:
        subject, plan = self._subject, self._plan
        found = Findings(subject.name, subject.labels, self._outcome(self._clean))
        if "corruptions" in plan.parts:
            found.corruptions = dict(self._corruptions())
        if "obfuscations" in plan.parts:
            found.obfuscations = dict(self._obfuscations())
        if "scaling" in plan.parts:
            self._scaling(found)
        if self._attacker is not None:
            self._attacks(found, self._attacker)
        return found

    def _corruptions(self) -> Iterator[tuple[tuple[str, int], Outcome]]:
        for name, corrupt in CORRUPTIONS.items():
            for severity in self._plan.severities:
                random = np.random.default_rng(
                    [self._plan.seed, zlib.crc32(name.encode()), severity]
                )
                changed = (corrupt(picture, severity, random) for picture in self._sample.pictures)
                yield (name, severity), self._judged(_batches(changed), f"{name} {severity}")

    def _obfuscations(self) -> Iterator[tuple[str, Outcome]]:
        for name, obfuscate in OBFUSCATIONS.items():
            changed = (obfuscate(picture) for picture in self._sample.pictures)
            yield name, self._judged(_batches(changed), name)

    def _scaling(self, found: Findings) -> None:
        """Hide in each picture the next one that is taken for something else."""
        choice = self._clean.argmax(axis=1)
        pairs = [
            (cover, hidden) for cover in range(len(choice)) for hidden in _others(choice, cover)
        ]
        if not pairs:
            return
        pictures = self._sample.pictures
        attacked = [scaling.covered(pictures[hidden], pictures[cover]) for cover, hidden in pairs]
        plain = self._scores(
            ([scaling.enlarged(pictures[cover])] for cover, _ in pairs), len(pairs), "large"
        )
        careless = [scaling.carelessly_reduced(picture) for picture in attacked]
        hiding = self._scores(([each] for each in attacked), len(pairs), "scaling attack")
        found.scaling = Outcome(plain, hiding, None)
        found.hidden_seen = Outcome(plain, self._subject.score(careless), None)

    def _attacks(self, found: Findings, attacker: Attacker) -> None:
        plan, truth = self._plan, self._sample.truth
        targets = self._clean.argmax(axis=1) if truth is None else truth
        found.gradient = gradients(self._subject.network, self._sample.pictures, targets)
        for name in ATTACKS:
            batches = attacker.attacked(name, targets, plan.epsilon)
            found.attacks[name] = self._judged(batches, name)
        for part in CURVE:
            epsilon = part * plan.epsilon
            batches = attacker.attacked(PGD, targets, epsilon)
            found.curve[epsilon] = self._judged(batches, f"PGD of {epsilon:g}/255")
        found.curve[plan.epsilon] = found.attacks[PGD]
        batches = attacker.attacked(PGD, targets, OVERWHELMING)
        found.overwhelmed = self._judged(batches, f"PGD of {OVERWHELMING:g}/255")

    def _judged(self, batches: Iterable[Sequence[Pixels]], what: str) -> Outcome:
        total = -(-len(self._sample.pictures) // BATCH)
        return self._outcome(self._scores(batches, total, what))

    def _scores(self, batches: Iterable[Sequence[Pixels]], total: int, what: str) -> Scores:
        return np.concatenate(
            [self._subject.score(batch) for batch in self._bar(batches, total, what)]
        )

    def _outcome(self, changed: Scores) -> Outcome:
        return Outcome(self._clean, changed, self._sample.truth)


def _others(choice: NDArray[np.int64], cover: int) -> Iterator[int]:
    """Yield the first picture after this one, around the end, that has another label, if any."""
    for step in range(1, len(choice)):
        place = (cover + step) % len(choice)
        if choice[place] != choice[cover]:
            yield place
            return


def _batches(pictures: Iterable[Pixels]) -> Iterator[list[Pixels]]:
    batch: list[Pixels] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
