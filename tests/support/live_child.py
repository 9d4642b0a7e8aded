"""A `LiveWiki` in a process of its own: pywikibot can be set up only once in each.

    python -m support.live_child CONFIG FOLDER

answers one JSON line per call on standard input.
"""

import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.configfile import load
from bot.errors import LookoutError, RetryLater
from bot.patience import Patience
from bot.publish.live import LiveWiki
from bot.publish.wiki import Page

HOURS_S = 1e5


def main(config: str, folder: str) -> None:
    """Serve until standard input ends."""
    # A clock by which hours pass between two looks: each call meets an open gate.
    patience = Patience(clock=itertools.count(step=HOURS_S).__next__)
    wiki = LiveWiki(load(Path(config)), Path(folder), patience)
    for line in sys.stdin:
        call, arguments = json.loads(line)
        if call == "save":
            arguments[0] = Page(**arguments[0])
        sys.stdout.write(json.dumps(_answer(getattr(wiki, call), arguments)) + "\n")
        sys.stdout.flush()


def _answer(method: Any, arguments: list[Any]) -> dict[str, Any]:
    try:
        result = method(*arguments)
    except LookoutError as error:
        pause = error.retry_after if isinstance(error, RetryLater) else None
        return {"error": type(error).__name__, "message": str(error), "retry_after": pause}
    return {"result": asdict(result) if isinstance(result, Page) else result}


if __name__ == "__main__":
    main(*sys.argv[1:])
