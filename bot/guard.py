"""Connections that only lead to public addresses, for addresses that a stranger names.

A name is looked up once, and the connection is made to the very address that was checked: a name
server that answers differently the second time (DNS rebinding) gains nothing. See
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter

from bot.errors import Refused

Pool = urllib3.HTTPConnectionPool
PLAIN = urllib3.connection.HTTPConnection
TLS = urllib3.connection.HTTPSConnection
Resolve = Callable[[str, int], list[str]]
# They carry an IPv4 address within, which may be a private one.
TRANSLATED = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"))


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, the preferred one first.

    Raises:
        OSError: there is none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def is_public(address: str) -> bool:
    """Tell whether an address lies in the open Internet."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    translated = any(parsed in network for network in TRANSLATED)
    return parsed.is_global and not parsed.is_multicast and not translated


class PublicOnly(HTTPAdapter):
    """Connects to public addresses only, and to those that the operator has named as numbers.

    Args:
        named: Hosts of the settings, perhaps with a port: `127.0.0.1:8080` is meant as it stands.
        look_up: Name and port to addresses.
    """

    def __init__(self, named: Collection[str], look_up: Resolve = resolve) -> None:
        self._named = {host.rpartition(":")[0] or host for host in named}
        self._look_up = look_up
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        """Make the pools of connections, each of which asks us where to."""
        super().init_poolmanager(*arguments, **more)
        guard = {"guard": self}
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(urllib3.HTTPConnectionPool, type("_Http", (_Guarded, PLAIN), guard)),
            "https": _pool(urllib3.HTTPSConnectionPool, type("_Https", (_Guarded, TLS), guard)),
        }

    def checked(self, host: str, port: int) -> str:
        """Return the address to connect to.

        Raises:
            Refused: the name leads to an address that is not public.
            OSError: it leads nowhere.
        """
        addresses = self._look_up(host, port)
        strange = [one for one in addresses if one not in self._named and not is_public(one)]
        if strange or not addresses:
            raise Refused(f"{host} does not lead to a public address")
        return addresses[0]


class _Guarded(urllib3.connection.HTTPConnection):
    guard: PublicOnly

    def _new_conn(self) -> socket.socket:
        # `host` is read from `_dns_host`, and is what TLS compares the certificate with.
        name = self._dns_host
        try:
            self._dns_host = self.guard.checked(name, self.port or self.default_port)
        except OSError as error:
            raise urllib3.exceptions.NameResolutionError(name, self, error) from error  # type: ignore[arg-type]  # gaierror or not, it only shows it
        try:
            return super()._new_conn()
        finally:
            self._dns_host = name


def _pool(base: type[Pool], kind: type[urllib3.connection.HTTPConnection]) -> type[Pool]:
    return type(base.__name__, (base,), {"ConnectionCls": kind})
