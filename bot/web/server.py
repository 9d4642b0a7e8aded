"""`lookout serve`: opens what the service needs, listens, and closes it all again."""

import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Final

import structlog
import uvicorn

from bot.config import Settings
from bot.configfile import ConfigWatch
from bot.errors import ConfigInvalid
from bot.ledger import Ledger
from bot.rules import refuse_unknown_labels
from bot.web.app import create_app
from bot.web.clients import Clients, RateLimit
from bot.web.fetching import Wikimedia
from bot.web.jobs import Jobs
from bot.web.parts import Parts
from bot.web.protocol import BoundedProtocol
from bot.web.reloading import Reloading
from bot.web.scorer import Scorer
from bot.web.signingin import signing_in
from bot.web.waiting import Places

log = structlog.get_logger(__name__)

GOODBYE_S: Final = 5  # for requests that are being answered, after SIGTERM
BACKLOG: Final = 512


def serve(settings: Settings, watch: ConfigWatch) -> None:
    """Answer until SIGTERM or Ctrl-C; SIGHUP has the file of the settings read again.

    Raises:
        Stop: the model is not installed, the ledger cannot be opened, or the port not be had.
    """
    with _parts(settings) as parts, closing(_listening(settings)) as listener:
        # No access log: titles, addresses of clients and what they asked are nobody's business.
        app = create_app(parts)
        config = uvicorn.Config(
            app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # `bot.web.clients` reads them, from trusted proxies alone
            timeout_graceful_shutdown=GOODBYE_S,
        )
        host, port = listener.getsockname()[:2]
        log.info("serve.listening", host=host, port=port, model=parts.scorer.engine.version)
        _pass_by_signals()
        signal.signal(signal.SIGHUP, lambda *_: watch.look_again())
        check = partial(_refuse_unknown_labels, labels=parts.scorer.engine.labels)
        with Reloading(app, watch, check):
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _parts(settings: Settings) -> Iterator[Parts]:
    with ExitStack() as opened:
        wikimedia = opened.enter_context(closing(Wikimedia(settings)))
        signin = signing_in(settings, wikimedia.commons.api)
        ledger = opened.enter_context(Ledger(settings.ledger.address))
        scorer = opened.enter_context(closing(Scorer(settings)))
        _refuse_unknown_labels(settings, scorer.engine.labels)
        yield Parts(
            settings=settings,
            scorer=scorer,
            wikimedia=wikimedia,
            ledger=ledger,
            places=Places(settings.serve.queue),
            jobs=opened.enter_context(closing(Jobs(settings.serve.video_jobs))),
            clients=Clients(settings.serve.trusted_proxies),
            rate=RateLimit(settings.serve.per_minute),
            tokens=settings.secrets.tokens,
            signin=signin,
        )


def _pass_by_signals() -> None:
    """Let nothing happen at the signal that uvicorn raises again once it has ended well."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _refuse_unknown_labels(settings: Settings, labels: Sequence[str]) -> None:
    refuse_unknown_labels(settings, labels)
    if unknown := sorted(set(settings.serve.explicit) - set(labels)):
        raise ConfigInvalid(
            f"serve.explicit names {', '.join(unknown)}, but the model gives {', '.join(labels)}"
        )


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.serve.host, settings.serve.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigInvalid(
            f"serve.port {port} on {host} cannot be had: {error}. Choose another, or 0 for any"
        ) from error
