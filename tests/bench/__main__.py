"""Runs the benches and prints one table: `python -m bench [NAME …] [--quick]`."""

import argparse
import importlib
import logging
import sys
from collections.abc import Iterator, Sequence

import structlog

from bench import machine
from bench.sidebyside import HEADINGS, Line, Missing, Note, Row
from model.errors import LookoutError

NAMES = ("model", "decode", "stream", "ledger", "pipeline", "traffic", "api", "video", "drift")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="few runs: does it work at all?")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}")
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(
        wrapper_class=quiet, logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    _say(f"{machine.describe()}\nstart: {machine.load()}")
    lines = list(_measured(chosen.names or NAMES, quick=chosen.quick))
    _say(f"end: {machine.load()}")
    _report(lines)
    return int(any(isinstance(line, Missing) for line in lines))


def _measured(names: Sequence[str], *, quick: bool) -> Iterator[Line]:
    for name in names:
        sys.stderr.write(f"measuring {name}\n")
        try:
            yield from importlib.import_module(f"bench.{name}").measure(quick=quick)
        except LookoutError as error:
            yield Missing(name, str(error))


def _report(lines: Sequence[Line]) -> None:
    _say("\n" + _line(HEADINGS) + "\n" + _line(["---"] * len(HEADINGS)))
    for row in (line for line in lines if isinstance(line, Row)):
        _say(_line(row.cells()))
    _say("")
    for line in lines:
        if isinstance(line, Note):
            _say(f"- {line.text}")
        elif isinstance(line, Missing):
            _say(f"- NOT MEASURED: {line.what}: {line.why}")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
