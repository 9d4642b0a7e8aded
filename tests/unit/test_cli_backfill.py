"""`lookout backfill`, without a model: what is asked for, and what is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.backfill.walk import Walk
from bot.cli import main
from bot.demo.commons import MiniCommons
from bot.ledger import Ledger
from support.bench import picture
from support.ledgers import address

Run = tuple[int, str, str]


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with MiniCommons() as mini:
        for number, colour in enumerate(["red", "green", "blue"]):
            data = picture(colour)
            mini.wiki.upload(f"File:{number}.png", data, user="Alice", comment="own work")
        base = mini.addresses.base
        settings = {
            "wiki": {"api": mini.addresses.api, "file_hosts": [base.removeprefix("http://")]},
            "ledger": {"url": address(tmp_path / "ledger.sqlite")},
        }
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        yield file


def lookout(config: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Run:
    code = main(["backfill", *words, "--config", str(config)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_what_is_asked_for_waits_in_the_ledger(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = lookout(config, capsys, "--allimages")
    assert (code, out.splitlines()[0]) == (0, "backfill 1: allimages")
    lookout(config, capsys, "--since", "2020-01-02T03:00")
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        second, first = ledger.backfills.progress()
    assert (first.source, first.expected) == ("allimages", 3)
    assert (second.source, second.target) == ("since", "2020-01-02T03:00:00Z")


def test_sub_categories_are_listed_when_that_is_asked_for(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = lookout(config, capsys, "--category", "Old_maps", "--depth", "2")
    assert (code, out.splitlines()[0]) == (0, "backfill 1: categories Category:Old maps")
    with Ledger(address(tmp_path / "ledger.sqlite")) as ledger:
        (one,) = ledger.backfills.running()
    assert one.token == Walk.begin("Category:Old maps", 2).text


def test_it_is_paused_resumed_and_cancelled(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lookout(config, capsys, "--allimages")
    for word, state in [("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")]:
        assert lookout(config, capsys, word, "1")[:2] == (0, f"backfill 1 is {state} now\n")
    code, _, err = lookout(config, capsys, "resume", "1")
    assert (code, err) == (1, "lookout: backfill 1 is cancelled\n")


def test_status_is_for_people_and_for_programs(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lookout(config, capsys, "status")[1] == "no backfill was ever asked for\n"
    lookout(config, capsys, "--allimages")
    _, out, _ = lookout(config, capsys, "status")
    assert out.startswith("1  allimages: running\n")
    assert "0 of about 3" in out
    (told,) = json.loads(lookout(config, capsys, "status", "1", "--json")[1])
    assert (told["expected"], told["finished"], told["left_s"]) == (3, 0, None)


@pytest.mark.parametrize("words", [("status", "7"), ("pause", "7"), ("flags", "7")])
def test_a_number_that_is_none_is_told(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, _, err = lookout(config, capsys, *words)
    assert (code, err.split(".")[0]) == (1, "lookout: there is no backfill 7")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--here",),
        ("--allimages", "--category", "A"),
        ("--since", "tomorrow"),
        ("--allimages", "--depth", "1"),
    ],
)
def test_what_is_left_open_is_refused(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit):
        lookout(config, capsys, *words)


@pytest.mark.model
@pytest.mark.usefixtures("bundle")
def test_here_does_it_all_in_this_process(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = lookout(config, capsys, "--allimages", "--here")
    assert code == 0
    assert "1  allimages: done" in out
    assert "3: scored 3" in out
