"""The parts of a backfill, put together from the settings."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from bot.backfill.lister import Lister
from bot.backfill.listing import Listing
from bot.backfill.suggester import Suggester
from bot.backfill.worker import Worker
from bot.commons import Commons
from bot.config import Settings
from bot.engine import Engine
from bot.identity import user_agent
from bot.ledger import Ledger
from bot.limits import make_limiter
from bot.logevents import WikiLog
from bot.media import Fetcher
from bot.patience import Patience
from bot.rules import refuse_unknown_labels
from bot.wikiapi import WikiApi


def gate(settings: Settings, stop: threading.Event) -> Patience:
    """Return the gate of all requests, which keeps to the limits and lets the bot go first."""
    return Patience(limiter=make_limiter(settings.fleet, settings.media, stop=stop))


@contextmanager
def listing(settings: Settings) -> Iterator[Listing]:
    """Lend what lists files."""
    with _api(settings) as api:
        yield Listing(api)


@contextmanager
def lister(settings: Settings, ledger: Ledger, patience: Patience) -> Iterator[Lister]:
    """Lend what lists files into the ledger, and hands suggestions on if that is wanted."""
    with _api(settings, patience) as api:
        wiki_log = WikiLog(api, settings.stream.wiki)
        suggester = Suggester(ledger, wiki_log, settings.stream)
        wanted = suggester if settings.backfill.suggest else None
        yield Lister(ledger.backfills, Listing(api), settings.backfill, wanted)


def _api(settings: Settings, patience: Patience | None = None) -> closing[WikiApi]:
    agent = user_agent(settings.wiki.contact)
    return closing(WikiApi(settings.wiki, user_agent=agent, patience=patience))


@contextmanager
def worker(
    settings: Settings,
    ledger: Ledger,
    patience: Patience,
    stop: threading.Event,
    after: Callable[[], None] = lambda: None,
) -> Iterator[Worker]:
    """Lend what looks at files; its model is loaded.

    Raises:
        BundleError: the model is not installed, or damaged.
        ConfigInvalid: a rule names a label that it has not.
    """
    agent, width = user_agent(settings.wiki.contact), settings.media.thumbnail_width
    fetcher = Fetcher(settings.wiki, settings.media, user_agent=agent, patience=patience)
    commons = Commons(settings.wiki, user_agent=agent, width=width, patience=patience)
    with closing(commons), closing(Engine(settings.model, settings.media)) as engine:
        refuse_unknown_labels(settings, engine.labels)
        parts = (ledger, commons, fetcher, engine, stop)
        yield Worker(*parts, settings=settings, after=after)
