"""The limiter that the settings ask for."""

import threading

from bot.errors import ConfigInvalid
from bot.limits.limiter import Limiter
from bot.limits.local import LocalMeter
from bot.limits.meter import Limits, Meter
from bot.settings.fleet import FleetSettings


def make_limiter(
    settings: FleetSettings, *, urgent: bool = False, stop: threading.Event | None = None
) -> Limiter:
    """Return a limiter: all processes' by `fleet.redis`, or this process's own without it.

    Raises:
        ConfigInvalid: the package for Redis is not installed.
    """
    limits = Limits.of(settings)
    meter = _shared(settings, limits) if settings.redis else LocalMeter(limits)
    return Limiter(meter, urgent=urgent, stop=stop)


def _shared(settings: FleetSettings, limits: Limits) -> Meter:
    try:
        from bot.limits.shared import SharedMeter  # noqa: PLC0415 - an extra's package
    except ImportError as error:
        raise ConfigInvalid(
            "fleet.redis is set, but the package redis is not installed: "
            "pip install 'commons-lookout[backfill]'"
        ) from error
    return SharedMeter(settings.address, settings.prefix, limits)
