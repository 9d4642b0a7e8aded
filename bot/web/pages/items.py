"""A suggestion as the pages show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ledger import Item, Ledger, Review
from bot.publish.entry import tier_of
from bot.review.consensus import settle
from bot.settings.intake import WikiSettings
from bot.settings.reviewing import ReviewSettings
from bot.web.files import page_of
from bot.web.pages.wiki import Picture, picture_of

Scored = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One suggestion. `said` is what counts of what people decided, if anything does."""

    item: Item
    title: str
    page: str
    picture: Picture
    tier: str
    rule: str
    reason: str
    confidence: float
    place: str
    scores: Scored
    partial: bool
    like: str
    said: Review | None


def cards(
    ledger: Ledger, items: Sequence[Item], wiki: WikiSettings, reviews: ReviewSettings
) -> list[Card]:
    """Return suggestions with what people decided about them."""
    said: dict[int, list[Review]] = {item.log_id: [] for item in items}
    for review in ledger.reviews.of(list(said)):
        said[review.log_id].append(review)
    return [_card(item, settle(said[item.log_id], reviews).review, wiki) for item in items]


def by_score(scores: Mapping[str, float]) -> Scored:
    """Return the scores, the highest first."""
    return sorted(scores.items(), key=lambda pair: -pair[1])


def _card(item: Item, said: Review | None, wiki: WikiSettings) -> Card:
    # Entries of older versions lack some keys.
    entry: Mapping[str, Any] = item.entry
    title: str = entry.get("title", item.title)
    return Card(
        item=item,
        title=title,
        page=page_of(title, wiki),
        picture=picture_of(wiki, title),
        tier=tier_of(entry),
        rule=entry.get("rule", ""),
        reason=entry.get("reason", ""),
        confidence=entry.get("confidence", 0.0),
        place=entry.get("place", ""),
        scores=by_score(entry.get("scores", {})),
        partial=entry.get("partial", False),
        like=entry.get("like") or "",
        said=said,
    )
