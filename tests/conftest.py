"""What all tests share: the rig, and the rule that no error is logged unnoticed."""

import logging
from collections.abc import Iterator

import pytest

pytest_plugins = ["rig.fixtures"]


@pytest.fixture(autouse=True)
def no_unexpected_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs an error; one that means to asserts it, then clears `caplog`."""
    yield
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors
