"""Says in plain sentences what the bot logs."""

import time
from collections.abc import Callable

from bot.demo.logfmt import Fields

REASONS = {
    "audio": "a sound has no picture",
    "gone": "it is deleted",
    "superseded": "it has a newer version already",
}


class Narrator:
    """Prints one line for each thing that happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def wiki(self, text: str) -> None:
        """Say what happens on the miniature Commons."""
        self._say("Commons", text)

    def bot(self, fields: Fields) -> None:
        """Say what the bot has just logged, if it is of interest."""
        sentence = SENTENCES.get(fields["event"])
        if sentence:
            self._say("bot", sentence(fields))

    def _say(self, who: str, text: str) -> None:
        print(f"{time.monotonic() - self._start:5.1f} s  {who:<8} {text}", flush=True)


def _scored(fields: Fields) -> str:
    if fields["verdict"] == "review":
        return f"    worth a look: {fields['title']} ({fields['hits'].replace('=', ' ')})"
    return f"    nothing found: {fields['title']}"


def _skipped(fields: Fields) -> str:
    reason = REASONS.get(fields["reason"], fields["reason"])
    return f"    skipped: {fields['title']}, {reason}"


SENTENCES: dict[str, Callable[[Fields], str]] = {
    "patrol.start": lambda fields: f"starts, {fields['mode']}",
    "patrol.ready": lambda fields: f"has loaded {fields['model']}",
    "patrol.end": lambda _: "has ended",
    "patrol.pause": lambda fields: f"pauses: {fields['error']}",
    "stream.connected": lambda _: "reads the stream",
    "stream.cut": lambda _: "has lost the stream, and will read it again from a little before",
    "upload.scored": _scored,
    "upload.skipped": _skipped,
    "upload.postponed": lambda fields: f"    will try again: {fields['title']}",
    "upload.dead": lambda fields: f"    cannot be read: {fields['title']} ({fields['kind']})",
    "publish.sent": lambda fields: f"puts {fields['added']} on the page {fields['page']}",
}
