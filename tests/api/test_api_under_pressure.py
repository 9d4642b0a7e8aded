"""Time limit, full queue and changed settings, over HTTP."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from model.bundle import Bundle
from support.api import ApiProcess
from support.scripted import Reply, ScriptedServer, in_turn
from support.world import CAT, World, rule

pytestmark = pytest.mark.model
SECONDS = 2.0
PATIENCE_S = 20.0
NEVER_S = 60.0
OK = 200


@pytest.fixture(scope="module")
def slow() -> Iterator[ScriptedServer]:
    """A file host that thinks for a minute."""
    with ScriptedServer(in_turn(Reply(after_s=NEVER_S))) as server:
        yield server


@pytest.fixture(scope="module")
def narrow(
    world: World, slow: ScriptedServer, bundle: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiProcess]:
    """A service with two places and little time."""
    assert bundle.name
    settings = world.settings(
        wiki={"api": world.api, "file_hosts": [world.host, slow.netloc]},
        media={"timeout_seconds": 5.0},
        serve={"queue": 2, "seconds": SECONDS},
    )
    with ApiProcess(tmp_path_factory.mktemp("narrow") / "state", settings) as api:
        yield api
        assert "level=error" not in api.log_text()


def test_what_takes_too_long_is_ended(narrow: ApiProcess, slow: ScriptedServer) -> None:
    started = time.monotonic()
    late = narrow.post("/v1/classify", json={"url": f"{slow.url}/a.jpg"})
    assert late.status_code == 504
    assert SECONDS <= time.monotonic() - started < SECONDS + PATIENCE_S
    assert late.headers["Content-Type"] == "application/problem+json"
    assert late.json()["detail"] == "not done within 2 s"
    assert narrow.classify(CAT).status_code == 200


def test_who_finds_no_place_is_told_when_to_come_again(
    narrow: ApiProcess, slow: ScriptedServer
) -> None:
    def ask() -> int:
        """Ask until there is a place."""
        status = 429
        while status == 429:
            status = narrow.post("/v1/classify", json={"url": f"{slow.url}/a.jpg"}).status_code
        return status

    answers = []

    def is_refused() -> bool:
        answers.append(narrow.classify(CAT))
        return answers[-1].status_code != OK

    with ThreadPoolExecutor(2) as clients:
        waiting = [clients.submit(ask) for _ in range(2)]
        _until(is_refused)
        assert [one.result() for one in waiting] == [504, 504]
    refused = answers[-1]
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["detail"] == "the queue is full"
    assert narrow.classify(CAT).status_code == 200


def test_changed_settings_are_taken_up_and_bad_ones_are_not(narrow: ApiProcess) -> None:
    assert _verdict(narrow) == "review"
    _change(narrow, rules=[rule(at_least=1.0)], serve={"queue": 2, "seconds": 3.0, "port": 1})
    _until(lambda: "event=config.changed" in narrow.log_text())
    assert "after_restart=serve.port" in narrow.log_text()
    assert _verdict(narrow) == "cleared"

    _change(narrow, rules=[{"name": "x", "labels": ["no such label"], "at_least": {}}])
    narrow.process.send_signal(signal.SIGHUP)
    _until(lambda: "event=config.refused" in narrow.log_text())
    assert _verdict(narrow) == "cleared"


def _verdict(api: ApiProcess) -> str:
    answer = api.classify(CAT)
    assert answer.status_code == 200, answer.text
    verdict: str = answer.json()["results"][0]["verdict"]
    return verdict


def _change(api: ApiProcess, **sections: object) -> None:
    settings = yaml.safe_load(api.config.read_text(encoding="utf-8"))
    api.config.write_text(yaml.safe_dump(settings | sections), encoding="utf-8")


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
