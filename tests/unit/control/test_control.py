"""Control pages on the miniature Commons: stop and go, opt-out, moved thresholds."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.control import Adjustments, RunPage
from bot.demo.commons import MiniCommons
from bot.errors import ServerBusy, SwitchedOff
from bot.identity import user_agent
from bot.settings.control import ControlSettings, ThresholdPageSettings
from bot.settings.credentials import Secrets
from bot.settings.intake import WikiSettings
from bot.settings.publishing import PublishSettings
from bot.wikiapi import WikiApi
from support.bench import Bench
from support.scripted import Reply, ScriptedServer, in_turn

RUN, OUT, JSON = "User:Bot/Run", "User:Bot/Opt-out", "User:Bot/Thresholds.json"
AGENT = user_agent("test@example.org")
CONTROL = ControlSettings(
    run_page=RUN, opt_out_page=OUT, thresholds=ThresholdPageSettings(page=JSON)
)


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def mini() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def api(mini: MiniCommons) -> Iterator[WikiApi]:
    api = WikiApi(WikiSettings(api=mini.addresses.api), user_agent=AGENT)
    yield api
    api.close()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def live(**control: Any) -> Settings:
    return Settings(
        wiki=WikiSettings(contact="test@example.org"),
        publish=PublishSettings(mode="live"),
        control=CONTROL.model_copy(update=control),
        secrets=Secrets(bot_name="Bot@x", bot_password=SecretStr("none")),
    )


def controlled(**thresholds: Any) -> Settings:
    page = CONTROL.thresholds.model_copy(update=thresholds)
    return Settings(control=CONTROL.model_copy(update={"thresholds": page}))


# The run page.


def test_without_a_run_page_nothing_is_written(api: WikiApi) -> None:
    with pytest.raises(SwitchedOff, match=f"{RUN} does not exist"):
        RunPage(api).require(live())


def test_the_run_page_stops_and_starts_the_next_edit(
    mini: MiniCommons, api: WikiApi, said: pytest.LogCaptureFixture
) -> None:
    run_page = RunPage(api)
    mini.wiki.write(RUN, "true")
    run_page.require(live())
    assert said.text == ""
    revision = mini.wiki.write(RUN, "Please stop, it floods the page.", user="Ann")
    with pytest.raises(SwitchedOff) as caught:
        run_page.require(live(check_seconds=7.0))
    assert f"{RUN}, revision {revision} by Ann, says 'Please stop, it floods" in str(caught.value)
    assert caught.value.retry_after == 7.0
    mini.wiki.write(RUN, "true", user="Bob")
    run_page.require(live())
    assert "control.resumed" in said.text


def test_a_dry_run_needs_no_run_page(api: WikiApi) -> None:
    RunPage(api).require(Settings())
    RunPage(api).require(live(run_page=""))


def test_a_run_page_that_cannot_be_read_is_no_permission() -> None:
    with ScriptedServer(in_turn(Reply(status=503))) as server:
        api = WikiApi(WikiSettings(api=f"{server.url}/w/api.php"), user_agent=AGENT)
        with pytest.raises(ServerBusy):
            RunPage(api).require(live())


# The opt-out page.


def test_the_opt_out_page_is_read_again_when_it_is_due(mini: MiniCommons, api: WikiApi) -> None:
    clock = Clock()
    adjustments = Adjustments(api, clock)
    settings = controlled()
    assert adjustments.apply(settings) == settings
    assert adjustments.opted_out == frozenset()
    mini.wiki.write(OUT, "* [[User:Ann]]")
    clock.now = settings.control.check_seconds - 0.1
    adjustments.apply(settings)
    assert adjustments.opted_out == frozenset()
    clock.now += 0.2
    adjustments.apply(settings)
    assert adjustments.opted_out == {"Ann"}
    elsewhere = settings.control.model_copy(update={"opt_out_page": ""})
    adjustments.apply(settings.model_copy(update={"control": elsewhere}))
    assert adjustments.opted_out == frozenset()


def test_the_files_of_those_who_opted_out_are_skipped_unseen(tmp_path: Path) -> None:
    with MiniCommons() as mini, Bench(tmp_path, mini) as bench:
        entry = bench.upload("A.png")
        bench.scorer.turn(bench.settings, opted_out={"Alice"})
        row = bench.row(entry)
        assert (row["state"], row["reason"]) == ("skipped", "opted-out")
        assert bench.fetcher.addresses == []
        assert bench.engine.looks == []


# The threshold page.


def thresholds(settings: Settings) -> dict[str, float]:
    return {rule.name: rule.at_least.image for rule in settings.rules if rule.labels}


def test_a_protected_page_moves_thresholds_and_who_wrote_it_is_said(
    mini: MiniCommons, api: WikiApi, said: pytest.LogCaptureFixture
) -> None:
    page = '{"explicit": {"image": 0.9, "video": 0.95}}'
    revision = mini.wiki.write(JSON, page, user="Admin Ann", protection="sysop")
    adjusted = Adjustments(api, Clock()).apply(controlled())
    assert thresholds(adjusted) == {"new-uploader": 0.8, "explicit": 0.9, "suggestive": 0.8}
    assert "explicit.image 0.8 → 0.9, explicit.video 0.85 → 0.95" in said.text
    assert f"{JSON}, revision {revision} by Admin Ann" in said.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"explicit": {"image": 0.5}}', "explicit.image: should be from 0.7 to 0.99, but is 0.5"),
        ('{"explicit": {"image": 0.995}}', "explicit.image: should be from 0.7 to 0.99"),
        ('{"explicit": {"image": 2}}', "explicit.image: Input should be less than or equal to 1"),
        ('{"explicit": {"image": "0.9"}}', "explicit.image: Input should be a valid number"),
        ('{"explicit": {"audio": 0.9}}', "explicit.audio: Extra inputs are not permitted"),
        ('{"explicitly": {"image": 0.9}}', "explicitly: config.yaml has no rule of this name"),
        ("[]", "the page: Input should be an object"),
        ("{{nobots}}", "the page: Invalid JSON"),
        ("", "the page: Invalid JSON"),
    ],
)
def test_what_the_page_cannot_have_is_refused_whole_and_the_file_applies(
    mini: MiniCommons, api: WikiApi, said: pytest.LogCaptureFixture, text: str, words: str
) -> None:
    mini.wiki.write(JSON, text, protection="sysop")
    adjustments = Adjustments(api, Clock())
    for _ in range(2):
        assert adjustments.apply(controlled()) == controlled()
    assert words in said.text
    assert said.text.count("control.refused") == 1


@pytest.mark.parametrize(("protection", "asked"), [("", "sysop"), ("autoconfirmed", "sysop")])
def test_a_page_that_too_many_can_edit_is_not_followed(
    mini: MiniCommons, api: WikiApi, said: pytest.LogCaptureFixture, protection: str, asked: str
) -> None:
    mini.wiki.write(JSON, '{"explicit": {"image": 0.9}}', protection=protection)
    settings = controlled(protection=(asked,))
    assert Adjustments(api, Clock()).apply(settings) == settings
    assert "should be protected so that only sysop can edit it" in said.text


def test_the_file_can_widen_the_bounds_and_name_other_protections(
    mini: MiniCommons, api: WikiApi
) -> None:
    mini.wiki.write(JSON, '{"explicit": {"image": 0.6}}', protection="templateeditor")
    settings = controlled(protection=("sysop", "templateeditor"), lowest=0.5)
    assert thresholds(Adjustments(api, Clock()).apply(settings))["explicit"] == 0.6


def test_a_page_that_goes_away_gives_the_file_back_its_word(
    mini: MiniCommons, api: WikiApi, said: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    adjustments = Adjustments(api, clock)
    mini.wiki.write(JSON, '{"explicit": {"image": 0.9}}', protection="sysop")
    assert thresholds(adjustments.apply(controlled()))["explicit"] == 0.9
    mini.wiki.delete(JSON, user="Ann", comment="")
    clock.now = 100.0
    assert adjustments.apply(controlled()) == controlled()
    assert "the page is gone" in said.text
