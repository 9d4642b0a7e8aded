"""Opens the database with the settings its safety rests on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, insert, select
from sqlalchemy.engine import make_url

from bot.errors import LedgerUnusable
from bot.ledger.schema import SCHEMA_VERSION, about, metadata

BUSY_TIMEOUT_S = 30.0
READ_ONLY = "lookout_read_only"


def open_engine(address: str) -> Engine:
    """Return an engine on a database whose tables exist and are of this version.

    Raises:
        LedgerUnusable: the address is wrong, the place is not writable, or the version differs.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        raise LedgerUnusable(
            f"ledger.url names {url.get_backend_name()}; this version keeps its ledger in SQLite"
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        metadata.create_all(engine)
        _check_version(engine)
    except (exc.DatabaseError, sqlite3.Error) as error:
        raise LedgerUnusable(f"the ledger {url.database} cannot be used: {error}") from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read without taking the writer's place."""
    with engine.connect() as connection:
        yield connection.execution_options(**{READ_ONLY: True})


def _prepare(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: _begin decides which kind.
    connection.isolation_level = None
    # FULL: with NORMAL the last commits can vanish at power loss (https://sqlite.org/pragma.html).
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the writer's place at once; a deferred one can fail at its first write.
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _check_version(engine: Engine) -> None:
    with engine.begin() as connection:
        stored = connection.scalar(select(about.c.value).where(about.c.key == "schema"))
        if stored is None:
            connection.execute(insert(about).values(key="schema", value=str(SCHEMA_VERSION)))
        elif stored != str(SCHEMA_VERSION):
            raise LedgerUnusable(
                f"the ledger has layout {stored}, this version of lookout needs "
                f"{SCHEMA_VERSION}; run the lookout version that wrote it"
            )
