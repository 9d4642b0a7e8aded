"""One stage of training, on numbers instead of pictures."""

import torch
from torch import nn

from model.training.pictures import Batch
from model.training.stage import Data, Stage

STEPS = 60


def test_statistics_that_are_learned_anew_are_there_after_one_short_pass() -> None:
    """At its own momentum the layer would keep half of where it began, and see one label only."""
    torch.manual_seed(8)
    network = nn.Sequential(nn.BatchNorm1d(1, momentum=0.01), nn.Linear(1, 2))
    data = Data(lambda _: [_batch() for _ in range(STEPS)], lambda: [_batch()], torch.ones(2))
    stage = Stage(network, data, rate=0.01, patience=1, seed=8, train_statistics=True)
    assert stage.run_epoch()["validation_accuracy"] > 0.95


def _batch() -> Batch:
    targets = torch.arange(32) % 2
    return 3 + 0.4 * (targets[:, None] - 0.5) + 0.05 * torch.randn(32, 1), targets
