"""Stretches of the stream that were not read."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, UniqueConstraint

from bot.ledger.columns import MOMENT, ROW_ID, TABLE_OPTIONS

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make what is not there."""
    op.create_table(
        "gaps",
        Column("id", ROW_ID, primary_key=True),
        Column("stream", String(200), nullable=False),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("reason", String(16), nullable=False),
        Column("found_at", MOMENT, nullable=False),
        Column("part", String(16)),
        Column("token", String(255)),
        Column("found", Integer, nullable=False, server_default="0"),
        Column("closed_at", MOMENT),
        UniqueConstraint("stream", "since", "until"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_index("gaps_open", "gaps", ["closed_at"], if_not_exists=True)
