"""The bot as a process: told to change, told to stop, broken, killed."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.bench import picture
from support.bot import BotProcess, settled
from support.scripted import ScriptedServer
from support.world import CAT, Slow, World, announce, rule, small_world

READY_S = 60
SETTLE_S = 60
GOODBYE_S = 12  # Toolforge sends SIGKILL 15 s after SIGTERM
FAILED = 1


@pytest.fixture
def world() -> Iterator[World]:
    with small_world() as made:
        yield made


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
        running.configure(world.settings(rules=[rule(at_least=1.5)]))
        running.wait_for_log("rules[1].at_least.image: should be from 0 to 1, but is 1.5", READY_S)
        assert re.search(r"line \d+, rules\[1\]\.at_least\.image", running.log_text())
        running.configure(world.settings(rules=[{**rule(at_least=0.9), "labels": ["dog"]}]))
        running.wait_for_log("rules name the labels dog", READY_S)
        world.upload("After.jpg", CAT)
        running.wait_for(lambda status: settled(status, seen=2), SETTLE_S)
        verdicts = {end.title: end.verdict for end in running.ends()}
        assert verdicts["File:Before.jpg"] == "cleared"
        assert verdicts["File:After.jpg"] == "review"
        assert "|file=File:After.jpg|" in page(running)
        assert "|file=File:Before.jpg|" not in page(running)
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
        assert all(page(running).count(f"|key={key}|") == 1 for key in flagged)
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
