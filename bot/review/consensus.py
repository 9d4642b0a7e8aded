"""Several people's words about one suggestion → what counts. Pure functions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.ledger import Review
from bot.review.outcomes import Answer, Outcome, Reason, answer_of
from bot.settings.reviewing import ReviewSettings


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts for one suggestion.

    Attributes:
        answer: What was decided; None while nobody, or not enough people, said anything.
        review: The decision by which it was: of several, the earliest.
    """

    answer: Answer | None
    review: Review | None = None


OPEN = Settled(None)


def settle(reviews: Iterable[Review], settings: ReviewSettings) -> Settled:
    """Apply the configured rule to the decisions about one suggestion.

    Of each reviewer the last word counts. Words without an answer only count where there is
    nothing else. Nor does a file's leaving the review category, which is done as well when the
    work on it is done otherwise.
    """
    counting = [review for review in reviews if review.counts]
    spoken = [review for review in counting if review.source != "category"]
    words = _last_words(spoken or counting)
    telling = [word for word in words if answer(word) is not Answer.NONE]
    if not telling:
        return Settled(Answer.NONE, words[0]) if words else OPEN
    return _RULES[settings.consensus](telling, settings.agreeing)


def answer(review: Review) -> Answer:
    """Return what one decision says about the suggestion."""
    reason = Reason(review.reason) if review.reason else None
    return answer_of(Outcome(review.outcome), reason)


def _last_words(reviews: Iterable[Review]) -> list[Review]:
    """Return each reviewer's last word, in the order of time."""
    last: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda one: (one.reviewed_at, one.reference)):
        if review.source == "deletion" and answer(review) is Answer.NONE:
            last.setdefault(review.reviewer, review)  # deleting for another reason retracts nothing
        else:
            last[review.reviewer] = review
    return sorted(last.values(), key=lambda one: (one.reviewed_at, one.reference))


def _first(words: Sequence[Review], _agreeing: int) -> Settled:
    return Settled(answer(words[0]), words[0])


def _latest(words: Sequence[Review], _agreeing: int) -> Settled:
    return Settled(answer(words[-1]), words[-1])


def _majority(words: Sequence[Review], _agreeing: int) -> Settled:
    ((most, votes), *others) = Counter(map(answer, words)).most_common()
    if others and others[0][1] == votes:
        return OPEN
    return _by(words, most)


def _agreed(words: Sequence[Review], agreeing: int) -> Settled:
    ((most, votes), *others) = Counter(map(answer, words)).most_common()
    if votes < agreeing or (others and others[0][1] == votes):
        return OPEN
    return _by(words, most)


def _by(words: Sequence[Review], most: Answer) -> Settled:
    return Settled(most, next(word for word in words if answer(word) is most))


_RULES = {"first": _first, "latest": _latest, "majority": _majority, "agreeing": _agreed}
