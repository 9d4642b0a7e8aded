"""From the outbox to the log pages: each entry once, whatever the wiki does in between."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import EditConflict, NotAllowed, PageClosed, Refused, ServerBusy
from bot.ledger import Ledger
from bot.publish.logpages import LogPages
from bot.publish.template import keys
from bot.settings.publishing import LogPageSettings, PublishSettings
from support.outputs import MONDAY, TUESDAY, TroubledWiki, suggest

SETTINGS = PublishSettings(
    page_prefix="User:RigBot/Log", log_page=LogPageSettings(max_entries=10), put_off_seconds=1
)
FILTER = Refused("the wiki says abusefilter-disallowed", code="abusefilter-disallowed")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as made:
        yield made


@pytest.fixture
def wiki(tmp_path: Path) -> TroubledWiki:
    return TroubledWiki(tmp_path / "pages")


@pytest.fixture
def pages(ledger: Ledger, wiki: TroubledWiki) -> LogPages:
    return LogPages(ledger.outbox, wiki, SETTINGS)


def waiting(ledger: Ledger) -> tuple[int, int]:
    counts = ledger.census.take()
    return counts.unpublished, counts.refused


def fill(ledger: Ledger, *log_ids: int, page: str = MONDAY) -> None:
    for log_id in log_ids:
        suggest(ledger, log_id, kinds={"log-page": page})


def test_with_nothing_to_send_nothing_is_due(ledger: Ledger, pages: LogPages) -> None:
    assert not pages.due()
    fill(ledger, 1)
    assert pages.due()


def test_lines_on_several_uploads_carry_all_their_keys(
    ledger: Ledger, pages: LogPages, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    fill(ledger, 1, 3)
    pages.send()
    assert "keys='1,3'" in caplog.text


def test_everything_goes_out_in_one_edit_a_page(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, 1, 3)
    fill(ledger, 2, page=TUESDAY)
    pages.send()
    assert keys(wiki.read(MONDAY).text) == {1, 3}
    assert keys(wiki.read(TUESDAY).text) == {2}
    assert wiki.saves == 2
    pages.send()
    assert (wiki.saves, waiting(ledger)) == (2, (0, 0))


@pytest.mark.parametrize("error", [ServerBusy("lag"), NotAllowed("blocked")], ids=repr)
def test_an_edit_whose_answer_was_lost_is_not_made_twice(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages, error: Exception
) -> None:
    fill(ledger, 1)
    wiki.after[MONDAY] = [error]
    with pytest.raises(type(error)):
        pages.send()
    assert waiting(ledger) == (1, 0)
    pages.send()
    assert (wiki.saves, waiting(ledger)) == (1, (0, 0))
    assert wiki.read(MONDAY).text.count("|key=1|") == 1


def test_conflicts_are_met_by_reading_again(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, 1)
    wiki.before[MONDAY] = [EditConflict("theirs")] * 4
    pages.send()
    assert waiting(ledger) == (0, 0)
    fill(ledger, 2)
    wiki.before[MONDAY] = [EditConflict("theirs")] * 9
    with pytest.raises(EditConflict):
        pages.send()
    assert waiting(ledger) == (1, 0)


def test_a_full_page_goes_on_at_the_next_part(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, *range(1, 26))
    pages.send()
    parts = [len(keys(wiki.read(f"{MONDAY}{part}").text)) for part in ("", "/2", "/3", "/4")]
    assert parts == [10, 10, 5, 0]
    fill(ledger, 26)
    pages.send()
    assert 26 in keys(wiki.read(f"{MONDAY}/3").text)
    effects = [edit.page for edit in ledger.history.edits(0, 2**40, limit=9)]
    assert effects == [MONDAY, f"{MONDAY}/2", f"{MONDAY}/3", f"{MONDAY}/3"]


def test_a_deleted_part_is_not_filled_anew_while_later_ones_stand(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, *range(1, 12))
    pages.send()
    wiki.path(MONDAY).unlink()
    fill(ledger, 12)
    pages.send()
    assert keys(wiki.read(f"{MONDAY}/2").text) == {11, 12}
    assert not wiki.read(MONDAY).revision


def test_a_deleted_page_begins_anew_without_what_stood_on_it(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, 1)
    pages.send()
    wiki.path(MONDAY).unlink()
    fill(ledger, 2)
    pages.send()
    assert keys(wiki.read(MONDAY).text) == {2}


def test_a_moved_page_is_followed(ledger: Ledger, wiki: TroubledWiki, pages: LogPages) -> None:
    fill(ledger, 1)
    pages.send()
    wiki.write("User:RigBot/Archive", wiki.read(MONDAY).text)
    wiki.write(MONDAY, "#REDIRECT [[User:RigBot/Archive]]")
    fill(ledger, 2)
    pages.send()
    assert keys(wiki.read("User:RigBot/Archive").text) == {1, 2}


def test_a_closed_page_waits_and_holds_up_no_other(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, 1)
    fill(ledger, 2, page=TUESDAY)
    wiki.before[MONDAY] = [PageClosed("protected")]
    pages.send()
    assert keys(wiki.read(TUESDAY).text) == {2}
    assert waiting(ledger) == (1, 0)
    assert not pages.due()  # for a while


# An edit filter -----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [{1}, {5}, {9}, {2, 3}, {1, 2, 3, 4}])
def test_entries_that_a_filter_refuses_are_found_and_hold_up_no_other(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages, bad: set[int]
) -> None:
    for log_id in range(1, 10):
        title = f"File:{'Bad' if log_id in bad else 'Good'} {log_id}.jpg"
        suggest(ledger, log_id, title=title)
    wiki.filtered = ("File:Bad", FILTER)
    pages.send()
    assert keys(wiki.read(MONDAY).text) == set(range(1, 10)) - bad
    assert waiting(ledger) == (0, len(bad))
    refused = ledger.outbox.refused(limit=9)
    assert {one.log_id for one in refused} == bad
    assert all("abusefilter-disallowed" in one.trouble for one in refused)


def test_a_person_can_have_refused_entries_tried_again(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    suggest(ledger, 1, title="File:Bad.jpg")
    suggest(ledger, 2)
    wiki.filtered = ("File:Bad", FILTER)
    pages.send()
    wiki.filtered = None
    assert ledger.outbox.try_again([99]) == 0
    assert ledger.outbox.try_again() == 1
    pages.send()
    assert keys(wiki.read(MONDAY).text) == {1, 2}
    assert waiting(ledger) == (0, 0)


def test_a_filter_against_the_page_itself_refuses_no_entry_for_good_at_once(
    ledger: Ledger, wiki: TroubledWiki, pages: LogPages
) -> None:
    fill(ledger, *range(1, 10))
    wiki.filtered = ("Commons Lookout", FILTER)
    pages.send()
    assert waiting(ledger) == (9, 0)
    assert not pages.due()


def test_a_lone_entry_that_is_refused_twice_is_refused_for_good(
    ledger: Ledger, wiki: TroubledWiki
) -> None:
    at_once = SETTINGS.model_copy(update={"put_off_seconds": 0})
    pages = LogPages(ledger.outbox, wiki, at_once)
    suggest(ledger, 1, title="File:Bad.jpg")
    wiki.filtered = ("File:Bad", FILTER)
    pages.send()
    assert waiting(ledger) == (1, 0)
    pages.send()
    assert waiting(ledger) == (0, 1)


def test_a_page_that_was_protected_before_does_not_count_against_an_entry(
    ledger: Ledger, wiki: TroubledWiki
) -> None:
    at_once = SETTINGS.model_copy(update={"put_off_seconds": 0})
    pages = LogPages(ledger.outbox, wiki, at_once)
    suggest(ledger, 1, title="File:Bad.jpg")
    wiki.before[MONDAY] = [PageClosed("protected")]
    pages.send()
    wiki.filtered = ("File:Bad", FILTER)
    pages.send()
    assert waiting(ledger) == (1, 0)
