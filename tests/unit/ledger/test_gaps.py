"""A gap is noted together with the cursor that passes it, and filled without loss or repeat."""

import pytest

from bot.errors import MalformedEvent
from bot.events import Hole
from bot.ledger import Gap, Ledger
from support.ledgers import STREAM, Child, rows, states
from support.uploads import upload

HOLE = Hole(1_000, 61_000, "skipped")
NEXT = "20261129230145|4"


def open_gap(ledger: Ledger, hole: Hole = HOLE) -> Gap:
    """Note a hole; return its gap."""
    ledger.intake.record(STREAM, [], hole.until, holes=[hole])
    (gap,) = [gap for gap in ledger.gaps.open(STREAM) if gap.since == hole.since]
    return gap


def test_a_hole_is_open_until_it_is_closed(ledger: Ledger) -> None:
    gap = open_gap(ledger)
    assert (gap.since, gap.until, gap.reason) == (1_000, 61_000, "skipped")
    assert (gap.part, gap.token) == (None, None)
    assert ledger.census.take().gap_seconds == 60.0
    ledger.gaps.close(gap, [])
    assert ledger.gaps.open(STREAM) == []
    assert ledger.census.take().gap_seconds == 0.0


def test_without_gaps_nothing_is_missing(ledger: Ledger) -> None:
    assert ledger.census.take().gap_seconds == 0.0
    assert ledger.gaps.open(STREAM) == []


def test_a_hole_noted_twice_is_one_gap_and_stays_closed(ledger: Ledger) -> None:
    gap = open_gap(ledger)
    ledger.intake.record(STREAM, [], None, holes=[HOLE, HOLE])
    assert ledger.gaps.open(STREAM) == [gap]
    ledger.gaps.close(gap, [])
    ledger.intake.record(STREAM, [], None, holes=[HOLE])
    assert ledger.gaps.open(STREAM) == []


def test_time_that_lies_in_several_gaps_counts_once(ledger: Ledger) -> None:
    for since, until in [(0, 10_000), (2_000, 5_000), (8_000, 12_000), (20_000, 21_000)]:
        open_gap(ledger, Hole(since, until, "skipped"))
    assert ledger.census.take().gap_seconds == 13.0


def test_the_newest_gap_comes_first(ledger: Ledger) -> None:
    for since, until in [(0, 10_000), (50_000, 60_000), (2_000, 5_000)]:
        open_gap(ledger, Hole(since, until, "skipped"))
    assert [gap.until for gap in ledger.gaps.open(STREAM)] == [60_000, 10_000, 5_000]


def test_the_gaps_of_another_stream_are_not_ours(ledger: Ledger) -> None:
    open_gap(ledger)
    assert ledger.gaps.open("http://127.0.0.1/another") == []


def test_filling_goes_on_where_it_was_in_another_process(ledger: Ledger, place: str) -> None:
    gap = open_gap(ledger)
    new = ledger.gaps.progress(gap, [upload(1), upload(2)], part="upload", token=NEXT)
    assert new == 2
    ledger.close()
    with Ledger(place) as again:
        (gap,) = again.gaps.open(STREAM)
        assert (gap.part, gap.token) == ("upload", NEXT)
        assert again.gaps.close(gap, [upload(2), upload(3)]) == 1
        assert states(again) == {"waiting": 3}
    assert rows(place, "SELECT found FROM gaps") == [(3,)]


def test_what_the_stream_brought_meanwhile_is_not_doubled(ledger: Ledger, place: str) -> None:
    gap = open_gap(ledger)
    ledger.intake.record(STREAM, [upload(1)], None)
    before = rows(place, "SELECT * FROM uploads")
    assert ledger.gaps.close(gap, [upload(1, title="File:Other.jpg")]) == 0
    assert rows(place, "SELECT * FROM uploads") == before


