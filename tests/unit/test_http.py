"""What a server's answer, or the lack of one, means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import urllib3
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import NetworkFault, ServerBusy
from bot.http import LONGEST_RETRY_AFTER_S, network_faults, raise_if_busy, retry_after
from support.properties import PATIENT

HEADER_TEXT = st.text(st.characters(max_codepoint=255))  # requests reads headers as Latin-1


def answer(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = "http://127.0.0.1/"
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(status: int) -> None:
    with pytest.raises(ServerBusy, match=str(status)) as caught:
        raise_if_busy(answer(status, Retry_After="120"))
    assert caught.value.retry_after == 120.0


@pytest.mark.parametrize("status", [200, 304, 400, 403, 404, 500])
def test_other_answers_are_not_busy(status: int) -> None:
    raise_if_busy(answer(status))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
        ("9" * 400, LONGEST_RETRY_AFTER_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER_S),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("\u00b2", None),  # a digit to str.isdigit(), but not to float()
    ],
)
def test_retry_after_is_read_as_the_standard_says(header: str, seconds: float | None) -> None:
    assert retry_after(answer(503, Retry_After=header)) == seconds


def test_retry_after_may_be_a_date_to_come() -> None:
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    seconds = retry_after(answer(503, Retry_After=header))
    assert seconds is not None
    assert 590 < seconds <= 600


def test_without_the_header_no_pause_is_asked_for() -> None:
    assert retry_after(answer(503)) is None


@PATIENT
@given(HEADER_TEXT | st.from_regex(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d+ \d\d:\d\d:\d\d .*"))
@example("Thu, 01 Jan 99999 00:00:00 GMT")
@example("1 Jan 1 0:0 +9999999999")
def test_no_header_makes_reading_it_fail(header: str) -> None:
    seconds = retry_after(answer(503, Retry_After=header))
    assert seconds is None or 0.0 <= seconds <= LONGEST_RETRY_AFTER_S


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("refused"),
        requests.ReadTimeout("silent"),
        requests.exceptions.ChunkedEncodingError("cut"),
        urllib3.exceptions.ProtocolError("cut"),
        ConnectionResetError("reset"),
        TimeoutError("slow"),
    ],
)
def test_every_librarys_network_error_becomes_ours(error: Exception) -> None:
    with (
        pytest.raises(NetworkFault, match=f"the wiki: {error}") as caught,
        network_faults("the wiki"),
    ):
        raise error
    assert caught.value.__cause__ is error


def test_an_error_of_another_kind_passes_unchanged() -> None:
    with pytest.raises(KeyError), network_faults("the wiki"):
        raise KeyError
