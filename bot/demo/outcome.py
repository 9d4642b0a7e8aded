"""What the bot made of the demonstration: checked, then told."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bot.errors import Stop

Status = Mapping[str, Any]


class NotArrived(Stop):
    """Something that was uploaded did not come out at the other end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The bot's own counts (`lookout status --json`) and its pages: wikitext by title."""

    status: Status
    pages: Mapping[str, str]

    def check(self) -> None:
        """Compare the pages with the counts.

        Raises:
            NotArrived: a suggestion or an event got lost.
        """
        published, rejected = self.status["published"], self.status["rejected_events"]
        entries = sum(text.count("\n* ") for text in self.pages.values())
        if not entries or entries != published:
            raise NotArrived(f"{published} suggestions were made, but {entries} are on the page")
        if rejected:
            raise NotArrived(f"the bot could not read {rejected} events of the stream")

    def report(self) -> None:
        """Print the pages and how many uploads came to which end."""
        for title, text in self.pages.items():
            print(f"\nA live bot would have written this to {title}:\n\n{text}")
        print(f"{self.status['seen']} uploads were seen, and each came to an end:\n")
        for state, details in (("scored", "verdicts"), ("skipped", "skipped"), ("dead", "dead")):
            number = self.status["states"][state]
            print(f"  {state:<8}{number:>4}   {_listed(self.status[details])}")


def read_pages(folder: Path) -> dict[str, str]:
    """Return the pages of a dry run by title."""
    return {
        unquote(path.stem): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.wiki"))
    }


def settled(status: Status, *, seen: int) -> bool:
    """Tell whether `seen` uploads have all come to an end and every suggestion is on a page."""
    unfinished = status["states"]["waiting"] + status["states"]["leased"]
    return bool(status["seen"] == seen and not unfinished and not status["unpublished"])


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
