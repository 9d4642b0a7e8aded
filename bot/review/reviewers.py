"""Whose word counts."""

from collections.abc import Iterable

from bot.people import uploaders
from bot.review.words import Word
from bot.settings.reviewing import ReviewSettings
from bot.wikiapi import WikiApi

BOT_GROUP = "bot"
UPLOADER = "uploader"
BOT = "bot"
NAMED = "named"


class Reviewers:
    """Tells who is a bot by the wiki's own groups."""

    def __init__(self, api: WikiApi, *, own_name: str) -> None:
        self._api = api
        self._own_name = own_name

    def bots(self, names: Iterable[str]) -> set[str]:
        """Return those of `names` that are bots, this one included."""
        wanted = sorted(set(names))
        accounts = uploaders(self._api, wanted) if wanted else {}
        flagged = {name for name, account in accounts.items() if BOT_GROUP in account.groups}
        return flagged | {name for name in wanted if name == self._own_name}


def set_aside(word: Word, bots: set[str], settings: ReviewSettings) -> str | None:
    """Return why a word does not count, None if it does."""
    if settings.exclude_bots and word.reviewer in bots:
        return BOT
    if settings.exclude_uploader and word.reviewer == word.suggestion.uploader:
        return UPLOADER
    if word.reviewer in {name.replace("_", " ") for name in settings.exclude_users}:
        return NAMED
    return None
