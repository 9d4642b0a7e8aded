"""Who a client is, how often it may ask, and what waits: the parts, without a service."""

import pytest
from starlette.exceptions import HTTPException

from bot.web.clients import REMEMBERED, Clients, RateLimit
from bot.web.waiting import Places


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours: made up
        ("192.168.0.1", "198.51.100.1", "198.51.100.1"),
        ("192.168.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the first is made up
        ("192.168.0.1", "6.6.6.6, 198.51.100.1, 192.168.0.7", "198.51.100.1"),
        ("192.168.0.1", "198.51.100.1, nonsense", "192.168.0.1"),
        ("192.168.0.1", "", "192.168.0.1"),
        ("::ffff:192.168.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
        ("", "", ""),
    ],
)
def test_a_client_is_who_a_trusted_proxy_says(peer: str, forwarded: str, client: str) -> None:
    assert Clients(["192.168.0.0/16"]).who(peer, forwarded) == client


def test_a_client_may_ask_so_often_and_is_told_when_again() -> None:
    clock = Clock()
    rate = RateLimit(60, clock)
    assert [rate.wait_s("a") for _ in range(60)] == 60 * [0]
    assert rate.wait_s("a") == pytest.approx(1)
    assert rate.wait_s("b") == 0
    clock.now += 1.01
    assert rate.wait_s("a") == 0
    assert rate.wait_s("a") > 0


def test_no_limit_remembers_nobody() -> None:
    rate = RateLimit(0)
    assert {rate.wait_s("a") for _ in range(1000)} == {0.0}
    assert not rate._buckets


def test_many_clients_take_bounded_memory() -> None:
    rate = RateLimit(1, Clock())
    for number in range(REMEMBERED + 100):
        assert rate.wait_s(str(number)) == 0
    assert len(rate._buckets) == REMEMBERED


def test_what_does_not_fit_in_the_queue_is_told_to_come_again() -> None:
    places = Places(2)
    with places.take(2):
        with pytest.raises(HTTPException) as refusal, places.take(1):
            pass
        assert refusal.value.status_code == 429
        assert refusal.value.headers
        assert int(refusal.value.headers["Retry-After"]) >= 1
    with places.take(9):  # alone
        pass
    assert places._taken == 0
