"""The first tables. A ledger made before Alembic has them all, and keeps them as they are."""

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from bot.ledger.columns import MOMENT, ROW_ID, TABLE_OPTIONS

revision = "0001"
down_revision = None

TITLE = String(320)


def upgrade() -> None:
    """Make what is not there."""
    _queue()
    _effects()
    _intake()
    _make(
        "about",
        Column("key", String(32), primary_key=True),
        Column("value", String(200), nullable=False),
    )


def _make(name: str, *items: SchemaItem) -> None:
    op.create_table(name, *items, if_not_exists=True, **TABLE_OPTIONS)


def _queue() -> None:
    _make(
        "uploads",
        Column("log_id", BigInteger, primary_key=True, autoincrement=False),
        Column("action", String(16), nullable=False),
        Column("title", TITLE, nullable=False),
        Column("user", TITLE, nullable=False),
        Column("by_bot", Boolean, nullable=False),
        Column("sha1", String(40)),
        Column("uploaded_at", MOMENT, nullable=False),
        Column("seen_at", MOMENT, nullable=False),
        Column("state", String(8), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("not_before", MOMENT, nullable=False),
        Column("lease", String(32)),
        Column("lease_until", MOMENT),
        Column("verdict", String(16)),
        Column("reason", String(64)),
        Column("detail", Text),
        Column("finished_at", MOMENT),
    )
    op.create_index("uploads_by_turn", "uploads", ["state", "log_id"], if_not_exists=True)


def _effects() -> None:
    _make(
        "scores",
        Column("sha1", String(40), primary_key=True),
        Column("model", String(160), primary_key=True),
        Column("medium", String(16), nullable=False),
        Column("views", JSON, nullable=False),
        Column("partial", Boolean, nullable=False),
        Column("scored_at", MOMENT, nullable=False),
    )
    _make(
        "outbox",
        Column("id", ROW_ID, primary_key=True),
        Column("log_id", BigInteger, ForeignKey("uploads.log_id"), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("page", TITLE, nullable=False),
        Column("entry", JSON, nullable=False),
        Column("created_at", MOMENT, nullable=False),
        Column("sent_at", MOMENT),
        Column("sent_as", String(16)),
        UniqueConstraint("log_id", "kind"),
    )
    op.create_index("outbox_pending", "outbox", ["sent_at", "id"], if_not_exists=True)


def _intake() -> None:
    _make(
        "cursors",
        Column("stream", String(200), primary_key=True),
        Column("position", BigInteger, nullable=False),
        Column("moved_at", MOMENT, nullable=False),
    )
    _make(
        "rejects",
        Column("digest", String(64), primary_key=True),
        Column("seen_at", MOMENT, nullable=False),
        Column("error", Text, nullable=False),
        Column("event", Text, nullable=False),
    )
