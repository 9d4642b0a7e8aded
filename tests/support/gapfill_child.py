"""Fills gaps until killed: `python -m support.gapfill_child API LEDGER STREAM ENTRIES`."""

import sys
from contextlib import closing
from threading import Event

from bot import logevents
from bot.gapfill import GapFiller
from bot.ledger import Ledger
from bot.logevents import WikiLog
from bot.settings.intake import StreamSettings, WikiSettings
from bot.turns import repeat
from bot.wikiapi import WikiApi
from support.bench import AGENT

LOOK_S = 0.05


def main(api_url: str, address: str, stream: str, entries: int) -> None:
    """Fill, so many entries of the log at once."""
    logevents.ENTRIES_PER_REQUEST = entries  # type: ignore[misc]  # small, so that it takes longer
    settings = StreamSettings(url=stream)
    wiki = WikiSettings(api=api_url)
    with Ledger(address) as ledger, closing(WikiApi(wiki, user_agent=AGENT)) as api:
        filler = GapFiller(ledger, WikiLog(api, settings.wiki), settings)
        repeat(filler.turn, stop=Event(), idle_s=lambda: LOOK_S)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
