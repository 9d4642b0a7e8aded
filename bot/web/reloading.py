"""Changed settings, while the service runs: what can be had is, the rest waits for a restart."""

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

import structlog
from fastapi import FastAPI

from bot.config import Settings
from bot.configfile import ConfigWatch
from bot.settings.values import Section
from bot.web.app import furnish
from bot.web.clients import RateLimit
from bot.web.parts import Parts

log = structlog.get_logger(__name__)

WATCH_S: Final = 1.0  # between looks at the file
# What was opened with these settings goes on with them.
NEEDS_RESTART: Final = frozenset({"wiki", "media", "model", "ledger", "signin", "secrets"})
SERVE_NEEDS_RESTART: Final = frozenset(
    {
        *("host", "port", "queue", "video_jobs", "decoders", "batch"),
        *("max_mebibytes", "held_mebibytes", "body_seconds", "trusted_proxies", "origins"),
    }
)


class Reloading:
    """Looks at config.yaml in a thread of its own; a context manager.

    Args:
        app: Whose parts are replaced; requests under way end with those they began with.
        watch: The file.
        check: Raises ConfigInvalid for settings that the model cannot follow.
    """

    def __init__(self, app: FastAPI, watch: ConfigWatch, check: Callable[[Settings], None]) -> None:
        self._app = app
        self._watch = watch
        self._check = check
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reload", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def look(self) -> None:
        """Adopt what has changed since the last look, if it is valid."""
        before = self._watch.settings
        changed = self._watch.changed(self._check)
        if changed is None:
            return
        parts: Parts = self._app.state.parts
        furnish(self._app, adopted(parts, changed))
        names = _differing(before, changed, frozenset(Settings.model_fields))
        keys = _differing(before.serve, changed.serve, SERVE_NEEDS_RESTART)
        later = [name for name in names if name in NEEDS_RESTART] + [f"serve.{key}" for key in keys]
        log.info("config.changed", sections=",".join(names), after_restart=",".join(later))

    def _run(self) -> None:
        while not self._stop.wait(WATCH_S):
            self.look()


def adopted(parts: Parts, changed: Settings) -> Parts:
    """Return parts with whatever of the changed settings can be had without a restart."""
    old = parts.settings
    kept = {key: getattr(old.serve, key) for key in SERVE_NEEDS_RESTART}
    serve = changed.serve.model_copy(update=kept)
    sections = {name: getattr(old, name) for name in NEEDS_RESTART}
    settings = changed.model_copy(update={**sections, "serve": serve})
    same_rate = serve.per_minute == old.serve.per_minute
    rate = parts.rate if same_rate else RateLimit(serve.per_minute)
    return replace(parts, settings=settings, rate=rate)


def _differing(one: Section, other: Section, names: Collection[str]) -> list[str]:
    return sorted(name for name in names if getattr(one, name) != getattr(other, name))
