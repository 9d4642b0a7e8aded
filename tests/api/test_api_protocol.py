"""Requests that no client sends by mistake, as bytes on the wire."""

import socket

import pytest
import requests

from bot.web.protocol import FRAME_BYTES, HEAD_BYTES
from support.api import ApiProcess
from support.uploads import wait_until

PATIENCE_S = 60.0
LINE = b"POST /v1/classify HTTP/1.1\r\nhost: a\r\n"
FORM = b"content-type: multipart/form-data; boundary=b\r\n"
CHUNKED = LINE + FORM + b"transfer-encoding: chunked\r\n\r\n"
ENDLESS = b"x" * 2**20


def answer_to(api: ApiProcess, *parts: bytes) -> bytes:
    """Send parts until the service hangs up, or all of them; return what it answers."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=PATIENCE_S) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(2**16)
        except OSError:
            return b""  # it hung up while more was on its way


@pytest.mark.parametrize(
    "parts",
    [
        (LINE + b"a: ", ENDLESS),
        (LINE, *[b"a: 1\r\n"] * 2**15),
        (b"GET /", ENDLESS),
        (CHUNKED + b"1;", ENDLESS),
        (CHUNKED + b"1\r\na\r\n0\r\na: ", ENDLESS),
    ],
    ids=["one header", "many headers", "address", "chunk extension", "trailer"],
)
def test_what_comes_beside_a_body_is_bounded(api: ApiProcess, parts: tuple[bytes, ...]) -> None:
    before = api.process.memory_info().rss
    # A body that is no form may be refused first, with what came of it.
    assert answer_to(api, *parts)[:13] in {b"", b"HTTP/1.1 431 ", b"HTTP/1.1 400 "}
    assert api.process.memory_info().rss - before < 2**24
    assert api.get("/v2/health/live").status_code == 200


def test_a_head_that_is_too_large_is_told_so(api: ApiProcess) -> None:
    answer = answer_to(api, LINE + b"a: " + b"x" * HEAD_BYTES)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"content-length: %d\r\n" % len(answer.partition(b"\r\n\r\n")[2]) in answer


def test_a_client_that_hangs_up_in_its_body_is_no_error(api: ApiProcess) -> None:
    before = api.log_text().count("event=api.hung_up")
    assert answer_to(api, CHUNKED + b"40\r\n") == b""
    wait_until(lambda: api.log_text().count("event=api.hung_up") > before)


def test_large_bodies_in_small_chunks_are_no_large_heads(api: ApiProcess) -> None:
    piece = b"40\r\n" + b"x" * 0x40 + b"\r\n"
    beside = len(piece) - 0x40
    assert beside < FRAME_BYTES
    answer = answer_to(api, CHUNKED, piece * (2 * HEAD_BYTES // beside), b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")  # a form of nothing but x


def test_requests_one_after_the_other_have_a_head_each(api: ApiProcess) -> None:
    with requests.Session() as session:
        for _ in range(4):
            large = {"a": "x" * (HEAD_BYTES // 2)}
            address = f"{api.base}/v2/health/live"
            assert session.get(address, headers=large, timeout=PATIENCE_S).status_code == 200


@pytest.mark.parametrize("sent", [b"\x16\x03\x01", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n!"])
def test_what_is_no_http_is_refused(api: ApiProcess, sent: bytes) -> None:
    assert answer_to(api, sent).startswith(b"HTTP/1.1 400 ")
