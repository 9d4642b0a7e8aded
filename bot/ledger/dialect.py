"""Where SQLite and MariaDB want different SQL."""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, func, select
from sqlalchemy.dialects import mysql, sqlite

MARIADB = "mariadb"
SKIP_LOCKED_SINCE = (10, 6)  # https://mariadb.com/kb/en/select/#skip-locked


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert `rows`, and leave those alone that are there already by a unique key."""
    connection.execute(_keeping_old(connection.dialect.name, table), [dict(row) for row in rows])


def unlocked(connection: Connection, rows: Select[Any]) -> Select[Any]:
    """Return a query that takes the rows for this transaction, passing over those taken.

    SQLite has one writer, who needs no such thing. Nor has a MariaDB before 10.6 it: there two
    may choose the same rows, so whoever changes them has to look whether they are still as chosen.
    """
    version = connection.dialect.server_version_info or ()
    if connection.dialect.name == MARIADB and version >= SKIP_LOCKED_SINCE:
        return rows.with_for_update(skip_locked=True)
    return rows


def clock(connection: Connection) -> float:
    """Return the time by the one clock that all who share the ledger share, s since 1970."""
    if connection.dialect.name == MARIADB:
        return float(connection.scalars(select(func.unix_timestamp(func.now(6)))).one())
    return time.time()


def lock_for_migration(connection: Connection, timeout_s: float) -> bool:
    """Keep others from migrating until the connection is closed; tell whether that was granted.

    MariaDB commits at each change of a table, so that a transaction would not do.
    """
    if connection.dialect.name != MARIADB:
        return True
    name = func.concat("lookout.", func.database())
    return bool(connection.scalar(select(func.get_lock(name, timeout_s))))


@cache
def _keeping_old(dialect: str, table: Table) -> Insert:
    if dialect == MARIADB:
        # INSERT IGNORE would also cut what is too long and swallow every other error.
        key = table.primary_key.columns[0]
        return mysql.insert(table).on_duplicate_key_update({key.name: key})
    return sqlite.insert(table).on_conflict_do_nothing()