def test_two_who_fill_one_gap_lose_nothing_and_neither_sets_the_other_back(
    ledger: Ledger,
) -> None:
    gap = open_gap(ledger)
    ledger.gaps.progress(gap, [upload(1)], part="upload", token=NEXT)
    ledger.gaps.progress(gap, [upload(1), upload(2)], part="upload", token="behind")  # noqa: S106 - no secret
    (now,) = ledger.gaps.open(STREAM)
    assert now.token == NEXT
    ledger.gaps.close(now, [])
    ledger.gaps.close(gap, [upload(3)])
    assert ledger.gaps.open(STREAM) == []
    assert states(ledger) == {"waiting": 3}


def test_an_entry_that_cannot_be_read_is_kept_for_a_person(ledger: Ledger) -> None:
    gap = open_gap(ledger)
    ledger.gaps.close(gap, [], [(MalformedEvent("no title"), "{}")])
    assert ledger.census.take().rejected_events == 1


def test_what_was_asked_for_once_need_not_be_asked_for_again(ledger: Ledger) -> None:
    gap = open_gap(ledger, Hole(1_000, 61_000, "asked"))
    expected = {999: False, 1_000: True, 70_000: True}
    assert {since: ledger.gaps.reaches(STREAM, since) for since in expected} == expected
    ledger.gaps.close(gap, [])
    assert {since: ledger.gaps.reaches(STREAM, since) for since in expected} == expected


def test_a_hole_that_was_found_says_nothing_of_what_came_before(ledger: Ledger) -> None:
    open_gap(ledger)
    assert not ledger.gaps.reaches(STREAM, 1_000)


def test_a_check_begins_with_a_mark_and_is_no_gap_that_is_known(ledger: Ledger) -> None:
    assert ledger.gaps.checked(STREAM) is None
    ledger.gaps.check(STREAM, 1_000, 1_000)
    assert ledger.gaps.checked(STREAM) == 1_000
    assert ledger.gaps.open(STREAM) == []
    ledger.gaps.check(STREAM, 1_000, 61_000)
    (gap,) = ledger.gaps.open(STREAM)
    assert (gap.since, gap.until, gap.reason) == (1_000, 61_000, "check")
    assert ledger.census.take().gap_seconds == 0.0
    assert ledger.gaps.checked(STREAM) == 61_000
    assert ledger.gaps.checked("http://127.0.0.1/another") is None
    assert not ledger.gaps.reaches(STREAM, 1_000)


# After SIGKILL at any moment, uploads and progress are both there or both absent.


@pytest.mark.parametrize("moment", ["INSERT INTO uploads", "UPDATE gaps", "COMMIT"])
def test_killed_before_the_commit_the_page_is_read_again(
    ledger: Ledger, child: Child, moment: str
) -> None:
    open_gap(ledger)
    assert child("fill_gap", moment).wait() == -9
    (gap,) = ledger.gaps.open(STREAM)
    assert (gap.part, gap.token) == (None, None)
    assert states(ledger) == {}
    assert ledger.gaps.close(gap, [upload(log_id) for log_id in (1, 2, 3)]) == 3


def test_killed_after_the_commit_the_next_page_is_read(ledger: Ledger, child: Child) -> None:
    open_gap(ledger)
    assert child("fill_gap", "never").wait() == -9
    (gap,) = ledger.gaps.open(STREAM)
    assert (gap.part, gap.token) == ("upload", "next")
    assert states(ledger) == {"waiting": 3}


def test_killed_while_a_hole_is_noted_cursor_and_gap_are_both_absent(
    ledger: Ledger, child: Child
) -> None:
    ledger.intake.record(STREAM, [], 500)
    assert child("pass_hole", "INSERT INTO gaps").wait() == -9
    assert child("pass_hole", "COMMIT").wait() == -9
    assert ledger.intake.position(STREAM) == 500
    assert ledger.gaps.open(STREAM) == []
    assert child("pass_hole", "never").wait() == -9
    assert ledger.intake.position(STREAM) == 61_000
    assert len(ledger.gaps.open(STREAM)) == 1
