"""The rig proves itself: the boot, the accounts, the events, the way back to the start."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from rig import ApiError, MediaWikiRig
from rig.pictures import drawing, encoded

SAMPLES = Path(__file__).parents[1] / "samples"
TIMEOUT_S = 30.0

pytestmark = pytest.mark.rig


def png(number: int) -> bytes:
    return encoded(drawing(number, 160), "PNG")


def shape(value: Any) -> Any:
    """Reduce JSON to its field names and types."""
    if isinstance(value, dict):
        return {name: shape(field) for name, field in value.items()}
    return type(value).__name__


def stream_of(rig: MediaWikiRig) -> list[dict[str, Any]]:
    """Return every event on the stream, as a client receives them."""
    rig.settle()
    events: list[dict[str, Any]] = []
    response = requests.get(f"{rig.stream.url}?since=0", stream=True, timeout=TIMEOUT_S)
    for line in response.iter_lines():
        if line.startswith(b"data: "):
            events.append(json.loads(line.removeprefix(b"data: ")))
            if len(events) == len(rig.events):
                break
    return events


def into_the_next_second() -> None:
    """Wait: an archived version is named by its second, and a file can have one a second only."""
    time.sleep(1.5)


def make_one_of_each(rig: MediaWikiRig) -> None:
    """Do everything there is a recorded event of, under the name of its recording."""
    uploader, admin, bot = (rig.client(name) for name in ("Uploader", "Admin", "RigBot"))
    uploader.upload("Each.png", png(1), comment="upload")
    uploader.upload("Each.png", png(2), comment="overwrite")
    into_the_next_second()
    version = admin.versions("Each.png")[1]["archivename"]
    admin.post("filerevert", filename="Each.png", archivename=version, comment="revert-by-api")
    into_the_next_second()
    version = admin.versions("Each.png")[1]["archivename"]
    admin.revert_by_web(rig.index_url, "Each.png", version, comment="revert-by-web")
    bot.edit("File:Each.png", "[[Category:Rig tagged]]", summary="edit-by-bot", bot=1)
    bot.edit("User:RigBot/Review", "* [[:File:Each.png]]", summary="new-page", bot=1)
    bot.edit("Проверка", "text", summary="new-page-unicode")
    rig.settle()
    admin.move("File:Each.png", "File:Moved.png", redirect=False, reason="move")
    admin.delete("File:Moved.png", reason="delete")
    admin.undelete("File:Moved.png", reason="restore")
    admin.post("block", user="Reviewer", expiry="1 second", reason="block")


def test_every_recorded_kind_of_event_comes_out_with_the_same_fields(rig: MediaWikiRig) -> None:
    make_one_of_each(rig)
    rig.settle()
    rig.stream.canary()
    events = {event["comment"]: event for event in stream_of(rig)}
    added = "[[:File:Each.png]] added to category"
    for file in SAMPLES.glob("*.json"):
        if file.stem == "canary":
            continue
        recorded = json.loads(file.read_text(encoding="utf-8"))["data"]
        event = events[added if file.stem == "categorize" else file.stem]
        assert shape(event) == shape(recorded), file.stem
        same = ("type", "namespace", "log_type", "log_action", "bot", "wiki", "server_name")
        assert [event.get(name) for name in same] == [recorded.get(name) for name in same]


def test_an_upload_event_carries_the_files_sha1_in_base_36(rig: MediaWikiRig) -> None:
    info = rig.client("Uploader").upload("Sum.png", png(1))
    (event,) = stream_of(rig)
    assert int(event["log_params"]["img_sha1"], 36) == int(info["sha1"], 16)
    assert event["title_url"] == "https://commons.wikimedia.org/wiki/File:Sum.png"


def test_a_burst_of_uploads_loses_no_event(rig: MediaWikiRig) -> None:
    uploader = rig.client("Uploader")
    names = [f"Burst {number}.png" for number in range(20)]
    for number, name in enumerate(names):
        uploader.upload(name, png(number), text="[[Category:Burst]]")
    events = stream_of(rig)
    uploads = [event["title"] for event in events if event.get("log_type") == "upload"]
    assert sorted(uploads) == sorted(f"File:{name}" for name in names)
    assert sum(event["type"] == "categorize" for event in events) == len(names)


def bot_session(rig: MediaWikiRig) -> tuple[requests.Session, str]:
    """Log in with the bot password, as a bot does; return the session and its token."""
    session = requests.Session()
    session.headers["User-Agent"] = "test/1"
    session.params = {"format": "json", "formatversion": "2"}
    ask = {"action": "query", "meta": "tokens"}
    answer = session.get(rig.api_url, params={**ask, "type": "login"}, timeout=TIMEOUT_S).json()
    name, password = rig.accounts["RigBot"].bot_login
    login = {"action": "login", "lgname": name, "lgpassword": password}
    login["lgtoken"] = answer["query"]["tokens"]["logintoken"]
    assert (
        session.post(rig.api_url, data=login, timeout=TIMEOUT_S).json()["login"]["result"]
        == "Success"
    )
    answer = session.get(rig.api_url, params=ask, timeout=TIMEOUT_S).json()
    return session, answer["query"]["tokens"]["csrftoken"]


def test_the_bot_password_edits_as_a_bot_and_tags_log_entries(rig: MediaWikiRig) -> None:
    admin = rig.client("Admin")
    admin.post("managetags", operation="create", tag="suggestion", reason="test")
    rig.client("Uploader").upload("Tagged.png", png(1))
    log_id = next(e["log_id"] for e in stream_of(rig) if e.get("log_type") == "upload")
    session, token = bot_session(rig)
    edit = {"action": "edit", "title": "User:RigBot/Log", "text": "x", "assert": "bot", "bot": 1}
    tag = {"action": "tag", "logid": log_id, "add": "suggestion", "assert": "bot"}
    answers = [
        session.post(rig.api_url, data={**data, "token": token}, timeout=TIMEOUT_S).json()
        for data in (edit, tag)
    ]
    assert answers[0]["edit"]["result"] == "Success"
    assert answers[1]["tag"][0]["status"] == "success"
    rig.settle()
    assert rig.events[-1]["bot"] is True


def test_overlapping_edits_of_different_lines_are_merged_and_of_one_line_refused(
    rig: MediaWikiRig,
) -> None:
    bot, reviewer = rig.client("RigBot"), rig.client("Reviewer")
    old = bot.edit("Page", "one\n\ntwo\n\nthree")["newrevid"]
    reviewer.edit("Page", "ONE\n\ntwo\n\nthree")
    bot.edit("Page", "one\n\ntwo\n\nTHREE", baserevid=old)
    assert bot.text("Page") == "ONE\n\ntwo\n\nTHREE"
    with pytest.raises(ApiError) as refused:
        bot.edit("Page", "1\n\ntwo\n\nthree", baserevid=old)
    assert refused.value.code == "editconflict"


def test_reset_forgets_pages_files_events_requests_and_faults(rig: MediaWikiRig) -> None:
    info = rig.client("Uploader").upload("Gone.png", png(1), text="[[Category:Gone]]")
    rig.runtime(readOnly="closed")
    rig.stream.faults.stall = True
    rig.reset()
    assert not rig.events
    assert not rig.requests()
    assert rig.client("Uploader").text("File:Gone.png") is None
    assert requests.get(info["url"], timeout=TIMEOUT_S).status_code == 404
    rig.client("Uploader").upload("Gone.png", png(1))
    assert len(stream_of(rig)) == 1


def test_requests_are_written_down_without_secrets(rig: MediaWikiRig) -> None:
    rig.client("RigBot").edit("Page", "text", summary="hello")
    edit = next(r for r in rig.requests("/api.php") if r.post.get("action") == "edit")
    assert edit.post["summary"] == "hello"
    assert (edit.method, edit.status) == ("POST", 200)
    assert edit.user_agent.startswith("lookout-rig/")
    secrets = {"token", "logintoken", "password"}
    assert not any(secrets & request.post.keys() for request in rig.requests())


def test_everything_listens_on_loopback_only(rig: MediaWikiRig) -> None:
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    listening = [
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 2
    assert set(listening) == {"127.0.0.1"}
    assert rig.api_url.startswith("http://127.0.0.1:")


KILLED = """
import sys
from pathlib import Path
from rig import MediaWikiRig
rig = MediaWikiRig(Path(sys.argv[1]), snapshots=Path(sys.argv[2]))
rig.start()
print(rig.api_url, flush=True)
sys.stdin.read()
"""


def test_a_killed_run_leaves_no_process_and_no_harm(
    booted_rig: MediaWikiRig, tmp_path: Path
) -> None:
    workdir, snapshots = tmp_path / "rig", booted_rig._snapshots
    path = os.pathsep.join(folder for folder in sys.path if folder)
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(workdir), str(snapshots)],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    url = program.stdout.readline().strip()
    assert answers(url)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    deadline = time.monotonic() + TIMEOUT_S
    while answers(url):
        assert time.monotonic() < deadline
    with MediaWikiRig(workdir, snapshots=snapshots) as again:
        assert answers(again.api_url)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.ConnectionError:
        return False
