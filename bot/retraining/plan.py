"""What one retraining rests on, fixed when it begins, so that it goes on with the same."""

from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.config import Settings
from bot.errors import ConfigInvalid
from model.errors import TrainingRefused
from model.files import replacing_file, storing

PLAN: Final = "plan.json"


class Plan(BaseModel):
    """A retraining.

    Attributes:
        name: Of the candidate.
        start: The live bundle, whose features training begins with.
        live: Its version.
        since: The first moment whose suggestions count, s since 1970.
        until: The end, not included.
        most: Files at most; the newest count.
        epochs: Most passes for the whole network; 0 trains the head alone.
        threads: Processor threads.
        keep: Share of the live model's finds that the candidate's threshold has to reach.
        sums: Label sets of the live model's rules that act.
        threshold: The lowest threshold of theirs for pictures.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    start: str
    live: str
    since: float
    until: float
    most: int = Field(ge=1)
    epochs: int = Field(ge=0)
    threads: int = Field(ge=1)
    keep: float = Field(gt=0, le=1)
    sums: tuple[tuple[str, ...], ...]
    threshold: float

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Return the plan of a folder, None if nothing was begun there.

        Raises:
            TrainingRefused: It cannot be read.
        """
        try:
            text = (folder / PLAN).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise TrainingRefused(
                f"{folder / PLAN} is damaged or of another version: begin anew with --restart."
            ) from error

    def write(self, folder: Path) -> None:
        """Store it.

        Raises:
            CannotStore: There is no room.
        """
        with storing("plan", folder), replacing_file(folder / PLAN) as new:
            new.write_text(self.model_dump_json(indent=1), encoding="utf-8")


def acting(settings: Settings) -> tuple[tuple[tuple[str, ...], ...], float]:
    """Return the label sets by which the rules suggest pictures, and their lowest threshold.

    Raises:
        ConfigInvalid: No rule acts on labels.
    """
    rules = [
        rule for rule in settings.rules if rule.labels and not rule.ignores and not rule.shadow
    ]
    if not rules:
        raise ConfigInvalid("no rule acts on labels, so that there is nothing to do better")
    return tuple(sorted({rule.labels for rule in rules})), min(r.at_least.image for r in rules)
