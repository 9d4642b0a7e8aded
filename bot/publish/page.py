"""The text of a review page: pure functions from old text and new entries to new text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.publish.entry import key, wikitext
from bot.settings.publishing import PublishSettings

NEWEST_HERE = "<!-- lookout: newest entries go below this line -->"


def title_for(moment: datetime, settings: PublishSettings) -> str:
    """Return the title of the page for the day of `moment` (UTC)."""
    return f"{settings.page_prefix}/{moment:%Y-%m-%d}"


def with_entries(text: str, entries: Sequence[Mapping[str, Any]], settings: PublishSettings) -> str:
    """Return `text` with every entry in it exactly once, the newest on top.

    Entries that are there already stay as they are, whatever reviewers made of them.
    """
    missing = {entry["log_id"]: entry for entry in entries if key(entry) not in text}
    if not missing:
        return text
    lines = [wikitext(missing[log_id]) for log_id in sorted(missing, reverse=True)]
    before, mark, after = (text or _introduction(settings)).partition(NEWEST_HERE)
    head = before + mark if mark else before.rstrip()
    return "\n".join([head, *lines, after.removeprefix("\n")]).rstrip() + "\n"


def summary_for(added: int, settings: PublishSettings) -> str:
    """Return the edit summary: what, by which model, and where to say that it is wrong."""
    noun = "suggestion" if added == 1 else "suggestions"
    return (
        f"{added} automated {noun} for review; "
        f"[[{settings.model_card}|model]], [[{settings.false_positives}|false positives]]"
    )


def _introduction(settings: PublishSettings) -> str:
    return (
        "__NOINDEX__\n"
        "Automated suggestions for human review. A program looked at these new uploads and found "
        "them worth a look. This is no judgement: nudity is allowed on Commons, and the program "
        "errs. It changes nothing and notifies nobody.\n"
        f"How it works: [[{settings.model_card}]]. "
        f"Wrong suggestions: [[{settings.false_positives}]].\n"
        f"{NEWEST_HERE}\n"
    )
