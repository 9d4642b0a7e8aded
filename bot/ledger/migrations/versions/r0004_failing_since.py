"""Since when an upload has failed, so that the time of trying can be bounded."""

from alembic import op
from sqlalchemy import Column, inspect

from bot.ledger.columns import MOMENT

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make what is not there."""
    columns = inspect(op.get_bind()).get_columns("uploads")
    if "failing_since" not in [column["name"] for column in columns]:
        op.add_column("uploads", Column("failing_since", MOMENT))
