"""Effects have a weight, and can be held by a daily quota."""

from alembic import op
from sqlalchemy import Column, inspect

from bot.ledger.columns import MOMENT, SCORE

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add what is not there."""
    there = {column["name"] for column in inspect(op.get_bind()).get_columns("outbox")}
    for column in (
        Column("weight", SCORE, nullable=False, server_default="0"),
        Column("held_at", MOMENT),
    ):
        if column.name not in there:
            op.add_column("outbox", column)
