"""A model that another one learns from: knowledge distillation."""

import torch
from torch import Tensor
from torch.nn import functional

from model import torchscript
from model.bundle import TORCHSCRIPT, Bundle
from model.errors import TrainingRefused
from model.golden_pictures import golden_pictures
from model.networks.preprocessing import Preprocessing

SMALLEST = 1e-6
"""Below this the teacher's probabilities are rounding."""
SAME_INPUT = 1e-3
"""Largest difference of two inputs that are the same but for rounding."""


class Teacher:
    """Answers for the very pictures that the student is shown, each variant anew.

    Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015
    (https://arxiv.org/abs/1503.02531). That both see the same variants is from Beyer et al.,
    "Knowledge Distillation: A Good Teacher Is Patient and Consistent", CVPR 2022.

    Args:
        bundle: The teacher, with its calibration.
        preprocessing: The student's.
        temperature: What both models' logits are divided by, so that the teacher's doubts count.
        hard_share: Share of the labels' own loss, 0..1.

    Raises:
        TrainingRefused: The teacher's input is not the student's, scaled and shifted.
    """

    def __init__(
        self,
        bundle: Bundle,
        preprocessing: Preprocessing,
        *,
        temperature: float,
        hard_share: float,
    ) -> None:
        self._graph = torchscript.load(bundle.artefact(TORCHSCRIPT))
        self._temperature, self._hard_share = temperature, hard_share
        size = preprocessing.size
        black, white = (torch.full((1, size, size, 3), value).byte() for value in (0, 255))
        with torch.no_grad():
            low, high = (preprocessing(each)[:, :, :1, :1] for each in (black, white))
            least, most = (self._graph.prepare(each)[:, :, :1, :1] for each in (black, white))
            self._scale = (most - least) / (high - low)
            self._shift = least - low * self._scale
            for pixels in golden_pictures(size).values():
                picture = torch.from_numpy(pixels)[None]
                wanted, found = self._graph.prepare(picture), self._input(preprocessing(picture))
                if wanted.shape != found.shape or (wanted - found).abs().max() > SAME_INPUT:
                    raise TrainingRefused(
                        f"{bundle.name} prepares pictures in a way of its own, which the student "
                        "cannot learn from: take another teacher."
                    )

    def loss(self, inputs: Tensor, logits: Tensor, hard: Tensor) -> Tensor:
        """Return the mean loss of a batch.

        The soft part is multiplied by the temperature's square, so that its gradient does not fade
        as the temperature rises (section 2 of the paper).

        Args:
            inputs: What the student was shown, (N, 3, H, W).
            logits: What it makes of it, (N, labels).
            hard: Its mean loss against the labels.
        """
        with torch.no_grad():
            answers = self.score(inputs).clamp_min(SMALLEST).log()
        wanted, found = (
            functional.log_softmax(each / self._temperature, dim=1) for each in (answers, logits)
        )
        soft = functional.kl_div(found, wanted, reduction="batchmean", log_target=True)
        return self._hard_share * hard + (1 - self._hard_share) * self._temperature**2 * soft

    def score(self, inputs: Tensor) -> Tensor:
        """Return the teacher's probabilities (N, labels) for the student's inputs (N, 3, H, W)."""
        return self._graph.score(self._input(inputs))  # type: ignore[no-any-return]

    def _input(self, inputs: Tensor) -> Tensor:
        scaled: Tensor = inputs * self._scale + self._shift
        return scaled
