"""Distillation: a student learns its teacher's answers, and is kept only if it gives them."""

import json
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from bot.cli import main
from model import torchscript
from model.bundle import DEFAULT_BUNDLE, TORCHSCRIPT, Bundle, open_bundle
from model.card_text import card_as_markdown
from model.compression.distil import distil, recipe_for
from model.errors import TrainingRefused
from model.golden_pictures import golden_pictures
from model.install import CACHE
from model.networks.preprocessing import Preprocessing, Scaled, Standardised
from model.training.dataset.manifest import Dataset
from model.training.pictures import Batch
from model.training.recipe import StudentRecipe
from model.training.run import Run
from model.training.shown import silent
from model.training.teacher import Teacher
from model.training.train import learned

SMALL = "mobilenet-v3-small"
KNOWING = "nsfwjs-mobilenet-v2"
"""Smaller than the teacher, and its features know pictures."""
SIZE = 96


def recipe(teacher: Bundle, start: str = SMALL, **settings: float | bool) -> StudentRecipe:
    return recipe_for(teacher, start, **{"batch": 8, "threads": 1, **settings})


def few(dataset: Dataset) -> Dataset:
    return Dataset((*dataset.side("train")[::3], *dataset.side("validation")[::4]))


@pytest.fixture
def own(trained: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The teacher in a folder of bundles of its own."""
    models = tmp_path / "models"
    shutil.copytree(trained.folder, models / trained.name)
    shutil.copytree(trained.folder.parent / CACHE, models / CACHE)
    monkeypatch.setenv("LOOKOUT_MODELS", str(models))
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    return models


@pytest.mark.model
@pytest.mark.parametrize("preprocessing", [Standardised(SIZE), Scaled(SIZE)])
def test_the_teacher_answers_for_what_the_student_is_shown(
    trained: Bundle, preprocessing: Preprocessing
) -> None:
    teacher = Teacher(trained, preprocessing, temperature=4, hard_share=0.25)
    pixels = torch.from_numpy(golden_pictures(SIZE)["coffee"])[None]
    shown = preprocessing(pixels)
    wanted = torchscript.load(trained.artefact(TORCHSCRIPT))(pixels)
    assert torch.allclose(teacher.score(shown), wanted, atol=1e-5)
    hard = torch.tensor(2.0)
    assert teacher.loss(shown, wanted.log() + 3, hard).item() == pytest.approx(0.5, abs=1e-4)
    logits = torch.tensor([[0.3, -0.2]])
    soft = (wanted.log() / 4).softmax(1)
    divergence = (soft * (soft.log() - functional.log_softmax(logits / 4, 1))).sum()
    expected = 0.25 * 2 + 0.75 * 16 * divergence
    assert teacher.loss(shown, logits, hard).item() == pytest.approx(expected.item(), rel=1e-3)


@pytest.mark.model
def test_a_student_learns_the_teachers_answers(
    trained: Bundle, dataset: Dataset, tmp_path: Path
) -> None:
    """Without the labels' own loss: what it knows, it has from the teacher."""
    made = learned(
        few(dataset),
        recipe(trained, KNOWING, head_epochs=0, epochs=5, rate=2e-4, hard_share=0.0),
        models=trained.folder.parent,
        folder=tmp_path,
        teach=lambda given: Teacher(trained, given, temperature=4, hard_share=0.0),
        say=print,
    )
    (stage,) = Run(tmp_path, made.recipe, made.dataset.version).stages.values()
    losses = [row["training_loss"] for row in stage["progress"]["rows"]]
    assert losses[-1] < losses[0] / 2
    assert made.figures["accuracy"] >= 0.85


@pytest.mark.model
def test_a_bad_student_is_refused_and_a_good_one_tells_its_teacher(
    own: Path,
    trained: Bundle,
    dataset: Dataset,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    few(dataset).write(tmp_path / "few", "")
    dataset.write(tmp_path / "set", "")
    told = ["--name", "small", "--threads", "1"]
    bad = ["distil", trained.name, str(tmp_path / "few"), *told, "--epochs", "1"]
    assert main(bad) == 1
    refused = capsys.readouterr().err
    assert "student small of standin refused: scores of the reference pictures move" in refused
    assert "and 0.05 is allowed. Nothing was written. Let it learn longer" in refused
    assert not (own / "small").exists()
    # Begun as its teacher was, and hardly changed.
    close = ["--start", DEFAULT_BUNDLE, "--epochs", "1", "--rate", "1e-6"]
    good = ["distil", trained.name, str(tmp_path / "set"), *told, *close]
    assert main(good) == 1
    assert "pass --restart" in capsys.readouterr().err
    assert main([*good, "--restart", "--bound", "1e-9"]) == 1
    assert "and 1e-09 is allowed" in capsys.readouterr().err
    assert main(good) == 0
    assert "differ from the teacher's by at most" in capsys.readouterr().out
    card = open_bundle(own, "small").card
    weights = trained.card.artefacts[TORCHSCRIPT].sha256
    assert card.compression
    assert (card.compression.source, card.compression.source_sha256) == ("standin", weights)
    assert 0 < card.compression.drift < 0.05
    assert card.training
    assert card.training.recipe["teacher_sha256"] == weights
    text = card_as_markdown(card)
    assert f"Made of standin (graph {weights[:12]}): distilled into MobileNetV2 1.4" in text
    assert "at temperature 4 (Kullback-Leibler divergence) and a share of 0.1" in text


def killing(batches: Iterable[Batch], total: int, what: str) -> Iterable[Batch]:
    assert total
    for batch in batches:
        yield batch
        if what == "pass 2":
            os.kill(os.getpid(), signal.SIGKILL)


def distil_and_die(dataset: Dataset, given: StudentRecipe, models: Path, folder: Path) -> None:
    bounds: dict[str, Any] = {"name": "small", "models": models, "folder": folder}
    distil(dataset, given, **bounds, say=print, bar=killing)


@pytest.mark.model
def test_killed_and_gone_on_it_is_the_same_student(
    own: Path, trained: Bundle, dataset: Dataset, tmp_path: Path
) -> None:
    small, given = few(dataset), recipe(trained, epochs=2)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = multiprocessing.get_context("spawn").Process(
        target=distil_and_die, args=(small, given, own, cut)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    said: list[str] = []
    for folder in (cut, whole):
        with pytest.raises(TrainingRefused, match="Nothing was written"):
            distil(
                small, given, name="small", models=own, folder=folder, say=said.append, bar=silent
            )
    assert "Going on with the whole network after 1 passes" in said
    one, other = (
        Run(folder, given, small.version).stages["whole network"]["module"]
        for folder in (cut, whole)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.model
def test_what_cannot_teach_is_explained(
    own: Path, dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few(dataset).write(tmp_path / "set", "")
    told = ["distil", "standin", str(tmp_path / "set"), "--name", "small"]
    assert main([*told, "--temperature", "0.5"]) == 1
    assert "--temperature: " in capsys.readouterr().err
    card = own / "standin" / "card.json"
    content = json.loads(card.read_text(encoding="utf-8"))
    content["input"]["size"] = 299
    card.write_text(json.dumps(content), encoding="utf-8")
    assert main([*told, "--start", DEFAULT_BUNDLE]) == 1
    assert "--start mobilenet-v3-small" in capsys.readouterr().err
    assert main(told) == 1
    assert "prepares pictures in a way of its own" in capsys.readouterr().err
