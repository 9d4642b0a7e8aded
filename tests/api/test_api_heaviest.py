"""Which frame of a video is kept for a heat map."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.engine import Engine
from bot.web.heaviest import Heaviest
from bot.web.shapes import RESULT, VideoResult
from model.video.score import Coverage, Moment, VideoScore, apart

Pixels = NDArray[np.uint8]
QUIET = {"neutral": 0.9, "porn": 0.06, "hentai": 0.04}
LOUD = {"neutral": 0.2, "porn": 0.3, "hentai": 0.5}
SECOND_LOUDER = {**LOUD, "open-nsfw/nsfw": 0.99}
COVERAGE = Coverage(130.0, 60.0, 100, 0, 3, 1)


class Drawing(Engine):
    """Draws nothing but the frame itself, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []

    def explain_frame(self, pixels: Pixels, label: str) -> Pixels:
        """Note it."""
        self.asked.append((int(pixels[0, 0, 0]), label))
        return pixels


def frame(grey: int) -> Pixels:
    return np.full((4, 4, 3), grey, np.uint8)


def explained(heaviest: Heaviest, engine: Engine, *numbers: int) -> VideoResult:
    """Explain a video in which these of the scored frames are seen, a minute apart."""
    moments = [Moment(60.0 * at + 5, QUIET, number=number) for at, number in enumerate(numbers)]
    result = VideoResult(**RESULT)
    heaviest.explain(result, engine, VideoScore(apart(moments, 130.0), COVERAGE, "vp9", 4, 4))
    return result


@pytest.mark.parametrize("loud", [LOUD, SECOND_LOUDER])
def test_it_is_the_one_that_weighs_most_in_whichever_batch(loud: dict[str, float]) -> None:
    heaviest, engine = Heaviest(("porn", "hentai")), Drawing()
    heaviest.see([frame(1), frame(2)], [QUIET, QUIET])
    heaviest.see([frame(3)], [loud])
    heaviest.see([frame(4)], [QUIET])
    result = explained(heaviest, engine, 0, 2, 3)
    assert engine.asked == [(3, "hentai")]
    assert (result.heat_map_place, result.heat_map_label) == ("1:05", "hentai")
    assert (result.heat_map or "").startswith("data:image/png;base64,")


def test_the_first_of_equals_is_kept_at_its_first_time() -> None:
    heaviest, engine = Heaviest(("porn", "hentai")), Drawing()
    heaviest.see([frame(1), frame(2)], [LOUD, LOUD])
    assert explained(heaviest, engine, 0, 1, 0).heat_map_place == "0:05"
    assert engine.asked == [(1, "hentai")]
