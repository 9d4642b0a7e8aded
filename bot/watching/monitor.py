"""The watching of one bot, as `bot.patrol` wires it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from bot.config import Settings
from bot.ledger import Ledger
from bot.publish.quota import Quota, quota_of
from bot.settings.watching import WatchSettings
from bot.stream import UploadStream
from bot.watching.health import Health
from bot.watching.metrics import Sources, registry_of
from bot.watching.observer import Observer
from bot.watching.recent import Recent
from bot.watching.server import WatchServer
from bot.watching.vitals import Vitals

COUNTED_EVERY_S = (
    15.0  # a census reads every upload; scrapes come more often and from several sides
)


class Monitor:
    """Keeps the vitals, compares days, and serves what others ask for."""

    def __init__(self, ledger: Ledger, settings: Callable[[], Settings]) -> None:
        self.vitals = Vitals()
        self._ledger = ledger
        self._settings = settings
        self._observer = Observer(ledger.days.take)

    def serving(
        self, settings: WatchSettings, stream: UploadStream | None, stream_name: str
    ) -> AbstractContextManager[object]:
        """Return the context in which `/livez`, `/readyz` and `/metrics` answer, if they are to.

        Without a stream, which another process reads then, none is missed.

        Raises:
            ConfigInvalid: the port cannot be had.
        """
        if not settings.port:
            return nullcontext()

        def connected() -> bool:
            return stream is None or stream.connected

        health = Health(
            self.vitals,
            settings.stalled_seconds,
            connected,
            ask_ledger=lambda: self._ledger.intake.position(stream_name),
        )
        sources = Sources(
            self.vitals,
            self._observer,
            connected,
            census=Recent(self._ledger.census.take, COUNTED_EVERY_S),
            quota=Recent(self._quota, COUNTED_EVERY_S),
        )
        return WatchServer(settings.host, settings.port, health, registry_of(sources))

    def observe(self, settings: WatchSettings) -> None:
        """Compare the last day with those before.

        Raises:
            LedgerBusy: the ledger is away.
        """
        self._observer.turn(settings)

    def _quota(self) -> Quota:
        return quota_of(self._ledger, self._settings().publish)
