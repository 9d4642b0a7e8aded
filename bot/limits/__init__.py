"""What all processes of one operator may ask of the wiki together, and who goes first.

    Limiter ──asks──▶ Meter: LocalMeter   one process alone
                             SharedMeter  many, on any number of machines, by one Redis

The limits are Wikimedia's (https://wikitech.wikimedia.org/wiki/Robot_policy). They bind the client,
not its processes, so that no process can keep them alone once there are several.
"""

from bot.limits.assembly import make_limiter
from bot.limits.limiter import Limiter
from bot.limits.meter import Answer, Budget, Limits, Meter

__all__ = ["Answer", "Budget", "Limiter", "Limits", "Meter", "make_limiter"]
