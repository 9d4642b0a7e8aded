"""`lookout stats` and `lookout thresholds`, on a ledger of a few decisions."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.ledger import Ledger
from support.ledgers import address
from support.reviews import decide, review, suggest


@pytest.fixture
def config(tmp_path: Path) -> Path:
    place = address(tmp_path / "ledger.sqlite")
    with Ledger(place) as ledger:
        for number, outcome in enumerate(["scope", "scope", "ok", None], 1):
            suggest(ledger, number)
            if outcome:
                decide(ledger, review(number, outcome))
        suggest(ledger, 5, kind="audit")
        decide(ledger, review(5, "ok"))
    file = tmp_path / "config.yaml"
    file.write_text(f"ledger: {{url: '{place}'}}\n", encoding="utf-8")
    return file


def test_stats_prints_a_table(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    assert "all     all                      4         1         0         2         3" in printed
    assert "1 drawn, 0 of 1 answered" in printed


def test_stats_gives_json_and_csv(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "figures"
    assert main(["stats", "--config", str(config), "--json", "--csv", str(folder)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["precision"][0]["precision"]["count"] == 2
    assert report["volumes"] == {"seen": 5, "scored": 5, "suggested": 4, "cleared": 1}
    assert (folder / "precision.csv").exists()


def test_thresholds_says_that_three_answers_do_not_suffice(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["thresholds", "suggest", "--precision", "0.6", "--config", str(config)]
    assert main(arguments) == 0
    assert "3 answers do not suffice, at least 20 are needed" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    (advice,) = json.loads(capsys.readouterr().out)
    assert (advice["threshold"], advice["per_day"]) == (None, 4.0)


@pytest.mark.parametrize("wrong", ["0", "1", "x"])
def test_a_precision_that_is_none_is_refused(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["thresholds", "suggest", "--precision", wrong])
    assert "--precision" in capsys.readouterr().err


def test_days_are_above_zero(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["stats", "--days", "0"])
    assert "0 is not above 0" in capsys.readouterr().err
