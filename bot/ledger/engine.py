"""Opens the database with the settings its safety rests on, and names its faults in our terms."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stamina
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    exc,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import make_url

from bot.errors import LedgerBusy, LedgerUnusable
from bot.ledger.schema import SCHEMA_VERSION, about, metadata

BUSY_TIMEOUT_S = 30.0
READ_ONLY = "lookout_read_only"
# Result codes (https://sqlite.org/rescode.html). Those not named here, such as a broken
# constraint, would be mistakes of ours and stay what they are.
PRIMARY_CODE = 0xFF
BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
UNUSABLE_CODES = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
)


def open_engine(address: str) -> Engine:
    """Return an engine on a database whose tables exist and are of this version.

    Whatever is done with it later raises `LedgerBusy` or `LedgerUnusable` when the database fails.

    Raises:
        LedgerUnusable: the address is wrong, the place is not writable, or the version differs.
        LedgerBusy: another process keeps the database locked.
    """
    url = _file_url(address)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "handle_error", _raise_ours)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            _make_tables(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read without taking the writer's place."""
    with engine.connect() as connection:
        yield connection.execution_options(**{READ_ONLY: True})


def _file_url(address: str) -> URL:
    """Return the parsed address of a file whose folder exists."""
    try:
        url = make_url(address)
    except (exc.ArgumentError, ValueError):
        raise LedgerUnusable(
            "ledger.url is no database address. Leave it empty, or name a file as in "
            "sqlite:////data/lookout/ledger.sqlite"
        ) from None
    if url.drivername != "sqlite":
        raise LedgerUnusable(
            f"ledger.url names {url.drivername}; this version keeps its ledger in SQLite"
        )
    if not url.database or url.database == ":memory:":
        raise LedgerUnusable("ledger.url names no file, and a ledger in memory remembers nothing")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnusable(f"the ledger {url.database} has no folder: {error}") from error
    return url


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & PRIMARY_CODE


def _is_busy(error: Exception) -> bool:
    return _code(error) in BUSY_CODES


def _raise_ours(context: ExceptionContext) -> None:
    error = context.original_exception
    place = context.engine.url.database if context.engine else None
    if _code(error) in BUSY_CODES:
        raise LedgerBusy(f"the ledger {place} is locked by another process: {error}") from error
    if _code(error) in UNUSABLE_CODES:
        raise LedgerUnusable(f"the ledger {place} cannot be used: {error}") from error


def _prepare(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: _begin decides which kind.
    connection.isolation_level = None
    _use_wal(connection)
    # FULL: with NORMAL the last commits can vanish at power loss (https://sqlite.org/pragma.html).
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


@stamina.retry(on=_is_busy, attempts=None, timeout=BUSY_TIMEOUT_S, wait_initial=0.01, wait_max=0.5)
def _use_wal(connection: Any) -> None:
    # Two processes that make the file together: the busy time-out does not cover this statement.
    connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the writer's place at once; a deferred one can fail at its first write.
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _make_tables(connection: Connection) -> None:
    """Make what a new ledger lacks; leave one of another version as it is."""
    stored = None
    if inspect(connection).has_table(about.name):
        stored = connection.scalar(select(about.c.value).where(about.c.key == "schema"))
    if stored not in (None, str(SCHEMA_VERSION)):
        raise LedgerUnusable(
            f"the ledger has layout {stored}, this version of lookout needs "
            f"{SCHEMA_VERSION}; run the lookout version that wrote it"
        )
    metadata.create_all(connection)
    if stored is None:
        connection.execute(insert(about).values(key="schema", value=str(SCHEMA_VERSION)))
