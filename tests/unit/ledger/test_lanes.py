"""Lanes: kinds of files wait apart, by their names first and by the wiki's word after."""

import pytest

from bot.lanes import Lane, guess, lane_of
from bot.ledger import Job, Ledger
from support.ledgers import LEASE_S, MAX_ATTEMPTS, STREAM, claim, rows
from support.uploads import upload

FILES = {1: "File:A.webm", 2: "File:B.png", 3: "File:C.OGV", 4: "File:D.pdf", 5: "File:webm"}
VIDEOS = [3, 1]
PICTURES = [5, 2]
DOCUMENTS = [4]


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A ledger with files of all lanes."""
    batch = [upload(log_id, title=title) for log_id, title in FILES.items()]
    ledger.intake.record(STREAM, batch, None)
    return ledger


def claimed(ledger: Ledger, lane: Lane | None) -> list[Job]:
    return ledger.queue.claim(limit=9, lease_s=LEASE_S, max_attempts=MAX_ATTEMPTS, lane=lane)


def test_each_lane_has_its_own_queue(filled: Ledger) -> None:
    assert [job.log_id for job in claimed(filled, Lane.VIDEOS)] == VIDEOS
    assert claimed(filled, Lane.VIDEOS) == []
    assert [job.log_id for job in claimed(filled, Lane.PICTURES)] == PICTURES
    assert [job.log_id for job in claimed(filled, Lane.DOCUMENTS)] == DOCUMENTS


def test_what_waits_is_counted_by_lane(filled: Ledger) -> None:
    counts = {"pictures": len(PICTURES), "videos": len(VIDEOS), "documents": len(DOCUMENTS)}
    assert filled.census.take().waiting == counts
    claimed(filled, Lane.VIDEOS)
    del counts["videos"]
    assert filled.census.take().waiting == counts


def test_who_asks_for_no_lane_is_given_any(filled: Ledger) -> None:
    assert [job.log_id for job in claimed(filled, None)] == [5, 4, 3, 2, 1]


def test_a_file_that_its_name_misled_is_handed_over_uncounted(filled: Ledger) -> None:
    job = claimed(filled, Lane.VIDEOS)[0]
    assert filled.queue.hand_over(job, Lane.PICTURES)
    again = claimed(filled, Lane.PICTURES)
    assert [(each.log_id, each.attempt) for each in again] == [(5, 1), (3, 1), (2, 1)]
    assert not filled.queue.hand_over(job, Lane.VIDEOS)  # the lease is no longer its own


def test_uploads_from_before_there_were_lanes_are_told_apart(filled: Ledger, place: str) -> None:
    with filled._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE uploads SET lane = 'pictures'")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    with Ledger(place) as again:
        assert sorted(job.log_id for job in claimed(again, Lane.VIDEOS)) == sorted(VIDEOS)
        assert len(claim(again)) == len(PICTURES) + len(DOCUMENTS)  # handed over by the scorer
    assert rows(place, "SELECT COUNT(*) FROM uploads") == [(len(FILES),)]


def test_the_wikis_word_decides() -> None:
    assert guess("File:Talk.ogg") is Lane.VIDEOS
    assert guess("File:Moving.gif") is Lane.PICTURES
    assert (lane_of("video"), lane_of("image")) == (Lane.VIDEOS, Lane.PICTURES)
    assert lane_of("document") is Lane.DOCUMENTS
