"""Signing in: what has to be set up, and where people are led afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.config import Settings
from bot.demo.commons import MiniCommons
from bot.errors import ConfigInvalid
from bot.settings.credentials import Secrets
from bot.settings.intake import WikiSettings
from bot.settings.signin import SignInSettings
from bot.web.members import Members
from bot.web.signin import local
from bot.web.signingin import Ended, signing_in
from bot.wikiapi import WikiApi

KEY = "0123456789abcdef" * 2


@pytest.fixture
def mini() -> Iterator[MiniCommons]:
    with MiniCommons() as mini:
        yield mini


@pytest.fixture
def api(mini: MiniCommons) -> Iterator[WikiApi]:
    api = WikiApi(WikiSettings(api=mini.addresses.api), user_agent="tests")
    yield api
    api.close()


@pytest.mark.parametrize(
    ("signin", "secrets", "said"),
    [
        ({"client_id": "c"}, {"session_key": KEY}, "signin.address is empty"),
        ({"client_id": "c", "address": "https://x.org"}, {}, "LOOKOUT_SESSION_KEY has 0"),
        (
            {"client_id": "c", "address": "https://x.org"},
            {"session_key": KEY[:-1]},
            "LOOKOUT_SESSION_KEY has 31",
        ),
    ],
)
def test_what_is_set_up_in_part_is_refused(
    api: WikiApi, signin: dict[str, Any], secrets: dict[str, Any], said: str
) -> None:
    settings = Settings(signin=SignInSettings(**signin), secrets=Secrets(**secrets))
    with pytest.raises(ConfigInvalid, match=said):
        signing_in(settings, api)


def test_what_is_not_set_up_is_not_there(api: WikiApi) -> None:
    assert signing_in(Settings(), api) is None


def test_the_callback_is_below_the_address() -> None:
    for address in ("https://tools.example.org/lookout", "https://tools.example.org/lookout/"):
        settings = SignInSettings(client_id="c", address=address)
        assert settings.callback == "https://tools.example.org/lookout/login/callback"


@pytest.mark.parametrize(
    ("place", "led_to"),
    [
        ("/queue", "/queue"),
        ("/queue?a=b&c=%2F#top", "/queue?a=b&c=%2F#top"),
        ("/", "/"),
        ("", "/"),
        ("queue", "/"),
        ("//example.org", "/"),
        ("///example.org", "/"),
        ("/\\example.org", "/"),
        ("/\t/example.org", "/"),
        ("/\n/example.org", "/"),
        ("\\\\example.org", "/"),
        ("https://example.org/", "/"),
        ("https:/example.org", "/"),
        ("javascript:alert(1)", "/"),
        (" //example.org", "/"),
        (None, "/"),
    ],
)
def test_the_way_on_stays_on_this_host(place: object, led_to: str) -> None:
    assert local(place) == led_to


def test_an_ended_session_is_remembered_until_it_would_have_ended() -> None:
    ended = Ended()
    ended.add("long ago", until=1.0)
    ended.add("a", until=1e11)
    assert "a" in ended
    assert "b" not in ended
    assert "long ago" not in ended


def test_the_wiki_is_asked_about_somebody_once_in_a_while(
    mini: MiniCommons, api: WikiApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    mini.wiki.register("Ann", edits=9, days=9, groups=("patroller",))
    members = Members(api, own_name="Robot")
    assert "patroller" in members.get("Ann").groups
    mini.wiki.register("Ann", edits=9, days=9, blocked=True)
    assert not members.get("Ann").blocked
    monkeypatch.setattr("bot.web.members.REMEMBERED_S", 0.0)
    assert members.get("Ann").blocked
    assert "patroller" not in members.get("Ann").groups


def test_the_bot_itself_is_a_bot_and_strangers_are_nobody(mini: MiniCommons, api: WikiApi) -> None:
    mini.wiki.register("Robot", edits=9, days=9)
    members = Members(api, own_name="Robot")
    assert "bot" in members.get("Robot").groups
    assert members.get("No such user").groups == frozenset()
