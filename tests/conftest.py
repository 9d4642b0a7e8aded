"""What all tests share: the rig, and the rule that no error is logged unnoticed."""

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

pytest_plugins = [
    "rig.fixtures",
    "support.axe",
    "support.browser",
    "support.mariadb",
    "support.models",
    "support.redis",
]
FIGURES = pytest.StashKey[list[str]]()
Measured = Callable[[str], None]


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Return a function that adds a figure to the end of the test run's output."""
    return request.config.stash.setdefault(FIGURES, []).append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what the tests measured; the documents quote it."""
    for figure in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"measured: {figure}")


@pytest.fixture(autouse=True)
def no_unexpected_errors(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail a test that logs an error; one that means to asserts it, then clears `caplog`."""
    # A command that is run in this process sets up logs too. Loggers that are kept would go on
    # writing into that test's standard error, which is closed by then.
    configure = structlog.configure
    monkeypatch.setattr(
        structlog,
        "configure",
        lambda **options: configure(**options | {"cache_logger_on_first_use": False}),
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.KeyValueRenderer(),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    yield
    structlog.reset_defaults()
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors
