"""The settings of a training run."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Recipe(BaseModel):
    """Everything that decides what comes out, given the data set.

    Attributes:
        start: Bundle or network that training begins with.
        seed: Of every random number.
        batch: Pictures per step.
        head_epochs: Most passes for the head alone, on features computed once.
        epochs: Most passes for the whole network; 0 leaves the features as they are.
        head_rate: Learning rate of the head alone.
        rate: Learning rate of the whole network.
        patience: Passes without a lower validation loss after which a stage ends.
        keep: The pass whose weights are kept: that of the lowest validation loss, or the last, for
            which no stage ends early; such a model is too sure of itself until it is calibrated.
        augment: Whether the whole network sees pictures cropped, mirrored and relit.
        smoothing: Share of certainty that each label gives up to all labels (Szegedy et al.,
            "Rethinking the Inception Architecture", CVPR 2016). Wrong labels do less harm; the
            model is less sure than it could be until it is calibrated.
        class_weights: Whether rare labels count more, so that each label counts the same.
        size: Width and height of the input, pixels; the network's own by default. A smaller one is
            faster by the square.
        adversarial: Largest change of a value, of 255, that the whole network learns to withstand.
        adversarial_steps: Steps by which each picture is made hard for it.
        adversarial_share: Of the pictures; the others are learned from as they are.
        threads: Processor threads; the same number gives the same bits.
        device: Where it is computed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: str
    seed: int = Field(8, ge=0, lt=2**31)
    batch: int = Field(32, ge=1, le=4096)
    head_epochs: int = Field(100, ge=0, le=10_000)
    epochs: int = Field(5, ge=0, le=10_000)
    head_rate: float = Field(3e-3, gt=0, le=1)
    rate: float = Field(1e-4, gt=0, le=1)
    patience: int = Field(5, ge=1, le=1000)
    keep: Literal["best", "last"] = "best"
    augment: bool = True
    smoothing: float = Field(0.0, ge=0, le=0.5)
    class_weights: bool = True
    size: int | None = Field(None, ge=64, le=1024, multiple_of=32)
    adversarial: float = Field(0.0, ge=0, le=64)
    adversarial_steps: int = Field(2, ge=1, le=100)
    adversarial_share: float = Field(0.8, gt=0, le=1)
    threads: int = Field(1, ge=1, le=256)
    device: Literal["cpu", "cuda"] = "cpu"


class StudentRecipe(Recipe):
    """The settings of a distillation. The teacher has its say once the whole network is trained.

    Attributes:
        epochs: Most passes; a student needs more of them than a network that is tuned.
        teacher: Name of the bundle that is learned from.
        teacher_sha256: Of its graph, hexadecimal, so that a run goes on with the same teacher.
        size: The teacher's.
        temperature: See `model.training.teacher.Teacher`.
        hard_share: Likewise.
    """

    epochs: int = Field(30, ge=1, le=10_000)
    rate: float = Field(1e-3, gt=0, le=1)
    teacher: str
    teacher_sha256: str
    size: int | None = Field(None, ge=64, le=1024)
    temperature: float = Field(4.0, ge=1, le=100)
    hard_share: float = Field(0.1, ge=0, le=1)
