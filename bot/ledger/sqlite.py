"""SQLite with the settings its safety rests on, and its faults in our terms."""

import sqlite3
from pathlib import Path
from typing import Any

import stamina
from sqlalchemy import URL, Connection, Engine, create_engine, event

from bot.errors import LedgerBusy, LedgerUnusable, LookoutError
from bot.ledger.transactions import is_reading

BUSY_TIMEOUT_S = 30.0
CACHE_KIB = 256
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


def make_engine(url: URL) -> Engine:
    """Return an engine on a file whose folder exists.

    Raises:
        LedgerUnusable: the folder cannot be made.
    """
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnusable(f"the ledger {url.database} has no folder: {error}") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def meaning(error: BaseException, url: URL) -> LookoutError | None:
    """Return a fault in our terms; None when it would be a mistake of ours."""
    if _code(error) in BUSY_CODES:
        return LedgerBusy(f"the ledger {url.database} is locked by another process: {error}")
    if _code(error) in UNUSABLE_CODES:
        return LedgerUnusable(f"the ledger {url.database} cannot be used: {error}")
    return None


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & PRIMARY_CODE


def _is_busy(error: Exception) -> bool:
    return _code(error) in BUSY_CODES


def _prepare(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: _begin decides which kind.
    connection.isolation_level = None
    _use_wal(connection)
    # FULL: with NORMAL the last commits can vanish at power loss (https://sqlite.org/pragma.html).
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # Each thread has a connection, and by default each of them keeps 2 MiB of pages.
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")


@stamina.retry(on=_is_busy, attempts=None, timeout=BUSY_TIMEOUT_S, wait_initial=0.01, wait_max=0.5)
def _use_wal(connection: Any) -> None:
    # Two processes that make the file together: the busy time-out does not cover this statement.
    connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the writer's place at once; a deferred one can fail at its first write.
    connection.exec_driver_sql("BEGIN" if is_reading(connection) else "BEGIN IMMEDIATE")
