"""Writes the pages and the tag that the outputs rest on, and nothing that people have changed."""

from collections.abc import Iterator
from enum import StrEnum

from bot.errors import Refused
from bot.ledger import Ledger
from bot.publish.editing import again_after_conflicts
from bot.publish.statuspage import BEGIN
from bot.publish.wiki import Page, ReviewWiki
from bot.publish.wikipages import pages_of
from bot.settings.publishing import PublishSettings

SUMMARY = "written by `lookout wiki setup`"
TAG_DESCRIPTION = "automated suggestion for review"


class Result(StrEnum):
    """What became of a page or a tag."""

    MADE = "made"
    CHANGED = "changed"
    SAME = "same as before"
    KEPT = "kept: people have changed it (--force overwrites)"
    REFUSED = "refused"


def set_up(
    wiki: ReviewWiki, ledger: Ledger, settings: PublishSettings, *, force: bool = False
) -> Iterator[tuple[str, str]]:
    """Write every page that is absent or differs; yield each title with what became of it.

    A page whose last revision is not one that this ledger recorded was changed by people. It is
    left alone unless `force` is set.

    Raises:
        RetryLater: the wiki is busy; what was written stays, and the next call goes on.
        Stop: the account may not do this.
    """
    wiki.check()
    for title, text in pages_of(settings).items():
        yield title, _written(wiki, ledger, title, text, force=force)
    if settings.tag.send != "none":
        yield f"Special:Tags: {settings.tag.name}", _tag(wiki, settings.tag.name)


def _written(wiki: ReviewWiki, ledger: Ledger, title: str, text: str, *, force: bool) -> str:
    def write() -> str:
        page = wiki.read(title)
        if _holds(page, text):
            return Result.SAME
        if page.revision and not force and not _is_ours(page, wiki, ledger):
            return Result.KEPT
        revision = wiki.save(page, text, SUMMARY)
        ledger.outbox.note_edit(wiki.mode, page=page.title, revision=revision)
        return Result.CHANGED if page.revision else Result.MADE

    try:
        return again_after_conflicts(write)
    except Refused as error:
        return f"{Result.REFUSED}: {error}"


def _holds(page: Page, text: str) -> bool:
    """Tell whether a page says this; what stands between the status's marks is kept elsewhere."""
    alive = BEGIN in text and BEGIN in page.text
    return alive or page.text.rstrip() == text.rstrip()


def _is_ours(page: Page, wiki: ReviewWiki, ledger: Ledger) -> bool:
    last = ledger.history.last_edit(page.title, wiki.mode)
    return last is not None and last.revision == page.revision


def _tag(wiki: ReviewWiki, name: str) -> str:
    try:
        return Result.MADE if wiki.make_tag(name, TAG_DESCRIPTION) else Result.SAME
    except Refused as error:
        return f"{Result.REFUSED}: {error} Ask an administrator to make it at Special:Tags"
