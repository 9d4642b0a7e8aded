"""Files that somebody took out of the review category: looked at, and nothing said against them."""

import re
from collections.abc import Iterator

from bot.ledger import Ledger
from bot.review.feed import Change, members, recent_changes
from bot.review.outcomes import Outcome
from bot.review.timeline import read
from bot.review.words import CATEGORY, Reading, Word
from bot.wikiapi import WikiApi

# "[[:File:X.jpg]] removed from category": the words are in the wiki's language, the link is not.
_MEMBER = re.compile(r"\[\[:([^\]|]+)\]\]")


def readings(api: WikiApi, ledger: Ledger, category: str) -> Iterator[Reading]:
    """Yield the removals from a category, given with its namespace."""
    stretch = read(
        ledger,
        CATEGORY,
        category,
        lambda since: recent_changes(api, since, rctype="categorize", rctitle=category),
    )
    last = {title: change for change in stretch.found for title in _member(change)}
    suggested = {one.title: one for one in ledger.suggestions.of_titles(list(last))}
    still_there = members(api, category, list(suggested)) if suggested else set()
    words = [
        Word(
            suggestion=suggestion,
            outcome=Outcome.OK,
            reviewer=last[title].user,
            said_at=last[title].made_at,
            reference=last[title].reference,
        )
        for title, suggestion in suggested.items()
        if title not in still_there and last[title].user
    ]
    yield Reading(source=CATEGORY, bookmark=stretch.bookmark, words=words, more=stretch.more)


def _member(change: Change) -> list[str]:
    return _MEMBER.findall(change.comment)[:1]
