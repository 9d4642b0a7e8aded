"""Scenes to one score, and what else is reported of them."""

import pytest

from model.video.limits import VideoLimits
from model.video.score import Moment, Scene, aggregate, apart, summed

VALUE = summed(("drawing",))


def moment(time_s: float, drawing: float) -> Moment:
    return Moment(time_s, {"drawing": drawing, "neutral": 1 - drawing})


def scene(start_s: float, end_s: float, *drawings: float) -> Scene:
    step = (end_s - start_s) / len(drawings)
    moments = [moment(start_s + step * n, drawing) for n, drawing in enumerate(drawings)]
    return Scene(start_s, end_s, tuple(moments))


def test_a_short_insert_decides_however_long_the_film_around_it() -> None:
    film = [scene(0, 300, *[0.1] * 150), scene(300, 303, 0.9, 0.8), scene(303, 600, *[0.0] * 150)]
    summary = aggregate(film, VALUE, threshold=0.5)
    assert summary.overall == pytest.approx(0.9)
    assert (summary.maximum, summary.at_s) == (0.9, 300)
    assert summary.longest_run_s == pytest.approx(3)
    assert summary.share_above == pytest.approx(3 / 600)
    assert [s.score for s in summary.scenes] == pytest.approx([0.1, 0.9, 0.0])


def test_a_lone_outlier_within_a_scene_is_smoothed_and_reported() -> None:
    summary = aggregate([scene(0, 10, 0.1, 0.1, 0.9, 0.1, 0.1)], VALUE, threshold=0.5)
    assert summary.overall == pytest.approx(1.1 / 3)
    assert (summary.maximum, summary.at_s) == (0.9, 4)
    assert summary.longest_run_s == pytest.approx(2)


def test_a_scene_of_which_half_is_high_is_high() -> None:
    for views, expected in (([0.9, 0.1], 0.9), ([0.9, 0.8, 0.1, 0.1], 0.85), ([0.9] * 9, 0.9)):
        summary = aggregate([scene(0, 10, *views)], VALUE, threshold=0.5)
        assert summary.overall == pytest.approx(expected)


def test_a_run_goes_on_across_cuts() -> None:
    film = [scene(0, 4, 0.0, 0.9), scene(4, 6, 0.7), scene(6, 8, 0.2)]
    assert aggregate(film, VALUE, threshold=0.5).longest_run_s == pytest.approx(4)


def test_stills_and_pages_are_judged_by_the_highest() -> None:
    pages = apart([moment(1, 0.2), moment(2, 0.9), moment(3, 0.9)], 4)
    summary = aggregate(pages, VALUE, threshold=0.5)
    assert (summary.overall, summary.at_s, summary.longest_run_s) == (0.9, 2, 2)
    assert summary.share_above == pytest.approx(2 / 3)


def test_a_single_frame_without_length_has_a_share() -> None:
    assert aggregate(apart([moment(0, 0.9)], 0), VALUE, threshold=0.5).share_above == 1


def test_labels_are_summed() -> None:
    assert summed(("drawing", "neutral"))({"drawing": 0.25, "neutral": 0.5, "sexy": 1}) == 0.75


def test_nothing_seen_is_no_score() -> None:
    with pytest.raises(ValueError, match="no view"):
        aggregate([], VALUE, threshold=0.5)


@pytest.mark.parametrize("wrong", [{"gap_s": 0}, {"frames": 3}, {"seconds": -1.0}])
def test_limits_that_would_show_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="video limit"):
        VideoLimits(**wrong)  # type: ignore[arg-type]
