"""Who asks, and how often they may."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

REMEMBERED: Final = 10_000  # clients; the one seen longest ago is forgotten first
# One household or server gets a /64, so that addresses within it are one client.
IPV6_PREFIX: Final = 64


class Clients:
    """Tells clients apart by address, behind the proxies that are trusted to name it.

    Args:
        trusted: Addresses or networks of proxies whose X-Forwarded-For counts.
    """

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = [ip_network(one) for one in trusted]

    def who(self, peer: str, forwarded: str) -> str:
        """Return the client of a request, as a key.

        Each proxy appends the address it was called from: the last one that is no trusted
        proxy is the client. What stands before it can be made up by the client.

        Args:
            peer: Address of the connection's other end.
            forwarded: The X-Forwarded-For header, empty without one.
        """
        client = _address(peer)
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while client and hops and self._is_trusted(client):
            further = _address(hops.pop())
            if further is None:
                break
            client = further
        return _key(client) if client else peer

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """A token bucket for each client: `per_minute` at once, and then so many a minute.

    Args:
        per_minute: 0 for no limit.
        clock: Seconds; it never goes back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """Take one token and return 0; or take none and return after how long there is one."""
        if not self._most:
            return 0.0
        now = self._clock()
        bucket = self._buckets.pop(client, None) or _Bucket(self._most, now)
        self._buckets[client] = bucket
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        earned = (now - bucket.at) * self._per_second
        bucket.tokens, bucket.at = min(self._most, bucket.tokens + earned), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _key(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, IPV6_PREFIX), strict=False))
