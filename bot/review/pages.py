"""States that reviewers set in the entries of the log pages.

A page's history is read revision by revision, and each change of a state is put down to whoever
made that revision.
"""

import time
from collections.abc import Iterator, Mapping, Sequence

from bot.errors import Refused
from bot.ledger import Bookmark, Ledger, Suggestion
from bot.publish.template import parse
from bot.review.feed import REVISIONS_AT_ONCE, Revision, newest_revisions, revisions
from bot.review.outcomes import outcome_of
from bot.review.words import PAGE, Reading, Word
from bot.settings.reviewing import ReviewSettings
from bot.wikiapi import WikiApi

DAY_S = 86_400.0

States = Mapping[int, str]  # by the number of the upload


def readings(api: WikiApi, ledger: Ledger, settings: ReviewSettings) -> Iterator[Reading]:
    """Yield what is new on each page that got entries in the last `days`."""
    titles = ledger.suggestions.pages(time.time() - settings.days * DAY_S)
    for title, newest in newest_revisions(api, titles).items():
        position = ledger.reviews.position(PAGE, title)
        if position is None or position < newest:
            yield _reading(ledger, title, _unread(api, title, position), position)


def _unread(api: WikiApi, title: str, position: int | None) -> list[Revision]:
    """Return the last revision read, and the next ones; all if the page was made anew meanwhile."""
    if position is None:
        return revisions(api, title, since=None)
    try:
        return revisions(api, title, since=position)
    except Refused:  # the revision is gone, with its page
        return revisions(api, title, since=None)


def _reading(
    ledger: Ledger, title: str, history: Sequence[Revision], position: int | None
) -> Reading:
    suggestions = _suggestions(ledger, history)
    words: list[Word] = []
    known: dict[int, str] = {}
    for revision in history:
        if revision.text is None:
            continue
        states = states_of(revision.text)
        if position is None or revision.id > position:
            words += _words(known, states, revision, suggestions)
        known |= states
    end = max((revision.id for revision in history), default=position or 0)
    more = len(history) == REVISIONS_AT_ONCE
    bookmark = Bookmark(source=PAGE, place=title, position=end)
    return Reading(source=PAGE, bookmark=bookmark, words=words, more=more)


def states_of(text: str) -> States:
    """Return the state of each entry on a page."""
    return {call.key: call.state for call in parse(text)}


def _suggestions(ledger: Ledger, history: Sequence[Revision]) -> Mapping[int, Suggestion]:
    named = {key for revision in history for key in states_of(revision.text or "")}
    return {one.log_id: one for one in ledger.suggestions.of(sorted(named))}


def _words(
    before: States, after: States, revision: Revision, suggestions: Mapping[int, Suggestion]
) -> Iterator[Word]:
    """Yield a word for each state that changed; entries not seen before are not anybody's word.

    A page that was emptied and restored brings all its states back: nobody decided them again.
    """
    for key, state in after.items():
        changed = key in before and outcome_of(before[key]) is not outcome_of(state)
        if changed and key in suggestions and revision.user:
            yield Word(
                suggestion=suggestions[key],
                outcome=outcome_of(state),
                reviewer=revision.user,
                said_at=revision.made_at,
                reference=revision.id,
            )
