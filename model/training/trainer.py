"""The two stages of a training, on the pictures of a data set."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import torch
from torch import Tensor

from model.errors import TrainingRefused
from model.training.adversarial import Adversary
from model.training.dataset.entry import Entry
from model.training.dataset.manifest import Dataset
from model.training.initialisation import Initial
from model.training.pictures import Batch, Pictures
from model.training.recipe import Recipe
from model.training.run import Run
from model.training.shown import Bar, Say
from model.training.stage import Data, Stage
from model.training.teacher import Teacher
from model.training.trained import Trained

HEAD: Final = "head"
WHOLE: Final = "whole network"


class Trainer:
    """The two stages."""

    def __init__(  # noqa: PLR0917 - made in one place, from what `train` was given
        self,
        dataset: Dataset,
        recipe: Recipe,
        start: Initial,
        pictures: Pictures,
        run: Run,
        teacher: Teacher | None,
        say: Say,
        bar: Bar,
    ) -> None:
        self._dataset, self._recipe, self._start = dataset, recipe, start
        self._pictures, self._run, self._teacher = pictures, run, teacher
        self._say, self._bar = say, bar
        self._device = torch.device(recipe.device)
        self._network = start.pipeline.network.to(self._device)
        self._last: Stage | None = None

    def train(self) -> None:
        """Run both stages, or what is left of them."""
        recipe = self._recipe
        head_first = self._start.pretrained and recipe.head_epochs > 0
        if head_first and WHOLE not in self._run.stages:
            self._go(HEAD, self._head_stage(), recipe.head_epochs)
        if recipe.epochs:
            self._go(WHOLE, self._whole_stage(), recipe.epochs)

    def result(self) -> Trained:
        """Return what was learned, with the figures of the best pass.

        Raises:
            TrainingRefused: The recipe has no pass at all.
        """
        if self._last is None:
            raise TrainingRefused("Nothing was trained: ask for at least one epoch.")
        progress = self._last.progress
        best = progress.rows[progress.best_epoch - 1]
        figures = {"accuracy": best["validation_accuracy"], "loss": best["validation_loss"]}
        if "validation_robust_accuracy" in best:
            figures["robust accuracy"] = best["validation_robust_accuracy"]
        return Trained(
            network=self._network.cpu(),
            start=self._start,
            recipe=self._recipe,
            dataset=self._dataset,
            figures=figures,
        )

    def _go(self, name: str, stage: Stage, most: int) -> None:
        if name in self._run.stages:
            stage.load(self._run.stages[name])
            self._say(f"Going on with the {name} after {stage.progress.epoch} passes")
        while not stage.is_done(most):
            row = stage.run_epoch()
            self._run.save(name, stage.state())
            self._say(
                f"{name}, pass {row['epoch']} of at most {most}: training loss "
                f"{row['training_loss']:.4f}, validation loss {row['validation_loss']:.4f}, "
                f"accuracy {row['validation_accuracy']:.4f}{_robust(row)}, {row['seconds']:.1f} s, "
                f"at most {row['seconds'] * (most - stage.progress.epoch):.0f} s to go"
            )
        stage.restore_best()
        self._last = stage

    def _head_stage(self) -> Stage:
        training = self._features("train")
        validation = self._features("validation")
        recipe = self._recipe
        data = Data(
            lambda epoch: _shuffled(training, recipe, epoch),
            lambda: [validation],
            self._class_weights(),
            recipe.smoothing,
        )
        return Stage(
            self._network.head,
            data,
            rate=recipe.head_rate,
            patience=recipe.patience,
            seed=recipe.seed,
            keep_last=recipe.keep == "last",
        )

    def _whole_stage(self) -> Stage:
        recipe = self._recipe
        for parameter in self._network.parameters():
            parameter.requires_grad = True
        data = Data(self._varied, self._validation, self._class_weights(), recipe.smoothing)
        return Stage(
            self._network,
            data,
            rate=recipe.rate,
            patience=recipe.patience,
            seed=recipe.seed,
            train_statistics=not self._start.pretrained,
            keep_last=recipe.keep == "last",
            adversary=self._adversary(),
            teacher=self._teacher,
        )

    def _adversary(self) -> Adversary | None:
        recipe = self._recipe
        if not recipe.adversarial:
            return None
        preprocessing = self._start.pipeline.preprocessing
        steps, share = recipe.adversarial_steps, recipe.adversarial_share
        adversary = Adversary(preprocessing, recipe.adversarial, steps, share)
        return adversary.to(self._device)

    @torch.no_grad()
    def _features(self, side: str) -> Batch:
        """Return pooled features (N, features) and labels of one side, computed once."""
        network = self._network.eval()
        entries = [entry for entry in self._dataset.entries if entry.split == side]
        features: list[Tensor] = []
        for inputs, _ in self._shown(entries, f"features of {side}"):
            features.append(network.features(inputs.to(self._device)).mean(dim=(2, 3)))
        return torch.cat(features), self._pictures.targets(entries)

    def _varied(self, epoch: int) -> Iterable[Batch]:
        entries = self._dataset.side("train")
        generator = torch.Generator().manual_seed(self._recipe.seed * 1_000_003 + epoch)
        order = torch.randperm(len(entries), generator=generator).tolist()
        return self._shown(
            [entries[place] for place in order],
            f"pass {epoch}",
            epoch=epoch if self._recipe.augment else None,
        )

    def _validation(self) -> Iterable[Batch]:
        return self._shown(self._dataset.side("validation"), "validation")

    def _shown(
        self, entries: Sequence[Entry], what: str, *, epoch: int | None = None
    ) -> Iterable[Batch]:
        batch = self._recipe.batch
        batches = self._pictures.batches(entries, batch, epoch=epoch)
        return self._bar(batches, -(-len(entries) // batch), what)

    def _class_weights(self) -> Tensor:
        labels = self._dataset.labels
        counts = Counter(entry.label for entry in self._dataset.side("train"))
        total = sum(counts.values())
        weights = [
            total / (len(labels) * counts[label]) if self._recipe.class_weights else 1.0
            for label in labels
        ]
        return torch.tensor(weights, device=self._device)


def _robust(row: dict[str, float]) -> str:
    withstood = row.get("validation_robust_accuracy")
    return "" if withstood is None else f", under attack {withstood:.4f}"


def _shuffled(data: Batch, recipe: Recipe, epoch: int) -> Iterator[Batch]:
    features, targets = data
    generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + epoch)
    order = torch.randperm(len(targets), generator=generator)
    for places in torch.split(order, recipe.batch):
        yield features[places.to(features.device)], targets[places]
