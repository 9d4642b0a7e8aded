"""Attacks that change each value by little, through the Adversarial Robustness Toolbox (ART).

Nicolae et al., "Adversarial Robustness Toolbox v1.0.0", 2018. What an attack finds is rounded to
whole values of 0..255 and judged by the model as it is served.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from model.errors import TrainingRefused
from model.robustness.corruptions.arrays import Pixels
from model.robustness.plan import Plan
from model.robustness.subject import BATCH, Attackable, Subject, as_values

Values = NDArray[np.float32]

INSTALL: Final = "pip install 'commons-lookout[robustness]'"

FGSM: Final = "FGSM"
PGD: Final = "PGD"
APGD: Final = "APGD-CE"
SQUARE: Final = "Square"
ATTACKS: Final[Mapping[str, str]] = {
    FGSM: "one step along the gradient's sign (Goodfellow et al., ICLR 2015)",
    PGD: "many small steps from a random start (Madry et al., ICLR 2018)",
    APGD: "PGD that chooses its steps, on cross-entropy (Croce and Hein, ICML 2020)",
    SQUARE: "random squares, without gradients (Andriushchenko et al., ECCV 2020)",
}


class Attacker:
    """Attacks one model.

    Raises:
        TrainingRefused: ART is not installed.
    """

    def __init__(self, subject: Subject, pictures: Sequence[Pixels], plan: Plan) -> None:
        self._art = _art()
        self._plan = plan
        self._values = as_values(pictures).numpy()
        subject.network.soften(torch.from_numpy(self._values[: 4 * BATCH]))
        self._estimator = self._art.estimators.classification.PyTorchClassifier(
            model=subject.network,
            loss=nn.CrossEntropyLoss(),
            input_shape=self._values.shape[1:],
            nb_classes=len(subject.labels),
            clip_values=(0.0, 1.0),
            device_type="cpu",
        )

    def attacked(
        self, name: str, targets: NDArray[np.int64], epsilon: float, *, steps: int | None = None
    ) -> Iterator[list[Pixels]]:
        """Yield the pictures, changed so that their `targets` are not found, in batches.

        Args:
            name: One of `ATTACKS`.
            targets: Numbers of the labels to get away from, (N,).
            epsilon: Largest change, of 255.
            steps: Of PGD, instead of the plan's.
        """
        with _seeded(self._plan.seed):
            for start in range(0, len(self._values), BATCH):
                piece = slice(start, start + BATCH)
                attack = self._attack(name, epsilon / 255, steps)
                found = attack.generate(x=self._values[piece], y=targets[piece])
                yield _whole(found, self._values[piece], epsilon)

    def _attack(self, name: str, epsilon: float, steps: int | None) -> Any:
        evasion, estimator, plan = self._art.attacks.evasion, self._estimator, self._plan
        builders: Mapping[str, Callable[[], Any]] = {
            FGSM: lambda: evasion.FastGradientMethod(estimator, eps=epsilon, batch_size=BATCH),
            PGD: lambda: evasion.ProjectedGradientDescent(
                estimator,
                eps=epsilon,
                eps_step=epsilon / 4,
                max_iter=steps or plan.pgd_steps,
                num_random_init=1,
                batch_size=BATCH,
                verbose=False,
            ),
            APGD: lambda: evasion.AutoProjectedGradientDescent(
                estimator,
                eps=epsilon,
                eps_step=2 * epsilon,
                max_iter=plan.apgd_steps,
                nb_random_init=1,
                batch_size=BATCH,
                loss_type="cross_entropy",
                verbose=False,
            ),
            SQUARE: lambda: evasion.SquareAttack(
                estimator,
                eps=epsilon,
                max_iter=plan.square_queries,
                nb_restarts=1,
                batch_size=BATCH,
                verbose=False,
            ),
        }
        return builders[name]()


def gradients(network: Attackable, pictures: Sequence[Pixels], targets: NDArray[np.int64]) -> float:
    """Return the share of pictures on which the loss has a gradient at all."""
    alive = 0
    for start in range(0, len(pictures), BATCH):
        values = as_values(pictures[start : start + BATCH]).requires_grad_()
        loss = nn.functional.cross_entropy(
            network(values), torch.from_numpy(targets[start : start + BATCH]), reduction="sum"
        )
        (slopes,) = torch.autograd.grad(loss, values)
        alive += int((slopes.abs().amax(dim=(1, 2, 3)) > 0).sum())
    return alive / len(pictures)


def _art() -> Any:
    try:
        # An optional extra, and slow to import.
        import art.attacks.evasion  # noqa: PLC0415
        import art.estimators.classification  # noqa: PLC0415
    except ImportError as error:
        raise TrainingRefused(
            f"Attacks need the Adversarial Robustness Toolbox: run `{INSTALL}`, or leave them out "
            "with `--parts corruptions obfuscations scaling`."
        ) from error
    return art


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    # ART draws from numpy's global generator.
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def _whole(found: Values, original: Values, epsilon: float) -> list[Pixels]:
    """Round to whole values, none further from the original than it may be."""
    before = np.rint(original * 255)
    after = np.clip(np.rint(found * 255), before - epsilon, before + epsilon)
    pixels = np.clip(np.trunc(after), 0, 255).astype(np.uint8)
    return list(np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)))
