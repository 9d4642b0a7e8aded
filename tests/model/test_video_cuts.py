"""Cuts are those of PySceneDetect's AdaptiveDetector and ContentDetector, to the frame."""

import random
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector

from model.video.cuts import LEAST_CHANGE, RATIO, SUDDEN, WINDOW, CutDetector
from support.videos import Pixels, Shot, colour, drawn, frames_of, moving, plain

RATE = 25.0


def small(frames: Sequence[Pixels]) -> list[Pixels]:
    return [np.asarray(cv2.resize(frame, (64, 48)), dtype=np.uint8) for frame in frames]


def ours(frames: Sequence[Pixels]) -> list[int]:
    detector = CutDetector()
    return [cut for index, frame in enumerate(frames) for cut in detector.cuts(index, frame)]


def theirs(frames: Sequence[Pixels]) -> list[int]:
    detectors = (
        ContentDetector(threshold=SUDDEN, min_scene_len=0),
        AdaptiveDetector(
            adaptive_threshold=RATIO,
            min_scene_len=1,
            window_width=WINDOW,
            min_content_val=LEAST_CHANGE,
        ),
    )
    return [
        cut.frame_num
        for index, frame in enumerate(frames)
        for detector in detectors
        for cut in detector.process_frame(FrameTimecode(index, RATE), frame)
    ]


def random_film(number: int) -> list[Pixels]:
    """Return stills, fades, flashes, noise and a wandering camera, one after the other."""
    dice, noise = random.Random(number), np.random.default_rng(number)
    shots: list[Shot] = []
    for _ in range(12):
        picture = dice.choice((plain, drawn))(dice.randrange(5))
        match dice.randrange(4):
            case 0:
                shots += [Shot(np.roll(picture, 7 * n, axis=1), 1) for n in range(12)]
            case 1:
                shots += moving(picture, dice.randint(1, 6))
            case 2:
                strength = dice.choice((10, 60, 250))
                grain = noise.integers(0, strength, (8, *picture.shape))
                shots += [Shot(np.clip(picture + one, 0, 255).astype(np.uint8), 1) for one in grain]
            case _:
                fade = dice.choice((0, 2, 6)) if shots else 0
                shots.append(Shot(picture, fade + dice.randint(1, 12), fade))
    return small(frames_of(shots))


@pytest.mark.parametrize("number", range(6))
def test_the_same_cuts_in_films_put_together_at_random(number: int) -> None:
    film = random_film(number)
    cuts = ours(film)
    assert len(cuts) == len(set(cuts)) >= 3
    assert sorted(cuts) == sorted(set(theirs(film)))


def test_each_of_the_two_finds_what_the_other_does_not() -> None:
    flashes = [Shot(plain(1), 10), Shot(drawn(1), 1), Shot(plain(1), 1), Shot(drawn(1), 1)]
    assert ours(small(frames_of([*flashes, Shot(plain(1), 10)]))) == [10, 11, 12, 13]
    greys = [Shot(colour("#404040"), 10), Shot(colour("#808080"), 10)]  # a change of 64 / 3
    assert ours(small(frames_of(greys))) == [10]


@pytest.mark.parametrize("length", [0, 1, 2, 4])
def test_the_first_frame_begins_no_scene_by_a_cut(length: int) -> None:
    assert ours(small(frames_of([Shot(plain(0), length)]))) == []
