"""The tables, as the newest migration leaves them."""

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.events import LONGEST_NAME
from bot.lanes import Lane
from bot.ledger.columns import MOMENT, ROW_ID, SCORE, TABLE_OPTIONS

metadata = MetaData()


class State(StrEnum):
    """Where an upload stands. The last three are final."""

    WAITING = "waiting"
    LEASED = "leased"
    SCORED = "scored"
    SKIPPED = "skipped"
    DEAD = "dead"


# `position` is in milliseconds since 1970, as the stream's is.
uploads = Table(
    "uploads",
    metadata,
    Column("log_id", BigInteger, primary_key=True, autoincrement=False),
    Column("action", String(16), nullable=False),
    Column("title", String(LONGEST_NAME), nullable=False),
    Column("user", String(LONGEST_NAME), nullable=False),
    Column("by_bot", Boolean, nullable=False),
    Column("sha1", String(40)),
    Column("uploaded_at", MOMENT, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("state", String(8), nullable=False, default=State.WAITING),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", MOMENT, nullable=False, default=0.0),
    Column("lease", String(32)),
    Column("lease_until", MOMENT),
    Column("verdict", String(16)),
    Column("reason", String(64)),  # why skipped, or the class of the last error
    Column("detail", Text),  # the last error's message
    Column("finished_at", MOMENT),
    Column("crashes", Integer, nullable=False, server_default="0"),  # of the attempts
    Column("failing_since", MOMENT),  # the end of the first attempt that failed and counted
    Column("lane", String(16), nullable=False, server_default=Lane.PICTURES),
    Index("uploads_by_turn", "state", "log_id"),
    Index("uploads_by_lane", "state", "lane", "log_id"),
    Index("uploads_by_time", "seen_at"),
    Index("uploads_by_user", "user", "verdict"),
    **TABLE_OPTIONS,
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
    Column("scored_at", MOMENT, nullable=False),
    **TABLE_OPTIONS,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("page", String(LONGEST_NAME), nullable=False),
    Column("entry", JSON, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("sent_at", MOMENT),
    Column("sent_as", String(16)),  # the mode it was sent in: live or dry-run
    Column("weight", SCORE, nullable=False, server_default="0"),  # what weighs more goes out first
    Column("held_at", MOMENT),  # since when a daily quota holds it
    Column("not_before", MOMENT, nullable=False, server_default="0"),
    Column("refused_at", MOMENT),  # the wiki does not take it, until a person has it tried again
    Column("trouble", Text),  # why it was put off last, or refused
    UniqueConstraint("log_id", "kind"),
    Index("outbox_pending", "sent_at", "id"),
    **TABLE_OPTIONS,
)

cursors = Table(
    "cursors",
    metadata,
    Column("stream", String(200), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("moved_at", MOMENT, nullable=False),
    **TABLE_OPTIONS,
)

# Stretches of a stream that were not read, in its time; closed when the wiki's log has filled them.
gaps = Table(
    "gaps",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("stream", String(200), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("found_at", MOMENT, nullable=False),
    Column("part", String(16)),  # the log being read, and where it goes on
    Column("token", String(255)),
    Column("found", Integer, nullable=False, server_default="0"),  # uploads that were missing
    Column("closed_at", MOMENT),
    UniqueConstraint("stream", "since", "until"),
    Index("gaps_open", "closed_at"),
    **TABLE_OPTIONS,
)

# Upload events that could not be read: kept for a person, never dropped in silence.
rejects = Table(
    "rejects",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the event: repeats change nothing
    Column("seen_at", MOMENT, nullable=False),
    Column("error", Text, nullable=False),
    Column("event", Text, nullable=False),
    **TABLE_OPTIONS,
)

# The record: rows are added, in the transaction of what they record, and never changed.
decisions = Table(
    "decisions",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Column("decided_at", MOMENT, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("rule", String(32)),
    Column("confidence", SCORE),
    Column("thresholds", JSON, nullable=False),  # those in force, by rule
    Column("sha1", String(40), nullable=False),
    Column("model", String(160), nullable=False),
    Column("hits", JSON),  # every rule that applied, those in shadow too
    Column("facts", JSON),  # what was known of the file, for `lookout rules test`
    Index("decisions_by_time", "decided_at"),
    Index("decisions_by_upload", "log_id"),
    **TABLE_OPTIONS,
)

edits = Table(
    "edits",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("edited_at", MOMENT, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("page", String(LONGEST_NAME), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("log_ids", JSON, nullable=False),
    Index("edits_by_time", "edited_at"),
    **TABLE_OPTIONS,
)

requeues = Table(
    "requeues",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Column("requeued_at", MOMENT, nullable=False),
    Column("error", String(64)),  # what it had died of
    Column("attempts", Integer, nullable=False),
    **TABLE_OPTIONS,
)

# What people decided. Rows are added; only `withdrawn` is ever changed.
reviews = Table(
    "reviews",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Column("source", String(16), nullable=False),
    Column("reference", BigInteger, nullable=False),  # the revision or log entry that decided
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),  # of a deletion
    Column("reviewer", String(LONGEST_NAME), nullable=False),
    Column("reviewed_at", MOMENT, nullable=False),
    Column("noted_at", MOMENT, nullable=False),
    Column("set_aside", String(16)),  # why it does not count: uploader, bot, …
    Column("withdrawn", Boolean, nullable=False),
    UniqueConstraint("source", "reference", "log_id"),
    Index("reviews_by_upload", "log_id"),
    **TABLE_OPTIONS,
)

# What people did at the dashboard. Rows are added, in the act's transaction, and never changed.
acts = Table(
    "acts",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("acted_at", MOMENT, nullable=False),
    Column("actor", String(LONGEST_NAME), nullable=False),
    Column("act", String(16), nullable=False),
    Column("review_id", ForeignKey(reviews.c.id), nullable=False),
    Column("log_id", ForeignKey(uploads.c.log_id), nullable=False),
    Index("acts_by_time", "acted_at"),
    **TABLE_OPTIONS,
)

# How far each place on the wiki was read for decisions.
bookmarks = Table(
    "bookmarks",
    metadata,
    Column("source", String(16), primary_key=True),
    Column("place", String(LONGEST_NAME), primary_key=True),
    Column("position", BigInteger, nullable=False),
    **TABLE_OPTIONS,
)
