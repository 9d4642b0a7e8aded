"""One gate for the whole process: who is told to wait tells everybody."""

import pytest

from bot.commons import Commons
from bot.errors import GateClosed, NetworkFault, ServerBusy
from bot.media import Fetcher
from bot.patience import Patience
from bot.settings.intake import MediaSettings, WikiSettings
from support.bench import AGENT
from support.scripted import Asked, Reply, ScriptedServer


class Clock:
    """Shows the time it is set to, in seconds."""

    now = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def patience(clock: Clock) -> Patience:
    return Patience(clock)


def told(patience: Patience, error: Exception) -> None:
    """Have one asker run into `error`."""
    with pytest.raises(type(error)), patience.asking():
        raise error


def test_an_open_gate_is_passed(patience: Patience) -> None:
    with patience.asking():
        pass


def test_what_one_is_told_holds_for_all_until_the_time_is_over(
    patience: Patience, clock: Clock
) -> None:
    told(patience, ServerBusy("503", retry_after=30.0))
    clock.now += 29.0
    with pytest.raises(GateClosed) as caught, patience.asking():
        pytest.fail("asked in spite of it")
    assert caught.value.retry_after == pytest.approx(1.0)
    clock.now += 1.0
    with patience.asking():
        pass


def test_a_shorter_pause_does_not_shorten_a_longer_one(patience: Patience, clock: Clock) -> None:
    def both_were_asking() -> None:
        with patience.asking():
            told(patience, ServerBusy("503", retry_after=30.0))
            raise ServerBusy("maxlag", retry_after=5.0)

    with pytest.raises(ServerBusy, match="maxlag"):
        both_were_asking()
    clock.now += 20.0
    with pytest.raises(GateClosed), patience.asking():
        pytest.fail("asked in spite of it")


@pytest.mark.parametrize("error", [ServerBusy("503"), NetworkFault("reset"), ValueError("bug")])
def test_what_names_no_pause_closes_nothing(patience: Patience, error: Exception) -> None:
    told(patience, error)
    with patience.asking():
        pass


@pytest.mark.parametrize("status", [429, 503])
def test_the_files_host_and_the_api_share_the_gate(
    patience: Patience, clock: Clock, status: int
) -> None:
    def reply(asked: Asked) -> Reply:
        if asked.path.endswith("api.php"):
            return Reply(status=500)
        return Reply(status=status, headers={"Retry-After": "60"})

    with ScriptedServer(reply) as server:
        wiki = WikiSettings(api=f"{server.url}/w/api.php", file_hosts=(server.netloc,))
        fetcher = Fetcher(wiki, MediaSettings(), user_agent=AGENT, patience=patience)
        commons = Commons(wiki, user_agent=AGENT, width=500, patience=patience)
        with pytest.raises(ServerBusy):
            fetcher.fetch(f"{server.url}/a.jpg")
        with pytest.raises(GateClosed):
            fetcher.fetch(f"{server.url}/b.jpg")
        with pytest.raises(GateClosed):
            commons.files(["File:A.jpg"])
        assert len(server.requests) == 1
        clock.now += 60.0
        with pytest.raises(NetworkFault):
            commons.files(["File:A.jpg"])
        assert len(server.requests) == 2


def test_lag_closes_the_gate_too(patience: Patience) -> None:
    lag = {"MediaWiki-API-Error": "maxlag", "Retry-After": "5"}
    with ScriptedServer(lambda _: Reply(status=200, headers=lag)) as server:
        wiki = WikiSettings(api=f"{server.url}/w/api.php", file_hosts=(server.netloc,))
        commons = Commons(wiki, user_agent=AGENT, width=500, patience=patience)
        for _ in range(2):
            with pytest.raises(ServerBusy) as caught:
                commons.files(["File:A.jpg"])
        assert isinstance(caught.value, GateClosed)
        assert len(server.requests) == 1
