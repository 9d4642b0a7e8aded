"""What strangers try: the right refusal each time, and a service that goes on answering."""

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from damaged.bombs import bombs

from model.bundle import Bundle
from support.api import ApiProcess
from support.scripted import Reply, ScriptedServer, in_turn
from support.world import CAT, World

pytestmark = pytest.mark.model
SLOW_CLIENTS = int(os.environ.get("LOOKOUT_API_CLIENTS", "40"))
ELSEWHERE = [
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "http://upload.wikimedia.org.example.org/",
    "http://upload.wikimedia.org@127.0.0.1/",
    "http://{host}@example.org/",
    "http://user:password@{host}/",
    "http://{host}\\@example.org/",
    "http://{host}.:80/",
    "//{host}/",
    "file:///etc/passwd",
    "gopher://{host}/",
    "ftp://{host}/",
    "http://",
    "http://[",
    "javascript:alert(1)",
    "http://exa mple/",
    "http://ex\u0430mple.org/",
    "x",
]


def still_answers(api: ApiProcess) -> None:
    assert api.get("/v2/health/live").status_code == 200
    assert api.classify(CAT).status_code == 200


@pytest.mark.parametrize("address", ELSEWHERE)
def test_addresses_elsewhere_are_refused(api: ApiProcess, world: World, address: str) -> None:
    answer = api.post("/v1/classify", json={"url": address.replace("{host}", world.host)})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "//localhost/",
        "file:///etc/passwd",
        "/",
    ],
)
def test_redirects_lead_nowhere_else(
    api: ApiProcess, other_host: ScriptedServer, place: str
) -> None:
    other_host.script = in_turn(Reply(status=302, headers={"Location": place}))
    answer = api.post("/v1/classify", json={"url": f"{other_host.url}/a.jpg"})
    assert answer.status_code == 422, answer.text


def test_each_bomb_is_refused_and_the_service_goes_on(api: ApiProcess) -> None:
    for name, data in bombs().items():
        answer = api.classify(data)
        # Some are no error: what can be seen of them is scored.
        assert answer.status_code in (200, 413, 415, 422, 504), (name, answer.text)
    still_answers(api)
    together = api.classify(*list(bombs().values())[:4])
    assert together.status_code == 200
    still_answers(api)


def test_no_picture_is_kept(api: ApiProcess) -> None:
    noise = CAT + os.urandom(8 * 2**20)  # more than a form parser holds in memory by itself
    assert api.classify(noise, noise).status_code == 200
    assert list(api.temporary.rglob("*")) == []
    written = {path.name for path in api.folder.rglob("*") if path.is_file()}
    assert written <= {"config.yaml", "serve.log", "ledger.sqlite"} | _journals()
    paths = [Path(file.path) for file in api.process.open_files()]
    opened = {path.name for path in paths if path.parts[1] != "proc"}  # the kernel's, not kept
    assert opened <= {"serve.log", "ledger.sqlite"} | _journals()
    assert "0.bin" not in api.log_text()


def _journals() -> set[str]:
    return {"ledger.sqlite-wal", "ledger.sqlite-shm"}


@pytest.fixture
def strict(world: World, bundle: Bundle, tmp_path: Path) -> Iterator[ApiProcess]:
    """A service with narrow caps, tokens, and a proxy before it."""
    assert bundle.name
    serve = {
        "max_mebibytes": 1,
        "held_mebibytes": 2,
        "queue": 2,
        "body_seconds": 2.0,
        "per_minute": 10,  # one is earned back every six seconds
        "trusted_proxies": ["127.0.0.1"],
    }
    secrets = {"LOOKOUT_API_TOKENS": "first, second"}
    with ApiProcess(tmp_path / "strict", world.settings(serve=serve), secrets) as api:
        yield api


def test_caps_tokens_rate_and_a_clean_end(strict: ApiProcess) -> None:
    token = {"Authorization": "Bearer second"}
    assert strict.classify(CAT).status_code == 401
    assert strict.classify(CAT, headers={"Authorization": "Bearer third"}).status_code == 401
    assert strict.classify(CAT, headers={"Authorization": "Basic c2Vjb25k"}).status_code == 401
    assert strict.classify(CAT, headers=token).status_code == 200
    assert "second" not in strict.log_text()

    assert strict.classify(bytes(2**20 + 1), headers=token).status_code == 413
    assert _chunked(strict, 2**21) == 413
    assert _chunked(strict, 10, stall=True) == 408

    statuses = [_as_client(strict, "198.51.100.7", token).status_code for _ in range(20)]
    assert statuses.count(429) >= 5
    refused = _as_client(strict, "198.51.100.7", token)
    assert int(refused.headers["Retry-After"]) >= 1
    assert _as_client(strict, "198.51.100.8", token).status_code == 200
    made_up = _as_client(strict, "6.6.6.6, 198.51.100.7", token)
    assert made_up.status_code == 429

    children = strict.process.children(recursive=True)
    assert children
    assert strict.terminate() == 0
    assert not any(child.is_running() for child in children)
    assert "level=error" not in strict.log_text()


def _as_client(api: ApiProcess, forwarded: str, token: dict[str, str]) -> requests.Response:
    return api.classify(CAT, headers={"X-Forwarded-For": forwarded, **token})


def _chunked(api: ApiProcess, size: int, *, stall: bool = False) -> int:
    """Send a body without a length; return the status."""
    head = (
        "POST /v1/classify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer first\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    begin = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    with socket.create_connection(("127.0.0.1", api.port), timeout=60) as connection:
        connection.sendall(head.encode() + f"{len(begin):x}\r\n".encode() + begin + b"\r\n")
        try:
            for _ in range(max(1, size // 2**16)):
                part = bytes(min(size, 2**16))
                connection.sendall(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            if not stall:
                connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused in the middle, as it should be
        return int(connection.makefile("rb").readline().split()[1])


def test_many_slow_clients_hold_up_nobody(api: ApiProcess, measured: Callable[[str], None]) -> None:
    done = threading.Event()
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + CAT
    head = (
        "POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        f"Content-Length: {len(body) + 7}\r\n\r\n"
    ).encode()

    def trickle(_: int) -> bytes:
        with socket.create_connection(("127.0.0.1", api.port), timeout=120) as connection:
            connection.sendall(head)
            step = len(body) // 8
            for start in range(0, len(body), step):
                connection.sendall(body[start : start + step])
                done.wait(0.2)
            connection.sendall(b"\r\n--b--")
            return connection.makefile("rb").readline()

    with ThreadPoolExecutor(SLOW_CLIENTS) as clients:
        answers = [clients.submit(trickle, number) for number in range(SLOW_CLIENTS)]
        started = time.monotonic()
        still_answers(api)
        meanwhile_s = time.monotonic() - started
        done.set()
        statuses = Counter(int(answer.result().split()[1]) for answer in answers)
    assert set(statuses) <= {200, 429}
    assert statuses[200]
    still_answers(api)
    measured(
        f"api: {SLOW_CLIENTS} slow clients at once, {statuses[200]} answered, {statuses[429]} told "
        f"to come again; health and another's picture meanwhile: {1000 * meanwhile_s:.0f} ms"
    )
