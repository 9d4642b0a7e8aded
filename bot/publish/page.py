"""The text of a log page: pure functions from old text and new calls to new text.

A section for each tier, the highest first; within a section the newest on top. Everything that
people wrote stays where it is. A page that is full goes on at `<page>/2`.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.publish.entry import TIERS
from bot.publish.gallery import end_of_entries, with_pictures
from bot.publish.template import EntryCall, keys, render
from bot.settings.publishing import PublishSettings

KILOBYTE = 1000
AUDIT_RULE = "audit"  # of entries that were drawn by lot
AUDIT_INTRODUCTION = (
    "__NOINDEX__\n"
    "New uploads drawn by lot from those that were <em>not</em> suggested for review, to learn "
    "what is missed. Most are ordinary files.\n\n"
    "Fill in <code>state=</code> at the end of an entry: ok, or what else should happen with the "
    "file: scope, copyvio, deleted, or words of your own.\n"
)


def title_for(moment: datetime, prefix: str) -> str:
    """Return the title of the page for the day of `moment` (UTC)."""
    return f"{prefix}/{moment:%Y-%m-%d}"


def part_title(title: str, number: int) -> str:
    """Return the title of a part of a day's page; the first has the day's own."""
    return title if number == 1 else f"{title}/{number}"


def with_calls(text: str, calls: Sequence[EntryCall], settings: PublishSettings) -> str:
    """Return `text` with every call in it exactly once.

    Those that are there already stay as they are, whatever reviewers made of them.
    """
    there = keys(text)
    missing = {call.key: call for call in calls if call.key not in there}
    if not missing:
        return text
    drawn = all(call.rule == AUDIT_RULE for call in calls)
    page = text or (AUDIT_INTRODUCTION if drawn else introduction(settings))
    newest_first = [missing[key] for key in sorted(missing, reverse=True)]
    for tier in TIERS:
        lines = [item(call) for call in newest_first if call.tier == tier]
        page = _with_lines(page, tier, lines) if lines else page
    if settings.log_page.gallery:
        page = with_pictures(page, newest_first)
    return page.rstrip() + "\n"


def item(call: EntryCall) -> str:
    """Return the line of an entry."""
    return f"* {render(call)}"


def has_room(text: str, call: EntryCall, settings: PublishSettings) -> bool:
    """Tell whether a page may take one more entry."""
    size = len(text.encode()) + len(item(call).encode())
    limits = settings.log_page
    return size <= limits.max_kilobytes * KILOBYTE and len(keys(text)) < limits.max_entries


def summary_for(added: int, settings: PublishSettings) -> str:
    """Return the edit summary: what, by which model, and where to say that it is wrong."""
    noun = "suggestion" if added == 1 else "suggestions"
    return f"{added} automated {noun} for review; {links(settings)}"


def links(settings: PublishSettings) -> str:
    """Return what every summary ends with."""
    return f"[[{settings.model_card}|model]], [[{settings.false_positives}|false positives]]"


def introduction(settings: PublishSettings) -> str:
    """Return what a new page starts with."""
    return (
        "__NOINDEX__\n"
        "Automated suggestions for human review. A program looked at these new uploads and found "
        "them worth a look. This is no judgement: nudity is allowed on Commons, and the program "
        "errs. It changes nothing and notifies nobody.\n\n"
        "To decide, fill in <code>state=</code> at the end of an entry: ok, scope, copyvio, "
        "deleted, false positive, or words of your own. "
        f"How it works: [[{settings.model_card}]]. "
        f"Wrong suggestions: [[{settings.false_positives}]].\n"
    )


def mark(tier: str) -> str:
    """Return the line below which the newest entry of a tier goes."""
    return f"<!-- lookout: the newest of {tier} goes below -->"


def _with_lines(text: str, tier: str, lines: Sequence[str]) -> str:
    if mark(tier) not in text:
        text = _with_section(text, tier)
    before, found, after = text.partition(mark(tier))
    return "\n".join([before + found, *lines, after.removeprefix("\n")])


def _with_section(text: str, tier: str) -> str:
    """Return `text` with an empty section for a tier, above those of lower tiers."""
    section = f"== Tier: {tier} ==\n{mark(tier)}\n"
    lower = TIERS[TIERS.index(tier) + 1 :]
    starts = [match.start() for match in (_section(other).search(text) for other in lower) if match]
    at = min(starts, default=end_of_entries(text))
    return text[:at].rstrip() + f"\n\n{section}\n" + text[at:]


def _section(tier: str) -> re.Pattern[str]:
    """Match the mark of a tier, with the heading above it if it is still there."""
    heading = rf"^==\s*Tier: {re.escape(tier)}\s*==\s*\n"
    return re.compile(rf"(?:{heading})?{re.escape(mark(tier))}", re.MULTILINE)
