"""The tables."""

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1
TITLE_LENGTH = 320  # 240 bytes of title at most, plus the namespace's name
metadata = MetaData()


class State(StrEnum):
    """Where an upload stands. The last three are final."""

    WAITING = "waiting"
    LEASED = "leased"
    SCORED = "scored"
    SKIPPED = "skipped"
    DEAD = "dead"


# Moments are seconds since 1970 (UTC); `position` alone is in milliseconds, as the stream's is.
uploads = Table(
    "uploads",
    metadata,
    Column("log_id", BigInteger, primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("title", String(TITLE_LENGTH), nullable=False),
    Column("user", String(TITLE_LENGTH), nullable=False),
    Column("by_bot", Boolean, nullable=False),
    Column("sha1", String(40)),
    Column("uploaded_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("state", String(8), nullable=False, default=State.WAITING),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("lease", String(32)),
    Column("lease_until", Float),
    Column("verdict", String(16)),
    Column("reason", String(64)),  # why skipped, or the class of the last error
    Column("detail", Text),  # the last error's message
    Column("finished_at", Float),
    Index("uploads_by_turn", "state", "log_id"),
)

# Keyed by content and model, never by title: the same bytes are scored once.
scores = Table(
    "scores",
    metadata,
    Column("sha1", String(40), primary_key=True),
    Column("model", String(160), primary_key=True),
    Column("medium", String(16), nullable=False),
    Column("views", JSON, nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("scored_at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("page", String(TITLE_LENGTH), nullable=False),
    Column("entry", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("sent_at", Float),
    Column("sent_as", String(16)),  # the mode it was sent in: live or dry-run
    UniqueConstraint("log_id", "kind"),
    Index("outbox_pending", "sent_at", "id"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("stream", String(200), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("moved_at", Float, nullable=False),
)

# Upload events that could not be read: kept for a person, never dropped in silence.
rejects = Table(
    "rejects",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the event: repeats change nothing
    Column("seen_at", Float, nullable=False),
    Column("error", Text, nullable=False),
    Column("event", Text, nullable=False),
)

about = Table(
    "about",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("value", String(200), nullable=False),
)
