"""Logs: one event a line on standard error, `key=value`, coloured only for a terminal."""

import logging
import sys

import stamina
import structlog


def configure(*, verbose: bool = False) -> None:
    """Set up logging for a command. Libraries are heard from WARNING on."""
    level = logging.DEBUG if verbose else logging.INFO
    # It would log each retry of the stream a second time, with a traceback's worth of detail.
    stamina.instrumentation.set_on_retry_hooks([])
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _renderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _renderer() -> structlog.typing.Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    order = ["timestamp", "level", "event"]
    return structlog.processors.LogfmtRenderer(key_order=order, drop_missing=True)
