"""A process that reads a stream into a ledger until killed: `python -m support.ingest_child …`."""

import sys
import threading

from bot.ingest import Ingest
from bot.ledger import Ledger
from support.uploads import stream_of


def main(url: str, address: str, start: int) -> None:
    """Go on where the ledger says, else from `start`, ms since 1970."""
    with Ledger(address) as ledger:
        ingest = Ingest(ledger.intake, url, threading.Event())
        position = ledger.intake.position(url)
        stream = stream_of(url, position=start if position is None else position)
        threading.Thread(target=ingest.write, daemon=True).start()
        ingest.read(stream)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
