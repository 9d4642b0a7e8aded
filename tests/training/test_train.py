"""Training: what comes out serves as it was trained, and an interruption changes nothing."""

import csv
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from bot.cli import main
from model.bundle import DEFAULT_BUNDLE, Bundle
from model.card_text import card_as_markdown
from model.classifier import Classifier
from model.errors import DatasetUnusable, TrainingRefused
from model.image import decode
from model.install import verify
from model.training.augmentation import varied
from model.training.board import BOARD
from model.training.dataset.manifest import Dataset
from model.training.hub import fetched
from model.training.initialisation import initial, rebuilt
from model.training.networks import NETWORKS, blank, features_of, torchvision_network
from model.training.pictures import Batch, contents
from model.training.recipe import Recipe
from model.training.run import LOG, Run
from model.training.stage import Data, Stage
from model.training.train import train
from support.models import Installer

SCRATCH = Recipe(start="mobilenet-v2", epochs=2, batch=8, size=96, threads=1)


def few(dataset: Dataset) -> Dataset:
    return Dataset((*dataset.side("train")[::6], *dataset.side("validation")[::8]))


def killing(batches: Iterable[Batch], total: int, what: str) -> Iterable[Batch]:
    assert total
    for batch in batches:
        yield batch
        if what == "pass 2":
            os.kill(os.getpid(), signal.SIGKILL)


def train_and_die(dataset: Dataset, folder: Path) -> None:
    train(dataset, SCRATCH, name="x", models=folder, folder=folder, say=print, bar=killing)


def log(folder: Path) -> list[dict[str, str]]:
    with (folder / LOG).open(encoding="utf-8", newline="") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


def board(folder: Path) -> list[float]:
    events = EventAccumulator(str(folder / BOARD / "whole-network"))
    events.Reload()
    return [event.value for event in events.Scalars("validation_loss")]


def test_killed_and_gone_on_it_is_the_same_model_bit_by_bit(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = few(dataset)
    monkeypatch.setattr("model.training.train.write_trained", lambda *_: None)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = multiprocessing.get_context("spawn").Process(target=train_and_die, args=(small, cut))
    process.start()
    train(small, SCRATCH, name="x", models=whole, folder=whole, say=print)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(log(cut)) == 1
    train(small, SCRATCH, name="x", models=cut, folder=cut, say=print)
    assert log(cut) == log(whole)
    for folder in (cut, whole):
        assert [f"{loss:.4f}" for loss in board(folder)] == [
            f"{float(row['validation_loss']):.4f}" for row in log(folder)
        ]
    states = [Run(folder, SCRATCH, small.version).stages for folder in (whole, cut)]
    one, other = (state["whole network"]["module"] for state in states)
    assert all(torch.equal(one[name], other[name]) for name in one)
    with pytest.raises(TrainingRefused, match="--restart"):
        Run(cut, SCRATCH.model_copy(update={"seed": 9}), small.version)


@pytest.mark.model
def test_a_pretrained_network_is_tuned_gently_and_rare_labels_count_more(
    dataset: Dataset, installed: Installer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = installed(DEFAULT_BUNDLE).folder.parent
    drawings = [entry for entry in dataset.side("train") if entry.label == "drawing"]
    photographs = [entry for entry in dataset.side("train") if entry.label == "photograph"]
    small = Dataset((*drawings[:15], *photographs[:5], *dataset.side("validation")[::8]))
    networks: list[torch.nn.Module] = []
    weights: list[list[float]] = []
    stage = functools.partial(recording, weights)
    keep = lambda made, *_: networks.append(made.network)  # noqa: E731 - in place of writing it
    monkeypatch.setattr("model.training.train.write_trained", keep)
    monkeypatch.setattr("model.training.trainer.Stage", stage)
    recipe = Recipe(start=DEFAULT_BUNDLE, head_epochs=2, epochs=1, batch=10, threads=1)
    train(small, recipe, name="x", models=models, folder=tmp_path, say=print)
    assert [row["stage"] for row in log(tmp_path)] == ["head", "head", "whole network"]
    assert weights == [pytest.approx([20 / 30, 20 / 10])] * 2
    start = initial(DEFAULT_BUNDLE, 2, models, None, say=print).pipeline.network.state_dict()
    tuned = networks[0].state_dict()
    changed = {name for name, value in tuned.items() if not torch.equal(start[name], value)}
    assert any(name.startswith("features") and name.endswith("weight") for name in changed)
    assert not any("running" in name for name in changed)


def recording(seen: list[list[float]], module: torch.nn.Module, data: Data, **told: Any) -> Stage:
    seen.append(data.class_weights.tolist())
    return Stage(module, data, **told)


@pytest.mark.model
def test_a_trained_model_serves_what_it_learned(trained: Bundle, dataset: Dataset) -> None:
    classifier = Classifier(trained, precision="fp32", fused=False)
    assert classifier.labels == ("drawing", "photograph")
    entries = dataset.side("test")
    pictures = [decode(contents(entry), target=96).frames[0].pixels for entry in entries]
    answers = classifier.classify(pictures)
    right = [max(answer, key=answer.__getitem__) for answer in answers]
    assert np.mean([a == entry.label for a, entry in zip(right, entries, strict=True)]) >= 0.9
    pipeline, network = rebuilt("standin", trained.folder.parent)
    assert network == "nsfwjs-mobilenet-v2-mid"
    with torch.no_grad():
        (again,) = pipeline.eval()(torch.from_numpy(pictures[0])[None])
    assert again.tolist() == pytest.approx(list(answers[0].values()), abs=1e-4)
    assert verify("standin", trained.folder.parent) <= 1e-4
    assert f"data set `{dataset.version}`" in card_as_markdown(trained.card)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_gives_one_number_per_label(name: str) -> None:
    pipeline = blank(name, 3).eval()
    with torch.no_grad():
        assert pipeline(torch.zeros((1, 30, 40, 3), dtype=torch.uint8)).shape == (1, 3)


def test_torchvisions_weights_come_from_a_file(tmp_path: Path) -> None:
    network = torchvision_network("mobilenet_v2")
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    start = initial("mobilenet-v2", 2, tmp_path, tmp_path / "weights.pth", say=print)
    loaded = start.pipeline.network.features.state_dict()
    expected = features_of(network).state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in expected.items())
    (tmp_path / "text").write_text("no weights")
    for name, file in (("mobilenet-v2", "text"), ("resnet-50", "weights.pth")):
        with pytest.raises(TrainingRefused, match="weights"):
            initial(name, 2, tmp_path, tmp_path / file, say=print)


def test_imagenet_weights_are_fetched_once_or_it_is_said_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(TrainingRefused, match=r"cannot be had.*--weights FILE"):
        fetched("mobilenet-v2", say=print)
    with pytest.raises(TrainingRefused, match="publishes no weights"):
        fetched("open-nsfw", say=print)
    there = tmp_path / "hub" / "checkpoints" / "mobilenet_v2-7ebf99e0.pth"
    assert not there.exists()
    torch.save(torchvision_network("mobilenet_v2").state_dict(), there)
    assert fetched("mobilenet-v2", say=print) == there


def test_smoothed_labels_leave_a_model_less_sure() -> None:
    inputs, targets = torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 1])
    sure = []
    for smoothing in (0.0, 0.2):
        torch.manual_seed(8)
        data = Data(lambda _: [(inputs, targets)], list, torch.ones(2), smoothing)
        module = torch.nn.Linear(1, 2)
        stage = Stage(module, data, rate=0.5, patience=9, seed=8)
        for _ in range(200):
            stage._train(data.training(1))
        sure.append(module(inputs).softmax(dim=1).max().item())
    assert sure[0] > 0.99
    assert sure[1] == pytest.approx(0.9, abs=0.01)


