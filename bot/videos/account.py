"""What is said of a watched video: for programs, and as lines for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from bot.rules.views import weight
from bot.settings.rules import Rule
from bot.settings.video import VideoSettings
from bot.videos.places import clock, heaviest, precise
from model.video.limits import VideoLimits
from model.video.score import Scores, Summary, Value, VideoScore, aggregate


def limits_of(video: VideoSettings, seconds: float) -> VideoLimits:
    """Return what watching one video may cost, of which `seconds` are left."""
    return VideoLimits(
        seconds=seconds, file_bytes=video.max_bytes, frames=video.frames, gap_s=video.gap_seconds
    )


def by_any_rule(score: VideoScore, rules: Sequence[Rule]) -> Summary:
    """Sum up a video by what the heaviest rule weighs in each view."""
    weighing = _weighing(rules)

    def value(scores: Scores) -> float:
        return heaviest(weighing, scores)

    return aggregate(score.scenes, value, threshold=threshold_of(rules))


def threshold_of(rules: Sequence[Rule]) -> float:
    """Return the lowest threshold of any rule for videos."""
    return min(rule.at_least.video for rule in _weighing(rules))


def account(score: VideoScore, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return scenes, looks and every rule's figures as plain JSON; times in seconds."""
    return {
        "rules": [_figures(score, rule) for rule in _weighing(rules)],
        "scenes": [
            {
                "start_s": scene.start_s,
                "end_s": scene.end_s,
                "score": scene.score,
                "at_s": scene.at_s,
            }
            for scene in by_any_rule(score, rules).scenes
        ],
        "moments": [
            {"time_s": moment.time_s, "scores": dict(moment.scores), "repeated": moment.repeated}
            for moment in score.moments
        ],
        "coverage": asdict(score.coverage),
        "codec": score.codec,
        "width": score.width,
        "height": score.height,
        "reasons": list(score.reasons),
    }


def lines(score: VideoScore, rules: Sequence[Rule]) -> Iterator[str]:
    """Yield what a person wants to read: every rule's figures, then the scenes."""
    cover = score.coverage
    yield (
        f"{clock(cover.duration_s)} of {score.codec}, {score.width} x {score.height}: "
        f"{len(score.scenes)} scenes, {cover.frames_scored} frames scored, "
        f"never more than {cover.longest_gap_s:.1f} s between two looks"
    )
    yield from (f"watched in part: {reason}" for reason in score.reasons)
    for figures in account(score, rules)["rules"]:
        yield (
            f"{figures['rule']:<12}{figures['overall']:.2f} at {precise(figures['at_s'])}, "
            f"highest {figures['maximum']:.2f}, above {figures['threshold']:.2f} for "
            f"{figures['longest_run_s']:.1f} s on end, {figures['share_above']:.0%} of the time"
        )
    for scene in by_any_rule(score, rules).scenes:
        mark = "*" if scene.score >= threshold_of(rules) else " "
        span = f"{precise(scene.start_s)} to {precise(scene.end_s)}"
        yield f"{mark} {span:<20}{scene.score:.2f} at {precise(scene.at_s)}"


def _figures(score: VideoScore, rule: Rule) -> dict[str, Any]:
    value: Value = partial(weight, rule)
    threshold = rule.at_least.video
    summary = aggregate(score.scenes, value, threshold=threshold)
    return {
        "rule": rule.name,
        "threshold": threshold,
        "overall": summary.overall,
        "at_s": summary.at_s,
        "maximum": summary.maximum,
        "longest_run_s": summary.longest_run_s,
        "share_above": summary.share_above,
    }


def _weighing(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that look at scores; one that ignores may look at facts alone."""
    return [rule for rule in rules if rule.labels]
