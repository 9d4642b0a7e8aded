"""Effects can be put off, or refused by the wiki, each with why."""

from alembic import op
from sqlalchemy import Column, Text, inspect

from bot.ledger.columns import MOMENT

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add what is not there."""
    there = {column["name"] for column in inspect(op.get_bind()).get_columns("outbox")}
    for column in (
        Column("not_before", MOMENT, nullable=False, server_default="0"),
        Column("refused_at", MOMENT),
        Column("trouble", Text),
    ):
        if column.name not in there:
            op.add_column("outbox", column)
