"""How long to wait before trying again."""

import random


def full_jitter(failures: int, *, first_s: float, longest_s: float) -> float:
    """Return a pause in seconds after the given number of failures in a row, counted from 1.

    Anywhere up to a bound that doubles, so that many clients do not come back together:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    The lower half is left out, because a pause of nearly nothing only burns an attempt.
    """
    bound = min(longest_s, first_s * 2.0 ** min(failures - 1, 32))
    return random.uniform(bound / 2, bound)
