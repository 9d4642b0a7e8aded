"""Files kept after a deletion request: `{{kept}}` was put on their talk page."""

from collections.abc import Iterator

import mwparserfromhell

from bot.ledger import Ledger
from bot.review.feed import recent_changes, texts
from bot.review.outcomes import Outcome
from bot.review.timeline import read
from bot.review.words import KEPT, Reading, Word
from bot.wikiapi import WikiApi

TALK = "7"  # the namespace of files' talk pages
TEMPLATE = "kept"  # https://commons.wikimedia.org/wiki/Template:Kept


def readings(api: WikiApi, ledger: Ledger) -> Iterator[Reading]:
    """Yield the talk page edits that say so."""
    stretch = read(
        ledger,
        KEPT,
        "",
        lambda since: recent_changes(api, since, rctype="edit|new", rcnamespace=TALK),
    )
    titles = {change.reference: _file(change.title) for change in stretch.found}
    suggested = {one.title: one for one in ledger.suggestions.of_titles(list(titles.values()))}
    edits = [change for change in stretch.found if titles[change.reference] in suggested]
    versions = texts(api, [number for one in edits for number in (one.reference, one.before)])
    words = [
        Word(
            suggestion=suggested[titles[edit.reference]],
            outcome=Outcome.KEPT,
            reviewer=edit.user,
            said_at=edit.made_at,
            reference=edit.reference,
        )
        for edit in edits
        if _times(versions.get(edit.reference, "")) > _times(versions.get(edit.before, ""))
    ]
    yield Reading(source=KEPT, bookmark=stretch.bookmark, words=words, more=stretch.more)


def _file(talk: str) -> str:
    return f"File:{talk.partition(':')[2]}"


def _times(text: str) -> int:
    templates = mwparserfromhell.parse(text, skip_style_tags=True).ifilter_templates()
    return sum(str(one.name).strip().lower() == TEMPLATE for one in templates)
