"""One open ledger, its concerns side by side."""

from typing import Self

from bot.ledger.backfills import Backfills
from bot.ledger.census import Census
from bot.ledger.days import Days
from bot.ledger.dead import DeadLetters
from bot.ledger.desk import Desk
from bot.ledger.engine import open_engine
from bot.ledger.flags import Flags
from bot.ledger.gaps import Gaps
from bot.ledger.history import History
from bot.ledger.hours import Hours
from bot.ledger.intake import Intake
from bot.ledger.lookup import Lookup
from bot.ledger.outbox import Outbox
from bot.ledger.precedents import Precedents
from bot.ledger.queue import Queue
from bot.ledger.ration import Ration, RationedOutbox
from bot.ledger.reviews import Reviews
from bot.ledger.suggestions import Suggestions
from bot.ledger.troubles import Troubles
from bot.ledger.worklist import Worklist


class Ledger:
    """Durable state. Safe to use from several threads and processes at once."""

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self.intake = Intake(self._engine)
        self.gaps = Gaps(self._engine)
        self.queue = Queue(self._engine)
        self.backfills = Backfills(self._engine)
        self.outbox = Outbox(self._engine)
        self.ration = Ration(self._engine)
        self.census = Census(self._engine)
        self.days = Days(self._engine)
        self.hours = Hours(self._engine)
        self.dead = DeadLetters(self._engine)
        self.desk = Desk(self._engine)
        self.flags = Flags(self._engine)
        self.lookup = Lookup(self._engine)
        self.history = History(self._engine)
        self.precedents = Precedents(self._engine)
        self.reviews = Reviews(self._engine)
        self.suggestions = Suggestions(self._engine)
        self.troubles = Troubles(self._engine)
        self.worklist = Worklist(self._engine)

    def rationed(self, *, edits_per_day: int, flags_per_day: int) -> RationedOutbox:
        """Return the outbox for the one who sends, with the quotas that bind them."""
        quotas = {"edits_per_day": edits_per_day, "flags_per_day": flags_per_day}
        return RationedOutbox(self._engine, **quotas)

    def close(self) -> None:
        """Close every connection. May be called twice."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
