"""Opens the database that an address names, and names its faults in our terms."""

from typing import Protocol

from sqlalchemy import URL, Engine, ExceptionContext, event, exc

from bot.errors import LedgerUnusable, LookoutError
from bot.ledger import address, mariadb, sqlite
from bot.ledger.migrate import migrate


class Backend(Protocol):
    """What the module of each database offers."""

    def make_engine(self, url: URL) -> Engine:
        """Return an engine; nothing need be connected yet."""

    def meaning(self, error: BaseException, url: URL) -> LookoutError | None:
        """Return a fault in our terms; None when it would be a mistake of ours."""


def open_engine(place: str) -> Engine:
    """Return an engine on a database whose tables exist and are of this version.

    Whatever is done with it later raises `LedgerBusy` or `LedgerUnusable` when the database fails.

    Raises:
        LedgerUnusable: the address is wrong, the place is not writable, or a newer version of
            lookout has been there.
        LedgerBusy: the database is locked, read-only or out of reach.
    """
    url = address.parse(place)
    backend: Backend = sqlite if url.drivername == address.SQLITE else mariadb
    engine = backend.make_engine(url)

    def raise_ours(context: ExceptionContext) -> None:
        fault = backend.meaning(context.original_exception, url)
        if fault:
            raise fault from context.original_exception

    event.listen(engine, "handle_error", raise_ours)
    try:
        migrate(engine)
    except exc.InvalidRequestError as error:  # the dialect's own check of the server
        raise LedgerUnusable(f"ledger.url names no MariaDB server: {error}") from error
    except BaseException:
        engine.dispose()
        raise
    return engine
