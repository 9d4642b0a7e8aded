"""The end of scored uploads, many in one transaction.

A commit waits for the disk, and building a statement costs more than running it: so a batch shares
one commit, and every statement here is built once.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.ledger.dialect import insert_new
from bot.ledger.records import Job, Outcome, Scored
from bot.ledger.schema import State, decisions, outbox, scores, uploads

_LEASES: Final = (
    select(uploads.c.log_id, uploads.c.lease)
    .where(uploads.c.log_id.in_(bindparam("log_ids", expanding=True)))
    .where(uploads.c.state == State.LEASED)
    .with_for_update()
)
_END: Final = (
    update(uploads)
    .where(uploads.c.log_id == bindparam("of"))
    .values(
        state=State.SCORED,
        lease=None,
        lease_until=None,
        reason=None,
        verdict=bindparam("word"),
        finished_at=bindparam("now"),
    )
)
_DECIDED: Final = insert(decisions)
_CALLED_FOR: Final = insert(outbox)


def finish(connection: Connection, outcomes: Sequence[Outcome], now: float) -> set[int]:
    """Store scores, decisions and the effects they call for; return whose lease was still theirs.

    Of the others nothing is stored.
    """
    kept = _still_leased(connection, [outcome.job for outcome in outcomes])
    mine = [outcome for outcome in outcomes if outcome.job.log_id in kept]
    if not mine:
        return set()
    seen = [outcome.scored for outcome in mine]
    seen += [outcome.shadow for outcome in mine if outcome.shadow]
    insert_new(connection, scores, [content(scored, now) for scored in seen])
    connection.execute(_DECIDED, [_decided(outcome, now) for outcome in mine])
    if effects := [effect for outcome in mine for effect in _effects(outcome, now)]:
        connection.execute(_CALLED_FOR, effects)
    ends = [{"of": o.job.log_id, "word": o.decision.verdict, "now": now} for o in mine]
    connection.execute(_END, ends)
    return kept


def _still_leased(connection: Connection, jobs: Sequence[Job]) -> set[int]:
    """Return whose lease is in force, and have these rows to ourselves until the commit."""
    held = connection.execute(_LEASES, {"log_ids": [job.log_id for job in jobs]})
    leases = {row.log_id: row.lease for row in held}
    return {job.log_id for job in jobs if leases.get(job.log_id) == job.lease}


def content(scored: Scored, now: float) -> dict[str, Any]:
    """Return the row of `scores`."""
    return {
        "sha1": scored.sha1,
        "model": scored.model,
        "medium": scored.medium,
        "views": list(scored.views),
        "partial": scored.partial,
        "scored_at": now,
    }


def _decided(outcome: Outcome, now: float) -> dict[str, Any]:
    decision = outcome.decision
    return {
        "log_id": outcome.job.log_id,
        "decided_at": now,
        "verdict": decision.verdict,
        "rule": decision.rule,
        "confidence": decision.confidence,
        "thresholds": dict(decision.thresholds),
        "sha1": outcome.scored.sha1,
        "model": outcome.scored.model,
        "hits": list(decision.hits),
        "facts": dict(decision.facts),
    }


def _effects(outcome: Outcome, now: float) -> list[dict[str, Any]]:
    return [
        {
            "log_id": outcome.job.log_id,
            "kind": intent.kind,
            "page": intent.page,
            "entry": intent.entry,
            "weight": intent.weight,
            "created_at": now,
        }
        for intent in outcome.intents
    ]
