"""Brings the tables to this version's revision, once, whoever comes first."""

import threading
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from bot.errors import LedgerBusy, LedgerUnusable
from bot.ledger.dialect import lock_for_migration
from bot.ledger.transactions import reading

REVISION: Final = "0013"  # the newest of bot/ledger/migrations/versions
MIGRATIONS: Final = Path(__file__).parent / "migrations"
LOCK_TIMEOUT_S: Final = 30.0
LAYOUT_BEFORE_ALEMBIC: Final = "1"
# Alembic keeps what it is working on in globals of its modules.
_one_at_a_time = threading.Lock()


def migrate(engine: Engine) -> None:
    """Make or upgrade the tables, unless they are right already.

    Raises:
        LedgerUnusable: this version of lookout cannot use what is there; nothing was changed.
        LedgerBusy: another process is migrating, and takes long.
    """
    with reading(engine) as connection:
        if revision_of(connection) == REVISION:
            return
    with _one_at_a_time, engine.begin() as connection:
        if not lock_for_migration(connection, LOCK_TIMEOUT_S):
            raise LedgerBusy("another process has been changing the ledger's tables for long")
        _refuse_what_is_not_ours(connection)
        _upgrade(connection)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of the tables, None when there are none or Alembic knows none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _refuse_what_is_not_ours(connection: Connection) -> None:
    layout = _layout_before_alembic(connection)
    if layout not in (None, LAYOUT_BEFORE_ALEMBIC):
        raise LedgerUnusable(
            f"the ledger has layout {layout}, this version of lookout can adopt "
            f"{LAYOUT_BEFORE_ALEMBIC}; run the lookout version that wrote it"
        )


def _layout_before_alembic(connection: Connection) -> str | None:
    if not inspect(connection).has_table("about"):
        return None
    layout: str | None = connection.scalar(
        text("SELECT value FROM about WHERE about.key = 'schema'")
    )
    return layout


def _upgrade(connection: Connection) -> None:
    # Slow to import, and needed once in a ledger's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    present = revision_of(connection)
    known = {script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()}
    if present is not None and present not in known:
        raise LedgerUnusable(
            f"the ledger has revision {present}, and this version of lookout knows none after "
            f"{REVISION}: a newer one has been there. Install that version again, or let "
            "ledger.url name another database"
        )
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")
