"""What became of the uploads of each day, on both databases."""

from bot.ledger import Day, Ledger
from bot.ledger.days import DAY_S
from bot.ledger.schema import uploads
from support.ledgers import claim, fill, finish

NOTHING = Day(seen=0, scored=0, flagged=0)


def seen_days_ago(ledger: Ledger, log_id: int, days: float) -> None:
    """Have an upload seen earlier than it was."""
    with ledger._engine.begin() as connection:
        connection.execute(
            uploads.update()
            .where(uploads.c.log_id == log_id)
            .values(seen_at=uploads.c.seen_at - days * DAY_S)
        )


def test_an_empty_ledger_has_days_without_anything(ledger: Ledger) -> None:
    assert ledger.days.take(3) == [NOTHING] * 3


def test_uploads_count_for_the_day_on_which_they_were_seen(ledger: Ledger) -> None:
    fill(ledger, range(1, 6))
    for job in claim(ledger):
        if job.log_id != 2:
            finish(ledger, job, review=job.log_id in (3, 5))
    for log_id in (4, 5):
        seen_days_ago(ledger, log_id, 1)
    seen_days_ago(ledger, 3, 9.5)
    assert ledger.days.take(3) == [
        Day(seen=2, scored=1, flagged=0),
        Day(seen=2, scored=2, flagged=1),
        NOTHING,
    ]
    assert ledger.days.take(10)[9] == Day(seen=1, scored=1, flagged=1)
