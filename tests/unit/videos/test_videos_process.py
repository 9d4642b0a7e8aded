"""The bot as a process, with the real model: a video held open, killed, and judged in the end."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.demo.commons import LogEntry, MiniCommons
from bot.demo.eventstream import EventStreamServer
from bot.demo.traffic import log_event
from support.bench import picture
from support.bot import BotProcess, settled
from support.films import DRAWING, PHOTOGRAPH, film

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("bundle")]

READY_S = 60
SETTLE_S = 120
GOODBYE_S = 12  # Toolforge sends SIGKILL 15 s after SIGTERM
PICTURES = 12
STILLS = 57  # sixty requests, without those for description, address and hash
INSERT_S = (290, 310)
SMALL = "240p.vp9.webm"


class World:
    """A wiki and its stream; requests that name `held` wait until `go_on` is set."""

    def __init__(self, mini: MiniCommons, stream: EventStreamServer) -> None:
        self.mini = mini
        self.stream = stream
        self.held = "nothing"
        self.reached, self.go_on = threading.Event(), threading.Event()
        mini.before = self._before

    def upload(self, name: str, content: bytes, **more: Any) -> LogEntry:
        """Upload a file and announce it."""
        entry = self.mini.wiki.upload(f"File:{name}", content, user="A", comment="", **more)
        self.stream.publish(log_event(entry))
        return entry

    def settings(self, *sources: str) -> dict[str, Any]:
        """Return a config.yaml: an impatient dry run that flags drawings."""
        base = self.mini.addresses.base.removeprefix("http://")
        rule = {"name": "drawn", "labels": ["drawing"], "at_least": {"image": 0.5, "video": 0.5}}
        return {
            "stream": {"url": self.stream.url},
            "wiki": {"api": self.mini.addresses.api, "file_hosts": [base]},
            "rules": [rule],
            "video": {"sources": list(sources)},
            "publish": {"interval_seconds": 0.2},
            "retry": {"first_pause_seconds": 0.2, "fresh_seconds": 2, "lease_seconds": 5},
        }

    def _before(self, _path: str) -> None:
        if self.held in _path:
            self.reached.set()
            self.go_on.wait()


@pytest.fixture
def world() -> Iterator[World]:
    with MiniCommons() as mini, EventStreamServer() as stream:
        made = World(mini, stream)
        yield made
        made.go_on.set()


def ten_minutes() -> bytes:
    """Return a photograph for ten minutes, but for twenty seconds of a drawing."""
    start, end = INSERT_S
    return film((PHOTOGRAPH, start), (DRAWING, end - start), (PHOTOGRAPH, 600 - end))


def page(running: BotProcess) -> str:
    """Return the text of all dry-run pages."""
    pages = (running.folder / "dry-run").glob("*.wiki")
    return "".join(path.read_text(encoding="utf-8") for path in pages)


def test_pictures_do_not_wait_for_a_video_and_a_kill_in_its_midst_loses_nothing(
    world: World, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    world.held = "seek"
    with BotProcess(tmp_path / "bot", world.settings("stills")) as running:
        running.wait_for_log("patrol.ready", READY_S)
        video = world.upload("Ten minutes.webm", ten_minutes())
        running.wait_for(lambda _: world.reached.is_set(), SETTLE_S)
        for number in range(PICTURES):
            world.upload(f"{number}.png", picture(f"rgb({number * 9},90,9)"))
        running.wait_for(lambda status: status["states"]["scored"] == PICTURES, SETTLE_S)
        assert running.status()["states"]["leased"] == 1
        running.kill()
        world.go_on.set()
        before = len(world.mini.asked)
        running.start()
        running.wait_for(lambda status: settled(status, seen=PICTURES + 1), SETTLE_S)
        (end,) = [end for end in running.ends() if end.log_id == video.log_id]
        assert (end.state, end.verdict) == ("scored", "review")
        assert page(running).count(f"|key={video.log_id}|") == 1
        assert "4:5" in page(running) or "5:0" in page(running)
        stills = sum("seek" in path for path in world.mini.asked[before:])
        assert stills <= STILLS
        measured(f"a ten-minute video with 20 s of a drawing found by {stills} stills")
        assert running.terminate(GOODBYE_S) == 0


def test_a_bot_told_to_stop_in_the_midst_of_a_video_ends_soon_and_gives_it_back(
    world: World, tmp_path: Path
) -> None:
    world.held = "transcoded"
    with BotProcess(tmp_path / "bot", world.settings("transcode", "stills")) as running:
        running.wait_for_log("patrol.ready", READY_S)
        short = film((PHOTOGRAPH, 4))
        world.upload("Short.webm", short, transcodes={SMALL: short})
        running.wait_for(lambda _: world.reached.is_set(), SETTLE_S)
        assert running.terminate(GOODBYE_S) == 0
        assert running.ends()[0].state == "waiting"


def test_a_short_insert_is_found_in_the_scenes_of_fetched_videos(
    world: World, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    shown, again = (
        film((PHOTOGRAPH, before), (DRAWING, 3), (PHOTOGRAPH, 20), rate=5, size=(854, 480))
        for before in (20, 40)
    )
    with BotProcess(tmp_path / "bot", world.settings("transcode", "original")) as running:
        running.wait_for_log("patrol.ready", READY_S)
        world.upload("Transcoded.webm", shown, transcodes={SMALL: shown})
        world.upload("Original.webm", again)
        highest = 0.0
        while running.log_text().count("upload.scored") < len(("Transcoded", "Original")):
            highest = max(highest, running.memory_mib())
            assert "upload.dead" not in running.log_text()
        running.wait_for(lambda status: settled(status, seen=2), SETTLE_S)
        assert {(end.state, end.verdict) for end in running.ends()} == {("scored", "review")}
        text = page(running)
        assert any(f"0:{at}" in text for at in (20, 21, 22))
        assert any(f"0:{at}" in text for at in (40, 41, 42))
        log = running.log_text()
        assert log.count("source=transcode") + log.count("source=original") >= 2
        assert not any("seek" in path for path in world.mini.asked)
        measured(f"{highest:.0f} MiB highest PSS of the bot and its children over two videos, 480p")
        assert running.terminate(GOODBYE_S) == 0
