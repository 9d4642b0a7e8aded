"""How long to wait before trying again."""

from tenacity import RetryCallState, Retrying, wait_random_exponential


def full_jitter(failures: int, *, first_s: float, longest_s: float) -> float:
    """Return a pause in seconds after the given number of failures in a row, counted from 1.

    Anywhere from nothing to a bound that doubles, so that many clients do not come back together:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = failures
    return wait_random_exponential(multiplier=first_s, max=longest_s)(state)
