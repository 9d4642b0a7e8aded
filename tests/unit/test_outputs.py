"""The category, the change tag and the status page, on a wiki that is a folder with troubles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import EditConflict, PageClosed, Refused, ServerBusy
from bot.ledger import Ledger
from bot.publish.category import ReviewCategory, with_category
from bot.publish.changetag import ChangeTag
from bot.publish.dryrun import DryRunWiki
from bot.publish.statuspage import BEGIN, END, StatusPage
from bot.settings.publishing import (
    CategorySettings,
    PublishSettings,
    StatusPageSettings,
    TagSettings,
)
from support.outputs import TroubledWiki, suggest

NAME = "Suggestions"
TITLE = "User:RigBot/Status"
SETTINGS = PublishSettings(
    category=CategorySettings(send="live", name=NAME, per_minute=3),
    tag=TagSettings(send="live", name="lookout"),
    status_page=StatusPageSettings(title=TITLE),
    put_off_seconds=60,
)
LINE = f"[[Category:{NAME}]]"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as made:
        yield made


@pytest.fixture
def wiki(tmp_path: Path) -> TroubledWiki:
    return TroubledWiki(tmp_path / "pages")


def flag(ledger: Ledger, *log_ids: int, kind: str) -> None:
    for log_id in log_ids:
        suggest(ledger, log_id, kinds={kind: f"File:{log_id}.jpg"})


def waiting(ledger: Ledger) -> tuple[int, int]:
    counts = ledger.census.take()
    return counts.unpublished, counts.refused


# The category -------------------------------------------------------------------------------------


@pytest.fixture
def category(ledger: Ledger, wiki: TroubledWiki) -> ReviewCategory:
    for number in range(1, 10):
        wiki.write(f"File:{number}.jpg", f"About {number}.\n[[Category:Museums]]")
    return ReviewCategory(ledger.outbox, wiki, SETTINGS)


def test_a_file_gets_one_more_line(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    flag(ledger, 1, kind="category")
    assert category.due()
    category.send()
    assert wiki.read("File:1.jpg").text == f"About 1.\n[[Category:Museums]]\n{LINE}\n"
    assert not category.due()


def test_file_pages_are_edited_a_few_a_minute(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    flag(ledger, 1, 2, 3, 4, kind="category")
    category.send()
    assert wiki.saves == 3
    category.send()
    assert wiki.saves == 4


@pytest.mark.parametrize(
    "there",
    [LINE, f"[[category: {NAME}|*]]", "[[Category:suggestions]]", "[[ Category : Suggestions ]]"],
)
def test_a_file_that_is_in_it_already_is_not_edited(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory, there: str
) -> None:
    wiki.write("File:1.jpg", there)
    flag(ledger, 1, kind="category")
    category.send()
    assert (wiki.saves, waiting(ledger)) == (0, (0, 0))


def test_spaces_and_underscores_are_the_same_and_other_categories_are_not() -> None:
    assert with_category("[[Category:A_b c]]", "A b c") == "[[Category:A_b c]]"
    assert with_category("[[Category:A b cd]]", "A b c").endswith("\n[[Category:A b c]]\n")
    assert with_category("", "A") == "[[Category:A]]\n"


@pytest.mark.parametrize(
    ("trouble", "why"),
    [(PageClosed("it has {{nobots}}"), "nobots"), (Refused("a filter"), "a filter")],
    ids=["nobots", "filter"],
)
def test_a_file_page_that_is_not_to_be_edited_is_left_alone_and_counted(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory, trouble: Exception, why: str
) -> None:
    flag(ledger, 1, 2, kind="category")
    wiki.before["File:1.jpg"] = [trouble]
    category.send()
    assert LINE in wiki.read("File:2.jpg").text
    assert waiting(ledger) == (0, 1)
    assert why in ledger.outbox.refused(limit=1)[0].trouble


def test_a_file_that_is_gone_gets_no_page(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    wiki.path("File:1.jpg").unlink()
    flag(ledger, 1, kind="category")
    category.send()
    assert not wiki.read("File:1.jpg").revision
    assert waiting(ledger) == (0, 1)


def test_another_version_than_the_one_looked_at_is_not_touched(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    wiki.digests = {"File:1.jpg": f"{1:040x}", "File:2.jpg": "f" * 40}
    flag(ledger, 1, 2, kind="category")
    category.send()
    assert LINE in wiki.read("File:1.jpg").text
    assert LINE not in wiki.read("File:2.jpg").text
    assert waiting(ledger) == (0, 1)


def test_a_moved_file_is_followed(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    wiki.write("File:1.jpg", "#REDIRECT [[File:New.jpg]]")
    wiki.write("File:New.jpg", "About 1.")
    flag(ledger, 1, kind="category")
    category.send()
    assert LINE in wiki.read("File:New.jpg").text


def test_a_file_page_under_constant_edits_waits_and_holds_up_no_other(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    flag(ledger, 1, 2, kind="category")
    wiki.before["File:1.jpg"] = [EditConflict("theirs")] * 9
    category.send()
    assert LINE in wiki.read("File:2.jpg").text
    assert waiting(ledger) == (1, 0)


def test_an_answer_that_was_lost_adds_no_second_line(
    ledger: Ledger, wiki: TroubledWiki, category: ReviewCategory
) -> None:
    flag(ledger, 1, kind="category")
    wiki.after["File:1.jpg"] = [ServerBusy("no answer")]
    with pytest.raises(ServerBusy):
        category.send()
    category.send()
    assert wiki.read("File:1.jpg").text.count(LINE) == 1
    assert waiting(ledger) == (0, 0)


def test_a_dry_run_shows_the_line_for_a_file_that_it_does_not_know(
    ledger: Ledger, tmp_path: Path
) -> None:
    folder = DryRunWiki(tmp_path / "dry")
    folder.check()
    flag(ledger, 1, kind="category")
    ReviewCategory(ledger.outbox, folder, SETTINGS).send()
    assert folder.read("File:1.jpg").text == f"{LINE}\n"


# The change tag -----------------------------------------------------------------------------------


@pytest.fixture
def tag(ledger: Ledger, wiki: TroubledWiki) -> ChangeTag:
    return ChangeTag(ledger.outbox, wiki, SETTINGS)


def test_each_upload_is_tagged_once_even_if_the_answer_is_lost(
    ledger: Ledger, wiki: TroubledWiki, tag: ChangeTag
) -> None:
    flag(ledger, 1, 2, kind="tag")
    wiki.after["lookout"] = [ServerBusy("no answer")]
    with pytest.raises(ServerBusy):
        tag.send()
    tag.send()
    assert wiki.tags == {1: 1, 2: 1}
    assert not tag.due()


def test_an_entry_that_cannot_be_tagged_holds_up_no_other(
    ledger: Ledger, wiki: TroubledWiki, tag: ChangeTag
) -> None:
    flag(ledger, 1, 2, kind="tag")
    wiki.untaggable = {1: "nosuchlogid"}
    tag.send()
    assert set(wiki.tags) == {2}
    assert waiting(ledger) == (0, 1)


def test_a_tag_that_does_not_exist_is_waited_for(
    ledger: Ledger, wiki: TroubledWiki, tag: ChangeTag
) -> None:
    flag(ledger, 1, kind="tag")
    wiki.before["lookout"] = [Refused("badtags")]
    tag.send()
    assert waiting(ledger) == (1, 0)
    assert not tag.due()


def test_a_dry_run_notes_each_upload_once(ledger: Ledger, tmp_path: Path) -> None:
    folder = DryRunWiki(tmp_path / "dry")
    folder.check()
    flag(ledger, 1, 2, kind="tag")
    ChangeTag(ledger.outbox, folder, SETTINGS).send()
    folder.tag([2, 3], "lookout", "again")
    assert folder.read("Special:Log/lookout").text.split() == ["1", "2", "3"]


# The status page ----------------------------------------------------------------------------------


@pytest.fixture
def status(ledger: Ledger, wiki: TroubledWiki) -> StatusPage:
    return StatusPage(ledger, wiki, SETTINGS)


def test_the_status_is_written_once_in_so_many_minutes_by_whichever_process(
    ledger: Ledger, wiki: TroubledWiki, status: StatusPage
) -> None:
    assert status.due()
    status.send()
    assert "| Uploads seen || 0" in wiki.read(TITLE).text
    assert not status.due()
    assert not StatusPage(ledger, wiki, SETTINGS).due()


def test_the_status_page_waits_like_everything_else_when_the_days_edits_are_spent(
    ledger: Ledger, wiki: TroubledWiki
) -> None:
    def status(edits_per_day: int) -> StatusPage:
        changed = SETTINGS.model_copy(update={"edits_per_day": edits_per_day})
        return StatusPage(ledger, wiki, changed)

    assert not status(0).due()
    assert status(1).due()
    ledger.outbox.note_edit(wiki.mode, page="User:Bot/Log/2026-11-22", revision=7)
    assert not status(1).due()
    assert status(2).due()


def test_what_people_wrote_around_the_status_stays(
    ledger: Ledger, wiki: TroubledWiki, status: StatusPage
) -> None:
    wiki.write(TITLE, f"Hello.\n{BEGIN}\nold\n{END}\nBye.")
    flag(ledger, 1, kind="tag")
    status.send()
    text = wiki.read(TITLE).text
    assert text.startswith(f"Hello.\n{BEGIN}")
    assert text.endswith(f"{END}\nBye.")
    assert "| Uploads seen || 1" in text
    assert "old" not in text


def test_the_status_says_when_the_quota_is_spent(ledger: Ledger, wiki: TroubledWiki) -> None:
    for flags, words in ((5, "5 suggestions, 9 edits\n"), (0, "0 suggestions, 9 edits: spent")):
        quotas = SETTINGS.model_copy(update={"flags_per_day": flags, "edits_per_day": 9})
        StatusPage(ledger, wiki, quotas).send()
        assert f"| Daily quota || {words}" in wiki.read(TITLE).text


def test_a_status_that_did_not_change_is_not_saved(wiki: TroubledWiki, status: StatusPage) -> None:
    status.send()
    status.send()
    assert wiki.saves == 1


def test_a_page_without_the_marks_belongs_to_people(wiki: TroubledWiki, status: StatusPage) -> None:
    wiki.write(TITLE, "Nothing here, please.")
    status.send()
    assert wiki.read(TITLE).text == "Nothing here, please."
