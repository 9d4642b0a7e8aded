"""The two kinds of transaction: `engine.begin()` writes, `reading(engine)` reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine

READ_ONLY: Final = "lookout_read_only"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read one consistent picture without taking a writer's place."""
    with engine.connect() as connection:
        yield connection.execution_options(**{READ_ONLY: True})


def is_reading(connection: Connection) -> bool:
    """Tell which of the two kinds is about to begin."""
    return bool(connection.get_execution_options().get(READ_ONLY))
