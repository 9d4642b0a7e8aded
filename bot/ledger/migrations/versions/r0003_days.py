"""Uploads are found by the time they were seen, for the comparison of days."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the index if it is not there."""
    op.create_index("uploads_by_time", "uploads", ["seen_at"], if_not_exists=True)
