"""The dashboard of a bot that has worked for three weeks, on a miniature Commons."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from model.bundle import Bundle
from support.dashboard import Dashboard, Windows, running
from support.mariadb import MariaDb


@pytest.fixture(scope="session")
def dashboard(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """One for all tests; it must log no error."""
    assert bundle.name
    with running(tmp_path_factory.mktemp("dashboard") / "state") as dashboard:
        yield dashboard
        assert "level=error" not in dashboard.api.log_text()


@pytest.fixture(scope="session")
def on_mariadb(
    bundle: Bundle, mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """The same on a real MariaDB, as on Toolforge; it must log no error either."""
    assert bundle.name
    folder = tmp_path_factory.mktemp("on-mariadb") / "state"
    with mariadb.database("lookout_dashboard") as place, running(folder, place) as dashboard:
        yield dashboard
        assert "level=error" not in dashboard.api.log_text()


@pytest.fixture(scope="session", params=["dashboard", "on_mariadb"])
def either(request: pytest.FixtureRequest) -> Dashboard:
    """One and the other: what a test that asks for it sees is the same on both databases."""
    found: Dashboard = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def windows(browser: Browser, dashboard: Dashboard) -> Iterator[Windows]:
    """Windows on the dashboard, closed in the end; no script may have complained."""
    made = Windows(browser, dashboard.api.base)
    yield made
    for window in made.opened:
        window.close()
    assert [text for window in made.opened for text in window.complaints] == []
