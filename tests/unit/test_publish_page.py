"""The text of a log page: every entry once, the newest on top, nothing of a reviewer's lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.publish.entry import call_of
from bot.publish.page import has_room, item, mark, summary_for, title_for, with_calls
from bot.publish.template import EntryCall, parse
from bot.settings.publishing import LogPageSettings, PublishSettings
from support.outputs import an_entry

SETTINGS = PublishSettings(
    page_prefix="User:RigBot/Log",
    model_card="User:RigBot/Model card",
    false_positives="User:RigBot/False positives",
)
GALLERY = SETTINGS.model_copy(update={"log_page": LogPageSettings(gallery=True)})
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def call(log_id: int, **more: Any) -> EntryCall:
    return call_of(an_entry(log_id, **more))


def order(text: str) -> list[int]:
    """Return the keys of the entries on a page, from its top."""
    return [one.key for one in parse(text)]


# One entry ----------------------------------------------------------------------------------------


def test_an_entry_is_one_call_with_all_it_rests_on() -> None:
    assert item(call(7, tier="high")) == (
        "* {{Commons Lookout entry|key=7|file=File:7.jpg|tier=high|rule=explicit|score=0.93"
        "|labels=porn 0.91, neutral 0.06, drawing 0.02|model=default/1|time=|note=|state=}}"
    )


def test_an_entry_says_where_to_look_and_what_is_missing() -> None:
    made = call(7, place="0:12", partial=True, disagreement=0.4, reason="likely explicit")
    assert made.time == "0:12"
    assert made.note == "likely explicit; only in part scored; a second model differs by 0.40"


def test_an_entry_stored_by_an_older_version_is_of_the_middle_tier() -> None:
    old = {key: value for key, value in an_entry(7).items() if key not in ("sha1", "disagreement")}
    assert call_of(old).tier == "medium"


def test_the_wording_suggests_and_does_not_judge() -> None:
    text = with_calls("", [call(1)], SETTINGS) + summary_for(1, SETTINGS)
    assert "utomated suggestion" in text
    assert "nudity is allowed" in text
    for word in ("NSFW", "obscen", "inappropriate", "offensive", "violat"):
        assert word.lower() not in text.lower()


# The page -----------------------------------------------------------------------------------------


def test_there_is_one_page_a_day() -> None:
    assert title_for(NOON, SETTINGS.page_prefix) == "User:RigBot/Log/2026-11-22"


def test_a_new_page_says_what_it_is_and_stays_out_of_search_engines() -> None:
    text = with_calls("", [call(1)], SETTINGS)
    assert text.startswith("__NOINDEX__\n")
    assert "[[User:RigBot/Model card]]" in text
    assert "[[User:RigBot/False positives]]" in text
    assert text.endswith("|state=}}\n")


def test_a_page_of_files_drawn_by_lot_does_not_call_them_suggestions() -> None:
    drawn = an_entry(1, rule="audit", tier="low", confidence=0.0, scores={}, reason="drawn by lot")
    text = with_calls("", [call_of(drawn)], SETTINGS)
    assert "drawn by lot" in text
    assert "not</em> suggested" in text
    assert order(with_calls(text, [call(2)], SETTINGS)) == [2, 1]


def test_an_entry_like_one_that_was_marked_fine_says_so() -> None:
    like = an_entry(7, like="File:Other.jpg")
    assert call_of(like).note == "flagged though like File:Other.jpg that was marked fine"


def test_the_highest_tier_stands_on_top_and_in_it_the_newest_entry() -> None:
    text = with_calls("", [call(1, tier="low"), call(2), call(4), call(3, tier="high")], SETTINGS)
    assert order(text) == [3, 4, 2, 1]
    later = with_calls(text, [call(5, tier="low"), call(6, tier="high"), call(7)], SETTINGS)
    assert order(later) == [6, 3, 7, 4, 2, 5, 1]


@pytest.mark.parametrize("tiers", [["low", "high", "medium"], ["medium", "low", "high"]])
def test_a_tier_gets_its_section_in_its_place_whenever_it_comes(tiers: list[str]) -> None:
    text = ""
    for number, tier in enumerate(tiers):
        text = with_calls(text, [call(number, tier=tier)], SETTINGS)
    assert [one.tier for one in parse(text)] == ["high", "medium", "low"]
    headings = [line for line in text.splitlines() if line.startswith("==")]
    assert headings == ["== Tier: high ==", "== Tier: medium ==", "== Tier: low =="]


def test_what_is_there_already_is_not_touched() -> None:
    text = with_calls("", [call(1), call(2)], SETTINGS)
    edited = text.replace("|state=}}", "|state=ok ~~~~}}", 1)
    assert with_calls(edited, [call(1), call(2)], SETTINGS) == edited


def test_a_reviewers_words_survive_new_entries() -> None:
    text = with_calls("", [call(1)], SETTINGS)
    line = item(call(1))
    reviewed = text.replace(line, f"{line}\n*: Fine, a museum. --Bob\n== Talk ==\nHello.")
    later = with_calls(f"Notice from Carol.\n{reviewed}", [call(2)], SETTINGS)
    assert later.startswith("Notice from Carol.\n__NOINDEX__")
    assert f"{item(call(2))}\n{line}\n*: Fine, a museum. --Bob\n== Talk ==\nHello.\n" in later


@pytest.mark.parametrize("hidden", ["* <s>{}</s>", "<!-- {} -->", "<nowiki>{}</nowiki>"])
def test_an_entry_that_a_reviewer_struck_through_or_hid_stays_so(hidden: str) -> None:
    text = with_calls("", [call(1)], SETTINGS)
    line = item(call(1))
    struck = text.replace(line, hidden.format(line.removeprefix("* ")))
    assert with_calls(struck, [call(1)], SETTINGS) == struck


def test_what_a_person_wrote_behind_the_mark_keeps_a_line_of_its_own() -> None:
    text = with_calls(f"{mark('medium')} Thanks!", [call(1)], SETTINGS)
    assert text == f"{mark('medium')}\n{item(call(1))}\n Thanks!\n"


@pytest.mark.parametrize(
    ("added", "noun"), [(1, "1 automated suggestion "), (3, "3 automated sug")]
)
def test_the_summary_counts_and_says_where_to_complain(added: int, noun: str) -> None:
    summary = summary_for(added, SETTINGS)
    assert summary.startswith(noun)
    assert "[[User:RigBot/False positives|" in summary
    assert "[[User:RigBot/Model card|" in summary


def test_a_page_has_room_up_to_its_number_of_entries_and_its_size() -> None:
    few = SETTINGS.model_copy(update={"log_page": LogPageSettings(max_entries=10)})
    nine, ten = ([call(n) for n in range(number)] for number in (9, 10))
    assert has_room(with_calls("", nine, few), call(99), few)
    assert not has_room(with_calls("", ten, few), call(99), few)
    small = SETTINGS.model_copy(update={"log_page": LogPageSettings(max_kilobytes=10)})
    assert has_room("é" * 4900, call(99), small)
    assert not has_room("é" * 5000, call(99), small)


# The gallery --------------------------------------------------------------------------------------


def test_pictures_are_shown_only_where_that_is_switched_on() -> None:
    assert "<gallery" not in with_calls("", [call(1)], SETTINGS)
    assert "mw-collapsed" in with_calls("", [call(1)], GALLERY)


def test_the_gallery_stays_below_the_entries_with_the_newest_picture_first() -> None:
    text = with_calls("", [call(1, title="File:50%41.jpg")], GALLERY)
    later = with_calls(text, [call(2, tier="low"), call(3, tier="high")], GALLERY)
    entries, _, gallery = later.partition("<gallery")
    assert order(entries) == [3, 1, 2]
    pictures = [line for line in gallery.splitlines() if line.startswith("File:")]
    assert pictures == ["File:3.jpg|0.93", "File:2.jpg|0.93", "File:50%2541.jpg|0.93"]
    assert with_calls(later, [call(1), call(2)], GALLERY) == later


# Whatever the page and whatever the order ---------------------------------------------------------

tiers = st.sampled_from(["high", "medium", "low"])
calls = st.lists(
    st.builds(lambda n, tier: call(n, tier=tier), st.integers(1, 40), tiers),
    max_size=12,
    unique_by=lambda one: one.key,
)
odd_texts = st.one_of(
    st.just(""),
    st.text(max_size=60),
    st.builds(
        lambda before, tier, after: f"{before}{mark(tier)}{after}", st.text(), tiers, st.text()
    ),
    st.builds(lambda some: with_calls("", some, SETTINGS), calls),
)
settings = st.sampled_from([SETTINGS, GALLERY])


@given(odd_texts, calls, settings)
def test_adding_twice_is_adding_once(
    text: str, some: list[EntryCall], publish: PublishSettings
) -> None:
    once = with_calls(text, some, publish)
    assert with_calls(once, some, publish) == once


@given(odd_texts, calls, calls)
def test_every_entry_stands_on_the_page_exactly_once(
    text: str, first: list[EntryCall], second: list[EntryCall]
) -> None:
    for some in (first, second):
        text = with_calls(text, some, SETTINGS)
    assert all(text.count(f"|key={one.key}|") == 1 for one in [*first, *second])


@given(odd_texts, calls, settings)
def test_no_word_of_the_old_page_is_lost(
    text: str, some: list[EntryCall], publish: PublishSettings
) -> None:
    later = with_calls(text, some, publish)
    for tier in ("high", "medium", "low"):
        text = text.replace(mark(tier), " ")
    assert all(word in later for word in text.split())
