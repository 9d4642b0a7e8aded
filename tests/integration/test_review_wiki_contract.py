"""What every `ReviewWiki` keeps to: the folder of a dry run and a real MediaWiki alike."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.errors import EditConflict
from bot.publish import Page, ReviewWiki
from bot.publish.dryrun import DryRunWiki
from rig import MediaWikiRig
from support.live_wiki import ChildWiki

LONG_LINES = 5_000


@dataclass(frozen=True)
class Place:
    """A wiki under test, and what somebody else does to its pages."""

    wiki: ReviewWiki
    edit: Callable[[str, str], object]
    delete: Callable[[str], object]


@pytest.fixture(scope="module")
def child(
    booted_rig: MediaWikiRig, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ChildWiki]:
    booted_rig.reset()
    login = booted_rig.accounts["RigBot"].bot_login
    with ChildWiki(booted_rig.api_url, tmp_path_factory.mktemp("live"), login=login) as live:
        yield live


@pytest.fixture(params=["dry-run", pytest.param("live", marks=pytest.mark.rig)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "live":
        child = request.getfixturevalue("child")
        admin = request.getfixturevalue("booted_rig").client("Admin")
        return Place(child, admin.edit, admin.delete)
    folder = DryRunWiki(tmp_path / "pages")

    def edit(title: str, text: str) -> None:
        folder.path(title).write_text(text, encoding="utf-8")

    return Place(folder, edit, lambda title: folder.path(title).unlink())


@pytest.fixture
def wiki(place: Place) -> ReviewWiki:
    place.wiki.check()
    return place.wiki


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A page of each test's own, because the wiki is shared."""
    return f"User:RigBot/{request.function.__name__.replace('_', ' ')}"


def test_an_absent_page_is_empty_and_has_no_revision(wiki: ReviewWiki, title: str) -> None:
    assert wiki.read(title) == Page(title, "", 0)


def test_a_page_reads_as_it_was_saved(wiki: ReviewWiki, title: str) -> None:
    wiki.save(wiki.read(title), "one\n\n* two", "first")
    first = wiki.read(title)
    assert (first.title, first.text) == (title, "one\n\n* two")
    assert first.revision
    wiki.save(first, "three", "second")
    second = wiki.read(title)
    assert second.text == "three"
    assert second.revision != first.revision


def test_saving_what_is_there_already_is_no_conflict(wiki: ReviewWiki, title: str) -> None:
    wiki.save(wiki.read(title), "one", "first")
    wiki.save(wiki.read(title), "one", "again")
    assert wiki.read(title).text == "one"


def test_a_line_that_somebody_else_edited_meanwhile_is_not_overwritten(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    wiki.save(wiki.read(title), "one", "first")
    mine = wiki.read(title)
    place.edit(title, "theirs")
    with pytest.raises(EditConflict):
        wiki.save(mine, "mine", "second")
    assert wiki.read(title).text == "theirs"


def test_another_line_that_somebody_else_edited_meanwhile_is_not_lost(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    wiki.save(wiki.read(title), "top\n\nbottom", "first")
    mine = wiki.read(title)
    place.edit(title, "top\n\nbottom, said somebody")
    with suppress(EditConflict):  # where MediaWiki can, it merges the two
        wiki.save(mine, "top, new\n\nbottom", "second")
    assert "said somebody" in wiki.read(title).text


def test_a_page_that_somebody_else_made_meanwhile_is_not_overwritten(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    absent = wiki.read(title)
    place.edit(title, "theirs")
    with pytest.raises(EditConflict):
        wiki.save(absent, "mine", "first")
    assert wiki.read(title).text == "theirs"


def test_a_page_that_somebody_else_deleted_meanwhile_is_not_made_again(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    wiki.save(wiki.read(title), "one", "first")
    mine = wiki.read(title)
    place.delete(title)
    with pytest.raises(EditConflict):
        wiki.save(mine, "two", "second")
    assert wiki.read(title) == Page(title, "", 0)


def test_a_deleted_page_can_be_made_anew_by_who_knows_that_it_is_gone(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    wiki.save(wiki.read(title), "one", "first")
    place.delete(title)
    wiki.save(wiki.read(title), "two", "second")
    assert wiki.read(title).text == "two"


@pytest.mark.parametrize(
    "odd",
    ["User:RigBot/Протокол «№ 1»/東京 🐱", "User:RigBot/50% & more?", f"User:RigBot/{'é' * 100}"],
    ids=["letters", "signs", "200 bytes"],
)
def test_a_title_may_hold_any_letter(wiki: ReviewWiki, odd: str) -> None:
    wiki.save(wiki.read(odd), "one", "first")
    assert (wiki.read(odd).title, wiki.read(odd).text) == (odd, "one")


def test_titles_that_look_alike_are_different_pages(wiki: ReviewWiki) -> None:
    for title in ("User:RigBot/A/B", "User:RigBot/A-B", "User:RigBot/A:B"):
        wiki.save(wiki.read(title), title, "first")
    for title in ("User:RigBot/A/B", "User:RigBot/A-B", "User:RigBot/A:B"):
        assert wiki.read(title).text == title


def test_a_long_page_with_every_kind_of_letter_comes_back_whole(
    wiki: ReviewWiki, title: str
) -> None:
    line = "«Łódź» 東京 🐱 &amp; <!-- mark -->"
    text = "\n".join(f"* {number} {line}" for number in range(LONG_LINES))
    wiki.save(wiki.read(title), text, "long")
    assert wiki.read(title).text == text


def test_it_can_be_checked_and_closed_twice(wiki: ReviewWiki, title: str) -> None:
    wiki.check()
    wiki.close()
    wiki.close()
    wiki.check()
    wiki.save(wiki.read(title), "one", "first")


def test_a_page_that_redirects_reads_as_the_page_it_leads_to(
    place: Place, wiki: ReviewWiki, title: str
) -> None:
    wiki.save(wiki.read(f"{title}/new"), "one", "first")
    place.edit(title, f"#REDIRECT [[{title}/new]]")
    page = wiki.read(title)
    assert (page.title, page.text) == (f"{title}/new", "one")
    wiki.save(page, "two", "second")
    assert wiki.read(f"{title}/new").text == "two"


def test_a_file_that_does_not_exist_has_no_digest(wiki: ReviewWiki) -> None:
    assert wiki.sha1("File:None at all.png") is None
