"""One service for all tests, on a miniature Commons."""

from collections.abc import Iterator

import pytest

from bot.ledger import Findings, Ledger
from model.bundle import Bundle
from support.api import ApiProcess
from support.desk import desk as open_desk
from support.ledgers import address
from support.oauth import OAuthProvider
from support.reviews import review, suggest
from support.scripted import Reply, ScriptedServer, in_turn
from support.world import World, small_world


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """A wiki with its files."""
    with small_world() as world:
        yield world


@pytest.fixture(scope="session")
def other_host() -> Iterator[ScriptedServer]:
    """A second file host, which a test gives its script."""
    with ScriptedServer(in_turn(Reply(status=404))) as server:
        yield server


@pytest.fixture(scope="session")
def api(
    world: World,
    other_host: ScriptedServer,
    bundle: Bundle,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ApiProcess]:
    """A running service without a rate limit; it must leave no file and log no error."""
    assert bundle.name
    folder = tmp_path_factory.mktemp("api")
    serve = {"origins": ["https://commons.wikimedia.org", other_host.url]}
    wiki = {"api": world.api, "file_hosts": [world.host, other_host.netloc]}
    with ApiProcess(folder / "state", world.settings(wiki=wiki, serve=serve)) as api:
        yield api
        assert list(api.temporary.rglob("*")) == []
        assert "level=error" not in api.log_text(), api.log_text()


@pytest.fixture(scope="session")
def wiki() -> Iterator[OAuthProvider]:
    """The wiki that knows who somebody is."""
    with OAuthProvider() as provider:
        yield provider


@pytest.fixture(scope="session")
def desk(
    world: World, wiki: OAuthProvider, bundle: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ApiProcess]:
    """A service at which one can sign in, and suggestions to decide about."""
    assert bundle.name
    with open_desk(tmp_path_factory.mktemp("desk") / "state", world, wiki) as api:
        yield api


@pytest.fixture(scope="session")
def known(api: ApiProcess) -> ApiProcess:
    """A service whose bot has suggested seven files, one of which people looked at."""
    with Ledger(address(api.folder / "ledger.sqlite")) as ledger:
        for log_id in range(1, 6):
            suggest(ledger, log_id)
        suggest(ledger, 6, medium="video", place="0:12")
        suggest(ledger, 7, tier="low", title="File:Ünusual & <name>.jpg")
        ledger.reviews.record(Findings(reviews=[review(3, "ok")]))
    return api
