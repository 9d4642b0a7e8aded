"""`lookout replay`: recorded events and the wiki's log, any number of times."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import yaml

from bot import logevents
from bot.cli import main
from bot.demo.commons import MiniCommons
from bot.errors import LedgerBusy
from bot.events import parse_upload
from bot.ledger import Ledger
from bot.replay import RecordedEvents, Tally
from bot.settings.intake import StreamSettings
from bot.turns import repeat
from support.bench import picture
from support.ledgers import STREAM, address, rows, states
from support.uploads import event, whole

WIRE = Path(__file__).parents[1] / "samples" / "wire.txt"
USAGE = 2
SETTINGS = StreamSettings(url=STREAM)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(address(tmp_path / "ledger.sqlite")) as opened:
        yield opened


def replayed(ledger: Ledger, *lines: str) -> Tally:
    """Replay these lines to the end."""
    done = Event()
    source = RecordedEvents(lines, ledger.intake, SETTINGS, done)
    repeat(source.turn, stop=done, idle_s=lambda: 0.0)
    return source.tally


def test_events_line_by_line_and_from_the_wire_are_the_same(ledger: Ledger) -> None:
    assert replayed(ledger, whole(1), "", whole(2)) == Tally(events=2, uploads=2, new=2)
    wire = [":ok", "", "event: message", 'id: [{"topic":"a"}]', f"data: {whole(2)}", ""]
    assert replayed(ledger, *wire, f"data: {whole(3)}") == Tally(events=2, uploads=2, new=1)
    assert states(ledger) == {"waiting": 3}


def test_a_replay_leaves_the_position_in_the_stream_alone(ledger: Ledger) -> None:
    replayed(ledger, whole(1))
    assert ledger.intake.position(STREAM) is None


def test_repeats_other_events_and_unreadable_ones_are_counted(ledger: Ledger) -> None:
    elsewhere = json.dumps({**event(5), "wiki": "dewiki"})
    lines = [whole(1), whole(1), elsewhere, whole(2, title=None), '{"torn', "data: null", "noise"]
    tally = replayed(ledger, *lines)
    assert (tally.events, tally.uploads, tally.new, tally.unreadable) == (6, 1, 1, 2)
    assert ledger.census.take().rejected_events == 2


def test_the_recorded_wire_is_read_as_the_stream_reads_it(ledger: Ledger) -> None:
    text = WIRE.read_text(encoding="utf-8")
    events = [
        json.loads(line.removeprefix("data: "))
        for line in text.splitlines()
        if line.startswith("data: ")
    ]
    expected = {upload.log_id for body in events if (upload := parse_upload(body, "commonswiki"))}
    tally = replayed(ledger, *text.splitlines())
    assert (tally.events, tally.uploads) == (len(events), len(expected))
    assert expected


def test_a_busy_ledger_is_waited_for_and_nothing_is_counted_twice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ledger.intake.record
    failures = [LedgerBusy("locked"), LedgerBusy("locked")]

    def sometimes(*arguments: object) -> int:
        if failures:
            raise failures.pop()
        return record(*arguments)  # type: ignore[arg-type]  # whatever they are

    monkeypatch.setattr(ledger.intake, "record", sometimes)
    assert replayed(ledger, whole(1), whole(2)) == Tally(events=2, uploads=2, new=2)


# The command --------------------------------------------------------------------------------------


class Shell:
    """A folder with settings, in which the command is run."""

    def __init__(self, folder: Path, mini: MiniCommons, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.wiki = mini.wiki
        self._capsys = capsys
        self._config = folder / "config.yaml"
        settings = {"wiki": {"api": mini.addresses.api}, "stream": {"url": STREAM}}
        self._config.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def replay(self, *arguments: str) -> str:
        """Run `lookout replay`; return what it prints."""
        assert main(["replay", "--config", str(self._config), *arguments]) == 0
        return self._capsys.readouterr().out

    def refusal(self, *arguments: str) -> str:
        """Return with which words arguments are refused."""
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--config", str(self._config)])
        assert ended.value.code == USAGE
        return self._capsys.readouterr().err

    def counts(self, *arguments: str) -> dict[str, int]:
        """Return the counts that `lookout replay` prints."""
        lines = self.replay(*arguments).splitlines()
        return {
            name.strip(): int(value) for name, value in (line.rsplit(None, 1) for line in lines)
        }

    def titles(self) -> list[str]:
        """Return what the ledger has, in the order of the log."""
        place = address(self.folder / "ledger.sqlite")
        return [title for (title,) in rows(place, "SELECT title FROM uploads ORDER BY log_id")]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    with MiniCommons() as mini:
        yield Shell(tmp_path, mini, capsys)


def test_a_file_replayed_twice_is_new_once(shell: Shell) -> None:
    file = shell.folder / "events.jsonl"
    file.write_bytes(f"{whole(1)}\n{whole(2)}\n".encode() + b'{"title": "\xff"}\n')
    first = shell.counts(str(file))
    second = shell.counts(str(file))
    assert first == {
        "events": 3,
        "uploads, new": 2,
        "uploads, known": 0,
        "unreadable": 1,
        "other": 0,
    }
    assert second == {**first, "uploads, new": 0, "uploads, known": 2}


def test_the_log_replayed_twice_is_new_once(shell: Shell) -> None:
    for n in range(3):
        shell.wiki.upload(f"File:{n}.png", picture("red"), user="Alice", comment="")
    shell.wiki.delete("File:0.png", user="Admin", comment="")
    shell.wiki.restore("File:0.png", user="Admin", comment="")
    shell.wiki.hide(2, "action")
    first = shell.counts("--from", "1 hour ago")
    assert first == {
        "events": 4,
        "uploads, new": 3,
        "uploads, known": 0,
        "unreadable": 0,
        "other": 1,
    }
    assert shell.counts("--from", "1 hour ago")["uploads, new"] == 0
    assert shell.titles() == ["File:0.png", "File:2.png", "File:0.png"]


def test_outside_the_two_times_nothing_is_read(shell: Shell) -> None:
    shell.wiki.upload("File:A.png", picture("red"), user="Alice", comment="")
    assert shell.counts("--from", "2 days ago", "--to", "1 day ago")["events"] == 0


def test_pages_of_the_log_follow_each_other(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logevents, "ENTRIES_PER_REQUEST", 2)
    for n in range(5):
        shell.wiki.upload(f"File:{n}.png", picture("red"), user="Alice", comment="")
    assert shell.counts("--from", "1 hour ago")["uploads, new"] == 5
    assert shell.titles() == [f"File:{n}.png" for n in range(5)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["replay"], "name a FILE"),
        (["replay", "config.yaml", "--from", "1 day ago"], "name a FILE"),
        (["replay", "config.yaml", "--to", "1 day ago"], "--to goes with --from"),
        (["replay", "--from", "1 day ago", "--to", "2 days ago"], "should not be before"),
        (["replay", "--from", "tomorrow"], "should be a time such as"),
        (["replay", "--from", "2999-01-01"], "in the future"),
        (["replay", "nowhere.jsonl"], "is no file"),
        (["run", "--since", "91 days ago"], "more than 90 days ago"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_meant_is_refused(shell: Shell, arguments: list[str], reason: str) -> None:
    assert reason in shell.refusal(*arguments)
