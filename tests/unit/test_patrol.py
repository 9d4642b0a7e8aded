"""The bot as a process: told to change, told to stop, broken, killed."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import bot.demo
from bot.demo.commons import LogEntry, MiniCommons, base36_sha1
from bot.demo.eventstream import EventStreamServer
from support.bench import picture
from support.bot import BotProcess, settled
from support.scripted import Asked, Reply, ScriptedServer, as_json

MEDIA = Path(bot.demo.__file__).parent / "media"
CAT = (MEDIA / "drawings/cat_in_pencil.jpg").read_bytes()
READY_S = 60
SETTLE_S = 60
GOODBYE_S = 12  # Toolforge sends SIGKILL 15 s after SIGTERM
FAILED = 1


class World:
    """A wiki and its stream, and uploads that reach both."""

    def __init__(self, mini: MiniCommons, stream: EventStreamServer) -> None:
        self.wiki = mini.wiki
        self.stream = stream
        self.api = mini.addresses.api
        self.host = mini.addresses.base.removeprefix("http://")

    def upload(self, name: str, content: bytes, **more: Any) -> LogEntry:
        """Upload a file and announce it."""
        entry = self.wiki.upload(f"File:{name}", content, user="Alice", comment="", **more)
        announce(self.stream, entry)
        return entry

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Return a config.yaml: an impatient dry run that flags drawings."""
        return {
            "stream": {"url": self.stream.url},
            "wiki": {"api": self.api, "file_hosts": [self.host]},
            "rules": [rule(at_least=0.5)],
            "publish": {"interval_seconds": 0.2},
            "retry": {"first_pause_seconds": 0.2, "fresh_seconds": 2, "lease_seconds": 5},
        } | changed


def rule(*, at_least: float) -> dict[str, Any]:
    """Return the rule that flags drawings."""
    return {"name": "drawn", "labels": ["drawing"], "at_least": {"image": at_least}}


def announce(stream: EventStreamServer, entry: LogEntry) -> None:
    """Publish the event of an upload."""
    assert entry.version
    stream.publish(
        {
            "type": "log",
            "namespace": 6,
            "title": entry.title,
            "timestamp": int(entry.at.timestamp()),
            "user": entry.user,
            "bot": False,
            "log_id": entry.log_id,
            "log_type": "upload",
            "log_action": entry.action,
            "log_params": {
                "img_sha1": base36_sha1(entry.version.sha1),
                "img_timestamp": f"{entry.version.uploaded_at:%Y%m%d%H%M%S}",
            },
            "wiki": "commonswiki",
        }
    )


@pytest.fixture
def world() -> Iterator[World]:
    with MiniCommons() as mini, EventStreamServer() as stream:
        yield World(mini, stream)


