"""Backfills in the ledger: what is listed once, who works on what, and how far it all is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.ledger import Backfill, Decision, Job, Ledger, ListedFile, Outcome, Phase
from support.ledgers import fill, finish, scored
from support.uploads import upload

LEASE_S = 30.0
WHEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def file(number: int, content: int | None = None) -> ListedFile:
    sha1 = f"{number if content is None else content:040x}"
    return ListedFile(title=f"File:{number}.png", user="Alice", sha1=sha1, uploaded_at=WHEN)


def begin(ledger: Ledger, *pages: Sequence[ListedFile], whole: bool = True) -> list[int | None]:
    """Make a backfill and list these pages of it; return their shards."""
    number = ledger.backfills.make("allimages", "", None)
    shards = []
    for index, page in enumerate(pages, 1):
        last = whole and index == len(pages)
        token = None if last else f"after {index}"
        shards.append(ledger.backfills.add(one(ledger, number), page, hidden=0, token=token))
    return shards


def one(ledger: Ledger, number: int) -> Backfill:
    (found,) = [run for run in ledger.backfills.running() if run.id == number]
    return found


def claim(ledger: Ledger, shard: int | None, *, lease_s: float = LEASE_S) -> list[Job]:
    assert shard is not None
    return ledger.backfills.queue(shard).claim(limit=100, lease_s=lease_s, max_attempts=3)


def end(ledger: Ledger, shard: int | None, jobs: Sequence[Job], verdict: str = "cleared") -> None:
    assert shard is not None
    decision = Decision(verdict, rule="drawn", confidence=0.9)
    outcomes = [Outcome(job=job, decision=decision, scored=scored(job)) for job in jobs]
    kept = ledger.backfills.queue(shard).finish_all(outcomes)
    assert kept == {job.log_id for job in jobs}


def test_what_has_the_same_content_waits_once(ledger: Ledger) -> None:
    first, second = begin(ledger, [file(1), file(2), file(3, 1)], [file(4, 2), file(5)])
    assert {job.title for job in claim(ledger, first)} == {"File:1.png", "File:2.png"}
    assert [job.title for job in claim(ledger, second)] == ["File:5.png"]
    (progress,) = ledger.backfills.progress()
    assert (progress.listed, progress.contents, progress.copies) == (5, 3, 2)


def test_a_claimed_file_is_a_job_like_any_other(ledger: Ledger) -> None:
    (shard,) = begin(ledger, [file(1)])
    (job,) = claim(ledger, shard)
    assert (job.title, job.user, job.sha1) == ("File:1.png", "Alice", file(1).sha1)
    assert (job.uploaded_at, job.attempt) == (WHEN, 1)
    assert claim(ledger, shard) == []


def test_a_page_read_by_two_is_stored_once(ledger: Ledger) -> None:
    number = ledger.backfills.make("allimages", "", 9)
    as_read = one(ledger, number)
    assert ledger.backfills.add(as_read, [file(1)], hidden=0, token="next") is not None  # noqa: S106
    assert ledger.backfills.add(as_read, [file(1)], hidden=0, token="next") is None  # noqa: S106
    assert one(ledger, number).token == "next"  # noqa: S105
    assert one(ledger, number).listed == 1


def test_the_listing_waits_for_the_shards_ahead_and_ends(ledger: Ledger) -> None:
    begin(ledger, [file(1)], [file(2)], whole=False)
    (run,) = ledger.backfills.running()
    assert ledger.backfills.to_list(run.id, ahead=3)
    assert not ledger.backfills.to_list(run.id, ahead=2)
    ledger.backfills.add(run, [file(3)], hidden=1, token=None)
    assert not ledger.backfills.to_list(run.id, ahead=9)


def test_a_page_of_copies_alone_leaves_no_shard_open(ledger: Ledger) -> None:
    first, second = begin(ledger, [file(1)], [file(2, 1)])
    assert second is None
    assert ledger.backfills.take_shard(again_s=60) == first
    assert ledger.backfills.take_shard(again_s=60) is None


def test_a_shard_goes_out_again_until_nothing_of_it_is_left(ledger: Ledger) -> None:
    first, second = begin(ledger, [file(1)], [file(2)])
    assert [ledger.backfills.take_shard(again_s=60) for _ in range(3)] == [first, second, None]
    assert ledger.backfills.take_shard(again_s=0) == first
    end(ledger, first, claim(ledger, first))
    assert ledger.backfills.take_shard(again_s=0) == second
    assert ledger.backfills.end_finished() == []
    end(ledger, second, claim(ledger, second))
    assert second is not None
    assert ledger.backfills.close_shard(second)
    assert ledger.backfills.end_finished() == [1]
    assert ledger.backfills.running() == []
    assert ledger.backfills.progress(1)[0].state == "done"


def test_one_who_died_loses_the_lease_and_the_file_is_done_by_another(ledger: Ledger) -> None:
    (shard,) = begin(ledger, [file(1)])
    (dead,) = claim(ledger, shard, lease_s=-1)
    (alive,) = claim(ledger, shard)
    assert alive.attempt == 2
    assert shard is not None
    outcome = Outcome(job=dead, decision=Decision("cleared"), scored=scored(dead))
    assert ledger.backfills.queue(shard).finish_all([outcome]) == set()
    assert ledger.queue.known({file(1).sha1}, scored(dead).model) == {}
    end(ledger, shard, [alive])


def test_a_paused_backfill_hands_out_nothing_and_a_cancelled_one_is_over(ledger: Ledger) -> None:
    (shard,) = begin(ledger, [file(1)], whole=False)
    assert shard is not None
    backfills = ledger.backfills
    assert backfills.change(1, Phase.PAUSED)
    assert not backfills.change(1, Phase.PAUSED)
    assert (backfills.take_shard(again_s=0), backfills.is_running(shard)) == (None, False)
    assert backfills.change(1, Phase.RUNNING)
    assert backfills.take_shard(again_s=0) == shard
    assert backfills.change(1, Phase.CANCELLED)
    assert not backfills.change(1, Phase.RUNNING)
    assert (backfills.running(), backfills.open_shards()) == ([], 0)


def test_two_backfills_do_not_look_at_one_content_at_once(ledger: Ledger) -> None:
    (first,) = begin(ledger, [file(1)])
    (second,) = begin(ledger, [file(7, 1), file(8)])
    (held,) = claim(ledger, first)
    assert [job.title for job in claim(ledger, second)] == ["File:8.png"]
    end(ledger, first, [held])
    assert [job.title for job in claim(ledger, second)] == ["File:7.png"]
    assert set(ledger.queue.known({file(1).sha1}, scored(held).model)) == {file(1).sha1}


def test_the_bots_own_queue_never_sees_old_files_nor_they_new_ones(ledger: Ledger) -> None:
    (shard,) = begin(ledger, [file(1)])
    fill(ledger, [11])
    assert [job.log_id for job in claim(ledger, shard)] == [1]
    (job,) = ledger.queue.claim(limit=9, lease_s=LEASE_S, max_attempts=3)
    assert job.log_id == 11
    assert finish(ledger, job)
    assert ledger.census.take().seen == 1


def test_it_tells_how_long_an_upload_has_been_waiting(ledger: Ledger) -> None:
    assert ledger.backfills.live_waits_s() == 0.0
    ledger.intake.record("s", [replace(upload(1))], None)
    assert 0.0 <= ledger.backfills.live_waits_s() < 60.0


def test_what_is_suggested_is_listed_with_its_copies_the_surest_first(ledger: Ledger) -> None:
    (shard,) = begin(ledger, [file(1), file(2), file(3, 1)])
    jobs = claim(ledger, shard)
    end(ledger, shard, [job for job in jobs if job.title == "File:1.png"], "review")
    end(ledger, shard, [job for job in jobs if job.title == "File:2.png"])
    (flag,) = ledger.backfills.flags(1)
    assert (flag.title, flag.rule, flag.confidence) == ("File:1.png", "drawn", 0.9)
    assert flag.copies == ("File:3.png",)


def test_progress_counts_and_says_how_long_it_takes(ledger: Ledger) -> None:
    first, _ = begin(ledger, [file(1), file(2)], [file(3), file(4)])
    (before,) = ledger.backfills.progress()
    assert (before.finished, before.per_second, before.left_s) == (0, 0.0, None)
    end(ledger, first, claim(ledger, first))
    (after,) = ledger.backfills.progress(1)
    assert (after.finished, after.contents, after.verdicts) == (2, 4, {"cleared": 2})
    assert after.states == {"scored": 2, "waiting": 2}
    assert after.left_s == pytest.approx(2 / after.per_second)
