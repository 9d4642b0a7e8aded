"""What an HTTP answer, or the lack of one, means in the terms of our error tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from bot.errors import NetworkFault, ServerBusy

CONNECT_TIMEOUT_S = 10.0
TOO_MANY_REQUESTS = 429
BUSY = (TOO_MANY_REQUESTS, 502, 503, 504)


@contextmanager
def network_faults(what: str) -> Iterator[None]:
    """Turn the libraries' many network errors into `NetworkFault`."""
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NetworkFault(f"{what}: {error}") from error


def raise_if_busy(response: requests.Response) -> None:
    """Raise ServerBusy, with the pause asked for, when the server wants to be left alone."""
    if response.status_code in BUSY:
        raise ServerBusy(
            f"{response.url} answered {response.status_code}", retry_after=retry_after(response)
        )


def retry_after(response: requests.Response) -> float | None:
    """Return the Retry-After header in seconds; it may be a number or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
