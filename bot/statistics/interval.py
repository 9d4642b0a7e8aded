"""The uncertainty of a share that was counted on a few."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

Z95: Final = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with the bounds of its 95 % interval; all None without any."""

    count: int
    total: int
    value: float | None
    low: float | None
    high: float | None


def wilson(count: int, total: int, *, z: float = Z95) -> Share:
    """Return a share with its Wilson score interval.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212. Recommended for small counts by
    L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion",
    Statistical Science 16 (2001), 101-133, https://doi.org/10.1214/ss/1009213286.

    Raises:
        ValueError: `count` is not between 0 and `total`.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share")
    if not total:
        return Share(count, total, None, None, None)
    share = count / total
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    middle = share + z * z / (2 * total)
    scale = 1 + z * z / total
    low = max(0.0, (middle - spread) / scale) if count else 0.0
    high = min(1.0, (middle + spread) / scale) if count < total else 1.0
    return Share(count, total, share, low, high)
