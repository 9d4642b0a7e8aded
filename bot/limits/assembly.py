"""The limiter that the settings ask for."""

import threading

from bot.errors import ConfigInvalid
from bot.http import CONNECT_TIMEOUT_S
from bot.limits.limiter import Limiter
from bot.limits.local import LocalMeter
from bot.limits.meter import Limits, Meter
from bot.settings.fleet import FleetSettings
from bot.settings.intake import MediaSettings

MARGIN_S = 5.0


def make_limiter(
    settings: FleetSettings,
    media: MediaSettings,
    *,
    urgent: bool = False,
    stop: threading.Event | None = None,
) -> Limiter:
    """Return a limiter: all processes' by `fleet.redis`, or this process's own without it.

    Raises:
        ConfigInvalid: the package for Redis is not installed.
    """
    limits = Limits.of(settings)
    meter = _shared(settings, limits) if settings.redis else LocalMeter(limits)
    lease_s = CONNECT_TIMEOUT_S + media.timeout_seconds + MARGIN_S
    return Limiter(meter, urgent=urgent, stop=stop, lease_s=lease_s)


def _shared(settings: FleetSettings, limits: Limits) -> Meter:
    try:
        from bot.limits.shared import SharedMeter  # noqa: PLC0415 - an extra's package
    except ImportError as error:
        raise ConfigInvalid(
            "fleet.redis is set, but the package redis is not installed: "
            "pip install 'commons-lookout[backfill]'"
        ) from error
    return SharedMeter(settings.address, settings.prefix, limits)