def page(bot_process: BotProcess) -> str:
    """Return the text of all dry-run pages."""
    pages = (bot_process.folder / "dry-run").glob("*.wiki")
    return "".join(path.read_text(encoding="utf-8") for path in pages)


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_a_changed_config_is_adopted_and_a_bad_one_is_not(world: World, tmp_path: Path) -> None:
    with BotProcess(tmp_path / "bot", world.settings(rules=[rule(at_least=1.0)])) as running:
        running.wait_for_log("patrol.ready", READY_S)
        world.upload("Before.jpg", CAT)
        running.wait_for(lambda status: settled(status, seen=1), SETTLE_S)
        running.configure(world.settings(rules=[rule(at_least=0.5)]))
        running.wait_for_log("config.changed", READY_S)
        running.configure(world.settings(rules=[{**rule(at_least=0.9), "labels": ["dog"]}]))
        running.wait_for_log("config.refused", READY_S)
        world.upload("After.jpg", CAT)
        running.wait_for(lambda status: settled(status, seen=2), SETTLE_S)
        verdicts = {end.title: end.verdict for end in running.ends()}
        assert verdicts["File:Before.jpg"] == "cleared"
        assert verdicts["File:After.jpg"] == "review"
        assert "[[:File:After.jpg]]" in page(running)
        assert "[[:File:Before.jpg]]" not in page(running)
        assert running.terminate(GOODBYE_S) == 0


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_a_killed_bot_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    entries = [world.upload(f"{n}.png", picture(f"rgb({n * 5},90,9)")) for n in range(25)]
    entries.append(world.upload("Cat.jpg", CAT))
    with BotProcess(tmp_path / "bot", world.settings()) as running:
        for entry in entries:
            announce(world.stream, entry)  # once more: the first time nobody listened
        running.wait_for_log("upload.scored", READY_S)
        running.kill()
        late = world.upload("Late.jpg", picture("white"))
        running.start()
        running.wait_for(lambda status: settled(status, seen=len(entries) + 1), SETTLE_S)
        ends = running.ends()
        assert Counter(end.state for end in ends) == {"scored": len(entries) + 1}
        assert {end.log_id for end in ends} == {entry.log_id for entry in [*entries, late]}
        flagged = [end.log_id for end in ends if end.verdict == "review"]
        assert entries[-1].log_id in flagged
        assert all(page(running).count(f"<!-- lookout:{key} -->") == 1 for key in flagged)
        assert running.terminate(GOODBYE_S) == 0


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_a_bot_in_the_midst_of_its_work_ends_soon_and_gives_the_work_back(
    world: World, tmp_path: Path
) -> None:
    entries = [world.wiki.upload(f"File:{n}.jpg", CAT, user="A", comment="") for n in range(3)]
    with ScriptedServer(Slow(entries)) as slow:
        settings = world.settings(
            wiki={"api": f"{slow.url}/w/api.php", "file_hosts": [slow.netloc]},
            control={"opt_out_page": ""},
        )
        with BotProcess(tmp_path / "bot", settings) as running:
            running.wait_for_log("patrol.ready", READY_S)
            for entry in entries:
                announce(world.stream, entry)
            running.wait_for(lambda _: any("/thumb" in ask.path for ask in slow.requests), SETTLE_S)
            assert running.terminate(GOODBYE_S) == 0
            with closing(sqlite3.connect(running.folder / "ledger.sqlite")) as ledger:
                rows = ledger.execute("SELECT state, attempts FROM uploads").fetchall()
            assert rows == [("waiting", 0)] * 3


class Slow:
    """Describes files at once, and hands their pictures out for ever."""

    def __init__(self, entries: list[LogEntry]) -> None:
        self._sha1 = {entry.title: entry.version.sha1 for entry in entries if entry.version}

    def __call__(self, asked: Asked) -> Reply:
        """Answer one request."""
        if "titles" not in asked.form:
            return Reply(body=bytes(10_000_000), kind="image/jpeg", bytes_per_s=1_000)
        base = f"http://{asked.headers['Host']}/thumb"
        pages = [
            {
                "title": title,
                "imageinfo": [
                    {
                        "timestamp": "2026-11-22T10:00:00Z",
                        "size": 10,
                        "width": 4000,
                        "height": 3000,
                        "url": f"{base}/{number}.jpg",
                        "thumburl": f"{base}/{number}.jpg",
                        "sha1": self._sha1[title],
                        "mime": "image/jpeg",
                        "mediatype": "BITMAP",
                        "canonicaltitle": title,
                    }
                ],
            }
            for number, title in enumerate(asked.form["titles"].split("|"))
        ]
        return as_json({"batchcomplete": True, "query": {"pages": pages}})


def test_a_bot_told_to_stop_while_it_starts_stops(world: World, tmp_path: Path) -> None:
    with BotProcess(tmp_path / "bot", world.settings()) as running:
        running.wait_for_log("patrol.start", READY_S)
        assert running.terminate(GOODBYE_S) == 0


def test_a_model_that_is_not_installed_ends_the_bot_with_what_to_do(
    world: World, tmp_path: Path
) -> None:
    with BotProcess(tmp_path / "bot", world.settings(model={"name": "no-such-model"})) as running:
        assert running.wait(READY_S) == FAILED
        assert "no-such-model" in running.log_text()
        assert "lookout model install" in running.log_text()
        assert "Traceback" not in running.log_text()


def test_a_stream_that_does_not_exist_ends_the_bot_with_what_to_do(
    world: World, tmp_path: Path
) -> None:
    nowhere = {"url": f"{world.stream.url}.nothing"}
    with BotProcess(tmp_path / "bot", world.settings(stream=nowhere)) as running:
        assert running.wait(READY_S) == FAILED
        assert "Correct stream.url in config.yaml" in running.log_text()
        assert "Traceback" not in running.log_text()
