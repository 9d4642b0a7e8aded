"""How much is tried."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from model.robustness.corruptions.registry import SEVERITIES

Part = Literal["corruptions", "obfuscations", "scaling", "attacks"]
PARTS: Final[tuple[Part, ...]] = ("corruptions", "obfuscations", "scaling", "attacks")


class Plan(BaseModel):
    """What a report is made of; the same plan gives the same figures.

    Attributes:
        pictures: How many are drawn.
        severities: Of the corruptions.
        epsilon: Largest change of a value by an attack, of 255.
        pgd_steps: Of projected gradient descent.
        apgd_steps: Of its automatic variant.
        square_queries: How often the Square attack asks the model about a picture.
        parts: What is tried at all.
        seed: Of everything that is drawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pictures: int = Field(40, ge=2, le=100_000)
    severities: tuple[int, ...] = SEVERITIES
    epsilon: float = Field(4.0, gt=0, le=255)
    pgd_steps: int = Field(20, ge=1, le=1000)
    apgd_steps: int = Field(30, ge=2, le=1000)
    square_queries: int = Field(200, ge=1, le=100_000)
    parts: tuple[Part, ...] = PARTS
    seed: int = Field(8, ge=0, lt=2**31)


QUICK: Final = {
    "pictures": 16,
    "severities": (1, 3, 5),
    "pgd_steps": 10,
    "apgd_steps": 10,
    "square_queries": 30,
}
"""Settings for a first look."""
