"""How people on the wiki stop, narrow or adjust the bot without touching its machine."""

from typing import Self

from pydantic import Field, model_validator

from bot.settings.values import Section, Share


class ThresholdPageSettings(Section):
    """A protected page of JSON that moves thresholds, within bounds."""

    page: str = Field("", max_length=200)
    protection: tuple[str, ...] = Field(("sysop",), min_length=1)
    lowest: Share = 0.7
    highest: Share = 0.99

    @model_validator(mode="after")
    def _lowest_is_below_highest(self) -> Self:
        if self.lowest > self.highest:
            raise ValueError(
                f"lowest should not be above highest, but {self.lowest} is above {self.highest}"
            )
        return self


class ControlSettings(Section):
    """Pages by which the community controls the bot. An empty title: no such page."""

    run_page: str = Field("User:CommonsLookoutBot/Run", max_length=200)
    opt_out_page: str = Field("User:CommonsLookoutBot/Opt-out", max_length=200)
    check_seconds: float = Field(60.0, ge=0.1, le=3600)
    thresholds: ThresholdPageSettings = ThresholdPageSettings()
