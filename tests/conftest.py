"""What all tests share: the rig, and the rule that no error is logged unnoticed."""

import logging
import os
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
FIGURE = "measured"
Measured = Callable[[str], None]
# Several test processes share the processors, and OpenMP's threads wait for each other by spinning
# (https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html): with two each, exporting a model
# took three times as long. Set before torch is loaded, here and in the programs that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measured:
    """Return a function that adds a figure to the end of the test run's output."""
    return lambda figure: record_property(FIGURE, figure)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured, in whichever process; the documents quote it."""
    reports = [one for some in terminalreporter.stats.values() for one in some]
    calls = [one for one in reports if getattr(one, "when", None) == "call"]
    for name, figure in (pair for one in calls for pair in one.user_properties):
        if name == FIGURE:
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
