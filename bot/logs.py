"""Logs: one event a line on standard error, as `key=value` or JSON, coloured only for a terminal.

A line that concerns an upload carries its `key`, the log id. The last word on an upload is one
line: `upload.scored`, `upload.skipped` or `upload.dead`, with all that became of it.
"""

import logging
import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import stamina
import structlog

from bot.errors import ConfigInvalid

FORMAT_VARIABLE: Final = "LOOKOUT_LOG"
FORMATS: Final = ("text", "json")


class Keyed(Protocol):
    """An upload, or what belongs to one."""

    @property
    def log_id(self) -> int:
        """Its key."""


def concerning(log_id: int) -> AbstractContextManager[None]:
    """Return the context in which every line this thread logs carries the upload's key."""
    return structlog.contextvars.bound_contextvars(key=log_id)


def keys_of(uploads: Iterable[Keyed]) -> str:
    """Return the field `keys` of a line that concerns several uploads."""
    return ",".join(str(upload.log_id) for upload in uploads)


def configure(*, verbose: bool = False) -> None:
    """Set up logging for a command. Libraries are heard from WARNING on.

    Raises:
        ConfigInvalid: LOOKOUT_LOG asks for a format that there is not.
    """
    level = logging.DEBUG if verbose else logging.INFO
    # It would log each retry of the stream a second time, with a traceback's worth of detail.
    stamina.instrumentation.set_on_retry_hooks([])
    told: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer = _renderer()
    logging.basicConfig(level=logging.WARNING, handlers=[_of_libraries(told, renderer)])
    structlog.configure(
        processors=[*told, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _of_libraries(
    told: list[structlog.typing.Processor], renderer: structlog.typing.Processor
) -> logging.Handler:
    """Return what writes the lines of libraries in the same form as ours."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *told],
        )
    )
    return handler


def _renderer() -> structlog.typing.Processor:
    wanted = os.environ.get(FORMAT_VARIABLE) or FORMATS[0]
    if wanted not in FORMATS:
        raise ConfigInvalid(f"{FORMAT_VARIABLE} is {wanted!r}, but can be {' or '.join(FORMATS)}")
    if wanted == "json":
        return structlog.processors.JSONRenderer(sort_keys=False)
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    order = ["timestamp", "level", "event"]
    return structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True)
