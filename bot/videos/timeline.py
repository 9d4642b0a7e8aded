"""The timeline of a video as SVG: a bar for each scene, a dot for each look."""

from collections.abc import Callable
from html import escape
from typing import Final

from bot.videos.places import clock, precise
from model.video.score import SceneScore, Summary, Value, VideoScore

WIDTH: Final = 1000
HEIGHT: Final = 160
TICKS: Final = 5
SHORT_S: Final = 10.0  # below that, ticks in whole seconds would say the same twice


def timeline(score: VideoScore, summary: Summary, value: Value, threshold: float) -> str:
    """Return the `<svg>` element; heights are values from 0 to 1, the dashed line `threshold`."""
    end_s = max(score.coverage.duration_s, 1e-3)

    def across(seconds: float) -> float:
        return WIDTH * seconds / end_s

    bars = "".join(_bar(scene, threshold, across) for scene in summary.scenes)
    dots = "".join(
        f'<circle cx="{across(m.time_s):.1f}" cy="{_down(value(m.scores)):.1f}" r="2.5"/>'
        for m in score.moments
    )
    line = _down(threshold)
    return (
        f'<svg viewBox="0 -8 {WIDTH} {HEIGHT + 32}" role="img" aria-label="score over time">'
        f'{bars}<line class="threshold" x1="0" x2="{WIDTH}" y1="{line:.1f}" y2="{line:.1f}"/>'
        f"{dots}{_ticks(end_s)}</svg>"
    )


def _bar(scene: SceneScore, threshold: float, across: Callable[[float], float]) -> str:
    left, right, top = across(scene.start_s), across(scene.end_s), _down(scene.score)
    kind = "above" if scene.score >= threshold else "below"
    title = escape(f"{precise(scene.start_s)} to {precise(scene.end_s)}: {scene.score:.2f}")
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" '
        f'width="{max(1.0, right - left):.1f}" height="{HEIGHT - top:.1f}">'
        f"<title>{title}</title></rect>"
    )


def _ticks(end_s: float) -> str:
    told = clock if end_s >= SHORT_S else precise
    texts = []
    for n in range(TICKS + 1):
        anchor = "start" if n == 0 else "end" if n == TICKS else "middle"
        texts.append(
            f'<text x="{WIDTH * n / TICKS:.0f}" y="{HEIGHT + 18}" text-anchor="{anchor}">'
            f"{told(end_s * n / TICKS)}</text>"
        )
    return "".join(texts)


def _down(value: float) -> float:
    return HEIGHT * (1 - min(1.0, max(0.0, value)))
