"""How pictures are scored, and tried again."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bot.settings.values import Section, Share


class SecondOpinionSettings(Section):
    """Another bundle, asked about pictures on which the first is unsure."""

    name: str = Field("", pattern=r"^([a-z0-9][a-z0-9._-]*)?$")
    of: tuple[str, ...] = Field(("porn", "hentai"), min_length=1)
    labels: tuple[str, ...] = Field(("nsfw",), min_length=1)
    low: Share = 0.4
    high: Share = 0.8

    @model_validator(mode="after")
    def _low_is_below_high(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low should not be above high, but {self.low} is above {self.high}")
        return self


class ShadowSettings(Section):
    """A candidate bundle: its scores are stored beside the live model's, and decide nothing."""

    name: str = Field("", pattern=r"^([a-z0-9][a-z0-9._-]*)?$")
    share: Share = 0.1
    seconds: float = Field(10.0, ge=0.1, le=60)


class ModelSettings(Section):
    """Which installed bundle scores, and how."""

    name: str = Field("nsfwjs-mobilenet-v2-mid", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    threads: int = Field(1, ge=1, le=64)
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    second_opinion: SecondOpinionSettings = SecondOpinionSettings()
    shadow: ShadowSettings = ShadowSettings()

    @model_validator(mode="after")
    def _candidate_is_another(self) -> Self:
        if self.shadow.name == self.name:
            raise ValueError(f"shadow.name should be another model than name, but is {self.name}")
        return self


class RetrySettings(Section):
    """How long the bot tries before a person has to look."""

    attempts: int = Field(12, ge=1, le=50)
    crashes: int = Field(3, ge=1, le=50)
    give_up_hours: float = Field(24.0, gt=0, le=720)
    first_pause_seconds: float = Field(5.0, gt=0, le=3600)
    longest_pause_seconds: float = Field(900.0, gt=0, le=86_400)
    fresh_seconds: float = Field(60.0, ge=0, le=3600)
    lease_seconds: int = Field(120, ge=5, le=3600)
