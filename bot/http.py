"""What an HTTP answer, or the lack of one, means in the terms of our error tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from bot.errors import NetworkFault, ServerBusy, Unreachable

CONNECT_TIMEOUT_S = 10.0
LONGEST_RETRY_AFTER_S = 3600.0
TOO_MANY_REQUESTS = 429
BUSY = (TOO_MANY_REQUESTS, 502, 503, 504)
NEVER_CONNECTED = (
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.SSLError,
)


@contextmanager
def network_faults(what: str) -> Iterator[None]:
    """Turn the libraries' many network errors into `NetworkFault`."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise no_answer(what, error) from error


def no_answer(what: str, error: BaseException) -> NetworkFault:
    """Return a library's network error as ours: `Unreachable` when there was no connection."""
    connected = not any(isinstance(cause, NEVER_CONNECTED) for cause in _causes(error))
    kind = NetworkFault if connected else Unreachable
    return kind(f"{what}: {error}")


def raise_if_busy(response: requests.Response) -> None:
    """Raise ServerBusy, with the pause asked for, when the server wants to be left alone."""
    if response.status_code in BUSY:
        raise ServerBusy(
            f"{response.url} answered {response.status_code}", retry_after=retry_after(response)
        )


def retry_after(response: requests.Response) -> float | None:
    """Return the Retry-After header in seconds; it may be a number or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER_S)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
