"""The last hours, and what goes wrong right now, on both databases."""

from bot.errors import NotThereYet
from bot.events import Hole
from bot.ledger import Ledger, OpenGap
from bot.ledger.gaps import note
from bot.ledger.hours import HOUR_S
from bot.ledger.schema import uploads
from support.ledgers import STREAM, claim, fill, finish


def test_uploads_count_for_the_hour_in_which_they_were_seen(ledger: Ledger) -> None:
    fill(ledger, range(1, 6))
    jobs = {job.log_id: job for job in claim(ledger)}
    finish(ledger, jobs[1])
    finish(ledger, jobs[2], review=True)
    ledger.queue.bury(jobs[3], NotThereYet("gone"))
    now = ledger.census.now()
    start = now - now % HOUR_S
    with ledger._engine.begin() as connection:
        for log_id, at in ((1, start), (2, start), (3, start - 1), (4, start - HOUR_S), (5, 0.0)):
            moved = uploads.update().where(uploads.c.log_id == log_id)
            connection.execute(moved.values(seen_at=at))
    hours = ledger.hours.take(3)
    assert [hour.start for hour in hours] == [start - 2 * HOUR_S, start - HOUR_S, start]
    assert [(hour.seen, hour.scored, hour.flagged, hour.failed) for hour in hours] == [
        (0, 0, 0, 0),
        (2, 0, 0, 1),
        (2, 2, 1, 0),
    ]


def test_what_is_tried_again_is_counted_by_its_error(ledger: Ledger) -> None:
    fill(ledger, range(1, 5))
    one, two, three, _ = claim(ledger)
    for job in (one, two):
        ledger.queue.postpone(job, NotThereYet("404"), pause_s=60)
    ledger.queue.bury(three, NotThereYet("404"))
    assert ledger.troubles.retried() == {"NotThereYet": 2}


def test_open_gaps_are_told_the_newest_first(ledger: Ledger) -> None:
    with ledger._engine.begin() as connection:
        note(connection, STREAM, [Hole(1, 5, "skipped"), Hole(7, 9, "asked")], 0.0)
    assert ledger.troubles.gaps() == [
        OpenGap(since=7, until=9, reason="asked", found=0),
        OpenGap(since=1, until=5, reason="skipped", found=0),
    ]
    for gap in ledger.gaps.open(STREAM):
        ledger.gaps.close(gap, [])
    assert ledger.troubles.gaps() == []
