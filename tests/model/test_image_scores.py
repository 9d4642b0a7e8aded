"""What decoding does to scores: shrinking must not move them, nor may hidden pixels."""

import io
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from skimage import data as samples

from model.classifier import Classifier
from model.image import decode

pytestmark = pytest.mark.model

Pixels = NDArray[np.uint8]
TARGET = 224
ATTACKED_EDGE = 2008  # (2008 - 1) / (224 - 1) = 9: every ninth pixel is all that TF.js looks at


def photograph(name: str, width: int, height: int) -> Pixels:
    """Return a photograph enlarged to the size of a camera's, with a camera's noise."""
    small = Image.fromarray(getattr(samples, name)()).convert("RGB")
    large = np.asarray(small.resize((width, height), Image.Resampling.LANCZOS), dtype=np.int16)
    noise = np.random.default_rng(0).normal(0, 4, (height, width, 1)).astype(np.int16)
    return (large + noise).clip(0, 255).astype(np.uint8)


def encoded(pixels: Pixels, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def largest_shift(one: dict[str, float], other: dict[str, float]) -> float:
    return max(abs(one[label] - other[label]) for label in one)


def score(classifier: Classifier, pixels: Pixels) -> dict[str, float]:
    return classifier.classify([pixels])[0]


def score_file(classifier: Classifier, data: bytes, target: int | None) -> dict[str, float]:
    return score(classifier, decode(data, target=target).frames[0].pixels)


def tfjs_resized(pixels: Pixels) -> Pixels:
    """Resize as nsfwjs 4.4.0 does: `tf.image.resizeBilinear(image, [224, 224], true)`."""
    planes = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
    small = torch.nn.functional.interpolate(
        planes, (TARGET, TARGET), mode="bilinear", align_corners=True
    )
    return small[0].permute(1, 2, 0).round().byte().numpy()


@pytest.mark.parametrize("name", ["coffee", "chelsea", "camera", "rocket"])
@pytest.mark.parametrize("size", [(1500, 1000), (2700, 1800)])
@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"quality": 88}), ("PNG", {"compress_level": 1})]
)
def test_shrinking_for_the_model_hardly_moves_scores(
    classifier: Classifier, name: str, size: tuple[int, int], kind: str, options: dict[str, int]
) -> None:
    data = encoded(photograph(name, *size), kind, **options)
    whole = score_file(classifier, data, target=None)
    assert largest_shift(score_file(classifier, data, TARGET), whole) < 0.03


def image_scaling_attack() -> tuple[Pixels, Pixels]:
    """Return coffee, and coffee that a resize without antialiasing turns into a rocket.

    Xiao et al., "Seeing is not believing: camouflage attacks on image scaling algorithms", USENIX
    Security 2019; the defence by antialiasing is from Quiring et al., USENIX Security 2020.
    """
    clean = photograph("coffee", ATTACKED_EDGE, ATTACKED_EDGE)
    attacked = clean.copy()
    attacked[::9, ::9] = photograph("rocket", TARGET, TARGET)
    return clean, attacked


def test_the_attack_works_on_the_resize_it_is_made_for(classifier: Classifier) -> None:
    clean, attacked = image_scaling_attack()
    assert (clean != attacked).any(axis=2).mean() < 0.013
    fooled = score(classifier, tfjs_resized(attacked))
    assert largest_shift(fooled, score(classifier, tfjs_resized(clean))) > 0.1
    assert largest_shift(fooled, score(classifier, photograph("rocket", TARGET, TARGET))) < 0.001


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("JPEG", {"quality": 98}), ("TIFF", {})]
)
@pytest.mark.parametrize("target", [TARGET, None])
def test_the_attack_does_not_work_on_ours(
    classifier: Classifier, kind: str, options: dict[str, int], target: int | None
) -> None:
    clean, attacked = (
        score_file(classifier, encoded(pixels, kind, **options), target)
        for pixels in image_scaling_attack()
    )
    assert largest_shift(attacked, clean) < 0.02
