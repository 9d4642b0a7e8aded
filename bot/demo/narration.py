"""Says in plain sentences what the bot logs."""

import time

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
        if fields["event"] == "upload.scored":
            sentence = SCORED.get(fields.get("verdict", ""))
        if sentence:
            self._say("bot", sentence.format_map(_Words(fields)))

    def _say(self, who: str, text: str) -> None:
        print(f"{time.monotonic() - self._start:5.1f} s  {who:<8} {text}", flush=True)


class _Words(Fields):
    """The fields of a line, made readable; an absent one shows as a question mark."""

    def __missing__(self, key: str) -> str:
        """Return what stands for an absent field, or say a reason in words."""
        if key == "why":
            return REASONS.get(self["reason"], self["reason"])
        return "?"


SCORED = {
    "review": "    worth a look: {title} ({hits})",
    "cleared": "    nothing found: {title}",
}
SENTENCES = {
    "patrol.start": "starts, {mode}",
    "patrol.ready": "has loaded {model}",
    "patrol.end": "has ended",
    "patrol.pause": "pauses: {error}",
    "stream.connected": "reads the stream",
    "stream.cut": "has lost the stream, and will read it again from a little before",
    "upload.skipped": "    skipped: {title}, {why}",
    "upload.postponed": "    will try again: {title}",
    "upload.dead": "    cannot be read: {title} ({kind})",
    "publish.sent": "puts {added} on the page {page}",
}
