"""One stage of training: passes over the data until the validation loss no longer falls."""

import copy
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from model.training.adversarial import Adversary
from model.training.pictures import Batch
from model.training.teacher import Teacher

SLOWER: Final = 0.3
"""What the learning rate is multiplied by on a plateau."""
WEIGHT_DECAY: Final = 1e-4
MOMENTUM: Final = 0.1
"""Share of a batch's statistics in the running ones, where these are learned anew."""

State = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """What a stage reads.

    Attributes:
        training: Gives the batches of a pass, by its number.
        validation: Gives the validation batches.
        class_weights: How much each label counts, (labels,).
        smoothing: See `model.training.recipe`.
    """

    training: Callable[[int], Iterable[Batch]]
    validation: Callable[[], Iterable[Batch]]
    class_weights: Tensor
    smoothing: float = 0.0


@dataclass
class Progress:
    """How far a stage has come; with the weights, all that going on needs."""

    epoch: int = 0
    best_loss: float = math.inf
    best_epoch: int = 0
    best: State = field(default_factory=dict)
    rows: list[dict[str, float]] = field(default_factory=list)


class Stage:
    """Trains a module and keeps its best state.

    Random numbers of a pass depend on seed and pass alone, so that one that was cut off can be
    repeated, bit by bit.

    Args:
        module: From inputs to logits; trained where its parameters ask for gradients.
        data: What it is trained on.
        rate: Learning rate of AdamW at the start.
        patience: Passes without a lower validation loss after which it is done.
        seed: Of every random number.
        train_statistics: Whether batch normalisation learns its statistics anew.
        keep_last: Whether the last pass counts, however the validation loss went.
        adversary: Makes the pictures hard, in training and, for the choice of the best pass, in
            validation.
        teacher: Has its say in the loss, in training and validation.
    """

    def __init__(
        self,
        module: nn.Module,
        data: Data,
        *,
        rate: float,
        patience: int,
        seed: int,
        train_statistics: bool = False,
        keep_last: bool = False,
        adversary: Adversary | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        self._module = module
        self._data = data
        self._patience = patience
        self._seed = seed
        self._train_statistics = train_statistics
        self._keep_last = keep_last
        self._adversary = adversary
        self._teacher = teacher
        self._device = data.class_weights.device
        self._optimizer = torch.optim.AdamW(module.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)
        self._scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self._optimizer, factor=SLOWER, patience=max(1, patience // 2)
        )
        self.progress = Progress()

    def is_done(self, most: int) -> bool:
        """Tell whether the passes are used up or the loss has stopped falling."""
        progress = self.progress
        return progress.epoch >= most or progress.epoch - progress.best_epoch >= self._patience

    def run_epoch(self) -> dict[str, float]:
        """Make one pass; return its figures."""
        started = time.perf_counter()
        progress = self.progress
        progress.epoch += 1
        torch.manual_seed(self._seed * 1_000_003 + progress.epoch)
        training_loss = self._train(self._data.training(progress.epoch))
        checked = self._validate()
        loss = checked["validation_loss"]
        self._scheduler.step(loss)
        if self._keep_last or loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, progress.epoch
            progress.best = copy.deepcopy(self._module.state_dict())
        row = {
            "epoch": progress.epoch,
            "training_loss": training_loss,
            **checked,
            "learning_rate": self._optimizer.param_groups[0]["lr"],
            "seconds": time.perf_counter() - started,
        }
        progress.rows.append(row)
        return row

    def restore_best(self) -> None:
        """Put the best state back into the module."""
        if self.progress.best:
            self._module.load_state_dict(self.progress.best)

    def state(self) -> State:
        """Return all that going on needs."""
        return {
            "module": self._module.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "scheduler": self._scheduler.state_dict(),
            "progress": vars(self.progress),
        }

    def load(self, state: State) -> None:
        """Go on from a state."""
        self._module.load_state_dict(state["module"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._scheduler.load_state_dict(state["scheduler"])
        self.progress = Progress(**state["progress"])

    def _train(self, batches: Iterable[Batch]) -> float:
        self._module.train()
        if self._train_statistics:
            _hasten_statistics(self._module)
        else:
            _freeze_statistics(self._module)
        total, count = 0.0, 0
        for inputs, targets in batches:
            loss = self._loss(self._mixed(inputs, targets), targets)
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            total, count = total + loss.item() * len(targets), count + len(targets)
        return total / count

    def _validate(self) -> dict[str, float]:
        self._module.eval()
        losses, right, withstood, count = 0.0, 0, 0, 0
        for inputs, targets in self._data.validation():
            expected = targets.to(self._device)
            found = self._hard(inputs, targets)
            with torch.no_grad():
                logits = self._logits(found)
                plain = logits if found is inputs else self._logits(inputs)
            loss = self._taught(found, logits, self._blended(logits, plain, expected))
            losses += loss.item() * len(targets)
            right += int((plain.argmax(1) == expected).sum())
            withstood += int((logits.argmax(1) == expected).sum())
            count += len(targets)
        figures = {"validation_loss": losses / count, "validation_accuracy": right / count}
        if self._adversary is not None:
            figures["validation_robust_accuracy"] = withstood / count
        return figures

    def _hard(self, inputs: Tensor, targets: Tensor) -> Tensor:
        if self._adversary is None:
            return inputs
        device = self._device
        return self._adversary.changed(self._module, inputs.to(device), targets.to(device))

    def _mixed(self, inputs: Tensor, targets: Tensor) -> Tensor:
        if self._adversary is None:
            return inputs
        device = self._device
        return self._adversary.mixed(self._module, inputs.to(device), targets.to(device))

    def _blended(self, hard: Tensor, plain: Tensor, expected: Tensor) -> Tensor:
        """Return the loss of logits on changed pictures and on these as they are, as they train."""
        share = self._adversary.share if self._adversary else 1.0
        of_hard = functional.cross_entropy(hard, expected)
        return share * of_hard + (1 - share) * functional.cross_entropy(plain, expected)

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        logits = self._logits(inputs)
        loss = functional.cross_entropy(
            logits,
            targets.to(self._device),
            weight=self._data.class_weights,
            label_smoothing=self._data.smoothing,
        )
        return self._taught(inputs, logits, loss)

    def _taught(self, inputs: Tensor, logits: Tensor, loss: Tensor) -> Tensor:
        return loss if self._teacher is None else self._teacher.loss(inputs, logits, loss)

    def _logits(self, inputs: Tensor) -> Tensor:
        # bfloat16 has float32's range, so that no loss scaling is needed.
        cuda = self._device.type == "cuda"
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=cuda):
            logits: Tensor = self._module(inputs.to(self._device))
        return logits.float()


def _hasten_statistics(module: nn.Module) -> None:
    """Let running statistics follow within tens of steps.

    torchvision's MobileNetV3 moves them by 0.01 a step, for runs of many thousand steps: after a
    few hundred they still hold much of where they began, and every answer is the same.
    """
    for part in _normalisations(module):
        part.momentum = MOMENTUM


def _freeze_statistics(module: nn.Module) -> None:
    for part in _normalisations(module):
        part.eval()


def _normalisations(module: nn.Module) -> Iterator[nn.modules.batchnorm._BatchNorm]:
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):  # noqa: SLF001 - no public base class
            yield part
