"""The text of a review page: every entry once, the newest on top, nothing of a reviewer's lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger import Job
from bot.publish.entry import Entry, compose, key, wikitext
from bot.publish.page import NEWEST_HERE, summary_for, title_for, with_entries
from bot.rules import Hit
from bot.settings.publishing import PublishSettings

SETTINGS = PublishSettings(
    page_prefix="User:RigBot/Log",
    model_card="User:RigBot/Model card",
    false_positives="User:RigBot/False positives",
)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Each is a title MediaWiki takes; it takes no #<>[]|{} and no control characters.
ODD_TITLES = [
    "File:L''été à l'île.jpg",
    "File:'''Bold'''.jpg",
    'File:"Quoted" & more.jpg',
    "File:東京 Łódź عربى 🐱.jpg",
    "File:A*b:c;d=e~~f.jpg",
    "File:-- !-- lookout 5 --.jpg",
    "File:50%.jpg",
    "File:=Heading=.jpg",
]


def entry(log_id: int, **more: Any) -> Entry:
    job = Job(
        log_id=log_id,
        title="File:Old name.jpg",
        user="Alice",
        sha1="ab" * 20,
        uploaded_at=NOON,
        attempt=1,
        lease="",
    )
    hit = Hit(rule="explicit", actions=("log",), confidence=0.9312, place=more.pop("place", ""))
    scores = {"neutral": 0.06, "porn": 0.91, "drawing": 0.02}
    told = {"title": f"File:{log_id}.jpg", "model": "default/1", "partial": False}
    return {**compose(job, hit, scores, **{**told, **more.pop("told", {})}), **more}


def count(text: str, of: Entry) -> int:
    return text.count(key(of))


def order(text: str, entries: list[Entry]) -> list[int]:
    """Return the numbers of those entries that are on the page, from its top."""
    places = {text.find(key(one)): one["log_id"] for one in entries if key(one) in text}
    return [places[at] for at in sorted(places)]


# One entry ----------------------------------------------------------------------------------------


def test_an_entry_is_one_line_with_all_it_rests_on() -> None:
    assert wikitext(entry(7, title="File:Cat.jpg")) == (
        "* <!-- lookout:7 --> [[:File:Cat.jpg]]: automated suggestion ''explicit'' 0.93 "
        "(porn 0.91, neutral 0.06, drawing 0.02) · "
        "uploaded 2026-11-22 12:00 UTC by [[User:Alice|Alice]] · <small>default/1</small>"
    )


def test_an_entry_says_where_to_look_and_what_is_missing() -> None:
    line = wikitext(entry(7, place="p. 3", partial=True))
    assert " · look at p. 3 · only in part scored · " in line


def test_an_upload_whose_user_is_hidden_names_nobody() -> None:
    assert "by" not in wikitext(entry(7, user=""))


@pytest.mark.parametrize("title", ODD_TITLES)
def test_an_odd_title_is_linked_as_it_is_and_shows_no_picture(title: str) -> None:
    line = wikitext(entry(7, title=title))
    assert f" [[:{title}]]: " in line
    assert "[[File:" not in line
    assert "\n" not in line


def test_the_wording_suggests_and_does_not_judge() -> None:
    text = with_entries("", [entry(1)], SETTINGS) + summary_for(1, SETTINGS)
    assert "utomated suggestion" in text
    assert "nudity is allowed" in text
    for word in ("NSFW", "obscen", "inappropriate", "offensive", "violat", "delete"):
        assert word.lower() not in text.lower()


def test_an_entry_is_made_from_the_wikis_title_and_not_from_the_events() -> None:
    made = entry(7, told={"title": "File:New name.jpg"})
    assert made["title"] == "File:New name.jpg"
    assert made["uploaded_at"] == "2026-11-22T12:00+00:00"
    assert made["scores"] == {"neutral": 0.06, "porn": 0.91, "drawing": 0.02}


# The page -----------------------------------------------------------------------------------------


def test_there_is_one_page_a_day() -> None:
    assert title_for(NOON, SETTINGS) == "User:RigBot/Log/2026-11-22"


def test_a_new_page_says_what_it_is_and_stays_out_of_search_engines() -> None:
    text = with_entries("", [entry(1)], SETTINGS)
    assert text.startswith("__NOINDEX__\n")
    assert "[[User:RigBot/Model card]]" in text
    assert "[[User:RigBot/False positives]]" in text
    assert text.count(NEWEST_HERE) == 1
    assert text.endswith("</small>\n")


def test_the_newest_entry_stands_on_top() -> None:
    entries = [entry(number) for number in (3, 1, 2)]
    text = with_entries("", entries, SETTINGS)
    later = with_entries(text, [entry(9), entry(8)], SETTINGS)
    assert order(text, entries) == [3, 2, 1]
    assert order(later, [*entries, entry(8), entry(9)]) == [9, 8, 3, 2, 1]


def test_what_is_there_already_is_not_touched() -> None:
    text = with_entries("", [entry(1), entry(2)], SETTINGS)
    edited = text.replace("automated suggestion", "'''fine''' ~~~~ automated suggestion")
    assert with_entries(edited, [entry(1), entry(2)], SETTINGS) == edited


def test_a_reviewers_words_survive_new_entries() -> None:
    text = with_entries("", [entry(1)], SETTINGS)
    line = wikitext(entry(1))
    reviewed = text.replace(line, f"{line}\n*: Fine, a museum. --Bob\n== Talk ==\nHello.")
    later = with_entries(f"Notice from Carol.\n{reviewed}", [entry(2)], SETTINGS)
    assert later.startswith("Notice from Carol.\n__NOINDEX__")
    assert f"{wikitext(entry(2))}\n{line}\n*: Fine, a museum. --Bob\n== Talk ==\nHello.\n" in later


def test_an_entry_that_a_reviewer_struck_through_stays_so() -> None:
    text = with_entries("", [entry(1)], SETTINGS)
    struck = text.replace(wikitext(entry(1)), f"* {key(entry(1))} <s>done</s>")
    assert with_entries(struck, [entry(1)], SETTINGS) == struck


def test_without_the_marker_entries_go_to_the_end_and_the_newest_still_comes_first() -> None:
    bare = "Somebody tidied up here.\n"
    text = with_entries(bare, [entry(1), entry(2)], SETTINGS)
    assert text.startswith(bare)
    assert order(text, [entry(1), entry(2)]) == [2, 1]
    assert with_entries(text, [entry(1), entry(2)], SETTINGS) == text


def test_what_a_person_wrote_behind_the_marker_keeps_a_line_of_its_own() -> None:
    text = with_entries(f"{NEWEST_HERE} Thanks!", [entry(1)], SETTINGS)
    assert text == f"{NEWEST_HERE}\n{wikitext(entry(1))}\n Thanks!\n"


def test_the_key_of_one_upload_is_no_part_of_anothers() -> None:
    text = with_entries("", [entry(123)], SETTINGS)
    assert count(with_entries(text, [entry(12)], SETTINGS), entry(12)) == 1


@pytest.mark.parametrize(
    ("added", "noun"), [(1, "1 automated suggestion "), (3, "3 automated sug")]
)
def test_the_summary_counts_and_says_where_to_complain(added: int, noun: str) -> None:
    summary = summary_for(added, SETTINGS)
    assert summary.startswith(noun)
    assert "[[User:RigBot/False positives|" in summary


# Whatever the page and whatever the order ---------------------------------------------------------

numbers = st.lists(st.integers(1, 40), max_size=12)
odd_texts = st.one_of(
    st.just(""),
    st.text(max_size=60),
    st.builds(lambda before, after: f"{before}{NEWEST_HERE}{after}", st.text(), st.text()),
    st.builds(lambda ids: with_entries("", [entry(n) for n in ids], SETTINGS), numbers),
)


@given(odd_texts, numbers)
def test_adding_twice_is_adding_once(text: str, ids: list[int]) -> None:
    entries = [entry(number) for number in ids]
    once = with_entries(text, entries, SETTINGS)
    assert with_entries(once, entries, SETTINGS) == once


@given(odd_texts, numbers, numbers)
def test_every_entry_stands_on_the_page_exactly_once(
    text: str, first: list[int], second: list[int]
) -> None:
    for ids in (first, second):
        text = with_entries(text, [entry(number) for number in ids], SETTINGS)
    assert all(count(text, entry(number)) == 1 for number in {*first, *second})


@given(odd_texts, numbers)
def test_no_word_of_the_old_page_is_lost(text: str, ids: list[int]) -> None:
    later = with_entries(text, [entry(number) for number in ids], SETTINGS)
    assert all(word in later for word in text.replace(NEWEST_HERE, " ").split())
