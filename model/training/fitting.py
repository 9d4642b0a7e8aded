"""Fits what turns a network's logits into calibrated probabilities.

Every fit takes weights, so that pictures that stand for many count as many.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from model.card import IsotonicMap, VectorScaling

HALVINGS: Final = 60
COLDEST, HOTTEST = 0.01, 100.0
RIDGE: Final = 1e-3
"""Holds vector scaling near the model's own logits where few pictures say otherwise."""
STEPS: Final = 200

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


def fit_temperature(logits: Floats, truth: Numbers, weights: Floats | None = None) -> float:
    """Return the temperature of least cross-entropy, in 0.01..100.

    The loss is convex in the inverse temperature, so that halving an interval on the sign of its
    slope finds it. Method: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Args:
        logits: (N, labels).
        truth: Number of each picture's label, (N,).
        weights: How many each picture counts for, (N,); by default one.
    """
    low, high = 1 / HOTTEST, 1 / COLDEST
    true_logits = logits[np.arange(len(truth)), truth]
    for _ in range(HALVINGS):
        inverse = (low + high) / 2
        expected = (softmax(logits * inverse) * logits).sum(axis=1)
        rising = np.average(expected - true_logits, weights=weights) > 0
        low, high = (low, inverse) if rising else (inverse, high)
    return 2 / (low + high)


def fit_vector(logits: Floats, truth: Numbers, weights: Floats | None = None) -> VectorScaling:
    """Return scale and shift of each label's logit of least cross-entropy; arguments as above."""
    shares = torch.from_numpy(_shares(truth, weights))
    inputs, targets = torch.from_numpy(logits), torch.from_numpy(truth)
    fitted = torch.stack([torch.ones(logits.shape[1]), torch.zeros(logits.shape[1])]).double()
    start = fitted.clone()
    fitted.requires_grad = True
    optimizer = torch.optim.LBFGS([fitted], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        scaled = inputs * fitted[0] + fitted[1]
        losses = functional.cross_entropy(scaled, targets, reduction="none")
        total = (losses * shares).sum() + RIDGE * (fitted - start).square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    scale, shift = fitted.detach().tolist()
    return VectorScaling(scale=tuple(scale), shift=tuple(shift))


def fit_isotonic(logits: Floats, truth: Numbers, weights: Floats | None = None) -> IsotonicMap:
    """Return a rising map of each label's probability; arguments as above.

    Zadrozny and Elkan, KDD 2002. Between the middles of its steps it is straight, and it is kept
    off 0 and 1, because that many pictures prove neither.
    """
    probabilities, shares = softmax(logits), _shares(truth, weights)
    margin = 1 / (len(truth) + 2)
    lines = [
        _line(probabilities[:, label], truth == label, shares, margin)
        for label in range(logits.shape[1])
    ]
    longest = max(len(places) for places, _ in lines)
    padded = [
        [np.append(part, np.repeat(part[-1], longest - len(part))) for part in line]
        for line in lines
    ]
    return IsotonicMap(
        places=tuple(tuple(map(float, places)) for places, _ in padded),
        values=tuple(tuple(map(float, values)) for _, values in padded),
    )


def pool_adjacent_violators(targets: Floats, weights: Floats) -> list[tuple[int, int]]:
    """Return the stretches on which the best rising fit of `targets` is level.

    Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information",
    Annals of Mathematical Statistics 26(4), 1955.
    """
    blocks: list[list[float]] = []  # sum, weight, first, end
    for place, (target, weight) in enumerate(zip(targets, weights, strict=True)):
        blocks.append([target * weight, weight, place, place + 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            total, mass, _, end = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + mass, blocks[-1][2], end]
    return [(int(first), int(end)) for _, _, first, end in blocks]


def softmax(logits: Floats) -> Floats:
    """Return probabilities (N, labels)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _line(
    scores: Floats, hits: NDArray[np.bool_], shares: Floats, margin: float
) -> tuple[Floats, Floats]:
    order = np.argsort(scores, kind="stable")
    ranked, right, counts = scores[order], hits[order].astype(np.float64), shares[order]
    blocks = [slice(*block) for block in pool_adjacent_violators(right, counts)]
    places = [np.average(ranked[block], weights=counts[block]) for block in blocks]
    values = [np.average(right[block], weights=counts[block]) for block in blocks]
    return np.array([0, *places, 1]), np.clip([values[0], *values, values[-1]], margin, 1 - margin)


def _shares(truth: Numbers, weights: Floats | None) -> Floats:
    counts = np.ones(len(truth)) if weights is None else weights
    shares: Floats = counts / counts.sum()
    return shares
