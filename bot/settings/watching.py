"""How the bot is watched."""

from pydantic import Field

from bot.settings.values import Section


class WatchSettings(Section):
    """Health checks, metrics, and what counts as unusual."""

    host: str = Field("127.0.0.1", pattern=r"^[A-Za-z0-9.:-]+$")
    port: int = Field(0, ge=0, le=65_535)  # 0: off
    stalled_seconds: float = Field(300.0, ge=10, le=3600)
    baseline_days: int = Field(14, ge=3, le=90)
    baseline_deviations: float = Field(5.0, ge=1, le=100)
