"""Old files that a person wants looked at, in shards."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text, UniqueConstraint

from bot.ledger.columns import MOMENT, ROW_ID, SCORE, TABLE_OPTIONS

revision = "0013"
down_revision = "0012"

NAME = 320


def upgrade() -> None:
    """Make what is not there."""
    _make_runs_and_shards()
    _make_files()
    _make_copies()
    for name, table, columns in (
        ("backfills_by_state", "backfills", ["state", "id"]),
        ("backfill_shards_open", "backfill_shards", ["closed_at", "backfill", "dispatched_at"]),
        ("backfill_files_by_turn", "backfill_files", ["shard", "state", "id"]),
        ("backfill_files_by_lease", "backfill_files", ["state", "lease_until"]),
        ("backfill_files_by_verdict", "backfill_files", ["backfill", "verdict", "id"]),
        ("backfill_files_by_content", "backfill_files", ["sha1", "state"]),
        ("backfill_copies_by_content", "backfill_copies", ["backfill", "sha1"]),
    ):
        op.create_index(name, table, columns, if_not_exists=True)


def _make_runs_and_shards() -> None:
    op.create_table(
        "backfills",
        Column("id", ROW_ID, primary_key=True),
        Column("source", String(16), nullable=False),
        Column("target", String(NAME), nullable=False),
        Column("state", String(16), nullable=False),
        Column("made_at", MOMENT, nullable=False),
        Column("token", Text),
        Column("listed_at", MOMENT),
        Column("ended_at", MOMENT),
        Column("expected", Integer),
        Column("listed", Integer, nullable=False),
        Column("hidden", Integer, nullable=False),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_table(
        "backfill_shards",
        Column("id", ROW_ID, primary_key=True),
        Column("backfill", ROW_ID, ForeignKey("backfills.id"), nullable=False),
        Column("dispatched_at", MOMENT, nullable=False),
        Column("closed_at", MOMENT),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def _make_files() -> None:
    op.create_table(
        "backfill_files",
        Column("id", ROW_ID, primary_key=True),
        Column("backfill", ROW_ID, ForeignKey("backfills.id"), nullable=False),
        Column("shard", ROW_ID, ForeignKey("backfill_shards.id"), nullable=False),
        Column("title", String(NAME), nullable=False),
        Column("user", String(NAME), nullable=False),
        Column("sha1", String(40), nullable=False),
        Column("uploaded_at", MOMENT, nullable=False),
        Column("lane", String(16), nullable=False),
        Column("state", String(8), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("crashes", Integer, nullable=False),
        Column("failing_since", MOMENT),
        Column("not_before", MOMENT, nullable=False),
        Column("lease", String(32)),
        Column("lease_until", MOMENT),
        Column("verdict", String(16)),
        Column("rule", String(32)),
        Column("confidence", SCORE),
        Column("reason", String(64)),
        Column("detail", Text),
        Column("finished_at", MOMENT),
        Column("suggested_at", MOMENT),
        UniqueConstraint("backfill", "sha1"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def _make_copies() -> None:
    op.create_table(
        "backfill_copies",
        Column("backfill", ROW_ID, ForeignKey("backfills.id"), primary_key=True),
        Column("title", String(NAME), primary_key=True),
        Column("sha1", String(40), nullable=False),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
