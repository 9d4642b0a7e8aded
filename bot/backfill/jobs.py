"""The two long-running processes of a backfill on Redis: who hands out shards, and who works."""

import structlog

from bot.backfill import assembly
from bot.backfill.broker import CeleryBroker, make_app, warn_of_forgetful
from bot.backfill.celeryworker import serve
from bot.backfill.dispatcher import IDLE_S, Dispatcher
from bot.backfill.stopping import Stopping
from bot.config import Settings
from bot.errors import ConfigInvalid
from bot.ledger import Ledger
from bot.turns import patiently, repeat

log = structlog.get_logger(__name__)


def dispatch_for(settings: Settings, stop: Stopping) -> None:
    """List files and hand out shards until stopped.

    Raises:
        Stop: a person has to act.
    """
    _require_redis(settings)
    warn_of_forgetful(settings.fleet.address)
    patience = assembly.gate(settings, stop.event)
    with (
        patiently(lambda: Ledger(settings.ledger.address), wait=stop.event.wait) as ledger,
        assembly.lister(settings, ledger, patience) as lister,
    ):
        broker = CeleryBroker(make_app(settings))
        dispatcher = Dispatcher(ledger.backfills, lister, broker, settings.backfill)
        repeat(dispatcher.turn, stop=stop.event, idle_s=lambda: IDLE_S)


def work_for(settings: Settings, stop: Stopping) -> None:
    """Work on the shards that are handed out, until stopped; raises as `dispatch_for`."""
    _require_redis(settings)
    patience = assembly.gate(settings, stop.event)
    with (
        patiently(lambda: Ledger(settings.ledger.address), wait=stop.event.wait) as ledger,
        assembly.worker(settings, ledger, patience, stop.event) as worker,
    ):
        log.info("backfill.ready", model=worker.model)
        serve(make_app(settings), worker, stop.event, stop.at_signal)


def _require_redis(settings: Settings) -> None:
    if not settings.fleet.redis:
        raise ConfigInvalid(
            "fleet.redis is empty, so that nobody hands out shards. Name a Redis, or work without "
            "one: lookout backfill work --here"
        )
