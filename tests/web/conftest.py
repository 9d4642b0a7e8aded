"""The dashboard of a bot that has worked for three weeks, on a miniature Commons."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bot.ledger import Ledger
from model.bundle import Bundle
from support.api import ApiProcess
from support.dashboard import RULE, Dashboard, Windows
from support.ledgers import address
from support.shown import fill
from support.world import small_world


@pytest.fixture(scope="session")
def dashboard(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """One for all tests; it must log no error."""
    assert bundle.name
    with small_world() as world:
        folder = tmp_path_factory.mktemp("dashboard") / "state"
        with ApiProcess(folder, world.settings(rules=[RULE])) as api:
            with Ledger(address(folder / "ledger.sqlite")) as ledger:
                waiting = fill(ledger, world.wiki)
            yield Dashboard(api, world, waiting)
            assert "level=error" not in api.log_text()


@pytest.fixture
def windows(browser: Browser, dashboard: Dashboard) -> Iterator[Windows]:
    """Windows on the dashboard, closed in the end; no script may have complained."""
    made = Windows(browser, dashboard.api.base)
    yield made
    for window in made.opened:
        window.close()
    assert [text for window in made.opened for text in window.complaints] == []
