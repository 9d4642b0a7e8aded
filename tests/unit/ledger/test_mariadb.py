"""What is MariaDB's own: accounts, faults that pass, exact text, clocks and old servers."""

import json
import ssl
import time
import traceback

import pytest

from bot.errors import LedgerBusy, LedgerUnusable
from bot.ledger import Ledger, dialect
from bot.ledger import migrate as migration
from bot.settings.toolsdb import PASSWORD_VARIABLE, USER_VARIABLE
from support.ledgers import EXPIRED_S, STREAM, Child, claim, claim_one, fill, finish, rows, states
from support.mariadb import HOST, PASSWORD, USER, MariaDb
from support.uploads import upload, wait_until

UPLOADS = 400
KILLS = 4


@pytest.fixture
def place(in_mariadb: str) -> str:
    """MariaDB alone."""
    return in_mariadb


def test_the_account_may_come_from_the_environment(
    mariadb: MariaDb, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USER_VARIABLE, USER)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    database = place.rpartition("/")[2]
    with Ledger(f"mysql+pymysql://{HOST}:{mariadb.port}/{database}") as ledger:
        assert states(ledger) == {}


def test_without_an_account_it_says_which_variables_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(USER_VARIABLE, raising=False)
    with pytest.raises(LedgerUnusable, match=f"{USER_VARIABLE} and {PASSWORD_VARIABLE}"):
        Ledger("mysql+pymysql://127.0.0.1/lookout")


def test_no_refusal_shows_the_password(mariadb: MariaDb) -> None:
    wrong = "wr0ng"
    with pytest.raises(LedgerUnusable, match="check user, password and grants") as refused:
        Ledger(mariadb.address("lookout_none", password=wrong))
    with pytest.raises(LedgerUnusable, match="CREATE DATABASE with this name") as missing:
        Ledger(mariadb.address("lookout_none"))
    for caught in (refused, missing):
        shown = "".join(traceback.format_exception(caught.value))
        assert wrong not in shown
        assert PASSWORD not in shown


def test_a_certificate_authority_in_the_address_means_tls_or_nothing(place: str) -> None:
    authority = ssl.get_default_verify_paths().openssl_cafile
    with pytest.raises(LedgerUnusable, match="check the server's certificate"):
        Ledger(f"{place}?ssl_ca={authority}")


def test_no_connection_is_left_open_between_transactions(mariadb: MariaDb, ledger: Ledger) -> None:
    fill(ledger, [1], 1000)
    assert finish(ledger, claim_one(ledger))
    open_ones = f"SELECT count(*) FROM information_schema.processlist WHERE user = '{USER}'"  # noqa: S608
    wait_until(lambda: mariadb.admin(open_ones) == [(0,)])  # the server notices a moment later


def test_read_only_means_later_and_then_it_goes_on(mariadb: MariaDb, ledger: Ledger) -> None:
    fill(ledger, [1], 1000)
    job = claim_one(ledger)
    with mariadb.read_only():
        for write in (
            lambda: fill(ledger, [2], 2000),
            lambda: claim(ledger),
            lambda: finish(ledger, job),
        ):
            with pytest.raises(LedgerBusy, match="read-only"):
                write()
        assert states(ledger) == {"leased": 1}
    assert finish(ledger, job)
    assert fill(ledger, [2], 2000) == 1


def test_a_killed_connection_means_later(mariadb: MariaDb, ledger: Ledger) -> None:
    with ledger._engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT CONNECTION_ID()").scalar_one()
        mariadb.admin(f"KILL {own}")
        with pytest.raises(LedgerBusy):
            connection.exec_driver_sql("SELECT 1")
    assert fill(ledger, [1]) == 1


def test_a_row_that_stays_locked_means_later(ledger: Ledger) -> None:
    fill(ledger, [1, 2])
    lock = "UPDATE uploads SET attempts = 9 WHERE log_id = "
    with ledger._engine.connect() as one, ledger._engine.connect() as other:
        one.exec_driver_sql(f"{lock} 1")
        other.exec_driver_sql(f"{lock} 2")
        one.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 1")
        with pytest.raises(LedgerBusy, match="a lock was held for too long"):
            one.exec_driver_sql(f"{lock} 2")


def test_titles_that_differ_in_case_accents_or_a_final_space_are_different(
    ledger: Ledger, place: str
) -> None:
    titles = ["File:A.jpg", "File:a.jpg", "File:Á.jpg", "File:a.jpg ", "File:ß.jpg", "File:ss.jpg"]
    ledger.intake.record(
        STREAM, [upload(number, title=title) for number, title in enumerate(titles, 1)], None
    )
    counted = rows(place, "SELECT count(*) FROM uploads GROUP BY title")
    assert counted == [(1,)] * len(titles)


def test_streams_that_differ_in_a_final_space_have_positions_of_their_own(ledger: Ledger) -> None:
    ledger.intake.record("stream", [], 1)
    assert ledger.intake.position("stream ") is None
    assert ledger.intake.position("Stream") is None


def test_what_is_too_long_is_an_error_and_never_cut(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="Data too long"):
        ledger.intake.record(STREAM, [upload(1, title="x" * 999)], 1000)
    assert states(ledger) == {}
    assert ledger.intake.position(STREAM) is None


def test_leases_run_by_the_servers_clock(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ledger, [1])
    claim_one(ledger)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert claim(ledger) == []


def test_a_server_that_cannot_skip_locked_rows_still_gives_each_upload_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialect, "SKIP_LOCKED_SINCE", (999,))
    fill(ledger, range(1, 10))
    claim(ledger, limit=4, lease_s=EXPIRED_S)
    claimed = [job.log_id for _ in range(5) for job in claim(ledger, limit=2)]
    assert claimed == list(range(9, 0, -1))


def test_who_cannot_migrate_because_another_does_is_told_to_try_later(
    ledger: Ledger, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "LOCK_TIMEOUT_S", 0.0)
    with ledger._engine.begin() as connection:
        connection.exec_driver_sql("SELECT GET_LOCK(CONCAT('lookout.', DATABASE()), 0)")
        connection.exec_driver_sql("DELETE FROM alembic_version")
        connection.commit()
        with pytest.raises(LedgerBusy, match="another process"):
            Ledger(place)


def test_nothing_is_lost_or_finished_twice_when_the_server_is_killed_again_and_again(
    mariadb: MariaDb, ledger: Ledger, child: Child
) -> None:
    log_ids = range(1, UPLOADS + 1)
    fill(ledger, log_ids)
    workers = [child("work") for _ in range(2)]
    for turn in range(1, KILLS + 1):
        wait_until(lambda: states(ledger).get("scored", 0) >= turn * UPLOADS // (KILLS + 2))  # noqa: B023 - called within this turn
        mariadb.kill()
        with pytest.raises(LedgerBusy):
            ledger.census.take()
        mariadb.start()
    finished = [log_id for worker in workers for log_id in json.loads(worker.communicate()[0])]
    assert states(ledger) == {"scored": UPLOADS}
    assert len(finished) == len(set(finished))
    effects = ledger.outbox.pending(limit=2 * UPLOADS)
    assert sorted(effect.log_id for effect in effects) == list(log_ids)
