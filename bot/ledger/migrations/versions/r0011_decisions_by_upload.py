"""The verdicts on an upload are found without reading all."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make what is not there."""
    op.create_index("decisions_by_upload", "decisions", ["log_id"], if_not_exists=True)
