"""When the second model is asked, and what follows from its answer."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from model.bundle import Bundle
from model.classifier import Classifier
from model.golden_pictures import golden_pictures
from model.second_opinion import Band, Explicit, SecondOpinion

BLANK = np.zeros((4, 4, 3), dtype=np.uint8)


class Fixed:
    """Gives every picture the same scores, and counts them."""

    def __init__(self, **scores: float) -> None:
        self.scores = scores
        self.asked = 0

    def classify(self, pictures: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
        """Answer without looking."""
        self.asked += len(pictures)
        return [self.scores for _ in pictures]


def ask(first: Fixed, second: Callable[[], Fixed]) -> SecondOpinion:
    return SecondOpinion(
        first,
        second,
        band=Band(0.3, 0.7),
        first_explicit=Explicit(("porn", "hentai")),
        second_explicit=Explicit(("nsfw",)),
    )


@pytest.mark.parametrize(
    ("porn", "hentai", "verdict"), [(0.4, 0.3, "explicit"), (0.2, 0.0999, "not explicit")]
)
def test_a_sure_first_model_decides_alone(porn: float, hentai: float, verdict: str) -> None:
    def never() -> Fixed:
        raise AssertionError("the second model was opened")

    (opinion,) = ask(Fixed(porn=porn, hentai=hentai), never).classify([BLANK])
    assert opinion.verdict == verdict
    assert opinion.second is None
    assert opinion.disagreement is None


@pytest.mark.parametrize(
    ("nsfw", "verdict"), [(0.9, "explicit"), (0.1, "not explicit"), (0.5, "unsure")]
)
def test_inside_the_band_the_second_model_decides(nsfw: float, verdict: str) -> None:
    (opinion,) = ask(Fixed(porn=0.4, hentai=0.1), lambda: Fixed(nsfw=nsfw)).classify([BLANK])
    assert opinion.verdict == verdict
    assert opinion.second == {"nsfw": nsfw}
    assert opinion.disagreement == pytest.approx(abs(0.5 - nsfw))


def test_the_second_model_is_opened_once() -> None:
    second = Fixed(nsfw=0.2)
    opened: list[Fixed] = []

    def open_second() -> Fixed:
        opened.append(second)
        return second

    both = ask(Fixed(porn=0.5, hentai=0.0), open_second)
    both.classify([BLANK] * 3)
    both.classify([BLANK])
    assert len(opened) == 1
    assert second.asked == 4


@pytest.mark.parametrize(("low", "high"), [(0.7, 0.3), (-0.1, 0.5), (0.5, 1.1)])
def test_a_band_out_of_order_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="low <= high"):
        Band(low, high)


@pytest.mark.model
def test_two_real_models_on_a_picture_that_looks_drawn(
    installed: Callable[[str], Bundle],
) -> None:
    both = SecondOpinion(
        Classifier(installed("nsfwjs-mobilenet-v2-mid")),
        lambda: Classifier(installed("open-nsfw")),
        band=Band(0.3, 0.95),
        first_explicit=Explicit(("drawing",)),
        second_explicit=Explicit(("nsfw",)),
    )
    pictures = golden_pictures(224)
    drawn, photograph = both.classify([pictures["chelsea"], pictures["coffee"]])
    assert photograph.second is None
    assert drawn.second is not None
    assert drawn.verdict == "not explicit"
    assert drawn.disagreement is not None
    assert drawn.disagreement > 0.5
