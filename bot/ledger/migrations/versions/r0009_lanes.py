"""Videos wait in a queue of their own."""

from alembic import op
from sqlalchemy import Column, String, column, func, inspect, or_, table, update

revision = "0009"
down_revision = "0008"

VIDEO_SUFFIXES = (".webm", ".ogv", ".ogg", ".ogx", ".mpg", ".mpeg", ".mp4", ".mov", ".mkv")
UPLOADS = table("uploads", column("title"), column("lane"))


def upgrade() -> None:
    """Make what is not there."""
    columns = inspect(op.get_bind()).get_columns("uploads")
    if "lane" not in [column["name"] for column in columns]:
        lane = Column("lane", String(16), nullable=False, server_default="pictures")
        op.add_column("uploads", lane)
    title = func.lower(UPLOADS.c.title)
    ends = [title.endswith(suffix, autoescape=True) for suffix in VIDEO_SUFFIXES]
    op.execute(update(UPLOADS).where(or_(*ends)).values(lane="videos"))
    op.create_index("uploads_by_lane", "uploads", ["state", "lane", "log_id"], if_not_exists=True)
