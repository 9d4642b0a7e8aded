"""Evaluation, against known answers and scikit-learn."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as reference

from bot.cli import main
from model.bundle import Bundle
from model.errors import DatasetUnusable, TrainingRefused
from model.training.dataset.build import build
from model.training.dataset.entry import Entry
from model.training.dataset.examine import is_monochrome
from model.training.dataset.manifest import Dataset
from model.training.evaluation.answers import Answers, answers_of
from model.training.evaluation.metrics import (
    average_precision,
    bootstrap,
    curve,
    precision_at,
    roc_auc,
    threshold_for,
)
from model.training.evaluation.report import Question, sections_of
from standin.task import make

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
    assert all(name in text for name in (*tags, "source pictures", "medium image"))
    assert "No picture is in: tag art, tag medical, tag monochrome, Monk 1-3" in text
    for plot in ("roc.svg", "pr.svg", "reliability.svg"):
        ET.parse(tmp_path / "report" / plot)  # noqa: S314 - our own text
    assert "<svg" in (tmp_path / "report" / "evaluation.html").read_text(encoding="utf-8")


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


def answers_like(entries: Sequence[Entry], chosen: Sequence[str]) -> Answers:
    """Return what a model says that is sure of `chosen`."""
    labels = ("drawing", "photograph")
    truth = np.array([labels.index(entry.label) for entry in entries])
    places = np.array([labels.index(label) for label in chosen])
    return Answers(labels, np.eye(2)[places] * 0.9 + 0.05, truth, tuple(entries))


def test_slices_are_reported_apart(dataset: Dataset) -> None:
    tags = [("monk-2",), ("monk-3", "art"), ("monk-9",), ("medical",)] * 6
    entries = [
        entry.model_copy(update={"tags": tag, "medium": "video" if "art" in tag else "image"})
        for entry, tag in zip(dataset.side("test"), tags, strict=False)
    ]
    wrong = {"drawing": "photograph", "photograph": "drawing"}
    chosen = [wrong[e.label] if "medical" in e.tags else e.label for e in entries]
    section = sections_of(answers_like(entries, chosen), Question(("drawing",)))[-2]
    rows = {row[0]: row for row in section.table[1:]}
    assert int(rows["Monk 1-3"][1]) == 2 * int(rows["Monk 8-10"][1])
    assert rows["tag art"][1] == rows["medium video"][1]
    assert rows["tag medical"][2].startswith("0.000")
    assert rows["Monk 8-10"][2].startswith("1.000")
    assert section.text == ("No picture is in: tag monochrome, Monk 4-7.",)


def test_grey_pictures_are_tagged() -> None:
    colours = RANDOM.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    grey = np.repeat(colours[:, :, :1], 3, axis=2)
    assert is_monochrome(grey)
    assert not is_monochrome(colours)


@pytest.mark.model
def test_a_mislabelled_folder_is_named(
    trained: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(trained.folder.parent))
    make(tmp_path / "pictures", 80, edge=64, seed=9)
    attic = tmp_path / "pictures" / "photograph" / "attic"
    attic.mkdir()
    for path in sorted((tmp_path / "pictures" / "drawing").glob("digits-*.jpg"))[:12]:
        path.rename(attic / path.name)
    build([tmp_path / "pictures"], tmp_path / "set")
    told = ["--model", "standin", "--positive", "drawing", "--side", "all"]
    assert main(["evaluate", str(tmp_path / "set"), *told]) == 0
    said = "pictures under the label photograph look like drawing"
    text, warning = capsys.readouterr()
    assert any(str(attic) in line and said in line for line in text.splitlines())
    assert said in warning
