"""MariaDB by the rules of Toolforge's ToolsDB, and its faults in our terms.

No connection is kept open idle: each transaction opens its own
(https://wikitech.wikimedia.org/wiki/Help:Toolforge/ToolsDB#Connection_handling_policy).
A failover, with its lost connections and its read-only window, means trying again later.
"""

from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from bot.errors import LedgerBusy, LedgerUnusable, LookoutError
from bot.ledger.transactions import is_reading

CONNECT_TIMEOUT_S: Final = 10
ANSWER_TIMEOUT_S: Final = 60
LOCK_TIMEOUT_S: Final = 30
# Strict: what does not fit is an error and never cut. UTC: no hour comes twice in autumn.
SESSION: Final = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', "
    f"innodb_lock_wait_timeout = {LOCK_TIMEOUT_S}"
)
# Codes of the server (https://mariadb.com/kb/en/mariadb-error-code-reference/) and, from 2000 to
# 2999, of the client. Those not named here would be mistakes of ours and stay what they are.
BUSY_CODES: Final = {
    0: "the connection was closed",
    1040: "too many connections",
    1053: "it is shutting down",
    1080: "it ended the thread",
    1129: "the host is blocked after connection errors",
    1152: "it aborted the connection",
    1158: "the network failed",
    1159: "the network was too slow",
    1160: "the network failed",
    1161: "the network was too slow",
    1184: "it aborted the connection",
    1203: "the user has too many connections",
    1205: "a lock was held for too long",
    1213: "a deadlock was resolved",
    1226: "the user is over a limit",
    1290: "it is read-only",
    1317: "the query was interrupted",
    1412: "a table is being changed",
    1836: "it is read-only",
    1927: "it killed the connection",
    1969: "the query took too long",
    2002: "it does not answer",
    2003: "it does not answer",
    2006: "the connection is gone",
    2013: "the connection was lost",
    2014: "the connection is out of step",
    2055: "the connection was lost",
}
CHECK_ACCOUNT: Final = "check user, password and grants"
CHECK_DISK: Final = "free some space, or ask who runs the server to"
UNUSABLE_CODES: Final = {
    1021: CHECK_DISK,
    1030: "ask who runs the server to look at its log",
    1034: "ask who runs the server to repair the table",
    1044: CHECK_ACCOUNT,
    1045: CHECK_ACCOUNT,
    1049: "create it: CREATE DATABASE with this name",
    1114: CHECK_DISK,
    1142: CHECK_ACCOUNT,
    1194: "ask who runs the server to repair the table",
    1227: CHECK_ACCOUNT,
    1698: CHECK_ACCOUNT,
    2026: "check the server's certificate, and ssl_ca in ledger.url",
    1932: "ask who runs the server to restore the table",
}


def make_engine(url: URL) -> Engine:
    """Return an engine that keeps no connections."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_TIMEOUT_S,
            "read_timeout": ANSWER_TIMEOUT_S,
            "write_timeout": ANSWER_TIMEOUT_S,
            "init_command": SESSION,
            # Unasked, the driver would try TLS without checking whose, and read all certificates
            # of the machine for each connection: 30 ms of processor time, measured.
            "ssl_disabled": not any(name.startswith("ssl") for name in url.query),
        },
    )
    event.listen(engine, "begin", _begin)
    return engine


def meaning(error: BaseException, url: URL) -> LookoutError | None:
    """Return a fault in our terms; None when it would be a mistake of ours."""
    code = error.args[0] if error.args else None
    place = f"{url.database} on {url.host}"
    if code in BUSY_CODES:
        return LedgerBusy(f"the ledger {place} cannot be had now, {BUSY_CODES[code]}: {error}")
    if code in UNUSABLE_CODES:
        return LedgerUnusable(
            f"the ledger {place} cannot be used: {error}. To do: {UNUSABLE_CODES[code]}"
        )
    return None


def _begin(connection: Connection) -> None:
    # Writers must see what others committed, or they would claim by an old picture; readers keep
    # one picture for as long as they look at it.
    kind = "REPEATABLE READ, READ ONLY" if is_reading(connection) else "READ COMMITTED"
    connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {kind}")
