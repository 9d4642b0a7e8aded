"""Decisions with every rule that applied and what was known; an uploader's earlier suggestions."""

from alembic import op
from sqlalchemy import JSON, Column, inspect

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make what is not there."""
    there = {column["name"] for column in inspect(op.get_bind()).get_columns("decisions")}
    for name in ("hits", "facts"):
        if name not in there:
            op.add_column("decisions", Column(name, JSON))
    op.create_index("uploads_by_user", "uploads", ["user", "verdict"], if_not_exists=True)
