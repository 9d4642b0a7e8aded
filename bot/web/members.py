"""Whether somebody who signed in may decide: by the wiki's groups, as for decisions on the wiki."""

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from bot.review.reviewers import BOT_GROUP
from bot.wikiapi import WikiApi

REMEMBERED_S: Final = 300.0  # so long may somebody who lost their rights still decide
MOST: Final = 1_000  # accounts that are remembered


@dataclass(frozen=True, slots=True)
class Member:
    """An account as the wiki has it now."""

    name: str
    groups: frozenset[str]
    blocked: bool


class Members:
    """Asks the wiki, and remembers the answer for a few minutes. Safe to share between threads."""

    def __init__(self, api: WikiApi, *, own_name: str) -> None:
        """Take the bot's own name, which counts as a bot's in any case."""
        self._api = api
        self._own_name = own_name
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Member]] = {}

    def get(self, name: str) -> Member:
        """Return an account.

        Raises:
            RetryLater: the wiki is busy or out of reach.
            Refused: the wiki does not accept the request.
        """
        now = time.monotonic()
        with self._lock:
            asked_at, known = self._known.get(name, (0.0, None))
        if known and now - asked_at < REMEMBERED_S:
            return known
        member = self._asked(name)
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[name] = now, member
        return member

    def _asked(self, name: str) -> Member:
        with self._api.turn():
            answers = self._api.answers(list="users", ususers=name, usprop="groups|blockinfo")
            users = [user for answer in answers for user in answer["query"]["users"]]
            user: dict[str, Any] = next((one for one in users if one["name"] == name), {})
        own = {BOT_GROUP} if name == self._own_name else set()
        # A block from some pages alone says nothing about reviewing.
        blocked = "blockid" in user and not user.get("blockpartial")
        return Member(name, frozenset(user.get("groups", ())) | own, blocked)
