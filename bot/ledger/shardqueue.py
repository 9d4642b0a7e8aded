"""The files of one shard of a backfill as a queue: claimed, tried again and ended as uploads are.

Nothing of it reaches the wiki: verdicts stay in the row, and effects that they call for are left.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Engine, and_, exists, not_, or_, update

from bot.ledger.backfillschema import backfill_files
from bot.ledger.dialect import clock, insert_new
from bot.ledger.finishing import content
from bot.ledger.leases import own
from bot.ledger.queue import Queue
from bot.ledger.records import Outcome
from bot.ledger.schema import State, scores, uploads

_ELSEWHERE: Final = backfill_files.alias("elsewhere")
# Another backfill, or the bot, may have the same content in hand; what it finds then serves both.
_IN_HAND: Final = or_(
    exists().where(
        _ELSEWHERE.c.sha1 == backfill_files.c.sha1,
        _ELSEWHERE.c.state == State.LEASED,
        _ELSEWHERE.c.backfill != backfill_files.c.backfill,
    ),
    exists().where(uploads.c.sha1 == backfill_files.c.sha1, uploads.c.state == State.LEASED),
)


class ShardQueue(Queue):
    """One shard's files."""

    def __init__(self, engine: Engine, shard: int) -> None:
        within = and_(backfill_files.c.shard == shard, not_(_IN_HAND))
        super().__init__(engine, backfill_files, within)

    def finish_all(self, outcomes: Sequence[Outcome]) -> set[int]:
        """Store scores and verdicts, in one transaction.

        Returns:
            The files whose lease was still their job's; of the others nothing was stored.
        """
        with self._engine.begin() as connection:
            now = clock(connection)
            kept = {
                outcome.job.log_id
                for outcome in outcomes
                if connection.execute(_ended(outcome, now)).rowcount == 1
            }
            mine = [outcome for outcome in outcomes if outcome.job.log_id in kept]
            if mine:
                insert_new(connection, scores, [content(outcome.scored, now) for outcome in mine])
        return kept


def _ended(outcome: Outcome, now: float) -> Any:
    decision = outcome.decision
    return (
        update(backfill_files)
        .where(own([outcome.job], backfill_files))
        .values(
            state=State.SCORED,
            lease=None,
            lease_until=None,
            reason=None,
            title=outcome.job.title,
            verdict=decision.verdict,
            rule=decision.rule,
            confidence=decision.confidence,
            finished_at=now,
        )
    )
