"""Suggested files that were deleted, with the class of the reason, and those brought back."""

from collections.abc import Iterator, Mapping

from bot.commons import Commons
from bot.ledger import Ledger, Suggestion
from bot.review.feed import Change, deletions
from bot.review.outcomes import Outcome
from bot.review.reasons import reason_of
from bot.review.timeline import read
from bot.review.words import DELETION, Reading, Word

DELETED = "delete"
RESTORED = "restore"
CLOCKS_S = 60.0  # by which the wiki's clock and ours may differ


def readings(commons: Commons, ledger: Ledger) -> Iterator[Reading]:
    """Yield the deletions of suggested files."""
    stretch = read(ledger, DELETION, "", lambda since: deletions(commons.api, since))
    suggested = {
        one.title: one
        for one in ledger.suggestions.of_titles([change.title for change in stretch.found])
    }
    # Of a file that is there, only an old version was deleted.
    there = commons.hashes(list(suggested)) if suggested else {}
    words = [
        word
        for change in stretch.found
        if change.title in suggested and change.user
        for word in _word(change, suggested[change.title], there)
    ]
    yield Reading(source=DELETION, bookmark=stretch.bookmark, words=words, more=stretch.more)


def _word(change: Change, suggestion: Suggestion, there: Mapping[str, str]) -> Iterator[Word]:
    restored = change.action == RESTORED
    gone = change.action == DELETED and there.get(suggestion.title) != suggestion.sha1
    if change.made_at >= suggestion.suggested_at - CLOCKS_S and (restored or gone):
        yield Word(
            suggestion=suggestion,
            outcome=None if restored else Outcome.DELETED,
            reviewer=change.user,
            said_at=change.made_at,
            reference=change.reference,
            reason=None if restored else reason_of(change.comment),
        )
