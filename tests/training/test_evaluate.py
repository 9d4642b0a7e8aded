"""Evaluation and calibration, against known answers and scikit-learn."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as reference

from bot.cli import main
from model.bundle import Bundle, open_bundle
from model.errors import DatasetUnusable, TrainingRefused
from model.training.calibrate import fit_temperature, softmax
from model.training.dataset.manifest import Dataset
from model.training.evaluation.answers import Answers, answers_of
from model.training.evaluation.metrics import (
    average_precision,
    bootstrap,
    calibration_error,
    curve,
    precision_at,
    roc_auc,
    threshold_for,
)
from model.training.evaluation.report import Question, sections_of

RANDOM = np.random.default_rng(8)
POSITIVE = RANDOM.random(400) < 0.3
SCORES = np.clip(RANDOM.normal(0.4 + 0.2 * POSITIVE, 0.2), 0, 1).astype(np.float64).round(2)


def test_the_areas_are_scikit_learns() -> None:
    assert roc_auc(SCORES, POSITIVE) == pytest.approx(reference.roc_auc_score(POSITIVE, SCORES))
    assert average_precision(SCORES, POSITIVE) == pytest.approx(
        reference.average_precision_score(POSITIVE, SCORES)
    )


def test_the_interval_holds_the_figure_and_narrows_with_more_pictures() -> None:
    few, many = (bootstrap(roc_auc, SCORES[:n], POSITIVE[:n]) for n in (60, 400))
    assert many.low < many.value < many.high
    assert many.high - many.low < few.high - few.low


def test_a_good_model_is_imprecise_where_positives_are_rare() -> None:
    assert precision_at(0.01, recall=0.94, false_alarms=0.075) == pytest.approx(0.11, abs=0.005)


def test_the_threshold_reaches_its_goal_with_most_recall() -> None:
    points = curve(SCORES, POSITIVE)
    place = threshold_for(points, 0.6, float(POSITIVE.mean()))
    assert place is not None
    counted = points.thresholds[place] <= SCORES
    assert POSITIVE[counted].mean() >= 0.6
    assert not (points.precision[place + 1 :] >= 0.6).any()


def test_calibration_finds_the_temperature_and_halves_the_error() -> None:
    logits = RANDOM.normal(size=(5000, 3)) * 2
    draws = RANDOM.random(5000)
    truth = (softmax(logits).cumsum(axis=1) < draws[:, None]).sum(axis=1).clip(max=2)
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)
    before = calibration_error(softmax(logits * 3), truth)
    after = calibration_error(softmax(logits * 3 / fit_temperature(logits * 3, truth)), truth)
    assert after < before / 2


@pytest.mark.model
def test_the_report_of_a_trained_model(
    trained: Bundle, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(trained.folder.parent))
    dataset.write(tmp_path / "set", "")
    told = ["--model", "standin", "--positive", "drawing", "--write", str(tmp_path / "report")]
    assert main(["evaluate", str(tmp_path / "set"), *told]) == 0
    text = (tmp_path / "report" / "evaluation.md").read_text(encoding="utf-8")
    assert "has 11% precision at 1% prevalence" in text
    tags = {f"tag {tag}" for entry in dataset.side("test") for tag in entry.tags}
    assert all(name in text for name in (*tags, "source pictures"))
    for plot in ("roc.svg", "pr.svg", "reliability.svg"):
        ET.parse(tmp_path / "report" / plot)  # noqa: S314 - our own text
    assert "<svg" in (tmp_path / "report" / "evaluation.html").read_text(encoding="utf-8")


@pytest.mark.model
def test_calibrating_writes_a_new_version(
    trained: Bundle,
    dataset: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(trained.folder.parent))
    dataset.write(tmp_path / "set", "")
    assert main(["calibrate", str(tmp_path / "set"), "--model", "standin"]) == 0
    assert "temperature" in capsys.readouterr().out
    after = open_bundle(trained.folder.parent, "standin").card
    assert after.training is not None
    assert after.training.temperature != 1
    assert after.artefacts["weights.pt"] == trained.card.artefacts["weights.pt"]
    assert after.artefacts["model.ts"] != trained.card.artefacts["model.ts"]


@pytest.mark.model
def test_other_labels_are_explained(bundle: Bundle, dataset: Dataset) -> None:
    with pytest.raises(DatasetUnusable, match="knows the labels"):
        answers_of(bundle, dataset.side("test"))


def test_a_question_about_all_or_unknown_labels_is_refused(dataset: Dataset) -> None:
    entries = dataset.side("test")
    truth = np.array([dataset.labels.index(entry.label) for entry in entries])
    answers = Answers(dataset.labels, np.eye(2)[truth], truth, entries)
    for labels in (("drawing", "photograph"), ("cat",)):
        with pytest.raises(TrainingRefused, match="--positive"):
            sections_of(answers, Question(labels))
