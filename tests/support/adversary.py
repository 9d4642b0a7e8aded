"""A second account that edits the bot's log pages all the time, on the very lines the bot edits."""

import itertools
import threading
import time
from typing import Self

from bot.publish.page import mark
from rig import ApiError, MediaWikiRig, WikiClient

PAUSE_S = 0.2
PATIENCE_S = 60.0
POLL_S = 0.05
MARK = mark("medium")


class Adversary:
    """Edits in a thread of its own. `words` are those that the wiki took; none may be lost."""

    def __init__(self, rig: MediaWikiRig, prefix: str) -> None:
        self.words: list[str] = []
        self.conflicts = 0
        self._client = WikiClient(rig.api_url, rig.accounts["Reviewer"])
        self._prefix = prefix
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="adversary")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for_edits(self, number: int) -> None:
        """Return after so many more edits."""
        wanted = len(self.words) + number
        deadline = time.monotonic() + PATIENCE_S
        while len(self.words) < wanted:
            assert time.monotonic() < deadline, "the account could not edit"
            time.sleep(POLL_S)

    def _run(self) -> None:
        for number in itertools.count():
            for title in pages_under(self._client, self._prefix):
                try:
                    self._edit(title, f"word-{number}-of-{title.rsplit('/', 1)[-1]}")
                except ApiError:  # a conflict, or a wiki in trouble
                    self.conflicts += 1
            if self._stop.wait(PAUSE_S):
                return

    def _edit(self, title: str, word: str) -> None:
        """Write right below the mark, or at the end, as a person does who read the page before."""
        history = self._client.history(title, limit=1)
        if not history or MARK not in history[0].text:
            return
        text = history[0].text
        if len(self.words) % 2:
            changed = text.replace(MARK, f"{MARK}\n<!-- {word} -->", 1)
        else:
            changed = f"{text}\n<!-- {word} -->"
        self._client.edit(title, changed, baserevid=history[0].id, nocreate=1)
        self.words.append(word)


def pages_under(client: WikiClient, prefix: str) -> list[str]:
    """Return the pages of user space that exist under a prefix."""
    namespace, _, rest = prefix.partition(":")
    assert namespace == "User"
    asked = {"list": "allpages", "apnamespace": 2, "apprefix": f"{rest}/", "aplimit": 50}
    pages = client.get(action="query", apfilterredir="nonredirects", **asked)["query"]["allpages"]
    return [page["title"] for page in pages]
