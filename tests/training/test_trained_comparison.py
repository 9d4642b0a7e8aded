"""The comparison of models trained here: measured, and kept when the rest is written anew."""

from pathlib import Path

import pytest

from bot.cli import main
from model.bundle import Bundle
from model.comparison.cost import Timing
from model.comparison.report import REPORT, write_report, write_trained
from model.comparison.trained import HEADING, TrainedRow

TIMING = Timing(
    batch=1, threads=1, milliseconds=12.34, start_up_s=1, peak_mib=300, precision="fp32"
)


@pytest.mark.model
def test_the_section_is_replaced_by_a_new_one_and_survives_a_new_report(
    trained: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = trained.card.training
    assert training is not None
    row = TrainedRow(trained.card, training, 2, 1.5, 16.4, TIMING)
    monkeypatch.setattr("model.comparison.report.bar_chart", lambda *_: "")
    write_report(tmp_path, [])
    plain = (tmp_path / REPORT).read_text(encoding="utf-8")
    write_trained(tmp_path, [row])
    write_trained(tmp_path, [row._replace(seconds=2.5)])
    text = (tmp_path / REPORT).read_text(encoding="utf-8")
    assert text.startswith(plain)
    assert text.count(HEADING) == 1
    assert "| 2 | " in text
    assert "| 2.5 | " in text
    assert training.dataset in text
    write_report(tmp_path, [])
    assert (tmp_path / REPORT).read_text(encoding="utf-8") == text


def test_without_a_trained_model_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    monkeypatch.setenv("LOOKOUT_MODELS", str(tmp_path / "models"))
    assert main(["model", "compare", "--trained"]) == 1
    assert "Nothing was trained here" in capsys.readouterr().err
