"""The tables of backfills, as the newest migration leaves them; see `bot.backfill`."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from bot.events import LONGEST_NAME
from bot.ledger.columns import MOMENT, ROW_ID, SCORE, TABLE_OPTIONS
from bot.ledger.schema import State, metadata

# Old files that a person wants looked at, as many as they name; see `bot.backfill`.
backfills = Table(
    "backfills",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("source", String(16), nullable=False),  # category, categories, since or allimages
    Column("target", String(LONGEST_NAME), nullable=False),  # of which category, since when
    Column("state", String(16), nullable=False),  # running, paused, cancelled or done
    Column("made_at", MOMENT, nullable=False),
    Column("token", Text),  # where the listing goes on; None at its beginning
    Column("listed_at", MOMENT),  # when it came to its end
    Column("ended_at", MOMENT),
    Column("expected", Integer),  # files, by the wiki's own count
    Column("listed", Integer, nullable=False, default=0),  # files so far
    Column("hidden", Integer, nullable=False, default=0),  # of these, without a sha1
    Index("backfills_by_state", "state", "id"),
    **TABLE_OPTIONS,
)

# What is handed to a worker at once: the files of one page of the listing.
backfill_shards = Table(
    "backfill_shards",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("backfill", ForeignKey(backfills.c.id), nullable=False),
    Column("dispatched_at", MOMENT, nullable=False, default=0.0),
    Column("closed_at", MOMENT),
    Index("backfill_shards_open", "closed_at", "backfill", "dispatched_at"),
    **TABLE_OPTIONS,
)

# One row for each content: what has the same sha1 is looked at once.
backfill_files = Table(
    "backfill_files",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("backfill", ForeignKey(backfills.c.id), nullable=False),
    Column("shard", ForeignKey(backfill_shards.c.id), nullable=False),
    Column("title", String(LONGEST_NAME), nullable=False),
    Column("user", String(LONGEST_NAME), nullable=False),
    Column("sha1", String(40), nullable=False),
    Column("uploaded_at", MOMENT, nullable=False),
    Column("lane", String(16), nullable=False),
    Column("state", String(8), nullable=False, default=State.WAITING),
    Column("attempts", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("failing_since", MOMENT),
    Column("not_before", MOMENT, nullable=False, default=0.0),
    Column("lease", String(32)),
    Column("lease_until", MOMENT),
    Column("verdict", String(16)),
    Column("rule", String(32)),
    Column("confidence", SCORE),
    Column("reason", String(64)),
    Column("detail", Text),
    Column("finished_at", MOMENT),
    Column("suggested_at", MOMENT),  # when it was handed to the bot as a suggestion
    UniqueConstraint("backfill", "sha1"),
    Index("backfill_files_by_turn", "shard", "state", "id"),
    Index("backfill_files_by_lease", "state", "lease_until"),
    Index("backfill_files_by_verdict", "backfill", "verdict", "id"),
    Index("backfill_files_by_content", "sha1", "state"),
    **TABLE_OPTIONS,
)

# Other files of the same content.
backfill_copies = Table(
    "backfill_copies",
    metadata,
    Column("backfill", ForeignKey(backfills.c.id), primary_key=True),
    Column("title", String(LONGEST_NAME), primary_key=True),
    Column("sha1", String(40), nullable=False),
    Index("backfill_copies_by_content", "backfill", "sha1"),
    **TABLE_OPTIONS,
)
