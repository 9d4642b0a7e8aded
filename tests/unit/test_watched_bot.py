"""The bot as a process, watched from outside: probes, metrics, its log as JSON."""

import json
import socket
from collections import defaultdict
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

import bot.demo
from bot.demo.commons import MiniCommons
from bot.demo.eventstream import EventStreamServer
from support.bot import BotProcess, settled
from support.uploads import event, wait_until

CAT = (Path(bot.demo.__file__).parent / "media/drawings/cat_in_pencil.jpg").read_bytes()
LOOPBACK = "127.0.0.1"
READY_S = 120
SETTLE_S = 120
GOODBYE_S = 12
QUICK_S = 3.0  # less than the model takes to load
LAST_WORDS = {"upload.scored", "upload.skipped", "upload.dead"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def settings(mini: MiniCommons, stream: EventStreamServer, port: int) -> dict[str, object]:
    return {
        "stream": {"url": stream.url},
        "wiki": {
            "api": mini.addresses.api,
            "file_hosts": [mini.addresses.base.removeprefix("http://")],
        },
        "publish": {"interval_seconds": 0.2},
        "retry": {"first_pause_seconds": 0.2, "fresh_seconds": 0},
        "watch": {"port": port},
    }


def status(url: str) -> int:
    """Return the status of an answer, 0 when nobody answers."""
    try:
        return requests.get(url, timeout=30).status_code
    except requests.ConnectionError:
        return 0


def figures(url: str) -> dict[str, float]:
    """Return every metric's value, added up over its labels."""
    text = requests.get(url, timeout=30).text
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] += sample.value
    return found


def latest_turn_due_s(url: str) -> float:
    """Return for how long the turn of the latest of all threads has been due."""
    families = text_string_to_metric_families(requests.get(url, timeout=30).text)
    overdue = [family for family in families if family.name == "lookout_thread_overdue_seconds"]
    return max(sample.value for family in overdue for sample in family.samples)


def upload(mini: MiniCommons, stream: EventStreamServer, name: str, content: bytes) -> int:
    """Upload a file and announce it; return its log id."""
    entry = mini.wiki.upload(f"File:{name}", content, user="Alice", comment="")
    stream.publish(event(entry.log_id, title=entry.title, log_params={}, timestamp=1))
    return entry.log_id


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_probes_metrics_and_log_tell_what_the_bot_does(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://{LOOPBACK}:{port}"
    with MiniCommons() as mini, EventStreamServer() as stream:
        made = BotProcess(
            tmp_path / "bot", settings(mini, stream, port), secrets={"LOOKOUT_LOG": "json"}
        )
        with made as running:
            running.wait_for_log("watch.listening", READY_S)
            assert status(f"{base}/livez") == 200
            running.wait_for_log("patrol.ready", READY_S)
            wait_until(lambda: status(f"{base}/readyz") == 200)
            keys = [upload(mini, stream, f"{n}.jpg", CAT + bytes(n)) for n in range(3)]
            running.wait_for(lambda state: settled(state, seen=3), SETTLE_S)
            # A thread that only ever began would be overdue by more each time.
            wait_until(lambda: latest_turn_due_s(f"{base}/metrics") < QUICK_S)
            told = figures(f"{base}/metrics")
            assert running.terminate(GOODBYE_S) == 0
        lines = [json.loads(line) for line in running.log_text().splitlines()]
    assert told["lookout_uploads_seen_total"] == told["lookout_uploads_scored_total"] == 3
    assert told["lookout_attempts_total"] >= 3
    assert told["lookout_ledger_up"] == told["lookout_stream_connected"] == 1
    assert told["lookout_model_info"] == told["lookout_build_info"] == 1
    assert told["process_resident_memory_bytes"] > 0
    last = [line["key"] for line in lines if line["event"] in LAST_WORDS]
    assert sorted(last) == keys
    assert status(f"{base}/livez") == 0


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_a_bot_whose_stream_is_away_is_alive_and_not_ready(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://{LOOPBACK}:{port}"
    with (
        MiniCommons() as mini,
        EventStreamServer() as stream,
        BotProcess(tmp_path / "bot", settings(mini, stream, port)) as running,
    ):
        running.wait_for_log("patrol.ready", READY_S)
        wait_until(lambda: status(f"{base}/readyz") == 200)
        stream.stop()
        wait_until(lambda: status(f"{base}/readyz") == 503)
        assert "stream is not connected" in requests.get(f"{base}/readyz", timeout=30).text
        assert status(f"{base}/livez") == 200
