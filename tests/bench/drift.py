"""How far scores move in bfloat16, and what is flagged in vain, on harmless pictures."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.benign import FEW_PACKAGES, PACKAGES, Benign, middle, pictures
from bench.sidebyside import Bound, Line, Missing, Note, Row, Sample
from bot.home import models_folder
from bot.settings.rules import DEFAULT_RULES
from model.bundle import open_bundle
from model.classifier import Classifier
from model.precision import processor_has_bfloat16

DRIFT = Bound("at most", 0.05)
NO_FLIPS = Bound("at most", 0)
MARGIN = 0.05  # so close to the threshold a flip is no surprise
RULE = next(rule for rule in DEFAULT_RULES if rule.name == "explicit")
THRESHOLD = RULE.at_least.image

Sums = NDArray[np.float64]


def measure(*, quick: bool) -> Iterator[Line]:
    """Score the pictures, then crops of them, in float32, in bfloat16, and as the bot does here."""
    bundle = open_bundle(models_folder())
    packages = FEW_PACKAGES if quick else PACKAGES
    whole = list(pictures(packages, target=bundle.card.input.size))
    parts = [middle(picture) for picture in whole]
    exact, ours = Classifier(bundle, precision="fp32"), Classifier(bundle)
    half = Classifier(bundle, precision="bf16") if processor_has_bfloat16() else None
    for kind, chosen in (("pictures", whole), ("middles", parts)):
        if half:
            yield from _drift(kind, chosen, _sums(exact, chosen), _sums(half, chosen))
        yield from _flagged(kind, chosen, _sums(ours, chosen))
    if half is None:
        yield Missing("drift", "this processor has no bfloat16, so that the bot uses float32 here")
    counts = Counter(picture.source for picture in whole)
    sources = ", ".join(f"{source} {count}" for source, count in counts.items())
    yield Note(
        f"drift: {len(whole)} distinct pictures ({sources}) and the middle quarter of each; "
        f"`{RULE.name}` is {' + '.join(RULE.labels)}, flagged from {THRESHOLD}"
    )


def _sums(classifier: Classifier, chosen: Sequence[Benign]) -> Sums:
    """Return the sum of the rule's labels for each picture."""
    scores = classifier.classify([picture.pixels for picture in chosen])
    return np.array([sum(score[label] for label in RULE.labels) for score in scores])


def _drift(kind: str, chosen: Sequence[Benign], exact: Sums, quick: Sums) -> Iterator[Line]:
    changes = np.abs(exact - quick)
    flips = ((exact >= THRESHOLD) != (quick >= THRESHOLD)) & (abs(exact - THRESHOLD) > MARGIN)
    largest = Sample("bf16 against fp32", [float(changes.max())], "")
    flipped = Sample("bf16 against fp32", [float(flips.sum())], "verdicts")
    yield Row(f"largest change of `{RULE.name}`, {len(exact)} {kind}", largest, bound=DRIFT)
    yield Row(f"flipped outside {THRESHOLD} ± {MARGIN}, {kind}", flipped, bound=NO_FLIPS)
    worst = int(changes.argmax())
    yield Note(
        f"drift: 99 % of the {kind} change by less than {np.percentile(changes, 99):.3f}; "
        f"most of all {chosen[worst].name}, from {exact[worst]:.3f} to {quick[worst]:.3f}"
    )


def _flagged(kind: str, chosen: Sequence[Benign], sums: Sums) -> Iterator[Line]:
    flagged = [
        f"{picture.name} ({picture.source}) {value:.2f}"
        for picture, value in zip(chosen, sums, strict=True)
        if value >= THRESHOLD
    ]
    count = Sample("default precision", [float(len(flagged))], "")
    yield Row(f"flagged in vain, of {len(chosen)} {kind}", count)
    if flagged:
        yield Note(f"flagged in vain, {kind}: {'; '.join(flagged)}")
