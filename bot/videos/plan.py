"""Which seconds of a video are looked at, when each look costs a request. Pure functions."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from model.sampling import spread

COARSE_SHARE = 2 / 3  # of the looks go to an even grid, the rest to where that weighed most
SAME_WEIGHT_DIGITS = 1  # weights within a tenth are noise: of these the longest gap is halved


def seconds_to_look_at(
    seconds: int, *, looks: int, gap_s: float, weights: Mapping[int, float]
) -> Iterator[int]:
    """Yield at most `looks` seconds of `range(seconds)`, the first and the last among them.

    Args:
        seconds: The length of the video, at least 1.
        looks: How many looks there may be.
        gap_s: Closer together than this is never asked for in the second phase.
        weights: What each second looked at weighs, 0 to 1; filled by the caller as it looks.
    """
    fitting = int(seconds / gap_s) + 2
    grid = spread(seconds, looks if fitting <= looks else max(2, int(looks * COARSE_SHARE)))
    if fitting <= looks:
        grid = spread(seconds, fitting)
    # Should time run out, half of the grid still covers the whole length.
    yield from grid[::2]
    yield from grid[1::2]
    for _ in range(looks - len(grid)):
        second = next_second(weights, gap_s)
        if second is None:
            return
        yield second


def next_second(weights: Mapping[int, float], gap_s: float) -> int | None:
    """Return the middle of the gap beside what weighs most; None if no gap is wider than that."""
    gaps = [gap for gap in pairwise(sorted(weights)) if gap[1] - gap[0] > max(gap_s, 1)]
    if not gaps:
        return None
    left, right = max(gaps, key=lambda gap: _urgency(gap, weights))
    return (left + right) // 2


def widest_gap(looked_at: Mapping[int, float], seconds: int) -> float:
    """Return the longest stretch without a look, in seconds."""
    return max((b - a for a, b in pairwise(sorted({*looked_at, 0, seconds - 1}))), default=0)


def _urgency(gap: tuple[int, int], weights: Mapping[int, float]) -> tuple[float, int]:
    left, right = gap
    return round(max(weights[left], weights[right]), SAME_WEIGHT_DIGITS), right - left
