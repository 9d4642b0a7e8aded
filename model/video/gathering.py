"""What the decoder's process tells of a video, checked and put together with the scores."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from model.decoder import checked_fingerprint, checked_rgb
from model.errors import WorkerDied
from model.video.limits import VideoLimits
from model.video.reader import Pixels
from model.video.score import Coverage, Moment, Scene, Scores, VideoScore

# A file that ends this much before the length it claims has lost its end, seconds and share.
MISSING_S: Final = 2.0
MISSING_SHARE: Final = 0.1
REASON_CHARACTERS: Final = 300


class Gathering:
    """Grows with every answer of the child; trusts nothing in it."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, int]] = []
        self._cuts: set[float] = set()
        self._scores: list[Scores] = []
        self._marks: list[str] = []  # fingerprints of the frames scored, in their order
        self._about: dict[str, Any] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was scored yet."""
        return not self._scores

    def take(self, answer: Any) -> tuple[list[Pixels], bool]:
        """Note an answer; return the frames to score, in order, and whether it was the last.

        Raises:
            WorkerDied: it is no answer of `Session.turn`.
        """
        try:
            looks = answer["looks"]
            pictures = [checked_rgb(p) for _, _, p, _ in looks if p is not None]
            self._marks += [checked_fingerprint(mark) for _, _, p, mark in looks if p is not None]
            self._looks += [(float(time_s), int(number)) for time_s, number, _, _ in looks]
            self._cuts |= {float(cut) for cut in answer["cuts"]}
            self._about = _checked(answer)
            return pictures, bool(answer["done"])
        except (KeyError, TypeError, ValueError) as error:
            raise WorkerDied(f"unreadable account of a video: {error}") from error

    def score(self, scores: list[dict[str, float]]) -> None:
        """Note the scores of the frames that `take` returned, in order."""
        self._scores += scores

    def result(self, limits: VideoLimits, reasons: list[str]) -> VideoScore:
        """Return the score so far, partial for `reasons` and for what the child reported."""
        about, moments = self._about, self._moments()
        end_s = max(about["time_s"] + about["tick_s"], moments[-1].time_s)
        return VideoScore(
            scenes=_scenes(moments, self._cuts, end_s),
            coverage=Coverage(
                duration_s=end_s,
                longest_gap_s=_longest_gap(moments),
                frames_decoded=about["decoded"],
                frames_corrupt=about["corrupt"],
                frames_scored=len(self._scores),
                frames_repeated=sum(moment.repeated for moment in moments),
            ),
            codec=about["codec"],
            width=about["width"],
            height=about["height"],
            reasons=(*about["reasons"], *_shortcomings(about, limits, end_s), *reasons),
        )

    def _moments(self) -> list[Moment]:
        moments: dict[float, Moment] = {}
        shown: set[int] = set()
        for time_s, number in self._looks:
            if 0 <= number < len(self._scores):  # not so for a batch that was never scored
                scores, mark = self._scores[number], self._marks[number]
                moment = Moment(time_s, scores, number in shown, number, mark)
                moments.setdefault(time_s, moment)
                shown.add(number)
        return [moments[time_s] for time_s in sorted(moments)]


def _scenes(moments: list[Moment], cuts: set[float], end_s: float) -> tuple[Scene, ...]:
    """Divide moments at cuts; a scene of which nothing was looked at belongs to the one before."""
    starts = sorted({moments[0].time_s, *cuts})
    grouped: dict[float, list[Moment]] = {}
    for moment in moments:
        grouped.setdefault(starts[bisect_right(starts, moment.time_s) - 1], []).append(moment)
    begun = sorted(grouped)
    return tuple(
        Scene(start, end, tuple(grouped[start])) for start, end in pairwise([*begun, end_s])
    )


def _longest_gap(moments: list[Moment]) -> float:
    return max((later.time_s - earlier.time_s for earlier, later in pairwise(moments)), default=0.0)


def _shortcomings(about: Mapping[str, Any], limits: VideoLimits, end_s: float) -> list[str]:
    found = []
    if about["file_bytes"] > limits.file_bytes:
        found.append(
            f"bytes: only the first {limits.file_bytes} of {about['file_bytes']} were read"
        )
    elif about["claimed_s"] - end_s > max(MISSING_S, MISSING_SHARE * about["claimed_s"]):
        found.append(f"ends at {end_s:.1f} s of the {about['claimed_s']:.1f} s it claims")
    if about["corrupt"]:
        found.append(f"{about['corrupt']} damaged frames or packets were passed over")
    if about["passed_over"]:
        found.append(f"frames: {about['passed_over']} scenes were not looked at")
    return found


def _checked(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decoded": int(answer["decoded"]),
        "corrupt": int(answer["corrupt"]),
        "passed_over": int(answer["passed_over"]),
        "time_s": float(answer["time_s"]),
        "tick_s": float(answer["tick_s"]),
        "claimed_s": float(answer["claimed_s"] or 0.0),
        "codec": str(answer["codec"]),
        "width": int(answer["width"]),
        "height": int(answer["height"]),
        "file_bytes": int(answer["file_bytes"]),
        "reasons": [str(reason)[:REASON_CHARACTERS] for reason in answer["reasons"]],
    }
