"""What the stream delivers is stored once, together with the position that covers it."""

import pytest

from bot.errors import MalformedEvent
from bot.ledger import Ledger
from support.ledgers import STREAM, Child, fill, rows, states
from support.uploads import upload


def test_running_again_adds_nothing_and_one_more_adds_one(ledger: Ledger) -> None:
    assert fill(ledger, [1, 2, 3]) == 3
    assert fill(ledger, [1, 2, 3]) == 0
    assert fill(ledger, [1, 2, 3, 4]) == 1
    assert states(ledger) == {"waiting": 4}


def test_a_repeat_within_one_batch_counts_once(ledger: Ledger) -> None:
    assert fill(ledger, [7, 7, 8]) == 2


def test_a_repeated_event_does_not_change_what_is_stored(ledger: Ledger, place: str) -> None:
    fill(ledger, [1])
    before = rows(place, "SELECT * FROM uploads")
    ledger.intake.record(STREAM, [upload(1, title="File:Other.jpg", sha1=None)], None)
    assert rows(place, "SELECT * FROM uploads") == before


def test_every_field_of_an_upload_is_kept(ledger: Ledger, place: str) -> None:
    strange = upload(2**63 - 1, title="File:страница 🙂.jpg", user="", by_bot=True, sha1=None)
    ledger.intake.record(STREAM, [strange], None)
    wanted = "SELECT log_id, action, title, user, by_bot, sha1, uploaded_at FROM uploads"
    assert rows(place, wanted) == [
        (2**63 - 1, "upload", "File:страница 🙂.jpg", "", 1, None, strange.uploaded_at.timestamp())
    ]


def test_the_position_is_that_of_the_furthest_event_ever_stored(ledger: Ledger) -> None:
    assert ledger.intake.position(STREAM) is None
    for position, furthest in [(1000, 1000), (500, 1000), (None, 1000), (1001, 1001), (0, 1001)]:
        fill(ledger, [], position)
        assert ledger.intake.position(STREAM) == furthest


def test_each_stream_has_a_position_of_its_own(ledger: Ledger) -> None:
    fill(ledger, [], 1000)
    assert ledger.intake.position("http://127.0.0.1/another") is None


def test_a_new_process_goes_on_where_the_last_one_stopped(ledger: Ledger, place: str) -> None:
    fill(ledger, [1], 1000)
    ledger.close()
    with Ledger(place) as again:
        assert again.intake.position(STREAM) == 1000
        assert states(again) == {"waiting": 1}


def test_an_unreadable_event_is_kept_once_however_often_it_comes(
    ledger: Ledger, place: str
) -> None:
    bad = (MalformedEvent("title is None"), '{"title": null}')
    other = (MalformedEvent("no JSON"), "\0" + "x" * 50_000)
    for _ in range(2):
        ledger.intake.record(STREAM, [], None, [bad, other, bad])
    assert ledger.census.take().rejected_events == 2
    assert [len(event) for (event,) in rows(place, "SELECT event FROM rejects")] == [15, 10_000]


# After SIGKILL at any moment, uploads, cursor and rejects are all there or all absent.


@pytest.mark.parametrize("moment", ["INSERT INTO cursors", "COMMIT"])
def test_killed_before_the_commit_neither_uploads_nor_cursor_are_there(
    place: str, child: Child, moment: str
) -> None:
    assert child("record", moment).wait() == -9
    with Ledger(place) as ledger:
        assert states(ledger) == {}
        assert ledger.intake.position(STREAM) is None
        assert fill(ledger, [1, 2, 3], position=1000) == 3


def test_killed_after_the_commit_both_are_there(place: str, child: Child) -> None:
    assert child("record", "never").wait() == -9
    with Ledger(place) as ledger:
        assert states(ledger) == {"waiting": 3}
        assert ledger.intake.position(STREAM) == 1000
