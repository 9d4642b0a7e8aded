"""Which uploads people have decided about here before the wiki was told of them."""

from typing import Final

from sqlalchemy import exists

from bot.ledger.schema import outbox, reviews

DASHBOARD: Final = "dashboard"  # the source of decisions that are given here
_ASKS_OTHERS: Final = "unsure"  # somebody else should look, so others are asked

# Of a row of the outbox. Suggesting such a file on the wiki would have people look a second time.
settled_here: Final = exists().where(
    reviews.c.log_id == outbox.c.log_id,
    reviews.c.source == DASHBOARD,
    reviews.c.withdrawn.is_(False),
    reviews.c.set_aside.is_(None),
    reviews.c.outcome != _ASKS_OTHERS,
)
