"""What was seen of a video, and the one score that stands for it.

The same aggregation serves stills, pages and the frames of an animation: see `apart`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

TOP: Final = 3  # views of a scene, at most, whose mean is its score

Scores = Mapping[str, float]
Value = Callable[[Scores], float]


@dataclass(frozen=True, slots=True)
class Moment:
    """One view: the scores of a frame, at `time_s` seconds from the start (or of that page).

    `repeated`: the frame is a near-duplicate of an earlier one and was given that one's scores.
    `number`: 0-based, of that scored frame, in the order in which the classifier saw them.
    `fingerprint`: that frame's perceptual hash, see `model.fingerprint`; empty where there is none.
    """

    time_s: float
    scores: Scores
    repeated: bool = False
    number: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What lies between two cuts, `start_s` to `end_s` in seconds, with at least one moment."""

    start_s: float
    end_s: float
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a file was looked at.

    Attributes:
        duration_s: as far as frames were decoded, seconds.
        longest_gap_s: largest time between two views, seconds.
        frames_decoded: frames that the scene detection saw.
        frames_corrupt: damaged frames and packets, which were passed over.
        frames_scored: frames that the classifier saw.
        frames_repeated: chosen frames that repeated one already scored.
    """

    duration_s: float
    longest_gap_s: float
    frames_decoded: int
    frames_corrupt: int
    frames_scored: int
    frames_repeated: int


@dataclass(frozen=True, slots=True)
class VideoScore:
    """Scenes in order of time.

    Attributes:
        scenes: at least one.
        coverage: how much was looked at.
        codec: FFmpeg's name, such as `vp9`.
        width: upright, in pixels.
        height: likewise.
        reasons: why part of the file was not looked at; empty when all of it was.
    """

    scenes: tuple[Scene, ...]
    coverage: Coverage
    codec: str
    width: int
    height: int
    reasons: tuple[str, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether part was not looked at; then no hit does not mean that there is none."""
        return bool(self.reasons)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """All moments, in order of time."""
        return tuple(moment for scene in self.scenes for moment in scene.moments)


@dataclass(frozen=True, slots=True)
class SceneScore:
    """The score of one scene, 0 to 1, and its highest moment."""

    start_s: float
    end_s: float
    score: float
    best: Moment

    @property
    def at_s(self) -> float:
        """Time of the highest moment, seconds."""
        return self.best.time_s


@dataclass(frozen=True, slots=True)
class Summary:
    """One file's scores under one way of valuing a view.

    Attributes:
        overall: the decision: the highest scene's, which is the mean of the higher half of its
            views, of `TOP` at most. Within a scene a lone outlier is smoothed; a short insert is
            a scene of its own, so that the rest of the film does not dilute it.
        at_s: time of the highest view of that scene, seconds; where to look.
        maximum: highest value of any view.
        longest_run_s: longest time without a view below the threshold, seconds.
        share_above: share of the time at or above the threshold, 0 to 1.
        scenes: each scene's own.
    """

    overall: float
    at_s: float
    maximum: float
    longest_run_s: float
    share_above: float
    scenes: tuple[SceneScore, ...]


def summed(labels: Sequence[str]) -> Value:
    """Return the value of a view as a rule has it: the sum of these labels' scores."""
    return lambda scores: sum(scores[label] for label in labels)


def apart(moments: Sequence[Moment], end_s: float) -> tuple[Scene, ...]:
    """Return views between which nothing is known as scenes of one view each.

    For stills of a video, pages, and frames of an animation; `end_s` is the end of the last one.
    """
    ends = [*(moment.time_s for moment in moments[1:]), end_s]
    return tuple(
        Scene(moment.time_s, end, (moment,)) for moment, end in zip(moments, ends, strict=True)
    )


def aggregate(
    scenes: Sequence[Scene], value: Value, *, threshold: float, top: int = TOP
) -> Summary:
    """Sum up scenes in order of time.

    Args:
        scenes: at least one; `apart` makes them of stills or pages.
        value: of one view's scores, 0 to 1; see `summed`.
        threshold: at or above which a view counts for run and share.
        top: views of a scene, at most, whose mean is its score.

    Raises:
        ValueError: no scenes; nothing seen is never a low score.
    """
    if not scenes:
        raise ValueError("no view of the file was scored, so there is no score")
    scored = tuple(_scene_score(scene, value, top) for scene in scenes)
    strongest = max(scored, key=lambda scene: scene.score)
    spans = [span for scene in scenes for span in _spans(scene, value, threshold)]
    return Summary(
        overall=strongest.score,
        at_s=strongest.at_s,
        maximum=max(value(moment.scores) for scene in scenes for moment in scene.moments),
        longest_run_s=_longest_run(spans),
        share_above=_share(spans),
        scenes=scored,
    )


def highest(moments: Sequence[Moment], value: Value, top: int = TOP) -> list[Moment]:
    """Return those whose mean value is a scene's score, the highest first: half, `top` at most."""
    ranked = sorted(moments, key=lambda moment: value(moment.scores), reverse=True)
    return ranked[: min(top, (len(ranked) + 1) // 2)]


def _scene_score(scene: Scene, value: Value, top: int) -> SceneScore:
    best = highest(scene.moments, value, top)
    mean = sum(value(moment.scores) for moment in best) / len(best)
    return SceneScore(scene.start_s, scene.end_s, mean, best[0])


def _spans(scene: Scene, value: Value, threshold: float) -> list[tuple[float, bool]]:
    """Return how long each view of a scene stands, seconds, and whether it counts as above."""
    times = [scene.start_s, *(moment.time_s for moment in scene.moments[1:]), scene.end_s]
    return [
        (max(0.0, end - start), value(moment.scores) >= threshold)
        for (start, end), moment in zip(pairwise(times), scene.moments, strict=True)
    ]


def _longest_run(spans: Sequence[tuple[float, bool]]) -> float:
    longest = run = 0.0
    for seconds, above in spans:
        run = run + seconds if above else 0.0
        longest = max(longest, run)
    return longest


def _share(spans: Sequence[tuple[float, bool]]) -> float:
    whole = sum(seconds for seconds, _ in spans)
    if not whole:  # a single frame has no length
        return sum(above for _, above in spans) / len(spans)
    return sum(seconds for seconds, above in spans if above) / whole
