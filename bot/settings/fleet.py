"""What all processes of one operator may ask of the wiki together."""

from pydantic import Field

from bot.settings.values import Section


class FleetSettings(Section):
    """Limits that hold for everybody at once, and where they are counted.

    https://wikitech.wikimedia.org/wiki/Robot_policy and
    https://www.mediawiki.org/wiki/Wikimedia_APIs/Rate_limits
    """

    redis: str = Field("", pattern=r"^((redis|rediss|unix)://.+)?$")
    prefix: str = Field("lookout", pattern=r"^[A-Za-z0-9._-]{1,64}$")
    fetches_at_once: int = Field(2, ge=1, le=64)
    fetches_per_second: int = Field(20, ge=1, le=1000)
    megabits_per_second: int = Field(25, ge=1, le=10_000)
    calls_per_second: int = Field(3, ge=1, le=1000)
