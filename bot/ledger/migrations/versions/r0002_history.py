"""What was decided, edited and requeued, each with its time; crashes counted apart."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, String, inspect
from sqlalchemy.schema import SchemaItem

from bot.ledger.columns import MOMENT, ROW_ID, SCORE, TABLE_OPTIONS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make what is not there."""
    columns = inspect(op.get_bind()).get_columns("uploads")
    if "crashes" not in [column["name"] for column in columns]:
        op.add_column("uploads", Column("crashes", Integer, nullable=False, server_default="0"))
    _history(
        "decisions",
        _log_id(),
        Column("decided_at", MOMENT, nullable=False),
        Column("verdict", String(16), nullable=False),
        Column("rule", String(32)),
        Column("confidence", SCORE),
        Column("thresholds", JSON, nullable=False),
        Column("sha1", String(40), nullable=False),
        Column("model", String(160), nullable=False),
    )
    _history(
        "edits",
        Column("edited_at", MOMENT, nullable=False),
        Column("mode", String(16), nullable=False),
        Column("page", String(320), nullable=False),
        Column("revision", BigInteger, nullable=False),
        Column("log_ids", JSON, nullable=False),
    )
    _history(
        "requeues",
        _log_id(),
        Column("requeued_at", MOMENT, nullable=False),
        Column("error", String(64)),
        Column("attempts", Integer, nullable=False),
    )
    op.create_index("decisions_by_time", "decisions", ["decided_at"], if_not_exists=True)
    op.create_index("edits_by_time", "edits", ["edited_at"], if_not_exists=True)
    op.drop_table("about", if_exists=True)


def _log_id() -> Column[int]:
    return Column("log_id", BigInteger, ForeignKey("uploads.log_id"), nullable=False)


def _history(name: str, *items: SchemaItem) -> None:
    number = Column("id", ROW_ID, primary_key=True)
    op.create_table(name, number, *items, if_not_exists=True, **TABLE_OPTIONS)
