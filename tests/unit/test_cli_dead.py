"""`lookout dead`: what a person sees of failed uploads, and has tried anew."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.ledger import Ledger
from model.errors import Undecodable, WorkerDied
from support.ledgers import address, claim, fill, states


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The ledger of the configuration in the current folder: 1 crashed, 2 is damaged, 3 waits."""
    (tmp_path / "config.yaml").write_text("# the defaults\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    found = address(tmp_path / "ledger.sqlite")
    with Ledger(found) as ledger:
        fill(ledger, [1, 2])
        damaged, crashed = claim(ledger)
        ledger.queue.bury(crashed, WorkerDied("no answer within 20 s"))
        ledger.queue.bury(damaged, Undecodable("broken data stream"))
        fill(ledger, [3])
    return found


def counts(place: str) -> dict[str, int]:
    with Ledger(place) as ledger:
        return states(ledger)


def refused(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dead", "requeue", *arguments])
    assert ended.value.code == 2


def test_the_list_names_number_error_and_title(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counts(place)["dead"] == 2
    assert main(["dead", "list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["2", "Undecodable", "File:2.jpg"], ["1", "WorkerDied", "File:1.jpg"]]


@pytest.mark.usefixtures("place")
def test_the_list_for_programs_holds_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead", "list", "--json", "--limit", "1"]) == 0
    (letter,) = json.loads(capsys.readouterr().out)
    assert (letter["log_id"], letter["detail"]) == (2, "broken data stream")
    assert letter["died_at"] > letter["uploaded_at"]


@pytest.mark.usefixtures("place")
def test_one_is_shown_with_its_error_and_times(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead", "show", "1"]) == 0
    shown = capsys.readouterr().out
    assert "no answer within 20 s" in shown
    assert "2026-11-22 00:00:00 UTC" in shown


@pytest.mark.usefixtures("place")
def test_what_is_not_dead_cannot_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead", "show", "3"]) == 1
    assert "not dead, or never seen: 3" in capsys.readouterr().err


def test_the_named_ones_are_requeued(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dead", "requeue", "1", "2"]) == 0
    assert capsys.readouterr().out == "requeued: 2\n"
    assert counts(place) == {"waiting": 3}


def test_those_that_are_not_dead_are_named_and_the_others_requeued(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead", "requeue", "1", "3", "99"]) == 1
    said = capsys.readouterr()
    assert said.out == "requeued: 1\n"
    assert "3, 99" in said.err
    assert counts(place) == {"waiting": 2, "dead": 1}


def test_all_of_one_error_or_all_are_requeued(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dead", "requeue", "--all", "--error", "WorkerDied"]) == 0
    assert counts(place) == {"waiting": 2, "dead": 1}
    assert main(["dead", "requeue", "--all"]) == 0
    assert counts(place) == {"waiting": 3}
    assert capsys.readouterr().out == "requeued: 1\nrequeued: 1\n"


@pytest.mark.usefixtures("place")
def test_a_requeue_that_leaves_open_what_is_meant_is_refused() -> None:
    refused()
    refused("1", "--all")
    refused("1", "--error", "WorkerDied")
