"""What people decided about suggestions, and how far each place was read for it."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, UniqueConstraint

from bot.ledger.columns import MOMENT, ROW_ID, TABLE_OPTIONS

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make what is not there."""
    op.create_table(
        "reviews",
        Column("id", ROW_ID, primary_key=True),
        Column("log_id", BigInteger, ForeignKey("uploads.log_id"), nullable=False),
        Column("source", String(16), nullable=False),
        Column("reference", BigInteger, nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("reason", String(32)),
        Column("reviewer", String(320), nullable=False),
        Column("reviewed_at", MOMENT, nullable=False),
        Column("noted_at", MOMENT, nullable=False),
        Column("set_aside", String(16)),
        Column("withdrawn", Boolean, nullable=False),
        UniqueConstraint("source", "reference", "log_id"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_index("reviews_by_upload", "reviews", ["log_id"], if_not_exists=True)
    op.create_table(
        "bookmarks",
        Column("source", String(16), primary_key=True),
        Column("place", String(320), primary_key=True),
        Column("position", BigInteger, nullable=False),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
