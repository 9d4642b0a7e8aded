"""Where suggestions go."""

from typing import Literal

from pydantic import Field

from bot.settings.values import Section


class PublishSettings(Section):
    """The page patrollers read."""

    mode: Literal["dry-run", "live"] = "dry-run"
    page_prefix: str = Field("User:CommonsLookoutBot/Log", min_length=1, max_length=200)
    interval_seconds: float = Field(60.0, ge=0.1, le=3600)
    edits_per_day: int = Field(2000, ge=0, le=100_000)
    flags_per_day: int = Field(2000, ge=0, le=100_000)
    model_card: str = "User:CommonsLookoutBot/Model card"
    false_positives: str = "User:CommonsLookoutBot/False positives"
    assert_right: Literal["bot", "user"] = "bot"
