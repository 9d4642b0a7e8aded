"""Files that people marked fine: the same content is never suggested again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.ledger import Ledger, Review
from bot.review.consensus import settle
from bot.review.outcomes import Answer
from bot.settings.reviewing import ReviewSettings
from model.fingerprint import distance

AT_ONCE = 500  # uploads asked about in one query


@dataclass(frozen=True, slots=True)
class Like:
    """A file that was marked fine, and in how many of 64 bits another picture differs from it."""

    title: str
    bits: int


class FineFiles:
    """Answers from memory; reads the ledger again whenever decisions were added or withdrawn."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read: object = None
        self._titles: dict[str, str] = {}  # by sha1
        self._fingerprints: dict[str, str] = {}  # to titles

    def same(self, sha1: str, settings: ReviewSettings) -> str | None:
        """Return the title under which this very content was marked fine, if it was."""
        self._refresh(settings)
        return self._titles.get(sha1)

    def like(self, fingerprints: Sequence[str], settings: ReviewSettings) -> Like | None:
        """Return the nearest file marked fine, if one is within the configured distance."""
        self._refresh(settings)
        found = [
            Like(title, distance(one, known))
            for one in fingerprints
            if one
            for known, title in self._fingerprints.items()
        ]
        nearest = min(found, key=lambda like: like.bits, default=None)
        return nearest if nearest and nearest.bits <= settings.near_duplicate_bits else None

    def _refresh(self, settings: ReviewSettings) -> None:
        rule = (settings.consensus, settings.agreeing)
        current = (self._ledger.reviews.version(), rule)
        if current == self._read:
            return
        fine = self._marked_fine(settings)
        self._titles, self._fingerprints = {}, {}
        for start in range(0, len(fine), AT_ONCE):
            self._add(fine[start : start + AT_ONCE])
        self._read = current

    def _marked_fine(self, settings: ReviewSettings) -> list[int]:
        by_upload: dict[int, list[Review]] = defaultdict(list)
        for review in self._ledger.reviews.all():
            by_upload[review.log_id].append(review)
        return [
            log_id
            for log_id, reviews in by_upload.items()
            if settle(reviews, settings).answer is Answer.MISS
        ]

    def _add(self, log_ids: Sequence[int]) -> None:
        suggestions = self._ledger.suggestions
        titles = {one.sha1: one.title for one in suggestions.of(log_ids)}
        self._titles |= titles
        for sha1, marks in suggestions.fingerprints(log_ids).items():
            self._fingerprints |= dict.fromkeys(marks, titles.get(sha1, ""))
