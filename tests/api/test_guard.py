"""Addresses that a stranger names lead to public places only."""

import socket
from collections.abc import Iterator

import pytest
import requests

from bot.errors import Refused
from bot.guard import PublicOnly, is_public
from bot.hosts import FileHosts
from bot.settings.intake import MediaSettings, WikiSettings
from support.world import World, small_world

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["208.80.154.224", "2620:0:861:ed1a::1", "::ffff:208.80.153.1"])
def test_what_is_public_is_known(address: str) -> None:
    assert is_public(address)


class Names:
    """A name server that gives each answer once, and the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[str]:
        """Answer."""
        assert host
        assert port
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with small_world() as world:
        yield world


def hosts(world: World, names: Names, named: tuple[str, ...] = ()) -> tuple[FileHosts, str]:
    """Return hosts that allow `pictures.example` on the miniature Commons' port."""
    host = f"pictures.example:{world.host.rpartition(':')[2]}"
    settings = WikiSettings(file_hosts=(host,))
    guard = PublicOnly(named, names)
    return FileHosts(
        settings, MediaSettings(), user_agent="tests", adapter=guard
    ), f"http://{host}/"


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(world: World, address: str) -> None:
    opener, at = hosts(world, Names([address]))
    with pytest.raises(Refused, match="public"), opener.open(at, {}):
        pass


def test_one_private_address_among_public_ones_is_enough(world: World) -> None:
    opener, at = hosts(world, Names(["208.80.154.224", "127.0.0.1"]))
    with pytest.raises(Refused, match="public"), opener.open(at, {}):
        pass


def test_a_name_is_looked_up_once_and_connected_to_what_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the second answer would be another, and is never asked for."""

    def never(*_: object) -> None:
        raise AssertionError("looked up behind our back")

    names = Names(["127.0.0.1"], ["10.0.0.1"])
    opener, at = hosts(world, names, named=("127.0.0.1:1",))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: never() if host[0] == "p" else real(host, *a, **k),
    )
    with opener.open(at + "nothing.jpg", {}) as answer:
        assert answer.status_code == 404
        assert answer.request.headers.get("Host") is None
    assert names.asked == 1


def test_an_address_that_the_settings_name_is_meant(world: World) -> None:
    settings = WikiSettings(file_hosts=(world.host,))
    guard = PublicOnly(settings.file_hosts)
    opener = FileHosts(settings, MediaSettings(), user_agent="tests", adapter=guard)
    with opener.open(f"http://{world.host}/nothing.jpg", {}) as answer:
        assert answer.status_code == 404


def test_no_proxy_of_the_environment_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    settings = WikiSettings(file_hosts=(world.host,))
    guard = PublicOnly(settings.file_hosts)
    opener = FileHosts(settings, MediaSettings(), user_agent="tests", adapter=guard)
    with opener.open(f"http://{world.host}/nothing.jpg", {}) as answer:
        assert answer.status_code == requests.codes.not_found
