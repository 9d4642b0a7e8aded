"""What all processes of one operator may ask of the wiki together."""

import os
from typing import Final
from urllib.parse import quote, urlsplit

from pydantic import Field

from bot.settings.values import Section

PASSWORD_VARIABLE: Final = "LOOKOUT_REDIS_PASSWORD"  # noqa: S105 - a variable's name


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

    @property
    def address(self) -> str:
        """The address of the Redis, with the password of the environment if it names none."""
        password = os.environ.get(PASSWORD_VARIABLE)
        parts = urlsplit(self.redis)
        if not password or "@" in parts.netloc or parts.scheme == "unix":
            return self.redis
        return parts._replace(netloc=f":{quote(password, safe='')}@{parts.netloc}").geturl()