def test_the_last_pass_counts_if_asked_for() -> None:
    inputs, targets = torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 1])
    wrong = torch.tensor([1, 0])  # what is learned makes the validation loss rise
    for keep_last, kept in ((False, 1), (True, 9)):
        torch.manual_seed(8)
        data = Data(lambda _: [(inputs, targets)], lambda: [(inputs, wrong)], torch.ones(2))
        module = torch.nn.Linear(1, 2)
        stage = Stage(module, data, rate=0.1, patience=3, seed=8, keep_last=keep_last)
        while not stage.is_done(9):
            stage.run_epoch()
        assert stage.progress.best_epoch == kept


def test_a_variant_depends_on_seed_pass_and_picture_alone() -> None:
    pixels = np.arange(48 * 64 * 3, dtype=np.uint8).reshape(48, 64, 3)
    mark = "ab" * 20
    assert np.array_equal(varied(pixels, 8, 1, mark), varied(pixels, 8, 1, mark))
    assert not np.array_equal(varied(pixels, 8, 1, mark), varied(pixels, 8, 2, mark))


def test_a_changed_or_missing_picture_is_named(dataset: Dataset, tmp_path: Path) -> None:
    entry = dataset.entries[0]
    (tmp_path / "other").write_bytes(b"other")
    for name, message in (("other", "was changed"), ("none", "No such file")):
        with pytest.raises(DatasetUnusable, match=message):
            contents(entry.model_copy(update={"path": str(tmp_path / name)}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--name", "open-nsfw"), "a published model"),
        (("--name", "Mine!"), "no name for a model"),
        (("--name", "mine"), "lookout dataset build"),
    ],
)
def test_what_cannot_be_trained_is_explained(
    arguments: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(tmp_path), *arguments]) == 1
    assert message in capsys.readouterr().err


def test_on_a_full_disk_the_last_checkpoint_stays(tmp_path: Path) -> None:
    run = Run(tmp_path, SCRATCH, "set")
    state = {"module": {"weight": torch.zeros(9)}, "progress": {"rows": []}}
    run.save("head", state)
    code = (
        "import resource, signal, sys; from pathlib import Path; import torch\n"
        "from model.training.recipe import Recipe; from model.training.run import Run\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "recipe = Recipe.model_validate_json(sys.argv[2])\n"
        "run = Run(Path(sys.argv[1]), recipe, 'set')\n"
        "run.save('head', {'module': torch.zeros(99_999), 'progress': {'rows': []}})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), SCRATCH.model_dump_json()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "CannotStore" in done.stderr
    assert "What was there before is unchanged" in done.stderr
    assert torch.equal(
        Run(tmp_path, SCRATCH, "set").stages["head"]["module"]["weight"], torch.zeros(9)
    )
