"""Wilson's interval, against published figures."""

import pytest

from bot.statistics.interval import wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        # R: prop.test(x, n, correct = FALSE)$conf.int, which is Wilson's.
        (81, 263, 0.2553, 0.3662),  # R. G. Newcombe, Statistics in Medicine 17 (1998), table I
        (15, 148, 0.0624, 0.1605),  # the same
        (0, 20, 0.0, 0.1611),  # the same
        (1, 29, 0.0061, 0.1718),  # the same
        (20, 20, 0.8389, 1.0),  # the third, mirrored
    ],
)
def test_the_interval_is_the_published_one(count: int, total: int, low: float, high: float) -> None:
    share = wilson(count, total)
    assert (round(share.low or 0, 4), round(share.high or 0, 4)) == (low, high)
    assert share.value == count / total


def test_of_nothing_nothing_is_known() -> None:
    share = wilson(0, 0)
    assert (share.value, share.low, share.high) == (None, None, None)


@pytest.mark.parametrize(("count", "total"), [(-1, 2), (3, 2)])
def test_what_is_no_share_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(count, total)
