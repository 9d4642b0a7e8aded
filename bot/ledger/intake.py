"""From the stream into the ledger: uploads and the cursor that covers them, together."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select, update

from bot.events import Hole, Upload
from bot.ledger.arrivals import Reject, store
from bot.ledger.dialect import clock, insert_new
from bot.ledger.gaps import note
from bot.ledger.schema import cursors
from bot.ledger.transactions import reading


class Intake:
    """What the stream delivered so far."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def position(self, stream: str) -> int | None:
        """Return the stream time up to which everything is stored, ms since 1970.

        Everything but what lies in a gap.
        """
        with reading(self._engine) as connection:
            return connection.scalar(select(cursors.c.position).where(cursors.c.stream == stream))

    def record(
        self,
        stream: str,
        batch: Sequence[Upload],
        position: int | None,
        bad: Sequence[Reject] = (),
        holes: Sequence[Hole] = (),
    ) -> int:
        """Store uploads, move the cursor and note the holes it passed over, in one transaction.

        A repeated event changes nothing, and the cursor never moves back.

        Returns:
            How many uploads were new.
        """
        with self._engine.begin() as connection:
            now = clock(connection)
            new = store(connection, batch, bad, now)
            if holes:
                note(connection, stream, holes, now)
            if position is not None:
                _advance(connection, stream, position, now)
        return new


def _advance(connection: Connection, stream: str, position: int, now: float) -> None:
    moved = {"position": position, "moved_at": now}
    insert_new(connection, cursors, [{"stream": stream, **moved}])
    behind = (cursors.c.stream == stream) & (cursors.c.position < position)
    connection.execute(update(cursors).where(behind).values(moved))
