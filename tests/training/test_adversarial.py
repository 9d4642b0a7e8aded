"""Adversarial training: the adversary keeps its bound, training against it helps, and resumes."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from bot.cli import main
from model.errors import TrainingRefused
from model.networks.preprocessing import Preprocessing, Scaled, Standardised, Yahoo
from model.training.adversarial import Adversary
from model.training.dataset.manifest import Dataset
from model.training.networks import blank
from model.training.pictures import Batch
from model.training.recipe import Recipe
from model.training.run import LOG
from model.training.shown import Bar, silent
from model.training.stage import Data, Stage
from model.training.train import train


class Linear(nn.Module):
    """Looks at one strong but fragile value and at one weak but sturdy one of each picture."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Map (N, 3, H, W) to (N, 2)."""
        logits: torch.Tensor = self.layer(inputs[:, 0, 0, :2])
        return logits


def pictures(count: int = 256) -> tuple[torch.Tensor, torch.Tensor]:
    """The first value tells the label by 6 of 255, always; the second by 40, nine times of ten."""
    generator = torch.Generator().manual_seed(8)
    targets = torch.arange(count) % 2
    signs = 2.0 * targets - 1
    sturdy = torch.where(torch.rand(count, generator=generator) < 0.9, signs, -signs)
    values = torch.full((count, 3, 2, 2), 0.5)
    values[:, 0, 0, 0] += signs * 6 / 255
    values[:, 0, 0, 1] += sturdy * 40 / 255
    return values, targets


def trained(adversary: Adversary | None) -> nn.Module:
    torch.manual_seed(8)
    network = Linear()
    data = Data(lambda _: [pictures()], lambda: [pictures()], torch.ones(2))
    stage = Stage(network, data, rate=0.3, patience=500, seed=8, adversary=adversary)
    for _ in range(200):
        stage.run_epoch()
    assert ("validation_robust_accuracy" in stage.progress.rows[0]) is (adversary is not None)
    return network


def accuracy(network: nn.Module, inputs: torch.Tensor, targets: torch.Tensor) -> float:
    return float((network(inputs).argmax(1) == targets).float().mean())


@pytest.mark.parametrize(
    "preprocessing", [Scaled(64), Scaled(64, symmetric=True), Standardised(64), Yahoo()]
)
def test_the_adversary_raises_the_loss_within_its_bound(preprocessing: Preprocessing) -> None:
    torch.manual_seed(8)
    values = torch.randint(0, 256, (4, 3, preprocessing.size, preprocessing.size)).float()
    inputs = preprocessing.differentiable(values)
    network = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(48, 2))
    targets = torch.tensor([0, 1, 0, 1])
    found = Adversary(preprocessing, 4, 2).changed(network, inputs, targets)
    size = preprocessing.size
    ends = [
        preprocessing.differentiable(torch.full((1, 3, size, size), value))[:, :, :1, :1]
        for value in (0.0, 255.0)
    ]
    low, high = torch.minimum(*ends), torch.maximum(*ends)
    assert ((found - inputs).abs() <= 4 / 255 * (high - low) + 1e-5).all()
    assert ((found >= low - 1e-5) & (found <= high + 1e-5)).all()
    before, after = (functional.cross_entropy(network(each), targets) for each in (inputs, found))
    assert after > before


def test_training_against_it_chooses_what_withstands() -> None:
    judge = Adversary(Scaled(2), 16, 10)
    inputs, targets = pictures()
    plain, hardened = trained(None), trained(Adversary(Scaled(2), 16, 2))
    assert accuracy(plain, inputs, targets) > 0.95
    hard = [
        accuracy(network, judge.changed(network, inputs, targets), targets)
        for network in (plain, hardened)
    ]
    assert hard[0] < 0.6
    assert hard[1] > hard[0] + 0.3


def test_a_share_of_a_batch_is_made_hard_and_the_rest_left_alone() -> None:
    inputs, targets = pictures(7)
    network = Linear()
    mixed = Adversary(Scaled(2), 16, 2, share=0.5).mixed(network, inputs, targets)
    differs = (mixed != inputs).flatten(1).any(1)
    assert differs.tolist() == [True] * 4 + [False] * 3


def test_what_is_kept_does_well_on_changed_and_unchanged_pictures_alike() -> None:
    inputs, targets = pictures()
    network = trained(Adversary(Scaled(2), 16, 2, share=0.5))
    hard = Adversary(Scaled(2), 16, 10).changed(network, inputs, targets)
    assert accuracy(network, inputs, targets) > 0.88
    assert accuracy(network, hard, targets) > 0.85


def test_smaller_inputs_are_refused_where_the_network_crops() -> None:
    assert blank("nsfwjs-mobilenet-v2", 2, 96).preprocessing.size == 96
    with pytest.raises(TrainingRefused, match="leave --size out"):
        blank("open-nsfw", 2, 96)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--adversarial", "4", "--epochs", "0"), "ask for --epochs"),
        (("--size", "100"), "--size: "),
        (("--adversarial", "-1"), "--adversarial: "),
        (("--adversarial-share", "0"), "--adversarial-share: "),
    ],
)
def test_settings_that_do_not_fit_are_explained(  # noqa: PLR0917 - fixtures
    dataset: Dataset,
    options: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOKOUT_HOME", str(tmp_path))
    dataset.write(tmp_path / "set", "")
    told = ["train", str(tmp_path / "set"), "--name", "x", "--start", "mobilenet-v2"]
    assert main([*told, *options]) == 1
    assert message in capsys.readouterr().err


def test_an_interrupted_hard_pass_is_repeated_bit_by_bit(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.training.train.write_trained", lambda *_: None)
    small = Dataset((*dataset.side("train")[::12], *dataset.side("validation")[::12]))
    recipe = Recipe(
        start="mobilenet-v3-large", size=64, epochs=2, batch=4, threads=1, adversarial=4
    )

    def stopping(batches: Iterable[Batch], total: int, what: str) -> Iterable[Batch]:
        assert total
        for batch in batches:
            yield batch
            if what == "pass 2":
                raise InterruptedError

    def told(folder: Path) -> list[dict[str, str]]:
        with (folder / LOG).open(encoding="utf-8", newline="") as file:
            return [{**row, "seconds": ""} for row in csv.DictReader(file)]

    def run(folder: Path, bar: Bar = silent) -> None:
        train(small, recipe, name="x", models=tmp_path, folder=folder, say=print, bar=bar)

    run(tmp_path / "whole")
    with pytest.raises(InterruptedError):
        run(tmp_path / "cut", stopping)
    run(tmp_path / "cut")
    assert told(tmp_path / "cut") == told(tmp_path / "whole")
    assert "validation_robust_accuracy" in told(tmp_path / "cut")[0]
