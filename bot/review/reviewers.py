"""Whose word counts."""

from collections.abc import Iterable, Mapping

from bot.people import uploaders
from bot.review.words import Word
from bot.settings.reviewing import ReviewSettings
from bot.wikiapi import WikiApi

BOT_GROUP = "bot"
# Why a word does not count.
UPLOADER = "uploader"
BOT = "bot"
NAMED = "named"
OUTSIDER = "outsider"

Groups = Mapping[str, frozenset[str]]  # by the name of the account


class Reviewers:
    """Tells by the wiki's own groups who somebody is."""

    def __init__(self, api: WikiApi, *, own_name: str) -> None:
        self._api = api
        self._own_name = own_name

    def groups(self, names: Iterable[str]) -> Groups:
        """Return the groups of each account, none of an address; this bot is one in any case."""
        wanted = sorted(set(names))
        accounts = uploaders(self._api, wanted) if wanted else {}
        found = {name: frozenset(account.groups) for name, account in accounts.items()}
        if self._own_name in found:
            found[self._own_name] |= {BOT_GROUP}
        return found


def set_aside(word: Word, groups: Groups, settings: ReviewSettings) -> str | None:
    """Return why a word does not count, None if it does."""
    why_not = account_set_aside(word.reviewer, groups.get(word.reviewer, frozenset()), settings)
    if why_not != BOT and settings.exclude_uploader and word.reviewer == word.suggestion.uploader:
        return UPLOADER
    return why_not


def account_set_aside(name: str, member_of: frozenset[str], settings: ReviewSettings) -> str | None:
    """Return why nothing that an account says counts, None if it does."""
    if settings.exclude_bots and BOT_GROUP in member_of:
        return BOT
    if name in {one.replace("_", " ") for one in settings.exclude_users}:
        return NAMED
    if settings.reviewer_groups and member_of.isdisjoint(settings.reviewer_groups):
        return OUTSIDER
    return None
