"""What people did at the dashboard, act by act."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, String

from bot.ledger.columns import MOMENT, ROW_ID, TABLE_OPTIONS

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make what is not there."""
    op.create_table(
        "acts",
        Column("id", ROW_ID, primary_key=True),
        Column("acted_at", MOMENT, nullable=False),
        Column("actor", String(320), nullable=False),
        Column("act", String(16), nullable=False),
        Column("review_id", ROW_ID, ForeignKey("reviews.id"), nullable=False),
        Column("log_id", BigInteger, ForeignKey("uploads.log_id"), nullable=False),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_index("acts_by_time", "acts", ["acted_at"], if_not_exists=True)
