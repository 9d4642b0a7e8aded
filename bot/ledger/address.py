"""`ledger.url` → the address of a database that can hold a ledger."""

import os
from collections.abc import Mapping
from typing import Final

from sqlalchemy import URL, exc
from sqlalchemy.engine import make_url

from bot.errors import LedgerUnusable
from bot.settings.toolsdb import PASSWORD_VARIABLE, USER_VARIABLE

SQLITE: Final = "sqlite"
MARIADB_NAMES: Final = ("mariadb+pymysql", "mysql+pymysql")
EXAMPLES: Final = (
    "Leave it empty, or name a file as in sqlite:////data/lookout/ledger.sqlite, or a MariaDB "
    "database as in mysql+pymysql://tools.db.svc.wikimedia.cloud/s12345__lookout"
)


def parse(address: str, environment: Mapping[str, str] = os.environ) -> URL:
    """Return the address, with the user and password of the environment if it has none itself.

    Raises:
        LedgerUnusable: it is none that a ledger can have.
    """
    try:
        url = make_url(address)
    except (exc.ArgumentError, ValueError):
        raise LedgerUnusable(f"ledger.url is no database address. {EXAMPLES}") from None
    if url.drivername == SQLITE:
        return _file(url)
    if url.drivername in MARIADB_NAMES:
        return _server(url, environment)
    raise LedgerUnusable(f"ledger.url names {url.drivername}, which is not known here. {EXAMPLES}")


def _file(url: URL) -> URL:
    if not url.database or url.database == ":memory:":
        raise LedgerUnusable("ledger.url names no file, and a ledger in memory remembers nothing")
    return url


def _server(url: URL, environment: Mapping[str, str]) -> URL:
    if not url.host or not url.database:
        raise LedgerUnusable(f"ledger.url lacks a host or a database. {EXAMPLES}")
    if url.username is None:
        user, password = environment.get(USER_VARIABLE), environment.get(PASSWORD_VARIABLE)
        if not user or not password:
            raise LedgerUnusable(
                f"ledger.url has no user name, and {USER_VARIABLE} and {PASSWORD_VARIABLE} are not "
                "both set. Set them in the environment; on Toolforge they are, in every job"
            )
        url = url.set(username=user, password=password)
    return url.set(drivername=MARIADB_NAMES[0])
