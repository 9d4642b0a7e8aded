"""Tables: what the migrations make is what the code expects; older ledgers come along."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import LedgerUnusable
from bot.ledger import Ledger
from bot.ledger.migrate import MIGRATIONS, REVISION
from bot.ledger.schema import metadata
from support.ledgers import STREAM, address, claim_one, finish, rows, states

BEFORE_ALEMBIC = Path(__file__).with_name("before_alembic.sql")
TABLES = ("uploads", "scores", "outbox", "cursors", "rejects")


@pytest.fixture
def older(path: Path) -> str:
    """A ledger as the code before Alembic left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BEFORE_ALEMBIC.read_text(encoding="utf-8"))
    return address(path)


def differences(ledger: Ledger) -> object:
    with ledger._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_the_revision_the_code_names_is_the_newest_there_is() -> None:
    assert ScriptDirectory(MIGRATIONS).get_current_head() == REVISION


def test_the_migrations_make_the_tables_that_the_code_expects(ledger: Ledger) -> None:
    assert differences(ledger) == []


def test_opening_again_changes_nothing(ledger: Ledger, place: str) -> None:
    ledger.close()
    with Ledger(place) as again:
        assert differences(again) == []
    assert rows(place, "SELECT version_num FROM alembic_version") == [(REVISION,)]


def test_a_migration_that_was_cut_short_is_made_again(ledger: Ledger, place: str) -> None:
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
        connection.exec_driver_sql("DROP TABLE cursors")
    with Ledger(place) as again:
        assert differences(again) == []


def test_a_ledger_from_before_alembic_is_adopted_without_loss(older: str) -> None:
    queries = [f"SELECT * FROM {table}" for table in TABLES]  # noqa: S608 - names of ours
    before = [rows(older, query) for query in queries]
    with Ledger(older) as ledger:
        assert differences(ledger) == []
        after = [rows(older, query) for query in queries]
        for old_rows, new_rows in zip(before, after, strict=True):
            assert [new[: len(old)] for old, new in zip(old_rows, new_rows, strict=True)] == (
                old_rows
            )
        assert states(ledger) == {"scored": 1, "waiting": 1}
        assert ledger.intake.position(STREAM) == 1000
        assert [effect.id for effect in ledger.outbox.pending(limit=9)] == [7]
        assert finish(ledger, claim_one(ledger), review=True)


def test_a_ledger_of_an_unknown_layout_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as unknown:
        unknown.execute("CREATE TABLE about (key TEXT, value TEXT)")
        unknown.execute("INSERT INTO about VALUES ('schema', '0')")
        unknown.commit()
    with pytest.raises(LedgerUnusable, match="layout 0, this version of lookout can adopt 1"):
        Ledger(address(path))
    assert rows(address(path), "SELECT name FROM sqlite_master") == [("about",)]


def test_a_ledger_of_a_newer_version_is_refused_with_what_to_do(ledger: Ledger, place: str) -> None:
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    ledger.close()
    with pytest.raises(LedgerUnusable, match=r"revision 9999.*Install that version again"):
        Ledger(place)
    assert rows(place, "SELECT version_num FROM alembic_version") == [("9999",)]
